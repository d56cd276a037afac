-- flows/when.lua - moments as people and as Desk read them. A moment is Unix seconds, a value what
-- parse.time found.
--
--   when.text(value, now)            "on Friday 6 March at 3:00 PM EST", and where the visitor
--                                    named another zone, "... (8:00 PM in London)"
--   when.loosely(value, now)         the same, but only "on Friday 6 March" where no hour was named
--   when.either(value, now)          "on Friday 6 March at 3:00 PM or 3:00 AM EST": its readings
--   when.day(value)                  "Friday 6 March"
--   when.short(at, zone)             "Fri 6 Mar, 3:00 PM": fits on a button where 20 characters do
--   when.example(at, zone, now)      "tomorrow at 3 PM", "Monday at 9:30 AM"
--   when.hour(at, zone)              "3 PM", "9:30 AM"
--   when.utc(at)                     "2026-03-06T20:00:00.000Z", as Desk wants it
local time = require "parse.time"

local DAYS = { "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun" }
local MONTHS = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov",
  "Dec" }

local when = {}

local function hour_text(f)
  return ("%d:%02d %s"):format((f.hour + 11) % 12 + 1, f.min, f.hour < 12 and "AM" or "PM")
end

-- The hour is always shown, also where the visitor named a day only: it is the hour of the call.
local function in_own_zone(at, zone, now)
  return "on " .. time.text({ at = math.floor(at), zone = zone, precision = "minute" },
    { now = now })
end

-- "in London", "in UTC"
local function place_of(zone)
  return "in " .. zone:match "[^/]+$":gsub("_", " ")
end

-- " (3:00 PM in London)", where the visitor named a time by the clocks of another place; with the
-- day where it is another one there.
local function in_said_zone(value, moments)
  if not value.said_zone then return "" end
  local texts = {}
  for i, at in ipairs(moments) do
    local own = clock.fields(math.floor(at), value.zone)
    local said = clock.fields(math.floor(at), value.said_zone)
    if own.offset == said.offset then return "" end
    local day = own.day ~= said.day and DAYS[said.wday] .. " " or ""
    texts[i] = day .. hour_text(said)
  end
  return (" (%s %s)"):format(table.concat(texts, " or "), place_of(value.said_zone))
end

function when.text(value, now)
  if value.soon then return "as soon as possible" end
  return in_own_zone(value.at, value.zone, now) .. in_said_zone(value, { value.at })
end

function when.day(value)
  return time.text { at = math.floor(value.at), zone = value.zone, precision = "day" }
end

function when.loosely(value, now)
  return value.precision == "day" and "on " .. when.day(value) or when.text(value, now)
end

-- The hour alone of the second where both are of one day.
local function join(first, second)
  local day, hour, letters = first:match "^(.- at )(%S+ %S+)( .+)$"
  if second:sub(-#letters) ~= letters then return first .. " or " .. second end
  if second:sub(1, #day) == day then second = second:sub(#day + 1) end
  return day .. hour .. " or " .. second
end

function when.either(value, now)
  local one, two = value.readings[1], value.readings[2]
  return join(in_own_zone(one, value.zone, now), in_own_zone(two, value.zone, now))
    .. in_said_zone(value, value.readings)
end

function when.short(at, zone)
  local f = clock.fields(math.floor(at), zone)
  return ("%s %d %s, %s"):format(DAYS[f.wday], f.day, MONTHS[f.month], hour_text(f))
end

function when.hour(at, zone)
  return (hour_text(clock.fields(math.floor(at), zone)):gsub(":00", ""))
end

function when.example(at, zone, now)
  local f = clock.fields(math.floor(at), zone)
  local tomorrow = clock.fields(math.floor(now) + 86400, zone)
  local day = when.day({ at = at, zone = zone }):match "^%a+"
  if f.day == tomorrow.day and f.month == tomorrow.month then day = "tomorrow" end
  return day .. " at " .. when.hour(at, zone)
end

function when.utc(at)
  local f = clock.fields(math.floor(at), "UTC")
  return ("%04d-%02d-%02dT%02d:%02d:%02d.000Z"):format(f.year, f.month, f.day, f.hour, f.min, f.sec)
end

return when
