-- flows/when.lua - moments as people and as Desk read them. A moment is Unix seconds, a value what
-- parse.time found.
--
--   when.text(value, now)            "on Friday 6 March at 3:00 PM EST"
--   when.loosely(value, now)         the same, but only "on Friday 6 March" where no hour was named
--   when.either(one, two, zone, now) "on Friday 6 March at 3:00 PM or 3:00 AM EST"
--   when.day(value)                  "Friday 6 March"
--   when.short(at, zone)             "Fri 6 Mar, 3:00 PM": fits on a button where 20 characters do
--   when.example(at, zone, now)      "tomorrow at 3 PM", "Monday at 9:30 AM"
--   when.utc(at)                     "2026-03-06T20:00:00.000Z", as Desk wants it
local time = require "parse.time"

local DAYS = { "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun" }
local MONTHS = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov",
  "Dec" }

local when = {}

-- The hour is always shown, also where the visitor named a day only: it is the hour of the call.
function when.text(value, now)
  if value.soon then return "as soon as possible" end
  return "on " .. time.text({ at = math.floor(value.at), zone = value.zone, precision = "minute" },
    { now = now })
end

function when.day(value)
  return time.text { at = math.floor(value.at), zone = value.zone, precision = "day" }
end

function when.loosely(value, now)
  return value.precision == "day" and "on " .. when.day(value) or when.text(value, now)
end

function when.either(one, two, zone, now)
  local first = when.text({ at = one, zone = zone }, now)
  local second = when.text({ at = two, zone = zone }, now)
  local day, hour, letters = first:match "^(.- at )(%S+ %S+)( .+)$"
  local is_same_day = second:sub(1, #day) == day and second:sub(-#letters) == letters
  if is_same_day then return day .. hour .. " or " .. second:sub(#day + 1) end
  return (second:sub(-#letters) == letters and day .. hour or first) .. " or " .. second
end

local function hour_text(f)
  return ("%d:%02d %s"):format((f.hour + 11) % 12 + 1, f.min, f.hour < 12 and "AM" or "PM")
end

function when.short(at, zone)
  local f = clock.fields(math.floor(at), zone)
  return ("%s %d %s, %s"):format(DAYS[f.wday], f.day, MONTHS[f.month], hour_text(f))
end

function when.example(at, zone, now)
  local f = clock.fields(math.floor(at), zone)
  local tomorrow = clock.fields(math.floor(now) + 86400, zone)
  local day = when.day({ at = at, zone = zone }):match "^%a+"
  if f.day == tomorrow.day and f.month == tomorrow.month then day = "tomorrow" end
  return day .. " at " .. hour_text(f):gsub(":00", "")
end

function when.utc(at)
  local f = clock.fields(math.floor(at), "UTC")
  return ("%04d-%02d-%02dT%02d:%02d:%02d.000Z"):format(f.year, f.month, f.day, f.hour, f.min, f.sec)
end

return when
