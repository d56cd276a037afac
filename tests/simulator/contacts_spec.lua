-- The contacts that flows/desk.lua finds, with the simulator as its Desk: every country of the
-- parser's table, in the forms in which people store a number, however Desk's search compares.
package.path = "tests/simulator/?.lua;flows/?.lua;" .. package.path
local json = require "simulator.json"
local support = require "support"
local countries = require "parse.countries"
local groups = require "parse.phone_groups"
local stored = require "parse.phone_stored"
local desk = assert(loadfile "flows/desk.lua")() -- "desk" is the simulator's here

local MODES = { "text", "whole", "words" }

local function encoded(query)
  local parts = {}
  for name, value in pairs(query) do
    local text = tostring(value):gsub("[^%w]", function(c) return ("%%%02X"):format(c:byte()) end)
    parts[#parts + 1] = name .. "=" .. text
  end
  return table.concat(parts, "&")
end

local function without_null(record)
  for name, value in pairs(record) do
    if value == json.null then record[name] = nil end
  end
  return record
end

local function fault_of(answer)
  return nil, { kind = "invalid", status = answer.status, message = answer.body }
end

-- What flows call, as far as flows/desk.lua needs it. searches: how often it asked; rows: what it
-- was given, by id.
local function use(client)
  local calls = { searches = 0, creations = 0, rows = {} }
  rawset(_G, "zoho", { desk = {
    search_contacts = function(query)
      calls.searches = calls.searches + 1
      local answer = client:desk("GET", "/contacts/search?" .. encoded(query))
      if answer.status == 204 then return {} end
      if answer.status ~= 200 then return fault_of(answer) end
      for _, row in ipairs(answer.data.data) do calls.rows[row.id] = without_null(row) end
      return answer.data.data
    end,
    create_contact = function(body)
      calls.creations = calls.creations + 1
      local answer = client:desk("POST", "/contacts", body)
      if answer.status ~= 200 then return fault_of(answer) end
      return without_null(answer.data)
    end,
  } })
  return calls
end

-- A number of a country, by its length: no figure twice in a row, and no 9 or 1 that would tell a
-- mobile of Argentina or Mexico.
local function sample(country, length)
  local own = ("2756384627563846"):sub(1, length)
  if country.region == "IT" or country.region == "VA" then own = "0" .. own:sub(1, length - 1) end
  return own
end

local function grouped(figures, lengths, between)
  local parts, rest = {}, figures
  for i = #lengths, 1, -1 do
    local cut = math.max(0, #rest - lengths[i])
    table.insert(parts, 1, rest:sub(cut + 1))
    rest = rest:sub(1, cut)
  end
  if rest ~= "" then table.insert(parts, 1, rest) end
  return table.concat(parts, between)
end

-- In how many ways a number is stored.
local function forms_of(country, own)
  local code, trunk = country.code, country.trunk or ""
  local usual = groups.of(code, own)
  local first, rest = usual:match "^(%d+) (.+)$"
  local list = {
    "+" .. code .. own, code .. own, "00" .. code .. own, own, trunk .. own,
    "+" .. code .. " " .. usual, code .. " " .. usual, usual, trunk .. usual,
    usual:gsub(" ", "-"), usual:gsub(" ", "."), "tel:+" .. code .. own,
    "+" .. code .. " " .. usual .. " x12", trunk .. own .. " ext. 12", " " .. own .. " ",
  }
  if first then
    list[#list + 1] = ("(%s%s) %s"):format(trunk, first, rest)
    list[#list + 1] = ("+%s (%s) %s"):format(code, first, rest:gsub(" ", "-"))
    if trunk == "0" then list[#list + 1] = ("+%s (0)%s"):format(code, usual) end
  end
  for i, lengths in ipairs { { 4 }, { 5 }, { 6 }, { 3, 3 }, { 2, 2, 2 }, { 3, 4 }, { 4, 4 } } do
    local between = ({ " ", "-", "." })[(i + tonumber(code)) % 3 + 1]
    list[#list + 1] = trunk .. grouped(own, lengths, between)
  end
  return list
end

-- The shortest and the longest of a country, within what is usual.
local function lengths_of(country)
  local least, most = math.max(country.least, 7), math.min(country.most, 10)
  if least >= most then return { country.most } end
  return { least, most }
end

describe("The contacts of flows/desk.lua:", function()
  local task = { tries = 0, reference = "r" }
  local client, calls
  before_each(function()
    client = support.client { unique_emails = false }
    calls = use(client)
  end)
  after_each(function() rawset(_G, "zoho", nil) end)

  local function store(text, more)
    local body = { lastName = "Rao", mobile = text }
    for name, value in pairs(more or {}) do body[name] = value end
    return client:call("POST", "/_contact", body).data.id
  end

  local function found(who)
    if type(who) == "string" then who = { phone = who } end
    local contact, err = desk.contact(task, who)
    assert(contact, err and err.message)
    return contact.id
  end

  local regions = {}
  for region in pairs(countries.regions) do regions[#regions + 1] = region end
  table.sort(regions)

  -- All that is stored is looked for at once: a search gives each of them, or misses it. One, each
  -- time another, is alone before.
  it("every country, every form, however Desk compares", function()
    local missed = {}
    local function search(number, wanted, mode)
      client:switch { search_as = mode }
      calls.rows = {}
      local id = found(number)
      for each, text in pairs(wanted) do
        if not calls.rows[each] or not wanted[id] or not stored.same(text, number) then
          missed[#missed + 1] = ("%s as '%s' where Desk compares %s"):format(number, text, mode)
        end
      end
    end
    local function try(country, own, turn)
      local number, forms, wanted = "+" .. country.code .. own, forms_of(country, own), {}
      client:call("POST", "/_reset")
      for i = 0, #forms - 1 do
        local text = forms[(turn + i) % #forms + 1]
        wanted[store(text)] = text
        if i == 0 then search(number, wanted, MODES[turn % #MODES + 1]) end
      end
      for _, mode in ipairs(MODES) do search(number, wanted, mode) end
    end
    for turn, region in ipairs(regions) do
      local country = countries.regions[region]
      for _, length in ipairs(lengths_of(country)) do
        try(country, sample(country, length), turn)
      end
    end
    assert.same({}, missed)
  end)

  -- what the chat gives, what is stored
  for _, case in ipairs {
    { "+5491112345678", "011 15 1234-5678" }, { "+5491112345678", "+54 11 1234 5678" },
    { "+5491112345678", "15 1234 5678", false }, { "+541112345678", "+54 9 11 1234-5678" },
    { "+525512345678", "+52 1 55 1234 5678" }, { "+525512345678", "044 55 1234 5678" },
    { "+525512345678", "01 55 1234 5678" }, { "+5215512345678", "55 1234 5678" },
    { "+5511987654321", "(11) 8765-4321" }, { "+5511987654321", "0 15 11 98765-4321" },
    { "+5511987654321", "011 98765-4321" }, { "+551123456789", "(11) 92345-6789", false },
    { "+390612345678", "06 1234 5678" }, { "+390612345678", "+39 06 12345678" },
    { "+390612345678", "612345678", false }, { "+393331234567", "0333 1234567", false },
    { "+79161234567", "8 (916) 123-45-67" }, { "+79161234567", "9161234567" },
    { "+79161234567", "8 (916) 123 45-67" }, { "+14155552671", "(415) 555 - 2671" },
    { "+14155552671", "202 555 0143 or 415 555 2671" },
    { "+14155552671", "202 555 0143 or 415 555 2672", false },
    { "+3612345678", "06 1 234 5678" }, { "+36301234567", "06-30/123-4567" },
    { "+14155552671", "1-415-555-2671" }, { "+14155552671", "(415) 555-2671" },
    { "+14155552671", "001 415 555 2671" }, { "+442079460958", "011 44 20 7946 0958" },
    { "+919876543210", "09876543210" }, { "+919876543210", "91-98765-43210" },
    { "+919876543210", "0091 98765 43210" }, { "+442079460958", "+44 (0)20 7946 0958" },
    { "+442079460958", "0044 (0) 20 7946 0958" }, { "+375291234567", "8 029 123-45-67" },
    { "+37061234567", "8 612 34567" }, { "+37061234567", "0 612 34567" },
    { "+2250712345678", "12 34 56 78", false }, { "+2250777123456", "77 12 34 56" },
    { "+2290197123456", "97 12 34 56" }, { "+22997123456", "01 97 12 34 56" },
    { "+56987654321", "09 8765 4321" }, { "+971501234567", "050-1234567" },
    { "+498912345678", "089 / 12345678" }, { "+498912345678", "089/123456-78" },
    { "+498912345678", "Office: 030 1234567 / 089 12345678" },
    { "+498912345678", "tel:+49-89-12345678" }, { "+498912345678", "+49 (89) 12345678" },
    { "+919876543210", "+1 987 654 3210", false }, { "+919876543210", "+91 98765 43211", false },
    { "+919876543210", "876543210", false }, { "+919876543210", "43210", false },
    { "+919876543210", "449876543210", false }, { "+919876543210", "99876543210", false },
    { "+14155552671", "555-2671", false }, { "+4922112345678", "02211 2345678" },
    { "+4922112345678", "0229 12345678", false }, { "+491701234567", "+44 170 1234567", false },
  } do
    local is_same = case[3] ~= false
    it(("%s %s '%s'"):format(case[1], is_same and "is" or "is not", case[2]), function()
      local id = store(case[2])
      assert.equal(is_same, id == found(case[1]))
      assert.equal(is_same and 0 or 1, calls.creations)
    end)
  end

  it("one without a country's code is of the country that its record names", function()
    local id = store("98765 43210", { country = "India" })
    assert.equal(id, found "+919876543210")
    for _, name in ipairs { "United States", "us", " USA " } do
      client:call("POST", "/_reset")
      local other = store("98765 43210", { country = name })
      assert.are_not.equal(other, found "+919876543210")
    end
    client:call("POST", "/_reset")
    id = store("+91 98765 43210", { country = "Germany" })
    assert.equal(id, found "+919876543210")
  end)

  it("what was made is found again, in both fields", function()
    for _, mode in ipairs(MODES) do
      client:call("POST", "/_reset")
      client:switch { search_as = mode }
      local made = found { phone = "+919876543210", name = "Asha Rao" }
      assert.equal(made, found "+919876543210")
      local other = client:call("POST", "/_contact", { lastName = "Roe", phone = "044 2345 6789" })
      assert.equal(other.data.id, found "+914423456789")
    end
    assert.equal(3, calls.creations)
  end)

  it("the right one is neither first nor last, and not on the first page", function()
    for n = 1, 120 do store(("+91 98765 4321%d"):format(n % 9 + 1)) end
    for n = 1, 120 do store(("%05d 43210"):format(n)) end
    local id = store "(098765) 43210"
    for n = 1, 120 do store(("8%04d 43210"):format(n)) end
    assert.equal(id, found "+919876543210")
    assert.equal(0, calls.creations)
    assert.is_true(calls.searches <= 6)
  end)

  it("of several the one with the country's code, e-mail, extension, then the oldest", function()
    local national = store "098765 43210"
    store "+91 98765 43211"
    assert.equal(national, found "+919876543210")
    local whole = store "+91 98765 43210"
    store "+91 98765 43210"
    assert.equal(whole, found "+919876543210")
    local desk_7 = store "+91 98765 43210 ext. 7"
    assert.equal(desk_7, found { phone = "+919876543210", ext = "7" })
    assert.equal(whole, found { phone = "+919876543210", ext = "8" })
    local mail = store("09876543210", { secondaryEmail = "Asha@example.com" })
    assert.equal(mail, found { phone = "+919876543210", email = "asha@Example.com" })
    local mine = store("+91 44 2345 6789", { email = "ASHA@example.com" })
    assert.equal(mine, found { phone = "+919876543210", email = "asha@Example.com" })
  end)

  it("asks Desk no more often than one search a field", function()
    local function searches(who)
      calls.searches = 0
      found(who)
      return calls.searches
    end
    store("+91 44 2345 6789", { email = "asha@example.com" })
    client:call("POST", "/_contact", { lastName = "Roe", phone = "044 2345 6780" })
    assert.equal(1, searches { phone = "+919876543210", email = "asha@example.com" })
    assert.equal(1, searches { phone = "+914423456780" })
    assert.equal(2, searches { phone = "+914423456789" })
    assert.equal(2, searches { phone = "+914423456780", email = "roe@example.com" })
    assert.equal(3, searches { phone = "+919876543210", email = "new@example.com" })
  end)

  it("the oldest interface, which searches all fields at once, finds it, too", function()
    client:switch { enforce_oldest = true }
    local id = store "(098765) 43210"
    assert.equal(id, found "+919876543210")
    assert.equal(2, calls.searches)
  end)

  it("where Desk takes no list of texts, it is asked for the plain figures", function()
    local id = store "919876543210"
    local simulated = rawget(_G, "zoho").desk
    local ask = simulated.search_contacts
    simulated.search_contacts = function(query)
      if (query.phone or query.mobile or query._all):find "[*,]" then
        return fault_of { status = 422, body = "invalid" }
      end
      return ask(query)
    end
    assert.equal(id, found "+919876543210")
    assert.equal(0, calls.creations)
  end)

  it("no search is one that Desk refuses", function()
    for _, region in ipairs(regions) do
      local country = countries.regions[region]
      client:call("POST", "/_reset")
      found("+" .. country.code .. sample(country, country.most))
      found(sample(country, country.most))
    end
    assert.is_true(calls.creations > 0)
  end)
end)
