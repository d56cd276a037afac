-- What must hold for any message: nothing raises, spans lie in the text, no time is over, results
-- are plain data and the same each time.

local support = require "spec.parse.support"
local hours = require "parse.hours"
local phone = require "parse.phone"
local time = require "parse.time"
local yes_no = require "parse.yes_no"

local ZONES = { "America/New_York", "America/Los_Angeles", "America/Sao_Paulo", "America/St_Johns",
  "America/Phoenix", "Europe/London", "Europe/Dublin", "Europe/Berlin", "Europe/Athens",
    "Europe/Moscow",
  "Africa/Lagos", "Africa/Cairo", "Africa/Casablanca", "Asia/Kolkata", "Asia/Kathmandu",
    "Asia/Dubai",
  "Asia/Shanghai", "Asia/Tokyo", "Australia/Sydney", "Australia/Adelaide", "Australia/Lord_Howe",
  "Pacific/Auckland", "Pacific/Chatham", "Pacific/Kiritimati", "Etc/GMT+2" }
local REGIONS = { "US", "IN", "GB", "DE", "BR", "IT", "RU", "JP", "XX" }

local PIECES = { "tomorrow", "today", "monday", "fri", "next", "this", "last", "at", "on", "in",
  "the", "of", "a",
  "after", "before", "by", "from", "to", "until", "between", "and", "or", "not", "no wait",
    "sorry", "3", "5", "11",
  "15", "31", "0", "99", "3pm", "12 am", "13 pm", "10:30", "25:12", "24:00", "16h00", "8h", "1030",
    "330 p.m.", "noon",
  "midnight", "morning", "early", "late", "evening", "night", "tonight", "lunch", "half", "past",
    "quarter", "march",
  "feb", "29", "30th", "1st", "second", "3/4", "12/25", "31/31/2025", "2025-03-09", "2025-13-41",
    "1.3.2026", "4.22",
  "2030", "1999", "2 hours", "half an hour", "3 days", "1/2", "2.5", "minutes", "weeks", "months",
    "ago", "later",
  "now", "asap", "PST", "GMT+2", "UTC-14", "london time", "(CET)", "my time", "christmas",
    "easter", "weekend", "daily",
  "415 555 2671", "+91 98765 43210", "5551234567", "x12", "ext. 5", "order", "#", "$5", "50%",
    "http://x.y/3pm",
  "mañana", "a las", "y media", "de la tarde", "hoy", "\n", "\0", "🙂", "１２", "٣", "é", "\255", "-",
    ",", ".", ":", "?",
  "(", ")", "+", "/", "'", "\226\128\171", "eve", "year", "two", "twenty", "thousand",
    "first thing", "end of", "day" }

-- A generator of its own, so that a failure comes back the same.
local function generator(seed)
  local state = seed
  return function(n)
    state = (state * 1103515245 + 12345) % 2147483648
    return state // 65536 % n + 1
  end
end

local function message(random)
  local list = {}
  for i = 1, random(9) do list[i] = PIECES[random(#PIECES)] end
  return table.concat(list, random(5) == 1 and "" or " ")
end

local function plain(value, depth)
  if type(value) == "table" then
    if getmetatable(value) or depth > 4 then return false end
    for k, v in pairs(value) do
      if type(k) ~= "string" and type(k) ~= "number"
          or not plain(v, depth + 1) then return false end
    end
    return true
  end
  return type(value) ~= "function" and type(value) ~= "userdata" and type(value) ~= "thread"
end

local function check_span(text, found)
  assert(found.from >= 1 and found.from <= found.to and found.to <= #text,
    ("span %d-%d of %d in %q"):format(found.from, found.to, #text, text))
end

local function check_time(text, found, context)
  check_span(text, found)
  local value = found.value
  assert(math.type(value.at) == "integer", text)
  assert(value.at >= context.now, "over: " .. text)
  assert(not value.from or value.from >= context.now and value.from < value.to, "span of " .. text)
  if value.readings then
    assert(value.readings[1] == value.at and value.readings[2] >= context.now, "readings of "
      .. text)
    assert(value.readings[1] ~= value.readings[2], "same readings of " .. text)
    assert(not found.sure, text)
  end
  for _, key in ipairs(found.assumed) do assert(time.assumption(key), key) end
  assert(type(time.text(value, context)) == "string")
  assert(plain(found, 0), "not plain: " .. text)
end

local function check_phone(text, found)
  check_span(text, found)
  local digits = found.value:gsub("^%+", "")
  assert(digits:find "^%d+$" and #digits >= 7 and #digits <= 15, found.value .. " of " .. text)
  assert(plain(found, 0), text)
end

local OPEN = hours.read "Mon-Fri 09:00-18:00; Sat 10:00-14:00"

local function check(text, context)
  for _, found in ipairs(phone.find_all(text, context)) do check_phone(text, found) end
  local number, number_err = phone.find(text, context)
  assert(number or number_err.message, text)
  for _, found in ipairs(time.find_all(text, context)) do check_time(text, found, context) end
  local found, err = time.find(text, context)
  assert(found or err.kind and err.message, text)
  yes_no.find(text)
  return found
end

describe("any message", function()
  it("of known words keeps the promises", function()
    local random = generator(20250305)
    for i = 1, 6000 do
      local context = { now = support.NOW + i * 7919 * 61, zone = ZONES[random(#ZONES)],
        region = REGIONS[random(#REGIONS)],
        hours = random(3) == 1 and OPEN or nil, asked = ({ "time", "phone", "both" })[random(5)] }
      local text = message(random)
      local ok, why = pcall(check, text, context)
      assert.is_true(ok, ("%q in %s, now %d: %s"):format(text, context.zone, context.now,
        tostring(why)))
      if i % 4 == 0 then
        context.previous = time.find("tomorrow at 3pm", context)
        ok, why = pcall(check, text, context)
        assert.is_true(ok, ("after a time: %q: %s"):format(text, tostring(why)))
      end
    end
  end)

  it("of any bytes keeps the promises", function()
    local random = generator(7)
    for _ = 1, 2000 do
      local bytes = {}
      for i = 1, random(40) do
        bytes[i] = string.char(random(3) == 1 and random(256) - 1
          or ("0123456789 :./-+()apm\n"):byte(random(22)))
      end
      local text = table.concat(bytes)
      local ok, why = pcall(check, text, support.context())
      assert.is_true(ok, ("%q: %s"):format(text, tostring(why)))
    end
  end)

  it("gives the same result again", function()
    local random = generator(99)
    for _ = 1, 500 do
      local text = message(random)
      assert.same(time.find(text, support.context()), time.find(text, support.context()))
      assert.same(phone.find_all(text, support.context()), phone.find_all(text, support.context()))
    end
  end)

  it("may come without a context but for now", function()
    assert.is_truthy(time.find("tomorrow at 3pm", { now = support.NOW }))
    assert.is_truthy(phone.find("+1 415 555 2671", {}))
    assert.is_truthy(phone.find "+1 415 555 2671")
  end)
end)

describe("a time that is shown", function()
  for _, zone in ipairs(ZONES) do
    it("is read back as the same moment in " .. zone, function()
      local random = generator(#zone)
      for i = 1, 60 do
        local now = support.NOW + i * 123456 * 17
        local at = (now + 120 + random(32000) * 970) // 60 * 60
        local context = { now = now, zone = zone, region = REGIONS[random(#REGIONS)] }
        local written = time.text({ at = at, zone = zone, precision = "minute" }, context)
        local found = time.find(written, context)
        -- an hour that comes twice is read as its first
        local is_same = found and (found.value.at == at or found.assumed[#found.assumed] == "fold")
        assert.is_true(is_same, ("%s is %d, not %s"):format(written, at, found and found.value.at))
      end
    end)
  end
end)

describe("10,000 hard characters", function()
  -- Counts the work instead of the time: a limit in milliseconds would fail on a busy machine. The
  -- bench (tests/bench/parse.lua) measures the time.
  local SEEDS = { "1 ", "1", "123 ", "+1 ", "(1) ", "1-", "1:", "12:30 ", "at ", "3pm ", "monday ",
    "1d ", "to ",
    "not ", "5551234567 ", "order ", "x", "a@", "\204\129", "\239\188\145", "half past ", "0 3  ",
      "1-800-" }

  local function work(text)
    local steps = 0
    debug.sethook(function() steps = steps + 1 end, "", 1000)
    check(text, support.context())
    debug.sethook()
    return steps
  end

  for _, seed in ipairs(SEEDS) do
    it(("cost no more than their share: %q"):format(seed), function()
      local text = seed:rep(10000 // (utf8.len(seed) or #seed))
      assert.is_true(work(text) < 1500)
    end)
  end
end)
