-- engine/cli/parse.lua - the part of `usher parse` that is Lua.
--
--   local make = ...                      this file returns one function
--   local parse = make { phone = , time = , clock = }
--   parse.lines(line)                     one JSON line in, one JSON line out
--   parse.explain(text, context)          what was understood of a message, from where, what was
--                                         assumed; for people
--
-- In: {"id","text","now","tz","region"}; now in ISO 8601 or Unix seconds. Out: {"id","time",
-- "time_sure","phones","phones_sure","unread"}: time in ISO 8601 with the offset of tz, or null;
-- time_sure true where it needs no asking; phones a list, an extension as ";ext=21", phones_sure as
-- many booleans; unread the pieces that look like part of a time and were not understood (parsers
-- of an older version tell none). A line that cannot be read gives {"id":null,"error":"..."}: one
-- does not end a run.

local cjson = require "cjson"

local ISO = "^(%d+)-(%d+)-(%d+)[T ](%d+):(%d+):?(%d*)[.%d]*(.*)$"

return function(modules)
  local phone, time, clock = modules.phone, modules.time, modules.clock
  local parse = {}

  local function unix_of(now)
    if type(now) == "number" then return now end
    local y, mo, d, h, mi, s, zone = tostring(now):match(ISO)
    if not y then return nil, "now is no ISO 8601 time" end
    local offset = 0
    local sign, hours, minutes = zone:match "^([+-])(%d%d):?(%d%d)$"
    if sign then
      offset = (tonumber(hours) * 3600 + tonumber(minutes) * 60) * (sign == "-" and -1 or 1)
    elseif zone ~= "Z" and zone ~= "" then
      return nil, "now has no offset such as +05:30"
    end
    return clock.unix({ year = tonumber(y), month = tonumber(mo), day = tonumber(d),
      hour = tonumber(h), min = tonumber(mi), sec = tonumber(s) or 0 }, "UTC") - offset
  end

  -- Most lines of a file were sent at the same moment.
  local last_now, last_unix
  local function unix_seen(now)
    if now ~= last_now or not last_unix then
      local unix, why = unix_of(now)
      if not unix then return nil, why end
      last_now, last_unix = now, unix
    end
    return last_unix
  end

  local function iso(at, zone)
    local f = clock.fields(at, zone)
    local offset = math.abs(f.offset)
    return ("%04d-%02d-%02dT%02d:%02d:%02d%s%02d:%02d"):format(f.year, f.month, f.day, f.hour,
      f.min, f.sec, f.offset < 0 and "-" or "+", offset // 3600, offset // 60 % 60)
  end

  local function failed(message, id)
    return cjson.encode { id = id or cjson.null, error = message }
  end

  -- cjson writes an empty table as an object, so lists are put together here.
  local function encode_list(list)
    local encoded = {}
    for i, item in ipairs(list) do encoded[i] = cjson.encode(item) end
    return "[" .. table.concat(encoded, ",") .. "]"
  end

  local function unread_of(found, err)
    return found and found.unread or err and err.unread or {}
  end

  function parse.lines(line)
    local ok, input = pcall(cjson.decode, line)
    if not ok or type(input) ~= "table" or type(input.text) ~= "string" then
      return failed("a line must be a JSON object with \"text\"")
    end
    local now, why = unix_seen(input.now)
    if not now then return failed(why, input.id) end
    local function known(value) return type(value) == "string" and value or nil end
    local context = { now = now, zone = known(input.tz), region = known(input.region),
      asked = known(input.asked) }
    local phones, phones_sure = {}, {}
    for i, found in ipairs(phone.find_all(input.text, context)) do
      phones[i] = found.value .. (found.ext and ";ext=" .. found.ext or "")
      phones_sure[i] = found.sure
    end
    local found, err = time.find(input.text, context)
    local at = found and '"' .. iso(found.value.at, found.value.zone) .. '"' or "null"
    local id = input.id ~= nil and cjson.encode(input.id) or "null"
    return ('{"id":%s,"time":%s,"time_sure":%s,"phones":%s,"phones_sure":%s,"unread":%s}'):format(
      id, at, tostring(found and found.sure):gsub("nil", "null"), encode_list(phones),
      encode_list(phones_sure), encode_list(unread_of(found, err)))
  end

  local function add(lines, form, ...) lines[#lines + 1] = form:format(...) end

  local function explain_phone(lines, text, found)
    local extension = found.ext and ", extension " .. found.ext or ""
    add(lines, "phone  %s%s", phone.text(found.value), extension)
    add(lines, "       from \"%s\"", text:sub(found.from, found.to))
    for _, key in ipairs(found.assumed) do
      add(lines, "       assumed: %s", phone.assumption(key))
    end
    add(lines, "       %s", found.sure and "sure" or "not sure: " .. (found.hint
      or "the bot would ask"))
  end

  local function explain_time(lines, text, found, context)
    add(lines, "time   %s", time.text(found.value, context))
    local value = found.value
    add(lines, "       %s, precise to the %s", iso(value.at, value.zone), value.precision)
    add(lines, "       from \"%s\"", text:sub(found.from, found.to))
    for _, key in ipairs(found.assumed) do
      add(lines, "       assumed: %s", time.assumption(key))
    end
    for _, piece in ipairs(unread_of(found)) do add(lines, "       unread: \"%s\"", piece) end
    if found.sure then
      add(lines, "       sure")
    elseif value.readings then
      local other = { at = value.readings[2], zone = value.zone, precision = value.precision }
      add(lines, "       not sure: it could also be %s", time.text(other, context))
    else
      add(lines, "       not sure: the bot would ask")
    end
    if found.closed then
      local open = { at = found.closed, zone = value.zone, precision = "minute" }
      add(lines, "       closed then; open again %s", time.text(open, context))
    end
  end

  function parse.explain(text, context)
    local lines = {}
    local phones = phone.find_all(text, context)
    for _, found in ipairs(phones) do explain_phone(lines, text, found) end
    if #phones == 0 then
      local _, err = phone.find(text, context)
      add(lines, "phone  none: %s", err.message)
    end
    local times = time.find_all(text, context)
    for i, found in ipairs(times) do
      if i == 2 then add(lines, "the message also has:") end
      explain_time(lines, text, found, context)
    end
    if #times == 0 then
      local _, err = time.find(text, context)
      add(lines, "time   none: %s", err.message)
      for _, piece in ipairs(unread_of(nil, err)) do add(lines, "       unread: \"%s\"", piece) end
    end
    return table.concat(lines, "\n")
  end

  return parse
end
