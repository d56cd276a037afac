-- engine/lua/spec_talk.lua - the visitor of a spec and their talk with the bot.
--
--   local talk = visitor.arrives { name = "Asha Rao", zone = "Asia/Kolkata" }
--   local talk = visitor.enters "callback"       the flow has begun
--   local talk = visitor.after { "hello", { clicks = "Schedule Callback" } }
--
--   talk:says "tomorrow at 3"        talk:clicks "Yes"       talk:visits()     talk:wait(10)
--   talk:sends_file "photo.jpg"      talk:sends_file("a.jpg", { text = "look", type = "image" })
--   talk:sends_file { "a.jpg", { name = "b.ogg", type = "audio" } }      two in one message
--   talk:sees "Hello!"               exactly this is among the new replies; ... stands for anything
--   talk:sees { "One", "Two" }       these are all new replies, in this order
--   talk:sees_not "Sorry..."         talk:matches "%d%d:%d%d"      a Lua pattern
--   talk:sees_buttons { "Yes", "No" }
--   talk:fails "operators_not_available"            SalesIQ could not do what the bot asked for
local cases = require "usher.spec_cases"
local check = require "simulator.salesiq_check"
local door = require "usher.spec_door"
local fail = require "usher.spec_fail"
local simulated = require "simulator.visitor"
local stages = require "usher.spec_stage"
local texts = require "usher.spec_texts"

local visitor, Talk = {}, {}
Talk.__index = Talk

-- ---- what a failure shows ----

local WHO = { visitor = "visitor: ", bot = "bot:     ", note = "         ", fault = "ERROR    " }

local function dialogue(talk)
  local lines = {}
  for _, entry in ipairs(talk.history) do
    local text = entry.text:gsub("\n", "\n" .. (" "):rep(11))
    lines[#lines + 1] = "  " .. WHO[entry.who] .. text
  end
  return table.concat(lines, "\n")
end

local function complain(talk, message)
  fail(("%s\n\nThe talk (%s):\n%s\n"):format(message, stages.mode(), dialogue(talk)))
end

local function note(talk, who, text)
  talk.history[#talk.history + 1] = { who = who, text = text }
end

local function note_events(talk)
  for _, fault in ipairs(stages.collect()) do note(talk, "fault", fault) end
  for _, line in ipairs(stages.unanswered()) do
    note(talk, "note", "(no network here; this line gives an answer: " .. line .. ")")
  end
end

local function indented(list)
  if #list == 0 then return "    (nothing)" end
  return "    " .. table.concat(list, "\n    ")
end

-- ---- a call and its answer ----

local function note_answer(talk)
  for _, text in ipairs(talk.new) do note(talk, "bot", text) end
  if #talk.peer.buttons > 0 then
    note(talk, "note", "[" .. table.concat(talk.peer.buttons, "] [") .. "]")
  end
  if talk.peer.state ~= "bot" then note(talk, "note", "(" .. talk.peer.state .. ")") end
end

local function deliver(talk, body)
  local stage = stages.current()
  stages.before_turn()
  local json, seconds = stage:webhook(simulated.json(body))
  local problems, answer = check.check(json, 200, nil,
    { channel = talk.channel, handler = body.handler })
  note_events(talk)
  talk.seconds, talk.answer = seconds, json
  if answer then
    talk.peer:hears(answer)
    talk.new = { table.unpack(talk.peer.shown) }
    note_answer(talk)
  end
  if #problems > 0 then
    complain(talk, "SalesIQ would not take this answer:\n" .. indented(problems) .. "\n  " .. json)
  end
  return talk
end

-- ---- the visitor acts ----

-- What simulator/visitor.lua takes for one call.
local EXTRA = { request_id = true, org_id = true, app_id = true, conversation_id = true,
  person = true, omit = true, preview = true, payload = true, bare = true, meta = true,
  question = true, attachments = true }

local function check_extra(extra, file)
  for name in pairs(extra or {}) do
    if not EXTRA[name] and not (file and (name == "text" or name == "type")) then
      error(("nobody reads '%s' there; there are %spayload, meta, person, omit"):format(
        tostring(name), file and "text, type, " or ""), 0)
    end
  end
end

local function send(talk, body, shown)
  if not body and shown then -- SalesIQ asks the questions of a context by itself
    talk.new = shown
    note_answer(talk)
    return talk
  end
  if not body then
    complain(talk, ("Nobody but a person hears that: the talk is %s"):format(talk.peer.state))
  end
  return deliver(talk, body)
end

function Talk:says(text, extra)
  check_extra(extra)
  note(self, "visitor", text)
  return send(self, self.peer:says(text, extra))
end

-- extra: text beside the file, its type, and options of a call.
local function attachment_of(file, kind)
  local name = type(file) == "table" and file.name or file
  return { name = name, type = type(file) == "table" and file.type or kind or "file",
    url = "https://files.example.com/" .. name:gsub("[^%w%.-]", "_") }
end

function Talk:sends_file(file, extra)
  check_extra(extra, true)
  local options, files, names = {}, type(file) == "table" and file or { file }, {}
  for key, value in pairs(extra or {}) do options[key] = value end
  options.attachments, options.type = {}, nil
  for i, one in ipairs(files) do
    options.attachments[i] = attachment_of(one, extra and extra.type)
    names[i] = options.attachments[i].name
  end
  note(self, "visitor", ("(file %s) %s"):format(table.concat(names, ", "), options.text or ""))
  return send(self, self.peer:says(options.text or "", options))
end

-- A button by its label, with or without its emoji, or by its number.
local function label_of(talk, which)
  if type(which) == "number" then return talk.peer.buttons[which] end
  local function plain(text) return text:gsub("[\128-\255]+", ""):match "^%s*(.-)%s*$":lower() end
  for _, button in ipairs(talk.peer.buttons) do
    if button == which then return button end
  end
  for _, button in ipairs(talk.peer.buttons) do
    if plain(button) ~= "" and plain(button) == plain(which) then return button end
  end
end

function Talk:clicks(which, extra)
  check_extra(extra)
  local label = label_of(self, which)
  if not label then
    complain(self, ("There is no button '%s'; there are:\n%s"):format(tostring(which),
      indented(self.peer.buttons)))
  end
  note(self, "visitor", "[" .. label .. "]")
  return send(self, self.peer:says(label, extra))
end

function Talk:visits()
  note(self, "note", "(comes to the page)")
  return deliver(self, self.peer:triggers())
end

function Talk:fails(cause)
  note(self, "note", ("(SalesIQ could not do that: %s)"):format(cause))
  return deliver(self, self.peer:fails(cause))
end

function Talk:sends(body)
  note(self, "note", "(another body is sent)")
  return deliver(self, body)
end

function Talk:wait(seconds)
  stages.current():advance(seconds)
  note_events(self)
  note(self, "note", ("(%g seconds later)"):format(seconds))
  return self
end

-- ---- what the visitor sees ----

local function pattern_of(text)
  local escaped = text:gsub("[%^%$%(%)%%%.%[%]%*%+%-%?]", "%%%0")
  return "^" .. escaped:gsub("%%%.%%%.%%%.", ".*") .. "$"
end

local function fits(expected, text)
  if expected == text then return true end
  return expected:find("...", 1, true) ~= nil and text:find(pattern_of(expected)) ~= nil
end

local function among(talk, expected)
  for _, text in ipairs(talk.new) do
    if fits(expected, text) then return true end
  end
  return false
end

-- The line of the spec that has the text: this one, or where it is kept for several.
local function line_with(place, text)
  local path, number = place:match "^(.*):(%d+)$"
  local file = path and io.open(path)
  local at, found = 0, nil
  for line in file and file:lines() or function() end do
    at = at + 1
    if line:find(text, 1, true) and (not found or at == tonumber(number)) then found = at end
  end
  if file then file:close() end
  return found and ("%s:%d"):format(path, found) or place
end

-- Behind what was expected and seen: who says that now, where somebody has changed the wording.
local function whose(expected, seen, is_there)
  local place, text = texts.changed(expected, seen, is_there)
  if not place then return "" end
  local spec = line_with(fail.place(), expected)
  cases.change(place, text, expected, spec)
  return ("\n%s says that now. If it is meant to, change %s"):format(place, spec)
end

local function sees_all(talk, list)
  local fine, hint, others = #list == #talk.new, "", {}
  for i, expected in ipairs(list) do
    if not fits(expected, talk.new[i] or "") then others[#others + 1] = i end
  end
  for _, i in ipairs(others) do
    fine, hint = false, hint .. whose(list[i], { talk.new[i] }, #others < #list)
  end
  if not fine then
    complain(talk, ("The visitor should see:\n%s\nbut sees:\n%s%s"):format(indented(list),
      indented(talk.new), hint))
  end
  return talk
end

function Talk:sees(expected)
  if type(expected) == "table" then return sees_all(self, expected) end
  if not among(self, expected) then
    complain(self, ("The visitor should see:\n    %s\nbut sees:\n%s%s"):format(expected,
      indented(self.new), whose(expected, self.new)))
  end
  return self
end

function Talk:sees_not(unwanted)
  if among(self, unwanted) then complain(self, "The visitor should not see:\n    " .. unwanted) end
  return self
end

function Talk:matches(pattern)
  for _, text in ipairs(self.new) do
    if text:find(pattern) then return self end
  end
  complain(self, ("The visitor should see what matches:\n    %s\nbut sees:\n%s"):format(pattern,
    indented(self.new)))
end

function Talk:sees_buttons(expected)
  local buttons = self.peer.buttons
  local fine = #expected == #buttons
  for i, label in ipairs(expected) do
    fine = fine and (label_of(self, label) == buttons[i] or fits(label, buttons[i]))
  end
  if not fine then
    complain(self, ("The visitor should see the buttons:\n%s\nbut sees:\n%s"):format(
      indented(expected), indented(buttons)))
  end
  return self
end

Talk.dialogue = dialogue
Talk.complain = complain

door.methods("talk", Talk, {
  says = { 'talk:says "text"', "text", "table?" },
  clicks = { 'talk:clicks "label"', "text or number", "table?" },
  sends_file = { 'talk:sends_file "photo.jpg"', "text or table", "table?" },
  visits = { "talk:visits()" },
  fails = { 'talk:fails "operators_not_available"', "text" },
  sends = { "talk:sends { handler = ... }", "table" },
  wait = { "talk:wait(10)", "number" },
  sees = { 'talk:sees "text", or talk:sees { "these", "are all" }', "text or table" },
  sees_not = { 'talk:sees_not "text"', "text" },
  matches = { 'talk:matches "%d%d:%d%d"', "text" },
  sees_buttons = { 'talk:sees_buttons { "Yes", "No" }', "table" },
  dialogue = { "talk:dialogue()" },
  complain = { 'talk:complain "message"', "text" },
})

-- ---- who comes, and how ----

local PERSON = { name = "name", email = "email", phone = "phone", zone = "time_zone",
  country = "country", language = "language", channel = "channel", city = "city" }
local OTHER = { preview = true, bare = true, payload = true, person = true, omit = true }

local function options_of(given, number)
  local options = {
    conversation_id = given.id or ("3100000000%05d"):format(45000 + number),
    request_id = ("spec-%d"):format(number), person = {},
  }
  for name, value in pairs(given) do
    if PERSON[name] then
      options.person[PERSON[name]] = value
    elseif OTHER[name] then
      options[name] = value
    elseif type(name) == "string" and name ~= "id" then
      error(("a visitor has no '%s'; there are name, email, phone, zone, country, language, city, "
        .. "channel, id, preview, bare"):format(name), 0)
    end
  end
  return options
end

-- A visitor who has said nothing yet. false leaves something out: { email = false }.
function visitor.arrives(given)
  local now = stages.now()
  stages.current()
  now.talks = now.talks + 1
  local options = options_of(given or {}, now.talks)
  return setmetatable({
    peer = simulated.enters(options), history = {}, new = {}, channel = (given or {}).channel,
    key = "siq:" .. (options.preview and "botpreview_" or "") .. options.conversation_id,
    flows_before = #now.flows,
  }, Talk)
end

local function entry_of(name)
  local init = stages.current():init()
  for _, entry in ipairs(type(init) == "table" and init.flows or {}) do
    if entry[1] == name then return entry end
  end
end

local function has_event(entry, event)
  for _, name in ipairs(entry.on or {}) do
    if name == event then return true end
  end
end

-- The talk begins with this flow, by its button, its first trigger or its event.
function visitor.enters(flow, given)
  local talk = visitor.arrives(given)
  local stage = stages.current()
  if stage:module(flow) == nil then fail(("there is no flow '%s': no such file"):format(flow)) end
  local entry = entry_of(flow) or {}
  if has_event(entry, "visit") then
    stage:force(flow)
    return talk:visits()
  end
  local trigger
  for _, each in ipairs(entry.triggers or {}) do
    if type(each) == "string" then trigger = trigger or each:gsub("^=", "") end
  end
  stage:force(flow)
  return talk:says(entry.button and entry.button[2] or trigger or flow)
end

local STEPS = {
  says = function(talk, step) talk:says(step.says) end,
  clicks = function(talk, step) talk:clicks(step.clicks) end,
  sends_file = function(talk, step)
    talk:sends_file(step.sends_file, { text = step.text, type = step.type })
  end,
  waits = function(talk, step) talk:wait(step.waits) end,
  visits = function(talk) talk:visits() end,
}

-- The one thing that a step says; text and type stand beside a file.
local function act_of(step)
  local act, count = nil, 0
  for name in pairs(type(step) == "table" and step or {}) do
    local beside = step.sends_file and (name == "text" or name == "type")
    if not beside then act, count = STEPS[name], count + 1 end
  end
  if act and count == 1 then return act end
  error("a step of visitor.after is a text, or one of { says }, { clicks }, { sends_file }, "
    .. "{ waits }, { visits }", 0)
end

-- What was said before, in one go: texts, { clicks = "Yes" }, { sends_file = "photo.jpg" },
-- { waits = 10 }, { visits = true }.
function visitor.after(list)
  local given = {}
  for name, value in pairs(list) do
    if type(name) == "string" and name ~= "enters" then given[name] = value end
  end
  local talk = list.enters and visitor.enters(list.enters, given) or visitor.arrives(given)
  for _, one in ipairs(list) do
    local step = type(one) == "string" and { says = one } or one
    act_of(step)(talk, step)
  end
  return talk
end

door.functions("visitor", visitor, {
  arrives = { 'visitor.arrives { name = "Robin" }', "table?" },
  enters = { 'visitor.enters "callback"', "text", "table?" },
  after = { 'visitor.after { "hello", { clicks = "Yes" } }', "table" },
})

return visitor
