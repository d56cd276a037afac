-- The control surface: what a test or a person asks of the simulator itself, all under /_.
local check = require "simulator.check"
local contract = require "simulator.contract"
local defaults = require "simulator.defaults"
local desk_records = require "simulator.desk_records"
local faults = require "simulator.faults"
local http = require "simulator.http"
local json = require "simulator.json"
local mask = require "simulator.mask"

local control = {}

local OPERATIONS = {
  "*", "accounts.*", "salesiq.*", "desk.*",
  "accounts.token", "accounts.revoke", "accounts.authorize",
  "salesiq.openConversation", "salesiq.leaveMessage", "salesiq.visitorMessage",
  "salesiq.listDepartments", "salesiq.getDepartment", "salesiq.getApp", "salesiq.listOperators",
  "salesiq.getOperator", "salesiq.sendMessage", "salesiq.closeConversation",
  "salesiq.callbackProgress", "salesiq.callbackResponse",
}
for name in pairs(contract) do OPERATIONS[#OPERATIONS + 1] = "desk." .. name end

local function sorted(list)
  local copy = table.move(list, 1, #list, 1, {})
  table.sort(copy)
  return copy
end

local function names_of(set)
  local list = {}
  for name in pairs(set) do list[#list + 1] = name end
  return sorted(list)
end

local function refuse(message, allowed)
  return http.answer(400, { error = message, allowed = allowed })
end

-- nil when `input` has only known fields of the right types, else the answer that says so.
local function check_fields(input, fields)
  for name, value in pairs(input) do
    if not fields[name] then
      return refuse(("unknown field '%s'"):format(name), names_of(fields))
    elseif type(value) ~= fields[name] and fields[name] ~= "any" then
      return refuse(("'%s' must be a %s"):format(name, fields[name]))
    end
  end
end

local function check_operation(name)
  if not check.contains(OPERATIONS, name) then
    return refuse(("unknown operation '%s'"):format(tostring(name)), sorted(OPERATIONS))
  end
end

-- Whole, not negative, and nothing that a clock or a counter could choke on.
local function is_whole(value) return value >= 0 and value <= 1e9 and value % 1 == 0 end

local function list(rows) return json.array(table.move(rows, 1, #rows, 1, {})) end

local SHOWN = { calls = desk_records.show_call, contacts = desk_records.show_contact,
  tickets = desk_records.show_ticket }

local function show_records(world)
  local shown = {}
  for kind, kept in pairs(world.records) do
    local rows, show = kept:all(), SHOWN[kind]
    for i = 1, show and #rows or 0 do rows[i] = show(rows[i]) end
    shown[kind] = json.array(rows)
  end
  return http.answer(200, shown)
end

local function masked(request)
  local shown = {}
  for name, value in pairs(request) do shown[name] = value end
  shown.query = mask.query(request.query)
  shown.body = mask.body(request.body, request.content_type)
  return shown
end

local function show_requests(world)
  local shown = json.array {}
  for i, request in ipairs(world:noted()) do shown[i] = masked(request) end
  return http.answer(200, { requests = shown })
end

local function show_state(world)
  return http.answer(200, {
    time = world.now(), tokens = world.tokens:counts(), switches = world.switches,
    faults = list(world.faults.list), delays = world.delays, credits_left = world:credits_left(),
    requests = world.request_count,
  })
end

local function reset(world)
  world:reset()
  return http.answer(200, { reset = true })
end

local CHOICES = {
  errors_as = { 200, 400 }, created_as = { 200, 201 }, callback_as = { 200, 204 },
  search_as = { "text", "whole", "words" },
}

local function switch(world, input)
  local types = {}
  for name, value in pairs(defaults.switches()) do types[name] = type(value) end
  local problem = check_fields(input, types)
  if problem then return problem end
  for name, value in pairs(input) do
    if CHOICES[name] and not check.contains(CHOICES[name], value) then
      return refuse(("'%s' has other values"):format(name), CHOICES[name])
    elseif type(value) == "number" and (value < 0 or value > 1e12) then
      return refuse(("'%s' must not be negative nor beyond 1e12"):format(name))
    end
  end
  for name, value in pairs(input) do world.switches[name] = value end
  return http.answer(200, { switches = world.switches })
end

local FAULT_FIELDS = {
  operation = "string", kind = "string", status = "number", body = "any", delay_ms = "number",
  times = "number", retry_after = "number", field = "string", written = "boolean",
}

local function fault_problem(input)
  local problem = check_fields(input, FAULT_FIELDS) or check_operation(input.operation)
  if problem then return problem end
  if not faults.KINDS[input.kind] then
    return refuse(("unknown kind '%s'"):format(tostring(input.kind)), names_of(faults.KINDS))
  elseif not faults.applies(input.kind, input.operation) then
    return refuse(("'%s' cannot strike '%s'"):format(input.kind, input.operation))
  elseif input.kind == "refuse_field" and not input.field then
    return refuse "'refuse_field' needs 'field'"
  end
  for _, name in ipairs { "status", "delay_ms", "times", "retry_after" } do
    if input[name] and not is_whole(input[name]) then
      return refuse(("'%s' must be a whole number"):format(name))
    end
  end
  if input.body and type(input.body) ~= "string" and type(input.body) ~= "table" then
    return refuse "'body' must be a text or an object"
  end
  local status = input.status
  if status and (status < 200 or status > 599) then
    return refuse "'status' must be between 200 and 599"
  end
end

local function add_fault(world, input)
  input.operation = input.operation or "*"
  local problem = fault_problem(input)
  if problem then return problem end
  if input.times ~= 0 then world.faults:add(input) end
  return http.answer(200, { faults = list(world.faults.list) })
end

local function show_faults(world) return http.answer(200, { faults = list(world.faults.list) }) end

local function clear_faults(world, _, request)
  local aim = request.query.operation
  local problem = aim and check_operation(aim)
  if problem then return problem end
  return http.answer(200, { cleared = world.faults:clear(aim) })
end

local TOKEN_FIELDS = {
  expire = "string", kill_refresh = "boolean", credential = "string", renew_refresh = "boolean",
  scope = "string",
}

local function scope_list(text)
  local scopes = {}
  for name in text:gmatch "[^,%s]+" do scopes[#scopes + 1] = name end
  return scopes
end

-- The scopes of a credential from here on, of its living access tokens too.
local function change_scopes(tokens, credential, text)
  local scopes, set = scope_list(text), {}
  for _, name in ipairs(scopes) do set[name:lower()] = true end
  tokens:each_refresh(credential, function(refresh)
    refresh.scopes = scopes
    for _, access in ipairs(refresh.active) do
      local entry = tokens.accesses:get(access)
      if entry then entry.scopes = set end
    end
  end)
end

local function expire(tokens, credential)
  tokens:each_refresh(credential, function(refresh)
    for _, access in ipairs(refresh.active) do tokens:kill_access(access) end
  end)
end

local function token(world, input)
  local problem = check_fields(input, TOKEN_FIELDS)
  if problem then return problem end
  local tokens, credential = world.tokens, input.credential or "default"
  if not tokens.credentials[credential] then
    return refuse("unknown credential", names_of(tokens.credentials))
  elseif input.expire and input.expire ~= "access" and input.expire ~= "all" then
    return refuse("'expire' has other values", { "access", "all" })
  end
  local answer, client = {}, tokens.credentials[credential]
  if input.scope then change_scopes(tokens, credential, input.scope) end
  if input.expire then expire(tokens, input.expire == "access" and credential or nil) end
  if input.kill_refresh then
    tokens:each_refresh(credential, function(refresh) tokens:kill_refresh(refresh.token) end)
  end
  if input.renew_refresh then
    local kind = tokens.clients[client].kind
    local scopes = kind == "org" and defaults.ORG_SCOPES or defaults.USER_SCOPES
    answer.refresh_token = tokens:add_refresh(tokens:unique(kind), client, scopes).token
  end
  answer.tokens = tokens:counts()
  return http.answer(200, answer)
end

local CODE_FIELDS = { credential = "string", scope = "string" }

-- A grant code as the API console's "Generate Code" gives one.
local function code(world, input)
  local problem = check_fields(input, CODE_FIELDS)
  if problem then return problem end
  local client = world.tokens.credentials[input.credential or "default"]
  if not client then return refuse("unknown credential", names_of(world.tokens.credentials)) end
  local scopes = input.scope or table.concat(defaults.USER_SCOPES, ",")
  return http.answer(200, { code = world.tokens:add_code(client, { scopes = scopes }) })
end

local function contact(world, input)
  local problems = check.body(contract.createContact.body, input, {})
  if #problems > 0 then return http.answer(400, { error = "no contact", problems = problems }) end
  if type(input.lastName) ~= "string" then return refuse "a contact needs 'lastName'" end
  local record = desk_records.contact(world, input)
  world:add("contacts", record, true)
  return http.answer(200, desk_records.show_contact(record))
end

local function delay(world, input)
  local problem = check_fields(input, { operation = "string", ms = "number" })
    or check_operation(input.operation or "*")
  if problem then return problem end
  local ms = input.ms
  if not ms or not is_whole(ms) then return refuse "'ms' must be a whole number" end
  world.delays[input.operation or "*"] = ms > 0 and ms or nil
  return http.answer(200, { delays = world.delays })
end

-- Says that this webhook call was answered "pending", so that its callbacks are awaited.
local function pending(world, input)
  local problem = check_fields(input, { request_id = "string" })
  if problem then return problem end
  if not input.request_id then return refuse "'request_id' is missing" end
  world.pending:set(input.request_id, world.now())
  return http.answer(200, { request_id = input.request_id })
end

local ROUTES = {
  ["GET /_records"] = show_records, ["GET /_requests"] = show_requests,
  ["GET /_state"] = show_state, ["POST /_reset"] = reset, ["POST /_switch"] = switch,
  ["POST /_fault"] = add_fault, ["GET /_fault"] = show_faults, ["DELETE /_fault"] = clear_faults,
  ["POST /_token"] = token, ["POST /_code"] = code, ["POST /_contact"] = contact,
  ["POST /_delay"] = delay, ["POST /_pending"] = pending,
}

-- Answers a request to the simulator itself. An empty body counts as {}.
function control.handle(world, request)
  local run = ROUTES[request.method .. " " .. request.path]
  if not run then
    local status = request.path == "/" and 200 or 404
    return http.answer(status, { simulator = "Zoho", control = names_of(ROUTES) })
  end
  local input = {}
  if request.body:find "%S" then
    input = json.decode_object(request.body)
    if not input then return refuse "the body must be a JSON object" end
  end
  return run(world, input, request)
end

return control
