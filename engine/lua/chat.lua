-- engine/lua/chat.lua - the object that a flow gets: what it can say, ask and do. Everything here
-- is built from the few effects of `engine` (conversation/lua_engine.c), so that a replay goes the
-- same way as the run did.
local engine = ...

local TRIES = 3

local say_plain = engine.say_plain -- true when it could say it: most of what is said
local normal = engine.normal -- lower case, without emoji and other signs, single spaces

local methods = {}

-- "; did you mean 'x'?" where one of the table's keys is near.
local function meant(word, known)
  local nearest = engine.nearest(tostring(word), known)
  return nearest and ("; did you mean '%s'?"):format(nearest) or ""
end

local texts = engine.texts
local misuse, blemish = texts.misuse, texts.blemish

local function a(value)
  local kind = type(value)
  return value == nil and "nil" or (kind:find "^[aeiou]" and "an " or "a ") .. kind
end

local function expect(value, kind, what)
  if type(value) ~= kind then misuse("%s must be a %s, not %s", what, kind, a(value)) end
end

-- "; did you mean 'tries'?", or all there are: "; there are again, tries".
local function choice(name, known)
  local list = {}
  for each in pairs(known) do list[#list + 1] = each end
  local near = meant(name, known)
  return near ~= "" and near or "; there are " .. table.concat(list, ", ")
end

-- Names in a table that nothing reads: most are misspelt.
local function check_names(method, given, known)
  for name in pairs(given) do
    if type(name) == "string" and not known[name] then
      blemish("chat:%s knows no '%s'%s", method, name, choice(name, known))
    end
  end
end

local function say_text(chat, method, text, is_filled)
  for _, piece in ipairs(texts.pieces(texts.readable(chat, text, method, is_filled))) do
    if piece:find "%S" then engine.say("text", piece) end
  end
end

-- How many entries a list would have without its holes.
local function last_of(list)
  local last = 0
  for i in pairs(list) do
    if math.type(i) == "integer" and i > last then last = i end
  end
  return last
end

-- A button is a flow's name (its button in init.lua), a label, or { label, value }.
local function say_buttons(chat, method, buttons)
  if type(buttons) ~= "table" then
    misuse('the buttons of chat:%s must be a list, { "One", "Two" }, not %s', method, a(buttons))
  end
  for i = 1, last_of(buttons) do
    local button = buttons[i]
    local label, value = button, button
    if button == nil then
      blemish("button %d of chat:%s is nil", i, method)
      label = ""
    elseif type(button) == "table" then
      label, value = button[1], button[2] or button[1]
    else
      local known = engine.buttons[button]
      if known then label, value = known[1], known[2] end
    end
    if type(label) ~= "string" then
      misuse('button %d of chat:%s is %s: write a label, { "label", "value" }, or the name of a '
        .. "flow with a button", i, method, a(label))
    end
    label = texts.readable(chat, label, method)
    if label:find "%S" then engine.say("button", label, tostring(value)) end
  end
end

local function say_texts(chat, method, list)
  for i = 1, last_of(list) do
    if list[i] == nil then
      blemish("text %d of chat:%s is nil%s", i, method, texts.instead(method, i))
    else
      if type(list[i]) ~= "string" then texts.no_text(method, list[i], i, "text " .. i) end
      say_text(chat, method, list[i])
    end
  end
end

-- A text, or { texts, buttons = {...}, card = {...}, input = {...} }: what `method` says.
local function say(chat, method, reply)
  if say_plain(reply) then return end
  if type(reply) == "string" then return say_text(chat, method, reply) end
  if type(reply) ~= "table" then texts.no_text(method, reply, 1, "what it is given") end
  say_texts(chat, method, reply)
  if reply.card then
    local card = texts.card(chat, method, "card", reply.card)
    engine.say("card", engine.json(card), type(card) == "table" and card.text or "")
  end
  if reply.buttons then say_buttons(chat, method, reply.buttons) end
  if reply.input then
    engine.say("input", engine.json(texts.card(chat, method, "input", reply.input)))
  end
end

local SAYS = { buttons = true, card = true, input = true }

-- chat:say "text", chat:say("%s at %s", a, b), or chat:say { "text", buttons = {...}, card = {...},
-- input = {...} }.
function methods:say(reply, ...)
  if select("#", ...) == 0 then
    if say_plain(reply) then return end
    if type(reply) == "table" then
      check_names("say", reply, SAYS)
      if next(reply) == nil then
        blemish 'chat:say has nothing to say: chat:say { "Which?", buttons = { "A", "B" } }'
      end
    end
    return say(self, "say", reply)
  end
  if type(reply) == "string" then return say_text(self, "say", texts.fill(reply, ...), true) end
  if type(reply) ~= "table" then texts.no_text("say", reply, 1, "its text") end
  blemish 'chat:say takes values only behind a text: chat:say("Hello %%s", name)'
  say(self, "say", reply)
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
  tries = true, again = true, prompts = true, buttons = true, input = true, card = true,
  find = true, example = true, keep = true,
}

-- The finders of a question in a stable order, by their names.
local function finders_of(spec)
  local names = {}
  for name, find in pairs(spec) do
    if type(name) == "string" and not RESERVED[name] then
      if type(find) ~= "function" then
        misuse("chat:ask's %s must be a function that looks for it in the text, not %s%s", name,
          a(find), choice(name, RESERVED))
      end
      names[#names + 1] = name
    end
  end
  return names
end

-- What chat:say takes: a text, or a table that has one.
local function is_sayable(reply)
  return type(reply) == "string" or type(reply) == "table" and type(reply[1]) == "string"
end

-- What a finder says why it found nothing: nil, or nil, { kind, message }.
local function reason_of(why)
  local reason = type(why) == "table" and why.message or nil
  if not reason or is_sayable(reason) then return reason end
  misuse("the message of what chat:ask's finder gives must be a text, not %s", a(reason))
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
      reason = reason_of(why)
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
local function again_of(spec, method)
  local text = spec.again
  if type(text) == "function" then text = text() end
  if not text or method == "ask" and is_sayable(text) or type(text) == "string" then return text end
  misuse("chat:%s's again must be a text, or a function that gives one, not %s", method, a(text))
end

-- What both questions with buttons and without take besides their texts.
local function check_question(method, spec)
  if spec.tries ~= nil then expect(spec.tries, "number", "chat:" .. method .. "'s tries") end
  if spec.find ~= nil then expect(spec.find, "function", "chat:" .. method .. "'s find") end
end

-- After an answer that was not understood: asks once more. Gives how many failed, nil where that is
-- enough. A file without a word has not failed: thanks for it, and the question as it was.
local function once_more(chat, method, spec, failures, question, reason, otherwise)
  local message = chat.message
  engine.pass()
  if message.files and not message.payload and not message.text:find "%S" then
    say(chat, method, engine.got_file)
    say(chat, method, type(question[1]) == "table" and question[1] or question)
    return failures
  end
  failures = failures + 1
  if failures >= (spec.tries or TRIES) then return nil end
  local text = reason or again_of(spec, method) or otherwise or question[1]
  say(chat, method, question.buttons and { text, buttons = question.buttons } or text)
  return failures
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
      say(chat, "ask", reason or prompt or question)
    else
      failures = once_more(chat, "ask", spec, failures, { prompt or question, input = spec.input },
        reason)
      if not failures then return nil end
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
    failures = once_more(chat, "ask", spec, failures, { question, input = spec.input },
      reason_of(why))
    if not failures then return nil end
  end
end

-- chat:ask { "question", name = finder, ..., tries = 3 } -> { name = value, ... } or nil
-- chat:ask { "question", find = finder } -> value or nil;  chat:ask "question" -> text or nil
function methods:ask(spec, ...)
  if type(spec) == "string" then
    if select("#", ...) > 0 then
      blemish 'chat:ask takes its question alone: chat:ask(("Your name, %%s?"):format(value))'
    end
    spec = { spec }
  end
  if type(spec) ~= "table" or type(spec[1]) ~= "string" then
    misuse('chat:ask needs its question first%s: chat:ask "Your name?", or chat:ask { "Your '
      .. 'name?", tries = 2 }', texts.but("ask", spec))
  end
  check_question("ask", spec)
  for _, name in ipairs { "keep", "prompts" } do
    if spec[name] ~= nil then expect(spec[name], "table", "chat:ask's " .. name) end
  end
  local question, names = spec[1], finders_of(spec)
  say(self, "ask", spec)
  if #names > 0 then return ask_fields(self, spec, question, names) end
  return ask_one(self, spec, question)
end

-- said: as it was written, where that is known; text: its normal form.
local function option_number(text, said)
  if said and said:find "^%s*%-%s*%d" then return nil end -- "-1" is no 1
  local number = text:match "^option[ _]?(%d+)$" or text:match "^(%d+)$"
  return number and tonumber(number)
end

-- What makes a label or its number more than a click: "Yes?" asks, "Yes 👎" takes it back.
local function says_more(said, label)
  if said:find "?" and not label:find("?", 1, true) then return true end
  for sign in said:gsub("\226\131\163", ""):gmatch "[\226\240][\128-\191]+" do
    if not label:find(sign, 1, true) then return true end
  end
  return false
end

-- Which of the labels a message means, by its place; nil when none. find: reads what is no click.
local function option_of(message, labels, find)
  for _, said in ipairs { message.payload or "", message.text } do
    local text = normal(said)
    local is_typed = find and said ~= message.payload
    for i, label in ipairs(labels) do
      local wanted = normal(label)
      -- Some channels cut labels at 20 characters.
      local cut = #text >= 15 and wanted:sub(1, #text) == text
      if said == label then return i end
      if text ~= "" and (text == wanted or cut) and not (is_typed and says_more(said, label)) then
        return i
      end
    end
    local number = option_number(text, said)
    if number and labels[number] and not (is_typed and says_more(said, "")) then return number end
  end
end

local CHOOSES = { tries = true, again = true, find = true }

-- The labels behind a question, as they are read and as the flow has them.
local function labels_of(chat, method, spec)
  local labels, own = {}, {}
  for i = 2, last_of(spec) do
    if type(spec[i]) ~= "string" then
      misuse("button %d of chat:choose must be a string, not %s%s", i - 1, a(spec[i]),
        texts.but("choose", spec, i))
    end
    local label = texts.readable(chat, spec[i], method)
    if label:find "%S" then labels[#labels + 1], own[#own + 1] = label, spec[i] end
  end
  if #labels == 0 then
    misuse 'chat:choose needs at least one button after its question: { "Which?", "Red", "Blue" }'
  end
  return labels, own
end

local function choose(chat, method, spec)
  local question, failures = spec[1], 0
  local labels, own = labels_of(chat, method, spec)
  check_question(method, spec)
  say(chat, method, { question, buttons = labels })
  while true do
    local message = listen(chat, question)
    local chosen = own[option_of(message, labels, spec.find)]
    if not chosen and spec.find then
      chosen = value_of((spec.find(message.text, context_of(chat, "choice"), message)))
    end
    if chosen ~= nil then return chosen end
    failures = once_more(chat, method, spec, failures, { question, buttons = labels }, nil,
      "Please choose one of these.")
    if not failures then return nil end
  end
end

-- chat:choose { "question", "one", "two", tries = 3 } -> the label, or nil
function methods:choose(spec)
  if type(spec) ~= "table" or type(spec[1]) ~= "string" then
    misuse('chat:choose needs its question and its buttons%s: '
      .. 'chat:choose { "Which one?", "Red", "Blue" }', texts.but("choose", spec))
  end
  check_names("choose", spec, CHOOSES)
  return choose(self, "choose", spec)
end

local CONFIRMS = { yes = true, no = true, tries = true, again = true, find = true }

-- chat:confirm "Shall we?" or { "Shall we?", yes = "Yes", no = "No" } -> true, false, or nil.
-- A yes with a condition is none: it is asked again.
function methods:confirm(spec)
  if type(spec) == "string" then spec = { spec } end
  if type(spec) ~= "table" or type(spec[1]) ~= "string" then
    misuse('chat:confirm needs its question%s: chat:confirm "Shall we?", or chat:confirm { "Shall '
      .. 'we?", yes = "Yes", no = "No" }', texts.but("confirm", spec))
  end
  check_names("confirm", spec, CONFIRMS)
  local yes, no = spec.yes or "Yes", spec.no or "No"
  expect(yes, "string", "chat:confirm's yes")
  expect(no, "string", "chat:confirm's no")
  check_question("confirm", spec)
  local chosen = choose(self, "confirm", {
    spec[1], yes, no,
    tries = spec.tries,
    again = spec.again,
    find = function(text)
      local answer = (spec.find or engine.modules("parse.yes_no", "find").find)(text, spec[1])
      if answer == true or answer == "yes" then return yes end
      if answer == false or answer == "no" then return no end
    end,
  })
  if chosen == nil then return nil end
  return chosen == yes
end

local FORWARDS = { department = true, operators = true }

-- Hands the running chat to people: chat:forward { "text", department = id, operators = {...} }.
function methods:forward(spec)
  if type(spec) == "string" then spec = { spec } end
  spec = spec or {}
  if type(spec) ~= "table" then texts.no_text("forward", spec, 1, "what it is given") end
  check_names("forward", spec, FORWARDS)
  if spec.operators and type(spec.operators) ~= "table" then
    blemish("chat:forward's operators must be a table, not %s", a(spec.operators))
  end
  say_texts(self, "forward", spec)
  local more = {}
  if spec.department then more.department = tostring(spec.department) end
  if spec.operators then more.operators = spec.operators end
  engine.leave("forward", "", engine.json(more))
end

-- Ends the chat.
function methods:finish(text)
  if text then say(self, "finish", text) end
  engine.leave("end", "", "{}")
end

-- Leaves the flow for the way to a person that init.lua names.
function methods:hand_over(text)
  if not engine.person then
    misuse 'init.lua names no way to a person: add person = "flow name"'
  end
  if text ~= nil then
    blemish "chat:hand_over says nothing: say it before, with chat:say"
  end
  engine.leave("flow", engine.person, "{}")
end

-- Goes on with another flow.
function methods:continue(flow)
  if type(flow) ~= "string" then
    misuse('chat:continue needs the name of a flow, not %s%s: chat:continue "callback"', a(flow),
      texts.but("continue", flow, 1))
  end
  if not engine.flows[flow] then
    misuse("init.lua names no flow '%s'%s", flow, meant(flow, engine.flows))
  end
  engine.leave("flow", flow, "{}")
end

local Task = {} -- what a flow has of a task that it began
local BEGUN = { __index = Task, __metatable = "task" }

-- Gives the task a moment: { done = true, value = ... } or { done = false, and waiting = "person"
-- where somebody has to act first }.
function Task:wait(seconds)
  if type(self) ~= "table" or type(self.id) ~= "string" then
    misuse "write a colon: task:wait(3), not task.wait(3)"
  end
  if seconds ~= nil and type(seconds) ~= "number" then
    blemish("a task's wait takes seconds, such as :wait(3), not %s", a(seconds))
  end
  local result = engine.wait(self.id, tonumber(seconds) or 3)
  if result.done and result.value == nil and self.name then engine.gave_nothing(self.name) end
  return result
end

-- Work that must get done: committed with this turn, retried until it is.
function methods:task(name, arguments)
  if type(name) ~= "string" then
    misuse('chat:task needs the name of a task, not %s: chat:task("book_callback", { ... })',
      a(name))
  end
  if not engine.tasks[name] then
    misuse("init.lua names no task '%s'%s", name, engine.nearest(name, engine.tasks)
      and meant(name, engine.tasks) or ": add it to tasks = { ... }")
  end
  return setmetatable({ id = engine.task(name, arguments), name = name }, BEGUN)
end

-- A task that was begun before: chat:begun(id):wait(0)
function methods.begun(_, id)
  if type(id) ~= "string" then
    misuse("chat:begun needs a task's id, a text, not %s", a(id))
  end
  return setmetatable({ id = id }, BEGUN)
end

-- { { who = "visitor" | "bot", text = ... }, ... }, the oldest first.
function methods.transcript(_)
  return engine.transcript()
end

local function same(...) return ... end

-- chat.say "x" for chat:say "x" would take the text for the chat. The call inside is not in tail
-- position: see script/author.h.
for name, method in pairs(methods) do
  methods[name] = function(self, ...)
    if type(self) ~= "table" or getmetatable(self) ~= false then
      misuse("write a colon: chat:%s(...), not chat.%s(...)", name, name)
    end
    return same(method(self, ...))
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
  history = "chat:transcript()", wait = 'chat:task("name", { ... }):wait(3)',
}
local FIELDS = { message = true, visitor = true, memory = true }
for name in pairs(methods) do FIELDS[name] = true end

local function no_field(name)
  if ALIKE[name] then
    misuse("there is no chat.%s; did you mean %s?", name, ALIKE[name])
  end
  local nearest = engine.nearest(tostring(name), FIELDS)
  local better = nearest and ("; did you mean chat%s%s?"):format(methods[nearest] and ":" or ".",
    nearest)
  misuse("there is no chat.%s%s", tostring(name), better or "")
end

-- What is no method. Message, visitor and memory are made when a flow first looks at them.
local function chat_field(chat, name)
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
  misuse("chat.%s cannot be set; chat.memory.%s is kept for the conversation", tostring(name),
    tostring(name))
end

local CHAT = {
  __index = engine.index(methods, chat_field), __newindex = chat_newindex, __metatable = false,
}

local TASK = {
  __index = function(_, name)
    misuse("a task has no %s: it has no visitor; it has task.args and task.reference",
      tostring(name))
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
