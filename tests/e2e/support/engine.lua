-- tests/e2e/support/engine.lua - a real usher with its simulator, talked to over HTTP by curl.
--
--   local engine = require "support.engine"
--   local usher = engine.start { settings = { TIME_ZONE = "Asia/Kolkata" } }
--   usher:webhook { session_id = "1", message = { text = "hello" } }   -> the answer, a table
--   usher:zoho("GET", "/_records")                                     -> of the simulator
--   usher:stop()
--
-- It works in $TMPDIR with the program $USHER and the flows of $ROOT.
local cjson = require "cjson"

local engine = {}
local Engine = {}
Engine.__index = Engine

local ROOT = assert(os.getenv "ROOT", "ROOT is not set: run me by tests/run")
local USHER = assert(os.getenv "USHER", "USHER is not set: run me by tests/run")
local TMP = os.getenv "TMPDIR" or "/tmp"

local function quoted(text) return "'" .. tostring(text):gsub("'", "'\\''") .. "'" end

local function read(path)
  local file = assert(io.open(path, "rb"))
  local text = file:read "a"
  file:close()
  return text
end

local function write(path, text)
  local file = assert(io.open(path, "wb"))
  file:write(text)
  file:close()
end

local function output(command)
  local pipe = assert(io.popen(command))
  local text = pipe:read "a"
  pipe:close()
  return text
end

-- Another port each time. One that is taken ends the start, which is then tried with the next.
local function ports()
  local seed = tonumber((output "od -An -N2 -tu2 /dev/urandom"))
  return function()
    seed = seed + 7919
    return 20000 + seed % 20000
  end
end

-- Reads what the program prints until it says that it is ready; false when it ends before.
local function ready(self)
  for line in self.pipe:lines() do
    if line:find("is ready on", 1, true) then return true end
  end
  return false
end

-- options: settings (environment), flows (folder), name (of its own folder in $TMPDIR), args.
function engine.start(options)
  local self = setmetatable({ dir = TMP .. "/" .. (options.name or "usher") }, Engine)
  os.execute("mkdir -p " .. quoted(self.dir))
  self.log_file = self.dir .. "/log"
  local settings = { DATABASE_URL = "memory:", FLOWS_DIR = options.flows or ROOT .. "/flows" }
  for name, value in pairs(options.settings or {}) do settings[name] = value end
  local words = {}
  for name, value in pairs(settings) do words[#words + 1] = name .. "=" .. quoted(value) end
  local next_port = ports()
  for _ = 1, 5 do
    self.port = next_port()
    self.pipe = assert(io.popen(("cd %s && echo $$ && PORT=%d %s exec %s serve %s 2>%s"):format(
      quoted(self.dir), self.port, table.concat(words, " "), quoted(USHER),
      options.args or "--simulator", quoted(self.log_file))))
    self.pid = assert(tonumber(self.pipe:read "l"))
    if ready(self) then
      self.simulator = self:log():match "simulator=(http://[%w.:]+)"
      return self
    end
    self:stop()
  end
  error("usher does not start:\n" .. self:log())
end

function Engine:log() return read(self.log_file) end

-- One HTTP request: status and body.
function Engine:request(method, url, body, headers)
  local file = self.dir .. "/body"
  local parts = { "curl -s --max-time 20 -X", method, "-w '%{http_code}' -o", quoted(file) }
  for _, header in ipairs(headers or {}) do parts[#parts + 1] = "-H " .. quoted(header) end
  if body then
    write(self.dir .. "/request", body)
    parts[#parts + 1] = "-H 'Content-Type: application/json' --data-binary "
      .. quoted("@" .. self.dir .. "/request")
  end
  write(file, "")
  parts[#parts + 1] = quoted(url)
  local status = tonumber((output(table.concat(parts, " "))))
  return status, read(file)
end

-- A call of the bot's webhook, as a table; its answer, as a table.
function Engine:webhook(body)
  local url = ("http://127.0.0.1:%d/webhook/salesiq"):format(self.port)
  local status, text = self:request("POST", url, cjson.encode(body))
  assert(status == 200, ("the webhook answered %s: %s"):format(status, text))
  return cjson.decode(text)
end

-- A request to the simulator; what it answered, as a table.
function Engine:zoho(method, path, body)
  local status, text = self:request(method, self.simulator .. path, body and cjson.encode(body))
  assert(status == 200, ("%s %s answered %s: %s"):format(method, path, status, text))
  return cjson.decode(text)
end

-- Ends the program and waits until it is gone. signal: "KILL" for a crash.
function Engine:stop(signal)
  if not self.pid then return end
  os.execute(("kill -%s %d 2>/dev/null"):format(signal or "TERM", self.pid))
  self.pipe:read "a"
  self.pipe:close()
  self.pid = nil
end

-- Cases --------------------------------------------------------------------------------------------

-- Runs the cases of a list { name, function } and prints "ok NAME" or "not ok NAME"; the program's
-- exit code.
function engine.run(cases, usher)
  local failed = 0
  for _, case in ipairs(cases) do
    local ok, why = xpcall(case[2], debug.traceback, usher)
    print((ok and "ok " or "not ok ") .. case[1])
    if not ok then
      failed = failed + 1
      print((tostring(why):gsub("[^\n]+", "  %0")))
    end
  end
  if failed > 0 then print((usher:log():gsub("[^\n]+", "  log: %0"))) end
  return failed == 0
end

local function shown(value)
  return type(value) == "table" and cjson.encode(value) or tostring(value)
end

function engine.same(expected, got, what)
  local one, other = shown(expected), shown(got)
  if one ~= other then
    error(("%s: expected %s, got %s"):format(what or "value", one, other), 2)
  end
end

return engine
