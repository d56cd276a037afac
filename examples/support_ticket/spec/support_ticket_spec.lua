-- spec/support_ticket_spec.lua - a problem becomes a ticket, whatever Desk does.
describe("support ticket", function()
  local WHAT = "What is wrong? A sentence or two will do."

  it("opens a ticket", function()
    local talk = visitor.arrives { name = "Asha Rao", email = "asha@example.com" }
    talk:visits()
    talk:clicks "Open a Ticket"
    talk:sees { WHAT }
    talk:says "The kettle leaks since yesterday."
    talk:sees { "Your ticket is #101. We write to asha@example.com." }
    local tickets = zoho.records().tickets
    assert.equal(1, #tickets)
    assert.matches("^The kettle leaks since yesterday%. %[%x+%]$", tickets[1].subject)
    assert.equal("asha@example.com", tickets[1].email)
  end)

  it("asks for the address of a visitor who has not told it", function()
    local talk = visitor.arrives { email = false }
    talk:says "I want to report a problem"
    talk:says "the kettle leaks"
    talk:sees "Where may we write to you? Please give your e-mail address."
    talk:says "no"
    talk:sees "That is no e-mail address. It looks like asha@example.com."
    talk:says "it is asha@example.com."
    talk:sees { "Your ticket is #101. We write to asha@example.com." }
  end)

  it("wants more than a word", function()
    local talk = visitor.enters "support_ticket"
    talk:says "broken"
    talk:sees "A little more, please: what did you do, what happened?"
  end)

  it("can be left", function()
    local talk = visitor.enters "support_ticket"
    talk:says "never mind"
    talk:sees { "Hello! How can I help you?" }
    assert.equal(0, #zoho.records().tickets)
  end)

  it("cuts a long problem between two characters", function()
    local talk = visitor.enters("support_ticket", { email = "asha@example.com" })
    talk:says(("जल "):rep(200))
    talk:sees "Your ticket is #101..."
    assert.is_truthy(utf8.len(zoho.records().tickets[1].subject))
  end)

  it("is honest while Desk is busy, and files the ticket later", function()
    local talk = visitor.enters("support_ticket", { email = "asha@example.com" })
    zoho.fails("desk.create_ticket", { kind = "rate_limited", times = 2 })
    talk:says "the kettle leaks"
    talk:sees { "Noted: a ticket is on its way into our books. We write to asha@example.com." }
    clock.moves(120)
    assert.equal(1, #zoho.records().tickets)
    assert.tasks(talk, { { "file_ticket", email = "asha@example.com" } })
  end)

  it("writes no second ticket when the answer to the first got lost", function()
    local talk = visitor.enters("support_ticket", { email = "asha@example.com" })
    zoho.fails("desk.create_ticket", { kind = "drop_after", times = 1 })
    talk:says "the kettle leaks"
    talk:sees { "Noted. A colleague has to look at it first; we write to asha@example.com then." }
    clock.moves(3600)
    assert.equal(1, #zoho.records().tickets)
  end)
end)
