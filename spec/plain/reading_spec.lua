-- spec/plain/reading_spec.lua - what a message says about a call. It is Monday 2 March 2026, 10:00
-- in India.
local plain = require "spec.plain.support"

local function shown(at)
  local f = clock.fields(math.floor(at), "Asia/Kolkata")
  return ("%02d.%02d. %02d:%02d"):format(f.day, f.month, f.hour, f.min)
end

local function time_in_words(time)
  local value = time.value
  local text = value.soon and "soon" or shown(value.at)
  if value.readings then
    text = shown(value.readings[1]) .. " or " .. shown(value.readings[2])
    assert.equal(value.readings[1], value.at)
  end
  if not time.sure then text = text .. " unsure" end
  if value.precision and value.precision ~= "minute" then text = text .. " " .. value.precision end
  return time.closed and text .. ", closed until " .. shown(time.closed) or text
end

-- What was heard in one line; of two numbers with what was said beside them.
local function in_words(heard, why)
  if not heard then return why and "refuses: " .. why or "nothing" end
  local parts = {}
  if heard.phone then parts[1] = "phone " .. heard.phone.value end
  if heard.phones then
    local one, two = heard.phones[1], heard.phones[2]
    parts[#parts + 1] = ("of %s (%s) %s (%s)"):format(one.value, one.said, two.value, two.said)
  end
  parts[#parts + 1] = heard.time and time_in_words(heard.time)
  for _, name in ipairs { "form", "same", "no_idea", "angry" } do
    parts[#parts + 1] = heard[name] and name or nil
  end
  parts[#parts + 1] = heard.answer and "answer " .. heard.answer
  parts[#parts + 1] = heard.aside and "says: " .. heard.aside
  return table.concat(parts, "; ")
end

describe("reading", function()
  -- T: tomorrow at 3 PM was agreed on; D: tomorrow, without an hour; - for nothing.
  local BEFORE = {
    T = { value = { at = plain.at "2026-03-03 15:00", zone = "Asia/Kolkata",
      precision = "minute" }, sure = true },
    D = { value = { at = plain.at "2026-03-03 09:00", zone = "Asia/Kolkata",
      precision = "day" }, sure = true },
  }

  local function read(given, asked, before)
    local chat = plain.chat(given)
    local reading = plain.flows { config = given.config } "reading"
    local fine, heard, why = pcall(reading.read, chat, given.text, asked, BEFORE[before])
    if not fine then return heard end
    return in_words(heard, why)
  end

  -- What is asked for, what was agreed on, what the visitor says, what is heard.
  local CASES = {
    ["number and time"] = {
      { "both", "-", "98765 43210, tomorrow at 3 pm", "phone +919876543210; 03.03. 15:00 hour" },
      { "both", "-", "98765 43210", "phone +919876543210" },
      { "both", "-", "98765 43210, 31 February at 3pm",
        "phone +919876543210; says: 31 February does not exist." },
      { "both", "-", "31 February at 3pm", "refuses: 31 February does not exist." },
      { "time", "-", "in 20 minutes", "02.03. 10:20" },
      { "time", "-", "in 1 minute", "02.03. 10:01" },
      { "time", "-", "now", "soon" },
      { "time", "-", "tomorrow at 3", "03.03. 15:00 or 03.03. 03:00 unsure hour" },
      { "time", "T", "make it 5 pm", "03.03. 17:00 hour" },
      { "time", "D", "5 pm", "03.03. 17:00 hour" },
      { "time", "-", "the earliest", "soon unsure" },
      { "time", "T", "the earliest", "soon unsure" },
      { "time", "-", "any time", "soon unsure" },
      { "time", "T", "any time", "answer yes" },
      { "time", "-", "yes, any time", "soon unsure" },
      { "-", "-", "call me at any time", "soon unsure" },
    },
    ["figures that could be either"] = {
      { "time", "D", "3", "03.03. 15:00 or 03.03. 03:00 unsure hour" },
      { "phone", "D", "3", "03.03. 15:00 or 03.03. 03:00 unsure hour" },
      { "both", "D", "3", "03.03. 15:00 or 03.03. 03:00 unsure hour" },
      { "phone", "T", "3",
        "refuses: That number is too short. Please send it with its area code." },
      { "time", "T", "3", "03.03. 15:00 hour" },
      { "both", "-", "555",
        "refuses: That number is too short. Please send it with its area code." },
      { "time", "-", "555", "02.03. 17:55 or 03.03. 05:55 unsure" },
      { "phone", "-", "555",
        "refuses: That number is too short. Please send it with its area code." },
      { "phone", "-", "at 5", "02.03. 17:00 or 03.03. 05:00 unsure hour" },
      { "phone", "-", "at 5 pm", "02.03. 17:00 hour" },
      { "phone", "-", "number at 5",
        "refuses: That number is too short. Please send it with its area code." },
      { "phone", "-", "the second number", "answer no" },
      { "phone", "-", "my number is 98765",
        "refuses: That number is too short. Please send it with its area code." },
      { "phone", "-", "abcdefghijkl 12345678",
        "refuses: That number is too short. Please send it with its area code." },
      { "both", "-", "abcdefghijk 12345678",
        "refuses: That number is too short. Please send it with its area code." },
      { "both", "-", "abcdefghijkl 12345678", "nothing" },
      { "both", "-", "98765 4321", "phone 987654321" },
      { "phone", "-", "number 123456789012345678",
        "refuses: That number is too long for a phone number." },
      { "phone", "-", "12345, 31 February",
        "refuses: That number is too short. Please send it with its area code." },
      { "time", "-", "12345, 31 February", "refuses: 31 February does not exist." },
    },
    ["what is left open"] = {
      { "both", "-", "98765 43210 or mobile 98765 00000",
        "phone +919876543210; of +919876543210 ( ) +919876500000 ( mobile )" },
      { "both", "-", "home 98765 43210 or 98765 00000 work",
        "phone +919876543210; of +919876543210 (home  ) +919876500000 (  work)" },
      { "both", "-", "98765 43210 and also 98765 00000", "phone +919876543210" },
      { "both", "-", "98765 43210, I am in the office, not at home, today only, or try 98765 00000",
        "phone +919876543210; 02.03. 10:00 day" },
      { "both", "-", "tomorrow or friday at 3pm", "03.03. 15:00 or 06.03. 15:00 unsure hour" },
      { "both", "-", "tomorrow at 3pm or friday", "03.03. 15:00 or 06.03. 15:00 unsure hour" },
      { "both", "-", "tomorrow or friday", "03.03. 09:00 or 06.03. 09:00 unsure day" },
      { "both", "-", "tomorrow at 3 or 4 pm", "03.03. 15:00 or 03.03. 16:00 unsure hour" },
      { "both", "-", "tomorrow at 3 pm and friday", "03.03. 15:00 hour" },
      { "both", "-", "now or tomorrow", "soon" },
      { "both", "-", "tomorrow at 3 pm or tomorrow at 3 pm", "03.03. 15:00 hour" },
    },
    ["a wish or none"] = {
      { "-", "-", "can I talk to a person now?", "nothing" },
      { "time", "-", "I need a person now", "nothing" },
      { "-", "-", "what happens now?", "nothing" },
      { "time", "-", "what happens now?",
        "refuses: I cannot answer that myself, but the colleague who calls you can." },
      { "-", "-", "can you call me now?", "soon" },
      { "-", "-", "can a person call me now?", "soon" },
      { "-", "-", "I bought it two weeks ago, please call me", "nothing" },
      { "both", "-", "I bought it two weeks ago, please call me", "refuses: That time is over." },
      { "-", "-", "it was on 1 March 2026 at 3 pm", "nothing" },
      { "both", "-", "it was on 1 March 2026 at 3 pm", "refuses: That time is over." },
      { "-", "-", "on 1 March 2026 at 3 pm", "refuses: That time is over." },
    },
    ["yes and no"] = {
      { "time", "T", "yes", "answer yes" },
      { "time", "T", "no", "answer no" },
      { "time", "T", "yes, bye", "answer yes" },
      { "time", "T", "change it", "answer no" },
      { "time", "T", "instead", "answer no" },
      { "time", "T", "ok but not so early", "answer no" },
      { "time", "T", "right number wrong day", "answer no" },
      { "time", "T", "can I change it later?",
        "says: You can do that here whenever you like: just say \"change\" or \"cancel\"." },
      { "time", "T", "is it later?", "answer no" },
      { "time", "T", "yes. is it free", "answer yes; says: The call costs nothing." },
      { "time", "T", "yes no instead", "nothing" },
      { "time", "T", "yes but my dog is ill", "answer no" },
      { "time", "T", "no, I want a person", "nothing" },
      { "time", "T", "not on friday, can't make it", "answer no" },
      { "both", "-", "please don't call me", "nothing" },
    },
    ["other words"] = {
      { "both", "-", "let me check", "says: Take your time." },
      { "-", "-", "let me check", "says: Take your time." },
      { "both", "-", "sorry I was away", "says: No problem, we go on where we were." },
      { "-", "-", "sorry I was away", "nothing" },
      { "both", "-", "same number", "same; says: " },
      { "-", "-", "same number", "nothing" },
      { "phone", "-", "no idea", "nothing" },
      { "both", "-", "no idea", "no_idea" },
      { "time", "-", "no idea", "no_idea" },
      { "-", "-", "no idea", "no_idea" },
      { "both", "-", "my printer is broken",
        "says: The colleague who calls will help you with that." },
      { "-", "-", "my printer is broken", "nothing" },
      { "both", "-", "my name is Asha", "says: Thank you." },
      { "both", "-", "my name is?",
        "refuses: I cannot answer that myself, but the colleague who calls you can." },
      { "-", "-", "my name is Asha", "nothing" },
      { "both", "-", "thank you for asking", "says: You are welcome!" },
      { "both", "-", "hello", "says: " },
      { "both", "-", "ok, a person please", "nothing" },
      { "both", "-", "a person please", "nothing" },
      { "both", "-", "is it free?", "says: The call costs nothing." },
      { "both", "-", "a person, or is it free?", "says: The call costs nothing." },
      { "both", "-", "who will call and is it free?",
        "says: The call costs nothing. One of our support colleagues calls you." },
      { "both", "-", "who will call, is it free, how long will it take?",
        "says: The call costs nothing. One of our support colleagues calls you." },
      { "both", "-", "what is your address?",
        "refuses: I cannot answer that myself, but the colleague who calls you can." },
      { "-", "-", "what is your address?", "nothing" },
      { "both", "-", "what?",
        "says: I am here to arrange a call: a colleague rings you at a time that suits you." },
      { "both", "-", "blah", "nothing" },
      { "both", "-", "is it booked?", "says: No call is booked yet; we are just arranging it." },
    },
    ["anger"] = {
      { "both", "-", "this is ridiculous", "angry; says: I am sorry for the trouble." },
      { "-", "-", "this is ridiculous", "angry; says: I am sorry for the trouble." },
      { "both", "-", "this is ridiculous, 98765 43210",
        "phone +919876543210; angry; says: I am sorry for the trouble." },
      { "both", "-", "98765 43210, this is ridiculous. is it free?",
        "phone +919876543210; angry; says: The call costs nothing." },
    },
    ["goodbyes and forms"] = {
      { "both", "-", "bye", "(goes on with small_talk)" },
      { "both", "-", "bye?", "nothing" },
      { "both", "-", "bye, call me at 5 pm", "02.03. 17:00 hour" },
      { "both", "-", "Phone: 98765 43210, Time: tomorrow 3 pm",
        "phone +919876543210; 03.03. 15:00 hour; form" },
      { "both", "-", "Phone: 98765 43210, Time: tomorrow 3 pm?",
        "phone +919876543210; 03.03. 15:00 hour" },
      { "both", "-", "Phone: 98765 43210, tomorrow 3 pm",
        "phone +919876543210; 03.03. 15:00 hour" },
    },  }
  for name, cases in pairs(CASES) do
    it("hears " .. name, function()
      for _, case in ipairs(cases) do
        local asked, before, text, heard = table.unpack(case)
        local got = read({ text = text }, asked ~= "-" and asked or nil, before)
        assert.equal(text .. " -> " .. heard, text .. " -> " .. got)
      end
    end)
  end

  it("says sorry once in a talk", function()
    local memory = { sorry = true }
    assert.equal("refuses: I understand.", read({ text = "you idiots", memory = memory }, "both"))
    assert.equal("nothing", read { text = "you idiots", memory = memory })
    assert.equal("phone +919876543210", read({ text = "98765 43210, idiots", memory = memory }))
  end)

  -- A long message tells more than a wish: 80 bytes are none, 81 are.
  for length, heard in pairs { [80] = "refuses: That time is over.", [81] = "nothing" } do
    it(("takes a time that is over in %d bytes for what it is"):format(length), function()
      local text = "on 1 March 2026 at 3 pm "
      assert.equal(heard, read { text = text .. ("x"):rep(length - #text) })
    end)
  end

  it("calls on the full minute, unless it is now", function()
    local at = plain.NOW + 35
    assert.equal("02.03. 10:21", read({ text = "in 20 minutes", at = at }, "time"))
    local reading = plain.flows() "reading"
    local heard = reading.read(plain.chat { at = at }, "now", "time")
    assert.equal(at, heard.time.value.at)
  end)

  -- SalesIQ's calendar ---------------------------------------------------------------------------

  local function clicked(slot) return { card_data = { value = { slot = slot } } } end
  for slot, heard in pairs {
    ["02/03/2026 10:00"] = "refuses: That time is over.",
    ["02/03/2026 10:01"] = "02.03. 10:01",
    ["01/03/2026 15:00"] = "refuses: That time is over.",
    ["05/03/2026 14:30"] = "05.03. 14:30",
    ["some day"] = "03.03. 11:00 hour",
  } do
    it(("takes the calendar's %s before its text"):format(slot), function()
      assert.equal(heard, read({ text = "tomorrow at 11 am", meta = clicked(slot) }, "time"))
    end)
  end

  it("reads the calendar on the visitor's clocks", function()
    assert.equal("05.03. 19:30", read({ text = "x", meta = clicked "05/03/2026 14:00",
      zone = "Europe/London" }, "time"))
  end)

  for name, meta in pairs { ["no table"] = "x", ["no card"] = {}, ["a card of text"] =
      { card_data = "x" }, ["a card without a value"] = { card_data = {} },
      ["a value that is text"] = { card_data = { value = "05/03/2026 14:30" } },
      ["another slot"] = clicked(5) } do
    it("reads the text beside " .. name, function()
      assert.equal("03.03. 11:00 hour", read({ text = "tomorrow at 11 am", meta = meta }, "time"))
    end)
  end

  -- Opening hours --------------------------------------------------------------------------------

  describe("with opening hours", function()
    local OURS = plain.HOURS

    local function closed(config, at, zone)
      local reading = plain.flows { config = config } "reading"
      local next_open = reading.closed(plain.chat { zone = zone }, plain.at(at))
      return next_open and shown(next_open) or "open"
    end

    for at, expected in pairs {
      ["2026-03-03 08:59"] = "03.03. 09:00", ["2026-03-03 09:00"] = "open",
      ["2026-03-03 17:59"] = "open", ["2026-03-03 18:00"] = "04.03. 09:00",
      ["2026-03-03 18:01"] = "04.03. 09:00", ["2026-03-06 17:59"] = "open",
      ["2026-03-06 18:00"] = "09.03. 09:00", ["2026-03-07 12:00"] = "09.03. 09:00",
      ["2026-03-08 23:59"] = "09.03. 09:00", ["2026-03-09 00:00"] = "09.03. 09:00",
    } do
      it(("knows whether it is open on %s"):format(at), function()
        assert.equal(expected, closed(OURS, at))
        -- ... on our clocks, wherever the visitor is
        assert.equal(expected, closed(OURS, at, "America/New_York"))
        -- ... and on the visitor's where we have told none
        assert.equal(expected, closed({ BUSINESS_HOURS = OURS.BUSINESS_HOURS }, at))
      end)
    end

    it("takes the visitor's clocks where ours are not told", function()
      assert.equal("02.03. 14:30", closed({ BUSINESS_HOURS = "Mon-Fri 09:00-18:00" },
        "2026-03-02 14:29", "Europe/London"))
    end)

    it("is always open where there are none", function()
      assert.equal("open", closed({}, "2026-03-07 03:00"))
    end)

    it("hears when that is", function()
      for text, heard in pairs {
        ["tomorrow at 9 am"] = "03.03. 09:00 hour",
        ["tomorrow at 8:59 am"] = "03.03. 08:59, closed until 03.03. 09:00",
        ["tomorrow at 5:59 pm"] = "03.03. 17:59",
        ["tomorrow at 6 pm"] = "03.03. 18:00 hour, closed until 04.03. 09:00",
        ["saturday at 11 am"] = "07.03. 11:00 hour, closed until 09.03. 09:00",
        ["now"] = "soon",
        -- of two hours the one at which we are open
        ["tomorrow at 3"] = "03.03. 15:00 hour",
      } do
        assert.equal(heard, read({ text = text, config = OURS }, "time"), text)
      end
      assert.equal("soon, closed until 03.03. 09:00", read({ text = "now", config = OURS,
        at = plain.at "2026-03-02 18:00" }, "time"))
      assert.equal("05.03. 20:00, closed until 06.03. 09:00", read({ text = "x", config = OURS,
        meta = clicked "05/03/2026 20:00" }, "time"))
    end)
  end)
end)
