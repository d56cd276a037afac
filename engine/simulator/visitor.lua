-- What SalesIQ sends to a bot: the bodies of its webhook calls, and a visitor who keeps a talk.
--
--   local visitor = require "simulator.visitor"
--   visitor.json(visitor.message("my printer is offline", { first = true }))
--
--   local talk = visitor.enters { person = { name = "Asha Rao" } }
--   local body = talk:says "hello"              -- a table for visitor.json
--   talk:hears { action = "reply", replies = { "Hi" }, suggestions = { "Call me" } }
--   body = talk:clicks(1)
--
-- Every builder takes options:
--   request_id, org_id, app_id   texts; conversation_id: false leaves it out
--   person       fields of the visitor that differ from the usual one; false leaves a field out
--   omit         list of what to leave out of the body, for example { "visitor.email", "org_id" }
--   preview      true: a talk in the bot preview of the console
--   payload      extra top-level payload, as some callers send it
--   bare         true: a person of whom nothing is known but the conversation
local context = require "simulator.context"
local json = require "simulator.json"

local visitor = {}

local CONVERSATION = "310000000045001"
local APP_ID = "310000000012001"

local PERSON = {
  name = "Asha Rao", email = "asha@example.com", phone = "+911234567890", channel = "Website",
  language = "en", time_zone = "Asia/Kolkata", country = "India", city = "Pune",
  state = "Maharashtra", ip = "203.0.113.9", os = "Windows", browser = "Chrome",
  current_page_url = "https://example.com/pricing", current_page_title = "Pricing",
  landing_page_url = "https://example.com/", landing_page_title = "Home",
  campaign_source = "newsletter", campaign_medium = "email", campaign_content = "footer",
}

local function copy(value)
  if type(value) ~= "table" then return value end
  local twin = setmetatable({}, getmetatable(value))
  for name, item in pairs(value) do twin[name] = copy(item) end
  return twin
end

local function conversation_id(options)
  if options.conversation_id == false then return nil end
  local id = options.conversation_id or CONVERSATION
  return options.preview and "botpreview_" .. id or id
end

-- The visitor object of a call.
function visitor.person(options)
  options = options or {}
  local person = options.bare and { channel = "Website" } or copy(PERSON)
  for name, value in pairs(options.person or {}) do person[name] = value or nil end
  person.active_conversation_id = conversation_id(options)
  return person
end

local function omit(body, path)
  local place, name = body, path
  while name:find(".", 1, true) do
    local head, tail = name:match "^([^.]+)%.(.+)$"
    if type(place[head]) ~= "table" then return end
    place, name = place[head], tail
  end
  place[name] = nil
end

local function finish(body, options)
  body.org_id = options.org_id or "700012345"
  body.request = {
    id = options.request_id or "5c1f-aa10-0001", app_id = options.app_id or APP_ID,
    os = "Windows", browser = "Chrome", ip = "203.0.113.9",
    location = { country = "IN", city = "Pune", state = "Maharashtra", lat = "18.52",
      long = "73.85" },
  }
  body.payload = options.payload
  for _, path in ipairs(options.omit or {}) do omit(body, path) end
  return body
end

-- A visitor matches the trigger rule: no message yet, and no conversation either.
function visitor.trigger(options)
  options = options or {}
  local person = visitor.person(options)
  if options.conversation_id == nil and not options.preview then
    person.active_conversation_id = nil
  end
  return finish({ handler = "trigger", visitor = person }, options)
end

-- A message. first: true for the first of a conversation; attachments: list of files; meta: what
-- a card adds to the message.
function visitor.message(text, options)
  options = options or {}
  local person = visitor.person(options)
  if not options.bare then person.question = options.question or text end
  return finish({
    handler = "message", operation = options.first and "chat" or "message", visitor = person,
    message = { text = text, meta = options.meta },
    attachments = json.array(copy(options.attachments)),
  }, options)
end

-- What the visitor sees on the button of a suggestion, a text or an object.
function visitor.label(suggestion)
  return type(suggestion) == "table" and suggestion.text or suggestion
end

-- A click on a suggestion: SalesIQ sends its label as text, and never the action_value.
function visitor.click(suggestion, options)
  return visitor.message(visitor.label(suggestion), options)
end

-- All questions of a context are answered. answers: name = text, or name = message object.
function visitor.context(context_id, answers, options)
  options = options or {}
  local map = {}
  for name, answer in pairs(answers) do
    map[name] = type(answer) == "table" and copy(answer) or { text = answer }
  end
  return finish({ handler = "context", context_id = context_id, answers = map,
    visitor = visitor.person(options) }, options)
end

-- desc: one of these names.
visitor.CAUSES = {
  offline_hours = 1001, operators_not_available = 1002, invalid_operators = 1003,
  more_than_max_length = 1005, execution_failure = 1007,
}

-- SalesIQ could not do what failed_response asked for.
function visitor.failure(desc, failed_response, options)
  options = options or {}
  local code = assert(visitor.CAUSES[desc], "unknown cause of failure: " .. tostring(desc))
  return finish({ handler = "failure", cause = { code = code, desc = desc },
    failed_response = copy(failed_response), visitor = visitor.person(options) }, options)
end

-- The older shape that some callers of the original bot send.
function visitor.older(text, options)
  options = options or {}
  local id = conversation_id(options)
  local body = {
    session_id = id, message = { text = text }, visitor = { id = id }, payload = options.payload,
  }
  for _, path in ipairs(options.omit or {}) do omit(body, path) end
  return body
end

visitor.json = json.encode

local talk = {}
talk.__index = talk

-- A visitor who comes to talk. options as for the builders, with request_id as the head of all ids
-- (give one of your own where an engine keeps its store) and serial, the number of the first call.
-- talk.state tells who leads the talk: "bot", "operator" (forward), "missed" (operator_busy),
-- "closed" (end), "blocked", "waiting" (pending). Only with "bot" SalesIQ calls the bot.
function visitor.enters(options)
  return setmetatable({
    options = copy(options or {}), serial = (options and options.serial or 1) - 1, first = true,
    state = "bot", buttons = {}, shown = {},
  }, talk)
end

function talk:next_options(extra)
  self.serial = self.serial + 1
  local options = copy(self.options)
  options.request_id = ("%s-%04d"):format(self.options.request_id or "5c1f-aa10", self.serial)
  for name, value in pairs(extra or {}) do options[name] = value end
  return options
end

function talk:send(body)
  self.last = body
  return body
end

-- The trigger call.
function talk:triggers() return self:send(visitor.trigger(self:next_options())) end

local function in_context(self, text, meta)
  local done, shown = context.take(self.context, text, meta)
  self.shown = shown or {}
  self.buttons = done and {} or context.buttons(self.context)
  if not done then return nil, self.shown end
  local asked = self.context
  self.context = nil
  self.kept = { id = asked.id, answers = asked.answers }
  return self:send(visitor.context(asked.id, asked.answers, self:next_options()))
end

-- A message: the call to send, or nil and what SalesIQ says by itself (the next question of a
-- context, what is wrong with an answer), or nil alone when no bot is called any more.
-- extra: options for this call only.
function talk:says(text, extra)
  if self.state ~= "bot" then return nil end
  if self.context then return in_context(self, text, extra and extra.meta) end
  local options = self:next_options(extra)
  options.first = self.first
  self.first = false
  return self:send(visitor.message(text, options))
end

-- A click on a button of the last answer: its number, its label or the suggestion itself.
function talk:clicks(which, extra)
  local label = visitor.label(which)
  if type(which) == "number" then label = self.buttons[which] end
  for _, button in ipairs(self.buttons) do
    if button == label then return self:says(label, extra) end
  end
  error(("no such button: %s; there are: %s"):format(tostring(label or which),
    table.concat(self.buttons, ", ")), 2)
end

-- Skips a skippable question of a context.
function talk:skips() return self:says "-" end

-- The last call once more, as SalesIQ repeats a failed one: with a request id of its own.
function talk:repeats()
  local again = copy(self.last)
  self.serial = self.serial + 1
  again.request.id = ("%s-%04d"):format(self.options.request_id or "5c1f-aa10", self.serial)
  return again
end

-- The bot's last answer could not be carried out: the bot leads again.
function talk:fails(desc)
  self.state = "bot"
  return self:send(visitor.failure(desc, self.answer, self:next_options()))
end

local STATES = {
  forward = "operator", operator_busy = "missed", ["end"] = "closed", block = "blocked",
  pending = "waiting",
}

-- Takes in what the bot answered (a table): who leads now, which buttons there are.
-- talk.shown is what the visitor sees, as texts.
function talk:hears(answer)
  self.answer = answer
  self.state = STATES[answer.action] or "bot"
  self.shown, self.buttons, self.context = {}, {}, nil
  for i, reply in ipairs(answer.replies or {}) do self.shown[i] = visitor.label(reply) end
  if answer.action == "context" then
    self.context = context.start(answer, self.kept)
    for _, text in ipairs(context.question(self.context)) do
      self.shown[#self.shown + 1] = text
    end
    self.buttons = context.buttons(self.context)
  else
    self.kept = nil
    self.buttons = context.labels(answer)
  end
end

return visitor
