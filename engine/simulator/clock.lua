-- Times as Zoho writes and reads them. Everything is UTC.
local clock = {}

-- Unix seconds (with a fraction) as 2026-03-25T09:00:00.000Z.
function clock.text(seconds)
  local whole = math.floor(seconds)
  local millis = math.floor((seconds - whole) * 1000)
  return os.date("!%Y-%m-%dT%H:%M:%S", whole) .. (".%03dZ"):format(millis)
end

local function days_in(year, month)
  if month == 2 then
    return (year % 4 == 0 and year % 100 ~= 0 or year % 400 == 0) and 29 or 28
  end
  return (month == 4 or month == 6 or month == 9 or month == 11) and 30 or 31
end

-- Days from 1970-01-01 to a date of the Gregorian calendar.
local function day_number(year, month, day)
  local y = month <= 2 and year - 1 or year
  local m = (month + 9) % 12
  return 365 * y + y // 4 - y // 100 + y // 400 + (153 * m + 2) // 5 + day - 1 - 719468
end

local FORM = "^(%d%d%d%d)[-/.](%d%d?)[-/.](%d%d?)T(%d%d?):(%d%d?):(%d%d?)[/.]?(%d*)Z$"

-- Unix seconds of a timestamp in the form that Desk's OpenAPI files demand: 0 to 3 digits of
-- milliseconds, a literal Z and no offset. nil for anything else and for days that do not exist.
function clock.parse(text)
  local year, month, day, hour, minute, second, millis = text:match(FORM)
  if not year or #millis > 3 or not (text:find "^19" or text:find "^20") then return nil end
  if millis ~= "" and not text:find("[/.]" .. millis .. "Z$") then return nil end
  year, month, day = tonumber(year), tonumber(month), tonumber(day)
  hour, minute, second = tonumber(hour), tonumber(minute), tonumber(second)
  if month < 1 or month > 12 or day < 1 or day > days_in(year, month) then return nil end
  if hour > 23 or minute > 59 or second > 59 then return nil end
  local fraction = millis == "" and 0 or tonumber("0." .. millis)
  return day_number(year, month, day) * 86400 + hour * 3600 + minute * 60 + second + fraction
end

-- "<from>,<to>" as two numbers, or nil.
function clock.parse_range(text)
  local from, to = text:match "^([^,]+),([^,]+)$"
  from, to = from and clock.parse(from), to and clock.parse(to)
  if from and to then return from, to end
end

return clock
