-- flows/parse/time_resolve.lua - finds the moment that a time means, seen from now.
--
--   resolve(time, scene) -> result | nil, reason
--   scene: now, zone, region, today (as in calendar.lua), hours and hours_zone (whose clocks they
--   are of); where a time was agreed on before: base (its moment), day, like (its minute)
--
-- Reasons: "past", "impossible", "invalid", "vague", "nothing".

local calendar = require "parse.calendar"
local parts = require "parse.words_parts"
local resolve_date = require "parse.time_date"
local opening = require "parse.hours"

local DAY, HALF = 1440, 720

local function add(list, item) list[#list + 1] = item end

-- For moment(): days from the first of 1970 on, which clock.unix() carries over.
local fields = { year = 1970, month = 1, day = 1, hour = 0, min = 0, sec = 0 }

-- The moment of a minute of a day on the clocks of a zone: an IANA name or seconds east of UTC.
local function moment(day, minute, second, zone)
  if type(zone) == "number" then return day * 86400 + minute * 60 + second - zone end
  local f = fields
  f.day, f.min, f.sec = day + 1, minute, second
  return clock.unix(f, zone)
end

-- The same hour some days and months on.
local function forward(at, days, months, zone)
  if type(zone) == "number" then return at + days * 86400 end
  if days == 0 and months == 0 then return at end
  local f = clock.fields(at, zone)
  local day = calendar.add_months(calendar.days(f.year, f.month, f.day), months) + days
  return (moment(day, f.hour * 60 + f.min, f.sec, zone))
end

local function zone_of(time, scene) return time.zone and time.zone.zone or scene.zone end

local function today_in(scene, zone)
  if not zone or zone == scene.zone then return scene.today end
  if type(zone) == "number" then return (scene.now + zone) // 86400 end
  local f = clock.fields(scene.now, zone)
  return calendar.days(f.year, f.month, f.day)
end

-- Which half of the day an hour without am or pm means beside a part of the day.
local function by_part(minute, name)
  local hour = minute // 60
  if name:find("morning", 1, true) or name == "early" or name == "breakfast" then
    return minute % HALF
  elseif name:find("night", 1, true) then
    if hour == 12 then return DAY + minute - HALF end            -- twelve at night ends that day
    return hour < 5 and DAY + minute or minute % HALF + HALF
  end
  local is_as_said = hour == 12 or name == "lunch" and hour >= 10
  return is_as_said and minute or minute % HALF + HALF
end

local function is_waking(minute) return minute >= 6 * 60 and minute < 23 * 60 end

-- Which half of the day a changed hour means: who was called at night stays at night; else the hour
-- that people are awake at, and of two such the one nearer to what was agreed before.
local function like_before(morning, later, before)
  if not is_waking(before) then return before < HALF and morning or later end
  if is_waking(morning) ~= is_waking(later) then return is_waking(morning) and morning or later end
  return math.abs(morning - before) < math.abs(later - before) and morning or later
end

-- The readings of a clock as minutes of the day, the likely one first; what decided, if not the
-- clock alone.
local function readings(piece, part, scene, moment_of)
  -- "00:30 tonight" is after midnight
  local ends_night = part and part.which == "this" and part.name:find("night", 1, true)
  if piece.known and ends_night and piece.minute < 300 then return { DAY + piece.minute } end
  if piece.known or piece.minute >= 780 then return { piece.minute } end
  if part and part.name ~= "late" then return { by_part(piece.minute, part.name) } end
  local morning, later = piece.minute % HALF, piece.minute % HALF + HALF
  local is_early = morning < 7 * 60
  -- "9 to 5"
  local last = piece.until_minute and piece.until_minute % HALF or 0
  if not is_early and (piece.usual or last > 0 and last < 7 * 60) then return { morning } end
  if scene.like then return { like_before(morning, later, scene.like) }, "previous" end
  local list = is_early and { later, morning } or { morning, later }
  if scene.hours then
    local function is_open(minute)
      return opening.is_open(scene.hours, moment_of(minute), scene.hours_zone)
    end
    local first, second = is_open(list[1]), is_open(list[2])
    if first ~= second then return { first and list[1] or list[2] }, "hours" end
  end
  return list
end

-- The next half hour from a moment on.
local function half_hour(at) return (at + 1799) // 1800 * 1800 end

-- The day of a time that may name none; true where no later one can be meant. "tonight" is the
-- visitor's tonight, whatever zone the hour is of.
local function day_of(time, scene, day)
  if day then return day, true end
  local which = time.part and time.part.which
  if which then return scene.today + (which == "next" and 1 or 0), true end
  return today_in(scene, time.zone and time.zone.zone), false
end

-- The next such day, where the one said is over.
local function next_day(day, notes)
  local on = day + (notes.weekly and not notes.next_day and 7 or 1)
  while notes.next_day and calendar.weekday(on) > 5 do on = on + 1 end
  return on
end

-- The minute of a clock that says it by the time agreed on: "pm", "the same time"; false where none
-- was.
local function take_minute(piece, scene)
  if piece.switch and not scene.like then return false end
  if piece.switch then
    piece.minute = scene.like % HALF + (piece.switch == "pm" and HALF or 0)
  elseif piece.same then
    local f = clock.fields(scene.base or scene.now, scene.zone)
    piece.minute, piece.second = f.hour * 60 + f.min, f.sec
  end
  return true
end

-- Nobody wants a call at ten in the evening who does not say so, if ten in the morning is an hour
-- or more ahead.
local LATE, AHEAD = 22 * 60, 3600

-- Of one or two minutes of a day, or of the next such day where it may be another, the moment that
-- is meant, and which else could be; is_open: no day was said.
local function choose(list, day, next, is_open, now, at)
  local result = { assumed = {} }
  local other = list[2] and at(list[2], day)
  local note
  result.at, note = at(list[1], day)
  if result.at < now and next then
    result.at, note = at(list[1], next)
    -- "thursday 10:00", said on a thursday at five, is no call at ten tonight, but might be
    if other and other < now then other = at(list[2], next) end
    add(result.assumed, "day")
  elseif result.at < now then
    result.at, other = other or result.at, nil
  elseif other and other < now then
    other = is_open and at(list[2], next) or nil
  elseif other and list[2] >= LATE and result.at - now >= AHEAD then
    other = nil
  end
  result.others = { other }
  if list[2] then add(result.assumed, "half") end
  if note then add(result.assumed, note) end
  return result.at >= now and result or nil
end

-- "today from 9 to 5", said at ten, has begun: the next half hour of it.
local function begun(piece, first, day, now, at)
  if not piece.until_minute or first >= HALF then return nil end
  local stop = at(piece.until_minute % HALF + HALF, day)
  local is_on = at(first, day) < now and stop > now
  return is_on and { at = math.min(half_hour(now), stop), others = {}, assumed = {} } or nil
end

local BEFORE = 3600     -- "before noon" is an hour before it

local function bind(result, bound, now)
  add(result.assumed, bound)
  if bound == "before" then
    local stop = result.at
    result.to, result.at = stop, stop - BEFORE
    if result.at < now then result.at = now + (stop - now) // 2 end
  end
end

local function resolve_clock(time, scene, day, notes)
  local piece, now = time.clock, scene.now
  if piece.bad then return nil, "invalid" end
  if not take_minute(piece, scene) then return nil, "vague" end
  local zone = zone_of(time, scene)
  local on, fixed = day_of(time, scene, day)
  local function at(minute, of) return moment(of, minute, piece.second, zone) end
  -- "today at midnight" ends today; "friday at midnight" may begin or end it
  local is_midnight = piece.named and piece.minute < 60 and not time.part and fixed
  if is_midnight and on == scene.today then on, is_midnight = on + 1, false end
  local list, by = readings(piece, time.part, scene, function(minute) return (at(minute, on)) end)
  local next = (not fixed or notes.weekly) and next_day(on, notes)
  local result = fixed and begun(piece, list[1], on, now, at)
    or choose(list, on, next, not fixed, now, at)
  if not result then return nil, "past" end
  if is_midnight then add(result.others, (at(piece.minute, on + 1))) end
  if by then add(result.assumed, by) end
  local is_whole = piece.minute % 60 == 0 and (piece.second or 0) == 0 and not piece.shifted
  result.precision = is_whole and "hour" or "minute"
  if piece.bound then bind(result, piece.bound, now)
  elseif piece.until_minute then add(result.assumed, "start") end
  return result
end

-- A moment of a span that is not over: the one said for short, if it is still to come and open.
local function within(scene, from, to, at, precision)
  local now = scene.now
  if at < now then at = half_hour(now) < to and half_hour(now) or now end
  from = math.max(from, now)
  if scene.hours then at = opening.best(scene.hours, from, to, at, scene.hours_zone) or at end
  return { at = at, from = from, to = to, precision = precision, others = {}, assumed = {} }
end

local function resolve_part(time, scene, day, notes)
  local part, zone = time.part, zone_of(time, scene)
  if part.which == "last" then return nil, "past" end
  local on, fixed = day_of(time, scene, day)
  local span = parts[part.name]
  local function at(minute) return (moment(on, minute, 0, zone)) end
  local is_over = at(span[2]) <= scene.now
  if is_over and fixed and not notes.weekly then return nil, "past" end
  if is_over then on = next_day(on, notes) end
  local result = within(scene, at(span[1]), at(span[2]), at(span[3]), "part-of-day")
  result.part, result.assumed = part.name, { "part", is_over and "day" or nil }
  return result
end

local function resolve_day(time, scene, day, notes)
  local date = time.date
  if notes.vague and date.how == "span" and date.unit == "year" then return nil, "vague" end
  local function start(of) return (moment(of, 0, 0, scene.zone)) end
  local nine = moment(day, 540, 0, scene.zone)
  return within(scene, start(day), start(notes.to or day + 1), nine, "day")
end

local function resolve_moment(piece, scene)
  -- "an hour later" counts from the time agreed on, if there is one
  local at = (piece.later or piece.earlier) and scene.base or scene.now
  if piece.earlier and not scene.base then return nil, "vague" end
  at = forward(at, piece.days, piece.months, scene.zone) + piece.seconds
  if at < scene.now then return nil, "past" end
  local result = { at = at, precision = "minute", others = {}, assumed = {}, unsure = piece.unsure }
  if piece.now then result.from, result.to, result.soon = at, at + 3600, true end
  if piece.unsure then add(result.assumed, "minutes") end
  return result
end

-- A day said by the one that was agreed on: "the day before", "the following day", "the same day
-- next week"; nil, reason where there is none.
local function day_from_previous(date, scene)
  local day = scene.day
  if date.how == "same_day" then return day or scene.today end
  if date.how == "steps" then return day and day + date.days, not day and "vague" or nil end
  if not day then return nil end
  if date.how == "span" and date.unit == "day" and date.which == "next" then return day + 1 end
  if date.how == "counted" and date.later then
    return calendar.add_months(day, date.months) + date.days
  end
  if date.same then return (resolve_date(date, day, scene.region)) end
end

-- The day and its notes; nil where none is said, with a reason where it is none.
local function find_day(time, scene)
  local date = time.date
  if not date then return not time.moment and scene.day or nil, {} end
  date.same = date.same or time.clock and time.clock.same
  local day, reason = day_from_previous(date, scene)
  if day and day < scene.today then reason = "past" end
  if reason then return nil, nil, reason end
  if day then return day, {} end
  local notes
  day, notes = resolve_date(date, scene.today, scene.region, time.clock ~= nil)
  return day, notes, not day and notes or nil
end

local function find_moment(time, scene, day, notes)
  local date, clock_time, said = time.date, time.clock, time.moment
  if said and not (said.weak and clock_time) then return resolve_moment(said, scene) end
  if clock_time and date and date.iso then clock_time.known = true end
  if clock_time then return resolve_clock(time, scene, day, notes) end
  if time.part then return resolve_part(time, scene, day, notes) end
  if day then return resolve_day(time, scene, day, notes) end
  return nil, "nothing"
end

return function(time, scene)
  if time.past then return nil, "past" end
  if time.zone and time.zone.zone == "office" then time.zone.zone = scene.hours_zone end
  local day, notes, reason = find_day(time, scene)
  if reason then return nil, reason end
  local result
  result, reason = find_moment(time, scene, day, notes)
  if not result then return nil, reason end
  if notes.unsure and not time.moment then
    local other = forward(result.at, notes.unsure - day, 0, zone_of(time, scene))
    if other >= scene.now then add(result.others, other) end
    add(result.assumed, notes.order and "order" or notes.weekly and "day" or "week")
  end
  if notes.year then add(result.assumed, "year") end
  if notes.weekday then add(result.assumed, "weekday") end
  if notes.far then add(result.assumed, "far") end
  result.unsure = result.unsure or notes.vague or notes.weekday or notes.far
  return result
end
