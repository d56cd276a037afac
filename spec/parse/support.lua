-- spec/parse/support.lua - what the specs of the parsers share.
--
-- The parsers are pure but for `clock`, which the engine gives; in a plain Lua state it is the
-- module that CLOCK names ("zone": engine/bind/lua_zone.c built as a Lua module).

package.path = "flows/?.lua;" .. package.path

local support = {}

if not rawget(_G, "clock") then rawset(_G, "clock", require(os.getenv "CLOCK" or "zone")) end
support.clock = rawget(_G, "clock")

-- Wednesday 5 March 2025, 10:15 in New York.
support.NOW = 1741187700

function support.context(changes)
  local context = { now = support.NOW, zone = "America/New_York", region = "US" }
  for key, value in pairs(changes or {}) do context[key] = value end
  return context
end

-- "2025-03-06 15:00" on the clocks of a zone.
function support.shown(at, zone)
  local f = support.clock.fields(at, zone or "America/New_York")
  return ("%04d-%02d-%02d %02d:%02d"):format(f.year, f.month, f.day, f.hour, f.min)
end

-- Reads as a visitor in a place writes: the time as shown(), with "?" behind it where the visitor
-- would be asked, or the reason why there is none.
function support.reader(time, zone, region)
  return function(text)
    local found, err = time.find(text, { now = support.NOW, zone = zone, region = region })
    if not found then return err.reason end
    return support.shown(found.value.at, zone) .. (found.sure and "" or "?")
  end
end

return support
