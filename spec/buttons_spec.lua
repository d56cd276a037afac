-- spec/buttons_spec.lua - the way to a person, and every form in which a click arrives.
describe("buttons", function()
  local BUTTONS = { "📞 Instant Chat", "📅 Schedule Callback" } -- of buttons.lua
  local ASKS = {
    "connect me to an agent", "I want to talk to a human", "my printer is not working",
    "this is not resolved!!", "It still doesn't work", "live chat please", "qwertz uiop",
    "what is the meaning of life?",
  }
  for _, text in ipairs(ASKS) do
    it(("offers both ways to %q"):format(text), function()
      local talk = visitor.arrives {}
      talk:says(text)
      talk:sees { "I can put you in touch with a colleague. What suits you better?" }
      talk:sees_buttons(BUTTONS)
    end)
  end

  local CLICKS = {
    { "1", "chat" }, { "option 1", "chat" }, { "Instant Chat", "chat" },
    { "📞 Instant Chat", "chat" },
    { "2", "call" }, { "Option 2", "call" }, { "schedule callback", "call" },
    { "📅 Schedule Callback", "call" },
  }
  local ANSWERS = {
    chat = "Done! A colleague has your messages and will be with you shortly.",
    call = "Please share your phone number and a good time for the call...",
  }
  for _, case in ipairs(CLICKS) do
    it(("understands a click that comes as %q"):format(case[1]), function()
      local talk = visitor.arrives { phone = false }
      talk:says "agent"
      talk:says(case[1])
      talk:sees(ANSWERS[case[2]])
    end)
  end

  for _, text in ipairs { "yes please", "of course!", "ja bitte", "go ahead", "yeah sure" } do
    it(("shows them once more to %q"):format(text), function()
      local talk = visitor.arrives {}
      talk:says "agent"
      talk:says(text)
      talk:sees_buttons(BUTTONS)
    end)
  end

  for _, text in ipairs { "ok thanks", "great", "👍" } do
    it(("takes %q for politeness"):format(text), function()
      local talk = visitor.arrives {}
      talk:says "agent"
      talk:says(text)
      talk:sees_buttons {}
    end)
  end

  local PAYLOADS = { ["1"] = "chat", option_1 = "chat", ["2"] = "call", option_2 = "call" }
  for payload, way in pairs(PAYLOADS) do
    it(("understands the payload %q"):format(payload), function()
      local talk = visitor.arrives { phone = false }
      talk:says("", { payload = payload })
      talk:sees(ANSWERS[way])
    end)
  end

  it("takes a number for a button only where the button was just shown", function()
    local talk = visitor.arrives {}
    talk:says "2"
    talk:sees_buttons(BUTTONS)
  end)
end)
