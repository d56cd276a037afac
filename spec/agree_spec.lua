-- spec/agree_spec.lua - the talk about number and time as a good receptionist would lead it. It is
-- Monday 2 March 2026, 10:00 in India.
describe("agree", function()
  local NUMBER = "98765 43210"
  local SHOWN = "Shall we call +91 98765 43210 on Tuesday 3 March at 3:00 PM IST?"
  local BOOKED = "Booked: we call +91 98765 43210 on Tuesday 3 March at 3:00 PM IST..."

  -- In the middle of a talk: "call me back" and what else was said.
  local function after(...)
    return visitor.after { phone = false, "call me back", ... }
  end

  -- At the question that settles the call.
  local function shown() return after("tomorrow 3 pm", NUMBER) end

  describe("keeps what it knows", function()
    it("says the number back in its next question, also the corrected one", function()
      local talk = after(NUMBER)
      talk:sees { "What is a good time to call +91 98765 43210? For example: tomorrow at 3 PM." }
      talk:says "sorry, it's 98765 43211"
      talk:sees { "What is a good time to call +91 98765 43211? For example: tomorrow at 3 PM." }
    end)

    it("says the time back when only the number is missing", function()
      local talk = after "friday at 4 pm"
      talk:sees {
        "Which number shall we call on Friday 6 March at 4:00 PM IST? "
          .. "For example: 98765 43210.",
      }
    end)

    for said, shown_time in pairs {
      ["make it 4pm"] = "Tuesday 3 March at 4:00 PM",
      ["no, friday at 4"] = "Friday 6 March at 4:00 PM",
    } do
      it(("takes %q while it asks for the number"):format(said), function()
        local talk = after "tomorrow 3 pm"
        talk:says(said)
        talk:sees("Which number shall we call on " .. shown_time .. " IST?...")
      end)
    end

    it("names no hour that nobody has said", function()
      after("friday"):sees "Which number shall we call on Friday 6 March? For example: ..."
    end)

    for said, asked in pairs {
      ["the time"] = "What time suits you on Tuesday 3 March? For example: 4 PM.",
      ["can it be earlier?"] = "What time suits you on Tuesday 3 March? For example: 2 PM.",
      ["no, later"] = "What time suits you on Tuesday 3 March? For example: 4 PM.",
      ["not that day"] = "Which day suits you? For example: Friday.",
      ["not tomorrow"] = "Which day suits you? For example: Friday.",
      ["that's the wrong number"] = "Which number shall we call on Tuesday 3 March at 3:00 PM IST?"
        .. " For example: 98765 43210.",
    } do
      it(("asks only for the part that %q is about"):format(said), function()
        local talk = shown()
        talk:says(said)
        talk:sees { asked }
      end)
    end

    for _, said in ipairs { "y.kumar@gmail.com", "Noah", "N. Kumar", "okcupid.com", "Si Woo",
        "yes if you call my wife", "no reply", "yes no", "sure?" } do
      it(("asks again after %q"):format(said), function()
        local talk = shown()
        talk:says(said)
        talk:sees_buttons { "Yes, please", "Change it" }
        assert.calls(0)
      end)
    end

    it("takes a thumbs-up for a yes, whatever its colour", function()
      shown():says("👍🏽"):sees "Booked: we call +91 98765 43210 on Tuesday 3 March at 3:00 PM IST..."
      assert.calls(1)
    end)

    it("hears the time behind a yes", function()
      shown():says("yes but only friday"):sees_not "Booked..."
      assert.calls(0)
    end)

    for said, asked in pairs {
      ["all good except the time"] = "What time suits you on Tuesday 3 March?...",
      ["right number, wrong day"] = "Which day suits you?...",
      ["that is correct but the number is old"] = "Which number shall we call on Tuesday...",
      ["ok but I have a meeting"] = "What would you like instead?...",
      ["it's a US number"] = "Which number shall we call on Tuesday...",
      ["ok let me check"] = "Take your time.",
    } do
      it(("hears the reservation in %q"):format(said), function()
        local talk = shown()
        talk:says(said)
        talk:sees(asked)
        assert.calls(0)
      end)
    end

    it("keeps the day of a call when its hour changes, and the hour when its day does", function()
      local talk = shown()
      talk:says "the time"
      talk:says "5pm"
      talk:sees "Shall we call +91 98765 43210 on Tuesday 3 March at 5:00 PM IST?"
      talk:says "not that day"
      talk:says "friday"
      talk:sees "Shall we call +91 98765 43210 on Friday 6 March at 5:00 PM IST?"
    end)

    it("takes whatever for a yes to what it proposed", function()
      local talk = shown()
      talk:says "whatever"
      talk:sees(BOOKED)
    end)

    it("hands over who refuses everything", function()
      local talk = shown()
      talk:says "no"
      talk:says "no"
      talk:sees { 'No problem. If you want no call, say "cancel"; to write with a person, say '
        .. '"agent".', SHOWN }
      talk:says "no"
      talk:says "no"
      assert.handed_over(talk)
    end)

    it("goes back to the old time when no other suits", function()
      local talk = shown()
      talk:says "can it be later?"
      talk:says "no"
      talk:sees { SHOWN }
    end)

    it("remembers the number from before the visitor wanted a call", function()
      local talk = visitor.after { phone = false,
        "The printer on the second floor is broken again. I am Asha, my number is 98765 43210, in "
          .. "case the line drops while we are at it.", { clicks = "Schedule Callback" } }
      talk:sees {
        "What is a good time to call +91 98765 43210? For example: tomorrow at 3 PM. "
          .. "You can also send another number.",
      }
    end)

    it("remembers what was cancelled when the visitor comes back", function()
      local talk = shown()
      talk:says "cancel"
      talk:says "hmm, actually do call me"
      talk:sees { SHOWN }
    end)

    it("goes on after a person was offered", function()
      local talk = after(NUMBER, "blah", "blah blah", "blah blah blah")
      assert.handed_over(talk)
      talk:says "tomorrow 3 pm"
      talk:sees { SHOWN }
    end)
  end)

  describe("leaves a choice", function()
    it("of two numbers", function()
      local talk = after "home 022 2345 6789 or mobile 98765 43210"
      talk:sees_buttons { "+91 22 2345 6789", "+91 98765 43210" }
      talk:says "is it free?"
      talk:sees { "The call costs nothing.",
        "Which number shall we call: +91 22 2345 6789 or +91 98765 43210?" }
      talk:says "the mobile is better"
      talk:sees "What is a good time to call +91 98765 43210?..."
    end)

    it("of two numbers by what was said behind them", function()
      local talk = after "98765 43210 (home) or 98765 00000 (work), call me tomorrow 3pm"
      talk:says "please call home"
      talk:sees "Shall we call +91 98765 43210 on Tuesday 3 March at 3:00 PM IST?"
    end)

    for said, number in pairs { ["2"] = "+91 98765 00000", ["the first one"] = "+91 98765 43210",
        ["98765 00000"] = "+91 98765 00000", ["either"] = "+91 98765 43210" } do
      it(("of two numbers by %q"):format(said), function()
        local talk = after "98765 43210 or 98765 00000, tomorrow 3pm"
        talk:says(said)
        talk:sees("Shall we call " .. number .. " on Tuesday 3 March at 3:00 PM IST?")
      end)
    end

    it("of two numbers while other things are said", function()
      local talk = after "98765 43210 or 98765 00000"
      talk:says "tomorrow 3pm"
      talk:sees { "Which number shall we call: +91 98765 43210 or +91 98765 00000?" }
      talk:says "no, neither"
      talk:sees { "Which number shall we call on Tuesday 3 March at 3:00 PM IST? For example: "
        .. "98765 43210." }
      talk:says "98765 11111"
      talk:sees "Shall we call +91 98765 11111 on Tuesday 3 March at 3:00 PM IST?"
    end)

    it("of two days", function()
      local talk = after(NUMBER, "tomorrow or friday at 3pm")
      talk:sees {
        "Shall we call +91 98765 43210 on Tuesday 3 March at 3:00 PM or on Friday 6 March at "
          .. "3:00 PM IST?",
      }
      talk:says "friday"
      talk:sees "Booked: we call +91 98765 43210 on Friday 6 March at 3:00 PM IST..."
    end)

    it("of two hours of one day", function()
      local talk = after(NUMBER, "tomorrow at 3 or 4pm")
      talk:sees_buttons { "Tue 3 Mar, 3:00 PM", "Tue 3 Mar, 4:00 PM", "Change it" }
      talk:says "the later one"
      talk:sees "Booked: we call +91 98765 43210 on Tuesday 3 March at 4:00 PM IST..."
    end)

    it("knows an offered hour by its figures", function()
      local talk = after(NUMBER, "tomorrow at 3")
      talk:says "3pm of course"
      talk:sees(BOOKED)
    end)

    it("proposes a time to who knows none", function()
      local talk = after(NUMBER, "what do you suggest?")
      talk:sees { "I suggest tomorrow at 3 PM.", SHOWN }
    end)
  end)

  describe("answers in between", function()
    it("a question beside number and time", function()
      local talk = after "98765 43210, tomorrow 3 pm. And who will call?"
      talk:sees { "One of our support colleagues calls you.", SHOWN }
    end)

    it("two questions at once", function()
      local talk = after "who will call and how long will it take?"
      talk:sees "One of our support colleagues calls you. As long as it takes to help you..."
    end)

    it("a question beside a yes", function()
      local talk = shown()
      talk:says "yes. is it free"
      talk:sees { "The call costs nothing.", BOOKED }
    end)

    it("honestly what it does not know", function()
      local talk = after "what is your address?"
      talk:sees "I cannot answer that myself, but the colleague who calls you can. Which..."
    end)

    it("whose clock it is", function()
      local talk = shown()
      talk:says "is that my time or yours?"
      talk:sees { "All times are yours, which I take for IST.", SHOWN }
    end)

    it("when we can call, where no hours are set", function()
      after("when can you call?"):sees "We call at any time that suits you."
    end)

    it("that a problem is for the colleague who calls, and goes on", function()
      local talk = after "my printer is not working"
      talk:sees { "The colleague who calls will help you with that.",
        "Which number shall we call, and when? For example: 98765 43210, tomorrow at 3 PM." }
    end)

    it("a question about the call before there is one", function()
      after(NUMBER, "when will you call me?"):sees {
        "No call is booked yet; we are just arranging it.",
        "What is a good time to call +91 98765 43210? For example: tomorrow at 3 PM.",
      }
    end)

    it("how to change it later", function()
      local talk = shown()
      talk:says "can I change it later?"
      talk:sees { 'You can do that here whenever you like: just say "change" or "cancel".', SHOWN }
    end)

    it("lets who is looking take their time", function()
      local talk = shown()
      talk:says "hmm, let me check my calendar"
      talk:sees { "Take your time.", SHOWN }
    end)

    it("asks the same again after what it cannot answer", function()
      local talk = shown()
      talk:says "and what if it rains?"
      talk:sees { "I cannot answer that myself, but the colleague who calls you can. " .. SHOWN }
    end)

    it("says sorry to who is annoyed, once", function()
      local talk = after "this is ridiculous"
      talk:sees { "I am sorry for the trouble.",
        "Which number shall we call, and when? For example: 98765 43210, tomorrow at 3 PM." }
      talk:says "you idiots"
      talk:sees "I understand. Which number shall we call, and when?..."
    end)

    it("shows the way out to who has no phone", function()
      local talk = after "I don't have a phone"
      talk:sees {
        'No problem. If you want no call, say "cancel"; to write with a person, say "agent".',
        "Which number shall we call, and when? For example: 98765 43210, tomorrow at 3 PM." }
      talk:says "ok forget it"
      talk:sees { "Alright, no call then. Is there anything else I can help you with?" }
    end)

    it("lets go who says goodbye", function()
      after("bye"):sees { "Goodbye, and have a good day!" }
    end)

    for _, said in ipairs { "can I just talk to a person now?", "actually can I chat instead?" } do
      it(("brings to a person at %q"):format(said), function()
        assert.handed_over(after(NUMBER, said))
      end)
    end

    it("admits that it has no number", function()
      after "you have my number already":sees { "I am sorry, I cannot see it here.",
        "Which number shall we call, and when? For example: 98765 43210, tomorrow at 3 PM." }
    end)

    it("takes thanks", function()
      after "thank you for asking":sees { "You are welcome!", "Which number shall we..." }
    end)

    it("proposes the first moment to who asks for the earliest", function()
      after(NUMBER, "what's the earliest?"):sees {
        "Shall we call +91 98765 43210 as soon as possible?",
      }
    end)
  end)

  it("takes a date out of a tale for no wish", function()
    local talk = visitor.arrives { phone = false }
    talk:says("I need someone to call me about my invoice number 4415263, it says $1,200.50 due "
      .. "03/02/2026")
    talk:sees { "Please share your phone number and a good time for the call, for example: "
      .. "98765 43210, tomorrow at 3 PM." }
  end)

  it("takes no time out of a tale for a wish", function()
    local talk = visitor.arrives { phone = false }
    talk:says "I bought it two weeks ago and it broke, please have someone call me"
    talk:sees { "Please share your phone number and a good time for the call, for example: "
      .. "98765 43210, tomorrow at 3 PM." }
  end)

  describe("with opening hours", function()
    it("gives an example that is open", function()
      settings { BUSINESS_HOURS = "Mon-Fri 09:00-18:00", TIME_ZONE = "Asia/Kolkata" }
      clock.at("2026-03-06 10:00", "Asia/Kolkata")
      local talk = after(NUMBER)
      talk:sees { "What is a good time to call +91 98765 43210? For example: Monday at 3 PM." }
      talk:says "no idea"
      talk:sees { "I suggest Monday at 3 PM.",
        "Shall we call +91 98765 43210 on Monday 9 March at 3:00 PM IST?" }
    end)

    it("does not ask which of two closed hours was meant", function()
      settings { BUSINESS_HOURS = "Mon-Fri 09:00-18:00", TIME_ZONE = "Asia/Kolkata" }
      local talk = after(NUMBER, "tomorrow at 7")
      talk:sees_buttons { "Yes, please", "Change it" }
      talk:says "pm"
      talk:sees_not "Sorry, something..."
    end)
  end)
end)
