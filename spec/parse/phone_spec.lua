local support = require "spec.parse.support"
local phone = require "parse.phone"

local function numbers(text, region)
  local list = {}
  for _, found in ipairs(phone.find_all(text, { region = region or "US" })) do
    list[#list + 1] = found.value .. (found.ext and " x" .. found.ext or "")
  end
  return list
end

describe("a phone number", function()
  local CASES = {
    { "US", "my number is 415 555 2671", "+14155552671" },
    { "US", "Phone #4155552671", "+14155552671" },
    { "US", "(415)555-2671", "+14155552671" },
    { "US", "1-415.555.2671", "+14155552671" },
    { "US", "+1415-555-2671, thanks", "+14155552671" },
    { "US", "call 011 44 20 7946 0958", "+442079460958" },
    { "IN", "98765 43210 is my no", "+919876543210" },
    { "IN", "0 98765 43210", "+919876543210" },
    { "IN", "91 98765 43210", "+919876543210" },
    { "GB", "020 7946 0958 ext 21", "+442079460958 x21" },
    { "GB", "+44 (0)20 7946 0958", "+442079460958" },
    { "GB", "0044 7700 900123", "+447700900123" },
    { "DE", "0151/23456789", "+4915123456789" },
    { "FR", "06.12.34.56.78", "+33612345678" },
    { "FR", "06 12 34 56 78", "+33612345678" },
    { "IT", "02 36618300", "+390236618300" },
    { "RU", "8 (912) 345-67-89", "+79123456789" },
    { "AU", "0011 1 415 555 2671", "+14155552671" },
    { "MX", "+52 1 33 1234 5678", "+523312345678" },
    { "HU", "06 30 123 4567", "+36301234567" },
    { "IN", "९८७६५४३२१०", "+919876543210" },
    { "US", "４１５−５５５−２６７１", "+14155552671" },
    { "US", "it's four one five, five five five, two six seven one", "+14155552671" },
    { "US", "four one five double five five 2671", "+14155552671" },
    { "US", "four one five double five five two six seven one, 3pm", "+14155552671" },
    { "US", "1-800-FLOWERS", "+18003569377" },
    { "US", "my office line is 415-555-2671 x 12, please", "+14155552671 x12" },
    { "US", "mobile no. 415 555 2671", "+14155552671" },
    { "US", "5 4155552671 6", "+14155552671" },
    { "DE", "0049 (0)171 12345678", "+4917112345678" },
    { "GB", "+44 (0) 1632 960123", "+441632960123" },
    { "US", "(2125550148 is my cell)", "+12125550148" },
    { "US", "T-212-555-0148", "+12125550148" },
    { "IN", "amit-9812345670", "+919812345670" },
    { "IN", "my no. 9812345670", "+919812345670" },
    { "IN", "in case: 98123 45670", "+919812345670" },
    { "US", "I live in 10001 - 212-555-0148", "+12125550148" },
    { "US", "it was $35 212-555-0148", "+12125550148" },
    { "US", "zip 10001 212-555-0148", "+12125550148" },
    { "US", "order 55 2125550148", "+12125550148" },
    { "DE", "ABN 53 004 085 616, Handy 0171 2345678", "+491712345678" },
    { "CN", "+86 21 60302222-801", "+862160302222 x801" },
    { "US", "212-555-0148 poste 22", "+12125550148 x22" },
    { "US", "2125550148 ext no. 7", "+12125550148 x7" },
    { "US", "2125550148 is my number, is that ok?", "+12125550148" },
    { "US", "phone 123-45-6789", "123456789" },
    { "US", "call the member desk 212 555 0148", "+12125550148" },
    { "US", "10001 - 212-555-0148", "+12125550148" },
    { "US", "fax 212-555-0148 -- phone 212-555-0149", "+12125550148", "+12125550149" },
    { "US", "my indian number 919812345670", "+919812345670" },
    { "AR", "0351 15 612 3456", "+5493516123456" },
    { "AU", "1300 555 019", "+611300555019" },
    { "IN", "1800 209 1234", "+9118002091234" },
    { "SG", "001 44 20 7946 0123", "+442079460123" },
    { "SG", "9123 4567 8123 4567", "+6591234567", "+6581234567" },
    { "US", "my number is 1234567890", "+11234567890" },
    { "IN", "country code 91 number 9812345670", "+919812345670" },
    { "US", "front desk 555-0148", "5550148" },
    -- said in words: as many figures as the country has; a plus; other languages
    { "IE", "oh one two three four five six seven eight", "+35312345678" },
    { "SG", "nine eight one two, three three four four", "+6598123344" },
    { "PL", "six zero one two three four, five six seven", "+48601234567" },
    { "US", "plus four four two zero seven nine four six zero nine five eight", "+442079460958" },
    { "US", "four one five 555 0134", "+14155550134" },
    { "DE", "null eins f\u{FC}nf eins zwei drei vier f\u{FC}nf sechs sieben", "+49151234567" },
    { "ES", "seis uno dos tres cuatro cinco seis siete ocho", "+34612345678" },
    { "IN", "nau aath saat chhe paanch chaar teen do ek shunya", "+919876543210" },
    -- what people dial before a number, or dialled
    { "AR", "+54 9 11 15 5123 4567", "+5491151234567" },
    { "AR", "(011) 15 5123-4567", "+5491151234567" },
    { "BR", "0 21 11 98765-4321", "+5511987654321" },
    { "BR", "44 7700 900123", "+447700900123" },
    { "BR", "(0xx11) 3234-5678", "+551132345678" },
    { "MX", "045 55 1234 5678", "+525512345678" },
    { "CL", "09 8765 4321", "+56987654321" },
    { "CO", "03 300 123 4567", "+573001234567" },
    { "PL", "022 123 45 67", "+48221234567" },
    { "BY", "8 029 123 45 67", "+375291234567" },
    { "UA", "8 067 123 45 67", "+380671234567" },
    { "LT", "0 612 34567", "+37061234567" },
  }
  for _, case in ipairs(CASES) do
    it("is found in \"" .. case[2] .. "\" in " .. case[1], function()
      assert.same({ case[3], case[4] }, numbers(case[2], case[1]))
    end)
  end

  it("keeps its figures where the country is not known", function()
    local found = phone.find("5552671", { region = "US" })
    assert.equal("5552671", found.value)
    assert.is_false(found.sure)
    assert.equal("Please add the area code.", found.hint)
  end)

  it("is unsure without any country", function()
    local found = phone.find("020 7946 0958", {})
    assert.equal("02079460958", found.value)
    assert.matches("country code", found.hint)
  end)

  it("tells where it stood, in bytes of the original", function()
    local text = "📞 ４１５ 555 2671!"
    local found = phone.find(text, { region = "US" })
    assert.equal("４１５ 555 2671", text:sub(found.from, found.to))
  end)

  it("comes in order with others", function()
    assert.same({ "+14155552671", "+12125550199" }, numbers "4155552671 or 212 555 0199")
    assert.same({ "+14155552671", "+12125550199" }, numbers "415 555 2671 212 555 0199")
    assert.same({ "+14155552671", "+12125550199" }, numbers "(415) 555-2671 (212) 555-0199")
    assert.same({ "+14155552671", "+12125550199" }, numbers "415-555-2671 (212)555-0199")
    assert.same({ "+14155552671", "+12125550199" }, numbers "4155552671-2125550199")
    assert.same({ "+393331234567", "+39021234567" }, numbers("333 1234567 02 1234567", "IT"))
    assert.same({ "+4512345678", "+4587654321" }, numbers("12 34 56 78 87 65 43 21", "DK"))
    assert.same({ "+48601234567", "+48602345678" }, numbers("601234567 602345678", "PL"))
  end)

  it("is not the one that the visitor takes back", function()
    assert.same({ "+12125550199" }, numbers "not 4155552671, use 2125550199")
  end)
end)

describe("no phone number", function()
  local CASES = {
    "ref: AB-1234567",
    "order no. 1234567890", "my account number is 1234567890", "ticket #4567890", "#99887766",
    "card 4111 1111 1111 1111", "SSN 123-45-6789", "zip 94105-1234", "$4155552671", "4155552671%",
    "USD 1234567.89", "1,234,567,890", "2025-03-07 15:00", "12/25/2025 5:00 pm", "10 11 2025",
      "2019-2020",
    "192.168.100.200", "version 10.0.19041.1234", "lat 37.7749295",
      "https://example.com/4155552671",
    "jo5551234567@example.com", "abc4155552671", "4155552671abc",
      "550e8400-e29b-41d4-a716-446655440000",
    "123456", "123456789012345678", "-2208960000", "45*31-339243873", "12-15 (2009)",
      "(456 (4)) 345",
    "1 2 3 4 5 6 7", "one of two or three", "0000000000", "call 911", "",
    -- words before the figures
    "ACN 004 085 616", "my TFN is 865 414 088", "EIN: 98-7654321", "NHS no. 485 777 3456",
      "Aadhaar number is 2345 6789 0123", "siret 732 829 320 00074", "CPF 39053344705",
      "PESEL 44051401359", "VAT number GB-123456789", "ISSN 2049-3630", "zoom id 845 1234 5678",
      "IFSC and account numbers 12345678, 87654321", "tickets #1234567 and #7654321",
      "PO box 1234567", "sort code 20-00-00, account 55779911", "timestamp 1741187700",
      "order number you sent me is 2125550148", "gate code 1234567", "a/c no. 00112233445",
      "American Express 3714 496353 98431", "maestro 6759 6498 2643 8453", "invoice \"20240917\"",
      "Mastercard ending in 1234567", "kundennummer: 44556677", "population: 1234567",
      "mortgage 1009876543", "docket number 1009876543", "case/7654321", "the order's 30012345678",
      "987 65 4321 is my social", "security code: 123456789",
      "company number 01234567", "the national identity number is 19920101",
      "tracking 1Z 555 AA9 03 1234 5678", "VAT reg. GB 987 6543 21", "pedido n\194\186 12345678",
    -- what is said behind them
    "2125550148 is my order number", "a 123-45-6788 is an SSN", "1234567 (case number)",
      "2125550148 isn't a phone number", "2125550148 is not my number any more",
      "(212) 555-0148 doesn't look like a phone number", "2125550148 views", "1234567 = 1",
    -- shapes
    "219-09-9999", "4000 1234 5678 9011", "3782-822463-10009", "3056 930902 5905", "2024/2025",
      "2019 - 2021", "172.16.30.45:443", "10.10.20.20", "4f 00 10 a1 22 33 e4 51",
      "00 11 22 33 4a 5b 6c", "x-204817733", "inv-20240917", "6-4 3-6 7-6", "11-9, 9-11, 11-7",
      "390.533.447-05", "12.345.678/0001-95", "30.686.957-4", "1.234.567", "20250917 14:30",
      "0900 - 1730", "7654321 * 2", "1234567 + 7654321 = 8888888", "7654321 %", "3 14 15 92 65 35",
      "978-0-306-40615-7", "GB29 NWBK 6016 1331 9268 19", "v1.20.0.20240917", "6.0.19041.1234",
      "1690000000000", "04151987", "file_1234567", "2222 3333 4444 5555",
      "doi:10.1000/2125550148", "01/02/2025-03/04/2025", "\227\128\146150-0002",
  }
  for _, text in ipairs(CASES) do
    it("is in \"" .. text .. "\"", function() assert.same({}, numbers(text)) end)
  end

  it("says that figures are too few or too many", function()
    local _, err = phone.find("12345", { region = "US" })
    assert.equal("short", err.reason)
    _, err = phone.find("123456789012345678", { region = "US" })
    assert.equal("long", err.reason)
    _, err = phone.find("hello", { region = "US" })
    assert.equal("not_found", err.kind)
  end)
end)

-- What is said beside figures that could be a number: it is one, is asked for, or is none.
describe("figures of a number's length", function()
  local CASES = {
    { "GB", "ship it to NY 10021-5543" }, { "US", "zip+4 is 60614-2231" },
    { "US", "1 2 3 4 5 6 7 8 9 10 testing" }, { "DE", "10 20 30 40 50" },
    { "FR", "32 34 36 38 40 42?" }, { "SG", "one two three four five six seven eight" },
    { "US", "20260114091233 error" }, { "DE", "2026-0001234" }, { "US", "0-13-468599-1" },
    { "FR", "1 85 05 78 006 084 36" }, { "US", "12-3456789" }, { "DE", "BLZ 100 500 00" },
    { "IN", "100 200 300 400 500" }, { "SE", "811228-9874" }, { "MY", "900101-14-5678" },
    { "AR", "20-12345678-9" },
  }
  for _, case in ipairs(CASES) do
    it("are none in \"" .. case[2] .. "\"", function()
      assert.same({}, numbers(case[2], case[1]))
    end)
  end

  it("are one where their groups only look alike", function()
    assert.same({ "+33123456789" }, numbers("01 23 45 67 89", "FR"))
    assert.same({ "+4512345678" }, numbers("12 34 56 78", "DK"))
    assert.same({ "+49992024635" }, numbers("my number is 99202-4635", "DE"))
  end)

  it("are asked for where no area of North America begins so", function()
    assert.is_false(phone.find("1736851200", { region = "US" }).sure)
    assert.is_true(phone.find("my number is 1736851200", { region = "US" }).sure)
  end)
end)

describe("the words beside a number", function()
  local function vote(text, region)
    local found = phone.find(text, { region = region })
    return not found and "none" or found.sure and "sure" or "asked"
  end

  local CASES = {
    -- the number of something, whatever that is
    { "GB", "none", "my iban is GB29 NWBK 6016 1331 9268 19" },
    { "MX", "none", "mi folio es el 5512348765" },
    { "IN", "none", "grahak sankhya 7012345698", "grievance no. 9123456780 no reply",
      "connection number 9012345678 dead", "zorbing number 9123456780",
      "consumer id 8123456709 bill too high" },
    { "DE", "none", "Z\u{E4}hlernummer 030 1234567", "Vertragsnr. 01512345678 k\u{FC}ndigen",
      "Kunden-Nr. 0151 2345678" },
    { "FR", "none", "num\u{E9}ro de dossier 0612345678", "num\u{E9}ro d'abonn\u{E9} 0612345678" },
    { "ES", "none", "expediente n\u{BA} 911234567 parado" },
    -- a word alone, and what has come of it
    { "IN", "none", "TT 7098765432 still open", "zorb 7098765432 is not credited",
      "application 9900112233 rejected why" },
    { "BR", "none", "protocolo 11987654321 sem retorno" },
    { "IN", "asked", "zorb 9812345670 still the same", "9812345670 still pending",
      "regarding 9812345670" },
    -- what it is said to be
    { "IN", "none", "9845012345 is my loan account, pls check", "9845012345 (case number)" },
    { "IN", "asked", "9845012345 is my zorb number" },
    -- a phone word speaks for it; a name, a limit and a tale do not speak against it
    { "IN", "sure", "Rahul 9812345670", "Rahul 9812345670 call me after 5", "bro 9812345670",
      "my number 9812345670 is not working", "9812345670 not before 5pm", "my jio no 9812345670",
      "call me on zorb no 9812345670", "my nigerian number 9812345670",
      "9812345670 is my home number", "9812345670 order not received", "updated no 9812345670",
      "papa ka number 9812345670", "9812345670 no texts please", "Asha 9812345670 interested" },
    { "DE", "sure", "Handynummer 0151 23456789", "M\u{FC}ller 0151 23456789 bitte nicht vor 10" },
    { "FR", "sure", "mon num\u{E9}ro 0612345678", "num\u{E9}ro de t\u{E9}l\u{E9}phone 0612345678" },
  }
  for _, case in ipairs(CASES) do
    for i = 3, #case do
      it("make it " .. case[2] .. " in \"" .. case[i] .. "\"", function()
        assert.equal(case[2], vote(case[i], case[1]))
      end)
    end
  end

  it("leave a number that is asked for out where another is certain", function()
    local text = "9012345687 still pending, reach me at 9812300045"
    assert.same({ "+919812300045" }, numbers(text, "IN"))
    local found = phone.find("9812345670 still pending", { region = "IN" })
    assert.same({ "region", "number" }, found.assumed)
    assert.matches("phone number", found.hint)
  end)
end)

describe("phone.text", function()
  it("groups the figures", function()
    assert.equal("+1 415 555 2671", phone.text "+14155552671")
    assert.equal("+91 98765 43210", phone.text "+919876543210")
    assert.equal("5552671", phone.text "5552671")
  end)

  it("is read back as the same number in any country", function()
    for _, value in ipairs { "+14155552671", "+919876543210", "+442079460958", "+4915123456789",
        "+33612345678",
      "+390236618300", "+61412345678", "+971521234567", "+9779841234567" } do
      for _, region in ipairs { "US", "IN", "DE", "IT", "AU" } do
        assert.same({ value }, numbers(phone.text(value), region))
      end
    end
  end)
end)

assert(support)

describe("of several numbers", function()
  local function found(text)
    local list = {}
    for i, one in ipairs(phone.find_all(text, { region = "US" })) do list[i] = one.value end
    return table.concat(list, " ")
  end

  it("those that are taken back are left out", function()
    local LAST = { "415-555-2671, no wait, 212-555-0199", "415-555-2671 oops I meant 212-555-0199",
      "my old number was 415-555-2671, the new one is 212-555-0199",
      "use 212-555-0199 instead of 415-555-2671", "not 415-555-2671, 212-555-0199" }
    for _, text in ipairs(LAST) do assert.equal("+12125550199", found(text), text) end
  end)

  it("all others are kept", function()
    for _, text in ipairs { "415-555-2671 or 212-555-0199",
      "415-555-2671. Please do not call before nine, my wife has 212-555-0199" } do
      assert.equal("+14155552671 +12125550199", found(text), text)
    end
    assert.equal("+12125550199", found "not now, my number is 212-555-0199")
  end)
end)

describe("a number for people", function()
  it("is grouped as its country does it", function()
    for value, shown in pairs { ["+442079460958"] = "+44 20 7946 0958", ["+912223456789"] =
      "+91 22 2345 6789", ["+919876543210"] = "+91 98765 43210", ["+61491570006"] =
      "+61 491 570 006", ["+33612345678"] = "+33 6 12 34 56 78", ["+14155552671"] =
      "+1 415 555 2671", ["+6598765432"] = "+65 9876 5432", ["+358401234567"] =
      "+358 401 234 567", ["5550199"] = "5550199" } do
      assert.equal(shown, phone.text(value))
    end
  end)
end)
