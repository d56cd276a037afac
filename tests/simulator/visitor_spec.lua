package.path = "tests/simulator/?.lua;" .. package.path
require "support"
local json = require "simulator.json"
local visitor = require "simulator.visitor"

describe("a webhook call", function()
  it("of a trigger has no message and no conversation", function()
    local body = visitor.trigger()
    assert.equal("trigger", body.handler)
    assert.is_nil(body.message)
    assert.is_nil(body.visitor.active_conversation_id)
    assert.is_string(body.request.id)
  end)

  it("of a message says whether it is the first", function()
    local body = visitor.message("hi", { first = true })
    assert.equal("message", body.handler)
    assert.equal("chat", body.operation)
    assert.same({ text = "hi" }, body.message)
    assert.equal("message", visitor.message("hi").operation)
    assert.truthy(visitor.json(body):find('"attachments":[]', 1, true))
  end)

  it("of a click carries the label, never the value", function()
    local body = visitor.click({ text = "📅 Schedule Callback", action_type = "reply",
      action_value = "2" })
    assert.equal("📅 Schedule Callback", body.message.text)
    assert.is_nil(visitor.json(body):find("action_value", 1, true))
  end)

  it("of a context maps names to message objects", function()
    local slot = { text = "25/03/2026 14:30", meta = { card_data = { type = "date-timeslots",
      value = { slot = "25/03/2026 14:30" } } } }
    local body = visitor.context("callback_form", { phone = "5551234567", slot = slot })
    assert.same({ phone = { text = "5551234567" }, slot = slot }, body.answers)
    assert.equal("callback_form", body.context_id)
  end)

  it("of a failure names its cause and what failed", function()
    local failed = { action = "forward", replies = { "x" } }
    local body = visitor.failure("operators_not_available", failed)
    assert.same({ code = 1002, desc = "operators_not_available" }, body.cause)
    assert.same(failed, body.failed_response)
    assert.has_error(function() visitor.failure("bad_weather", failed) end)
  end)

  it("can lack any field", function()
    local body = visitor.message("hi", { omit = { "visitor.email", "org_id", "no.such.field" },
      person = { phone = false } })
    assert.is_nil(body.visitor.email)
    assert.is_nil(body.visitor.phone)
    assert.is_nil(body.org_id)
    assert.is_nil(visitor.message("hi", { omit = { "visitor" } }).visitor)
    assert.is_nil(visitor.message("hi", { conversation_id = false }).visitor.active_conversation_id)
    assert.same({ active_conversation_id = "310000000045001", channel = "Website" },
      visitor.message("hi", { bare = true }).visitor)
  end)

  it("of the bot preview has its own kind of conversation", function()
    local body = visitor.message("hi", { preview = true })
    assert.truthy(body.visitor.active_conversation_id:find "^botpreview_")
  end)

  it("in the older shape", function()
    local body = visitor.older("hi", { conversation_id = "s1", payload = "option_1" })
    assert.same({ session_id = "s1", message = { text = "hi" }, visitor = { id = "s1" },
      payload = "option_1" }, body)
  end)

  it("shares nothing with the next one", function()
    local first = visitor.message("hi")
    first.visitor.name, first.request.location.city = "x", "x"
    assert.equal("Asha Rao", visitor.message("hi").visitor.name)
    assert.equal("Pune", visitor.message("hi").request.location.city)
  end)
end)

describe("a talk", function()
  local talk
  before_each(function() talk = visitor.enters() end)

  local CONTEXT = { action = "context", context_id = "c", replies = { "Two questions." },
    questions = {
      { name = "phone", replies = { { text = "Which number?", validate = { format = "phoneno",
        error = { "That is no number." } } } } },
      { name = "topic", replies = { "What about?" }, suggestions = { "Billing" },
        skippable = "true" } } }

  it("begins with chat, goes on with message, and numbers its calls", function()
    local first, second = talk:says "hello", talk:says "again"
    assert.equal("chat", first.operation)
    assert.equal("message", second.operation)
    assert.not_equal(first.request.id, second.request.id)
    assert.equal(first.visitor.active_conversation_id, second.visitor.active_conversation_id)
  end)

  it("clicks what the last answer offered", function()
    talk:hears { action = "reply", replies = { "Hi" }, suggestions = { { text = "A" }, "B" } }
    assert.same({ "Hi" }, talk.shown)
    assert.equal("A", talk:clicks(1).message.text)
    assert.equal("B", talk:clicks("B").message.text)
    assert.equal("A", talk:clicks({ text = "A" }).message.text)
    assert.has_error(function() talk:clicks "C" end, "no such button: C; there are: A, B")
    assert.has_error(function() talk:clicks(3) end)
    talk:hears { action = "reply", replies = { "Pick" },
      input = { type = "select", options = { "Today" } } }
    assert.equal("Today", talk:clicks(1).message.text)
  end)

  it("repeats a call with another request id", function()
    local first = talk:says "hello"
    local again = talk:repeats()
    assert.not_equal(first.request.id, again.request.id)
    again.request.id = first.request.id
    assert.same(first, again)
  end)

  for action, state in pairs { forward = "operator", operator_busy = "missed", ["end"] = "closed",
    block = "blocked", pending = "waiting" } do
    it("calls no bot after " .. action, function()
      talk:hears { action = action, replies = { "x" } }
      assert.equal(state, talk.state)
      assert.is_nil(talk:says "hello?")
    end)
  end

  it("comes back to the bot when the forward fails", function()
    local answer = { action = "forward", replies = { "x" } }
    talk:hears(answer)
    local body = talk:fails "operators_not_available"
    assert.same(answer, body.failed_response)
    talk:hears { action = "reply", replies = { "Shall we call?" } }
    assert.is_table(talk:says "yes")
  end)

  it("asks a context's questions itself, checks them, and calls once", function()
    talk:hears(CONTEXT)
    assert.same({ "Two questions.", "Which number?" }, talk.shown)
    local call, shown = talk:says "no idea"
    assert.is_nil(call)
    assert.same({ "That is no number." }, shown)
    call, shown = talk:says "+91 123 456 7890"
    assert.is_nil(call)
    assert.same({ "What about?" }, shown)
    local body = talk:clicks "Billing"
    assert.equal("context", body.handler)
    assert.same({ phone = { text = "+91 123 456 7890" }, topic = { text = "Billing" } },
      body.answers)
  end)

  it("skips what may be skipped", function()
    talk:hears(CONTEXT)
    local _, shown = talk:skips()
    assert.same({ "That is no number." }, shown)
    talk:says "5551234567"
    assert.same({ text = "-" }, talk:skips().answers.topic)
  end)

  it("keeps the answers of one context over rounds, and drops them for another", function()
    local function round(id, name)
      talk:hears { action = "context", context_id = id,
        questions = { { name = name, replies = { "?" } } } }
      return talk:says(name).answers
    end
    round("c", "a")
    assert.same({ a = { text = "a" }, b = { text = "b" } }, round("c", "b"))
    assert.same({ x = { text = "x" } }, round("d", "x"))
  end)

  it("carries what a card adds", function()
    local meta = { card_data = { value = { slot = "25/03/2026 14:30" } } }
    assert.same(meta, talk:says("25/03/2026 14:30", { meta = meta }).message.meta)
  end)
end)

describe("the validation of answers", function()
  local context = require "simulator.context"
  for _, case in ipairs {
    { "email", "asha@example.com", "asha@example" }, { "phoneno", "+1 (555) 123-4567", "12345" },
    { "website", "https://example.com/x", "nowhere" }, { "number", "-12.5", "twelve" },
    { "number(1-10)", "10", "11" }, { "string(2-4)", "Rao", "R2" }, { "string(2-4)", "Asha",
      "Ashas" }, { "text(3-5)", "a 1", "ab" },
  } do
    it(("%s takes %s, not %s"):format(case[1], case[2], case[3]), function()
      assert.is_true(context.is_valid(case[2], { format = case[1] }))
      assert.is_false(context.is_valid(case[3], { format = case[1] }))
    end)
  end
end)

describe("what a visitor sends", function()
  it("is JSON that reads back the same", function()
    local body = visitor.message('quotes " and / and é and \n', { first = true })
    assert.equal(body.message.text, json.decode(visitor.json(body)).message.text)
  end)
end)
