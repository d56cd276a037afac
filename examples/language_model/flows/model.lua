-- flows/model.lua - one answer from an OpenAI-compatible endpoint (/chat/completions).
--
--   local text, err = model.answer({ { role = "system", content = "..." }, ... })
--
-- All tries together have what is left of the turn's 3.5 seconds: a visitor who waits longer is
-- better off with a person.
local TRIES = 3
local TOKENS_MAX = 250

local model = {}

-- Is it worth asking once more? A wrong key or a wrong request stays wrong, and after a timeout no
-- time is left.
local function is_passing(answer, err)
  if not answer then return err.kind == "offline" end
  return answer.status == 429 or answer.status >= 500
end

local function text_of(answer)
  local choices = type(answer.json) == "table" and answer.json.choices
  local message = type(choices) == "table" and type(choices[1]) == "table" and choices[1].message
  local text = type(message) == "table" and message.content
  text = type(text) == "string" and text:match "^%s*(.-)%s*$" or ""
  if text == "" then return nil, { kind = "invalid", message = "an answer without a text" } end
  return text
end

function model.answer(messages)
  local headers
  if config.LLM_API_KEY then headers = { Authorization = "Bearer " .. config.LLM_API_KEY } end
  local answer, err
  for _ = 1, TRIES do
    -- read: asking twice does no harm, so a replay or a retry may do so.
    answer, err = http.post(config.LLM_URL .. "/chat/completions",
      { model = config.LLM_MODEL, messages = messages, max_tokens = TOKENS_MAX, temperature = 0.2 },
      { headers = headers, read = true })
    if not is_passing(answer, err) then break end
  end
  if not answer then return nil, err end
  if answer.status ~= 200 then
    return nil, { kind = "rejected", message = "status " .. answer.status }
  end
  return text_of(answer)
end

return model
