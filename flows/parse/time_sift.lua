-- flows/parse/time_sift.lua - which pieces are what they look like, seen beside their neighbours.
--
--   sift(tokens, pieces, asked) -> the pieces that are times
--
-- Figures that may be an hour or a date ("6.3", "12-15", the 12 of "friday 12") are settled by what
-- stands beside them: the one where an hour is told, the other where a day is. What is too little
-- to be a time by itself ("weak") needs a neighbour, or that the bot has just asked.

local gap = require "parse.time_gap"
local kinds = require("parse.lexer").kinds
local parts = require "parse.words_parts"

local all_of, is_alone, is_beside = gap.all_of, gap.is_alone, gap.is_beside

local TIMELY = { date = true, clock = true, part = true, moment = true }
local function neighbour(tokens, pieces, i)
  local piece, before, behind = pieces[i], pieces[i - 1], pieces[i + 1]
  if before and TIMELY[before.slot] and before.slot ~= piece.slot and before.weak ~= "grade"
      and is_beside(tokens, before, piece) then
    return before
  end
  if behind and TIMELY[behind.slot] and behind.slot ~= piece.slot and behind.weak ~= "grade"
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

-- Which other times stand right beside one, one after the other: an hour that can be nothing else,
-- a day, a part of a day.
local function times_beside(tokens, pieces, i)
  local found = {}
  for step = -1, 1, 2 do
    local k = i + step
    while pieces[k] and TIMELY[pieces[k].slot]
        and is_beside(tokens, pieces[math.min(k, k - step)], pieces[math.max(k, k - step)]) do
      local piece = pieces[k]
      local is_open = piece.slot == "clock" and piece.as_date and not piece.led
      if not is_open then found[piece.slot] = found[piece.slot] or piece end
      k = k + step
    end
  end
  return found
end

-- "14th april 15": figures behind a date that are this year's or one of the next.
local function short_year(tokens, pieces, i)
  local piece, date = pieces[i], pieces[i - 1]
  local year = piece.as_date.how == "dom" and 2000 + piece.as_date.day
  if year and date and date.how == "month_day" and not date.year and date.last == piece.first
      and not piece.until_minute and tokens.year and year >= tokens.year
      and year <= tokens.year + 3 and (piece.minute or 780) >= 780 then
    return { slot = "year", year = year, first = piece.first, last = piece.last }
  end
end

-- "6.3", "12-15": a day and its month where an hour stands beside it, a weekday that it falls on,
-- or where one figure is no hour.
local function settle_pair(tokens, pieces, i, asked)
  local piece, found = pieces[i], times_beside(tokens, pieces, i)
  local date, day, hour = piece.as_date, found.date, piece.slot == "clock" and piece or nil
  if day and day.how == "weekday" and not day.day then
    return (not hour or tokens.fits(date, day.weekday)) and date or hour
  end
  if day then return hour end
  if found.clock or piece.stop then return date, piece.stop end
  local is_span = hour and hour.until_minute
  local is_day = not hour or is_span and (date.a > 12 or date.b > 12)
  if found.part then return is_day and date or hour end
  if not is_span and hour or refuser(tokens, pieces, i) then return hour end
  if not is_alone(tokens, piece) then return nil end
  return is_day and (is_span or asked) and date or asked and hour or nil
end

local function may_be_in(minute, span)
  local early, late = minute % 720, minute % 720 + 720
  return early >= span[1] and early <= span[2] or late >= span[1] and late <= span[2]
end

-- "friday 12, 3pm", "el martes 17 a las 11": the day of the month, where the hour is told besides.
local function settle_day(tokens, pieces, i)
  local piece, found = pieces[i], times_beside(tokens, pieces, i)
  local date, day = piece.as_date, found.date
  local is_weekday = day and day.how == "weekday" and not day.day
  if not piece.minute and piece.stop then return date, piece.stop end
  if is_weekday and piece.stop and not piece.led then
    local is_span = piece.minute < piece.stop.minute and not tokens.fits(date, day.weekday)
    return is_span and piece or date, not is_span and piece.stop or nil
  end
  -- "17 ko subah 10 baje", "mon 9 afternoon"
  local is_no_hour = found.clock and (is_weekday or not day and found.part)
    or is_weekday and found.part and tokens.fits(date, day.weekday)
      and not (piece.minute and may_be_in(piece.minute, parts[found.part.name]))
  if is_no_hour then return date end
  -- "a 1 tomorrow at 3pm"
  local next_one = pieces[i + 1]
  local is_listed = next_one and next_one.slot == "clock"
  if day and found.clock and piece.weak == "bare" and not is_listed then return nil end
  return piece
end

-- "tomorrow 17hrs"
local function settle_hours(tokens, pieces, i)
  local piece, found = pieces[i], times_beside(tokens, pieces, i)
  if not found.date or found.clock or tokens.list[piece.first - 1] == kinds["for"] then
    return piece
  end
  return { slot = "clock", minute = piece.as_hour * 60, known = true, first = piece.first,
    last = piece.last }
end

-- What figures are that may be an hour or a date: one piece or two, or none.
local function settle(tokens, pieces, i, asked)
  local piece = pieces[i]
  if piece.as_hour then return settle_hours(tokens, pieces, i) end
  if not piece.as_date then return piece end
  local year = short_year(tokens, pieces, i)
  if year then return year end
  if piece.as_date.how == "dom" then return settle_day(tokens, pieces, i) end
  local one, other = settle_pair(tokens, pieces, i, asked)
  -- a span, then
  if one == piece and piece.until_minute then piece.weak = nil end
  return one, other
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
  local list, kept = {}, {}
  for i, piece in ipairs(pieces) do
    local one, other = settle(tokens, pieces, i, asked)
    list[#list + 1] = piece.weak == "half" and other_half(tokens, pieces, i, asked) or one
    list[#list + 1] = other
  end
  for i, piece in ipairs(list) do
    local test = piece.weak and accept[piece.slot] or piece.now and accept.moment
    if piece.slot ~= "figures" and (not test or test(tokens, list, i, asked)) then
      kept[#kept + 1] = piece
    end
  end
  return kept
end
