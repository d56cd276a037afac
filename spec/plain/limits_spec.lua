-- spec/plain/limits_spec.lua - both sides of the limits that the flows name: rounds, tries,
-- lengths, minutes between two clicks.
local plain = require "spec.plain.support"

describe("limits:", function()
  -- `count` times the same, then the rest.
  local function times(count, text, ...)
    local list = {}
    for i = 1, count do list[i] = text end
    return { table.unpack(table.move({ ... }, 1, select("#", ...), count + 1, list)) }
  end

  -- How a talk ends that begins with `text`.
  local function ended(flow, text, answers, memory)
    local chat = plain.chat { text = text, answers = answers, memory = memory }
    plain.run(plain.flows() (flow), chat)
    return chat.talk[#chat.talk], chat
  end

  local FREE = "is it free?"

  it("eleven questions about a new call are answered, the twelfth is for a person", function()
    for text, last in pairs {
      ["call me, 98765 43210"] = "tomorrow 3 pm",
      ["call me tomorrow 3 pm, 98765 43210"] = "yes",
    } do
      local where, chat = ended("callback", text, times(11, FREE, last, "yes"))
      assert.equal("(ends)", where)
      assert.equal(1, #chat.tasks)
      where, chat = ended("callback", text, times(12, FREE, last, "yes"))
      assert.equal("(hands over)", where)
      assert.equal("I am sorry, I cannot sort this out alone.", chat.talk[#chat.talk - 1])
      assert.equal(0, #chat.tasks)
    end
  end)

  it("four questions about a booked call are answered, the fifth is for a person", function()
    local function booked() return { callback = plain.call {} } end
    assert.equal("(ends)", (ended("my_callback", "my call", times(4, "who calls?", "Keep it"),
      booked())))
    assert.equal("(hands over)", (ended("my_callback", "my call", times(5, "who calls?", "Keep it"),
      booked())))
  end)

  it("one refusal is taken, the second is for a person", function()
    assert.matches("^What is a good time", (ended("callback", "call me", { "no", "98765 43210" })))
    assert.equal("(hands over)", (ended("callback", "call me", { "no", "no", "98765 43210" })))
  end)

  it("a number of no country is asked about in a form, however long it is", function()
    local function form(number)
      local chat = plain.chat { zone = "Antarctica/Troll", region = "AQ",
        text = ("call me\nPhone: %s\nTime: tomorrow at 3 PM"):format(number) }
      plain.run(plain.flows() "callback", chat)
      return chat.talk[1]:match "^%a+"
    end
    assert.equal("Booked", form "+44 20 7946 0958")
    assert.equal("Shall", form "2345678901")
    assert.equal("Shall", form "234567890")
  end)

  describe("the chat with a person", function()
    local WAIT = "A colleague has been told and will be with you soon. If you'd rather not wait, "
      .. "we call you."
    local DONE = "Done! A colleague has your messages and will be with you shortly."
    local SORRY = "Sorry, I could not reach a colleague just now. We can call you back at a time "
      .. "that suits you."

    local function click(given)
      local opened
      local zoho = { salesiq = { open_conversation = function(fields)
        opened = fields
        if given.err then return nil, given.err end
        return { id = "1" }
      end } }
      local chat = plain.chat(given)
      plain.run(plain.flows { zoho = zoho, config = given.config } "instant_chat", chat)
      return chat, opened
    end

    it("is opened once in ten minutes", function()
      for seconds, text in pairs { [0] = WAIT, [599] = WAIT, [600] = DONE, [6000] = DONE } do
        local chat, opened = click { memory = { instant_chat = plain.NOW - seconds } }
        assert.equal(text, chat.talk[1])
        assert.equal(text == DONE, opened ~= nil)
        assert.equal(text == DONE and plain.NOW or plain.NOW - seconds, chat.memory.instant_chat)
        assert.equal(text == WAIT and "[callback]" or "(ends)", chat.talk[2])
      end
    end)

    it("is tried again at once where it did not open", function()
      local chat = click { err = { kind = "timeout" } }
      assert.is_nil(chat.memory.instant_chat)
    end)

    local BOTH, CALL = "[callback] [transfer]", "[callback]"
    for name, case in pairs {
      ["a fault of ours"] = { { kind = "timeout", message = "no answer" }, BOTH },
      ["a refusal"] = { { kind = "rejected", message = "no" }, CALL },
      ["no operator"] = { { kind = "invalid", message = "No Operator is there" }, CALL },
      ["a fault without words"] = { { kind = "offline" }, BOTH },
    } do
      it("offers what helps after " .. name, function()
        local chat = click { err = case[1] }
        assert.same({ SORRY, case[2], "(ends)" }, chat.talk)
        assert.equal("callback", chat.memory.offer.yes)
        assert.equal(SORRY, chat.memory.offer.text)
      end)
    end

    it("reaches nobody in the preview, whatever the settings say", function()
      for _, config in ipairs { {}, { INSTANT_CHAT = "forward" } } do
        local chat, opened = click { preview = true, config = config }
        assert.same({ SORRY, CALL, "(ends)" }, chat.talk)
        assert.is_nil(opened)
      end
    end)

    it("is the running one where the settings say so", function()
      local chat, opened = click { config = { INSTANT_CHAT = "forward" } }
      assert.same({ "(forwards) I am passing you on to a colleague. One moment, please." },
        chat.talk)
      assert.is_nil(opened)
    end)

    local function question(lines)
      local talk = {}
      for i, line in ipairs(lines) do
        talk[i] = { who = line:find "^>" and "visitor" or "bot", text = line:gsub("^> ", "") }
      end
      local _, opened = click { transcript = talk }
      return opened.question
    end

    it("begins with the end of the talk so far", function()
      assert.equal("The visitor asks for a person.", question {})
      assert.equal("Visitor: a\nBot: b\nVisitor: c", question { "> a", "b", "> c" })
      -- "Visitor: " and the line's end are ten bytes: 1500 go with it, one more does not
      local full, more = "> " .. ("x"):rep(1490 - 10), "> " .. ("x"):rep(1490 - 9)
      assert.equal(1499, #question { "> old", full, "> " })
      assert.equal(1499, #question { "> old", full, "> " }:gsub("^.-\n$", ""))
      assert.equal("Visitor: ", question { "> old", more, "> " })
      assert.equal(1500, #question { "> old", "> " .. ("x"):rep(5000) })
    end)

    it("tells who the visitor is", function()
      local _, opened = click { visitor = { name = "Visitor 7", email = "a@b.co", phone = "+1",
        current_page_url = "https://x.de", current_page_title = "X" },
        config = { SALESIQ_APP_ID = "1", SALESIQ_DEPARTMENT_ID = "2" } }
      assert.same({ user_id = "a@b.co", email = "a@b.co", phone = "+1",
        current_page = "https://x.de", page_title = "X" }, opened.visitor)
      assert.same({ "1", "2" }, { opened.app_id, opened.department_id })
    end)
  end)

  it("a visitor is known by what stays, in this order", function()
    local person = plain.flows() "person"
    local all = { email = "a@b.co", phone = "+1", active_conversation_id = "c", id = "i",
      visitor_id = "v" }
    for _, name in ipairs { "email", "phone", "active_conversation_id", "id", "visitor_id" } do
      assert.equal(all[name], person.id(all))
      all[name] = nil
    end
    assert.matches("^visitor%-%d+$", person.id(all))
  end)

  it("an address has 255 bytes, names have 40 and 200", function()
    local person = plain.flows() "person"
    local address = ("x"):rep(250) .. "@b.co"
    assert.equal(address, person.email { email = address })
    assert.is_nil((person.email { email = "x" .. address }))
    local first, last = person.names(("f"):rep(41) .. " " .. ("l"):rep(201))
    assert.same({ 40, 200 }, { #first, #last })
    first, last = person.names(("l"):rep(201))
    assert.is_nil(first)
    assert.equal(200, #last)
  end)

  it("a goodbye has 120 bytes", function()
    local goodbye = plain.flows() "goodbye"
    local long = ("ok "):rep(39) .. "bye"
    assert.equal(120, #long)
    assert.is_true(goodbye.is_said(long))
    assert.is_false(goodbye.is_said(long .. "!"))
  end)

  it("a yes that means nothing else has four words, a correction 80 bytes", function()
    local function where(text, memory) return (ended("no_answer", text, {}, memory)) end
    assert.equal("(goes on with small_talk)", where "yes that is fine")
    assert.equal("(hands over)", where "yes that is just fine")
    local number = "98765 43210 "
    for length, flow in pairs { [80] = "(goes on with my_callback)", [81] = "(hands over)" } do
      assert.equal(flow, where(number .. ("x"):rep(length - #number), { callback = plain.call {} }))
    end
  end)
end)
