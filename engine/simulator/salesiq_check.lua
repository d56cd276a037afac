-- Judges what a bot answers to SalesIQ's webhook, as strictly as SalesIQ and its channels do.
--
--   local salesiq_check = require "simulator.salesiq_check"
--   local problems, answer = salesiq_check.check(text, 200, "application/json",
--     { channel = "WhatsApp" })
--
-- problems is a list of sentences, empty when all is well; answer is the decoded answer, or nil.
local cards = require "usher.cards"
local json = require "simulator.json"

local salesiq_check = {}

local ACTIONS = {
  reply = true, forward = true, operator_busy = true, pending = true, ["end"] = true,
  block = true, context = true,
}
-- Actions that may come without replies.
local SILENT = { ["end"] = true, context = true }

local function is_text(value) return type(value) == "string" and value:find "%S" ~= nil end

local function is_list(value) return type(value) == "table" and value[1] ~= nil end

local function length(text) return utf8.len(text) or #text end

-- Collects sentences; `where` names the part of the answer that is being looked at.
local function reporter(problems)
  return function(where, message) problems[#problems + 1] = where .. ": " .. message end
end

local function check_reply(reply, where, report, options)
  if type(reply) == "string" then
    if not is_text(reply) then report(where, "is an empty text") end
    if length(reply) > options.reply_max then
      report(where, ("is longer than %d characters"):format(options.reply_max))
    end
  elseif type(reply) == "table" and not is_list(reply) then
    cards.check_reply(reply, where, report, options)
  else
    report(where, "must be a text or an object")
  end
end

local function check_replies(replies, where, report, options, is_optional)
  if replies == nil then
    if not is_optional then report(where, "are missing") end
    return
  end
  if not is_list(replies) then return report(where, "must be an array with at least one item") end
  for i, reply in ipairs(replies) do
    check_reply(reply, ("%s[%d]"):format(where, i), report, options)
  end
end

-- The original bot sends objects, which SalesIQ takes; it echoes the text only.
local SUGGESTION_KEYS = { text = true, action_type = true, action_value = true }

local function suggestion_text(suggestion, where, report)
  if type(suggestion) == "string" then return suggestion end
  if type(suggestion) ~= "table" then return report(where, "must be a text or an object") end
  for key, value in pairs(suggestion) do
    if not SUGGESTION_KEYS[key] then
      report(where, ("has the unknown key '%s'"):format(tostring(key)))
    elseif type(value) ~= "string" then
      report(where, ("'%s' must be a text"):format(key))
    end
  end
  return suggestion.text
end

local function check_suggestions(suggestions, where, report, options)
  if type(suggestions) ~= "table" then return report(where, "must be an array") end
  local texts, seen = {}, {}
  for i, suggestion in ipairs(suggestions) do
    local place = ("%s[%d]"):format(where, i)
    local text = suggestion_text(suggestion, place, report)
    if not is_text(text) then
      report(place, "has no text")
    elseif seen[text] then
      report(place, "stands there twice, a click could mean either")
    else
      seen[text] = true
    end
    texts[i] = type(text) == "string" and text or ""
  end
  if next(suggestions) ~= nil and #texts == 0 then report(where, "must be an array") end
  cards.check_channel_list(texts, where, report, options)
end

-- What may follow the replies of an answer or of a context question.
local function check_choice(part, where, report, options)
  if part.input ~= nil and part.suggestions ~= nil then
    report(where .. "input", "comes with suggestions too, which are ignored then")
  end
  if part.suggestions ~= nil then
    check_suggestions(part.suggestions, where .. "suggestions", report, options)
  end
  if part.input ~= nil then cards.check_input(part.input, where .. "input", report, options) end
end

local function check_question(question, where, report, options)
  if type(question) ~= "table" then return report(where, "must be an object") end
  if not is_text(question.name) then report(where, "has no name") end
  check_replies(question.replies, where .. ".replies", report, options)
  check_choice(question, where .. ".", report, options)
  if question.skippable ~= nil and question.skippable ~= "true" and question.skippable ~= true then
    report(where, "'skippable' must be \"true\"")
  end
end

local function check_context(answer, report, options)
  if not is_text(answer.context_id) then report("context_id", "is missing") end
  if not is_list(answer.questions) then
    return report("questions", "must be an array with at least one item")
  end
  local seen = {}
  for i, question in ipairs(answer.questions) do
    local where = ("questions[%d]"):format(i)
    check_question(question, where, report, options)
    local name = type(question) == "table" and question.name
    if name and seen[name] then report(where, "has the name of an earlier question") end
    if name then seen[name] = true end
  end
end

local function check_forward(answer, report, options)
  if answer.department ~= nil and not (is_text(answer.department)
    and answer.department:find "^%d+$") then
    report("department", "must be an id as text")
  end
  if answer.operators ~= nil then
    if not is_list(answer.operators) then
      return report("operators", "must be an array of e-mail addresses")
    end
    for i, operator in ipairs(answer.operators) do
      if type(operator) ~= "string" or not operator:find "^[^@%s]+@[^@%s]+$" then
        report(("operators[%d]"):format(i), "must be an e-mail address")
      end
    end
  end
  if options.handler == "failure" then
    report("action", "a forward that answers a failure makes a loop")
  end
end

local function check_action(answer, report, options)
  local action, channel = answer.action, (options.channel or ""):lower()
  if action == "transfer" then
    return report("action", "action type transfer is invalid")
  elseif not ACTIONS[action] then
    return report("action", ("'%s' is not known"):format(tostring(action)))
  end
  if action == "forward" then check_forward(answer, report, options) end
  if action == "context" then check_context(answer, report, options) end
  if action == "block" and (channel == "facebook" or channel == "instagram"
    or channel == "whatsapp") then
    report("action", "block does not work on " .. channel)
  elseif action == "pending" and channel == "instagram" then
    report("action", "pending does not work on instagram")
  end
end

local function check_answer(answer, text, report, options)
  check_action(answer, report, options)
  check_replies(answer.replies, "replies", report, options, SILENT[answer.action])
  check_choice(answer, "", report, options)
  -- {} and [] look alike once decoded, and an empty Lua table is easily written as {}.
  for _, name in ipairs { "replies", "suggestions", "questions" } do
    if text:find('"' .. name .. '"%s*:%s*{') then
      report(name, "must be an array, not an object")
    end
  end
end

local function check_envelope(status, content_type, report)
  if status and status ~= 200 then report("status", ("is %d, not 200"):format(status)) end
  if content_type and not content_type:lower():find "^application/json%f[^%w/]" then
    report("content type", ("is '%s', not application/json"):format(content_type))
  end
end

-- Checks an answer. status and content_type are skipped when nil. options: channel (a name such as
-- "WhatsApp"; nothing means the web widget), handler (which handler was called), reply_max (longest
-- reply in characters, 1000: Zoho publishes no number).
function salesiq_check.check(text, status, content_type, options)
  local problems = {}
  local report = reporter(problems)
  local given = options or {}
  local settings = {
    channel = given.channel, handler = given.handler, reply_max = given.reply_max or 1000,
  }
  check_envelope(status, content_type, report)
  if not utf8.len(text) then report("body", "is not UTF-8") end
  local answer = json.decode_object(text)
  if not answer then
    report("body", "is no JSON object")
    return problems
  end
  check_answer(answer, text, report, settings)
  return problems, answer
end

return salesiq_check
