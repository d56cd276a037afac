-- A context: SalesIQ asks a bot's questions by itself, checks the answers, and calls the bot once.
local context = {}

local function limits(format)
  local least, most = format:match "%((%d+)%-(%d+)%)$"
  return tonumber(least) or -math.huge, tonumber(most) or math.huge
end

local function is_number(text, least, most)
  local number = text:find "^%-?%d+%.?%d*$" and tonumber(text)
  return number ~= nil and number ~= false and number >= least and number <= most
end

local function fits_length(text, least, most)
  local length = utf8.len(text) or #text
  return length >= least and length <= most
end

local formats = {
  email = function(text) return text:find "^[^@%s]+@[^@%s]+%.%a%a+$" ~= nil end,
  phoneno = function(text)
    local digits = text:gsub("[%s()+.%-]", "")
    return digits:find "^%d+$" ~= nil and #digits >= 7 and #digits <= 14
  end,
  website = function(text) return text:find "^%S+%.%a%a+[/?%S]*$" ~= nil end,
  number = is_number,
  decimal = is_number,
  string = function(text, least, most)
    return not text:find "[%d%p%s]" and fits_length(text, least, most)
  end,
  text = fits_length,
}

-- Whether SalesIQ takes this text for a question with this validate object.
function context.is_valid(text, validate)
  local format = type(validate) == "table" and validate.format or ""
  local test = formats[format:match "^%a*"]
  if not test then return true end
  return test(text, limits(format))
end

-- The labels of the buttons of an answer or a question: suggestions, or the options of a card.
function context.labels(part)
  local list = part.suggestions
  if type(part.input) == "table" then list = part.input.options or part.input.values end
  local labels = {}
  for i, item in ipairs(list or {}) do
    labels[i] = type(item) == "table" and (item.text or item.label) or item
  end
  return labels
end

-- Begins with an answer whose action is context. kept: the answers of an earlier round, which stay
-- when the context_id is the same.
function context.start(answer, kept)
  local answers = {}
  if kept and kept.id == answer.context_id then
    for name, value in pairs(kept.answers) do answers[name] = value end
  end
  return { id = answer.context_id, questions = answer.questions, at = 1, answers = answers }
end

local function texts(replies)
  local list = {}
  for i, reply in ipairs(replies or {}) do
    list[i] = type(reply) == "table" and reply.text or reply
  end
  return list
end

-- What the visitor reads now.
function context.question(running) return texts(running.questions[running.at].replies) end

function context.buttons(running)
  local question = running.questions[running.at]
  return question and context.labels(question) or {}
end

local function refusal(question, text)
  for _, reply in ipairs(question.replies or {}) do
    local validate = type(reply) == "table" and reply.validate
    if validate and not context.is_valid(text, validate) then
      return validate.error or texts(question.replies)
    end
  end
end

local function is_skip(question, text)
  return text == "-" and (question.skippable == "true" or question.skippable == true)
end

-- Takes the visitor's answer to the current question. true once all are answered, else false and
-- what the visitor reads next.
function context.take(running, text, meta)
  local question = running.questions[running.at]
  local wrong = not is_skip(question, text) and refusal(question, text)
  if wrong then return false, wrong end
  running.answers[question.name] = { text = text, meta = meta }
  running.at = running.at + 1
  if running.at > #running.questions then return true end
  return false, context.question(running)
end

return context
