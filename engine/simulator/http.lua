-- The little of HTTP that the simulator needs: forms, and answers as tables.
local json = require "simulator.json"

local http = {}

function http.unescape(text)
  return (text:gsub("%%(%x%x)", function(hex) return string.char(tonumber(hex, 16)) end))
end

function http.escape(text)
  return (text:gsub("[^%w%-%._~]", function(c) return ("%%%02X"):format(c:byte()) end))
end

-- "a=1&b=x+y" as { a = "1", b = "x y" }, added to `into` when given.
function http.parse_form(text, into)
  local fields = into or {}
  for pair in text:gmatch "[^&]+" do
    local name, value = pair:match "^([^=]*)=?(.*)$"
    fields[http.unescape((name:gsub("%+", " ")))] = http.unescape((value:gsub("%+", " ")))
  end
  return fields
end

local function parse_multipart(body, boundary, into)
  local from = 1
  local mark = "--" .. boundary
  while true do
    local _, part_from = body:find(mark, from, true)
    local part_to = part_from and body:find(mark, part_from, true)
    if not part_to then return into end
    local part = body:sub(part_from + 1, part_to - 1)
    local name = part:match '[Nn][Aa][Mm][Ee]="([^"]*)"'
    local value = part:match "\r?\n\r?\n(.-)\r?\n?$"
    if name and value then into[name] = value end
    from = part_to
  end
end

-- What a caller sent as fields, wherever it put them: the query, a form or a multipart body.
function http.fields(request)
  local fields = {}
  for name, value in pairs(request.query) do fields[name] = value end
  local kind = request.headers["content-type"] or ""
  local boundary = kind:match 'boundary="?([^";]+)'
  if boundary then return parse_multipart(request.body, boundary, fields) end
  return http.parse_form(request.body, fields)
end

function http.answer(status, body, headers)
  local all = { ["Content-Type"] = "application/json;charset=UTF-8" }
  for name, value in pairs(headers or {}) do all[name] = value end
  if type(body) == "table" then body = json.encode(body) end
  return { status = status, headers = all, body = body, delay_ms = 0, drop = false, hang = false }
end

function http.empty(status, headers)
  local answer = http.answer(status, "", headers)
  answer.headers["Content-Type"] = nil
  return answer
end

-- A complete request from whatever the server, or a spec, gives.
function http.request(given)
  local path, tail = given.path:match "^([^?]*)%??(.*)$"
  local query = {}
  for name, value in pairs(given.query or {}) do query[name] = value end
  http.parse_form(tail, query)
  local headers = {}
  for name, value in pairs(given.headers or {}) do headers[name:lower()] = value end
  return {
    method = (given.method or "GET"):upper(), path = http.unescape(path), query = query,
    headers = headers, body = given.body or "",
  }
end

return http
