-- flows/opening.lua - the setting BUSINESS_HOURS at the time of a message.
--
--   opening.is_open(chat)   true also where no hours are set
--   opening.text(chat)      "We are closed now. We open again tomorrow at 9:00 AM."
local NAMES = { "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday" }

local opening = {}

local function minute_of(hour, minute)
  return tonumber(hour) * 60 + tonumber(minute)
end

-- { [weekday] = { { from, to }, ... } } in minutes of the day. usher gives the setting in one form
-- only, however it was written: "Mon-Fri 09:00-13:00,14:00-18:00; Sat 10:00-14:00".
local function week_of(text)
  local number, week = {}, {}
  for i, name in ipairs(NAMES) do number[name:sub(1, 3)] = i end
  for first, last, times in text:gmatch "(%a+)%-?(%a*) ([%d:,-]+)" do
    local spans = {}
    for h, m, to_h, to_m in times:gmatch "(%d+):(%d+)%-(%d+):(%d+)" do
      spans[#spans + 1] = { minute_of(h, m), minute_of(to_h, to_m) }
    end
    for day = number[first], number[last] or number[first] do week[day] = spans end
  end
  return week
end

-- The clock that the hours are of, and what it shows.
local function here(chat)
  local zone = config.TIME_ZONE or chat.message.place.zone
  return zone, clock.fields(chat.message.at, zone)
end

-- The minute at which we close today; nil while closed.
local function closes(week, now)
  local minute = now.hour * 60 + now.min
  for _, span in ipairs(week[now.wday] or {}) do
    if minute >= span[1] and minute < span[2] then return span[2] end
  end
end

-- Days ahead and the minute of that day.
local function opens(week, now)
  for ahead = 0, 7 do
    for _, span in ipairs(week[(now.wday + ahead - 1) % 7 + 1] or {}) do
      if ahead > 0 or span[1] > now.hour * 60 + now.min then return ahead, span[1] end
    end
  end
end

local function clock_text(minute)
  if minute == 1440 then return "midnight" end
  return ("%d:%02d %s"):format((minute // 60 + 11) % 12 + 1, minute % 60,
    minute < 720 and "AM" or "PM")
end

function opening.is_open(chat)
  local text = config.BUSINESS_HOURS
  if not text then return true end
  local _, now = here(chat)
  return closes(week_of(text), now) ~= nil
end

function opening.text(chat)
  local text = config.BUSINESS_HOURS
  if not text then return "We are here around the clock." end
  local week, zone, now = week_of(text), here(chat)
  local till = closes(week, now)
  if till then return ("We are open now, until %s (%s)."):format(clock_text(till), zone) end
  local ahead, minute = opens(week, now)
  local day = ahead == 0 and "today" or ahead == 1 and "tomorrow"
    or "on " .. NAMES[(now.wday + ahead - 1) % 7 + 1]
  return ("We are closed now. We open again %s at %s (%s)."):format(day, clock_text(minute), zone)
end

return opening
