-- spec/failure_spec.lua - SalesIQ could not carry out what the bot answered.
describe("failure", function()
  local function forwarded()
    settings { INSTANT_CHAT = "forward" }
    return visitor.after { phone = false, "agent", { clicks = "Instant Chat" } }
  end

  it("takes yes for the callback that it offers", function()
    local talk = forwarded()
    talk:fails "operators_not_available"
    talk:says "yes please"
    talk:sees "Please share your phone number and a good time for the call..."
  end)

  for _, cause in ipairs { "operators_not_available", "offline_hours" } do
    it("offers the callback, and never forwards again: " .. cause, function()
      local talk = forwarded()
      talk:fails(cause)
      talk:sees { "Sorry, nobody is free to chat right now. Shall we call you back instead?" }
      talk:sees_buttons { "Schedule Callback" }
      talk:clicks "Schedule Callback"
      talk:matches "good time"
    end)
  end

  for _, cause in ipairs { "execution_failure", "invalid_operators" } do
    it("does not say that nobody is there when that is not why: " .. cause, function()
      local talk = forwarded()
      talk:fails(cause)
      talk:sees { "Sorry, I could not reach a colleague just now. Shall we call you back instead?" }
    end)
  end

  -- Whatever the call says that it is about.
  for _, cause in ipairs { "execution_failure", "offline_hours", "operators_not_available" } do
    for _, before in ipairs { "hello", "agent", "thanks" } do
      it(("says nothing about people who nobody asked for: %s after %q"):format(cause, before),
        function()
          local talk = visitor.after { phone = false, before }
          talk:sends { handler = "failure", cause = { code = 1002, desc = cause },
            failed_response = { action = "forward" }, visitor = talk.peer.last.visitor }
          talk:sees { "Sorry, something went wrong with my last answer. Please write to me again, "
            .. "or talk to a colleague:" }
          talk:sees_buttons { "Instant Chat", "Schedule Callback" }
        end)
    end
  end

  for name, cause in pairs { ["a number alone"] = { code = 1002 }, ["a number as text"] =
      { code = "1002" }, ["a text alone"] = "operators_not_available" } do
    it("knows that nobody is free by " .. name, function()
      local talk = forwarded()
      talk:sends { handler = "failure", cause = cause, failed_response = { action = "forward" },
        visitor = talk.peer.last.visitor }
      talk:sees { "Sorry, nobody is free to chat right now. Shall we call you back instead?" }
    end)
  end

  it("says nothing about people in a chat that it does not know", function()
    local talk = visitor.arrives { phone = false }
    talk:fails "operators_not_available"
    talk:sees "Sorry, something went wrong with my last answer..."
  end)

  it("goes on where a call was being arranged", function()
    local talk = visitor.after { phone = false, "call me tomorrow at 3pm" }
    talk:fails "execution_failure"
    talk:sees "Sorry, something went wrong with my last answer."
    talk:sees "...Which number shall we call on Tuesday 3 March at 3:00 PM IST?..."
    talk:sees_not "Gladly...."
  end)
end)
