-- flows/parse/hours.lua - opening hours: when somebody can call.
--
--   local open = hours.read("Mon-Fri 09:00-18:00; Sat 10:00-14:00")
--     -> { [1] = { { 540, 1080 } }, ..., [6] = { { 600, 840 } } }: for each weekday (1 is Monday)
--     the
--        spans in minutes after midnight; a missing weekday is closed. nil, err for other text.
--   hours.is_open(open, at, zone)      -> true | false
--   hours.next(open, at, zone)         -> the first open moment from `at` on; nil if never
--
-- Plain data and pure functions; `zone` is the zone whose clocks the hours are of.

local lpeg = require "lpeg"
local calendar = require "parse.calendar"

local P, R, S, C, Cc, Cg, Ct = lpeg.P, lpeg.R, lpeg.S, lpeg.C, lpeg.Cc, lpeg.Cg, lpeg.Ct

local hours = {}

local DAYS = { "mon", "tue", "wed", "thu", "fri", "sat", "sun" }
local space = S " \t" ^ 0
local digit = R "09"

local weekday = P(false)
for i, name in ipairs(DAYS) do weekday = weekday + P(name) * R "az" ^ 0 * Cc(i) end
local clock_time = C(digit * digit ^ -1) * (":" * C(digit * digit) + Cc "0") / function(h, m)
  return tonumber(h) * 60 + tonumber(m)
end
local till = space * (P "-" + "to" + "\226\128\147") * space
local days = Ct(weekday * (till * weekday + Cc(false)))
local span = Ct(clock_time * till * clock_time)
local line = Ct(Cg(Ct((days * (space * "," * space * days) ^ 0)), "days") * space
  * Cg(Ct(span * (space * "," * space * span) ^ 0), "spans"))
local always = P "24/7" * Cc "always"
local whole = space * (always + Ct(line * (space * S ";\n" * space * line) ^ 0)) * space
  * P ";" ^ -1 * space * -1

function hours.read(text)
  local lines = lpeg.match(whole, text:lower())
  if lines == "always" then lines = { { days = { { 1, 7 } }, spans = { { 0, 1440 } } } } end
  if not lines then
    return nil, { kind = "invalid", message = 'write opening hours as "Mon-Fri 09:00-18:00; Sat '
      .. '10:00-14:00"' }
  end
  local open = {}
  for _, entry in ipairs(lines) do
    for _, range in ipairs(entry.days) do
      local from, last = range[1], range[2] or range[1]
      for i = 0, (last - from) % 7 do open[(from + i - 1) % 7 + 1] = entry.spans end
    end
    for _, s in ipairs(entry.spans) do
      if s[1] >= s[2] or s[2] > 1440 then
        return nil, { kind = "invalid", message = "opening hours must end later on the same day, "
          .. "by 24:00" }
      end
    end
  end
  return open
end

-- Is a minute of a day (as in calendar.lua) open? The minute may lie on the next day.
function hours.open_at(open, day, minute)
  for _, s in ipairs(open[calendar.weekday(day + minute // 1440)] or {}) do
    if minute % 1440 >= s[1] and minute % 1440 < s[2] then return true end
  end
  return false
end

local function local_minute(at, zone)
  local f = clock.fields(at, zone)
  return calendar.days(f.year, f.month, f.day), f.hour * 60 + f.min
end

function hours.is_open(open, at, zone)
  local day, minute = local_minute(at, zone)
  return hours.open_at(open, day, minute)
end

function hours.next(open, at, zone)
  local day, minute = local_minute(at, zone)
  if hours.open_at(open, day, minute) then return at end
  for ahead = 0, 7 do
    for _, s in ipairs(open[calendar.weekday(day + ahead)] or {}) do
      if ahead > 0 or s[1] > minute then
        local year, month, date = calendar.date(day + ahead)
        return (clock.unix({ year = year, month = month, day = date, hour = s[1] // 60,
          min = s[1] % 60 }, zone))
      end
    end
  end
end

-- An open moment in [from, to), at `at` or as soon behind it as can be, else the first; nil if
-- closed.
function hours.best(open, from, to, at, zone)
  local found = hours.next(open, at, zone)
  if found and found < to then return found end
  found = hours.next(open, from, zone)
  return found and found < to and found or nil
end

return hours
