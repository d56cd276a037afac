-- spec/small_talk_spec.lua - thanks and the like are answered, not escalated.
describe("small_talk", function()
  local CASES = {
    { "thanks", "You are welcome! Is there anything else I can help you with?" },
    { "Thank you so much!", "You are welcome! Is there anything else I can help you with?" },
    { "ok thanks", "You are welcome! Is there anything else I can help you with?" },
    { "ok", "Alright. Just write to me when you need anything else." },
    { "👍 great", "Alright. Just write to me when you need anything else." },
    { "it works now", "Alright. Just write to me when you need anything else." },
    { "🙏", "You are welcome! Is there anything else I can help you with?" },
    { "dhanyavaad", "You are welcome! Is there anything else I can help you with?" },
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

  -- Made of small pieces, in any order, in the languages that times are read in.
  local GOODBYES = {
    "thanks bye", "ok thanks bye", "Thank you, bye!", "thx cya", "bye thanks", "that's all, thanks",
    "no thanks bye", "no, that's all, thank you", "No, thank you. Bye.", "great, see you",
    "kthxbye", "thx, that's everything", "ok bye 👋",
    "thanks a lot, have a great day!", "ok thanks, talk to you later", "gracias, adiós",
    "¡Muchas gracias, hasta luego!", "danke, tschüss", "vielen Dank, schönen Tag noch",
    "shukriya, alvida", "धन्यवाद, अलविदा", "thanks for your help, have a good evening",
    "byebye", "byeee", "bbye", "gn", "👋", "c u", "tschüs", "tata", "end chat", "thnx, close chat",
  }
  local BEFORE = {
    { "a chat that begins", {} },
    { "two ways that are offered", { "agent" } },
    { "a question for the number", { "call me" } },
    { "a question for the time", { "call me on 98765 43210" } },
  }
  -- One look finds them, whatever waits: each is tried at one of these places.
  for i, text in ipairs(GOODBYES) do
    local name, before = table.unpack(BEFORE[i % #BEFORE + 1])
    it(("ends %s with %q"):format(name, text), function()
      local given = { phone = false }
      for at, said in ipairs(before) do given[at] = said end
      local talk = visitor.after(given)
      talk:says(text)
      talk:sees { "Goodbye, and have a good day!" }
      talk:sees_buttons {}
    end)
  end

  it("goes on with the call when the visitor comes back", function()
    local talk = visitor.after { phone = false, "call me tomorrow at 3pm", "thanks bye" }
    talk:says "98765 43210"
    talk:sees "Shall we call +91 98765 43210 on Tuesday 3 March at 3:00 PM IST?"
  end)

  it("takes a yes to the call that is shown for one, with a goodbye behind it", function()
    local talk = visitor.after { phone = false, "call me tomorrow at 3pm, 98765 43210" }
    talk:says "ok thanks, bye"
    talk:sees "Booked: we call +91 98765 43210 on Tuesday 3 March at 3:00 PM IST..."
  end)

  it("books nothing for a goodbye that is no yes", function()
    local talk = visitor.after { phone = false, "call me tomorrow at 3pm, 98765 43210" }
    talk:says "thanks bye"
    talk:sees { "Goodbye, and have a good day!" }
    assert.calls(0)
  end)

  for _, text in ipairs { "thanks, but call me", "bye, call me at 5", "no, call me later" } do
    it(("takes %q for more than a goodbye"):format(text), function()
      local talk = visitor.arrives { phone = false }
      talk:says(text)
      talk:sees_not "Goodbye, and have a good day!"
    end)
  end

  it("takes a yes to the two ways for what it is", function()
    local talk = visitor.after { "agent" }
    talk:says "yes"
    talk:clicks "Schedule Callback"
  end)

  it("does not take a thank-you with a wish for small talk", function()
    local talk = visitor.arrives {}
    talk:says "thanks, but it is still not working"
    talk:clicks "Schedule Callback"
  end)
end)
