-- spec/transfer_spec.lua - the queue of the running chat.
describe("transfer", function()
  it("forwards who prefers to wait after a failure", function()
    local talk = visitor.after { "agent" }
    zoho.fails("salesiq.open_conversation", { kind = "status", status = 500 })
    talk:clicks "Instant Chat"
    talk:clicks "Wait for a Person"
    talk:sees { "I am passing you on to a colleague. One moment, please." }
    assert.forwarded(talk)
  end)
end)
