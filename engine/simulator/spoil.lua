-- Applies a fault (faults.lua) to a request and its answer.
local accounts = require "simulator.accounts"
local desk = require "simulator.desk"
local http = require "simulator.http"
local json = require "simulator.json"
local salesiq = require "simulator.salesiq"

local spoil = {}

local function family(operation) return operation:match "^[^.]*" end

local function refuse_as(operation, world, names)
  local place = family(operation)
  if place == "desk" then return desk.refuse(names.desk, names) end
  if place == "salesiq" then return salesiq.refuse(world, names.salesiq, names) end
  return accounts.refuse(names.accounts)
end

local function retry_header(fault, default)
  local seconds = fault.retry_after or default
  return seconds and { ["Retry-After"] = ("%d"):format(seconds) } or nil
end

-- What a status fault answers: the given body, else what the service would say.
local function status_answer(fault, operation, world)
  local status = fault.status or 500
  if fault.body then
    return http.answer(status, fault.body, retry_header(fault))
  end
  local answer = refuse_as(operation, world, {
    desk = status == 403 and "FORBIDDEN" or status == 404 and "URL_NOT_FOUND"
      or status == 400 and "BAD_REQUEST" or status == 422 and "UNPROCESSABLE_ENTITY"
      or "INTERNAL_SERVER_ERROR",
    salesiq = "unknown", accounts = "general_error", headers = retry_header(fault) })
  answer.status = status
  return answer
end

local early = {}

function early.status(fault, operation, world) return status_answer(fault, operation, world) end

function early.garbage()
  return http.answer(200, "<html><body>We are down for maintenance.</body></html>",
    { ["Content-Type"] = "text/html" })
end

function early.empty() return http.answer(200, "") end

function early.timeout()
  local answer = http.answer(200, "")
  answer.hang = true
  return answer
end

function early.drop_before()
  local answer = http.answer(200, "")
  answer.drop = true
  return answer
end

early.drop_after = early.drop_before

function early.rate_limited(fault, operation, world)
  return refuse_as(operation, world, {
    desk = "TOO_MANY_REQUESTS", salesiq = "unknown", accounts = "throttled", status = 429,
    headers = retry_header(fault) })
end

function early.credits(fault, _, world)
  return desk.refuse("THRESHOLD_EXCEEDED", {
    headers = retry_header(fault, tonumber(desk.retry_after(world))) })
end

function early.scope(_, operation, world)
  return refuse_as(operation, world, { desk = "SCOPE_MISMATCH", salesiq = "scope" })
end

-- The token is of the other kind: to either service that is a matter of scope.
early.org_token = early.scope

function early.org_mismatch() return desk.refuse "OAUTH_ORG_MISMATCH" end
function early.forbidden() return desk.refuse "FORBIDDEN" end
function early.license() return desk.refuse "LICENSE_ACCESS_LIMITED" end
function early.no_operators(_, _, world) return salesiq.refuse(world, "nobody") end
function early.access_denied() return accounts.refuse "throttled" end

for _, name in ipairs { "invalid_code", "invalid_client", "invalid_client_secret",
  "general_error" } do
  early[name] = function() return accounts.refuse(name) end
end

-- Refuses a body that holds the field, as the real service did with a long description.
function early.refuse_field(fault, _, _, request)
  local body = json.decode_object(request.body)
  if not body or body[fault.field] == nil then return nil end
  return desk.refuse("INVALID_DATA", { status = fault.status, errors = {
    { fieldName = "/" .. fault.field, errorType = "invalid", errorMessage = "" } } })
end

-- The answer that replaces the real one, or nil where the operation is to answer for itself.
function spoil.answer(fault, operation, world, request)
  local make = early[fault.kind]
  return make and make(fault, operation, world, request)
end

-- Before the operation runs: expire_token kills the very token that was presented.
function spoil.prepare(fault, world, request)
  if fault.kind ~= "expire_token" then return end
  local token = world.tokens.presented(request.headers.authorization)
  if token then world.tokens:kill_access(token) end
end

-- After it ran: cuts the answer short, keeps it waiting.
function spoil.finish(fault, answer)
  if fault.kind == "truncated" then answer.body = answer.body:sub(1, #answer.body // 2) end
  answer.delay_ms = answer.delay_ms + (fault.delay_ms or fault.kind == "slow" and 3000 or 0)
end

return spoil
