-- spec/cancelled_spec.lua - out of everything.
describe("cancelled", function()
  it("drops a call that is being arranged", function()
    local talk = visitor.after { phone = false, "call me back", "tomorrow 3pm" }
    talk:says "never mind"
    talk:sees { "Alright, no call then. Is there anything else I can help you with?" }
    talk:says "98765 43210"
    assert.tasks(talk, {})
  end)

  it("cancels a booked call after a yes", function()
    local talk = visitor.after { phone = false, "call me tomorrow at 3pm, 98765 43210", "yes" }
    talk:says "cancel the call"
    talk:sees {
      "We call +91 98765 43210 on Tuesday 3 March at 3:00 PM IST. Shall I cancel that call?",
    }
    talk:clicks "Yes, cancel it"
    talk:sees { "Done, the call is cancelled." }
    assert.equal("Canceled", zoho.records().calls[1].status)
    talk:says "when will you call me?"
    talk:sees "I see no call booked in this chat."
  end)

  it("keeps the call after a no", function()
    local talk = visitor.after { phone = false, "call me tomorrow at 3pm, 98765 43210", "yes",
      "cancel" }
    talk:says "no, keep it"
    talk:sees { "Fine, we call +91 98765 43210 on Tuesday 3 March at 3:00 PM IST." }
    assert.equal("Scheduled", zoho.records().calls[1].status)
  end)

  it("has nothing to cancel", function()
    local talk = visitor.arrives {}
    talk:says "cancel"
    talk:sees { "Alright. Is there anything else I can help you with?" }
  end)
end)
