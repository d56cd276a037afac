-- engine/cli/parse.lua: lines of JSON in and out; the parsers are stood in for.
local cjson = require "cjson"
local make = assert(loadfile "engine/cli/parse.lua")()

-- Days since 1970 of a date.
local function days(y, m, d)
  y = m <= 2 and y - 1 or y
  local era, doy = y // 400, (153 * (m + (m > 2 and -3 or 9)) + 2) // 5 + d - 1
  local yoe = y - era * 400
  return era * 146097 + yoe * 365 + yoe // 4 - yoe // 100 + doy - 719468
end

local OFFSETS = { UTC = 0, ["Asia/Kolkata"] = 19800, ["America/St_Johns"] = -12600 }
local clock = {
  unix = function(f)
    return days(f.year, f.month, f.day) * 86400 + f.hour * 3600 + f.min * 60 + f.sec
  end,
  fields = function(at, zone)
    local f = os.date("!*t", at + OFFSETS[zone])
    f.offset = OFFSETS[zone]
    return f
  end,
}

describe("usher parse", function()
  local seen, phones, found, parse
  before_each(function()
    seen, phones, found = {}, {}, nil
    parse = make {
      phone = { find_all = function(text, context)
        seen[#seen + 1] = { text = text, context = context }
        return phones
      end },
      time = { find = function() return found end },
      clock = clock,
    }
  end)

  local function line(input)
    return cjson.decode(parse.lines(cjson.encode(input)))
  end

  it("reads the moment with its offset, east and west, or as seconds", function()
    for now, wanted in pairs {
      ["2026-03-02T10:00:00+05:30"] = 1772425800, ["2026-03-02T10:00:00-05:30"] = 1772465400,
      ["2026-03-02T10:00:00Z"] = 1772445600, ["2026-03-02 10:00"] = 1772445600,
      ["2026-03-02T10:00:01.5Z"] = 1772445601, ["2026-03-02T10:00:00-0030"] = 1772447400,
    } do
      line { text = "x", now = now }
      assert.equal(wanted, seen[#seen].context.now, now)
    end
    line { text = "x", now = 1772425800 }
    assert.equal(1772425800, seen[#seen].context.now)
  end)

  it("says what is wrong with a line, and goes on", function()
    for input, why in pairs { ['{"id":7,"text":"x"}'] = "now is no ISO 8601 time",
        ['{"id":7,"text":"x","now":"2026-03-02T10:00:00 IST"}'] = "now has no offset such as "
          .. "+05:30",
        ['{"id":7}'] = 'a line must be a JSON object with "text"', ["[]"] = 'a line must be a JSON '
          .. 'object with "text"', ["x"] = 'a line must be a JSON object with "text"' } do
      local answer = cjson.decode(parse.lines(input))
      assert.equal(why, answer.error)
      if why:find "^now" then assert.equal(7, answer.id) end
    end
    assert.is_nil(line({ text = "x", now = 1 }).error)
  end)

  it("writes numbers with their extension, and the time with the offset of its zone", function()
    phones = { { value = "+919876543210", ext = "21", sure = true },
      { value = "+4930123456", sure = false } }
    found = { value = { at = 1772425800, zone = "Asia/Kolkata" }, sure = true, unread = {} }
    local answer = line { id = "a", text = "x", now = 1 }
    assert.same({ "+919876543210;ext=21", "+4930123456" }, answer.phones)
    assert.same({ true, false }, answer.phones_sure)
    assert.equal("2026-03-02T10:00:00+05:30", answer.time)
    assert.is_true(answer.time_sure)
    found = { value = { at = 1772425800, zone = "America/St_Johns" }, sure = false,
      unread = { "9.13", "\"x\"" } }
    answer = line { text = "x", now = 1 }
    assert.equal("2026-03-02T01:00:00-03:30", answer.time)
    assert.is_false(answer.time_sure)
    assert.same({ "9.13", "\"x\"" }, answer.unread)
    phones, found = {}, nil
    assert.equal('{"id":null,"time":null,"time_sure":null,"phones":[],"phones_sure":[],'
      .. '"unread":[]}', parse.lines '{"text":"x","now":1}')
  end)

  it("hands zone, region and what is asked for on as they are", function()
    line { text = "x", now = 1, tz = "Asia/Kolkata", region = "IN", asked = "phone" }
    assert.same({ now = 1, zone = "Asia/Kolkata", region = "IN", asked = "phone" },
      seen[1].context)
    line { text = "x", now = 2, tz = 7, region = {} }
    assert.same({ now = 2 }, seen[2].context)
  end)
end)
