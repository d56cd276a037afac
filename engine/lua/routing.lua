-- engine/lua/routing.lua - which flow answers what. Compiles what flows/init.lua returned into the
-- functions that the engine calls; says clearly what is wrong with it.
--
--   return {
--     flows = {
--       { "greeting", triggers = { "hello", event.trigger } , ... },
--       { "callback", button = { "2", "Schedule Callback" } },
--     },
--     ...
--   }
local engine, chat = ...

local normal, option_number = chat.normal, chat.option_number

local KNOWN = {
  flows = "table", tasks = "table", leave = "table", settings = "table",
  apology = "string", person = "string", nothing_said = "string", holding = "string",
  got_file = "string",
}
local KNOWN_FLOW = { button = "table", triggers = "table", fallback = "boolean", on = "table" }
local UNKNOWN = false -- a trigger's phrase whose flow nobody has asked for yet
local EVENTS = { visit = true, failure = true, context = true, empty = true, file = true }

-- word: what stands in the line of init.lua that this is about, or "".
local function fail(word, format, ...)
  error(("%s/init.lua<%s>: "):format(engine.folder, word) .. format:format(...), 0)
end

-- What is odd, but was always taken.
local function note(word, format, ...)
  engine.note(("%s/init.lua<%s>: "):format(engine.folder, word) .. format:format(...))
end

-- A text of init.lua as visitors may read it.
local function readable(word, what, text)
  local better, directive = engine.texts.bare(text)
  if directive then
    note(word, "%s would show %s to visitors: nothing is put into it; take it out", what, directive)
  end
  return better
end

-- The word in the entry of this number of a list.
local function within(list, number, word)
  return ("%s#%d %s"):format(list, number, tostring(word))
end

local function path_of(name) return ("%s/%s.lua"):format(engine.folder, name:gsub("%.", "/")) end

-- "; did you mean 'x'?" where one of the table's keys is near, else what `otherwise` says.
local function meant(word, known, otherwise)
  local nearest = engine.nearest(tostring(word), known)
  return nearest and ("; did you mean '%s'?"):format(nearest) or otherwise or ""
end

local function list_of(known)
  local list = {}
  for each in pairs(known) do list[#list + 1] = each end
  return "; known are: " .. table.concat(list, ", ")
end

-- position: of the entry of flows, nil for init.lua's own.
local function check_names(value, known, where, position)
  for name, inside in pairs(value) do
    if type(name) == "string" then
      local kind, place = known[name], position and within("flows", position, name) or name
      if not kind then
        fail(place, "%s has an unknown entry '%s'%s", where, name,
          meant(name, known, list_of(known)))
      end
      if type(inside) ~= kind then
        fail(place, "%s: %s must be a %s, not a %s", where, name, kind, type(inside))
      end
    end
  end
end

-- A flow or task is a file that returns a function.
local function check_file(name, what, argument, place)
  if #name > engine.name_max then
    fail(place, "%s '%s': its name has %d bytes, at most %d are possible", what, name, #name,
      engine.name_max)
  end
  local kind, file = engine.kind(name), path_of(name)
  if engine.is_module(name) then
    fail(place, "%s '%s': '%s' is a module of the engine, which hides %s: give the file another "
      .. "name, and here, too", what, name, name, file)
  end
  if kind == "function" then return end
  if kind == "nil" then
    fail(place, "%s '%s': there is no file %s%s", what, name, file, meant(name, engine.names()))
  end
  error(("%s:%d: %s '%s' of init.lua must end with `return function(%s) ... end`; it returns a %s")
    :format(file, engine.return_line(name), what, name, argument, kind), 0)
end

local function check_flow(entry, position, seen)
  if type(entry) == "string" then
    fail(within("flows", position, entry), 'flows: entry %d must stand in braces: { "%s" }',
      position, entry)
  end
  if type(entry) ~= "table" or type(entry[1]) ~= "string" then
    fail(within("flows", position, ""), 'flows: entry %d must be { "name", ... }', position)
  end
  local name = entry[1]
  check_names(entry, KNOWN_FLOW, "flow '" .. name .. "'", position)
  local place = within("flows", position, name)
  if seen[name] then fail(place, "flow '%s' stands twice in flows", name) end
  seen[name] = true
  check_file(name, "flow", "chat", place)
end

-- Buttons: value and label, and every form in which a click can come back.
local function add_button(routes, entry, position)
  local name, value, label = entry[1], entry.button[1], entry.button[2]
  local place = within("flows", position, "button")
  if type(value) ~= "string" or type(label) ~= "string" then
    fail(place, "flow '%s': button must be { \"value\", \"label\" }", name)
  end
  label = readable(place, ("the button of flow '%s'"):format(name), label)
  local key = normal(label)
  for _, form in ipairs { value, label, key } do
    local other = routes.payloads[form]
    if other and other ~= name then
      fail(place, "the button '%s' of flow '%s' is also flow '%s''s: give each a value and a label "
        .. "of its own", form, name, other)
    end
    routes.payloads[form] = name
  end
  routes.labels[key] = name
  routes.values[value] = name
  routes.buttons[name] = { label, value }
end

local function add_triggers(routes, entry, number)
  for position, trigger in ipairs(entry.triggers or {}) do
    local kind = type(trigger)
    if kind == "string" then
      local exact = trigger:sub(1, 1) == "="
      local phrase = normal(exact and trigger:sub(2) or trigger)
      if phrase == "" then
        fail(within("flows", number, trigger),
          "flow '%s': trigger %d has no letter or digit and can never match", entry[1], position)
      end
      routes.triggers[#routes.triggers + 1] =
        { flow = entry[1], phrase = exact and phrase or " " .. phrase .. " ", exact = exact }
    elseif kind == "function" then
      routes.triggers[#routes.triggers + 1] = { flow = entry[1], test = trigger }
      routes.dynamic = true
    else
      fail(within("flows", number, "triggers"),
        "flow '%s': trigger %d must be a text or a function, not a %s", entry[1], position, kind)
    end
  end
  for _, event in ipairs(entry.on or {}) do
    if not EVENTS[event] then
      fail(within("flows", number, event), "flow '%s': on has an unknown event '%s'%s", entry[1],
        tostring(event), meant(event, EVENTS, list_of(EVENTS)))
    end
    routes.events[event] = routes.events[event] or entry[1]
  end
end

local KNOWN_SETTING = { default = true, required = true, about = true }

local function check_settings(settings)
  for key, entry in pairs(settings) do
    if type(key) ~= "number" then
      note(tostring(key), "settings: %s stands in no list, and so counts for nothing: write "
        .. '{ "%s", required = true }', tostring(key), tostring(key))
    elseif type(entry) == "table" then
      for name in pairs(entry) do
        if type(name) ~= "number" and not KNOWN_SETTING[name] then
          note(name, "settings: %s has an unknown entry '%s'%s", tostring(entry[1]), tostring(name),
            meant(name, KNOWN_SETTING, list_of(KNOWN_SETTING)))
        end
      end
    end
  end
end

local function compile(init)
  check_names(init, KNOWN, "it")
  if not init.flows or #init.flows == 0 then fail("flows", "flows is missing or empty") end
  local routes = {
    payloads = {}, labels = {}, values = {}, buttons = {}, triggers = {}, events = {},
    leave = {}, exact = {},
  }
  local seen = {}
  for position, entry in ipairs(init.flows) do
    check_flow(entry, position, seen)
    if entry.button then add_button(routes, entry, position) end
    add_triggers(routes, entry, position)
    if entry.fallback then
      if routes.fallback then
        fail(within("flows", position, "fallback"), "flows '%s' and '%s' are both the fallback",
          routes.fallback, entry[1])
      end
      routes.fallback = entry[1]
    end
  end
  if not routes.fallback then
    fail("flows", "no flow has fallback = true: which one answers what nobody understands?")
  end
  for flow, words in pairs(init.leave or {}) do
    if not seen[flow] then
      fail(tostring(flow), "leave: there is no flow '%s' in flows%s", tostring(flow),
        meant(flow, seen))
    end
    if type(words) ~= "table" then
      note(flow, "leave: %s is no list, and so counts for nothing: write %s = { \"...\" }", flow,
        flow)
      words = {}
    end
    for _, word in ipairs(words) do routes.leave[normal(word)] = flow end
  end
  if init.person and not seen[init.person] then
    fail("person", "person: there is no flow '%s' in flows%s", init.person,
      meant(init.person, seen))
  end
  check_settings(init.settings or {})
  routes.flows = seen
  routes.tasks = {}
  for position, name in ipairs(init.tasks or {}) do
    name = tostring(name)
    check_file(name, "task", "task", within("tasks", position, name))
    routes.tasks[name] = true
  end
  return routes
end

-- The flow whose trigger fits; text is the message as the triggers see it.
local function by_trigger(routes, message, text)
  local padded = " " .. text .. " "
  for _, trigger in ipairs(routes.triggers) do
    if trigger.test then
      if trigger.test(message) then return trigger.flow end
    elseif trigger.exact then
      if trigger.phrase == text then return trigger.flow end
    elseif padded:find(trigger.phrase, 1, true) then
      return trigger.flow
    end
  end
end

local init = engine.init
local routes = compile(init)

-- A message that is itself a trigger's phrase is searched for once; then the winner is known. (All
-- of them at load would cost each Lua state the square of the number of triggers.)
if not routes.dynamic then
  for _, trigger in ipairs(routes.triggers) do
    routes.exact[trigger.exact and trigger.phrase or trigger.phrase:sub(2, -2)] = UNKNOWN
  end
end

local function by_exact_phrase(key)
  local flow = routes.exact[key]
  if flow == UNKNOWN then
    flow = by_trigger(routes, nil, key)
    routes.exact[key] = flow
  end
  return flow
end

-- A file that a module hides, and one like a flow that nothing names: they will never answer.
for name in pairs(engine.names()) do
  if engine.is_module(name) then
    engine.note(("%s is never read: '%s' is a module of the engine; give the file another name")
      :format(path_of(name), name))
  elseif engine.kind(name) == "function" and not routes.flows[name] and not routes.tasks[name]
    and not engine.is_named(name) then
    engine.note(("%s answers nothing: add { \"%s\", triggers = { \"...\" } } to flows in init.lua")
      :format(path_of(name), name))
  end
end

local function text_of(name, otherwise) return readable(name, name, init[name] or otherwise) end

engine.buttons = routes.buttons
engine.tasks = routes.tasks
engine.flows = routes.flows
engine.person = init.person
engine.got_file = text_of("got_file",
  "Thank you! I cannot open that myself, but a colleague can see it.")

local function event_of(kind, text, is_file)
  if kind == "trigger" then return "visit" end
  if kind == "failure" or kind == "context" then return kind end
  if is_file then return "file" end
  if kind == "unreadable" or text == "" then return "empty" end
end

local function button_of(said, labels)
  if said == "" then return nil end
  local flow = routes.payloads[said]
  if flow then return flow end
  local text = normal(said)
  flow = labels[text]
  if flow then return flow end
  if #text >= 15 then -- cut at 20 characters by the channel
    for label, name in pairs(labels) do
      if label:sub(1, #text) == text then return name end
    end
  end
end

-- Step 1: a payload, an action value or a button's label; an event; a word that leaves.
local function direct(stage, kind, text, payload, is_file)
  local event = event_of(kind, text, is_file)
  if payload ~= "" then
    local flow = button_of(payload, routes.labels)
    if flow then return flow end
    local number = option_number(normal(payload))
    if number and routes.values[tostring(number)] then return routes.values[tostring(number)] end
  end
  if event and payload == "" then
    -- A file without a word, or another page, while a question waits: that is asked again.
    if stage == 2 and (event == "file" or event == "empty" or event == "visit") then return nil end
    return routes.events[event]
  end
  local key = normal(text)
  local flow = routes.labels[key]
  if flow then return flow end
  if #key >= 15 then return button_of(text, routes.labels) end
end

local function leave(text)
  return routes.leave[normal(text)]
end

-- Step 2: a number or "option N" when that button stood in the bot's last message; triggers.
local function later(text, offered, message)
  local key = normal(text)
  local number = option_number(key, text)
  if number then
    local flow = routes.values[tostring(number)]
    if flow and offered:find("\0" .. number .. "\0", 1, true) then return flow end
  end
  local flow = by_exact_phrase(key)
  if flow then return flow end
  if routes.leave[key] then return routes.leave[key] end
  return by_trigger(routes, message, key)
end

-- The buttons beside an apology: every way on that init offers, in its order.
local ways = {}
for _, entry in ipairs(init.flows) do
  if entry.button then ways[#ways + 1] = routes.buttons[entry[1]] end
end

-- stage: 1 nothing is pending (all steps); 2 a question is pending: what comes before it; 3 what
-- comes after it did not understand. is_file: a file came without a word.
engine.route(function(stage, kind, text, payload, offered, message, is_file)
  if stage ~= 3 then
    local flow = direct(stage, kind, text, payload, is_file)
    if flow then return flow end
    if stage == 2 then return leave(text) end
  end
  if payload ~= "" and text == "" then text = payload end
  local flow = later(text, offered, message)
  if flow or stage == 3 then return flow end
  return routes.fallback
end, {
  apology = text_of("apology", "Sorry, something went wrong on our side."),
  nothing_said = text_of("nothing_said", "Is there anything else I can help you with?"),
  holding = text_of("holding",
    "I am still working on it. Please give me a moment and write to me again."),
  ways = ways,
  -- Whether a trigger looks at the whole message; else it need not be made.
  dynamic = routes.dynamic or false,
})
