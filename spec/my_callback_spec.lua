-- spec/my_callback_spec.lua - a booked call is shown, moved, corrected.
describe("my_callback", function()
  local function booked(given)
    local all = { phone = false, "call me tomorrow at 3pm, 98765 43210", "yes" }
    for name, value in pairs(given or {}) do all[name] = value end
    return visitor.after(all)
  end

  it("moves the call to the time that comes along", function()
    local talk = booked()
    talk:says "please reschedule to friday at 5 pm"
    talk:sees { "Shall we call +91 98765 43210 on Friday 6 March at 5:00 PM IST?" }
    talk:says "yes"
    talk:sees { "Changed: we call +91 98765 43210 on Friday 6 March at 5:00 PM IST." }
    local calls = zoho.records().calls
    assert.equal(1, #calls)
    assert.equal("2026-03-06T11:30:00.000Z", calls[1].startTime)
    assert.matches("Friday 6 March at 5:00 PM IST", calls[1].description, 1, true)
  end)

  it("changes the hour alone", function()
    local talk = booked()
    talk:says "make it 5"
    talk:sees { "Shall we call +91 98765 43210 on Tuesday 3 March at 5:00 PM IST?" }
  end)

  it("changes the number alone", function()
    local talk = booked()
    talk:says "wrong number, it is 98765 00000"
    talk:says "yes"
    talk:sees { "Changed: we call +91 98765 00000 on Tuesday 3 March at 3:00 PM IST." }
    assert.matches("+919876500000", zoho.records().calls[1].subject, 1, true)
  end)

  for _, said in ipairs { "no, 5pm", "sorry I meant 5pm", "5 pm please" } do
    it(("takes %q after a booking for a correction"):format(said), function()
      local talk = booked()
      talk:says(said)
      talk:sees { "Shall we call +91 98765 43210 on Tuesday 3 March at 5:00 PM IST?" }
    end)
  end

  it("takes a bare number after a booking for a correction", function()
    local talk = booked()
    talk:says "98765 00000"
    talk:sees { "Shall we call +91 98765 00000 on Tuesday 3 March at 3:00 PM IST?" }
  end)

  it("takes the second number for no date", function()
    local talk = booked()
    talk:says "no, the second number"
    talk:sees_buttons { "Change it", "Cancel it", "Keep it" }
    talk:clicks "Change it"
    talk:says "the second number"
    talk:sees "Which number shall we call on Tuesday 3 March at 3:00 PM IST?..."
  end)

  it("asks for the part that shall be different", function()
    local talk = booked()
    talk:says "when do you call?"
    talk:clicks "Change it"
    talk:says "the number"
    talk:sees "Which number shall we call on Tuesday 3 March at 3:00 PM IST?..."
    talk:says "98765 00000"
    talk:sees { "Shall we call +91 98765 00000 on Tuesday 3 March at 3:00 PM IST?" }
  end)

  it("leaves a real question after a booking to people", function()
    local talk = booked()
    talk:says "what is the meaning of life?"
    talk:clicks "Schedule Callback"
  end)

  it("shows the call to who asks", function()
    local talk = booked()
    talk:says "when will you call me?"
    talk:sees {
      "We call +91 98765 43210 on Tuesday 3 March at 3:00 PM IST. What would you like to do?",
    }
    talk:sees_buttons { "Change it", "Cancel it", "Keep it" }
    talk:clicks "Keep it"
    talk:sees { "Fine, we call +91 98765 43210 on Tuesday 3 March at 3:00 PM IST." }
    assert.tasks(talk, { { "book_callback" } })
  end)

  for _, said in ipairs { "what did I book?", "when is my call?", "I need to move it", "no" } do
    it(("shows the call at %q"):format(said), function()
      local talk = booked()
      talk:says(said)
      talk:sees_buttons { "Change it", "Cancel it", "Keep it" }
    end)
  end

  it("asks at once for the part that is wrong", function()
    local talk = booked()
    talk:says "no, the number's wrong"
    talk:sees "Which number shall we call on Tuesday 3 March at 3:00 PM IST?..."
  end)

  it("confirms a change, however clear", function()
    local talk = booked()
    talk:says "call me on friday at 4pm on 98765 00000 instead"
    talk:sees { "Shall we call +91 98765 00000 on Friday 6 March at 4:00 PM IST?" }
    talk:sees_buttons { "Yes, please", "Change it", "Keep it as it was" }
    talk:says "no, leave it as it was"
    talk:sees { "Fine, we call +91 98765 43210 on Tuesday 3 March at 3:00 PM IST." }
    assert.tasks(talk, { { "book_callback" } })
  end)

  it("takes another number at another time for a second call, too", function()
    local talk = booked()
    talk:says "and call my wife at 6pm on 98765 00000"
    talk:sees "We call +91 98765 43210 on ... I can arrange one call at a time, so another one..."
  end)

  for _, question in ipairs { "change", "wrong number" } do
    it(("keeps the call after %q and a change of mind"):format(question), function()
      local talk = booked()
      talk:says(question)
      if question == "change" then talk:clicks "Change it" end
      talk:says "no, keep it"
      talk:sees { "Fine, we call +91 98765 43210 on Tuesday 3 March at 3:00 PM IST." }
      assert.tasks(talk, { { "book_callback" } })
    end)
  end

  for _, said in ipairs { "great, talk to you tomorrow", "3pm is fine" } do
    it(("has nothing to change at %q"):format(said), function()
      local talk = booked()
      talk:says(said)
      talk:sees { "Fine, we call +91 98765 43210 on Tuesday 3 March at 3:00 PM IST." }
    end)
  end

  it("takes now in a question for no wish", function()
    local talk = booked()
    talk:says "what happens now?"
    talk:clicks "Schedule Callback"
  end)

  it("answers questions before one of the three is chosen", function()
    local talk = booked()
    talk:says "change"
    talk:says "who will call?"
    talk:sees "One of our support colleagues calls you."
    talk:sees_buttons { "Change it", "Cancel it", "Keep it" }
  end)

  it("says that a second call replaces the first", function()
    local talk = booked()
    talk:says "I'd like to book another call for friday 10am"
    talk:sees {
      "We call +91 98765 43210 on Tuesday 3 March at 3:00 PM IST. I can arrange one call at a "
        .. "time, so another one replaces it.",
      "Shall we call +91 98765 43210 on Friday 6 March at 10:00 AM IST?",
    }
  end)

  it("answers a question about the call", function()
    local talk = booked()
    talk:says "who will call me?"
    talk:sees { "One of our support colleagues calls you." }
  end)

  it("cancels a call that is not needed any more", function()
    local talk = booked()
    talk:says "I don't need the call anymore"
    talk:sees_buttons { "Yes, cancel it", "No, keep it" }
    talk:says "yep"
    talk:sees { "Done, the call is cancelled." }
  end)

  it("shows the call to who would book a second one", function()
    local talk = booked()
    talk:says "schedule callback"
    talk:clicks "Change it"
    talk:sees { "What would you like instead? Send another time or number, for example: 4 PM." }
    talk:says "wednesday 10am"
    talk:says "yes"
    talk:sees { "Changed: we call +91 98765 43210 on Wednesday 4 March at 10:00 AM IST." }
    assert.calls(1)
  end)

  it("books a new call when the old one is over", function()
    local talk = booked()
    talk:wait(2 * 86400)
    talk:says "call me back"
    talk:sees "What is a good time to call +91 98765 43210?..."
  end)

  it("knows no call where none was booked", function()
    local talk = visitor.arrives {}
    talk:says "please reschedule my call"
    talk:sees "I see no call booked in this chat."
    talk:clicks "Schedule Callback"
  end)

  it("promises no change where a person must act", function()
    local talk = booked()
    zoho.fails("desk.update_call", { kind = "refuse_field", field = "status" })
    talk:says "make it 5"
    talk:says "yes"
    talk:sees {
      "Noted: we call +91 98765 43210 on Tuesday 3 March at 5:00 PM IST. "
        .. "A colleague still has to confirm the change.",
    }
    talk:says "never mind, keep it"
    talk:sees_not "We call"
  end)

  it("promises no change of a call that a person must book first", function()
    zoho.fails("desk.create_call", { kind = "refuse_field", field = "status" })
    local talk = booked()
    talk:says "make it 5"
    talk:says "yes"
    talk:sees {
      "Noted: we call +91 98765 43210 on Tuesday 3 March at 5:00 PM IST. "
        .. "A colleague still has to confirm the change.",
    }
    talk:says "is it booked?"
    talk:sees { "A call to +91 98765 43210 on Tuesday 3 March at 5:00 PM IST is noted; "
      .. "a colleague still has to confirm it. What would you like to do?" }
    talk:says "keep it"
    talk:sees { "Fine, a call to +91 98765 43210 on Tuesday 3 March at 5:00 PM IST is noted; "
      .. "a colleague still has to confirm it." }
    zoho.works()
    talk:wait(7200)
    assert.equal("2026-03-03T11:30:00.000Z", zoho.records().calls[1].startTime)
    talk:says "is it booked?"
    talk:sees { "We call +91 98765 43210 on Tuesday 3 March at 5:00 PM IST. "
      .. "What would you like to do?" }
  end)

  it("moves a call that Desk does not hold yet, once it does", function()
    zoho.fails("desk.*", { kind = "status", status = 500 })
    local talk = booked()
    talk:says "make it 5"
    talk:says "yes"
    talk:sees {
      "Noted: we call +91 98765 43210 on Tuesday 3 March at 5:00 PM IST. "
        .. "The change follows in a moment.",
    }
    zoho.works()
    talk:wait(7200)
    local calls = zoho.records().calls
    assert.equal(1, #calls)
    assert.equal("2026-03-03T11:30:00.000Z", calls[1].startTime)
  end)
end)
