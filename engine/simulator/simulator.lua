-- A Zoho that answers like the real one: Accounts, SalesIQ and Desk behind one function.
--
--   local simulator = require "simulator"
--   local zoho = simulator.new { now = os.time, random = math.random }
--   local answer = zoho:handle { method = "POST", path = "/oauth/v2/token", query = {},
--     headers = { ["content-type"] = "application/x-www-form-urlencoded" }, body = "..." }
--
-- handle() never waits and never raises on what a caller sends. The answer is a table:
--   status, headers, body   what to send
--   delay_ms                when to send it
--   drop                    close the connection instead
--   hang                    neither answer nor close
-- Times are Unix seconds, with a fraction where the caller has one.
local accounts = require "simulator.accounts"
local control = require "simulator.control"
local defaults = require "simulator.defaults"
local desk = require "simulator.desk"
local http = require "simulator.http"
local salesiq = require "simulator.salesiq"
local spoil = require "simulator.spoil"
local world = require "simulator.world"

local simulator = {}
simulator.__index = simulator

-- Which part of Zoho a path belongs to; the first prefix that fits.
local FAMILIES = {
  { "^/oauth/", "accounts", accounts }, { "^/api/v1/", "desk", desk },
  { "^/api/", "salesiq", salesiq }, { "^/visitor/", "salesiq", salesiq },
}

-- options: now (function giving Unix seconds), random (function giving 0 to below 1), and the
-- first value of any switch of README.md by its name, for example lenient_tokens = true.
function simulator.new(options)
  assert(type(options.now) == "function" and type(options.random) == "function",
    "simulator.new needs the functions now and random")
  return setmetatable({ world = world.new(options) }, simulator)
end

-- The settings of an engine that fits a simulator in its default state.
simulator.defaults = defaults.settings

local function find_family(path)
  for _, entry in ipairs(FAMILIES) do
    if path:find(entry[1]) then return entry[2], entry[3] end
  end
end

-- The route of a request with what its path captured, or nil and whether only the method is wrong.
local function find_route(routes, request)
  local is_method = false
  for _, route in ipairs(routes) do
    local captured = { request.path:match(route[2]) }
    if captured[1] then
      if route[1] == request.method then return route, captured end
      is_method = true
    end
  end
  return nil, is_method
end

local function run_route(state, family, route, captured, request)
  if not route then return family.no_route(state, request, captured) end
  return route[4](state, request, table.unpack(captured))
end

-- Runs one operation under the fault that strikes it.
local function run_faulty(state, family, fault, route, captured, request)
  spoil.prepare(fault, state, request)
  local replaced = spoil.answer(fault, route[3], state, request)
  local answer = replaced
  if not replaced or fault.written then
    local real = run_route(state, family, route, captured, request)
    answer = replaced or real
  end
  spoil.finish(fault, answer)
  return answer
end

local function serve(state, family, name, request, route, captured)
  local delay = state:delay_of(name)
  local fault = route and state.faults:take(name)
  local answer = family.admit and family.admit(state, name, delay)
  if not answer and fault then
    answer = run_faulty(state, family, fault, route, captured, request)
  elseif not answer then
    answer = run_route(state, family, route, captured, request)
  end
  answer.delay_ms = answer.delay_ms + delay
  if family.finish then family.finish(state, name, answer) end
  return answer
end

local function note(state, request, name, answer)
  state:note {
    time = state.now(), method = request.method, path = request.path, operation = name,
    query = request.query, body = request.body:sub(1, 65536), -- control.lua masks what it shows
    content_type = request.headers["content-type"],
    status = (answer.hang or answer.drop) and 0 or answer.status, duration = answer.delay_ms,
    outcome = answer.hang and "hang" or answer.drop and "drop" or "answer",
  }
end

-- Answers one request: { method, path, query, headers (lower-case names), body }.
function simulator:handle(given)
  local state, request = self.world, http.request(given)
  if request.path:find "^/_" or request.path == "/" then return control.handle(state, request) end
  local family_name, family = find_family(request.path)
  if not family then return http.answer(404, { error = "nothing of Zoho lives at this path" }) end
  local route, captured = find_route(family.routes, request)
  local name = route and route[3] or family_name .. ".unknown"
  local answer = serve(state, family, name, request, route, captured)
  note(state, request, name, answer)
  return answer
end

return simulator
