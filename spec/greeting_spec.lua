-- spec/greeting_spec.lua - the first words.
local GREETING = "Hello! How can I assist you today?"

describe("greeting", function()
  it("answers whoever comes without a word", function()
    local talk = visitor.arrives {}
    talk:visits()
    talk:sees { GREETING }
  end)

  for _, text in ipairs { "hello", "Hi!", "hey there", "Good morning", "HELLO???", "hi 👋",
      "hello, can you help me?" } do
    it(("answers %q"):format(text), function()
      local talk = visitor.arrives {}
      talk:says(text)
      talk:sees { GREETING }
    end)
  end

  it("answers an empty first message", function()
    local talk = visitor.arrives {}
    talk:says ""
    talk:sees { GREETING }
  end)

  it("leaves a real question to people, however it begins", function()
    local talk = visitor.arrives {}
    talk:says "hello, do you sell printers?"
    talk:sees "I can put you in touch with a colleague. What suits you better?"
  end)
end)
