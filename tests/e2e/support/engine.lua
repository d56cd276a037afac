-- tests/e2e/support/engine.lua - real ushers and simulators, talked to over HTTP.
--
--   local engine = require "support.engine"
--   local usher = engine.start { settings = { TIME_ZONE = "Asia/Kolkata" } }
--   usher:webhook { session_id = "1", message = { text = "hello" } }   -> the answer, a table
--   usher:zoho("GET", "/_records")                                     -> of the simulator
--   usher:stop()
--
-- A simulator of its own outlives the engine that is killed:
--
--   local zoho = engine.zoho()
--   local usher = engine.start { zoho = zoho, settings = { DATABASE_URL = "sqlite:usher.db" } }
--   usher:stop "KILL"
--   usher:again()
--
-- Everything lies in $TMPDIR; the program is $USHER, the flows are those of $ROOT. Nothing sleeps:
-- a test waits for an answer or for a line of the log (usher:line).
local cjson = require "cjson"

local engine = {}
local Engine = {}
Engine.__index = Engine

local ROOT = assert(os.getenv "ROOT", "ROOT is not set: run me by tests/run")
local USHER = assert(os.getenv "USHER", "USHER is not set: run me by tests/run")
local TMP = os.getenv "TMPDIR" or "/tmp"
local PATIENCE = 30 -- seconds for what should be there at once
local longest = 120 -- seconds for a start, an end, a command: nothing waits longer

io.stdout:setvbuf "line"

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

-- What a command prints that ends by itself; how it ended.
local function printed(command)
  local pipe = assert(io.popen(command))
  local text = pipe:read "a"
  return text, pipe:close()
end

-- The same of any command: it is ended, and an error names it. The code alone does not tell that: a
-- command that somebody kills has the same. (The clock counts in steps of 10 ms.)
local function output(command)
  local start = engine.now()
  local text, fine, how, code = printed(("timeout -k 5 %g sh -c %s"):format(longest,
    quoted(command)))
  if (code == 124 or code == 137) and engine.now() - start >= longest * 1000 - 10 then
    error(("waited %g s in vain for the end of: %s"):format(longest, command), 2)
  end
  return text, fine, how, code
end

-- Gives what run() gives, which waits for process `pid`. When it has waited too long the process is
-- killed, and an error says what it waited for: `what`.
local function within(pid, what, run)
  local guard = assert(io.popen(("timeout %g cat >/dev/null || { kill -KILL %d; exit 9; }"):format(
    longest, pid), "w"))
  local results = table.pack(run())
  local _, _, code = guard:close()
  if code == 9 then error(("waited %g s in vain for %s"):format(longest, what), 3) end
  return table.unpack(results, 1, results.n)
end

engine.quoted, engine.read, engine.write, engine.output = quoted, read, write, output
engine.within = within
-- Another patience, for the test of this.
function engine.set_patience(seconds) longest = seconds end
engine.decode, engine.encode = cjson.decode, cjson.encode

-- A file with secrets is its owner's.
local function write_env(path, text)
  write(path, text)
  assert(os.execute("chmod 600 " .. quoted(path)))
end

-- Replaces a file as editors do: a reader sees the old one or the new one.
function engine.save(path, text)
  local put = path:find "%.env$" and write_env or write
  put(path .. ".new", text)
  assert(os.rename(path .. ".new", path))
end

-- A folder of flows that a test may change.
function engine.copy_flows(name)
  local folder = TMP .. "/" .. name
  assert(os.execute(("cp -r %s %s"):format(quoted(ROOT .. "/flows"), quoted(folder))))
  return folder
end

-- The flows as they are, but for the minute that they give a Desk to show what it has written: this
-- one shows it at once, and a test that kills at every write would wait for hours.
local prompt_flows
function engine.prompt_flows()
  if prompt_flows then return prompt_flows end
  local folder = engine.copy_flows "prompt-flows"
  local text, count = read(folder .. "/desk.lua"):gsub("local SHOWN = %d+", "local SHOWN = 0")
  assert(count == 1, "desk.lua has no SHOWN")
  write(folder .. "/desk.lua", text)
  prompt_flows = folder
  return folder
end

-- support/drive.c, which make builds beside the programs.
local drive = ROOT .. "/build/drive"
assert(io.open(drive), "there is no build/drive: make build/drive"):close()
drive = quoted(drive)
function engine.drive() return drive end

-- Milliseconds that only grow.
function engine.now()
  return math.floor(tonumber(read "/proc/uptime":match "^[%d.]+") * 1000 + 0.5)
end

-- Starting ----------------------------------------------------------------------------------------

-- Another port each time. One that is taken ends the start, which is then tried with the next; but
-- one that was killed wants its own again. So suites that run side by side draw from places apart:
-- each run of tests/run has a folder with a name by chance, and in it each suite one with a number.
local PORTS, PORTS_EACH = 12000, 25
local function first_port()
  local run, number = TMP:match "([^/]*)/(%d+)/home$"
  if not run then return tonumber((printed "od -An -N2 -tu2 /dev/urandom")) end
  local place = 0
  for i = 1, #run do place = (place * 31 + run:byte(i)) % PORTS end
  return place + number * PORTS_EACH
end

local next_port
local function port()
  next_port = next_port and next_port + 1 or first_port()
  return 20000 + next_port % PORTS
end

-- Reads what the program prints until it says that it is ready; false when it ends before.
local function ready(self)
  for line in self.pipe:lines() do
    if line:find("is ready on", 1, true) then return true end
    local name, value = line:match "^([%u_]+)=(.*)$"
    if name then self.printed[name] = value end
  end
  return false
end

local started = {} -- whose logs are shown when a case fails

local function launch(self, environment, arguments)
  local words = {}
  for name, value in pairs(environment) do words[#words + 1] = name .. "=" .. quoted(value) end
  self.printed = {}
  -- The limit of open files that systems begin with; or one that cannot be raised.
  local command = ("cd %s && ulimit %s && echo $$ && %s exec %s %s 2>>%s"):format(
    quoted(self.dir), self.descriptors and "-n " .. self.descriptors or "-Sn 1024",
    table.concat(words, " "), quoted(self.program), arguments, quoted(self.log_file))
  self.pipe = assert(io.popen(command))
  self.pid = assert(tonumber(self.pipe:read "l"))
  local what = ("%s to be ready: it prints nothing"):format(self.program)
  if within(self.pid, what, function() return ready(self) end) then return true end
  self.exit = { self.pipe:close() }
  self.pid = nil
  return false
end

local function new(name, program)
  local self = setmetatable({ dir = TMP .. "/" .. name, program = program or USHER }, Engine)
  os.execute("mkdir -p " .. quoted(self.dir))
  self.log_file = self.dir .. "/log"
  write(self.log_file, "")
  started[#started + 1] = self
  return self
end

-- A simulator in a process of its own. `settings` has what an engine needs to talk to it.
function engine.zoho(name, program)
  local self = new(name or "zoho", program)
  assert(launch(self, {}, "sim --port 0"), "usher sim does not start")
  self.settings = self.printed
  self.simulator = self.settings.DESK_URL
  return self
end

function engine.env_text(settings)
  local lines = {}
  for name, value in pairs(settings) do lines[#lines + 1] = name .. "=" .. value .. "\n" end
  table.sort(lines)
  return table.concat(lines)
end

local function environment_of(self)
  local environment = {
    DATABASE_URL = "memory:", FLOWS_DIR = self.flows or ROOT .. "/flows", PORT = self.port,
    -- whatever machine this is; not where a test has a .env or arguments of its own
    WORKERS = not (self.env or self.arguments) and "1" or nil,
    USHER_FAULT_KILL = "dies-at",
  }
  for name in pairs(self.env or {}) do environment[name] = nil end -- or it would win
  for name, value in pairs(self.settings or {}) do environment[name] = value end
  return environment
end

local function arguments_of(self)
  local arguments = "serve"
  if self.env then arguments = arguments .. " --env .env" end
  if self.arguments then return arguments .. " " .. self.arguments end
  if not self.zoho_process then arguments = arguments .. " --simulator" end
  return arguments
end

-- options: settings (environment), env (settings that stand in a .env), flows (a folder), zoho (a
-- simulator), name (of its own folder in $TMPDIR), program, arguments (in the stead of --simulator,
-- which is there without a zoho), descriptors (files it may have open).
function engine.start(options)
  local self = new(options.name or "usher", options.program)
  self.flows, self.zoho_process, self.env = options.flows, options.zoho, options.env
  self.arguments, self.descriptors = options.arguments, options.descriptors
  self.settings = {}
  local here = self.env or self.settings
  for name, value in pairs(self.zoho_process and self.zoho_process.settings or {}) do
    here[name] = here[name] or value
  end
  for name, value in pairs(options.settings or {}) do self.settings[name] = value end
  if self.env then write_env(self.dir .. "/.env", engine.env_text(self.env)) end
  for _ = 1, 5 do
    self.port = port()
    if launch(self, environment_of(self), arguments_of(self)) then
      self.simulator = self.zoho_process and self.zoho_process.simulator
        or self:log():match "simulator=(http://[%w.:]+)"
      return self
    end
  end
  error("usher does not start:\n" .. self:log())
end

-- Starts again what has ended, with the same folder, port and settings, and `more` for this time.
-- False, how and code where it ended before it was ready.
function Engine:try_again(more)
  assert(not self.pid, "it still runs")
  local environment = environment_of(self)
  for name, value in pairs(more or {}) do environment[name] = value end
  if not launch(self, environment, arguments_of(self)) then
    return false, self.exit[2], self.exit[3]
  end
  if not self.zoho_process then
    for url in self:log():gmatch "simulator=(http://[%w.:]+)" do self.simulator = url end
  end
  return true
end

-- The same for what must start.
function Engine:again(more)
  assert(self:try_again(more), "usher does not start again")
end

-- The same for a start that is refused; what it says.
function Engine:refused(more)
  assert(not self.pid, "it still runs")
  local environment, mark = environment_of(self), self:mark()
  for name, value in pairs(more or {}) do environment[name] = value end
  assert(not launch(self, environment, arguments_of(self)), "it starts")
  return self:since(mark)
end

-- The program dies at the so many-th effect from now on, of whichever life; 0: at none.
function Engine:dies_at(number) engine.save(self.dir .. "/dies-at", number .. "\n") end

-- Ends the program and waits until it is gone: TERM, which must end well, or "KILL" for a crash.
function Engine:stop(signal)
  if not self.pid then return end
  signal = signal or "TERM"
  os.execute(("kill -%s %d 2>/dev/null"):format(signal, self.pid))
  return self:gone(signal)
end

-- Waits for the end of the program.
function Engine:gone(signal)
  local pid, what = self.pid, ("the end of %s%s"):format(self.program,
    signal and " after " .. signal or "")
  self.pid = nil
  local _, how, code = within(pid, what, function()
    self.pipe:read "a"
    return self.pipe:close()
  end)
  if signal == "TERM" and (how ~= "exit" or code ~= 0) then
    error(("it ended with %s %d"):format(how, code), 2)
  end
  return how, code
end

-- Whether it has ended, and nobody has asked yet how.
function Engine:is_dead()
  local file = io.open(("/proc/%d/stat"):format(self.pid))
  local state = file and file:read "a":match "%) (%a)"
  if file then file:close() end
  return not state or state == "Z"
end

-- The log -----------------------------------------------------------------------------------------

function Engine:log() return read(self.log_file) end

-- Where the log ends now, for line() and since().
function Engine:mark() return #self:log() end

-- What was logged behind a mark.
function Engine:since(mark) return self:log():sub(mark + 1) end

-- Waits for a line of the log that has this text, behind a mark; gives the line, or "" when it has
-- not come after so many seconds.
function Engine:wait_line(text, mark, seconds)
  return (printed(("%s line %s %s %d %d"):format(engine.drive(), quoted(self.log_file),
    quoted(text), seconds, mark or 0)))
end

-- The same for a line that must come.
function Engine:line(text, mark)
  local line = self:wait_line(text, mark, PATIENCE)
  if line == "" then error(("no line with %q in the log"):format(text), 2) end
  return line
end

-- How many lines have this text.
function engine.count(text, what)
  local count, at = 0, 1
  while true do
    local found = text:find(what, at, true)
    if not found then return count end
    count, at = count + 1, text:find("\n", found, true) or #text + 1
  end
end

-- HTTP --------------------------------------------------------------------------------------------

local files = 0

-- Starts a request; what it gives waits for the answer: status (0: none) and body.
local function ask(self, method, url, body, headers)
  local parts, file = { "exec", engine.drive(), "ask", method, quoted(url), PATIENCE }, ""
  if body then
    files = files + 1
    file = ("%s/request-%d"):format(self.dir, files)
    write(file, body)
  end
  parts[#parts + 1] = quoted(file)
  for _, header in ipairs(headers or {}) do parts[#parts + 1] = quoted(header) end
  local pipe = assert(io.popen(table.concat(parts, " ")))
  return function()
    local answer, status = pipe:read "a":match "^(.*)\n(%d%d%d)$"
    pipe:close()
    if body then os.remove(file) end
    return tonumber(status) or 0, answer or ""
  end
end

-- One HTTP request: status (0: no answer) and body.
function Engine:request(method, url, body, headers)
  return ask(self, method, url, body, headers)()
end

function Engine:url(path) return ("http://127.0.0.1:%d%s"):format(self.port, path) end

local function decoded(status, text)
  if status ~= 200 then return status, text end
  local ok, value = pcall(cjson.decode, text)
  return status, ok and value or error("no JSON: " .. text)
end

-- A call of the bot's webhook with a table or a text; status and answer, a table.
function Engine:call(body, headers)
  if type(body) == "table" then body = cjson.encode(body) end
  return decoded(self:request("POST", self:url "/webhook/salesiq", body, headers))
end

-- A call that must be answered; its answer.
function Engine:webhook(body)
  local status, answer = self:call(body)
  assert(status == 200, ("the webhook answered %s: %s"):format(status, answer))
  return answer
end

-- Starts a call and does not wait: what it gives, called, waits for status and answer.
function Engine:send(body)
  local wait = ask(self, "POST", self:url "/webhook/salesiq",
    type(body) == "table" and cjson.encode(body) or body)
  return function() return decoded(wait()) end
end

function Engine:readyz()
  local _, text = self:request("GET", self:url "/readyz")
  return cjson.decode(text)
end

-- Its problems, "code" or "code subject", with commas between. That the webhook is open is true of
-- most engines here, and said only where `all` is true.
function Engine:problems(all)
  local list = {}
  for _, problem in ipairs(self:readyz().problems) do
    if all or problem.code ~= "webhook_open" then
      list[#list + 1] = problem.code .. (problem.subject and " " .. problem.subject or "")
    end
  end
  return table.concat(list, ", ")
end

-- A number of /metrics.
function Engine:metric(name)
  local _, text = self:request("GET", self:url "/metrics")
  return tonumber(text:match("\n" .. name:gsub("%p", "%%%0") .. " (%d+)"))
end

-- Posts all bodies, so many at once; the answers in the order of the bodies:
-- { status, ms, text }.
function Engine:post_all(bodies, at_once)
  local file = self.dir .. "/bodies"
  write(file, table.concat(bodies, "\n") .. "\n")
  local text = printed(("%s post %d /webhook/salesiq %d <%s"):format(engine.drive(), self.port,
    at_once, quoted(file)))
  local answers = {}
  for number, status, ms, body in text:gmatch "(%d+) (%d+) (%d+) ([^\n]*)\n" do
    answers[tonumber(number)] = { status = tonumber(status), ms = tonumber(ms), text = body }
  end
  return answers
end

-- Posts these bodies again and again until close(); next() gives the next answer, whose number
-- counts the calls in the order they were sent.
function Engine:load(bodies, at_once)
  local file = self.dir .. "/load"
  write(file, table.concat(bodies, "\n") .. "\n")
  local pipe = assert(io.popen(("exec %s post %d /webhook/salesiq %d forever <%s"):format(
    engine.drive(), self.port, at_once, quoted(file))))
  return {
    next = function()
      local number, status, ms, body = assert(pipe:read "l", "no answers any more")
        :match "^(%d+) (%d+) (%d+) (.*)$"
      return { number = tonumber(number), status = tonumber(status), ms = tonumber(ms),
        text = body }
    end,
    close = function() pipe:close() end,
  }
end

-- Keeps the engine from writing to its SQLite database until what this gives is called.
function Engine:hold_database()
  local fifo = self.dir .. "/fifo"
  os.execute("mkfifo " .. quoted(fifo) .. " 2>/dev/null")
  local pipe = assert(io.popen(("exec %s hold %s <%s"):format(engine.drive(),
    quoted(self.dir .. "/usher.db"), quoted(fifo))))
  local input = assert(io.open(fifo, "w"))
  assert(pipe:read "l" == "held", "the database cannot be held")
  return function()
    input:close()
    pipe:close()
  end
end

-- A request to the simulator; what it answered, as a table.
function Engine:zoho(method, path, body)
  local status, text = self:request(method, self.simulator .. path, body and cjson.encode(body))
  assert(status == 200, ("%s %s answered %s: %s"):format(method, path, status, text))
  return cjson.decode(text)
end

-- How many requests of an operation the simulator has seen, by their status.
function Engine:requests(operation)
  local counts, all = {}, 0
  for _, request in ipairs(self:zoho("GET", "/_requests").requests) do
    if request.operation == operation then
      counts[request.status], all = (counts[request.status] or 0) + 1, all + 1
    end
  end
  return all, counts
end

-- Asks again and again until check() is true; for what neither answers later nor logs.
function engine.await(what, check)
  local give_up = engine.now() + PATIENCE * 1000
  while not check() do
    if engine.now() > give_up then error("still not so: " .. what, 2) end
  end
end

-- The same for what an engine may log: it is asked again at each line, and each second.
function Engine:await(what, check)
  local give_up = engine.now() + PATIENCE * 1000
  while true do
    local mark = self:mark()
    if check() then return end
    if engine.now() > give_up then error("still not so: " .. what, 2) end
    self:wait_line("", mark, 1)
  end
end

-- Waits until the simulator has seen so many requests of an operation.
function Engine:await_request(operation, count)
  engine.await(("%d requests of %s"):format(count or 1, operation), function()
    return self:requests(operation) >= (count or 1)
  end)
end

-- Talking -----------------------------------------------------------------------------------------

-- A message as SalesIQ sends it. more: name and email of the visitor, id of the request, payload.
function engine.message(conversation, text, more)
  more = more or {}
  return {
    handler = more.handler or "message",
    visitor = { active_conversation_id = conversation, name = more.name, email = more.email },
    message = { text = text },
    request = more.id and { id = more.id } or nil,
    payload = more.payload,
  }
end

-- The texts of an answer.
function engine.text(answer)
  local lines = {}
  for i, reply in ipairs(answer.replies) do
    lines[i] = type(reply) == "table" and reply.text or reply
  end
  return table.concat(lines, "\n")
end

-- An answer in one line: its texts, then its buttons.
function engine.spoken(answer)
  local labels = {}
  for i, button in ipairs(answer.suggestions or {}) do labels[i] = button.text end
  local buttons = #labels > 0 and " [" .. table.concat(labels, "|") .. "]" or ""
  return (engine.text(answer):gsub("\n", " / ")) .. buttons
end

-- Cases -------------------------------------------------------------------------------------------

local LOG_MAX = 8000

local function show_logs()
  for _, each in ipairs(started) do
    local log = each:log()
    if #log > LOG_MAX then log = "..." .. log:sub(-LOG_MAX) end
    if log ~= "" then print(("  log of %s:\n"):format(each.dir) .. log:gsub("[^\n]+", "  %0")) end
  end
end

-- Runs the cases of a list { name, function } and prints "ok NAME" or "not ok NAME"; whether all
-- was well. A case may give a text, which is shown beside its name.
function engine.run(cases, usher)
  local failed, only = 0, arg[1]
  for _, case in ipairs(cases) do
    if not only or case[1]:find(only, 1, true) then
      local from = engine.now()
      local ok, why = xpcall(case[2], debug.traceback, usher)
      print(("%s %s"):format(ok and "ok" or "not ok", case[1]))
      if ok and why then print("# " .. why) end
      if not ok then print((tostring(why):gsub("[^\n]+", "  %0"))) end
      if only then print(("# %.1f s"):format((engine.now() - from) / 1000)) end
      failed = failed + (ok and 0 or 1)
    end
  end
  if failed > 0 then show_logs() end
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

-- Plain find: no patterns.
function engine.has(text, part)
  if not text:find(part, 1, true) then error(("expected %q in %q"):format(part, text), 2) end
end

return engine
