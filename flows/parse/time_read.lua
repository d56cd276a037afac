-- flows/parse/time_read.lua - turns the atoms of the grammar into values, before anybody knows
-- today.
--
--   read(atom, tokens) -> piece or nil (it only looked like one)
--
-- A piece is { slot, first, last, ... }, slot being date, clock, part, moment, zone, past or a link
-- between times (or, and, to, not, rather, side).
--   clock   minute of the day as written, second; half = "am" | "pm"; known: no am/pm is missing;
--           usual: none either, unless a part of the day says more;
--           weak: it needs a neighbour to be a time at all; bound: "after" | "before" | "by"
--           as_date: the date that its figures may be as well: "6.3", "12-15"
--   date    how = "relative" (days), "weekday", "month_day", "dom", ... ; see time_date.lua
--   moment  seconds, days, months from now
--   part    name in words_parts.lua; this, next, last

local lpeg = require "lpeg"
local lexer = require "parse.lexer"
local lengths = require "parse.time_length"
local parts = require "parse.words_parts"
local read_clock = require "parse.time_clock"
local zone = require "parse.time_zone"

local kinds = lexer.kinds
local C, R, S = lpeg.C, lpeg.R, lpeg.S
local match, sub = lpeg.match, string.sub

local digit = R "09"
local leading_figures = digit ^ 1 / tonumber
local date_shape = C(digit ^ 1) * S "/.-" * C(digit ^ 1) * (S "/.-" * C(digit ^ 1)) ^ -1

-- The number of "3rd", "third" (3 already) or "3".
local function number_of(value)
  return type(value) == "number" and value or match(leading_figures, value)
end

local function word_at(tokens, place)
  return tokens.text:sub(tokens.from[place], tokens.to[place])
end

-- "the sun", "we sat": short names of weekdays that are other words as well.
local function is_other_word(atom, tokens)
  local place = atom.weekday
  local behind = tokens.words.homonyms[word_at(tokens, place)]
  if not behind then return false end
  if place == 1 then
    local next_one = tokens.list[2]
    if next_one == kinds.on or next_one == kinds["in"] then next_one = tokens.list[3] end
    return next_one == kinds.unknown or next_one == kinds.like
  end
  return (" " .. behind .. " "):find(" " .. word_at(tokens, place - 1) .. " ", 1, true) ~= nil
end

local readers = { clock = read_clock, zone = zone.read }

-- Dates -------------------------------------------------------------------------------------------

-- "twenty eighteen"
local function year_in_words(century, year)
  return century == 20 and year >= 10 and 2000 + year or nil
end

local function year_of(atom, tokens)
  if not atom.year then return nil end
  if atom.century then return year_in_words(tokens.value[atom.century], tokens.value[atom.year]) end
  local value = tonumber(tokens.value[atom.year])
  if atom.thousands then return tokens.value[atom.thousands] * 1000 + value end
  return value < 100 and 2000 + value or value
end

local function numeric(atom, tokens)
  if atom.iso then
    local y, m, d = match(date_shape, tokens.value[atom.iso])
    return { how = "month_day", year = tonumber(y), month = tonumber(m), day = tonumber(d),
      iso = true }
  end
  local place, value = atom.full or atom.pair or atom.decimal, tokens.value
  local a, b, y = value[atom.day], value[atom.month], nil
  if place then a, b, y = match(date_shape, value[place]) end
  a, b, y = tonumber(a), tonumber(b), tonumber(y)
  if not b or a > 99 or b > 99 then return nil end
  if y and y < 100 then y = 2000 + y end
  -- "50/50" and "12.30" are no dates that went wrong
  local most = atom.decimal and not atom.on and 12 or 31
  if not atom.full and (a > 31 or b > most or a > 12 and b > 12) then return nil end
  return { how = "pair", a = a, b = b, year = y, weak = atom.pair and "pair" or nil,
    dotted = place and value[place]:find(".", 1, true) ~= nil, day_first = atom.has_dot }
end

local function weekday(atom, tokens)
  local piece = { how = "weekday", weekday = tokens.value[atom.weekday], which = atom.which }
  -- "el próximo lunes", "übernächsten Montag"
  local says = tokens.value[atom.next]
  if says == "coming" or says == "after next" then piece.which = says end
  if atom.week and tokens.value[atom.week] == "week" then
    if atom.week_on then piece.which = "week on" else piece.of_week = atom.which or "this" end
  end
  if atom.nth or atom.nth_last or atom.nth_after then
    local n = atom.nth_after or atom.nth
      and number_of(tokens.value[atom.nth]) or -1
    if n > 5 and not atom.month and not atom.after and not atom.in_month then
      piece.day = n                              -- "the 14th, Friday"
      return piece
    end
    piece.how, piece.n = "nth_weekday", n
    piece.month = atom.month and tokens.value[atom.month]
    piece.year = year_of(atom, tokens)
    piece.in_month = atom.in_month and atom.which
    if atom.after then piece.after = readers.date(atom.after, tokens) end
    if atom.in_month and tokens.value[atom.in_month] ~= "month" then return nil end
  elseif atom.count then
    piece.how, piece.n = "weekdays_on", tokens.value[atom.count]
    if piece.n < 1 or piece.n > 60 then return nil end
  elseif atom.day then
    piece.day = number_of(tokens.value[atom.day])
  end
  return piece
end

local function holiday(atom, tokens)
  local name = atom.holiday and tokens.value[atom.holiday] or "new year"
  if atom.new_year and tokens.value[atom.new_year + 1] ~= "year" then return nil end
  return { how = "holiday", name = name, eve = atom.eve, year = year_of(atom, tokens) }
end

function readers.date(atom, tokens)
  local value = tokens.value
  if atom.anchor then
    local base, length = readers.date(atom.anchor, tokens), lengths.value(atom.length, tokens)
    if not base or not length then return nil end
    if length.seconds > 0 then return nil end
    -- "the week beginning 4 May", where "a week from 4 May" is counted
    if length.days == 7 and (atom.of_week or value[atom.from] == "beginning") then
      return { slot = "date", how = "span", unit = "week", base = base }
    end
    local sign = atom.backwards and -1 or 1
    return { slot = "date", how = "counted", base = base, days = sign * length.days,
      months = sign * length.months }
  end
  local piece
  if atom.weekday and is_other_word(atom, tokens) then
    tokens.list[atom.weekday] = kinds.unknown
    return nil
  end
  if atom.iso or atom.full or atom.pair then
    piece = numeric(atom, tokens)
  elseif atom.weekday then
    piece = weekday(atom, tokens)
  elseif atom.month_end then
    local of, behind = value[atom.month_end], tokens.list[atom.month_end + 1]
    local is_week = of == "week" and (behind == kinds.of or behind == kinds["in"])
    if of ~= "day" and not is_week then return nil end
    if atom.in_month and value[atom.in_month] ~= "month" then return nil end
    piece = { how = "month_end", month = atom.month and value[atom.month], which = atom.which,
      year = year_of(atom, tokens) }
    -- as the first week of a month is the one that its 4th is in
    local base = is_week and { how = "counted", base = piece, days = -3, months = 0 }
    if base then piece = { how = "span", unit = "week", base = base } end
  elseif atom.month then
    local day, of = number_of(value[atom.day]), atom.day_unit and value[atom.day_unit] or "day"
    if of ~= "day" and of ~= "week" then return nil end
    -- the first week of a month is the one that its 4th is in
    if of == "week" then day = day * 7 - 3 end
    piece = { how = "month_day", month = value[atom.month], day = day, year = year_of(atom, tokens),
      years_on = atom.years_on }
    if piece.year and (piece.year < 1900 or piece.year > 2200) then piece.year = nil end
    if of == "week" then piece = { how = "span", unit = "week", base = piece } end
  elseif atom.dom then
    piece = { how = "dom", day = number_of(value[atom.dom]),
      weak = atom.maybe_hour and "hour" or atom.in_words and "words" or "ordinal" }
  elseif atom.relative then
    local is_week = atom.week and value[atom.week] == "week"
    piece = { how = "relative", days = value[atom.relative] + (is_week and 7 or 0) }
  elseif atom.same_day then
    if value[atom.same_day] ~= "day" then return nil end
    piece = { how = "same_day" }
  elseif atom.steps then
    if value[atom.span] ~= "day" then return nil end
    piece = { how = "steps", days = atom.steps }
  elseif atom.span then
    local is_after = value[atom.next] == "after next"
    piece = { how = "span", unit = value[atom.span],
      which = is_after and "after next" or atom.which or "this",
      number = atom.week_number and value[atom.week_number], several = atom.several,
      span_end = atom.span_end, later = atom.later }
    if piece.number and (piece.unit ~= "week" or piece.number < 1 or piece.number > 53) then
      return nil
    end
  elseif atom.weekend then
    piece = { how = "span", unit = "weekend", which = atom.which or "this" }
  elseif atom.workday then
    piece = { how = "workday" }
  else
    piece = holiday(atom, tokens)
  end
  if piece then piece.slot = "date" end
  return piece
end

-- Figures that can be an hour, or from one to another, and what else they can be.
function readers.figures(atom, tokens)
  local date = numeric(atom, tokens)
  if date then
    date.slot, date.first, date.last = "date", atom.first, atom.last
    if atom.on then return date end
    date.weak = "figures"
  end
  local clock = read_clock({ start = { decimal = atom.decimal, hour = atom.day },
    stop = atom.month and { hour = atom.month }, link = atom.month and atom.month - 1,
    first = atom.first, last = atom.last }, tokens)
  if not clock or atom.month and not clock.until_minute then return date end
  clock.as_date = date
  return clock
end

-- The rest ----------------------------------------------------------------------------------------

function readers.relative(atom, tokens)
  local length = atom.length
  -- "après 10h" is an hour, where "after 2h" is a length
  local first = length[1]
  if tokens.value[atom.first] == "hour" and tokens.list[first.unit] == kinds.letter_unit then
    return readers.clock({ start = { hour = first.count, hour_letter = first.unit },
      first = atom.first, last = atom.last, led = true, bound = "after" }, tokens)
  end
  if atom.no_unit then
    local minutes = tokens.value[length[1].count]
    if minutes < 1 or minutes > 90 then return nil end
    return { slot = "moment", seconds = minutes * 60, days = 0, months = 0, unsure = true,
      weak = "unit" }
  end
  local sum = lengths.value(length, tokens)
  if not sum then return nil end
  local unit = tokens.value[length[1].unit]
  if atom.only_length and (sum.months > 0 or unit == "second") then return nil end
  -- "give me a minute" asks for patience, "give me 10 minutes" for a call
  if atom.given and sum.seconds <= 60 and sum.days + sum.months == 0 then return nil end
  if atom.next_one and (unit == "day" or unit == "week" or unit == "month" or unit == "year") then
    local is_after = tokens.value[atom.next] == "after next"
    return { slot = "date", how = "span", unit = unit, which = is_after and "after next" or "next" }
  end
  if atom.from_day then sum.days = sum.days + tokens.value[atom.from_day] end
  sum.later, sum.weak = atom.later, atom.only_length and "length" or nil
  -- "tomorrow 17hrs"
  local hours = sum.weak and unit == "hour" and #length == 1 and sum.seconds // 3600
  sum.as_hour = hours and hours >= 7 and hours <= 24 and hours or nil
  if sum.seconds == 0 then
    sum.slot, sum.how, sum.base = "date", "counted", { how = "relative", days = 0 }
  else
    sum.slot, sum.unsure = "moment", atom.only_length
  end
  return sum
end

function readers.shift(atom, tokens)
  local sum = lengths.value(atom.length, tokens)
  if not sum then return nil end
  if sum.days + sum.months > 0 then
    return sum.months == 0 and { slot = "date", how = "steps", days = -sum.days } or nil
  end
  return { slot = "moment", seconds = -sum.seconds, days = 0, months = 0, earlier = true }
end

function readers.now() return { slot = "moment", seconds = 0, days = 0, months = 0, now = true } end
-- "the same time tomorrow": the hour of the time agreed on, or else of now
function readers.same()
  return { slot = "clock", same = true, minute = 0, known = true, weak = "same" }
end
function readers.past() return { slot = "past" } end

local HALF_DAYS = { a = "morning", p = "afternoon" }

function readers.part(atom, tokens)
  local value = tokens.value
  local piece = { slot = "part", which = atom.which, led = atom.led }
  if atom.part then
    piece.name = value[atom.part]
    if atom.grade then piece.name = atom.grade .. " " .. piece.name end
    piece.weak = not (atom.which or atom.led or atom.grade) and "part" or nil
  elseif atom.half_day then
    local half = HALF_DAYS[sub(value[atom.half_day], 1, 1)]
    if #value[atom.half_day] < 2 then return nil end
    piece.name, piece.weak, piece.half = half, "half", half == "morning" and "am" or "pm"
  elseif atom.tonight then
    piece.name, piece.which = atom.grade and atom.grade .. " night" or "night", "this"
  elseif atom.meal then
    piece.name = value[atom.meal]
    if atom.side then piece.name = atom.side .. " " .. piece.name
    elseif piece.name == "work" or piece.name == "school" then return nil
    elseif not atom.led then piece.weak = "meal" end
  elseif atom.day_end then
    -- "the end of the line" is none: it takes "day", or the letters ("eod")
    local is_end = value[atom.day_end] == "end"
    if is_end and value[atom.last - 1] ~= "day" then return nil end
    piece.name = "day end"
  else
    piece.name, piece.weak = atom.first_thing and "early" or atom.grade, not atom.first_thing
      and "grade" or nil
  end
  return parts[piece.name] and piece or nil
end

function readers.year(atom, tokens)
  local year = tonumber(tokens.value[atom.year])
  return year >= 1900 and year <= 2200 and { slot = "year", year = year } or nil
end

for _, link in ipairs { "or", "and", "to", "not", "rather", "side" } do
  readers[link] = function(atom, tokens)
    -- "before that", but not "before the meeting"
    if tokens.value[atom.that] == "the" then return nil end
    return { slot = link, link = true, behind = atom.behind, than = atom.than,
      moves = atom.moves and tokens.value[atom.first] == "move",
      never = atom.never, used = atom.never, bound = atom.bound }
  end
end

return function(atom, tokens)
  local piece = readers[atom.kind](atom, tokens)
  if piece then piece.first, piece.last = atom.first, piece.last or atom.last end
  return piece
end
