-- flows/parse/calendar.lua - dates as numbers of days, Gregorian, without zones.
--
-- A date is the number of days since 1970-01-01; weekdays run from 1, Monday, to 7.

local holidays = require "parse.words_holidays"

local calendar = {}

local LENGTHS = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 }

function calendar.is_leap(year)
  return year % 4 == 0 and (year % 100 ~= 0 or year % 400 == 0)
end

function calendar.month_length(year, month)
  if month == 2 and calendar.is_leap(year) then return 29 end
  return LENGTHS[month]
end

-- Years are counted from March, so that the leap day comes last.
function calendar.days(year, month, day)
  if month <= 2 then year, month = year - 1, month + 12 end
  return 365 * year + year // 4 - year // 100 + year // 400
    + (153 * (month - 3) + 2) // 5 + day - 719469
end

function calendar.date(days)
  local z = days + 719468
  local era = z // 146097
  local doe = z - era * 146097
  local yoe = (doe - doe // 1460 + doe // 36524 - doe // 146096) // 365
  local doy = doe - (365 * yoe + yoe // 4 - yoe // 100)
  local mp = (5 * doy + 2) // 153
  local day = doy - (153 * mp + 2) // 5 + 1
  local month = mp < 10 and mp + 3 or mp - 9
  local year = yoe + era * 400
  return month <= 2 and year + 1 or year, month, day
end

function calendar.weekday(days)
  return (days + 3) % 7 + 1
end

function calendar.exists(year, month, day)
  return month >= 1 and month <= 12 and day >= 1 and day <= calendar.month_length(year, month)
end

-- The same day some months on; the last of the month where it has no such day.
function calendar.add_months(days, months)
  local year, month, day = calendar.date(days)
  local index = year * 12 + month - 1 + months
  year, month = index // 12, index % 12 + 1
  return calendar.days(year, month, math.min(day, calendar.month_length(year, month)))
end

-- The n-th of a weekday in a month, from its end where n is -1; nil where there is none.
function calendar.nth_weekday(year, month, n, weekday)
  local length = calendar.month_length(year, month)
  if n < 0 then
    local last = calendar.days(year, month, length)
    return last - (calendar.weekday(last) - weekday) % 7
  end
  local first = calendar.days(year, month, 1)
  local found = first + (weekday - calendar.weekday(first)) % 7 + 7 * (n - 1)
  return found < first + length and found or nil
end

local function easter(year)
  local a, b, c = year % 19, year // 100, year % 100
  local d = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
  local e = (32 + 2 * (b % 4) + 2 * (c // 4) - d - c % 4) % 7
  local f = d + e - 7 * ((a + 11 * d + 22 * e) // 451) + 114
  return calendar.days(year, f // 31, f % 31 + 1)
end

function calendar.holiday(name, year)
  local fixed, moving = holidays.fixed[name], holidays.moving[name]
  if fixed then return calendar.days(year, fixed[1], fixed[2]) end
  if not moving then return easter(year) + holidays.easter[name] end
  return calendar.nth_weekday(year, moving[1], moving[2], moving[3]) + moving[4]
end

return calendar
