-- The state of the simulated Zoho: records, tokens, switches, faults. One table, no globals; the
-- time and the randomness come from outside.
local clock = require "simulator.clock"
local defaults = require "simulator.defaults"
local faults = require "simulator.faults"
local tokens = require "simulator.tokens"

local world = {}
world.__index = world

local FIRST_ID = 310000000050000
local DAY_S = 86400
local REQUESTS_KEPT = 200
local CHUNK = 64

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

function world:reset()
  self.switches = defaults.switches()
  for name, value in pairs(self.first_switches) do self.switches[name] = value end
  self.last_id = FIRST_ID
  self.records = {
    calls = {}, contacts = {}, tickets = {}, conversations = {}, messages = {}, callbacks = {},
  }
  self.by_id = { calls = {}, contacts = {}, tickets = {} }
  self.by_email, self.chunks, self.tail, self.pending = {}, {}, {}, {}
  self.born = setmetatable({}, { __mode = "k" })
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

-- Keeps a record. kind: a name of self.records; is_old: the search index knows it already.
function world:add(kind, record, is_old)
  local list = self.records[kind]
  list[#list + 1] = record
  self.born[record] = is_old and -math.huge or self.now()
  if self.by_id[kind] then self.by_id[kind][record.id] = record end
  if kind == "contacts" then self:index_contact(record) end
end

function world:index_contact(record)
  local words = {}
  for i, name in ipairs { "email", "phone", "mobile" } do
    words[i] = type(record[name]) == "string" and record[name]:lower() or ""
  end
  local key = words[1]
  if key ~= "" then self.by_email[key] = self.by_email[key] or record end
  self.tail[#self.tail + 1] = table.concat(words, "\n")
  if #self.tail == CHUNK then
    self.chunks[#self.chunks + 1] = table.concat(self.tail, "\n")
    self.tail = {}
  end
end

-- The contacts whose e-mail or phone may hold `text` (lower case), in order: a look at the joined
-- text of 64 contacts at a time leaves few to compare one by one.
function world:contacts_near(text)
  local near, all = {}, self.records.contacts
  for n = 0, #self.chunks do
    local chunk = self.chunks[n + 1]
    if not chunk or chunk:find(text, 1, true) then
      table.move(all, n * CHUNK + 1, math.min(#all, (n + 1) * CHUNK), #near + 1, near)
    end
  end
  return near
end

-- Seconds since the record was written.
function world:age(record) return self.now() - self.born[record] end

function world:call(id) return self.by_id.calls[id] end

function world:contact(id) return self.by_id.contacts[id] end

function world:contact_by_email(email) return self.by_email[email:lower()] end

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
