-- spec/parse/edges_spec.lua - both sides of what the parsers take for a limit. It is Wednesday
-- 5 March 2025, 10:15 in New York.
local support = require "spec.parse.support"
local hours = require "parse.hours"
local phone = require "parse.phone"
local stored = require "parse.phone_stored"
local time = require "parse.time"
local yes_no = require "parse.yes_no"

local ZONE = "America/New_York"

-- "2025-03-06 07:00 or 2025-03-06 19:00", or why there is none.
local function moment(text, changes)
  local found, err = time.find(text, support.context(changes))
  if not found then return err.reason end
  local readings = found.value.readings
  local shown = support.shown(found.value.at)
  return readings and shown .. " or " .. support.shown(readings[2]) or shown
end

describe("a moment", function()
  for text, expected in pairs {
    -- this very minute is still to come, the one before is over
    ["10:15 am today"] = "2025-03-05 10:15", ["10:14 am today"] = "past",
    ["10:15 today"] = "2025-03-05 10:15 or 2025-03-05 22:15",
    ["10:14 today"] = "2025-03-05 22:14",
    ["at 10:15 am"] = "2025-03-05 10:15", ["at 10:14 am"] = "2025-03-06 10:14",
    ["wednesday at 10:15 am"] = "2025-03-05 10:15",
    ["wednesday at 10:14 am"] = "2025-03-12 10:14",
    ["5 march 10:15 am"] = "2025-03-05 10:15", ["5 march 10:14 am"] = "past",
    ["march 4 noon"] = "2026-03-04 12:00", ["march 5 noon"] = "2025-03-05 12:00",
    yesterday = "past", ["an hour ago"] = "past",
    wednesday = "2025-03-12 09:00", ["this wednesday noon"] = "2025-03-05 12:00",
    -- seven is an hour of the morning, before it of the evening; from one on there is no doubt
    ["tomorrow at 7"] = "2025-03-06 07:00 or 2025-03-06 19:00",
    ["tomorrow at 6:59"] = "2025-03-06 18:59 or 2025-03-06 06:59",
    ["tomorrow at 12:59"] = "2025-03-06 12:59 or 2025-03-06 00:59",
    ["tomorrow at 13:00"] = "2025-03-06 13:00",
    -- nobody means ten in the evening who does not say so, if ten in the morning is still ahead
    ["tomorrow at 9:59"] = "2025-03-06 09:59 or 2025-03-06 21:59",
    ["tomorrow at 10"] = "2025-03-06 10:00", ["friday 11.30"] = "2025-03-07 11:30",
    ["at 11:14"] = "2025-03-05 11:14 or 2025-03-05 23:14", ["at 11:15"] = "2025-03-05 11:15",
    -- an hour before it, or half of what is left
    ["before noon"] = "2025-03-05 11:00", ["before noon tomorrow"] = "2025-03-06 11:00",
    ["before 11:15 am"] = "2025-03-05 10:15", ["before 10:45 am"] = "2025-03-05 10:30",
    ["today 9 to 5"] = "2025-03-05 10:30", ["tomorrow 9 to 5"] = "2025-03-06 09:00",
    today = "2025-03-05 10:30", tomorrow = "2025-03-06 09:00",
    ["this morning"] = "2025-03-05 10:30", ["tonight at 1"] = "2025-03-06 01:00",
    ["tonight at 11"] = "2025-03-05 23:00", ["tomorrow at 12 at night"] = "2025-03-07 00:00",
    ["today at 24:00"] = "2025-03-06 00:00", ["tomorrow at 24:01"] = "invalid",
    ["29 february 2025"] = "impossible", ["29 february 2028 noon"] = "2028-02-29 12:00",
    ["30 february"] = "impossible", ["31 april"] = "impossible", ["30 april"] = "2025-04-30 09:00",
    ["the 31st at noon"] = "2025-03-31 12:00", ["the 32nd at noon"] = "impossible",
    ["the fifth friday of march at 2pm"] = "impossible",
    ["the fifth friday of may at 2pm"] = "2025-05-30 14:00",
    ["1/2/2026 noon"] = "2026-01-02 12:00 or 2026-02-01 12:00",
    ["1/13/2026 noon"] = "2026-01-13 12:00", ["noon london time"] = "2025-03-06 07:00",
    ["5 pm CET"] = "2025-03-05 11:00",
  } do
    it(("is %q"):format(text), function()
      assert.equal(expected, moment(text, { asked = "time" }))
    end)
  end

  it("is soon for an hour", function()
    local value = time.find("now", support.context()).value
    assert.equal(support.NOW, value.at)
    assert.equal(support.NOW + 3600, value.to)
    assert.is_true(value.soon)
  end)

  local BEFORE = { value = { at = support.NOW - 900 + 5 * 3600, precision = "hour" } } -- 15:00
  for text, expected in pairs {
    ["5"] = "2025-03-05 17:00", ["at 11"] = "2025-03-05 11:00", ["at 9"] = "2025-03-05 21:00",
    ["an hour later"] = "2025-03-05 16:00", ["an hour earlier"] = "2025-03-05 14:00",
    ["five hours earlier"] = "past", ["the day before"] = "past", ["next day"] = "2025-03-06 15:00",
    tomorrow = "2025-03-06 15:00", pm = "2025-03-05 15:00", am = "past",
  } do
    it(("behind 3 PM is %q"):format(text), function()
      assert.equal(expected, moment(text, { previous = BEFORE }))
    end)
  end

  it("behind a day without an hour has both", function()
    local day = { value = { at = support.NOW - 4500 + 86400, precision = "day" } } -- 9:00
    assert.equal("2025-03-06 15:00 or 2025-03-06 03:00", moment("at 3", { previous = day }))
  end)

  it("gets its year where it is far", function()
    local function text(days)
      return (time.text({ at = support.NOW + days * 86400, zone = ZONE, precision = "day" },
        { now = support.NOW }))
    end
    assert.equal("Tuesday 30 December", text(300))
    assert.equal("Wednesday 31 December 2025", text(301))
  end)
end)

describe("opening hours", function()
  local function at(day, hour, min)
    return clock.unix({ year = 2025, month = 3, day = day, hour = hour, min = min or 0 }, ZONE)
  end

  it("begin with their first minute and end before their last", function()
    local open = hours.read "Mon-Fri 09:00-12:00, 13:00-18:00"
    for minute, expected in pairs { [539] = false, [540] = true, [719] = true, [720] = false,
        [779] = false, [780] = true, [1079] = true, [1080] = false } do
      assert.equal(expected, (hours.is_open(open, at(6, minute // 60, minute % 60), ZONE)))
    end
    assert.is_true((hours.is_open(open, at(6, 17, 59) + 59, ZONE)))
    assert.is_false((hours.is_open(open, at(8, 10), ZONE)))
  end)

  it("know the next open moment, a week ahead at most", function()
    local function next_open(text, from)
      return support.shown(hours.next(hours.read(text), from, ZONE))
    end
    local two = "Mon-Fri 09:00-12:00, 13:00-18:00"
    assert.equal("2025-03-06 09:00", next_open(two, at(6, 8, 59)))
    assert.equal("2025-03-06 11:59", next_open(two, at(6, 11, 59)))
    assert.equal("2025-03-06 13:00", next_open(two, at(6, 12)))
    assert.equal("2025-03-07 09:00", next_open(two, at(6, 18)))
    assert.equal("2025-03-10 09:00", next_open(two, at(7, 18)))
    assert.equal("2025-03-13 09:00", next_open("Thu 09:00-18:00", at(6, 18)))
    assert.equal("2025-03-06 09:30", next_open("Thu 09:30-18:00", at(6, 9, 29)))
  end)

  it("give an open moment of a span, near where it was wanted", function()
    local open = hours.read "Mon-Fri 09:00-12:00, 13:00-18:00"
    local function best(from, to, wanted)
      local found = hours.best(open, from, to, wanted, ZONE)
      return found and support.shown(found)
    end
    assert.equal("2025-03-06 10:00", best(at(6, 0), at(7, 0), at(6, 10)))
    assert.equal("2025-03-06 13:00", best(at(6, 0), at(7, 0), at(6, 12, 30)))
    assert.equal("2025-03-06 09:00", best(at(6, 0), at(7, 0), at(6, 19)))
    assert.equal("2025-03-06 17:00", best(at(6, 17), at(6, 22), at(6, 19)))
    assert.is_nil(best(at(6, 18), at(7, 9), at(6, 20)))
    assert.equal("2025-03-07 09:00", best(at(6, 18), at(7, 9) + 1, at(6, 20)))
  end)

  it("end by midnight, later than they begin", function()
    assert.same({ { 0, 1440 } }, hours.read("Mon 0:00-24:00")[1])
    for _, text in ipairs { "Mon 9:00-24:01", "Mon 9-9", "Mon 18-9" } do
      assert.is_nil((hours.read(text)))
    end
  end)

  it("settle an hour that is open in one half of the day alone", function()
    local open = hours.read "Mon-Fri 09:00-18:00"
    local function at_hours(text)
      return moment(text, { asked = "time", hours = open, hours_zone = ZONE })
    end
    assert.equal("2025-03-06 09:00", at_hours "tomorrow at 9")
    assert.equal("2025-03-06 17:59", at_hours "tomorrow at 5:59")
    assert.equal("2025-03-06 18:00 or 2025-03-06 06:00", at_hours "tomorrow at 6")
    assert.equal("2025-03-06 08:00 or 2025-03-06 20:00", at_hours "tomorrow at 8")
    assert.equal("2025-03-06 09:00", at_hours "tomorrow morning")
    assert.equal("2025-03-06 16:00", at_hours "tomorrow evening")
  end)
end)

describe("a number", function()
  local function number(text, region, asked)
    local found, err = phone.find(text, { region = region, asked = asked })
    if not found then return err.reason end
    return found.value .. (found.ext and " x" .. found.ext or "")
      .. (found.sure and "" or "; " .. found.hint)
  end
  local AREA, CODE = "; Please add the area code.", "; Please check the country code."
  local PLUS = "; Please add the country code, as in +44 20 7946 0958."

  for text, expected in pairs {
    ["555267"] = "short", ["5552671"] = "5552671" .. AREA,
    ["234567890123456"] = "234567890123456" .. PLUS, ["2345678901234567"] = "long",
    ["+123456789012345"] = "+123456789012345" .. CODE, ["+1234567890123456"] = "long",
    ["+358 40 1234567"] = "+358401234567", ["+1555267"] = "+1555267" .. CODE,
    ["415 555 2671"] = "+14155552671", ["415 555 267"] = "415555267" .. AREA,
    ["415 555 2671 x1"] = "+14155552671 x1", ["011 44 20 7946 0958"] = "+442079460958",
    ["415-555-2671-1234"] = "+14155552671 x1234",
    ["415-555-2671-12345"] = "415555267112345" .. PLUS,
    ["12"] = "nothing", ["123"] = "short", ["1 2 3"] = "short", ["0000000"] = "short",
  } do
    it(("is %q"):format(text), function() assert.equal(expected, number(text, "US")) end)
  end

  it("may be of fewer figures where it was asked for", function()
    assert.equal("short", number("1", "US", "phone"))
    assert.equal("nothing", number("one", "US", "phone"))
  end)

  it("is taken back only by words right beside it", function()
    local function list(text)
      local values = {}
      for i, found in ipairs(phone.find_all(text, { region = "US" })) do values[i] = found.value end
      return table.concat(values, " ")
    end
    local ONE, TWO = "+14155552671", "+12125550199"
    local between = "no wait"
    for length, expected in pairs { [31] = TWO, [32] = ONE .. " " .. TWO } do
      local words = ", " .. ("a "):rep((length - #between - 4) // 2)
      words = words .. (" "):rep(length - #words - #between - 1) .. between .. " "
      assert.equal(length, #words)
      assert.equal(expected, list("415-555-2671" .. words .. "212-555-0199"))
    end
  end)

  it("is one of sixteen in a message at most", function()
    local lines = {}
    for i = 1, 20 do lines[i] = ("415-555-26%02d"):format(i) end
    assert.is_true(#phone.find_all(table.concat(lines, ", "), { region = "US" }) <= 16)
    assert.is_true(#phone.find_all(table.concat(lines, ", "), { region = "US" }) >= 8)
  end)
end)

describe("a stored number", function()
  for _, case in ipairs {
    { "98765 43210 ext 123456", "+919876543210", "123456" },
    { "98765 43210 ext 1234567", "+919876543210" }, -- too long for one
    { "11 15 1234 5678", "+5491112345678" }, { "0 11 15 1234 5678", "+541112345678" },
    { "044 33 1234 5678", "+523312345678" }, { "11 8765 4321", "+5511987654321" },
    { "0 15 11 98765 4321", "+5511987654321" }, { "06 30 123 4567", "+36301234567" },
    { "21 12 34 56", "+2290121123456" }, { "5432101", "5432101" },
    { "2765432101", "12765432101" }, -- its last ten figures
  } do
    it(("%q is %s"):format(case[1], case[2]), function()
      local same = stored.same(case[1], case[2])
      assert.is_truthy(same)
      assert.equal(case[3], same.ext)
    end)
  end

  for _, case in ipairs { { "765432101", "12765432101" }, { "432101", "432101" },
      { "0091 98765 43210", "+19876543210" }, { "98765 43210", "+919876543211" } } do
    it(("%q is not %s"):format(case[1], case[2]), function()
      assert.is_nil((stored.same(case[1], case[2])))
    end)
  end

  it("is searched for as a whole and by its last figures, parted as people do", function()
    local terms = stored.terms "+919876543210"
    local has = {}
    for _, term in ipairs(terms) do has[term] = true end
    for _, term in ipairs { "+919876543210", "919876543210", "00919876543210", "9876543210",
        "09876543210", "+91 98765 43210", "98765 43210", "*43210*", "*54 3210*", "*543-210*",
        "*43 210*", "*54.32.10*" } do
      assert.is_true(has[term], term)
    end
  end)
end)

describe("yes and no", function()
  it("count anywhere in six words, and at the head of a tale of fifteen unknown ones", function()
    assert.equal("no", (yes_no.find("xa xb xc xd xe 👎")))
    assert.is_nil((yes_no.find("xa xb xc xd xe xf 👎")))
    local function tale(count)
      local words = {}
      for i = 1, count do words[i] = "x" .. ("abcdefghijklmnopq"):sub(i, i) end
      return "nope, " .. table.concat(words, " ")
    end
    assert.equal("no", (yes_no.find(tale(15))))
    assert.is_nil((yes_no.find(tale(16))))
  end)

  it("are read in four hundred bytes", function()
    local function yes(length) return "yes" .. (" "):rep(length - 6) .. "yes" end
    assert.equal("yes", (yes_no.find(yes(400))))
    assert.is_nil((yes_no.find(yes(401))))
  end)
end)

describe("a message", function()
  it("is read in ten thousand characters", function()
    local text = "98765 43210"
    local context = { region = "IN" }
    for _, filler in ipairs { "a ", "é " } do
      local characters = (10000 - #text) // 2
      assert.is_truthy((phone.find(filler:rep(characters) .. text, context)))
      assert.is_nil((phone.find(filler:rep(characters + 6) .. text, context)))
    end
  end)
end)
