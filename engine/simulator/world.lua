-- The state of the simulated Zoho: records, tokens, switches, faults. One table, no globals; the
-- time and the randomness come from outside.
local clock = require "simulator.clock"
local defaults = require "simulator.defaults"
local faults = require "simulator.faults"
local keep = require "simulator.keep"
local recent = require "simulator.recent"
local tokens = require "simulator.tokens"

local world = {}
world.__index = world

local FIRST_ID = 310000000050000
local DAY_S = 86400
local REQUESTS_KEPT = 200

-- options: now (function: Unix seconds), random (function: 0 to below 1), and the first values of
-- switches by their names.
function world.new(options)
  local self = setmetatable({ now = options.now, random = options.random }, world)
  self.first_switches = {}
  for name in pairs(defaults.switches()) do self.first_switches[name] = options[name] end
  self:reset()
  return self
end

local function fill_places(self)
  local settings = defaults.settings()
  local created = clock.text(self.now())
  self.screen, self.app_id = settings.SALESIQ_SCREEN_NAME, settings.SALESIQ_APP_ID
  self.org_id, self.salesiq_department = settings.DESK_ORG_ID, settings.SALESIQ_DEPARTMENT_ID
  self.departments = { {
    id = settings.DESK_DEPARTMENT_ID, name = "Support", nameInCustomerPortal = "Support",
    sanitizedName = "support", description = "", isDefault = true, isEnabled = true,
    isVisibleInCustomerPortal = true, isAssignToTeamEnabled = false, hasLogo = false,
    chatStatus = "AVAILABLE", creatorId = "310000000008692", createdTime = created,
  } }
end

local function lower(text) return type(text) == "string" and text:lower() or nil end

-- What searches look through: these fields, each on a line of its own.
local function text_of(...)
  local fields = { ... }
  return function(record)
    local parts = { "" }
    for i, field in ipairs(fields) do
      local value = record[field]
      parts[i + 1] = type(value) == "string" and value or ""
    end
    parts[#parts + 1] = ""
    return table.concat(parts, "\n")
  end
end

-- What a record is found by. firstName stands before lastName: they are searched as one, too.
local function fill_records()
  local function id(record) return record.id end
  return {
    calls = keep.new {
      keys = { id = id, ticket = function(call) return call.ticketId end },
      text = text_of("subject", "description", "status", "priority"),
    },
    contacts = keep.new {
      keys = { id = id, email = function(contact) return lower(contact.email) end },
      text = text_of("firstName", "lastName", "email", "secondaryEmail", "phone", "mobile",
        "description", "city"),
    },
    tickets = keep.new { keys = { id = id,
      number = function(ticket) return ticket.ticketNumber end } },
    conversations = keep.new {
      keys = { id = id, conversation_id = function(one) return one.conversation_id end,
        email = function(one) return lower(one.visitor.email) end },
    },
    messages = keep.new(), callbacks = keep.new(),
  }
end

function world:reset()
  self.switches = defaults.switches()
  for name, value in pairs(self.first_switches) do self.switches[name] = value end
  self.last_id = FIRST_ID
  self.records = fill_records()
  self.pending = recent.new()
  self.requests, self.request_count = {}, 0
  self.credits_used, self.credit_day, self.ends = 0, 0, {}
  self.faults, self.delays = faults.new(), {}
  fill_places(self)
  self.tokens = tokens.new(self)
end

function world:next_id()
  self.last_id = self.last_id + 1
  return ("%d"):format(self.last_id)
end

local HAS_AGE = { calls = true, contacts = true, tickets = true }

-- Keeps a record. kind: a name of self.records; is_old: the search index knows it already.
function world:add(kind, record, is_old)
  if HAS_AGE[kind] then record.born, record.old = self.now(), is_old or nil end
  self.records[kind]:add(record)
end

-- Seconds since the record was written.
function world:age(record) return record.old and math.huge or self.now() - record.born end

function world:call(id) return self.records.calls:get("id", id) end

function world:contact(id) return self.records.contacts:get("id", id) end

function world:ticket(id) return self.records.tickets:get("id", id) end

-- The calls of a ticket, to be listed as all calls are.
function world:calls_of_ticket(id)
  local calls = keep.new()
  for _, call in ipairs(self.records.calls:with("ticket", id)) do calls:add(call) end
  return calls
end

function world:contact_by_email(email) return self.records.contacts:get("email", email:lower()) end

function world:credits_left()
  local day = self.now() // DAY_S
  if day ~= self.credit_day then
    self.credit_day, self.credits_used = day, 0
  end
  return math.max(0, self.switches.credits - self.credits_used)
end

function world:spend(weight) self.credits_used = self.credits_used + weight end

-- Takes one of the places for calls at the same time, for as long as the answer is delayed; false
-- when all are taken. The switch concurrency 0 means no limit.
function world:enter(delay_ms)
  local most = self.switches.concurrency
  if most == 0 then return true end
  local now, running = self.now(), {}
  for _, stop in ipairs(self.ends) do
    if stop > now then running[#running + 1] = stop end
  end
  self.ends = running
  if #running >= most then return false end
  running[#running + 1] = now + delay_ms / 1000
  return true
end

-- Keeps the last 200 requests.
function world:note(request)
  self.request_count = self.request_count + 1
  self.requests[(self.request_count - 1) % REQUESTS_KEPT + 1] = request
end

-- The kept requests, oldest first.
function world:noted()
  local list, count = {}, self.request_count
  for n = math.max(1, count - REQUESTS_KEPT + 1), count do
    list[#list + 1] = self.requests[(n - 1) % REQUESTS_KEPT + 1]
  end
  return list
end

-- The delay in milliseconds set for an operation; the exact name beats "desk.*", that beats "*".
function world:delay_of(operation)
  local family = operation:match "^[^.]*" .. ".*"
  return self.delays[operation] or self.delays[family] or self.delays["*"] or 0
end

return world
