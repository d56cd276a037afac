-- flows/parse/time_sift.lua - which pieces are what they look like, seen beside their neighbours.
--
--   sift(tokens, pieces, asked) -> the pieces that are times
--
-- Figures that may be an hour or a date ("6.3", "12-15", the 12 of "friday 12") are settled by what
-- stands beside them: the one where an hour is told, the other where a day is. What is too little
-- to be a time by itself ("weak") needs a neighbour, or that the bot has just asked.

local gap = require "parse.time_gap"
local lexer = require "parse.lexer"
local parts = require "parse.words_parts"

local kinds = lexer.kinds
local all_of, is_alone, is_beside = gap.all_of, gap.is_alone, gap.is_beside

local no_figure = lexer.set_of "unit letter_unit weeks years to ampm oclock ish hundred - / : $ %"
local TIMELY = { date = true, clock = true, part = true, moment = true }
local function neighbour(tokens, pieces, i, as)
  local piece, before, behind = pieces[i], pieces[i - 1], pieces[i + 1]
  local slot = as or piece.slot
  if before and TIMELY[before.slot] and before.slot ~= slot and before.weak ~= "grade"
      and is_beside(tokens, before, piece) then
    return before
  end
  if behind and TIMELY[behind.slot] and behind.slot ~= slot and behind.weak ~= "grade"
      and is_beside(tokens, piece, behind) then
    return behind
  end
end

-- "3 or 4pm": the second says that the first is a time, and of which half of the day.
local function lent(tokens, pieces, i)
  local link, other = pieces[i + 1], pieces[i + 2]
  if not other or not link.link or link.slot == "not" or other.slot ~= "clock" then return false end
  if other.weak and not neighbour(tokens, pieces, i + 2) then return false end
  return pieces[i].last >= link.first and link.last >= other.first
end

-- A figure before a word that nobody knows counts something: "3 peeps".
local function counts_something(tokens, piece, next_piece)
  local kind = tokens.list[piece.last]
  return kind == kinds.unknown and not (next_piece and next_piece.first == piece.last)
end

-- "make it 5"
local function follows_rather(tokens, pieces, i)
  local before = pieces[i - 1]
  if before and before.slot == "to" then before = pieces[i - 2] end      -- "no - 4"
  return before and before.slot == "rather"
    and all_of(tokens, gap.correcting, before.last, pieces[i].first)
end

-- "4pm, actually make it 5": an hour behind a correction of an hour.
local function corrects(pieces, i)
  for k = i - 2, 1, -1 do
    if pieces[k].slot == "clock" then return true end
  end
  return false
end

-- The "not" right before a piece.
local function refuser(tokens, pieces, i)
  local before = pieces[i - 1]
  return before and before.slot == "not" and not before.behind
    and all_of(tokens, gap.refusing, before.last, pieces[i].first)
end

-- "can't do 3, 4 works", "I work until 6, call 6.30": an hour behind one that is not wished for.
local function follows_refused(tokens, pieces, i)
  local before, k = pieces[i - 1], i - 1
  if before and before.slot == "date" and k > 1 then k = k - 1 end
  local refused = pieces[k]
  return before and (refused.slot == "not" or refused.limit or refuser(tokens, pieces, k))
    and all_of(tokens, gap.lone, before.last, pieces[i].first)
    and gap.lone[tokens.list[pieces[i].last] or "."]
end

-- "5 or 6", "5 not 6": is the hour one of two that are all that the message says?
local ONE_OF = { ["or"] = true, ["not"] = true }
local function one_of_two(tokens, pieces, i)
  local k = pieces[i + 1] and ONE_OF[pieces[i + 1].slot] and i or i - 2
  local a, link, b = pieces[k], pieces[k + 1], pieces[k + 2]
  return a and b and ONE_OF[link.slot] and a.slot == "clock" and b.slot == "clock"
    and a.last == link.first and link.last == b.first
    and is_alone(tokens, { first = a.first, last = b.last })
end

local accept = {}

function accept.clock(tokens, pieces, i, asked)
  local piece = pieces[i]
  if piece.weak == "same" then
    local other = neighbour(tokens, pieces, i)
    return other ~= nil and other.slot == "date"
  end
  local is_time_asked = asked == "time" or asked == "both"
  local is_letter = piece.weak == "letter"          -- "15h"
  if not is_letter and counts_something(tokens, piece, pieces[i + 1]) then return false end
  if lent(tokens, pieces, i) then
    local other = pieces[i + 2]
    if other.half then piece.minute = piece.minute % 720 + (other.half == "pm" and 720 or 0) end
    piece.known = other.half and true
    return true
  end
  if piece.led then return true end
  if follows_rather(tokens, pieces, i) and (is_time_asked or corrects(pieces, i))
      or refuser(tokens, pieces, i) or follows_refused(tokens, pieces, i) then
    return true
  end
  local other = neighbour(tokens, pieces, i)
  if other then return true end
  local zone = pieces[i + 1]
  if zone and zone.slot == "zone" and not zone.place and zone.first == piece.last
      and piece.weak ~= "bare" then
    return true
  end
  -- "555" may be a part of a number where that was asked for as well
  if piece.weak == "digits" and asked == "both" then return false end
  return (is_letter or piece.weak == "dotted" or is_time_asked) and is_alone(tokens, piece)
    or is_time_asked and one_of_two(tokens, pieces, i)
end

-- "10 minutes" alone answers "when?"; elsewhere it tells how long something took.
function accept.length(tokens, piece, asked)
  return (asked == "time" or asked == "both") and is_alone(tokens, piece) and true or false
end

function accept.date(tokens, pieces, i, asked)
  local piece = pieces[i]
  if piece.weak == "length" then return accept.length(tokens, piece, asked) end
  if counts_something(tokens, piece, pieces[i + 1]) then return false end
  if piece.weak == "figures" then
    return neighbour(tokens, pieces, i) ~= nil or asked and is_alone(tokens, piece) or false
  end
  -- "the first" may be anything that was counted
  return piece.weak ~= "words" or asked == "time" or neighbour(tokens, pieces, i) ~= nil
end

function accept.part(tokens, pieces, i, asked)
  local piece = pieces[i]
  local other = neighbour(tokens, pieces, i)
  -- "friday pm"
  if piece.weak == "half" then
    local before = pieces[i - 1]
    return before ~= nil and before.slot == "date" and before.last == piece.first
  end
  if piece.weak == "meal" or piece.weak == "grade" then
    return other ~= nil and other.slot == "date" and other.how ~= "span"
  end
  -- "Morning!", "evening all" greet; "evening works" does not
  if other or asked == "time" then return true end
  local before = all_of(tokens, gap.lone, 1, piece.first)
  local behind = tokens.list[piece.last]
  if before and (behind == "!" or behind == "," or behind == kinds.unknown) then return false end
  return true
end

function accept.moment(tokens, pieces, i, asked)
  local piece = pieces[i]
  if piece.weak == "length" then return accept.length(tokens, piece, asked) end
  if piece.weak == "unit" then return not counts_something(tokens, piece, pieces[i + 1]) end
  local is_bare = piece.now and tokens.list[piece.first] == kinds.now
  -- in the middle of a clause it tells something: "the bot now says", "now it is 415 555 2671"
  piece.needs_call = is_bare and not gap.ends[tokens.list[piece.last] or "."]
    and not all_of(tokens, gap.polite, piece.last, #tokens.list + 1)
  return true
end

local function is_firm_hour(piece)
  return piece and piece.slot == "clock" and (not piece.weak or piece.led)
end

-- "6.3", "5-6": an hour with a day beside, the day and month with an hour beside, and a date where
-- it falls on the weekday beside or one figure is no hour.
local function settle_pair(tokens, pieces, i)
  local piece, date = pieces[i], pieces[i].as_date
  local day, hour = neighbour(tokens, pieces, i), neighbour(tokens, pieces, i, "date")
  local is_odd = piece.until_minute and (date.a > 12 or date.b > 12)
  local is_date = is_firm_hour(hour) or is_odd and (day or hour or is_alone(tokens, piece))
  if day and day.slot == "date" then
    is_date = day.how == "weekday" and not day.day and tokens.fits(date, day.weekday)
  end
  date.weak = nil
  return is_date and date or piece
end

local function may_be_in(minute, span)
  local early, late = minute % 720, minute % 720 + 720
  return early >= span[1] and early <= span[2] or late >= span[1] and late <= span[2]
end

-- Is a figure behind a weekday no hour? "Fri 12 at 10am", "3pm, Fri 12", "mon 9 afternoon"
local function has_hour(tokens, date, hour, told, behind)
  local place = date.last + (tokens.list[date.last + 1] == "." and 2 or 1)
  return is_firm_hour(told) and is_beside(tokens, told, date)
    or behind and all_of(tokens, gap.beside, place, behind.first) and (is_firm_hour(behind)
      or behind.slot == "part" and not (hour and may_be_in(hour.minute, parts[behind.name])))
end

local NOTHING = { slot = "nothing" }

-- The figure behind a date is the day of a weekday that has its hour, or a year: "14th april 26".
local function give_figure(tokens, pieces, i)
  local date, hour, place = pieces[i], pieces[i + 1], pieces[i].last
  if tokens.list[place] ~= kinds.int or no_figure[tokens.list[place + 1]] then return end
  if hour and hour.first > place then hour = nil end
  if hour and (hour.weak ~= "bare" or hour.led or hour.last > place + 1) then return end
  local figure, behind = tokens.value[place], pieces[hour and i + 2 or i + 1]
  if date.how == "month_day" and not date.year then
    local ahead = 2000 + figure - tokens.year
    if ahead < 0 or ahead > 3 or hour and hour.minute < 780 then return end
    date.year, date.last = 2000 + figure, place + 1
  elseif date.how == "weekday" and not date.day
      and figure >= 1 and figure <= 31 and has_hour(tokens, date, hour, pieces[i - 1], behind) then
    date.day, date.is_bare, date.last = figure, true, place + 1
  else
    return
  end
  if hour then pieces[i + 1] = NOTHING end
end

-- The first figure of "a 1:1 tomorrow at 3pm" is no hour, that of "17 ko subah 10 baje" a day.
local function outdone(tokens, pieces, i)
  local piece, other, hour = pieces[i], pieces[i + 1], pieces[i + 2]
  if piece.weak ~= "bare" or piece.led or not is_firm_hour(hour)
      or not is_beside(tokens, piece, other) or not is_beside(tokens, other, hour) then
    return piece
  end
  if other.slot == "date" then return NOTHING end
  return other.slot == "part" and piece.minute >= 60 and { slot = "date", how = "dom",
    day = piece.minute // 60, first = piece.first, last = piece.last } or piece
end

-- "tomorrow 17hrs"
local function settle_hours(tokens, pieces, i)
  local piece, day = pieces[i], neighbour(tokens, pieces, i)
  if not day or day.slot ~= "date" or tokens.list[piece.first - 1] == kinds["for"] then
    return piece
  end
  return { slot = "clock", minute = piece.as_hour * 60, known = true, first = piece.first,
    last = piece.last }
end

-- "pm": the other half of the day, of the time agreed on or of one told before: "3am, I mean pm"
local function other_half(tokens, pieces, i, asked)
  local piece, told = pieces[i], nil
  for k = i - 1, 1, -1 do told = told or pieces[k].slot == "clock" and pieces[k] end
  local is_right = told and follows_rather(tokens, pieces, i)
  if not is_right and not (asked == "time" and is_alone(tokens, piece)) then return piece end
  return { slot = "clock", first = piece.first, last = piece.last, half = piece.half, known = true,
    switch = not is_right and piece.half or nil,
    minute = is_right and told.minute % 720 + (piece.half == "pm" and 720 or 0) or 0 }
end

-- The pieces that are what they look like, seen beside their neighbours.
return function(tokens, pieces, asked)
  local kept = {}
  for i, piece in ipairs(pieces) do
    if piece.weak == "half" then pieces[i] = other_half(tokens, pieces, i, asked)
    elseif piece.as_date then pieces[i] = settle_pair(tokens, pieces, i)
    elseif piece.as_hour then pieces[i] = settle_hours(tokens, pieces, i)
    elseif piece.slot == "date" then give_figure(tokens, pieces, i)
    else pieces[i] = outdone(tokens, pieces, i) end
  end
  for i, piece in ipairs(pieces) do
    local test = piece.weak and accept[piece.slot] or piece.now and accept.moment
    if piece ~= NOTHING and (not test or test(tokens, pieces, i, asked)) then
      kept[#kept + 1] = piece
    end
  end
  return kept
end
