-- spec/assistant_spec.lua - a model that answers, and all the ways in which it does not.
local json = require "cjson"

describe("assistant", function()
  local URL = "POST https://llm.example.com/v1/chat/completions"
  local GOOD = "You can send it back within 30 days."
  local COLLEAGUE = "That is a question for a colleague."

  local function says(text)
    return { json = { choices = { { message = { role = "assistant", content = text } } } } }
  end

  -- The n-th request gets the n-th answer, the last one all others.
  local function with_model(...)
    settings { LLM_URL = "https://llm.example.com/v1", LLM_MODEL = "small",
      LLM_API_KEY = "not-real" }
    local talk = visitor.arrives {}
    local answers, asked = { ... }, 0
    web.answers(URL, function()
      asked = math.min(asked + 1, #answers)
      return answers[asked]
    end)
    return talk
  end

  it("answers what no other flow does", function()
    local talk = with_model(says(GOOD))
    talk:says "Can I return a kettle?"
    talk:sees { GOOD }
    talk:sees_buttons { "Talk to a Person" }
  end)

  it("sends rules, facts and the talk so far", function()
    local talk = with_model(says(GOOD))
    talk:says "Can I return a kettle?"
    talk:says "Also a used one?"
    local requests = web.requests()
    local body = json.decode(requests[#requests].body)
    assert.equal("small", body.model)
    assert.equal("system", body.messages[1].role)
    assert.matches("30 days, unused", body.messages[1].content, 1, true)
    local said = {}
    for i = 2, #body.messages do
      said[#said + 1] = body.messages[i].role .. ": " .. body.messages[i].content
    end
    assert.same({ "user: Can I return a kettle?", "assistant: " .. GOOD,
      "user: Also a used one?" }, said)
  end)

  it("does not ask the model about a greeting or a person", function()
    local talk = with_model(says(GOOD))
    talk:says "hello"
    talk:says "I want to talk to a human"
    assert.forwarded(talk)
    assert.equal(0, #web.requests())
  end)

  local BUSY, DOWN = { status = 429, json = {} }, { status = 503, body = "" }
  local PASSING = { { "busy", BUSY }, { "down", DOWN }, { "offline", { drop = true } } }
  for _, case in ipairs(PASSING) do
    it(("asks again when the model is %s"):format(case[1]), function()
      local talk = with_model(case[2], case[2], says(GOOD))
      talk:says "Can I return a kettle?"
      talk:sees { GOOD }
      assert.equal(3, #web.requests())
    end)
  end

  local HOPELESS = { -- what it answers, and how often it is asked
    { "stays busy", BUSY, 3 },
    { "refuses the key", { status = 401, json = { error = { message = "bad key" } } }, 1 },
    { "says nothing", says "  ", 1 },
    { "answers something else", { json = { choices = {} } }, 1 },
    { "answers no JSON", { body = "<html>", type = "text/html" }, 1 },
    { "hangs", { hang = true }, 1 },
    { "takes 20 seconds", { delay = 20, json = says(GOOD).json }, 1 },
    { "knows that it does not know", says "HAND_OVER", 1 },
    { "hands over in a sentence", says "I am sorry. HAND_OVER", 1 },
  }
  for _, case in ipairs(HOPELESS) do
    it(("hands over when the model %s"):format(case[1]), function()
      local talk = with_model(case[2])
      talk:says "Can I return a kettle?"
      talk:sees { COLLEAGUE, "One moment, please. I am calling a colleague." }
      assert.forwarded(talk)
      assert.equal(case[3], #web.requests())
      assert.is_true(talk.seconds < 4.1)
    end)
  end

  it("has an honest word when nobody takes the chat", function()
    local talk = with_model(says "HAND_OVER")
    talk:says "Can I return a kettle?"
    talk:fails "operators_not_available"
    talk:sees { "Sorry, nobody is free to chat right now. Please write to help@example.com." }
  end)
end)
