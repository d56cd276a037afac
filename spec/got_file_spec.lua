-- spec/got_file_spec.lua - files that visitors send, with and without words.
describe("got_file", function()
  local GOT = "Thank you! I cannot open that myself, but a colleague can see it."
  local WAYS = "I can put you in touch with a colleague. What suits you better?"

  it("is no first contact: leads to a person", function()
    for _, before in ipairs { "nothing", "hello" } do
      local talk = before == "hello" and visitor.after { "hello" } or visitor.arrives {}
      talk:sends_file "screenshot.png"
      talk:sees { GOT, WAYS }
      assert.handed_over(talk)
    end
  end)

  it("leaves the last buttons where they are", function()
    local talk = visitor.after { phone = false, "agent", { sends_file = "screenshot.png" },
      { sends_file = "another.png" } }
    talk:sees { GOT, WAYS }
    talk:clicks "Schedule Callback"
    talk:sees "Please share your phone number and a good time for the call..."
  end)

  it("leaves an offer for its yes", function()
    settings { INSTANT_CHAT = "forward" }
    local talk = visitor.after { phone = false, "agent", { clicks = "Instant Chat" } }
    talk:fails "operators_not_available"
    talk:sends_file "screenshot.png"
    talk:sees { GOT, "Sorry, nobody is free to chat right now. Shall we call you back instead?" }
    talk:sees_buttons { "Schedule Callback" }
    talk:says "yes please"
    talk:sees "Please share your phone number and a good time for the call..."
  end)

  it("tells the person who takes over", function()
    local talk = visitor.after { "my screen looks odd", { sends_file = "screenshot.png" },
      { sends_file = "call me.pdf", text = "and the bill" } }
    talk:clicks "Instant Chat"
    local question = zoho.records().conversations[1].question
    assert.truthy(question:find("Visitor: [file: screenshot.png]", 1, true))
    assert.truthy(question:find("Visitor: and the bill\nVisitor: [file: call me.pdf]", 1, true))
  end)

  it("tells the colleague who calls", function()
    visitor.after { phone = false, "call me tomorrow at 3pm", { sends_file = "bill.pdf" },
      "98765 43210", "yes" }
    assert.truthy(zoho.records().calls[1].description:find("Sent in the chat: bill.pdf.", 1, true))
  end)

  -- Where a channel puts the name is not told anywhere.
  local NAMES = { "IMG_20260303_1530.jpg", "invoice 12-03-2026.pdf", "98765 43210.png",
    "tomorrow at 5pm.docx", "+919876543210.vcf" }
  local function bodies(name)
    return {
      { message = { text = name }, attachments = { { name = name } } },
      { message = { text = "", type = "files" }, attachments = { { file_name = name } } },
      { message = { text = name, type = "files" } },
      { message = { value = name, type = "image" } },
      { message = { type = "file", name = name } },
      { message = { text = name, attachments = { name = name } } },
      { message = { attachment = { url = "https://files.example.com/1/" .. name } } },
      { message = { text = name }, attachments = { { url = "https://files.example.com/a1" } } },
      { message = { text = name }, attachments = { name } },
      { message = "", attachments = { { type = "image", payload = { url = "https://x.de/1" } } } },
    }
  end
  for _, name in ipairs(NAMES) do
    it("is never read for a time or a number: " .. name, function()
      for _, body in ipairs(bodies(name)) do
        local talk = visitor.after { phone = false, "call me" }
        local question = talk.new[1]
        body.handler, body.visitor = "message", talk.peer.last.visitor
        talk:sends(body)
        talk:sees { GOT, question }
      end
    end)
  end

  it("leaves a question where it is, however often", function()
    local talk = visitor.after { phone = false, "call me" }
    for _ = 1, 4 do talk:sends_file "a.jpg" end -- more than an answer may fail
    talk:says "98765 43210, tomorrow at 3pm"
    talk:sends_file "b.jpg"
    talk:sees { GOT, "Shall we call +91 98765 43210 on Tuesday 3 March at 3:00 PM IST?" }
    talk:sees_buttons { "Yes, please", "Change it" }
    talk:clicks "Yes, please"
    talk:sees "Booked: we call +91 98765 43210 on Tuesday 3 March at 3:00 PM IST..."
  end)

  it("reads the text beside a file", function()
    local talk = visitor.after { phone = false, "call me" }
    talk:sends_file("IMG_20260305_1530.jpg",
      { text = "IMG_20260305_1530.jpg\n98765 43210, tomorrow at 3pm" })
    talk:sees "Shall we call +91 98765 43210 on Tuesday 3 March at 3:00 PM IST?"
  end)

  it("takes a place, a voice message and a sticker for the same", function()
    for _, kind in ipairs { "location", "audio", "sticker", "video" } do
      local talk = visitor.after { phone = false, "call me" }
      local question = talk.new[1]
      talk:sends { handler = "message", visitor = talk.peer.last.visitor,
        message = { type = kind, text = kind == "location" and "12.84, 80.06" or nil } }
      talk:sees { GOT, question }
    end
  end)

  it("keeps the calendar of a question", function()
    local talk = visitor.after { "call me on 98765 43210" }
    local before = talk.answer
    talk:sends_file "a.jpg"
    assert.equal(before:match '"input":%b{}', talk.answer:match '"input":%b{}')
  end)
end)
