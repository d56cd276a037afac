-- spec/failure_spec.lua - SalesIQ could not carry out what the bot answered.
describe("failure", function()
  it("takes yes for the callback that it offers", function()
    settings { INSTANT_CHAT = "forward" }
    local talk = visitor.after { phone = false, "agent", { clicks = "Instant Chat" } }
    talk:fails "operators_not_available"
    talk:says "yes please"
    talk:sees "Please share your phone number and a good time for the call..."
  end)

  it("offers the callback, and never forwards again", function()
    settings { INSTANT_CHAT = "forward" }
    local talk = visitor.after { "agent", { clicks = "Instant Chat" } }
    talk:fails "operators_not_available"
    talk:sees { "Sorry, nobody is free to chat right now. Shall we call you back instead?" }
    talk:sees_buttons { "Schedule Callback" }
    talk:clicks "Schedule Callback"
    talk:matches "good time to call"
  end)

  it("answers a failure that nobody expected", function()
    local talk = visitor.after { "hello" }
    talk:fails "execution_failure"
    talk:sees_buttons { "Schedule Callback" }
  end)
end)
