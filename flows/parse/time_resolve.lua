-- flows/parse/time_resolve.lua - finds the moment that a time means, seen from now.
--
--   resolve(time, scene) -> result | nil, reason
--   scene: now, zone, region, today (as in calendar.lua), hours and hours_zone (whose clocks they
--   are of); where a time was agreed on before: base (its moment), day, like (its minute)
--
-- Reasons: "past", "impossible", "invalid", "vague", "nothing".

local calendar = require "parse.calendar"
local parts = require "parse.parts"
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

-- The same hour some days on.
local function days_later(at, days, zone)
  if type(zone) == "number" then return at + days * 86400 end
  local f = clock.fields(at, zone)
  local day = calendar.days(f.year, f.month, f.day) + days
  return (moment(day, f.hour * 60 + f.min, f.sec, zone))
end

local function today_in(scene, zone)
  if not zone or zone == scene.zone then return scene.today end
  if type(zone) == "number" then return (scene.now + zone) // 86400 end
  local f = clock.fields(scene.now, zone)
  return calendar.days(f.year, f.month, f.day)
end

-- Which half of the day an hour without am or pm means beside a part of the day.
local function by_part(minute, name)
  local hour = minute // 60
  if name:find("morning", 1, true) or name == "early"
      or name == "breakfast" then return minute % HALF end
  if name:find("night", 1, true) then
    if hour == 12 then return DAY + minute - HALF end            -- twelve at night ends that day
    return hour < 5 and DAY + minute or minute % HALF + HALF
  end
  if hour == 12 then return minute end
  if name == "lunch" then return hour >= 10 and minute or minute + HALF end
  return minute % HALF + HALF
end

local function is_waking(minute) return minute >= 6 * 60 and minute < 23 * 60 end

-- Which half of the day a changed hour means: who was called at night stays at night; else the hour
-- that people are awake at, and of two such the one nearer to what was agreed before.
local function like_before(morning, later, before)
  if not is_waking(before) then return before < HALF and morning or later end
  if is_waking(morning) ~= is_waking(later) then return is_waking(morning) and morning or later end
  return math.abs(morning - before) < math.abs(later - before) and morning or later
end

-- The readings of a clock as minutes of the day, the likely one first.
local function readings(piece, part, scene, moment_of)
  if piece.known then
    -- "00:30 tonight" is after midnight
    local is_after = part and part.which == "this" and part.name:find("night", 1, true)
    return { is_after and piece.minute < 300 and DAY + piece.minute or piece.minute }
  end
  if piece.minute >= 780 then return { piece.minute } end
  if part and part.name ~= "late" then return { by_part(piece.minute, part.name) } end
  local morning, later = piece.minute % HALF, piece.minute % HALF + HALF
  if piece.usual and morning >= 7 * 60 then return { morning } end
  local list = { later, morning }
  if morning >= 7 * 60 then list = { morning, later } end
  -- "9 to 5"
  local last = piece.until_minute and piece.until_minute % HALF
  if last and morning >= 7 * 60 and last > 0 and last < 7 * 60 then return { morning } end
  if scene.like then
    return { like_before(morning, later, scene.like), like = true }
  end
  if scene.hours then
    local function is_open(minute)
      return opening.is_open(scene.hours, moment_of(minute), scene.hours_zone)
    end
    local first, second = is_open(list[1]), is_open(list[2])
    if first ~= second then return { first and list[1] or list[2], by_hours = true } end
  end
  return list
end

-- The next half hour from a moment on.
local function half_hour(at) return (at + 1799) // 1800 * 1800 end

local BEFORE = 60       -- "before noon" is an hour before it, in minutes

local function resolve_clock(time, scene, day, notes)
  local piece, part = time.clock, time.part
  if piece.bad then return nil, "invalid" end
  if piece.switch then
    if not scene.like then return nil, "vague" end
    piece.minute = scene.like % HALF + (piece.switch == "pm" and HALF or 0)
  elseif piece.same then
    local f = clock.fields(scene.base or scene.now, scene.zone)
    piece.minute, piece.second = f.hour * 60 + f.min, f.sec
  end
  local zone = time.zone and time.zone.zone or scene.zone
  local fixed = day ~= nil
  if not day then
    -- "tonight" is the visitor's tonight, whatever zone the hour is of
    local which = part and part.which
    day = which and scene.today or today_in(scene, time.zone and time.zone.zone)
    if which == "next" then day = day + 1 end
    fixed = which ~= nil
  end
  local assumed, others = {}, {}
  local function at(minute, on) return moment(on, minute, piece.second, zone) end
  -- "today at midnight" ends today; "friday at midnight" may begin or end it
  local is_midnight = piece.named and piece.minute < 60 and not part and fixed
  if is_midnight and day == scene.today then day = day + 1
  elseif is_midnight then add(others, (at(piece.minute, day + 1))) end
  local list = readings(piece, part, scene, function(minute) return (at(minute, day)) end)
  local chosen, note
  for i, minute in ipairs(list) do
    local m, n = at(minute, day)
    if m >= scene.now then
      if not chosen then chosen, note = m, n else add(others, m) end
    elseif i == 1 and (not fixed or notes.weekly) then break
    end
  end
  if not chosen and (not fixed or notes.weekly) then
    local on = day + (notes.weekly and not notes.next_day and 7 or 1)
    if notes.next_day then while calendar.weekday(on) > 5 do on = on + 1 end end
    chosen, note = at(list[1], on)
    if chosen < scene.now then chosen = at(list[1], on + 1) end
    -- "thursday 10:00", said on a thursday at five, is no call at ten tonight, but might be
    local other = list[2] and at(list[2], day)
    if other then add(others, other >= scene.now and other or (at(list[2], on))) end
    add(assumed, "day")
  elseif not fixed and chosen and #list == 2 and #others == 0 then
    add(others, (at(list[2], day + 1)))
  end
  if fixed and piece.until_minute and list[1] < HALF then
    -- "today from 9 to 5", said at ten: it has begun
    local start, stop = at(list[1], day), at(piece.until_minute % HALF + HALF, day)
    if start < scene.now and stop > scene.now then
      chosen, list = math.min(half_hour(scene.now), stop), { list[1] }
    end
  end
  if not chosen then return nil, "past" end
  if #list == 2 then add(assumed, "half") end
  if list.by_hours then add(assumed, "hours") end
  if list.like then add(assumed, "previous") end
  if note then add(assumed, note) end
  local precision = piece.minute % 60 == 0 and (piece.second or 0) == 0 and not piece.shifted
    and "hour" or "minute"
  local result = { at = chosen, precision = precision, assumed = assumed,
    others = (#list == 2 or is_midnight) and others or {} }
  if piece.bound then
    add(assumed, piece.bound)
    if piece.bound == "before" then
      result.to = result.at
      local earlier = chosen - BEFORE * 60
      if earlier < scene.now then earlier = scene.now + (chosen - scene.now) // 2 end
      result.at = earlier
    end
  elseif piece.until_minute then
    add(assumed, "start")
  end
  return result
end

local function resolve_part(time, scene, day, notes)
  local part = time.part
  local span = parts[part.name]
  local zone = time.zone and time.zone.zone or scene.zone
  local fixed = day ~= nil
  if part.which == "last" then return nil, "past" end
  if not day then
    day = today_in(scene, time.zone and time.zone.zone)
    if part.which == "next" then day = day + 1 end
    if part.which == "this" then fixed = true end
  end
  local function bounds(on)
    return moment(on, span[1], 0, zone), moment(on, span[2], 0, zone), moment(on, span[3], 0, zone)
  end
  local from, to, at = bounds(day)
  local assumed = { "part" }
  if to <= scene.now then
    if fixed and not notes.weekly then return nil, "past" end
    local on = day + (notes.weekly and not notes.next_day and 7 or 1)
    if notes.next_day then while calendar.weekday(on) > 5 do on = on + 1 end end
    from, to, at = bounds(on)
    add(assumed, "day")
  elseif at < scene.now then
    at = math.max(half_hour(scene.now), scene.now)
    if at >= to then at = scene.now end
  end
  if from < scene.now then from = scene.now end
  if scene.hours then at = opening.best(scene.hours, from, to, at, scene.hours_zone) or at end
  return { at = at, from = from, to = to, part = part.name, precision = "part-of-day", others = {},
    assumed = assumed }
end

local function resolve_day(time, scene, day, notes)
  if notes.vague and time.date.how == "span" and time.date.unit == "year" then return nil,
      "vague" end
  local zone = scene.zone
  local from, to = moment(day, 0, 0, zone), moment(notes.to or day + 1, 0, 0, zone)
  local at = moment(day, 540, 0, zone)
  if at < scene.now then
    at = half_hour(scene.now)
    if at >= to then at = math.max(scene.now, from) end
  end
  if from < scene.now then from = scene.now end
  if scene.hours then at = opening.best(scene.hours, from, to, at, scene.hours_zone) or at end
  local result = { at = at, from = from, to = to, precision = "day", others = {}, assumed = {} }
  return result
end

local function resolve_moment(piece, scene)
  -- "an hour later" counts from the time agreed on, if there is one
  local at = (piece.later or piece.earlier) and scene.base or scene.now
  if piece.earlier and not scene.base then return nil, "vague" end
  if piece.days ~= 0 or piece.months ~= 0 then
    local f = clock.fields(at, scene.zone)
    local day = calendar.add_months(calendar.days(f.year, f.month, f.day), piece.months)
      + piece.days
    at = moment(day, f.hour * 60 + f.min, f.sec, scene.zone)
  end
  at = at + piece.seconds
  if at < scene.now then return nil, "past" end
  local result = { at = at, precision = "minute", others = {}, assumed = {} }
  if piece.now then result.from, result.to, result.soon = at, at + 3600, true end
  if piece.unsure then
    result.unsure = true
    add(result.assumed, "minutes")
  end
  return result
end

-- A day said by the one that was agreed on: "the day before", "the following day", "the same day
-- next week"; nil, reason where there is none.
local function day_from_previous(date, scene)
  local day = scene.day
  if date.how == "same_day" then return day or scene.today end
  if date.how == "steps" then
    if not day then return nil, "vague" end
    return day + date.days
  end
  if not day then return nil end
  if date.how == "span" and date.unit == "day" and date.which == "next" then return day + 1 end
  if date.how == "counted" and date.later then
    return calendar.add_months(day, date.months) + date.days
  end
  if date.same then return (resolve_date(date, day, scene.region)) end
end

local function find_day(time, scene)
  local date = time.date
  if not date then
    if scene.day and not time.moment then return scene.day, {} end
    return nil, {}
  end
  date.same = date.same or time.clock and time.clock.same
  local from_previous, why = day_from_previous(date, scene)
  if why then return nil, nil, why end
  if from_previous then
    if from_previous < scene.today then return nil, nil, "past" end
    return from_previous, {}
  end
  if date.how == "in_week" then
    local base = resolve_date(date.base, scene.today, scene.region)
    if not base then return nil, nil, "past" end
    return base - calendar.weekday(base) + date.weekday, { vague = date.base.several }
  end
  local day, notes = resolve_date(date, scene.today, scene.region, time.clock ~= nil)
  if not day then return nil, nil, notes end
  return day, notes
end

return function(time, scene)
  if time.past then return nil, "past" end
  if time.zone and time.zone.zone == "office" then time.zone.zone = scene.hours_zone end
  local day, notes, reason = find_day(time, scene)
  if reason then return nil, reason end
  local result
  if time.moment and not (time.moment.weak and time.clock) then
    result, reason = resolve_moment(time.moment, scene)
  elseif time.clock then
    if time.date and time.date.iso and not time.clock.known then time.clock.known = true end
    result, reason = resolve_clock(time, scene, day, notes)
  elseif time.part then
    result, reason = resolve_part(time, scene, day, notes)
  elseif day then
    result, reason = resolve_day(time, scene, day, notes)
  else
    return nil, "nothing"
  end
  if not result then return nil, reason end
  if notes.unsure and not time.moment then
    local zone = time.zone and time.zone.zone or scene.zone
    local other = days_later(result.at, notes.unsure - day, zone)
    if other >= scene.now then add(result.others, other) end
    add(result.assumed, notes.order and "order" or notes.weekly and "day" or "week")
  end
  if notes.vague then result.unsure = true end
  if notes.year then add(result.assumed, "year") end
  if notes.weekday then
    add(result.assumed, "weekday")
    result.unsure = true
  end
  return result
end
