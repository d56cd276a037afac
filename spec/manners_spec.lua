-- spec/manners_spec.lua - what visitors say beside the point, before and after a booking, as real
-- talks had it. It is Monday 2 March 2026, 10:00 in India.
describe("manners:", function()
  local NUMBER = "98765 43210"
  local SHOWN = "Shall we call +91 98765 43210 on Tuesday 3 March at 3:00 PM IST?"

  local function after(...)
    return visitor.after { phone = false, "call me back", ... }
  end

  local function booked(...)
    return after(NUMBER .. ", tomorrow 3 pm", "yes", ...)
  end

  describe("after a booking", function()
    for _, said in ipairs { "is it booked?", "is that confirmed?", "did that work?",
        "what number do you have for me?", "when exactly?", "is it going to be today?",
        "what's her number again that you've got?", "drop the call please",
        "I won't be able to take the call",
        "could you push it back?" } do
      it(("comes back to the call at %q"):format(said), function()
        local talk = booked(said)
        talk:matches "%+91 98765 43210 on Tuesday 3 March at 3:00 PM IST"
        talk:sees_not "I can put you in touch..."
      end)
    end

    for said, asked in pairs {
      ["oops i gave you my old number"] = "Which number shall we call on Tuesday 3 March at...",
      ["that time doesn't suit me"] = "What time suits you on Tuesday 3 March?...",
    } do
      it(("asks for what %q is about"):format(said), function() booked(said):sees(asked) end)
    end

    it("says what to do about a missed call", function()
      booked("and if I miss it?"):sees {
        "Then just write to me here, and we find another time." }
    end)

    it("says sorry when nobody has called", function()
      local talk = booked()
      talk:wait(2 * 86400)
      talk:says "nobody called me yesterday!"
      talk:sees { "I am sorry: the call to +91 98765 43210 was planned on Tuesday 3 March at "
        .. "3:00 PM IST.", "I can put you in touch with a colleague. What suits you better?" }
    end)

    it("knows what the same time is when the call is over", function()
      local talk = booked()
      talk:wait(2 * 86400)
      talk:says "call me again on friday at the same time"
      talk:sees { "Shall we call +91 98765 43210 on Friday 6 March at 3:00 PM IST?" }
    end)

    it("moves the call where it asked whether to cancel it", function()
      local talk = booked("cancel", "hmm not sure")
      talk:sees { "Shall I cancel the call, or keep it?" }
      talk:says "actually move it to friday"
      talk:sees { "Shall we call +91 98765 43210 on Friday 6 March at 3:00 PM IST?" }
    end)

    for _, said in ipairs { "book it again pls", "please call", "call please" } do
      it(("books anew after a cancellation at %q"):format(said), function()
        local talk = booked("cancel", "yes", said)
        talk:sees { SHOWN }
      end)
    end
  end)

  describe("while a call is arranged", function()
    for said, asked in pairs {
      ["actually tue doesnt suit my husband"] = "Which day suits you?...",
      ["not so late"] = "What time suits you on Tuesday 3 March?...",
      ["that's my fax"] = "Which number shall we call on Tuesday 3 March at 3:00 PM IST?...",
      ["what time is that for me?"] = "All times are yours, which I take for IST.",
      ["what are my options?"] = "We call at any time that suits you.",
      ["same number please"] = SHOWN,
    } do
      it(("understands %q"):format(said), function()
        local talk = after(NUMBER .. ", tomorrow 3 pm", said)
        talk:sees(asked)
        talk:sees_not "Sorry, I did not get that...."
      end)
    end

    it("keeps the number when the visitor finds it was right", function()
      for _, said in ipairs { "the same as before", "no, keep it" } do
        local talk = after(NUMBER .. ", tomorrow 3 pm", "other number", said)
        talk:sees { SHOWN }
      end
    end)

    for _, said in ipairs { "time?", "the time" } do
      it(("repeats its question at %q, which is no refusal"):format(said), function()
        local talk = after(NUMBER, said)
        talk:sees { "What is a good time to call +91 98765 43210? For example: tomorrow at 3 PM." }
      end)
    end

    it("takes an hour for the day named before, also where it asks for the number", function()
      local talk = after("tomorrow", "3")
      talk:sees "Which number shall we call? For example: 98765 43210."
      talk:says "pm"
      talk:sees "Which number shall we call on Tuesday 3 March at 3:00 PM IST?..."
      talk:says(NUMBER)
      talk:sees { SHOWN }
    end)

    it("moves a call that is over, too", function()
      local talk = booked()
      talk:wait(2 * 86400)
      talk:says "can we reschedule to friday 5pm?"
      talk:sees { "Shall we call +91 98765 43210 on Friday 6 March at 5:00 PM IST?" }
    end)

    it("says that a chosen time has gone by meanwhile", function()
      local talk = after(NUMBER .. ", today 5 pm")
      talk:wait(23 * 3600)
      talk:says "yes"
      talk:sees { "That time is over by now.",
        "What is a good time to call +91 98765 43210? For example: tomorrow at 3 PM." }
    end)

    it("goes on at a yes also when the question has grown old", function()
      local talk = after(NUMBER .. ", friday 5 pm")
      talk:wait(2 * 86400)
      talk:says "yes"
      talk:sees "Shall we call +91 98765 43210 on Friday 6 March at 5:00 PM IST?"
    end)

    it("welcomes who was away", function()
      local talk = after(NUMBER)
      talk:wait(20 * 3600)
      talk:says "hi, sorry I was away"
      talk:sees { "No problem, we go on where we were.",
        "What is a good time to call +91 98765 43210? For example: tomorrow at 3 PM." }
    end)

    it("says that the moment of a calendar card is over", function()
      local talk = after(NUMBER)
      talk:says("1st March 2026, 3:00 PM",
        { meta = { card_data = { value = { slot = "01/03/2026 15:00" } } } })
      talk:sees "That time is over. What is a good time to call +91 98765 43210?..."
    end)

    it("takes a question for no yes", function()
      local talk = after(NUMBER .. ", tomorrow 3 pm", "wait, 3 pm?")
      talk:sees { SHOWN }
      talk:says "today or tomorrow?"
      talk:sees_buttons { "Mon 2 Mar, 3:00 PM", "Tue 3 Mar, 3:00 PM", "Change it" }
      assert.calls(0)
    end)

    it("knows by its day which of two offered times is meant", function()
      local talk = after(NUMBER, "today 5 pm or tomorrow 11 am", "tomorrow")
      talk:sees "Booked: we call +91 98765 43210 on Tuesday 3 March at 11:00 AM IST..."
    end)

    it("takes the weekday that was offered for that day", function()
      settings { BUSINESS_HOURS = "Mon-Fri 09:00-18:00", TIME_ZONE = "Asia/Kolkata" }
      clock.at("2026-03-01 10:00", "Asia/Kolkata")
      local talk = after(NUMBER, "saturday", "what about monday then?")
      talk:sees { "Shall we call +91 98765 43210 on Monday 9 March at 9:00 AM IST?" }
    end)

    it("takes a name", function()
      after("Name: Asha Rao"):sees { "Thank you.",
        "Which number shall we call, and when? For example: 98765 43210, tomorrow at 3 PM." }
    end)

    for _, said in ipairs { "sir plz call",
        "my cell isn't working, can you call my landline 98765 43210 around 10 in the morning?",
        "could you call 98765 43210 please" } do
      it(("begins at %q"):format(said), function()
        local talk = visitor.arrives { phone = false }
        talk:says(said)
        talk:sees_not "I can put you in touch with a colleague. What suits you better?"
      end)
    end

    it("takes figures alone for no time while it asks for both", function()
      after("555"):sees "...Which number shall we call, and when?..."
    end)

    it("puts an area code before the number", function()
      clock.at("2026-03-02 10:00", "America/New_York")
      local talk = visitor.after { phone = false, zone = "America/New_York",
        country = "United States", "call me back", "555-0123, tomorrow 3 pm", "area code 212" }
      talk:sees { "Shall we call +1 212 555 0123 on Tuesday 3 March at 3:00 PM EST?" }
    end)

    it("knows when nothing earlier is left", function()
      settings { BUSINESS_HOURS = "Mon-Fri 09:00-18:00", TIME_ZONE = "Asia/Kolkata" }
      local talk = after(NUMBER .. ", tomorrow 9 am", "can it be earlier?")
      talk:sees { "We have nothing earlier on Tuesday 3 March. What other time suits you? "
        .. "For example: tomorrow at 3 PM." }
      talk:says "11"
      talk:says "earlier"
      talk:sees { "What time suits you on Tuesday 3 March? For example: 10 AM." }
    end)
  end)
end)
