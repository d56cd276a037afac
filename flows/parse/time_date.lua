-- flows/parse/time_date.lua - which day a date piece means, seen from today.
--
--   resolve(piece, today, region, has_clock) -> day, notes | nil, reason
--
-- `today` and `day` are days as in calendar.lua. Reasons: "past", "impossible", "vague". notes:
--   weekly    the day repeats: where it is over, the next one is meant
--   unsure    a second day that could be meant, too
--   year, order, weekday, far   something was assumed
--   to        the day behind the last of a span

local calendar = require "parse.calendar"

local days_of, date_of, weekday_of = calendar.days, calendar.date, calendar.weekday
local MONTH_FIRST = { US = true, PH = true, FM = true, PW = true, MH = true, GU = true, PR = true }

-- How many weeks or months on "this", "next" and so on are.
local STEPS = { last = -1, next = 1, ["after next"] = 2 }
local function steps_of(which) return STEPS[which] or 0 end

local resolve

local function monday_of(day) return day - weekday_of(day) + 1 end

-- The first day that is not over of those that find(year, month) gives for some months from this
-- one on.
local function in_months(today, first, last, find)
  local year, month = date_of(today)
  for index = year * 12 + month - 1 + first, year * 12 + month - 1 + last do
    local day = find(index // 12, index % 12 + 1)
    if day and (day >= today or first == last) then return day, {} end
  end
  return nil, "impossible"
end

-- The same for this year and the next one.
local function in_years(today, find)
  local year = date_of(today)
  local day = find(year)
  if day and day < today then day = find(year + 1) end
  return day
end

local how = {}

function how.relative(piece, today)
  return today + piece.days, {}
end

function how.counted(piece, today, region)
  local base, reason = resolve(piece.base, today, region)
  if not base then return nil, reason end
  return calendar.add_months(base, piece.months) + piece.days, {}
end

local function day_of_month(day)
  return function(year, month)
    return calendar.exists(year, month, day) and days_of(year, month, day) or nil
  end
end

-- Days from now on from which on nobody means "fri 12" who says no month.
local FAR = 62

-- "friday the 13th"
local function weekday_with_day(piece, today)
  local find = day_of_month(piece.day)
  local day, notes = in_months(today, 0, 59, function(year, month)
    local day = find(year, month)
    return day and weekday_of(day) == piece.weekday and day or nil
  end)
  if day and piece.is_bare and day - today > FAR then notes.far = true end
  return day, notes
end

function how.weekday(piece, today, _, has_clock)
  if piece.day then return weekday_with_day(piece, today) end
  local ahead = (piece.weekday - weekday_of(today)) % 7
  local week, nearest = monday_of(today) + piece.weekday - 1, today + (ahead == 0 and 7 or ahead)
  local named = piece.of_week or piece.which
  if piece.of_week == "this" then return week, {} end
  if named == "last" then return nil, "past" end
  if named == "after next" or named == "week on" then return nearest + 7, {} end
  if named == "next" then
    return week + 7, { unsure = not piece.of_week and nearest ~= week + 7 and nearest or nil }
  end
  -- a weekday that is today is likely a week ahead: only a clock time makes it today
  local is_ahead = piece.which == "coming" or piece.which ~= "this" and not has_clock
  if ahead == 0 and is_ahead then return nearest, { weekly = true, unsure = today } end
  return today + ahead, { weekly = true }
end

function how.weekdays_on(piece, today)
  return today + (piece.weekday - weekday_of(today) - 1) % 7 + 1 + 7 * (piece.n - 1), {}
end

-- "wednesday of week 12"
function how.in_week(piece, today, region)
  local base, reason = resolve(piece.base, today, region)
  if not base then return nil, reason end
  return monday_of(base) + piece.weekday - 1, { vague = piece.base.several }
end

function how.nth_weekday(piece, today, region)
  local n, weekday = piece.n, piece.weekday
  if n == 0 or n > 53 then return nil, "impossible" end
  if piece.after then
    local base, reason = resolve(piece.after, today, region)
    return base and how.weekdays_on(piece, base), base and {} or reason
  end
  local function find(year, month) return calendar.nth_weekday(year, month, n, weekday) end
  if piece.month then
    local function of_year(year) return find(year, piece.month) end
    local day = piece.year and of_year(piece.year) or not piece.year and in_years(today, of_year)
    return day or nil, day and {} or "impossible"
  end
  local only = piece.in_month and steps_of(piece.in_month)
  return in_months(today, only or 0, only or 12, find)
end

local function year_month_day(today, year, month, day)
  if month < 1 or month > 12 or day < 1 or day > 31 then return nil, "impossible" end
  local notes = {}
  if not year then
    local this_year, this_month, this_day = date_of(today)
    local over = month < this_month or month == this_month and day < this_day
    year, notes.year = over and this_year + 1 or this_year, true
  end
  if not calendar.exists(year, month, day) then return nil, "impossible" end
  local found = days_of(year, month, day)
  if found < today then return nil, "past" end
  return found, notes
end

-- "the last day of february"
function how.month_end(piece, today)
  local year, month = date_of(today)
  local months = steps_of(piece.which)
  if piece.month then
    year = piece.year or piece.month < month and year + 1 or year
    month, months = piece.month, 0
  end
  local day = calendar.add_months(days_of(year, month, 1), months + 1) - 1
  return day, { year = piece.month and not piece.year }
end

function how.month_day(piece, today)
  local year = piece.years_on and date_of(today) + piece.years_on or piece.year
  return year_month_day(today, year, piece.month, piece.day)
end

function how.pair(piece, today, region)
  local first_is_month = MONTH_FIRST[region] and not piece.day_first
  local month, day = piece.b, piece.a
  if first_is_month then month, day = day, month end
  if month > 12 and day <= 12 then month, day = day, month end
  local found, notes = year_month_day(today, piece.year, month, day)
  if piece.check_weekday and not (found and weekday_of(found) == piece.check_weekday) then
    local other, other_notes = year_month_day(today, piece.year, day, month)
    if other and weekday_of(other) == piece.check_weekday then return other, other_notes end
  end
  -- dates with points put the month first in few countries only
  local is_clear = piece.day_first or piece.dotted and not first_is_month
  if found and not is_clear and month ~= day and month <= 12 and day <= 12 then
    local other = year_month_day(today, piece.year, day, month)
    -- "wed 4/3" is clear where only one of them is a wednesday
    local weekday = other and weekday_of(other)
    if weekday == (piece.check_weekday or weekday) then notes.order, notes.unsure = true, other end
  end
  return found, notes
end

function how.dom(piece, today)
  if piece.day < 1 or piece.day > 31 then return nil, "impossible" end
  local only = piece.in_month and steps_of(piece.in_month)
  return in_months(today, only or 0, only or 3, day_of_month(piece.day))
end

function how.holiday(piece, today)
  -- the eve of a new year is in the old one
  local ahead = piece.eve and piece.name == "new year" and 1 or 0
  local function of_year(year)
    return calendar.holiday(piece.name, year + ahead) - (piece.eve and 1 or 0)
  end
  return piece.year and of_year(piece.year) or in_years(today, of_year), {}
end

function how.workday(_, today)
  local day = today
  while weekday_of(day) > 5 do day = day + 1 end
  return day, { weekly = true, next_day = true }
end

-- The monday of an ISO week of this year, or of the next one where this year's is over.
local function numbered_week(number, today)
  local function first(year) return monday_of(days_of(year, 1, 4)) end
  local year = date_of(monday_of(today) + 3)
  for in_year = year, year + 1 do
    local monday = first(in_year) + 7 * (number - 1)
    if monday + 6 >= today and monday < first(in_year + 1) then return monday end
  end
  return nil, "impossible"
end

local function monday_of_span(piece, today, region)
  if piece.number then return numbered_week(piece.number, today) end
  if not piece.base then return monday_of(today) + 7 * steps_of(piece.which) end
  local day, reason = resolve(piece.base, monday_of(today), region)
  return day and monday_of(day), reason
end

local spans = {}

function spans.day(piece, today) return today + steps_of(piece.which), {} end

function spans.week(piece, today, region)
  local monday, reason = monday_of_span(piece, today, region)
  if not monday then return nil, reason end
  if piece.span_end then return math.max(monday + 4, today), {} end
  -- "later this week" is not today, unless today is all that is left of it
  local from = piece.later and math.min(math.max(monday, today + 1), monday + 6) or monday
  return math.max(from, today), { to = monday + 7, vague = true }
end

function spans.month(piece, today)
  local year, month = date_of(today)
  local first = calendar.add_months(days_of(year, month, 1), steps_of(piece.which))
  local behind = calendar.add_months(first, 1)
  if piece.span_end then return behind - 1, {} end
  return math.max(first, today), { to = behind, vague = true }
end

function spans.weekend(piece, today)
  local saturday = monday_of(today) + 5 + 7 * steps_of(piece.which)
  return math.max(saturday, today), { to = saturday + 2, vague = true }
end

-- "this time next week": the same day of it
local same = {}
function same.week(piece, today) return today + 7 * steps_of(piece.which), {} end
function same.month(piece, today)
  return calendar.add_months(today, steps_of(piece.which)), {}
end

function how.span(piece, today, region)
  if piece.which == "last" then return nil, "past" end
  local find = piece.same and same[piece.unit] or spans[piece.unit]
  if not find then return nil, "vague" end
  return find(piece, today, region)
end

function resolve(piece, today, region, has_clock)
  local day, notes = how[piece.how](piece, today, region, has_clock)
  if not day then return nil, notes end
  if day < today then return nil, "past" end
  if day - today > 366 * 60 then return nil, "impossible" end
  local expected = piece.check_weekday
  if expected and weekday_of(day) ~= expected then notes.weekday = true end
  return day, notes
end

return resolve
