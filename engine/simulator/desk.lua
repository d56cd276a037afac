-- Zoho Desk: calls, contacts, tickets, departments, organisations.
local check = require "simulator.check"
local contract = require "simulator.contract"
local http = require "simulator.http"
local json = require "simulator.json"
local records = require "simulator.desk_records"
local search = require "simulator.desk_search"

local desk = {}

local ERRORS = {
  BAD_REQUEST = { 400, "You are not authorized to perform this operation." },
  UNAUTHORIZED = { 401, "You are not authenticated to perform this operation." },
  INVALID_OAUTH = { 401, "The OAuth Token you provided is invalid." },
  SCOPE_MISMATCH = { 403, "The OAuth Token does not contain the scope to perform this operation." },
  OAUTH_ORG_MISMATCH = { 403, "The OAuthToken is not valid for specified organization" },
  FORBIDDEN = { 403, "You are not authorized to access this resource." },
  LICENSE_ACCESS_LIMITED = { 403,
    "Your Zoho Desk Edition does not support this feature/operation." },
  URL_NOT_FOUND = { 404, "The URL you requested could not be found." },
  METHOD_NOT_ALLOWED = { 405, "This method is not allowed for the requested resource." },
  RESOURCE_SIZE_EXCEEDED = { 413, "The size of the request exceeds the limit." },
  UNSUPPORTED_MEDIA_TYPE = { 415, "The media type of the request is not supported." },
  EMPTY_PAYLOAD = { 422, "The payload of the request is empty." },
  INVALID_DATA = { 422, "The data does not comply to the validation restrictions defined." },
  UNPROCESSABLE_ENTITY = { 422, "The request could not be processed." },
  TOO_MANY_REQUESTS = { 429, "Too many requests are being processed at the same time." },
  THRESHOLD_EXCEEDED = { 429, "The API credits of today are used up." },
  INTERNAL_SERVER_ERROR = { 500,
    "An internal server error occurred while performing this operation." },
}

local BODY_MAX = 10 * 1024 * 1024
local DAY_S = 86400

-- The answer for an error code; options: message, errors, status, headers.
function desk.refuse(code, options)
  options = options or {}
  local known = ERRORS[code]
  local body = {
    errorCode = code, message = options.message or known[2], errors = options.errors,
  }
  if code == "LICENSE_ACCESS_LIMITED" then
    body.maxAllowedEntity, body.feature = "3", "AGENTS"
    body.editionType, body.isTrial = "FREE", false
  end
  return http.answer(options.status or known[1], body, options.headers)
end

local function invalid(pointer, kind, message, status)
  return desk.refuse("INVALID_DATA", { status = status, errors = {
    { fieldName = pointer, errorType = kind, errorMessage = message or "" } } })
end

function desk.retry_after(world)
  return ("%d"):format(DAY_S - math.floor(world.now()) % DAY_S)
end

local NO_ORG = { getOrganizations = true }
local MAY_LACK_ORG = { getAccessibleOrganizations = true }

-- The answer to a wrong orgId, nil for a right one.
local function check_org(world, request, operation)
  if NO_ORG[operation] then return nil end
  local org = request.headers.orgid
  if not org then
    if MAY_LACK_ORG[operation] or not world.switches.require_org_id then return nil end
    return desk.refuse "OAUTH_ORG_MISMATCH"
  end
  if not org:find "^%d+$" then return desk.refuse "INTERNAL_SERVER_ERROR" end
  if org ~= world.org_id and not world.switches.lenient_ids then
    return desk.refuse "OAUTH_ORG_MISMATCH"
  end
end

local function check_access(world, request, operation)
  local token, problem = world.tokens:look_up(request.headers.authorization)
  if problem == "missing" then return desk.refuse "UNAUTHORIZED" end
  if not token then return desk.refuse "INVALID_OAUTH" end
  local refusal = check_org(world, request, operation)
  if refusal then return refusal end
  -- An organisation token made for SalesIQ is a token, but none of these operations takes it.
  if token.kind == "org" or not world.tokens:allows(token, contract[operation].scopes) then
    return desk.refuse "SCOPE_MISMATCH"
  end
end

local function required_by_switch(world, operation)
  if operation == "updateCall" and world.switches.patch_requires_all then
    return contract.createCall.body.required
  end
end

-- The body as a table, or nil and the answer that says what is wrong with it.
local function read_body(world, request, operation)
  if #request.body > BODY_MAX then return nil, desk.refuse "RESOURCE_SIZE_EXCEEDED" end
  if request.body:find "^%s*$" then return nil, desk.refuse "EMPTY_PAYLOAD" end
  local kind = (request.headers["content-type"] or ""):lower()
  if not kind:find "^application/json%f[^%w/]" then
    return nil, desk.refuse "UNSUPPORTED_MEDIA_TYPE"
  end
  local body = json.decode_object(request.body)
  if not body then
    return nil, desk.refuse("UNPROCESSABLE_ENTITY", { message = "The body is no JSON object." })
  end
  local problems = check.body(contract[operation].body, body, {
    oldest = world.switches.enforce_oldest, required = required_by_switch(world, operation) })
  if #problems > 0 then return nil, desk.refuse("INVALID_DATA", { errors = problems }) end
  return body
end

-- Wraps what an operation does in what all of them check. run(world, input, id) gets
-- { query, body } and the id of the path.
local function operation(name, run)
  local fact = contract[name]
  return function(world, request, id)
    local refusal = check_access(world, request, name)
    if refusal then return refusal end
    local problem = check.query(fact, request.query, { oldest = world.switches.enforce_oldest })
    if problem then return desk.refuse("UNPROCESSABLE_ENTITY", { message = problem }) end
    local body
    if fact.body then
      body, refusal = read_body(world, request, name)
      if refusal then return refusal end
    end
    return run(world, { query = request.query, body = body }, id)
  end
end

local function check_department(world, body)
  local id = records.id_text(body.departmentId)
  if not id or world.switches.lenient_ids or records.find(world.departments, id) then return nil end
  return invalid("/departmentId", "invalid", "no such department")
end

local function check_references(world, body)
  local refusal = check_department(world, body)
  if refusal then return refusal end
  local contact = records.id_text(body.contactId)
  if contact and not world.switches.lenient_ids and not world:contact(contact) then
    return invalid("/contactId", "invalid", "no such contact")
  end
  local ticket = records.id_text(body.ticketId)
  if ticket and not world:ticket(ticket) then
    return invalid("/ticketId", "invalid", "no such ticket")
  end
  local text = body.description
  if text and (utf8.len(text) or #text) > world.switches.description_max then
    -- The seed of this project met this as a 400.
    return invalid("/description", "invalid", "the text is too long", 400)
  end
end

local function create_call(world, input)
  local refusal = check_references(world, input.body)
  if refusal then return refusal end
  local record = records.call(world, input.body)
  world:add("calls", record)
  return http.answer(200, records.show_call(record))
end

local function with_call(run)
  return function(world, input, id)
    local record = world:call(id)
    if not record then return desk.refuse "URL_NOT_FOUND" end
    return run(world, input, record)
  end
end

local get_call = with_call(function(_, _, record)
  return http.answer(200, records.show_call(record))
end)

local update_call = with_call(function(world, input, record)
  local refusal = check_references(world, input.body)
  if refusal then return refusal end
  records.update_call(world, record, input.body)
  world.records.calls:touch(record)
  return http.answer(200, records.show_call(record))
end)

local function rows_answer(rows, count)
  if #rows == 0 then return http.empty(204) end
  return http.answer(200, { data = rows, count = count })
end

local function map(rows, change)
  local changed = {}
  for i, row in ipairs(rows) do changed[i] = change(row) end
  return changed
end

local function list_calls(world, input)
  local rows = search.list_calls(world, world.records.calls, input.query)
  return rows_answer(map(rows, records.call_row))
end

local function list_calls_by_ticket(world, input, ticket_id)
  if not world:ticket(ticket_id) then return desk.refuse "URL_NOT_FOUND" end
  local calls = world:calls_of_ticket(ticket_id)
  local rows = search.list_calls(world, calls, input.query)
  return rows_answer(map(rows, records.call_row))
end

local function is_indexed(world)
  return function(record) return world:age(record) >= world.switches.index_lag_s end
end

local function search_calls(world, input)
  local rows, count = search.calls(world, input.query, is_indexed(world))
  return rows_answer(map(rows, function(row) return records.call_hit(world, row) end), count)
end

local function search_activities(world, input)
  local rows, count = search.calls(world, input.query, is_indexed(world))
  return rows_answer(map(rows, function(row)
    local hit = records.call_hit(world, row)
    hit.module = "Calls"
    return hit
  end), count)
end

local function search_contacts(world, input)
  local rows, count = search.contacts(world, input.query, is_indexed(world))
  return rows_answer(map(rows, records.show_contact), count)
end

local function add_contact(world, body)
  local record = records.contact(world, body)
  world:add("contacts", record)
  return record
end

-- Stores a contact: the record, or nil and the answer that refuses it.
function desk.create_contact(world, body)
  local name, email = body.lastName, body.email
  -- The newest file has no required list, the oldest has lastName: the service wants it.
  if name == nil or name == json.null or name == "" then
    return nil, invalid("/lastName", "missing")
  end
  if type(email) == "string" and world.switches.unique_emails and world:contact_by_email(email) then
    return nil, invalid("/email", "duplicate")
  end
  return add_contact(world, body)
end

local function create_contact(world, input)
  local record, refusal = desk.create_contact(world, input.body)
  return refusal or http.answer(200, records.show_contact(record))
end

local function get_contact(world, _, id)
  local record = world:contact(id)
  return record and http.answer(200, records.show_contact(record)) or desk.refuse "URL_NOT_FOUND"
end

-- A ticket names its contact or brings it along.
local function contact_of_ticket(world, body)
  if body.contactId then return records.id_text(body.contactId) end
  local known = world:contact_by_email(body.contact.email)
  return (known or add_contact(world, body.contact)).id
end

local function create_ticket(world, input)
  local body = input.body
  if not body.contactId and not body.contact then return invalid("/contactId", "missing") end
  local refusal = check_references(world, body)
  if refusal then return refusal end
  local record = records.ticket(world, body, contact_of_ticket(world, body))
  world:add("tickets", record)
  return http.answer(200, records.show_ticket(record))
end

local function list_departments(world, input)
  local query, rows = input.query, {}
  for _, row in ipairs(world.switches.departments_exist and world.departments or {}) do
    local fits = (not query.chatStatus or query.chatStatus == row.chatStatus)
      and (not query.isEnabled or query.isEnabled == tostring(row.isEnabled))
      and (not query.searchStr or search.name_matches(row.name, query.searchStr))
    if fits then rows[#rows + 1] = row end
  end
  return rows_answer(rows)
end

local function list_organizations(world)
  return http.answer(200, { data = { {
    id = world.org_id, companyName = "Simulated Company", portalName = "simulated",
    alias = json.null, portalURL = "https://desk.zoho.example/support/simulated",
    isDefault = true, isAdminInOrg = true, isSandboxPortal = false,
    isPayloadEncryptionEnabled = false, edition = "ENTERPRISE", timeZone = "Asia/Kolkata",
    currencyCode = "INR", currencyLocale = "en_IN", primaryContact = "owner@example.com",
    phoneNumber = json.null, mobile = json.null, website = json.null, country = "India",
    state = json.null, city = json.null, street = json.null, zip = json.null,
  } } })
end

local function route(method, path, name, run)
  local pattern = "^/api/v1" .. path:gsub("{id}", "(%%d+)") .. "$"
  return { method, pattern, "desk." .. name, operation(name, run) }
end

desk.routes = {
  route("POST", "/calls", "createCall", create_call),
  route("GET", "/calls", "listCalls", list_calls),
  route("GET", "/calls/search", "searchCalls", search_calls),
  route("GET", "/calls/{id}", "getCall", get_call),
  route("PATCH", "/calls/{id}", "updateCall", update_call),
  route("GET", "/tickets/{id}/calls", "listCallsByTicket", list_calls_by_ticket),
  route("GET", "/activities/search", "searchActivities", search_activities),
  route("GET", "/contacts/search", "searchContacts", search_contacts),
  route("POST", "/contacts", "createContact", create_contact),
  route("GET", "/contacts/{id}", "getContact", get_contact),
  route("POST", "/tickets", "createTicket", create_ticket),
  route("GET", "/departments", "listDepartments", list_departments),
  route("GET", "/organizations", "getOrganizations", list_organizations),
  route("GET", "/accessibleOrganizations", "getAccessibleOrganizations", list_organizations),
}

-- Nothing here, or not with this method.
function desk.no_route(_, request, is_method)
  if not request.headers.authorization then return desk.refuse "UNAUTHORIZED" end
  return desk.refuse(is_method and "METHOD_NOT_ALLOWED" or "URL_NOT_FOUND")
end

local function weight_of(name)
  local fact = contract[(name or ""):match "^desk%.(.+)$" or ""]
  return fact and fact.weight or 1
end

-- The answer when the credits of the day or the places for concurrent calls are gone, else nil.
function desk.admit(world, name, delay_ms)
  if world:credits_left() < weight_of(name) then
    return desk.refuse("THRESHOLD_EXCEEDED", { headers = {
      ["Retry-After"] = desk.retry_after(world) } })
  end
  if not world:enter(delay_ms) then return desk.refuse "TOO_MANY_REQUESTS" end
  world:spend(weight_of(name))
end

-- Every answer of Desk says what it cost.
function desk.finish(world, name, answer)
  answer.headers["X-Rate-Limit-Request-Weight-v3"] = ("%d"):format(weight_of(name))
  answer.headers["X-Rate-Limit-Remaining-v3"] = ("%d"):format(world:credits_left())
end

return desk
