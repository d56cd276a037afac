-- spec/plain/parts_spec.lua - the small modules: lists of words, answers in between, forms, files.
local plain = require "spec.plain.support"

describe("words", function()
  local words = plain.flows() "words"

  it("are found as whole words, whatever stands around them", function()
    local list = { "call me", "é" }
    for _, said in ipairs { "call me", "Call  ME!", "please call me, now", "(call me)", "x é",
        "É é" } do
      assert.is_true(words.meant(list, said), said)
    end
    for _, said in ipairs { "recall me", "call men", "call", "me call", "", "caféé" } do
      assert.is_false(words.meant(list, said), said)
    end
  end)

  it("are the whole message where they begin so", function()
    assert.is_true(words.meant({ "=ok" }, " OK! "))
    assert.is_false(words.meant({ "=ok" }, "ok then"))
    assert.is_false(words.meant({ "=ok" }, "not ok"))
    assert.is_true(words.meant({ "no", "=ok" }, "ok"))
    assert.is_false(words.meant({}, "ok"))
  end)

  it("of several lists are one", function()
    assert.same({ "a", "b", "c" }, words.all({ "a" }, {}, { "b", "c" }))
  end)

  it("say what stands behind the last of them", function()
    local function behind(text) return (words.behind({ "but", "apart from" }, text)) end
    assert.equal(" day ", behind "right number but day")
    assert.equal(" day ", behind "but the hour, but day")
    assert.equal(" day ", behind "but the hour apart from day")
    assert.equal(" it but day ", behind "apart from it, day":gsub("it", "it but"))
    assert.equal("", behind "button")
    assert.equal(" ", behind "right but")
  end)
end)

describe("asides", function()
  local function answer(text, given)
    given = given or {}
    return plain.flows { config = given.config } "asides".find(plain.chat(given), text)
  end

  for text, said in pairs {
    ["is it booked?"] = "No call is booked yet; we are just arranging it.",
    ["when is my call?"] = "No call is booked yet; we are just arranging it.",
    ["what are your hours?"] = "We call at any time that suits you.",
    ["in which time zone?"] = "All times are yours, which I take for IST.",
    ["how much is it"] = "The call costs nothing.",
    ["who is calling"] = "One of our support colleagues calls you.",
    ["why my number"] = "Your number is only for this call; it is used for nothing else.",
    why = "Your number is only for this call; it is used for nothing else.",
    ["how long is it"] = "As long as it takes to help you, usually about ten minutes.",
    ["are you a bot"] = "I am a bot, but a person will call you.",
    ["just email me"] = "Here I can only arrange a call. To write with a person, say \"agent\".",
    ["can i cancel"] = "You can do that here whenever you like: just say \"change\" or \"cancel\".",
    ["and if i miss it"] = "Then just write to me here, and we find another time.",
    ["you know my number"] = "I am sorry, I cannot see it here.",
    ["what?"] = "I am here to arrange a call: a colleague rings you at a time that suits you.",
  } do
    it(("know %q"):format(text), function() assert.equal(said, answer(text)) end)
  end

  it("know nothing of anything else", function()
    assert.is_nil((answer "what is the meaning of life?"))
    assert.is_nil((answer "tell me why"))
  end)

  it("say nothing of no call where one is booked", function()
    assert.is_nil((answer("is it booked?", { memory = { callback = plain.call {} } })))
    assert.matches("^No call", answer("is it booked?",
      { memory = { callback = plain.call { at = "2026-03-02 09:00" } } }))
  end)

  it("answer two questions and no third", function()
    assert.equal("The call costs nothing. One of our support colleagues calls you.",
      answer "who calls, how long will it take, and is it free?")
  end)

  it("say our hours, with our clocks' name where the visitor's are others", function()
    local ours = { config = plain.HOURS }
    assert.equal("We call people Mon-Fri 09:00-18:00.", answer("are you open", ours))
    ours.zone = "Asia/Colombo" -- the same time
    assert.equal("We call people Mon-Fri 09:00-18:00.", answer("are you open", ours))
    ours.zone = "Europe/London"
    assert.equal("We call people Mon-Fri 09:00-18:00 (IST).", answer("are you open", ours))
    assert.equal("We call people Mon-Fri 09:00-18:00.", answer("are you open",
      { config = { BUSINESS_HOURS = "Mon-Fri 09:00-18:00" }, zone = "Europe/London" }))
    assert.equal("All times are yours, which I take for GMT.", answer("whose time", ours))
  end)

  it("know a question by its sign behind several words", function()
    local asides = plain.flows() "asides"
    assert.is_true(asides.is_question "and then? ")
    for _, text in ipairs { "what?", "and then", "really? I see" } do
      assert.is_false(asides.is_question(text))
    end
  end)
end)

describe("questions", function()
  -- The card of a question, where the visitor is in this channel.
  local function card(channel, part, known)
    local chat = plain.chat { visitor = { channel = channel } }
    local wish = { phone = part == "time" and { value = "+919876543210" } or nil, known = known }
    local _, shown = plain.flows() "questions".missing(chat, wish, part)
    return shown and shown.type
  end

  it("have SalesIQ's cards where the channel shows them", function()
    for _, channel in ipairs { "Website", "website", "Mobile App" } do
      assert.equal("tel", card(channel, "phone"))
      assert.equal("calendar", card(channel, "time"))
      assert.is_nil((card(channel, "both")))
      assert.is_nil((card(channel, "time", true)))
    end
    for _, channel in ipairs { "WhatsApp", "Facebook" } do
      assert.is_nil((card(channel, "phone")))
      assert.is_nil((card(channel, "time")))
    end
    assert.is_nil((card(nil, "phone")))
  end)
end)

describe("a form", function()
  -- Where the number and the time stand in it.
  local function is_filled(text)
    local number, time = text:find("987", 1, true), text:find("3 PM", 1, true)
    return (plain.flows() "form".is_filled(text, number and { from = number },
      time and { from = time }))
  end

  for text, expected in pairs {
    ["Phone: 987\nTime: 3 PM"] = true, ["phone - 987, time = 3 PM"] = true,
    ["Time: 3 PM; my mobile no.: 987"] = true, ["• Tel: 987 | • Preferred time: 3 PM"] = true,
    ["Name: Asha, Phone: 987, Email: x, When: 3 PM"] = true,
    ["987\n3 PM"] = false, ["Phone: 987, 3 PM"] = false, ["987, Time: 3 PM"] = false,
    ["Phone: 987 Time: 3 PM"] = false, ["Time: 987, Phone: 3 PM"] = false,
    ["Phone: 987, Time: maybe 3 PM"] = false, ["Phone: 987, Time: 3 PM?"] = false,
    ["Phone: 987, Name: 3 PM"] = false, ["Order number of mine: 987, Time: 3 PM"] = false,
    ["Phone: 987"] = false, ["Time: 3 PM"] = false, ["The: 987, Time: 3 PM"] = false,
    ["Phone: 987, Time: around 3 PM"] = false, ["Phone:\n987\nTime:\n3 PM"] = true,
  } do
    it(("is %s%q"):format(expected and "" or "not ", text), function()
      assert.equal(expected, is_filled(text))
    end)
  end

  it("has places for both", function()
    local form = plain.flows() "form"
    local text = "Phone: 987\nTime: 3 PM"
    assert.is_false((form.is_filled(text, { from = 8 }, {})))
    assert.is_false((form.is_filled(text, {}, { from = 18 })))
  end)
end)

describe("files", function()
  it("are lines of their kind", function()
    local files = plain.flows() "files"
    for line, expected in pairs { ["[file: a.jpg]"] = true, ["[location]"] = true,
        ["[contact: Asha]"] = true, ["[sticker]"] = true, ["[file: a.jpg] [file: b.jpg]"] = true,
        ["[note: x]"] = false, ["see [file: a.jpg]"] = false, ["file: a.jpg"] = false } do
      assert.equal(expected, (files.is_line(line)), line)
    end
  end)

  it("are named as the visitor sent them, and no others", function()
    local function names(...)
      local talk = {}
      for i, line in ipairs { ... } do
        talk[i] = { who = line:find "^> " and "visitor" or "bot", text = line:gsub("^> ", "") }
      end
      return (plain.flows() "files".names(plain.chat { transcript = talk }))
    end
    assert.is_nil(names())
    assert.is_nil(names("> hello", "[file: mine.jpg]"))
    assert.equal("a.jpg", names("> [file: a.jpg]", "[file: mine.jpg]", "> hello"))
    assert.equal("a.jpg, location, b.jpg, c.jpg",
      names("> [file: a.jpg]", "> [location]", "> [file: b.jpg] [file: c.jpg]"))
  end)
end)
