-- spec/callback_spec.lua - a phone number, a time, a call in Desk. It is Monday 2 March 2026, 10:00
-- in India, unless a case says otherwise; whole talks stand in visitors_spec.lua.
describe("callback", function()
  local BOTH = "Please share your phone number and a good time for the call, for example: "
    .. "98765 43210, tomorrow at 3 PM."
  local BOTH_AGAIN = "Which number shall we call, and when? For example: 98765 43210, "
    .. "tomorrow at 3 PM."
  local PHONE = "Which number shall we call on Tuesday 3 March at 3:00 PM IST? For example: "
    .. "98765 43210."
  local TIME = "What is a good time to call +91 98765 43210? For example: tomorrow at 3 PM."
  local CORRECT = ' If that is not right, say "change" or "cancel".'

  -- Where it is 10:00, too.
  local function american()
    clock.at("2026-03-02 10:00", "America/New_York")
    return visitor.arrives { phone = false, zone = "America/New_York", country = "United States" }
  end

  local function arrives(given)
    local all = { phone = false }
    for name, value in pairs(given or {}) do all[name] = value end
    return visitor.arrives(all)
  end

  it("books a filled-in form at once", function()
    local talk = arrives()
    talk:says "call me back"
    talk:sees { BOTH }
    talk:says "Phone: 5551234567\nTime: tomorrow at 3 PM"
    talk:sees { "Booked: we call +91 55512 34567 on Tuesday 3 March at 3:00 PM IST." .. CORRECT }
    assert.tasks(talk, { { "book_callback", phone = "+915551234567", email = "asha@example.com" } })
    local call = zoho.records().calls[1]
    assert.equal("2026-03-03T09:30:00.000Z", call.startTime)
    assert.equal("Scheduled", call.status)
    assert.equal("outbound", call.direction)
    assert.matches("+915551234567", call.description, 1, true)
    assert.matches("3:00 PM IST", call.description, 1, true)
  end)

  for _, said in ipairs {
    "Number: 98765 43210, When: tomorrow at 3 PM",
    "time - tomorrow 3pm; my mobile no. = 98765 43210",
    "Name: Asha Rao\nMob: 98765 43210\nDate: tomorrow\nTime: 3 PM\nThanks",
    "* Tel: 98765 43210\n* Preferred time: 3 March, 3 PM",
    "Teléfono: 98765 43210\nHora: mañana a las 3 de la tarde",
  } do
    it(("knows the form %q"):format(said), function()
      local talk = arrives()
      talk:says "call me back"
      talk:says(said)
      talk:sees { "Booked: we call +91 98765 43210 on Tuesday 3 March at 3:00 PM IST." .. CORRECT }
      assert.calls(1)
    end)
  end

  for _, said in ipairs {
    "98765 43210, tomorrow at 3 PM",
    "Phone: 98765 43210, tomorrow at 3 PM",
    "98765 43210, Time: tomorrow at 3 PM",
    "Phone: 98765 43210\nTime: tomorrow at 3 PM?",
    "Phone: 98765 43210\nTime: maybe tomorrow at 3 PM",
  } do
    it(("asks before it books %q"):format(said), function()
      local talk = arrives()
      talk:says "call me back"
      talk:says(said)
      talk:sees { "Shall we call +91 98765 43210 on Tuesday 3 March at 3:00 PM IST?" }
      assert.calls(0)
    end)
  end

  it("offers both readings of an hour in a form", function()
    local talk = arrives()
    talk:says "call me back"
    talk:says "Phone: 98765 43210\nTime: tomorrow at 3"
    talk:sees_buttons { "Tue 3 Mar, 3:00 PM", "Tue 3 Mar, 3:00 AM", "Change it" }
  end)

  it("asks for a number in a form that may be none", function()
    local talk = arrives()
    talk:says "call me back"
    talk:says "Phone: 155512345678\nTime: tomorrow at 3 PM"
    talk:sees { "Shall we call 155512345678 on Tuesday 3 March at 3:00 PM IST? "
      .. "Please add the country code, as in +44 20 7946 0958." }
    talk:sees_buttons { "Yes, please", "Change it" }
    assert.calls(0)
  end)

  it("asks whether it is a number that something is still open with", function()
    local talk = arrives()
    talk:says "98765 43210 still pending, call me tomorrow at 3 pm"
    talk:sees { "Shall we call +91 98765 43210 on Tuesday 3 March at 3:00 PM IST? "
      .. "Please check that this is a phone number." }
    assert.calls(0)
  end)

  it("books a form also where it asked for a yes, without another", function()
    local talk = arrives()
    talk:says "call me tomorrow at 5 pm, 98765 43210"
    talk:says "Phone: 98765 43210\nTime: tomorrow at 3 PM"
    talk:sees { "Booked: we call +91 98765 43210 on Tuesday 3 March at 3:00 PM IST." .. CORRECT }
  end)

  it("says what it doubts in a number also beside a choice of hours", function()
    local talk = american()
    talk:says "call me tomorrow at 3, 555-1234"
    talk:sees { "Shall we call 5551234 on Tuesday 3 March at 3:00 PM or 3:00 AM EST? "
      .. "Please add the area code." }
  end)

  it("needs only a yes when the first message says it all", function()
    local talk = american()
    talk:says "Can you call me tomorrow at 3:30pm on (415) 555-2671?"
    talk:sees { "Shall we call +1 415 555 2671 on Tuesday 3 March at 3:30 PM EST?" }
    talk:says "yes"
    talk:sees { "Booked: we call +1 415 555 2671 on Tuesday 3 March at 3:30 PM EST." .. CORRECT }
    assert.equal("2026-03-03T20:30:00.000Z", zoho.records().calls[1].startTime)
  end)

  it("takes time and number in pieces, and asks once before it books", function()
    local talk = arrives()
    talk:says "schedule a call"
    talk:says "tomorrow at 3pm"
    talk:sees { PHONE }
    talk:says "98765 43210"
    talk:sees { "Shall we call +91 98765 43210 on Tuesday 3 March at 3:00 PM IST?" }
    talk:sees_buttons { "Yes, please", "Change it" }
    assert.calls(0)
    talk:clicks "Yes, please"
    talk:sees { "Booked: we call +91 98765 43210 on Tuesday 3 March at 3:00 PM IST." .. CORRECT }
    assert.calls(1)
  end)

  it("takes them in the other order, too", function()
    local talk = arrives()
    talk:says "callback please"
    talk:says "my number is 98765 43210"
    talk:sees { TIME }
    talk:says "friday at 4 pm"
    talk:sees { "Shall we call +91 98765 43210 on Friday 6 March at 4:00 PM IST?" }
    talk:says "yep, go ahead"
    talk:sees { "Booked: we call +91 98765 43210 on Friday 6 March at 4:00 PM IST." .. CORRECT }
  end)

  it("offers the number that SalesIQ knows", function()
    local talk = visitor.arrives { phone = "+919876543210" }
    talk:says "call me back"
    talk:sees {
      TIME .. " You can also send another number.",
    }
    talk:says "tomorrow at 11 am"
    talk:sees { "Shall we call +91 98765 43210 on Tuesday 3 March at 11:00 AM IST?" }
    talk:says "yes"
    assert.tasks(talk, { { "book_callback", phone = "+919876543210" } })
  end)

  it("forgets the number that SalesIQ knows when it is the wrong one", function()
    local talk = visitor.arrives { phone = "+919876543210" }
    talk:says "call me back"
    talk:says "no"
    talk:sees { BOTH }
  end)

  it("shows SalesIQ's own cards on the website", function()
    local talk = arrives { channel = "Website" }
    talk:says "call me back tomorrow at 3 pm"
    assert.matches('"type":"tel"', talk.answer, 1, true)
    talk:says "+919876543210"
    talk:sees "Shall we call +91 98765 43210 on Tuesday 3 March at 3:00 PM IST?"
  end)

  it("shows no card where the channel has none", function()
    local talk = arrives { channel = "WhatsApp" }
    talk:says "call me back tomorrow at 3 pm"
    assert.is_nil(talk.answer:find('"input"', 1, true))
  end)

  it("reads the moment that the calendar card sends", function()
    local talk = arrives()
    talk:says "call me on 98765 43210"
    talk:says("5th March, 2:30 in the afternoon", {
      meta = { card_data = { value = { slot = "05/03/2026 14:30" } } },
    })
    talk:sees { "Shall we call +91 98765 43210 on Thursday 5 March at 2:30 PM IST?" }
  end)

  it("offers both readings of an hour", function()
    local talk = arrives()
    talk:says "call me tomorrow at 3 on 98765 43210"
    talk:sees {
      "Shall we call +91 98765 43210 on Tuesday 3 March at 3:00 PM or 3:00 AM IST?",
    }
    talk:sees_buttons { "Tue 3 Mar, 3:00 PM", "Tue 3 Mar, 3:00 AM", "Change it" }
    talk:clicks "Tue 3 Mar, 3:00 AM"
    talk:sees { "Booked: we call +91 98765 43210 on Tuesday 3 March at 3:00 AM IST." .. CORRECT }
  end)

  local READINGS = { pm = "3:00 PM", ["in the morning"] = "3:00 AM", ["the second"] = "3:00 AM",
    ["3 pm"] = "3:00 PM", ["1"] = "3:00 PM", ["the first one"] = "3:00 PM", yes = "3:00 PM" }
  for said, hour in pairs(READINGS) do
    it(("knows which reading %q means"):format(said), function()
      local talk = arrives()
      talk:says "call me tomorrow at 3 on 98765 43210"
      talk:says(said)
      talk:sees("Booked: we call +91 98765 43210 on Tuesday 3 March at " .. hour .. " IST."
        .. CORRECT)
    end)
  end

  for _, said in ipairs { "98765 43210", "kindly call on 98765 43210", "llámame al 98765 43210",
      "My office: 98765 43210", "hello sir, i want that you call to me, 98765 43210" } do
    it(("begins at %q"):format(said), function()
      local talk = arrives()
      talk:says(said)
      talk:sees(TIME)
    end)
  end

  it("knows that phone is a verb, too", function()
    local talk = arrives()
    talk:says "please phone me tomorrow at 3 pm"
    talk:sees { PHONE }
  end)

  it("takes any time for as soon as possible, and asks", function()
    local talk = arrives()
    talk:says "call me back on 98765 43210"
    talk:says "whenever suits you"
    talk:sees { "Shall we call +91 98765 43210 as soon as possible?" }
  end)

  it("asks once more about a number without its area code", function()
    local talk = american()
    talk:says "call me tomorrow at 3pm, 555-1234"
    talk:sees {
      "Shall we call 5551234 on Tuesday 3 March at 3:00 PM EST? Please add the area code.",
    }
    talk:says "415 555 1234"
    talk:sees { "Shall we call +1 415 555 1234 on Tuesday 3 March at 3:00 PM EST?" }
  end)

  it("shows the hour it takes for a part of the day", function()
    local talk = arrives()
    talk:says "call me tomorrow morning, 98765 43210"
    talk:sees { "Shall we call +91 98765 43210 on Tuesday 3 March at 9:00 AM IST?" }
  end)

  it("answers questions in between and comes back to its own", function()
    local talk = arrives()
    talk:says "call me back"
    talk:says "is it free?"
    talk:sees { "The call costs nothing.", BOTH_AGAIN }
    talk:says "hello"
    talk:sees { BOTH_AGAIN }
    talk:says "98765 43210, tomorrow 3pm"
    talk:sees "Shall we call ..."
  end)

  it("says what was wrong with the time beside a good number", function()
    local talk = arrives()
    talk:says "call me back on 98765 43210, 31 February at 3pm"
    talk:sees { "31 February does not exist.", TIME }
  end)

  it("takes no order number for a bad phone number", function()
    local talk = arrives()
    talk:says "call me back"
    talk:says "order #1234567 has not arrived"
    talk:sees { "Sorry, I did not get that. " .. BOTH_AGAIN }
  end)

  for _, said in ipairs { "please do not call me", "i want to cancel", "forget it", "Stop!" } do
    it(("stops at %q"):format(said), function()
      local talk = arrives()
      talk:says "call me back"
      talk:says(said)
      talk:sees { "Alright, no call then. Is there anything else I can help you with?" }
    end)
  end

  it("calls on the full minute", function()
    clock.at("2026-03-02 10:00:35", "Asia/Kolkata")
    local talk = arrives()
    talk:says "call me in 20 minutes, 98765 43210"
    talk:says "yes"
    talk:sees { "Booked: we call +91 98765 43210 on Monday 2 March at 10:21 AM IST." .. CORRECT }
    assert.equal("2026-03-02T04:51:00.000Z", zoho.records().calls[1].startTime)
  end)

  it("keeps what it understood when the visitor starts over", function()
    local talk = arrives()
    talk:says "call me back"
    talk:says "98765 43210"
    talk:says "just call me"
    talk:sees { "Gladly. I only need to know this first:", TIME }
  end)

  it("hands over who cannot be understood three times", function()
    local talk = arrives()
    talk:says "call me back"
    talk:says "blah"
    talk:sees { "Sorry, I did not get that. " .. BOTH_AGAIN }
    talk:says "blah blah"
    talk:says "blah blah blah"
    assert.handed_over(talk)
  end)

  it("goes on after a picture without a word, and after another page", function()
    local talk = arrives()
    talk:says "call me back"
    talk:says ""
    talk:sees { "Sorry, I did not get that. " .. BOTH_AGAIN }
    talk:visits()
    talk:says "98765 43210, tomorrow at 3pm"
    talk:sees "Shall we call ..."
  end)

  it("lets the visitor out to a person at any time", function()
    local talk = arrives()
    talk:says "call me back"
    talk:says "agent"
    assert.handed_over(talk)
  end)

  describe("with opening hours", function()
    local function with_hours()
      settings { BUSINESS_HOURS = "Mon-Fri 09:00-18:00", TIME_ZONE = "Asia/Kolkata" }
    end

    it("offers the next open moment instead of a closed one", function()
      with_hours()
      local talk = arrives()
      talk:says "call me on sunday at 11 am, 98765 43210"
      talk:sees {
        "We are closed at that time; our hours are Mon-Fri 09:00-18:00. Shall we call "
          .. "+91 98765 43210 on Monday 9 March at 9:00 AM IST instead?",
      }
      talk:says "yes"
      talk:sees { "Booked: we call +91 98765 43210 on Monday 9 March at 9:00 AM IST." .. CORRECT }
    end)

    it("does not promise a call right now while nobody is there", function()
      with_hours()
      clock.at("2026-03-02 20:00", "Asia/Kolkata")
      local talk = arrives()
      talk:says "call me now on 98765 43210"
      talk:sees {
        "We are closed right now; our hours are Mon-Fri 09:00-18:00. Shall we call "
          .. "+91 98765 43210 on Tuesday 3 March at 9:00 AM IST instead?",
      }
      talk:says "ok"
      talk:sees { "Booked: we call +91 98765 43210 on Tuesday 3 March at 9:00 AM IST." .. CORRECT }
      assert.equal("2026-03-03T03:30:00.000Z", zoho.records().calls[1].startTime)
    end)

    it("lets them decide what a bare hour means", function()
      with_hours()
      local talk = arrives()
      talk:says "call me tomorrow at 3, 98765 43210"
      talk:sees { "Shall we call +91 98765 43210 on Tuesday 3 March at 3:00 PM IST?" }
    end)

    it("tells them", function()
      with_hours()
      local talk = arrives()
      talk:says "call me back"
      talk:says "when are you open?"
      talk:sees { "We call people Mon-Fri 09:00-18:00.", BOTH_AGAIN }
    end)

    it("sees that they are ours, not the visitor's", function()
      with_hours()
      local talk = american()
      talk:says "call me tomorrow at 3pm, 415 555 2671"
      talk:sees {
        "We are closed at that time; our hours are Mon-Fri 09:00-18:00 (IST). Shall we call "
          .. "+1 415 555 2671 on Tuesday 3 March at 10:30 PM EST instead?",
      }
    end)
  end)

  describe("when Desk is in trouble", function()
    local NOTED = "Noted: we call +91 98765 43210 on Tuesday 3 March at 3:00 PM IST. "
      .. "It will be in our calendar in a moment; you need do nothing more."

    it("says honestly that the call is only noted, and books it later", function()
      zoho.fails("desk.*", { kind = "status", status = 500 })
      local talk = arrives()
      talk:says "call me tomorrow at 3pm, 98765 43210"
      talk:says "yes"
      talk:sees { NOTED }
      assert.calls(0)
      zoho.works()
      talk:wait(3600)
      assert.calls(1)
    end)

    it("answers in time when Desk does not", function()
      zoho.slow("desk.*", 20)
      local talk = arrives()
      talk:says "call me tomorrow at 3pm, 98765 43210"
      talk:says "yes"
      talk:sees { NOTED }
      assert.is_true(talk.seconds <= 4)
      talk:wait(300)
      assert.calls(1)
    end)

    local WAITS = "Noted: we call +91 98765 43210 on Tuesday 3 March at 3:00 PM IST. "
      .. "A colleague still has to confirm that; if it is urgent, say \"agent\"."

    local function kill_token()
      zoho.token { credential = "default", expire = "all" }
      zoho.token { credential = "default", kill_refresh = true }
    end

    for name, break_it in pairs {
      ["a dead credential"] = kill_token,
      ["a field that Desk demands"] = function()
        zoho.fails("desk.create_call", { kind = "refuse_field", field = "status" })
      end,
      ["a missing permission"] = function()
        zoho.fails("desk.create_call", { kind = "forbidden" })
      end,
      ["a missing scope"] = function() zoho.fails("desk.create_call", { kind = "scope" }) end,
    } do
      it("promises nothing where a person must act: " .. name, function()
        break_it()
        local talk = arrives()
        talk:says "call me tomorrow at 3pm, 98765 43210"
        talk:says "yes"
        talk:sees { WAITS }
        talk:wait(600)
        assert.calls(0)
        talk:says "is it booked?"
        talk:sees { "A call to +91 98765 43210 on Tuesday 3 March at 3:00 PM IST is noted; "
          .. "a colleague still has to confirm it. What would you like to do?" }
      end)
    end

    it("says that the call stands once the person has acted", function()
      zoho.fails("desk.create_call", { kind = "refuse_field", field = "status" })
      local talk = arrives()
      talk:says "call me tomorrow at 3pm, 98765 43210"
      talk:says "yes"
      talk:sees { WAITS }
      zoho.works()
      talk:wait(3600)
      assert.calls(1)
      talk:says "is it booked?"
      talk:sees { "We call +91 98765 43210 on Tuesday 3 March at 3:00 PM IST. "
        .. "What would you like to do?" }
    end)

    it("tells how the call stands now, while it still asks what to do", function()
      zoho.fails("desk.create_call", { kind = "refuse_field", field = "status" })
      local talk = arrives()
      talk:says "call me tomorrow at 3pm, 98765 43210"
      talk:says "yes"
      talk:says "is it booked?"
      talk:sees "A call to +91 98765 43210 on Tuesday 3 March at 3:00 PM IST is noted..."
      zoho.works()
      talk:wait(3600)
      assert.calls(1)
      talk:says "is it booked?"
      talk:sees "We call +91 98765 43210 on Tuesday 3 March at 3:00 PM IST. Shall I change..."
    end)
  end)
end)
