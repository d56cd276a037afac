-- Zoho SalesIQ: the Visitor API and the REST API v2.
--
-- Numbers and wordings marked "invented" are not published anywhere; the rest is what Zoho's pages
-- or programs that run against the real service say.
local http = require "simulator.http"
local json = require "simulator.json"
local salesiq_check = require "simulator.salesiq_check"

local salesiq = {}

local ERRORS = {
  unknown = { 1001, "Unknown authentication error, Contact SalesIQ Team!" },
  header = { 1002, "Invalid authorization header." },
  method = { 1004, "Invalid Request Type." },
  screen = { 1005, "Invalid portal or wrong screen name." },
  path = { 1006, "Invalid URL" },
  token = { 1008, "Invalid OAuthToken" },
  scope = { 1009, "Invalid OAuthScope" },
  parameter = { 1011, "Either the request parameters are invalid or absent" }, -- number invented
  nobody = { 1012, "No operator is available" },                               -- invented
  callback = { 1013, "The callback is unknown, answered or too old" },         -- invented
}

local CALLBACK_LIFE_S = 180
local PAGE = 20
local CREATED = "1524140963982"

-- The answer for an error; options: json_key or param (names the culprit), status, headers.
function salesiq.refuse(world, name, options)
  options = options or {}
  local code, message = ERRORS[name][1], ERRORS[name][2]
  return http.answer(options.status or world.switches.errors_as, { error = {
    code = code, message = message, json_key = options.json_key, param = options.param } },
    options.headers)
end

local function success(request, object, data, status)
  return http.answer(status or 200, { url = request.path, object = object, data = data })
end

-- Wraps what an operation does in the checks of token, scope and screen name. The Visitor API
-- takes organisation tokens only: an ordinary one is answered 1009.
local function operation(options, run)
  return function(world, request, screen, id)
    local token, problem = world.tokens:look_up(request.headers.authorization)
    if problem == "missing" then return salesiq.refuse(world, "header") end
    if not token then return salesiq.refuse(world, "token") end
    local is_kind = not options.org or token.kind ~= "user"
    if not is_kind or not world.tokens:allows(token, { options.scope }) then
      return salesiq.refuse(world, "scope")
    end
    if screen ~= world.screen and not world.switches.lenient_ids then
      return salesiq.refuse(world, "screen")
    end
    local body
    if request.method == "POST" and not options.no_body then
      body = json.decode_object(request.body)
      if not body then return salesiq.refuse(world, "parameter") end
    end
    return run(world, request, body, id)
  end
end

local function is_text(value) return type(value) == "string" and value:find "%S" ~= nil end

local function is_id(world, value, wanted)
  return is_text(value) and (value == wanted or world.switches.lenient_ids and value:find "^%d+$")
end

-- The json_key of the first wrong field of an Open Conversation body, or nil.
local function wrong_field(world, body, message_key)
  if not is_id(world, body.app_id, world.app_id) then return "app_id" end
  if not is_id(world, body.department_id, world.salesiq_department) then return "department_id" end
  if not is_text(body[message_key]) then return message_key end
  local visitor = body.visitor
  if type(visitor) ~= "table" then return "visitor" end
  if not is_text(visitor.user_id) then return "user_id" end
  for _, name in ipairs { "name", "email", "phone" } do
    if visitor[name] ~= nil and type(visitor[name]) ~= "string" then return name end
  end
  if body.customer_info ~= nil and type(body.customer_info) ~= "table" then
    return "customer_info"
  end
  local wait = body.custom_wait_time
  if wait ~= nil and not (tonumber(wait) and tonumber(wait) >= 0 and tonumber(wait) <= 999) then
    return "custom_wait_time"
  end
end

-- 36 random hexadecimal digits.
local function hex(world)
  local words = {}
  for i = 1, 6 do words[i] = ("%06x"):format(math.floor(world.random() * 0x1000000) % 0x1000000) end
  return table.concat(words)
end

local function add_conversation(world, body, message_key)
  local id = world:next_id()
  local record = {
    id = hex(world) .. id:sub(-12), conversation_id = id,
    wms_chat_id = ("LD_%s_%s"):format(id, id:sub(-10)), channel_id = "c-" .. id:sub(-4),
    question = body[message_key], app_id = body.app_id, department_id = body.department_id,
    visitor = body.visitor, customer_info = body.customer_info, past_messages = body.past_messages,
    is_message = message_key == "message", state = "open", opened_at = world.now(),
  }
  world:add("conversations", record)
  return record
end

local function conversation_answer(world, request, record)
  return success(request, "conversations", {
    id = record.id, wms_chat_id = record.wms_chat_id, conversation_id = record.conversation_id,
    channel_id = record.channel_id, question = record.question, visitor = record.visitor,
    department = { id = record.department_id },
    chat_status = { status_key = "open", status_code = 0, state_key = "waiting", state = 1 },
  }, world.switches.created_as)
end

local function open_conversation(world, request, body)
  local key = wrong_field(world, body, "question")
  if key then return salesiq.refuse(world, "parameter", { json_key = key }) end
  if not world.switches.operators_available then return salesiq.refuse(world, "nobody") end
  return conversation_answer(world, request, add_conversation(world, body, "question"))
end

local function leave_message(world, request, body)
  local key = wrong_field(world, body, "message")
  if key then return salesiq.refuse(world, "parameter", { json_key = key }) end
  return conversation_answer(world, request, add_conversation(world, body, "message"))
end

-- The newest open conversation of a key (world.lua), or nil.
local function find_conversation(world, name, key)
  local list = world.records.conversations:with(name, key)
  for i = #list, 1, -1 do
    if list[i].state == "open" then return list[i] end
  end
end

local function add_message(world, request, conversation, sender, text)
  local record = {
    id = world:next_id(), conversation_id = conversation.conversation_id, sender = sender,
    text = text, time = world.now(),
  }
  world:add("messages", record)
  return success(request, "messages", { id = record.id, text = text })
end

local function visitor_message(world, request, body, id)
  if not is_text(body.text) then
    return salesiq.refuse(world, "parameter", { json_key = "text" })
  end
  local conversation = find_conversation(world, "id", id)
    or find_conversation(world, "conversation_id", id)
  if not conversation then return salesiq.refuse(world, "parameter", { param = "id" }) end
  return add_message(world, request, conversation, "visitor", body.text)
end

-- To the latest open conversation of the visitor with this address.
local function send_message(world, request, body, email)
  if not is_text(body.text) then
    return salesiq.refuse(world, "parameter", { json_key = "text" })
  end
  local conversation = find_conversation(world, "email", email:lower())
  if not conversation then return salesiq.refuse(world, "parameter", { param = "email" }) end
  return add_message(world, request, conversation, "operator", body.text)
end

local function close_conversation(world, request, _, id)
  local conversation = find_conversation(world, "conversation_id", id)
  if not conversation then return salesiq.refuse(world, "parameter", { param = "id" }) end
  conversation.state = "closed"
  return success(request, "conversations", { id = id, state = "closed" })
end

local function list(request, rows)
  local first = ((tonumber(request.query.index) or 1) - 1) * PAGE + 1
  local page = json.array {}
  for i = math.max(1, first), math.min(#rows, first + PAGE - 1) do page[#page + 1] = rows[i] end
  return http.answer(200, { url = request.path, object = "list", CRC = "3033299196", data = page })
end

local function departments(world)
  if not world.switches.departments_exist then return {} end
  return { {
    id = world.salesiq_department, name = "support", display_name = "Support", description = "",
    is_enabled = "true", is_public = "true", is_system_generated = "true",
    created_by = "310000000002001", created_time = CREATED, modified_time = CREATED,
  } }
end

local function operators(world)
  local free = world.switches.operators_available
  return { {
    id = "310000000002001", email_id = "max@example.com", first_name = "Max", last_name = "Roe",
    nick_name = "Max", wms_id = "60001234567", zuid = "60001234567", is_enabled = "true",
    is_chat_enabled = tostring(free), is_owner = "false", is_confirmed = "true",
    is_deleted = "false", status_code = free and "1" or "3",
    status_message = free and "Available" or "Busy", maximum_concurrent_chat = "4",
    notify = { new_visit = "true", return_visit = "true" },
    departments = { world.salesiq_department }, created_time = CREATED, modified_time = CREATED,
  } }
end

local function list_of(rows)
  return function(world, request) return list(request, rows(world)) end
end

local function one_of(object, rows)
  return function(world, request, _, id)
    for _, row in ipairs(rows(world)) do
      if row.id == id then return success(request, object, row) end
    end
    return salesiq.refuse(world, "parameter", { param = "id" })
  end
end

local function apps(world)
  return { { id = world.app_id, name = "Simulated brand", is_enabled = "true" } }
end

-- Somebody took the operator call for the Visitor API: the real service asks for tag_ids.
local function wrong_family(world)
  return salesiq.refuse(world, "parameter", { json_key = "tag_ids" })
end

-- nil when this request id waits for a callback. Ids nobody announced (POST /_pending) are taken
-- unless strict_callbacks says no.
local function callback_problem(world, id)
  local since = world.pending:get(id)
  if since == nil then return world.switches.strict_callbacks end
  return since == false or world.now() - since > CALLBACK_LIFE_S
end

local function add_callback(world, kind, id, body)
  world:add("callbacks", { request_id = id, kind = kind, body = body, time = world.now() })
  local status = world.switches.callback_as
  return status == 204 and http.empty(204) or http.answer(status, {})
end

local function callback_progress(world, _, body, id)
  if callback_problem(world, id) then return salesiq.refuse(world, "callback") end
  if not is_text(body.text) then
    return salesiq.refuse(world, "parameter", { json_key = "text" })
  end
  return add_callback(world, "progress", id, body)
end

local function callback_response(world, request, body, id)
  if callback_problem(world, id) then return salesiq.refuse(world, "callback") end
  if #salesiq_check.check(request.body, 200) > 0 then
    return salesiq.refuse(world, "parameter", { json_key = "replies" })
  end
  world.pending:set(id, false)
  return add_callback(world, "response", id, body)
end

local VISITOR_API = { org = true, scope = "SalesIQ.conversations.CREATE" }

local function scope(name, no_body) return { scope = "SalesIQ." .. name, no_body = no_body } end

local function route(method, path, name, options, run)
  return { method, "^" .. path .. "$", "salesiq." .. name, operation(options, run) }
end

salesiq.routes = {
  route("POST", "/api/visitor/v1/([^/]+)/conversations", "openConversation", VISITOR_API,
    open_conversation),
  route("POST", "/visitor/v2/([^/]+)/conversations", "openConversation", VISITOR_API,
    open_conversation),
  route("POST", "/visitor/v2/([^/]+)/conversations/leavemessage", "leaveMessage", VISITOR_API,
    leave_message),
  route("POST", "/api/visitor/v1/([^/]+)/conversations/([^/]+)/messages", "visitorMessage",
    VISITOR_API, visitor_message),
  route("GET", "/api/v2/([^/]+)/departments", "listDepartments", scope "departments.READ",
    list_of(departments)),
  route("GET", "/api/v2/([^/]+)/departments/([^/]+)", "getDepartment", scope "departments.READ",
    one_of("department", departments)),
  route("GET", "/api/v2/([^/]+)/apps/([^/]+)", "getApp", scope "apps.READ", one_of("app", apps)),
  route("GET", "/api/v2/([^/]+)/operators", "listOperators", scope "operators.READ",
    list_of(operators)),
  route("GET", "/api/v2/([^/]+)/operators/([^/]+)", "getOperator", scope "operators.READ",
    one_of("operator", operators)),
  route("POST", "/api/v2/([^/]+)/conversations", "openConversation",
    scope "conversations.CREATE", wrong_family),
  route("POST", "/api/v2/([^/]+)/visitors/([^/]+)/messages", "sendMessage",
    scope "conversations.CREATE", send_message),
  route("POST", "/api/v2/([^/]+)/conversations/([^/]+)/close", "closeConversation",
    scope("conversations.UPDATE", true), close_conversation),
  route("POST", "/api/v2/([^/]+)/callbacks/([^/]+)/progress", "callbackProgress",
    scope "callbacks.UPDATE", callback_progress),
  route("POST", "/api/v2/([^/]+)/callbacks/([^/]+)/response", "callbackResponse",
    scope "callbacks.UPDATE", callback_response),
}

function salesiq.no_route(world, _, is_method)
  return salesiq.refuse(world, is_method and "method" or "path")
end

return salesiq
