-- flows/when.lua - moments as people and as Desk read them. A moment is Unix seconds.
--
--   when.text(value, now)    "on Friday 6 March at 3:00 PM EST"; value is what parse.time found
--   when.short(at, zone)     "Fri 6 Mar, 3:00 PM": fits on a button where 20 characters do
--   when.utc(at)             "2026-03-06T20:00:00.000Z", as Desk wants it
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

function when.short(at, zone)
  local f = clock.fields(math.floor(at), zone)
  return ("%s %d %s, %d:%02d %s"):format(DAYS[f.wday], f.day, MONTHS[f.month],
    (f.hour + 11) % 12 + 1, f.min, f.hour < 12 and "AM" or "PM")
end

function when.utc(at)
  local f = clock.fields(math.floor(at), "UTC")
  return ("%04d-%02d-%02dT%02d:%02d:%02d.000Z"):format(f.year, f.month, f.day, f.hour, f.min, f.sec)
end

return when
