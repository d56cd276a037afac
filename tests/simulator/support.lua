-- A simulator with a clock of our own, and a few short ways to call it.
package.path = "engine/?.lua;engine/simulator/?.lua;" .. package.path

local json = require "simulator.json"
local simulator = require "simulator"
require "unchanged"()

local support = {}

-- Never the real time: it stands still until a spec moves it.
support.START = 1774342800 -- 2026-03-24T09:00:00Z

local client = {}
client.__index = client

-- options: as for simulator.new.
function support.client(options)
  local self = setmetatable({ time = support.START, seed = 1 }, client)
  local all = {
    now = function() return self.time end,
    random = function()
      self.seed = self.seed * 16807 % 2147483647
      return self.seed / 2147483647
    end,
  }
  for name, value in pairs(options or {}) do all[name] = value end
  self.zoho = simulator.new(all)
  self.settings = simulator.defaults()
  self.access = self.settings.OAUTH_ACCESS_TOKEN
  self.visitor_access = self.settings.SALESIQ_VISITOR_ACCESS_TOKEN
  return self
end

function client:later(seconds) self.time = self.time + seconds end

-- The answer of handle() with its body decoded as .data.
function client:call(method, path, body, headers)
  local all = { ["content-type"] = "application/json" }
  for name, value in pairs(headers or {}) do all[name] = value or nil end
  if type(body) == "table" then body = json.encode(body) end
  local answer = self.zoho:handle { method = method, path = path, body = body, headers = all }
  answer.data = answer.body:find "^%s*[{%[]" and json.decode(answer.body) or nil
  return answer
end

function client:desk(method, path, body, headers)
  local all = {
    authorization = "Zoho-oauthtoken " .. self.access, orgid = self.settings.DESK_ORG_ID,
  }
  for name, value in pairs(headers or {}) do all[name] = value end
  return self:call(method, "/api/v1" .. path, body, all)
end

function client:salesiq(method, path, body, token)
  return self:call(method, path, body, {
    authorization = "Zoho-oauthtoken " .. (token or self.access) })
end

function client:open(changes, token)
  local body = {
    app_id = self.settings.SALESIQ_APP_ID, department_id = self.settings.SALESIQ_DEPARTMENT_ID,
    question = "Printer offline", visitor = { user_id = "asha@example.com",
      email = "asha@example.com" },
  }
  for name, value in pairs(changes or {}) do body[name] = value or nil end
  return self:salesiq("POST", "/api/visitor/v1/simulated/conversations", body,
    token or self.visitor_access)
end

-- A refresh of the default credential, or with other fields.
function client:refresh(changes)
  local fields = {
    grant_type = "refresh_token", refresh_token = self.settings.OAUTH_REFRESH_TOKEN,
    client_id = self.settings.OAUTH_CLIENT_ID, client_secret = self.settings.OAUTH_CLIENT_SECRET,
  }
  for name, value in pairs(changes or {}) do fields[name] = value or nil end
  local parts = {}
  for name, value in pairs(fields) do parts[#parts + 1] = name .. "=" .. value end
  return self:call("POST", "/oauth/v2/token", table.concat(parts, "&"),
    { ["content-type"] = "application/x-www-form-urlencoded" })
end

function client:contact(changes)
  local body = { lastName = "Rao", email = "asha@example.com" }
  for name, value in pairs(changes or {}) do body[name] = value end
  return self:desk("POST", "/contacts", body)
end

-- The body of a good call, with changes; false takes a field out.
function client:call_body(changes)
  local body = {
    departmentId = self.settings.DESK_DEPARTMENT_ID, subject = "Callback: Asha Rao",
    startTime = "2026-03-25T09:00:00.000Z", direction = "outbound", duration = "0",
    status = "Scheduled",
  }
  for name, value in pairs(changes or {}) do body[name] = value or nil end
  return body
end

-- Creates a contact at need and a call for it.
function client:book(changes)
  self.contact_id = self.contact_id or self:contact().data.id
  local body = self:call_body { contactId = self.contact_id }
  for name, value in pairs(changes or {}) do
    if value == false then body[name] = nil else body[name] = value end
  end
  return self:desk("POST", "/calls", body)
end

function client:fault(fault) return self:call("POST", "/_fault", fault) end

function client:switch(switches) return self:call("POST", "/_switch", switches) end

function client:records() return self:call("GET", "/_records").data end

return support
