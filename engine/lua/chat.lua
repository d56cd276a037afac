-- engine/lua/chat.lua - the object that a flow gets: what it can say, ask and do. Everything here
-- is built from the few effects of `engine` (conversation/lua_engine.c), so that a replay goes the
-- same way as the run did.
local engine = ...

local REPLY_MAX = 1000 -- bytes; SalesIQ's own bound is not published, longer texts are split
local TRIES = 3

local say_plain = engine.say_plain -- true when it could say it: most of what is said
local normal = engine.normal -- lower case, without emoji and other signs, single spaces

local methods = {}

-- "; did you mean 'x'?" where one of the table's keys is near.
local function meant(word, known)
  local nearest = engine.nearest(tostring(word), known)
  return nearest and ("; did you mean '%s'?"):format(nearest) or ""
end

local function expect(value, kind, what)
  if type(value) ~= kind then
    error(what .. " must be a " .. kind .. ", not " .. type(value), 3)
  end
end

-- Splits a text that is too long at a line's or a word's end.
local function pieces(text)
  local list = {}
  while #text > REPLY_MAX do
    local head = text:sub(1, REPLY_MAX)
    local cut = head:match("^.*()\n") or head:match("^.*() ")
    if not cut or cut < REPLY_MAX // 2 then
      cut = REPLY_MAX
      while cut > 1 and text:byte(cut + 1) & 0xC0 == 0x80 do cut = cut - 1 end
      list[#list + 1], text = text:sub(1, cut), text:sub(cut + 1)
    else
      list[#list + 1], text = text:sub(1, cut - 1), text:sub(cut + 1)
    end
  end
  list[#list + 1] = text
  return list
end

local function say_text(text)
  for _, piece in ipairs(pieces(text)) do
    if piece:find "%S" then engine.say("text", piece) end
  end
end

-- A button is a flow's name (its button in init.lua), a label, or { label, value }.
local function say_buttons(buttons)
  for _, button in ipairs(buttons) do
    local label, value = button, button
    if type(button) == "table" then
      label, value = button[1], button[2] or button[1]
    else
      local known = engine.buttons[button]
      if known then label, value = known[1], known[2] end
    end
    expect(label, "string", "a button's label")
    engine.say("button", label, tostring(value))
  end
end

-- chat:say "text", chat:say("%s at %s", a, b), or chat:say { "text", buttons = {...}, card = {...},
-- input = {...} }.
function methods:say(reply, ...)
  if say_plain(reply, ...) then return end
  if type(reply) == "string" then
    if select("#", ...) > 0 then reply = reply:format(...) end
    say_text(reply)
    return
  end
  expect(reply, "table", "what chat:say says")
  for _, text in ipairs(reply) do
    expect(text, "string", "a text of chat:say")
    say_text(text)
  end
  if reply.card then engine.say("card", engine.json(reply.card), reply.card.text or "") end
  if reply.buttons then say_buttons(reply.buttons) end
  if reply.input then engine.say("input", engine.json(reply.input)) end
end

-- The next message that is for this flow; chat.message and chat.visitor are renewed.
local function listen(chat, question)
  local message = engine.listen(question)
  rawset(chat, "message", message)
  rawset(chat, "visitor", message.visitor)
  return message
end

local function context_of(chat, asked, previous)
  local place = chat.message.place or {}
  return {
    now = chat.message.at,
    zone = place.zone,
    region = place.region,
    hours = place.hours,
    asked = asked,
    previous = previous,
  }
end

-- The value of what a finder gave: { value = ... } or the value itself.
local function value_of(result)
  if type(result) == "table" and result.value ~= nil then return result.value end
  return result
end

local RESERVED = {
  tries = true, again = true, prompts = true, buttons = true, input = true, find = true,
  example = true, keep = true,
}

-- The finders of a question in a stable order, by their names.
local function finders_of(spec)
  local names = {}
  for name, find in pairs(spec) do
    if type(name) == "string" and not RESERVED[name] then
      expect(find, "function", "chat:ask's " .. name)
      names[#names + 1] = name
    end
  end
  return names
end

-- Looks for all that is still missing. Gives whether something was found, and the reason of the
-- first that was not.
local function understand(chat, spec, names, found, results)
  local message, progress, reason = chat.message, false, nil
  local missing = {}
  for _, name in ipairs(names) do
    if found[name] == nil then missing[#missing + 1] = name end
  end
  local asked = #missing == 1 and missing[1] or "both"
  for _, name in ipairs(missing) do
    local result, why = spec[name](message.text, context_of(chat, asked, results[name]), message)
    if result ~= nil then
      found[name], results[name], progress = value_of(result), result, true
    elseif type(why) == "table" and not reason and why.kind ~= "none" then
      reason = why.message
    end
  end
  return progress, reason
end

local function first_missing(names, found)
  for _, name in ipairs(names) do
    if found[name] == nil then return name end
  end
end

-- What is said after an answer that was not understood; a function looks anew.
local function again_of(spec)
  if type(spec.again) == "function" then return spec.again() end
  return spec.again
end

local function ask_fields(chat, spec, question, names)
  local found, results, failures = {}, {}, 0
  for name, value in pairs(spec.keep or {}) do found[name] = value end
  while true do
    listen(chat, question)
    local progress, reason = understand(chat, spec, names, found, results)
    local missing = first_missing(names, found)
    if not missing then return found, results end
    local prompt = spec.prompts and spec.prompts[missing]
    if progress then
      chat:say(reason or prompt or question)
    else
      engine.pass()
      failures = failures + 1
      if failures >= (spec.tries or TRIES) then return nil end
      chat:say(reason or again_of(spec) or prompt or question)
    end
  end
end

local function ask_one(chat, spec, question)
  local failures = 0
  while true do
    local message = listen(chat, question)
    local result, why
    if spec.find then
      result, why = spec.find(message.text, context_of(chat, "both"), message)
    elseif message.text:find "%S" then
      result = message.text
    end
    if result ~= nil then return value_of(result), result end
    engine.pass()
    failures = failures + 1
    if failures >= (spec.tries or TRIES) then return nil end
    chat:say(type(why) == "table" and why.message or again_of(spec) or question)
  end
end

-- chat:ask { "question", name = finder, ..., tries = 3 } -> { name = value, ... } or nil
-- chat:ask { "question", find = finder } -> value or nil;  chat:ask "question" -> text or nil
function methods:ask(spec)
  if type(spec) == "string" then spec = { spec } end
  if type(spec) ~= "table" or type(spec[1]) ~= "string" then
    error('chat:ask needs its question first: chat:ask "Your name?", or chat:ask { "Your name?", '
      .. "tries = 2 }", 2)
  end
  local question = spec[1]
  self:say(spec)
  local names = finders_of(spec)
  if #names > 0 then return ask_fields(self, spec, question, names) end
  return ask_one(self, spec, question)
end

local function option_number(text)
  local number = text:match "^option[ _]?(%d+)$" or text:match "^(%d+)$"
  return number and tonumber(number)
end

-- Which of the labels a message means; nil when none.
local function option_of(message, labels)
  for _, said in ipairs { message.payload or "", message.text } do
    local text = normal(said)
    for _, label in ipairs(labels) do
      local wanted = normal(label)
      -- Some channels cut labels at 20 characters.
      local cut = #text >= 15 and wanted:sub(1, #text) == text
      if said == label or (text ~= "" and (text == wanted or cut)) then return label end
    end
    local number = option_number(text)
    if number and labels[number] then return labels[number] end
  end
end

-- chat:choose { "question", "one", "two", tries = 3 } -> the label, or nil
function methods:choose(spec)
  if type(spec) ~= "table" or type(spec[1]) ~= "string" then
    error('chat:choose needs its question and its buttons: '
      .. 'chat:choose { "Which one?", "Red", "Blue" }',
      2)
  end
  local question, labels = spec[1], {}
  for i = 2, #spec do
    expect(spec[i], "string", "a button of chat:choose")
    labels[#labels + 1] = spec[i]
  end
  if #labels == 0 then error("chat:choose needs at least one button after its question", 2) end
  local failures = 0
  self:say { question, buttons = labels }
  while true do
    local message = listen(self, question)
    local chosen = option_of(message, labels)
    if not chosen and spec.find then
      chosen = value_of((spec.find(message.text, context_of(self, "choice"), message)))
    end
    if chosen ~= nil then return chosen end
    engine.pass()
    failures = failures + 1
    if failures >= (spec.tries or TRIES) then return nil end
    self:say { again_of(spec) or "Please choose one of these.", buttons = labels }
  end
end

local function set(words)
  local members = {}
  for word in words:gmatch "%S+" do members[word] = true end
  return members
end

local YES = set "y yes yep yeah yup sure ok okay correct right fine perfect exactly good"
local NO = set "n no nope nah wrong incorrect not"

local function yes_or_no(text)
  local first = normal(text):match "^%a+" or ""
  if YES[first] then return true end
  if NO[first] then return false end
end

-- chat:confirm "Shall we?" or { "Shall we?", yes = "Yes", no = "No" } -> true, false, or nil
function methods:confirm(spec)
  if type(spec) == "string" then spec = { spec } end
  expect(spec, "table", "what chat:confirm asks")
  local yes, no = spec.yes or "Yes", spec.no or "No"
  local chosen = self:choose {
    spec[1], yes, no,
    tries = spec.tries,
    again = spec.again,
    find = function(text)
      local answer
      if spec.find then answer = spec.find(text) else answer = yes_or_no(text) end
      if answer == true or answer == "yes" then return yes end
      if answer == false or answer == "no" then return no end
    end,
  }
  if chosen == nil then return nil end
  return chosen == yes
end

-- Hands the running chat to people: chat:forward { "text", department = id, operators = {...} }.
function methods:forward(spec)
  if type(spec) == "string" then spec = { spec } end
  spec = spec or {}
  for _, text in ipairs(spec) do self:say(text) end
  local more = {}
  if spec.department then more.department = tostring(spec.department) end
  if spec.operators then more.operators = spec.operators end
  engine.leave("forward", "", engine.json(more))
end

-- Ends the chat.
function methods:finish(text)
  if text then self:say(text) end
  engine.leave("end", "", "{}")
end

-- Leaves the flow for the way to a person that init.lua names.
function methods:hand_over()
  if not engine.person then
    error("init.lua names no way to a person: add person = \"flow name\"", 2)
  end
  engine.leave("flow", engine.person, "{}")
end

-- Goes on with another flow.
function methods:continue(flow)
  expect(flow, "string", "the flow's name")
  if not engine.flows[flow] then
    error("init.lua names no flow '" .. flow .. "'" .. meant(flow, engine.flows), 2)
  end
  engine.leave("flow", flow, "{}")
end

local Task = {}
Task.__index = Task

-- Gives the task a moment: { done = true, value = ... } or { done = false, and waiting = "person"
-- where somebody has to act first }.
function Task:wait(seconds)
  return engine.wait(self.id, seconds or 3)
end

-- Work that must get done: committed with this turn, retried until it is.
function methods:task(name, arguments)
  expect(name, "string", "the task's name")
  if not engine.tasks[name] then
    error("init.lua names no task '" .. name .. "'" .. (engine.nearest(name, engine.tasks)
      and meant(name, engine.tasks) or ": add it to tasks = { ... }"), 2)
  end
  return setmetatable({ id = engine.task(name, arguments), name = name }, Task)
end

-- A task that was begun before: chat:begun(id):wait(0)
function methods.begun(_, id)
  expect(id, "string", "the task's id")
  return setmetatable({ id = id }, Task)
end

-- { { who = "visitor" | "bot", text = ... }, ... }, the oldest first.
function methods.transcript(_)
  return engine.transcript()
end

-- chat.say "x" for chat:say "x" would take the text for the chat.
for name, method in pairs(methods) do
  methods[name] = function(self, ...)
    if type(self) ~= "table" or getmetatable(self) ~= false then
      error(("write a colon: chat:%s(...), not chat.%s(...)"):format(name, name), 2)
    end
    return method(self, ...)
  end
end

-- What others call it.
local ALIKE = {
  send = "chat:say", reply = "chat:say", answer = "chat:say", print = "chat:say",
  write = "chat:say",
  tell = "chat:say", prompt = "chat:ask", question = "chat:ask", input = "chat:ask",
  buttons = "chat:choose", menu = "chat:choose", options = "chat:choose", select = "chat:choose",
  transfer = "chat:forward", handover = "chat:hand_over", agent = "chat:hand_over",
  close = "chat:finish", stop = "chat:finish", exit = "chat:finish", start = "chat:continue",
  run = "chat:continue", text = "chat.message.text", payload = "chat.message.payload",
  name = "chat.visitor.name", email = "chat.visitor.email", phone = "chat.visitor.phone",
  state = "chat.memory", data = "chat.memory", session = "chat.memory",
  history = "chat:transcript()",
}
local FIELDS = { message = true, visitor = true, memory = true }
for name in pairs(methods) do FIELDS[name] = true end

local function no_field(name)
  if ALIKE[name] then
    error(("there is no chat.%s; did you mean %s?"):format(name, ALIKE[name]), 3)
  end
  local nearest = engine.nearest(tostring(name), FIELDS)
  local better = nearest and ("; did you mean chat%s%s?"):format(methods[nearest] and ":" or ".",
    nearest)
  error(("there is no chat.%s%s"):format(tostring(name), better or ""), 3)
end

-- Message, visitor and memory are made when a flow first looks at them.
local function chat_index(chat, name)
  local method = methods[name]
  if method then return method end
  if name == "message" or name == "visitor" then
    local message = engine.message()
    rawset(chat, "message", message)
    rawset(chat, "visitor", message.visitor)
    return rawget(chat, name)
  end
  if name == "memory" then
    local memory = engine.memory()
    rawset(chat, "memory", memory)
    return memory
  end
  no_field(name)
end

local function chat_newindex(_, name)
  error("chat." .. tostring(name) .. " cannot be set; chat.memory." .. tostring(name)
    .. " is kept for the conversation", 2)
end

local CHAT = { __index = chat_index, __newindex = chat_newindex, __metatable = false }

local task_methods = {}
local TASK = {
  __index = function(_, name)
    if task_methods[name] then return task_methods[name] end
    error("a task has no " .. tostring(name) .. ": it has no visitor; it has task.args and "
      .. "task.reference", 2)
  end,
  __metatable = false,
}

-- Made for each run; a task's from the input it starts with and its memory.
engine.object(function(input, memory)
  if not input then return setmetatable({}, CHAT) end
  return setmetatable({ args = input.args, reference = input.task, memory = memory,
    tries = input.tries, at = input.at }, TASK)
end)

return { normal = normal, option_number = option_number }
