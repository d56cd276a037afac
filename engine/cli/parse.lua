-- engine/cli/parse.lua - the part of `usher parse` that is Lua.
--
--   local parse = require "parse"({ phone = , time = , clock = })
--   parse.lines(line)             one JSON line in, one out; see below
--   parse.explain(text, context)  what was understood of a message, for people
--
-- In: {"id","text","now","tz","region"}, now as ISO 8601. Out: {"id","time","phones"}: time as ISO 8601
-- with the offset of tz, or null; phones as a list, an extension as ";ext=".

local cjson = require "cjson"

local function iso_to_unix(written)
  local y, mo, d, h, mi, s, rest = written:match "^(%d+)-(%d+)-(%d+)[T ](%d+):(%d+):?(%d*)[.%d]*(.*)$"
  if not y then return nil end
  local seconds = 0
  local sign, oh, om = rest:match "^([+-])(%d%d):?(%d%d)$"
  if sign then seconds = (tonumber(oh) * 3600 + tonumber(om) * 60) * (sign == "-" and -1 or 1) end
  local at = clock.unix({ year = tonumber(y), month = tonumber(mo), day = tonumber(d), hour = tonumber(h),
    min = tonumber(mi), sec = tonumber(s) or 0 }, "UTC")
  return at - seconds
end

return function(modules)
  local phone, time, zones = modules.phone, modules.time, modules.clock
  local parse = {}

  local function iso(at, zone)
    local f = zones.fields(at, zone)
    local offset = math.abs(f.offset)
    return ("%04d-%02d-%02dT%02d:%02d:%02d%s%02d:%02d"):format(f.year, f.month, f.day, f.hour, f.min, f.sec,
      f.offset < 0 and "-" or "+", offset // 3600, offset // 60 % 60)
  end

  function parse.lines(line)
    local input = cjson.decode(line)
    local context = { now = iso_to_unix(input.now), zone = input.tz, region = input.region }
    local phones = {}
    for _, found in ipairs(phone.find_all(input.text, context)) do
      phones[#phones + 1] = found.value .. (found.ext and ";ext=" .. found.ext or "")
    end
    local found = time.find(input.text, context)
    return cjson.encode { id = input.id, time = found and iso(found.value.at, found.value.zone) or cjson.null,
      phones = #phones > 0 and phones or cjson.empty_array }
  end

  return parse
end
