-- spec/instant_chat_spec.lua - to a person, now.
describe("instant_chat", function()
  local DONE = "Done! A colleague has your messages and will be with you shortly."
  local SORRY = "Sorry, I could not reach a colleague just now. "
    .. "We can call you back at a time that suits you."

  it("opens a conversation with who asks and what was said", function()
    local talk = visitor.arrives {
      name = "Asha Rao", email = "asha@example.com", phone = "+911234567890",
    }
    talk:says "my printer is not working"
    talk:clicks "Instant Chat"
    talk:sees { DONE }
    assert.handed_over(talk)
    local opened = zoho.records().conversations
    assert.equal(1, #opened)
    assert.equal("Asha Rao", opened[1].visitor.name)
    assert.equal("asha@example.com", opened[1].visitor.email)
    assert.equal("+911234567890", opened[1].visitor.phone)
    assert.equal("310000000012001", opened[1].app_id)
    assert.equal("310000000002013", opened[1].department_id)
    assert.matches("Visitor: my printer is not working", opened[1].question, 1, true)
  end)

  it("takes the name that SalesIQ makes up for no name", function()
    local talk = visitor.arrives { name = "Visitor 48213", email = false }
    talk:says "agent"
    talk:clicks "Instant Chat"
    assert.is_nil(zoho.records().conversations[1].visitor.name)
  end)

  it("passes on the end of a long talk only", function()
    local talk = visitor.arrives {}
    for i = 1, 12 do talk:says(("%d: %s"):format(i, ("it is not working "):rep(20))) end
    talk:clicks "Instant Chat"
    local question = zoho.records().conversations[1].question
    assert.is_true(#question <= 1600)
    assert.matches("Visitor: 12:", question, 1, true)
    assert.is_nil(question:find("Visitor: 1:", 1, true))
  end)

  it("opens one conversation for two clicks", function()
    local talk = visitor.after { "agent", { clicks = "Instant Chat" }, "agent" }
    talk:clicks "Instant Chat"
    talk:sees "A colleague has been told and will be with you soon..."
    talk:sees_buttons { "Schedule Callback" }
    assert.equal(1, #zoho.records().conversations)
  end)

  it("renews a stale token and opens the conversation", function()
    local talk = visitor.after { "agent" }
    zoho.token { credential = "visitor", expire = "access" }
    talk:clicks "Instant Chat"
    talk:sees { DONE }
  end)

  local TROUBLE = {
    { "a token that is refused", "salesiq.open_conversation", { kind = "org_token" } },
    { "a service that does not answer", "salesiq.open_conversation", { kind = "timeout" } },
    { "an error of the service", "salesiq.open_conversation", { kind = "status", status = 500 } },
    { "nonsense for an answer", "salesiq.open_conversation", { kind = "garbage" } },
    { "too many calls", "salesiq.open_conversation", { kind = "rate_limited" } },
  }
  for _, case in ipairs(TROUBLE) do
    it("offers other ways at " .. case[1], function()
      local talk = visitor.after { "agent" }
      zoho.fails(case[2], case[3])
      talk:clicks "Instant Chat"
      talk:sees { SORRY }
      talk:sees_buttons { "Schedule Callback", "Wait for a Person" }
      assert.is_true(talk.seconds < 4.1)
    end)
  end

  it("offers the callback alone when nobody is there", function()
    local talk = visitor.after { "agent" }
    zoho.switch { operators_available = false }
    talk:clicks "Instant Chat"
    talk:sees { SORRY }
    talk:sees_buttons { "Schedule Callback" }
  end)

  it("offers the callback in the preview, which reaches nobody", function()
    local talk = visitor.arrives { preview = true }
    talk:says "agent"
    talk:clicks "Instant Chat"
    talk:sees { SORRY }
    talk:sees_buttons { "Schedule Callback" }
    assert.equal(0, #zoho.records().conversations)
  end)

  it("forwards the running chat where the settings say so", function()
    settings { INSTANT_CHAT = "forward" }
    local talk = visitor.after { "agent" }
    talk:clicks "Instant Chat"
    talk:sees { "I am passing you on to a colleague. One moment, please." }
    assert.forwarded(talk)
    assert.equal(0, #zoho.records().conversations)
  end)
end)
