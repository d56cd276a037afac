-- flows/parse/time_choose.lua - which of the times of a message are meant.
--
--   choose(times) -> of the times of time_combine.lua those that are wished for, in their order,
--     each with what the others lend it
--
-- Tales and what was refused are none. A correction replaces what it speaks of and keeps the rest.
-- A limit ("no calls before 10", "I work until 6") counts only where no hour is wished for, and
-- else tells of which half of the day that hour is. Choices fill what the first one left open.

local function has_hour(time) return time.clock or time.part or time.moment end

local function inherit(time, from)
  time.date, time.zone = time.date or from.date, time.zone or from.zone
  -- an hour put right stays in the same half of the day
  local clock, old = time.clock, from.clock
  if clock and old and old.half and not clock.known and clock.minute < 780 then
    clock.minute, clock.known = clock.minute % 720 + (old.half == "pm" and 720 or 0), true
  end
  if not time.clock and not time.part then time.clock, time.part = from.clock, from.part end
end

-- "my flight lands at 6 tomorrow so call me at 7": of the same day. Of a day farther off that is
-- not sure.
local function lend_day(time, before)
  local date = time.date
  if date and date.how ~= "same_day" or time.moment then return end
  if not before or not time.called or not time.clock then return end
  if before.date and before.clock and not before.past then
    time.date, time.doubted = before.date, before.date.how ~= "relative"
  end
end

-- Of which half of the day an hour is, by the limit that is told beside it: "I work until 7, call
-- after 7:30".
local function settle(clock, limit)
  if clock.known or clock.minute >= 780 or limit.bound ~= "after" then return end
  local from, morning = limit.minute, clock.minute % 720
  if not limit.known and from < 420 then from = from + 720 end
  if morning + 720 < from then return end
  clock.minute, clock.known = morning >= from and morning or morning + 720, true
end

-- What the limits of a message say of the times in the list.
local function heed(list, limits)
  local first, lacks_hour, is_told = limits[1], nil, false
  for _, time in ipairs(list) do
    is_told = is_told or has_hour(time)
    if not has_hour(time) then lacks_hour = lacks_hour or time end
    for _, limit in ipairs(has_hour(time) and limits or {}) do
      if time.clock then settle(time.clock, limit.clock) end
      if not time.date and limit.first < time.first then time.date = limit.date end
    end
  end
  if is_told then return end
  local says = first.clock.limit
  if lacks_hour then lacks_hour.clock = first.clock
  elseif first.date or says ~= "by" and says ~= "rule" then
    -- "don't call before 8" may be said of this call or of all
    first.doubted = first.doubted or not first.date and says == "asked"
    list[1] = first
  end
end

local function same_day(a, b)
  return a and b and a.how == b.how and a.days == b.days and a.weekday == b.weekday
    and a.day == b.day and a.month == b.month
end

-- Tells apart: those that are wished for, those that are over, limits.
local function sort_out(times)
  local list, over, limits, has_tale, refused = {}, {}, {}, false, nil
  for i, time in ipairs(times) do
    has_tale = has_tale or time.tale
    -- "I can't talk now, tomorrow at 4": a day with its hour says more
    if time.moment and time.date and time.clock then
      time.doubted = time.doubted or not time.moment.now
      time.moment = nil
    end
    local before, told = list[#list], times[i - 1]
    if time.tale == "past" then
      time.past = true
      over[#over + 1] = time
    elseif time.excluded then
      refused = time.clock and time
      -- "today 6pm, not today, tomorrow"
      if before and not has_hour(time) and same_day(before.date, time.date) then
        refused, list[#list] = before, nil
      elseif before and before == told and refused then
        -- "11am instead of 10am on friday", "thursday not friday 4pm"
        before.date = before.date or time.date
        if not has_hour(before) and time.date then before.clock = time.clock end
      end
    elseif time.clock and time.clock.limit then
      limits[#limits + 1] = time
    elseif not time.tale then
      -- "tomorrow at 3 doesn't work, 4 does"
      local old = time.correction and before or refused
      if old then inherit(time, old) else lend_day(time, told) end
      list[time.correction and before and #list or #list + 1] = time
      refused = nil
    end
  end
  if #limits > 0 then heed(list, limits) end
  return list, over, has_tale
end

-- Most messages tell one time, and nothing of it is to choose.
local function is_plain(times)
  local time = times[1]
  return time and not times[2] and not time.tale and not time.excluded and not time.moment
    and not (time.clock and time.clock.limit)
end

return function(times)
  if is_plain(times) then return times end
  local list, over, has_tale = sort_out(times)
  for i = #list - 1, 1, -1 do
    local time, behind = list[i], list[i + 1]
    if behind.choice and behind.clock and not behind.date and not behind.moment then
      behind.date = time.date                            -- "tomorrow at 3 or 4pm"
    end
    if behind.choice and time.date and not has_hour(time) then
      time.clock, time.part, time.zone = behind.clock, behind.part, time.zone or behind.zone
    elseif (behind.choice or behind.listed and behind.borrows) and time.clock and not time.date
        and behind.date and behind.clock then
      time.date, time.borrows = behind.date, true
    end
  end
  local first = list[1]
  -- "are you open on monday? it's a holiday then, is it?"
  if has_tale and first and not (first.called or first.clock or first.moment) then
    first.doubted = true
  end
  return first and list or over
end
