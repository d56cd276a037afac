-- flows/examples.lua - the examples in the bot's questions: a number as people write it in the
-- visitor's country, a time that is still to come and at which somebody calls.
--
--   examples.number(chat)      "415 555 0132"
--   examples.moment(chat)      -> a good moment for a call, its zone
--   examples.time(chat)        "tomorrow at 3 PM"
--   examples.hour(chat, time)  "4 PM": another hour on the day of a time; with "earlier" or "later"
--                              behind it such an hour, nil where none is left
--   examples.day(chat, time)   "Friday": another day at the hour of a time
local reading = require "reading"
local when = require "when"

local ANYWHERE = "+1 415 555 0132"

-- Numbers that nobody has: kept for films and books, or plainly made up.
local NUMBERS = {
  AE = "050 123 4567", AR = "11 2345 6789", AT = "0664 123 456", AU = "0491 570 006",
  BD = "01712 345678", BE = "0470 12 34 56", BR = "(11) 96123-4567", CA = "613 555 0132",
  CH = "078 123 45 67", CL = "9 6123 4567", CN = "131 2345 6789", CO = "321 123 4567",
  DE = "030 23125 000", DK = "20 12 34 56", EG = "0100 123 4567", ES = "612 34 56 78",
  FI = "041 2345678", FR = "01 99 00 12 34", GB = "020 7946 0958", HK = "5123 4567",
  ID = "0812 345 678", IE = "020 912 3456", IL = "050 234 5678", IN = "98765 43210",
  IT = "312 345 6789", JP = "090 1234 5678", KE = "0712 123456", KR = "010 2345 6789",
  LK = "071 234 5678", MX = "55 1234 5678", MY = "012 345 6789", NG = "0802 123 4567",
  NL = "06 12345678", NO = "406 12 345", NP = "984 1234567", NZ = "021 123 4567",
  PH = "0905 123 4567", PK = "0301 2345678", PL = "512 345 678", PT = "912 345 678",
  SA = "051 234 5678", SE = "070 174 06 05", SG = "8123 4567", TH = "081 234 5678",
  TR = "0501 234 56 78", US = "415 555 0132", VN = "091 234 56 78", ZA = "071 123 4567",
}

local HOURS = { 15, 11, 10, 16, 14, 17, 12, 13, 9, 18 } -- the best first
local OTHER_HOURS = { 16, 17, 11, 10, 14, 15, 12, 13, 9, 18 }
local DAYS = 7 -- that are looked at for an open hour

local examples = {}

function examples.number(chat)
  return NUMBERS[chat.message.place.region] or ANYWHERE
end

-- The moment of an hour on a day, `later` days after that of `at`.
local function moment(at, later, hour, min, zone)
  local f = clock.fields(math.floor(at) + later * 86400, zone)
  return clock.unix({ year = f.year, month = f.month, day = f.day, hour = hour, min = min }, zone)
end

local function is_good(chat, at)
  return at > chat.message.at and not reading.closed(chat, at)
end

-- Tomorrow at 3 PM, or the next daytime hour at which we are open; else the next open moment.
function examples.moment(chat)
  local now, zone = chat.message.at, chat.message.place.zone
  for later = 1, DAYS do
    for _, hour in ipairs(HOURS) do
      local at = moment(now, later, hour, 0, zone)
      if is_good(chat, at) then return at, zone end
    end
  end
  return reading.closed(chat, now) or now + 86400, zone
end

function examples.time(chat)
  local at, zone = examples.moment(chat)
  return when.example(at, zone, chat.message.at)
end

local STEP = { earlier = -3600, later = 3600 }

-- The next hour before or after a time, on its day.
local function next_hour(chat, value, step)
  local day = clock.fields(math.floor(value.at), value.zone).day
  local at = math.floor(value.at) + step
  while clock.fields(at, value.zone).day == day do
    if is_good(chat, at) then return when.hour(at, value.zone) end
    at = at + step
  end
end

function examples.hour(chat, time, side)
  local value = time.value
  if side then return next_hour(chat, value, STEP[side]) end
  for _, hour in ipairs(OTHER_HOURS) do
    local at = moment(value.at, 0, hour, 0, value.zone)
    if at ~= value.at and is_good(chat, at) then return when.hour(at, value.zone) end
  end
  return examples.time(chat)
end

-- By its weekday, so within a week.
function examples.day(chat, time)
  local value = time.value
  local f = clock.fields(math.floor(value.at), value.zone)
  for _, later in ipairs { 4, 3, 2, 1, 5, 6 } do
    local at = moment(chat.message.at, later, f.hour, f.min, value.zone)
    local is_other = clock.fields(at, value.zone).wday ~= f.wday
    if is_other and is_good(chat, at) then
      return (when.day({ at = at, zone = value.zone }):match "^%a+")
    end
  end
  return examples.time(chat)
end

return examples
