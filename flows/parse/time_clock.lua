-- flows/parse/time_clock.lua - turns the atoms of the grammar that look like an hour into values.
--
--   read(atom, tokens) -> piece or nil, as in time_read.lua, of the slots
--     clock     "3pm", "half past 4", "from 2 to 4"
--     moment    "in 1h30"
--     year      "2026"

local lpeg = require "lpeg"
local lexer = require "parse.lexer"
local lengths = require "parse.time_length"

local kinds, set_of = lexer.kinds, lexer.set_of
local C, R, S = lpeg.C, lpeg.R, lpeg.S
local match, sub = lpeg.match, string.sub

local digit = R "09"
local one_or_two = C(digit * digit ^ -1)
local clock_shape = one_or_two * S ":h" * C(digit * digit) * (":" * C(digit * digit)) ^ -1
local dotted_shape = one_or_two * "." * C(digit * digit) * -1

local function half_of(point, tokens)
  if not point.ampm then return nil end
  for place = point.ampm, point.ampm + 2 do
    if tokens.list[place] == kinds.ampm then
      return sub(tokens.value[place], 1, 1) == "a" and "am" or "pm"
    end
  end
end

-- Hour, minute, second as written; true where the way it is written leaves no am or pm open.
local function figures_of(point, tokens)
  local value = tokens.value
  if point.clock then
    local h, m, s = match(clock_shape, value[point.clock])
    -- seconds, and a zero before the hour of a morning, are of clocks with 24 hours
    return tonumber(h), tonumber(m), tonumber(s) or 0, s ~= nil or h >= "07" and h <= "09"
  elseif point.decimal then
    local h, m = match(dotted_shape, value[point.decimal])
    -- "16.30 hrs", but not "2.25 hours"
    if point.hour_unit and (not h or value[point.hour_unit] ~= "hour" or tonumber(h) < 7) then
      return nil
    end
    return tonumber(h), tonumber(m), 0
  elseif point.digits then
    local n = tonumber(value[point.digits])
    if point.hour_unit and (value[point.hour_unit] ~= "hour"
        or #value[point.digits] < 4) then return nil end
    return n // 100, n % 100, 0, point.hour_unit or #value[point.digits] == 4 and n < 1000
  elseif point.hour_letter then
    if value[point.hour_letter] ~= "hour" then return nil end
    return tonumber(value[point.hour]), point.minute and value[point.minute] or 0, 0
  end
  -- "dhai baje" is half past two
  if tokens.list[point.hour] == kinds.some then
    return value[point.hour] // 1, value[point.hour] % 1 * 60 // 1, 0
  end
  local minute = point.minute and value[point.minute] or 0
  local least = point.said_clock and 0 or 10            -- "15 Uhr 05", but not "3 5"
  if point.minute and (minute < least or minute > 59) then return nil end
  return value[point.hour], minute, 0
end

-- "12:30 noon", "2 noon", "12nn", "midnight": with the hour 12 where there is no figure for it.
local function written_point(point, tokens)
  if not point.named then return figures_of(point, tokens) end
  local hour, minute = 12, 0
  if point.hour or point.clock or point.decimal or point.digits then
    hour, minute = figures_of(point, tokens)
  end
  if not hour or hour > 12 then return nil end
  if tokens.value[point.named] == 12 then return hour < 7 and hour + 12 or hour, minute, 0, true end
  return hour < 7 and hour or (hour + 12) % 24, minute, 0, true
end

local function shift_of(point, tokens)
  if not point.sign then return 0 end
  -- "half three" is after it, "halb drei" before
  if point.half then return tokens.value[point.half] end
  if point.offset then return point.sign * point.offset end
  if point.quarters then
    local quarters = tokens.value[point.quarters]
    return quarters <= 3 and point.sign * 15 * quarters or nil
  end
  local unit = point.offset_unit and tokens.value[point.offset_unit] or "minute"
  local count = tokens.value[point.offset_count]
  -- "for 7 hours from 9:30am": a length and its start, no time before or after another
  if unit ~= "minute" then return 0 end
  if type(count) ~= "number" or count > 59 then return nil end
  return point.sign * count
end

-- "9h30", and "9:30" in a language whose clocks have 24 hours: the evening has another figure.
local function is_usual(point, tokens, hour)
  local has_letter = point.hour_letter or point.clock and tokens.value[point.clock]:find "h"
  return hour >= 7 and (has_letter or tokens.words.hours24) and true or nil
end

-- { minute, second, half, known, usual, weak } or nil; { bad } where it is a time that does not
-- exist.
local function point_value(point, tokens)
  if point.bad then return { bad = true, minute = 0 } end
  local hour, minute, second, known = written_point(point, tokens)
  local shift = shift_of(point, tokens)
  if not hour or not shift or hour > 24 or minute > 59 or (second or 0) > 59 then return nil end
  local half = not point.named and half_of(point, tokens)
  if half and hour > 12 and not point.clock then return { bad = true, minute = 0 } end
  local usual = is_usual(point, tokens, hour)
  if hour > 12 or hour == 0 or usual and hour == 12 then known, half = true, nil end
  if half then
    hour = hour % 12 + (half == "pm" and 12 or 0)
    known = true
  end
  return {
    minute = hour * 60 + minute + shift, second = second, half = half, known = known,
    usual = usual,
    named = point.named and true, shifted = point.sign and true,
    weak = not (half or point.clock or point.named or point.said_clock or point.minute
      or point.hour_unit)
      and (not point.sign or point.additive) and (point.decimal and "dotted"
        or point.digits and "digits" or point.hour_letter and "letter" or "bare") or nil,
  }
end

-- "5 to 6pm", "11 - 1pm", "9 to 17:30": the start takes its half of the day from the end.
local function lend_half(start, stop)
  if start.known or not stop.known or start.minute >= 780 then return end
  if not stop.half and not stop.named then
    if stop.minute >= 780 and start.minute < stop.minute then
      start.known = start.minute >= 420
    end
    return
  end
  local morning = start.minute % 720
  start.known = true
  if stop.minute >= 720 and morning + 720 < stop.minute then
    start.minute = morning + 720
  elseif stop.minute < 720 and morning >= stop.minute then
    start.minute = morning + 720
  else
    start.minute = morning
  end
end

-- "ten to three" said as a time, not as "from 10 to 3"
local MINUTES_TO = { [5] = true, [10] = true, [15] = true, [20] = true, [25] = true }
local function minutes_to(atom, tokens, stop)
  local start = atom.start
  if not start.hour or start.ampm or start.said_clock or start.minute
      or start.hour_letter then return false end
  local minutes = tokens.value[start.hour]
  if tokens.list[atom.link] ~= kinds.to or not MINUTES_TO[minutes] then return false end
  if stop.named then return true end
  -- no span ends before it began: "5 to 3 in the afternoon"
  if minutes == 5 and stop.weak and stop.minute < 300 then return true end
  if not atom.stop.hour then return false end
  local lead = atom.led and tokens.list[atom.first]
  if lead == kinds.at or lead == kinds.around or lead == kinds.by then return stop.minute < 780 end
  local kind = tokens.list[atom.start.hour]
  return not lead and (kind == kinds.number or kind == kinds.tens) and minutes >= 10
end

local FIRM_LEADS = set_of("at around after before by between from to not later earlier busy "
  .. "engaged @ ~ > <")

local function looks_like_year(value)
  return #value == 4 and value >= "1900" and value <= "2099"
end

-- The start of "3 to 5": what its end tells about it.
local function begin_span(start, stop)
  lend_half(start, stop)
  start.until_minute = stop.minute
  if not stop.weak then start.weak = nil end
end

-- "2025-11-05T08:15-05:00", "08:15:00 -0500": seconds east of an exact time, which is no span.
local function offset_of(atom, tokens)
  local link, stop = atom.link, atom.stop
  if not stop or tokens.list[link] ~= "-" then return nil end
  local is_glued = tokens.to[link - 1] + 1 == tokens.from[link]
  local digits = stop.digits
  if digits and atom.start.clock and not stop.ampm and not is_glued
      and #tokens.value[digits] == 4 and tokens.to[link] + 1 == tokens.from[digits] then
    local value = tonumber(tokens.value[digits])
    return -(value // 100 * 3600 + value % 100 * 60)
  end
  if stop.clock and is_glued and tokens.list[atom.first - 1] == kinds.iso_date then
    local h, m = match(clock_shape, tokens.value[stop.clock])
    return -(tonumber(h) * 3600 + tonumber(m) * 60)
  end
end

-- "tue 17 3pm", "sat 14 noon", "7.3 noon": the first figure is none of the hour.
local function pass_figure(atom, tokens)
  local start, behind = atom.start, atom.start.minute or atom.start.named
  if start.decimal and start.named and not match(dotted_shape, tokens.value[start.decimal]) then
    start.decimal, atom.first = nil, start.named
  end
  -- "friday 29 after 4pm", but not "friday 10 after 4"
  local count = not start.offset_unit and start.offset_count
  if count and tokens.list[count - 1] == kinds.weekday and tokens.list[count + 1] ~= kinds.to
      and tokens.value[count] % 5 > 0 then
    atom.bound, atom.led, atom.first = start.sign > 0 and "after" or "before", true, count + 1
    start.sign = nil
  end
  if not start.hour or not start.ampm and not start.named then return end
  if tokens.list[start.hour] ~= kinds.int or behind ~= start.hour + 1 then return end
  if tokens.value[start.hour] > 12 or start.minute and tokens.from[behind] == tokens.to[behind] then
    start.hour, start.minute, atom.first = start.minute, nil, behind
  end
end

-- "4-30 pm": what looks like the end of a span are the minutes.
local function join_minutes(atom, tokens)
  local start, stop, list = atom.start, atom.stop, tokens.list
  if stop and stop.ampm and not start.ampm and stop.hour == (start.hour or 0) + 2
      and list[atom.link] == "-" and list[start.hour] == kinds.int and list[stop.hour] == kinds.int
      and tokens.value[stop.hour] > 12 then
    start.minute, start.ampm, atom.stop = stop.hour, stop.ampm, nil
  end
end

-- "in 1h30": a length, where "at 16h30" is an hour.
local function letter_length(atom, tokens)
  local written = atom.start.clock == atom.first + 1 and tokens.value[atom.first + 1]
  if tokens.list[atom.first] ~= kinds["in"] or not written or atom.stop or not written:find "h" then
    return nil
  end
  return { slot = "moment", seconds = lengths.seconds(written), days = 0, months = 0 }
end

-- "not before 10" is after it
local REFUSED = { before = "after", by = "after", after = "by" }

return function(atom, tokens)
  if tokens.value[atom.limit_to] == "to" then return nil end
  local length = letter_length(atom, tokens)
  if length then return length end
  pass_figure(atom, tokens)
  join_minutes(atom, tokens)
  local start = point_value(atom.start, tokens)
  local stop = atom.stop and point_value(atom.stop, tokens)
  if stop and stop.bad then stop = nil end
  local is_shifted = stop and minutes_to(atom, tokens, stop)
  if not start and not is_shifted then return nil end
  local piece = start
  local led = atom.led and FIRM_LEADS[tokens.list[atom.first]]
  if is_shifted then
    piece, stop.minute, stop.weak = stop, stop.minute - tokens.value[atom.start.hour], nil
  elseif stop and not start.bad then
    begin_span(start, stop)
  end
  if piece.weak == "digits" and looks_like_year(tokens.value[atom.start.digits])
      and tokens.list[atom.first] ~= kinds.at then
    local year = not atom.led and not atom.stop and tonumber(tokens.value[atom.start.digits])
    return year and { slot = "year", year = year } or nil
  end
  if piece.weak and led then piece.led = true end
  local offset = offset_of(atom, tokens)
  if offset then piece.until_minute, piece.known, piece.zone = nil, true, offset end
  piece.slot, piece.bound = "clock", atom.bound
  piece.limit = tokens.value[atom.never] == "rule" and "rule" or atom.limit
  if atom.bound_behind then
    piece.bound = tokens.value[atom.bound_behind]
    if atom.limit_behind then piece.bound = REFUSED[piece.bound]; piece.limit = piece.bound end
  end
  -- "swimming until 4": is that before it, or after it?
  piece.doubted = atom.bound == "before" and tokens.list[atom.first] == kinds.to
    and tokens.list[atom.first - 1] == kinds.unknown
  -- nobody works until seven in the morning
  local engaged = tokens.value[atom.engaged]
  if engaged and engaged ~= "asleep" and not piece.known and piece.minute < 540 then
    piece.minute, piece.known = piece.minute + 720, true
  end
  return piece
end
