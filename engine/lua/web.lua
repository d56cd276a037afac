-- engine/lua/web.lua - hosts that are not Zoho's, as a spec or `usher chat --web FILE` has them.
--
--   local web = require "usher.web"()
--   web.answers("GET https://api.example.com/orders", { json = { state = "sent" } })
--   web.requests()                   -> { { method, url, body }, ... }
--   web.find(method, url, body)      -> an answer as the engine takes it; or nil, the line that
--                                       would give one
--
-- The newest answer whose URL the request's begins with is taken. An answer:
--   { status = 200, json = value or body = text, type = "text/plain", delay = seconds, times = 2,
--     hang = true, drop = true }     or a function of the request that gives one
local cjson = require "cjson.safe"

local FIELDS = {
  status = "number", body = "string", type = "string", delay = "number", times = "number",
  hang = "boolean", drop = "boolean",
}
local KNOWN = "status, json, body, type, delay, times, hang, drop"

-- Where the file that is not the engine's called it.
local function caller()
  local level, info = 2
  repeat
    level = level + 1
    info = debug.getinfo(level, "Sl")
  until not info or info.what ~= "C" and not info.source:find "^@engine/"
  return info and ("%s:%d"):format(info.short_src, info.currentline) or "web.answers"
end

-- What is wrong with an answer; nil when nothing is.
local function fault_of(answer)
  if type(answer) ~= "table" then
    return ("an answer is a table such as { json = { state = \"sent\" } }, not a %s"):format(
      type(answer))
  end
  for name, value in pairs(answer) do
    local wanted = FIELDS[name]
    if name == "json" then
      local text, why = cjson.encode(value)
      if not text then return "json cannot be written as JSON: " .. why end
    elseif not wanted then
      return ("an answer has no '%s'; there are %s"):format(tostring(name), KNOWN)
    elseif type(value) ~= wanted then
      return ("%s of an answer must be a %s, not a %s"):format(name, wanted, type(value))
    end
  end
end

local function ready(answer)
  return {
    status = answer.status or 200, type = answer.type, delay = answer.delay or 0,
    body = answer.json ~= nil and cjson.encode(answer.json) or answer.body,
    hang = answer.hang, drop = answer.drop,
  }
end

local function take(list, method, url)
  for position, entry in ipairs(list) do
    if entry.method == method and url:sub(1, #entry.url) == entry.url then
      if entry.left then
        entry.left = entry.left - 1
        if entry.left <= 0 then table.remove(list, position) end
      end
      return entry
    end
  end
end

local function computed(entry, request)
  local answer = entry.answer(request)
  local fault = answer ~= nil and fault_of(answer)
  if fault then error(("%s: what this function gave: %s"):format(entry.place, fault), 0) end
  return answer
end

return function()
  local web, list, seen = {}, {}, {}

  function web.answers(what, answer)
    local method, url = tostring(what):match "^(%u+) (https?://%S+)$"
    local is_function = type(answer) == "function"
    local fault = not is_function and fault_of(answer)
    local place = caller()
    if not method then
      error(('%s: web.answers needs "GET https://host/path", not "%s"'):format(place,
        tostring(what)), 0)
    elseif fault then
      error(("%s: web.answers: %s"):format(place, fault), 0)
    end
    table.insert(list, 1, {
      method = method, url = url, answer = answer, left = not is_function and answer.times or nil,
      place = place,
    })
  end

  function web.requests() return seen end

  function web.find(method, url, body)
    local request = { method = method, url = url, body = body }
    seen[#seen + 1] = request
    local entry = take(list, method, url)
    local answer = entry and entry.answer
    if type(answer) == "function" then answer = computed(entry, request) end
    if answer then return ready(answer) end
    return nil, ('web.answers("%s %s", { json = {} })'):format(method, url:match "^[^?]*")
  end

  return web
end
