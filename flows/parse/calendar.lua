-- flows/parse/calendar.lua - dates as numbers of days, Gregorian, without zones.
--
-- A date is the number of days since 1970-01-01; weekdays run from 1, Monday, to 7.

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

local HOLIDAYS = {
  christmas = function(year) return calendar.days(year, 12, 25) end,
  ["new year"] = function(year) return calendar.days(year, 1, 1) end,
  halloween = function(year) return calendar.days(year, 10, 31) end,
  thanksgiving = function(year) return calendar.nth_weekday(year, 11, 4, 4) end,
  easter = easter,
  ["good friday"] = function(year) return easter(year) - 2 end,
  ["easter monday"] = function(year) return easter(year) + 1 end,
  ["valentine's day"] = function(year) return calendar.days(year, 2, 14) end,
  ["st patrick's day"] = function(year) return calendar.days(year, 3, 17) end,
  ["independence day"] = function(year) return calendar.days(year, 7, 4) end,
  ["veterans day"] = function(year) return calendar.days(year, 11, 11) end,
  ["boxing day"] = function(year) return calendar.days(year, 12, 26) end,
  ["black friday"] = function(year) return calendar.nth_weekday(year, 11, 4, 4) + 1 end,
  ["cyber monday"] = function(year) return calendar.nth_weekday(year, 11, 4, 4) + 4 end,
  ["labor day"] = function(year) return calendar.nth_weekday(year, 9, 1, 1) end,
  ["memorial day"] = function(year) return calendar.nth_weekday(year, 5, -1, 1) end,
  ["mlk day"] = function(year) return calendar.nth_weekday(year, 1, 3, 1) end,
  ["presidents day"] = function(year) return calendar.nth_weekday(year, 2, 3, 1) end,
  ["juneteenth"] = function(year) return calendar.days(year, 6, 19) end,
  ["columbus day"] = function(year) return calendar.nth_weekday(year, 10, 2, 1) end,
  ["april fools"] = function(year) return calendar.days(year, 4, 1) end,
  ["anzac day"] = function(year) return calendar.days(year, 4, 25) end,
  ["australia day"] = function(year) return calendar.days(year, 1, 26) end,
  ["canada day"] = function(year) return calendar.days(year, 7, 1) end,
  ["remembrance day"] = function(year) return calendar.days(year, 11, 11) end,
  ["bonfire night"] = function(year) return calendar.days(year, 11, 5) end,
  ["pancake day"] = function(year) return easter(year) - 47 end,
  ["mother's day"] = function(year) return calendar.nth_weekday(year, 5, 2, 7) end,
  ["father's day"] = function(year) return calendar.nth_weekday(year, 6, 3, 7) end,
}

function calendar.holiday(name, year)
  return HOLIDAYS[name](year)
end

return calendar
