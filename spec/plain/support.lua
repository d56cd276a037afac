-- spec/plain/support.lua - what the flows are made of, without a visitor: for many cases, and for
-- whole talks as text. A talk of visitor.arrives costs a state a turn, one here next to nothing;
-- but nothing here is routed, kept, replayed or sent to Zoho.
--
--   local plain = require "spec.plain.support"
--   local flows = plain.flows { config = { BUSINESS_HOURS = "Mon-Fri 09:00-18:00" } }
--   flows("reading").read(plain.chat { text = "tomorrow at 3" }, "tomorrow at 3", "time")
--
-- An effect raises outside of a turn, and config is one: so the files of ./flows are loaded here,
-- with `given` in the place of the engine's globals. The parsers, which need none, are the usual
-- ones.
local luassert = require "luassert"

local plain = {}

-- A moment in India, "2026-03-02 10:00".
function plain.at(text)
  local year, month, day, hour, min = text:match "^(%d+)-(%d+)-(%d+) (%d+):(%d+)$"
  return clock.unix({ year = math.tointeger(year), month = math.tointeger(month),
    day = math.tointeger(day), hour = math.tointeger(hour), min = math.tointeger(min) },
    "Asia/Kolkata")
end

-- When it is in every spec: a Monday.
plain.NOW = plain.at "2026-03-02 10:00"
plain.HOURS = { BUSINESS_HOURS = "Mon-Fri 09:00-18:00", TIME_ZONE = "Asia/Kolkata" }

-- Gives a require of the flows' files, each loaded anew.
function plain.flows(given)
  local loaded, env = {}, setmetatable({ config = {}, log = { warn = function() end } },
    { __index = _G })
  for name, value in pairs(given or {}) do env[name] = value end
  function env.require(name)
    if name:find "^parse%." then return require(name) end
    if loaded[name] == nil then
      loaded[name] = assert(loadfile("flows/" .. name .. ".lua", "t", env))(name)
    end
    return loaded[name]
  end
  return env.require
end

-- A label of a choice, or what the finder makes of a text.
local function understood(step, text)
  for i = 2, #step do
    if step[i] == text then return text end
  end
  return step.find(text)
end

local function note_reply(chat, reply)
  local text = type(reply) == "table" and reply[1] or reply
  if text ~= "" then chat.talk[#chat.talk + 1] = text end
  local buttons = type(reply) == "table" and reply.buttons or {}
  if #buttons > 0 then
    chat.talk[#chat.talk + 1] = "[" .. table.concat(buttons, "] [") .. "]"
  end
end

-- The next thing that the visitor says, "yes" or "yes (60 seconds later)"; " / " is a line's end.
-- Raises where nothing is left.
local function listen(chat, answers)
  local answer = table.remove(answers, 1)
  if not answer then error("", 0) end
  chat.talk[#chat.talk + 1] = "> " .. answer
  local text, seconds = answer:match "^(.*) %((%d+) seconds later%)$"
  chat.message.at = chat.message.at + (tonumber(seconds) or 0)
  chat.message.text = (text or answer):gsub(" / ", "\n")
end

-- A question, three times at most; chat:choose has its buttons behind it.
local function asking(chat, answers)
  return function(_, step)
    local buttons = table.move(step, 2, #step, 1, {})
    note_reply(chat, { step[1], buttons = buttons })
    for try = 1, 3 do
      listen(chat, answers)
      local result, why = understood(step, chat.message.text)
      if result ~= nil then return result end
      if try == 3 then return nil end
      local again = why and why.message or step.again
      note_reply(chat, { type(again) == "function" and again() or again, buttons = buttons })
    end
  end
end

-- The call of a chat, tomorrow at 3 PM if no other moment is given; id = false: not known yet.
function plain.call(given)
  local call = { reference = "book_callback 1", id = "77",
    phone = { value = "+919876543210", sure = true },
    time = { sure = true, value = { at = plain.at(given.at or "2026-03-03 15:00"),
      zone = "Asia/Kolkata", precision = "minute", soon = given.soon } } }
  if given.id == false then call.id = nil end
  call.change = given.change
  return call
end

-- The chat of a visitor in India who says `text`, and then each of `answers`. chat.talk has all
-- that was said, chat.tasks the tasks that were begun; `task` is what comes of them, { done = true
-- } where nothing is given. What leaves the flow raises where to.
function plain.chat(given)
  local chat = { talk = {}, tasks = {}, memory = given.memory or {}, visitor = given.visitor or {},
    message = { text = given.text or "", at = given.at or plain.NOW, meta = given.meta,
      preview = given.preview, cause = given.cause, forwarded = given.forwarded,
      place = { zone = given.zone or "Asia/Kolkata", region = given.region or "IN" } } }
  function chat.say(_, reply, ...)
    if select("#", ...) > 0 then reply = reply:format(...) end
    note_reply(chat, reply)
  end
  chat.ask = asking(chat, given.answers or {})
  chat.choose = chat.ask
  function chat.task(_, name, args)
    local task = { id = name .. " " .. #chat.tasks + 1, name = name, args = args }
    chat.tasks[#chat.tasks + 1] = task
    function task.wait(_, seconds)
      task.waited = seconds
      return given.task or { done = true }
    end
    return task
  end
  function chat.begun(_, id)
    return { wait = function() return given.begun and given.begun[id] or {} end }
  end
  function chat.transcript() return given.transcript or {} end
  for method, where in pairs { continue = "(goes on with %s)", forward = "(forwards) %s",
      hand_over = "(hands over)" } do
    chat[method] = function(_, what) error(where:format(what), 0) end
  end
  return chat
end

-- Runs a flow until it ends, leaves, or asks what is not answered. Gives all that was said.
function plain.run(flow, chat)
  local fine, where = pcall(flow, chat)
  if fine then where = "(ends)" end
  if type(where) ~= "string" or where:find "^[%w_/.]+:%d+:" then error(where, 0) end
  if where ~= "" then chat.talk[#chat.talk + 1] = where end
  return table.concat(chat.talk, "\n")
end

-- The lines of a talk; one that begins with blanks goes on with the line before.
local function lines_of(talk)
  local lines = {}
  for line in talk:gmatch "[^\n]+" do
    if line:find "^ " then
      lines[#lines] = lines[#lines] .. " " .. line:match "^%s*(.-)%s*$"
    else
      lines[#lines + 1] = line
    end
  end
  return lines
end

-- A flow changes its memory; the case may be of several.
local function copy_of(value)
  if type(value) ~= "table" then return value end
  local copy = {}
  for key, inside in pairs(value) do copy[key] = copy_of(inside) end
  return copy
end

-- The talk as it is told, and as a flow leads it: both are the same where all is well. What the
-- visitor says begins with ">", the first of it led here.
-- Besides what plain.chat takes, given: config, zoho, now (a moment as text).
function plain.leads(name, given, talk)
  local lines, answers = lines_of(talk), {}
  for _, line in ipairs(lines) do answers[#answers + 1] = line:match "^> (.*)$" end
  local copy = copy_of(given)
  copy.answers, copy.at = answers, given.now and plain.at(given.now)
  local is_said = lines[1]:find "^> "
  if is_said then copy.text = table.remove(answers, 1):gsub(" / ", "\n") end
  local chat = plain.chat(copy)
  local flows = plain.flows { config = copy.config, zoho = given.zoho }
  local got = plain.run(flows(name), chat)
  if is_said then got = lines[1] .. "\n" .. got end
  return table.concat(lines, "\n"), got, chat
end

-- Makes a case of each { what, given, talk } with busted's `it`, which a module does not see.
function plain.talks(it, flow, cases)
  for _, case in ipairs(cases) do
    it(case[1], function()
      local told, led = plain.leads(flow, case[2], case[3])
      luassert.equal(told, led)
    end)
  end
end

return plain
