-- engine/lua/spec_clock.lua - the spec's clock, which only the spec moves.
--
--   clock.at("2026-03-03 10:00", "Asia/Kolkata")   it is that time now; UTC without a zone
--   clock.moves(20)                                20 seconds go by, and what is due happens
--   clock.now()                                    Unix seconds
--   clock.fields, clock.unix, clock.zone           as in flows
local door = require "usher.spec_door"
local stages = require "usher.spec_stage"
local zones = require "usher.zone"

local clock = { fields = zones.fields, unix = zones.unix, zone = zones.zone }

local MOST = { 9999, 12, 31, 23, 59, 59 }

local function is_time(parts)
  for i, most in ipairs(MOST) do
    local number = tonumber(parts[i]) or i == 6 and 0
    if not number or number > most or (i == 2 or i == 3) and number < 1 then return false end
  end
  return true
end

function clock.at(text, zone)
  local y, mo, d, h, mi, s = text:match "^(%d+)-(%d+)-(%d+)[ T](%d+):(%d+):?(%d*)$"
  if not is_time { y, mo, d, h, mi, s } then
    error('clock.at needs a time such as "2026-03-03 10:00"', 0)
  end
  stages.set_clock(zones.unix({
    year = tonumber(y), month = tonumber(mo), day = tonumber(d), hour = tonumber(h),
    min = tonumber(mi), sec = tonumber(s) or 0,
  }, zone or "UTC"))
end

function clock.moves(seconds)
  stages.current():advance(seconds)
  stages.collect()
end

clock.now = stages.time

door.functions("clock", clock, {
  at = { 'clock.at("2026-03-03 10:00", "Asia/Kolkata")', "text", "text?" },
  moves = { "clock.moves(20)", "number" },
  now = { "clock.now()" },
})

return clock
