-- tests/fault/support/world.lua - one engine and one Zoho, and what becomes of the visitors when
-- the engine dies at a chosen point.
--
--   local world = require("fault.support.world").new()
--   world:count "callbacks/none"           -> { store = 812, ... }: how many points there are
--   world:run "callbacks/drop_after/some:3/zoho:17,store:4"
--       -> true where it died there; raises what was promised and not kept
--
-- A point is written SCENE/TROUBLE/LAYER/KILL,KILL...: which visitors come, what Zoho does wrong,
-- what the disk forgets (see forget.c, "keep" for nothing), and where the engine dies: the first
-- time, then after its restart, and so on. Each begins with a new database and `.env`, with access
-- tokens that are over.
local engine = require "support.engine"
local layer = require "fault.support.layer"
local visitors = require "fault.support.visitors"

-- The ordinary build: many lives, and none of them is about memory.
local PROGRAM = os.getenv "USHER_RELEASE" or os.getenv "USHER"
local FULL_BYTES = 1600 * 4120 -- of 2000 pages with which it is emptied
local AT_ONCE = 3      -- looks without waiting
local PATIENCE = 60 -- seconds, or tasks that get done, until all are
local ROUNDS = 200     -- more than all visitors can need
local REFRESHES = 5    -- in ten minutes, whatever happens; a scene takes seconds
local TOKENS = { OAUTH_ACCESS_TOKEN = true, SALESIQ_VISITOR_ACCESS_TOKEN = true }

local world = {}
local World = {}
World.__index = World

-- What Zoho does wrong while the engine lives for the first time.
local troubles = {
  none = {},
  drop_after = {
    { operation = "desk.createContact", kind = "drop_after", times = 1 },
    { operation = "desk.createCall", kind = "drop_after", times = 2 },
    { operation = "desk.updateCall", kind = "drop_after", times = 2 },
    { operation = "salesiq.openConversation", kind = "drop_after", times = 1 },
  },
  no_token = { { operation = "accounts.token", kind = "drop_after", times = 1 } },
  refuse = {
    { operation = "desk.createCall", kind = "rate_limited", times = 2 },
    { operation = "desk.createContact", kind = "status", status = 500, times = 1 },
    { operation = "desk.updateCall", kind = "status", status = 500, times = 1 },
  },
  late = {
    { operation = "desk.createCall", kind = "slow", delay_ms = 150, written = true, times = 4 },
    { operation = "desk.updateCall", kind = "slow", delay_ms = 150, written = true, times = 4 },
  },
}

-- Each scene with its troubles, and how many points it gets beside the others: what waits for a
-- task's next try takes seconds a point.
World.scenes = {
  { "callbacks/none", 8 }, { "callbacks/late", 4 }, { "callbacks/drop_after", 3 },
  { "callbacks/refuse", 1 }, { "callbacks/no_token", 1 }, { "grown/none", 4 },
  { "tokens/none", 2 },
}

-- A `.env` as people write it, so that what must not change is seen to stay.
local function env_text(settings)
  local lines = { "# usher of the front desk", "TIME_ZONE=Asia/Kolkata   # where we are", "",
    "WORKERS='2'", "export BUSINESS_HOURS=\"daily 00:00-24:00\"" }
  local names = {}
  for name in pairs(settings) do names[#names + 1] = name end
  table.sort(names)
  for _, name in ipairs(names) do lines[#lines + 1] = name .. "=" .. settings[name] end
  lines[#lines + 1] = "# the end"
  return table.concat(lines, "\n") .. "\n"
end

-- lie: a class that the layer says was synced and was not (for the harness's own test).
function world.new(lie)
  local zoho = engine.zoho("zoho", PROGRAM)
  os.execute("mkdir -p " .. engine.quoted((os.getenv "TMPDIR" or "/tmp") .. "/front-desk/store"))
  local usher = engine.start { zoho = zoho, name = "front-desk", env = {}, program = PROGRAM,
    flows = engine.prompt_flows(), settings = { DATABASE_URL = "sqlite:store/usher.db" } }
  usher:stop()
  return setmetatable({ zoho = zoho, usher = usher, env_file = usher.dir .. "/.env",
    env = env_text(zoho.settings), lie = lie }, World)
end

function World:close()
  self.usher:stop "KILL"
  self.zoho:stop()
end

function world.parse(text)
  local scene, trouble, how, kills = text:match "^([%l_]+)/([%l_]+)/([%l%d:]+)/([%l%d:,]*)$"
  assert(scene, "a point is SCENE/TROUBLE/LAYER/CLASS:NUMBER")
  local point = { scene = scene, trouble = trouble, layer = how:match "^%l+", kills = {},
    seed = tonumber(how:match ":(%d+)$") or 1 }
  for kill in kills:gmatch "[^,]+" do point.kills[#point.kills + 1] = kill end
  return point
end

local begin, play

local function expire(self, credential)
  self.zoho:zoho("POST", "/_token", { credential = credential, expire = "access" })
end

-- A database whose log of writes is nearly full: in the scene "grown" it is moved into the
-- database while visitors come.
local function grow(self)
  if self.has_grown then return end
  self.has_grown = true
  begin(self, { scene = "callbacks", trouble = "none" })
  self.usher:again()
  local wal = self.usher.dir .. "/store/usher.db-wal"
  local number = 200
  repeat
    number = number + 1
    self.visitors = visitors.of("callbacks", number)
    play(self, {})
  until #engine.read(wal) > FULL_BYTES
  self.usher:stop "KILL"
  local dir = engine.quoted(self.usher.dir)
  os.execute(("cd %s && cp -rp store grown && rm -f grown/*-shm grown/*.socket"):format(dir))
end

function begin(self, point)
  if point.scene == "grown" then grow(self) end
  self.zoho:zoho("POST", "/_reset")
  expire(self, "default")
  expire(self, "visitor")
  for _, fault in ipairs(assert(troubles[point.trouble], "no such trouble")) do
    self.zoho:zoho("POST", "/_fault", fault)
  end
  local dir = engine.quoted(self.usher.dir)
  os.execute(("cd %s && rm -rf store .env* && mkdir store"):format(dir))
  if point.scene == "grown" then os.execute(("cp -p %s/grown/* %s/store"):format(dir, dir)) end
  engine.write(self.env_file, self.env)
  os.execute("chmod 600 " .. engine.quoted(self.env_file))
  engine.write(self.usher.log_file, "")
  self.visitors = visitors.of(point.scene)
end

-- The file is whole at every moment: only the values of tokens differ.
local function check_env(self, when)
  local mode = engine.output("stat -c %a " .. engine.quoted(self.env_file))
  if mode ~= "600\n" then error(("%s, .env has mode %s"):format(when, mode), 0) end
  local function others(text)
    return (text:gsub("([%u_]+)=([^\n]+)", function(name)
      return TOKENS[name] and name .. "=..." or nil
    end))
  end
  local text = engine.read(self.env_file)
  if others(text) ~= others(self.env) then
    error(("%s, .env is\n%s"):format(when, text), 0)
  end
end

-- Plays on until all are through or the engine is dead. In the scene of tokens each message meets
-- an access token that is over, more often than it may be refreshed.
function play(self, point)
  for _ = 1, ROUNDS do
    if point.scene == "tokens" then expire(self, "default") end
    local left, unanswered = visitors.round(self.usher, self.visitors)
    if unanswered > 0 then
      local is_dead = pcall(engine.await, "dead", function() return self.usher:is_dead() end)
      if not is_dead then error("unanswered: by an engine that lives", 0) end
    end
    if left == 0 or self.usher:is_dead() then return end
  end
  error("unanswered: visitors who are never through", 0)
end

-- How it ended: "signal" by itself, or "exit" when it was told to stop.
local function ended(usher)
  if not usher:is_dead() then os.execute(("kill -TERM %d"):format(usher.pid)) end
  return usher:gone()
end

-- Waits until all tasks are done, or the engine is dead. Without a token none gets done.
local function finish_tasks(self, point)
  if point.scene == "tokens" then return end
  for i = 1, PATIENCE do
    local mark = self.usher:mark()
    if self.usher:is_dead() or self.usher:metric "usher_tasks_open" == 0 then return end
    if i > AT_ONCE then self.usher:wait_line("done task=", mark, 1) end
  end
  if not self.usher:is_dead() then error("lost: a task is still open", 0) end
end

-- One life under the layer: where it died (nil: it came to its end) and how many points it met.
local function live(self, point, kill)
  local forgets = point.layer ~= "keep"
  local ok, how, code = self.usher:try_again(layer.settings(self.usher,
    { kill = kill, forgets = forgets, lie = self.lie }))
  if ok then
    play(self, point)
    finish_tasks(self, point)
    how, code = ended(self.usher)
  end
  local counts, where = layer.counts(self.usher)
  if how == "signal" and where then
    if forgets then
      where = ("%s; forgot %s"):format(where, layer.forget(self.usher, point.layer, point.seed))
    end
    check_env(self, "after the kill " .. where)
    return where, counts
  end
  if not ok or code ~= 0 then error(("the engine ended with %s %d"):format(how, code), 0) end
  return nil, counts
end

local function check_refreshes(self, point)
  local most, count = point.scene == "tokens" and REFRESHES or 2 * REFRESHES, 0
  for _, request in ipairs(self.zoho:zoho("GET", "/_requests").requests) do
    if request.operation == "accounts.token" then count = count + 1 end
  end
  if count > most then
    error(("%d refreshes at Accounts, %d are allowed"):format(count, most), 0)
  end
end

-- Without a kill: everybody comes to the end, and what was promised is there.
local function settle(self, point)
  self.zoho:zoho("DELETE", "/_fault")
  if not self.usher:try_again() then error("the engine does not start again", 0) end
  play(self, point)
  finish_tasks(self, point)
  if self.usher:is_dead() then error("the engine died by itself", 0) end
  if point.scene ~= "tokens" then
    visitors.check(self.visitors, self.zoho:zoho("GET", "/_records"))
  end
  check_env(self, "at the end")
  check_refreshes(self, point)
end

-- Lives, dies and comes back; true and where it died, or false where no kill was met.
function World:run(text)
  local point, died = world.parse(text), {}
  begin(self, point)
  for i, kill in ipairs(point.kills) do
    if i > 1 then self.zoho:zoho("DELETE", "/_fault") end
    died[#died + 1] = live(self, point, kill)
  end
  settle(self, point)
  self.usher:stop "KILL"
  return #died > 0, table.concat(died, "; then ")
end

-- How many points of each class an undisturbed life has.
function World:count(scene)
  local point = world.parse(scene .. "/keep/")
  begin(self, point)
  local _, counts = live(self, point)
  return counts
end

return world
