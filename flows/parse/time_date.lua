-- flows/parse/time_date.lua - which day a date piece means, seen from today.
--
--   resolve(piece, today, region, has_clock) -> day, notes | nil, reason
--
-- `today` and `day` are days as in calendar.lua. Reasons: "past", "impossible", "vague". notes:
--   weekly    the day repeats: where it is over, the next one is meant
--   is_today  it was said in a way that can only mean today
--   unsure    a second day that could be meant, too
--   year, order, weekday   something was assumed
--   to        the day behind the last of a span

local calendar = require "parse.calendar"

local days_of, date_of, weekday_of = calendar.days, calendar.date, calendar.weekday
local MONTH_FIRST = { US = true, PH = true, FM = true, PW = true, MH = true, GU = true, PR = true }

local resolve

local how = {}

function how.relative(piece, today)
  if piece.days < 0 then return nil, "past" end
  return today + piece.days, { is_today = piece.days == 0 }
end

function how.counted(piece, today, region)
  local base, reason = resolve(piece.base, today, region)
  if not base then return nil, reason end
  local day = calendar.add_months(base, piece.months) + piece.days
  if day < today then return nil, "past" end
  return day, {}
end

local function monday_of(day) return day - weekday_of(day) + 1 end

local function weekday_with_day(piece, today)
  local year, month = date_of(today)
  for _ = 1, 60 do
    if calendar.exists(year, month, piece.day) then
      local day = days_of(year, month, piece.day)
      if day >= today and weekday_of(day) == piece.weekday then return day, {} end
    end
    month = month + 1
    if month > 12 then year, month = year + 1, 1 end
  end
  return nil, "impossible"
end

function how.weekday(piece, today, _, has_clock)
  if piece.day then return weekday_with_day(piece, today) end
  local ahead = (piece.weekday - weekday_of(today)) % 7
  local week = monday_of(today) + piece.weekday - 1
  local named = piece.of_week or piece.which
  if piece.of_week == "this" then
    if week < today then return nil, "past" end
    return week, {}
  elseif named == "next" then
    local day = week + 7
    local nearest = today + (ahead == 0 and 7 or ahead)
    return day, { unsure = not piece.of_week and nearest ~= day and nearest or nil }
  elseif named == "last" then
    return nil, "past"
  elseif named == "after next" or named == "week on" then
    return today + (ahead == 0 and 7 or ahead) + 7, {}
  end
  local is_ahead = piece.which == "coming" or piece.which ~= "this" and not has_clock
  -- a weekday that is today is likely a week ahead: only a clock time makes it today
  if ahead == 0 and is_ahead then return today + 7, { weekly = true, unsure = today } end
  return today + ahead, { weekly = true }
end

function how.weekdays_on(piece, today)
  local ahead = (piece.weekday - weekday_of(today)) % 7
  return today + (ahead == 0 and 7 or ahead) + 7 * (piece.n - 1), {}
end

-- "wednesday of week 12"
function how.in_week(piece, today, region)
  local base, reason = resolve(piece.base, today, region)
  if not base then return nil, reason end
  return monday_of(base) + piece.weekday - 1, { vague = piece.base.several }
end

-- The next year, this one or the one after, in which a day of the year is still to come.
local function next_year(today, in_year)
  local year = date_of(today)
  local day = in_year(year)
  if day and day >= today then return day end
  if day then return in_year(year + 1) end
end

function how.nth_weekday(piece, today, region)
  local n, weekday = piece.n, piece.weekday
  if n == 0 or n > 53 then return nil, "impossible" end
  if piece.after then
    local base = resolve(piece.after, today, region)
    if not base then return nil, "past" end
    return base + (weekday - weekday_of(base) - 1) % 7 + 1 + 7 * (n - 1), {}
  end
  local year, month = date_of(today)
  if piece.month then
    local day
    if piece.year then
      day = calendar.nth_weekday(piece.year, piece.month, n, weekday)
    else
      day = next_year(today, function(y)
        return calendar.nth_weekday(y, piece.month, n, weekday)
      end)
    end
    if not day then return nil, "impossible" end
    if day < today then return nil, "past" end
    return day, {}
  end
  for ahead = piece.in_month == "next" and 1 or 0, 12 do
    local index = year * 12 + month - 1 + ahead
    local day = calendar.nth_weekday(index // 12, index % 12 + 1, n, weekday)
    if day and day >= today then return day, {} end
    if piece.in_month then return nil, day and "past" or "impossible" end
  end
  return nil, "impossible"
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
  if not piece.month then
    local months = piece.which == "next" and 1 or 0
    return calendar.add_months(days_of(year, month, 1), months + 1) - 1, {}
  end
  if piece.year or piece.month < month then year = piece.year or year + 1 end
  local day = days_of(year, piece.month, calendar.month_length(year, piece.month))
  if day < today then return nil, "past" end
  return day, { year = not piece.year }
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
  local year, month, day = date_of(today)
  local first = piece.in_month == "next" and 1 or piece.day < day and 1 or 0
  if piece.in_month == "this" and first == 1 then return nil, "past" end
  for ahead = first, piece.in_month and first or 3 do
    local index = year * 12 + month - 1 + ahead
    if calendar.exists(index // 12, index % 12 + 1, piece.day) then
      return days_of(index // 12, index % 12 + 1, piece.day), {}
    end
  end
  return nil, "impossible"
end

function how.holiday(piece, today)
  -- the eve of a new year is in the old one
  local ahead = piece.eve and piece.name == "new year" and 1 or 0
  local function in_year(year)
    return calendar.holiday(piece.name, year + ahead) - (piece.eve and 1 or 0)
  end
  local day = piece.year and in_year(piece.year) or next_year(today, in_year)
  if day < today then return nil, "past" end
  return day, {}
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
end

-- The monday of the week that a date is in.
local function week_of(date, today, region)
  local day, reason = resolve(date, monday_of(today), region)
  return day and monday_of(day), reason
end

local WEEKS = { next = 1, ["after next"] = 2 }

local function week_span(piece, today, region)
  if piece.which == "last" then return nil, "past" end
  local monday, reason = monday_of(today) + 7 * (WEEKS[piece.which] or 0), nil
  if piece.number then monday, reason = numbered_week(piece.number, today), "impossible" end
  if piece.base then monday, reason = week_of(piece.base, today, region) end
  if not monday then return nil, reason end
  local behind = monday + 7
  if piece.span_end then
    local friday = monday + 4
    return math.max(friday, today), {}
  end
  -- "later this week" is not today, unless today is all that is left of it
  if piece.later then monday = math.min(math.max(monday, today + 1), monday + 6) end
  return math.max(monday, today), { to = behind, vague = true }
end

local function month_span(piece, today)
  if piece.which == "last" then return nil, "past" end
  local year, month = date_of(today)
  local months = piece.which == "next" and 1 or piece.which == "after next" and 2 or 0
  local first = calendar.add_months(days_of(year, month, 1), months)
  local behind = calendar.add_months(first, 1)
  if piece.span_end then return behind - 1, {} end
  return math.max(first, today), { to = behind, vague = true }
end

-- "this time next week": the same day of it
local function same_day(piece, today)
  local steps = piece.which == "next" and 1 or piece.which == "after next" and 2 or 0
  if piece.unit == "week" then return today + 7 * steps, {} end
  if piece.unit == "month" then return calendar.add_months(today, steps), {} end
end

function how.span(piece, today, region)
  if piece.same and same_day(piece, today) then return same_day(piece, today) end
  if piece.unit == "day" then return today + (piece.which == "next" and 1 or 0), {} end
  if piece.unit == "week" then return week_span(piece, today, region) end
  if piece.unit == "month" then return month_span(piece, today) end
  if piece.unit == "weekend" then
    if piece.which == "last" then return nil, "past" end
    local saturday = monday_of(today) + 5 + (piece.which == "next" and 7 or 0)
    return math.max(saturday, today), { to = saturday + 2, vague = true }
  end
  return nil, "vague"
end

function resolve(piece, today, region, has_clock)
  local day, notes = how[piece.how](piece, today, region, has_clock)
  if day and (day - today) > 366 * 60 then return nil, "impossible" end
  local expected = piece.check_weekday
  if day and expected and weekday_of(day) ~= expected then notes.weekday = true end
  return day, notes
end

return resolve
