-- spec/small_talk_spec.lua - thanks and the like are answered, not escalated.
describe("small_talk", function()
  local CASES = {
    { "thanks", "You are welcome! Is there anything else I can help you with?" },
    { "Thank you so much!", "You are welcome! Is there anything else I can help you with?" },
    { "ok thanks", "You are welcome! Is there anything else I can help you with?" },
    { "ok", "Alright. Just write to me when you need anything else." },
    { "👍 great", "Alright. Just write to me when you need anything else." },
    { "it works now", "Alright. Just write to me when you need anything else." },
    { "bye", "Goodbye, and have a good day!" },
    { "Good night.", "Goodbye, and have a good day!" },
    { "Thank you, you have been really helpful!",
      "You are welcome! Is there anything else I can help you with?" },
    { "ok thank you very much, bye", "Goodbye, and have a good day!" },
    { "ok go", "Alright. Just write to me when you need anything else." },
    { "👍", "Alright. Just write to me when you need anything else." },
  }
  for _, case in ipairs(CASES) do
    it(("answers %q"):format(case[1]), function()
      local talk = visitor.arrives {}
      talk:says(case[1])
      talk:sees { case[2] }
      talk:sees_buttons {}
    end)
  end

  it("takes a yes to the two ways for what it is", function()
    local talk = visitor.after { "agent" }
    talk:says "yes"
    talk:sees_buttons { "Instant Chat", "Schedule Callback" }
  end)

  it("does not take a thank-you with a wish for small talk", function()
    local talk = visitor.arrives {}
    talk:says "thanks, but it is still not working"
    talk:sees_buttons { "Instant Chat", "Schedule Callback" }
  end)
end)
