-- tests/bench/peer/bot.lua - the work of tests/bench/flows for nginx with its Lua module: no
-- journal, no replay, the last messages in a table of the one worker.
-- luacheck: globals ngx
local cjson = require "cjson"

local SORRY = { action = "reply", replies = { "Sorry, that did not work. Please try again." } }
local GREETING = {
  action = "reply",
  replies = { "Hello! How can I assist you today?" },
  suggestions = { "Instant Chat", "Schedule Callback" },
}
local KEPT = 20

local talks = {}

local function keep(id, line)
  local talk = talks[id] or { count = 0 }
  talks[id] = talk
  talk.count = talk.count + 1
  talk[(talk.count - 1) % KEPT + 1] = line
end

local function history(id)
  local talk, lines = talks[id], {}
  for i = math.max(1, talk.count - KEPT + 1), talk.count do
    lines[#lines + 1] = talk[(i - 1) % KEPT + 1]
  end
  return table.concat(lines, "\n")
end

local function ask_zoho(method, path, body)
  local answer = ngx.location.capture("/zoho" .. path, { method = method, body = body or "" })
  return answer.status == 200 and cjson.decode(answer.body) or nil
end

local function transfer(visitor, id)
  local opened = ask_zoho(ngx.HTTP_POST, "/api/visitor/v1/rtdsportal/conversations", cjson.encode {
    app_id = "11", department_id = "12", question = history(id),
    visitor = { user_id = visitor.email, name = visitor.name, email = visitor.email },
  })
  return opened and { action = "forward", replies = { "Connecting you to an agent." } }
end

local function callback(visitor, phone, time)
  local found = ask_zoho(ngx.HTTP_GET, "/api/v1/contacts/search?email="
    .. ngx.escape_uri(visitor.email))
  local contact = found and found.data[1] and found.data[1].id
  local call = contact and ask_zoho(ngx.HTTP_POST, "/api/v1/calls", cjson.encode {
    departmentId = "14", contactId = contact, subject = "Callback request",
    direction = "outbound", duration = 0, status = "Scheduled",
    description = "Phone: " .. phone .. ". Time: " .. time .. ".",
  })
  return call and { action = "reply", replies = {
    "Your callback is scheduled for " .. time .. ". We will call you at " .. phone .. "." } }
end

local function route(visitor, id, message)
  local text = message.text
  if message.payload == "1" or text:lower():find("instant chat", 1, true) then
    return transfer(visitor, id) or SORRY
  end
  local phone = ngx.re.match(text, [[phone:\s*(\+?\d[\d -]+\d)]], "joi")
  local time = phone and ngx.re.match(text, [[time:\s*([^\n]+)]], "joi")
  if time then return callback(visitor, phone[1], time[1]) or SORRY end
  if ngx.re.find(text, [[\b(?:hello|hi|hey)\b]], "joi") then return GREETING end
  return { action = "reply", replies = { "Sorry, I did not get that." } }
end

return function()
  ngx.req.read_body()
  local understood, turn = pcall(cjson.decode, ngx.req.get_body_data() or "")
  if not understood or not turn.visitor or not turn.message then return ngx.exit(400) end
  local id = turn.visitor.active_conversation_id
  keep(id, "user: " .. turn.message.text)
  local answer = route(turn.visitor, id, turn.message)
  keep(id, "bot: " .. answer.replies[1])
  local body = cjson.encode(answer)
  ngx.header.content_length = #body
  ngx.print(body)
end
