-- flows/when.lua - moments as people say them.
--
--   when.text(value, now)    "on Friday 6 March at 3:00 PM (New York time)"
--   when.short(at, zone)     "Fri 6 Mar, 3:00 PM": fits on a button where 20 characters do
--   when.utc(at)             "2026-03-06T20:00:00.000Z", as Desk wants it
--
-- value is what parse.time found; zones are IANA names, moments Unix seconds.

local DAYS = { "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday" }
local MONTHS = { "January", "February", "March", "April", "May", "June", "July", "August",
  "September", "October", "November", "December" }

local when = {}

local function hour(at)
  return ("%d:%02d %s"):format((at.hour + 11) % 12 + 1, at.min, at.hour < 12 and "AM" or "PM")
end

-- "America/New_York" -> "New York time"
local function place(zone)
  local city = zone:match "([^/]+)$":gsub("_", " ")
  if zone:find "^Etc/" or not zone:find "/" then return city end
  return city .. " time"
end

function when.text(value, now)
  if value.soon then return "as soon as we can" end
  local at = clock.fields(math.floor(value.at), value.zone)
  local year = at.year ~= clock.fields(math.floor(now), value.zone).year and " " .. at.year or ""
  return ("on %s %d %s%s at %s (%s)"):format(DAYS[at.wday], at.day, MONTHS[at.month], year,
    hour(at), place(value.zone))
end

function when.short(moment, zone)
  local at = clock.fields(math.floor(moment), zone)
  return ("%s %d %s, %s"):format(DAYS[at.wday]:sub(1, 3), at.day, MONTHS[at.month]:sub(1, 3),
    hour(at))
end

function when.utc(moment)
  local at = clock.fields(math.floor(moment), "UTC")
  return ("%04d-%02d-%02dT%02d:%02d:%02d.000Z"):format(at.year, at.month, at.day, at.hour, at.min,
    at.sec)
end

return when
