-- spec/visitors_spec.lua - a dozen visitors who want a call, from terse to hostile. It is Monday
-- 2 March 2026, 10:00.
describe("visitors:", function()

  -- Where it is Monday, 10:00, too.
  local function american()
    clock.at("2026-03-02 10:00", "America/New_York")
    return visitor.arrives { phone = false, name = "Dana Cruz", zone = "America/New_York",
      country = "United States" }
  end

  local CORRECT = ' If that is not right, say "change" or "cancel".'

  local function starts()
    return zoho.records().calls[1].startTime
  end

  it("the terse one", function()
    local talk = visitor.arrives { phone = false }
    talk:says "callback"
    talk:sees "Please share your phone number and a good time for the call..."
    talk:says "9876543210"
    talk:sees "What is a good time to call +91 98765 43210? For example: tomorrow at 3 PM."
    talk:says "5"
    talk:sees("Shall we call +91 98765 43210 on Monday 2 March at 5:00 PM or on Tuesday 3 March "
      .. "at 5:00 AM IST?")
    talk:says "pm"
    talk:sees("Booked: we call +91 98765 43210 on Monday 2 March at 5:00 PM IST." .. CORRECT)
    talk:says "k"
    talk:sees "Alright. Just write to me when you need anything else."
    assert.equal("2026-03-02T11:30:00.000Z", starts())
    assert.calls(1)
  end)

  it("the chatty one", function()
    local talk = american()
    talk:says("Hi there! My name is Dana, I ordered 3 printers (order no. 4415263) two weeks ago, "
      .. "and one of them makes a funny noise, so it would be nice if someone calls me back, "
      .. "preferably not today since I am at the dentist's.")
    talk:sees "Please share your phone number and a good time for the call..."
    talk:says("Oh sure, sorry! So, I'm usually home after lunch, let's say Wednesday at 2:30 "
      .. "pm, and you can reach me on 415-555-2671, that's my cell.")
    talk:sees "Shall we call +1 415 555 2671 on Wednesday 4 March at 2:30 PM EST?"
    talk:says "Yes, that would be wonderful"
    talk:sees("Booked: we call +1 415 555 2671 on Wednesday 4 March at 2:30 PM EST." .. CORRECT)
    talk:says "Oh wait, I always mix that up, it should be 415-555-2672! And who will call me?"
    talk:sees { "One of our support colleagues calls you.",
      "Shall we call +1 415 555 2672 on Wednesday 4 March at 2:30 PM EST?" }
    talk:says "Wonderful, yes please, that's perfect!"
    talk:sees "Changed: we call +1 415 555 2672 on Wednesday 4 March at 2:30 PM EST."
    talk:says "Thank you so much, you have been an absolute delight!"
    talk:sees "You are welcome! Is there anything else I can help you with?"
    assert.calls(1)
    assert.equal("2026-03-04T19:30:00.000Z", starts())
  end)

  it("the hostile one", function()
    local talk = visitor.arrives { phone = false }
    talk:says "your printers are garbage. call me NOW"
    talk:sees { "I am sorry for the trouble.",
      "Which number shall we call as soon as possible? For example: 98765 43210." }
    talk:says "are you stupid?"
    talk:sees "I understand. Which number shall we call as soon as possible?..."
    talk:says "you have my number you morons"
    talk:sees { "I am sorry, I cannot see it here.",
      "Which number shall we call as soon as possible? For example: 98765 43210." }
    for _ = 1, 2 do
      talk:says "unbelievable"
      talk:sees "I understand. Which number shall we call as soon as possible?..."
    end
    talk:says "unbelievable!!!"
    talk:sees { "I am sorry, I cannot sort this out alone.",
      "I can put you in touch with a colleague. What suits you better?" }
    talk:clicks "Schedule Callback"
    talk:sees "...Which number shall we call as soon as possible?..."
    talk:says "98765 43210!!!"
    talk:sees "Shall we call +91 98765 43210 as soon as possible?"
    talk:says "YES"
    talk:sees("Booked: we call +91 98765 43210 as soon as possible." .. CORRECT)
    assert.calls(1)
  end)

  it("the one who changes their mind", function()
    local talk = american()
    talk:says "please call me tomorrow at 3pm"
    talk:says "415 555 2671"
    talk:sees "Shall we call +1 415 555 2671 on Tuesday 3 March at 3:00 PM EST?"
    talk:says "no, make it 5"
    talk:sees "Shall we call +1 415 555 2671 on Tuesday 3 March at 5:00 PM EST?"
    talk:says "actually use my other number"
    talk:sees "Which number shall we call on Tuesday 3 March at 5:00 PM EST?..."
    talk:says "650 555 9999"
    talk:sees "Shall we call +1 650 555 9999 on Tuesday 3 March at 5:00 PM EST?"
    talk:says "hmm, thursday instead"
    talk:sees "Shall we call +1 650 555 9999 on Thursday 5 March at 5:00 PM EST?"
    talk:says "perfect"
    talk:sees("Booked: we call +1 650 555 9999 on Thursday 5 March at 5:00 PM EST." .. CORRECT)
    assert.tasks(talk, { { "book_callback", phone = "+16505559999" } })
    assert.calls(1)
  end)

  it("the one whose hour has two readings", function()
    local talk = american()
    talk:says "call me on 415 555 2671 tomorrow at 8"
    talk:sees_buttons { "Tue 3 Mar, 8:00 AM", "Tue 3 Mar, 8:00 PM", "Change it" }
    talk:says "what?"
    talk:sees "I am here to arrange a call..."
    talk:says "so so"
    talk:sees "Is that right? Please say yes, or what you would like instead, for example: 4 PM."
    talk:says "evening"
    talk:sees("Booked: we call +1 415 555 2671 on Tuesday 3 March at 8:00 PM EST." .. CORRECT)
    assert.equal("2026-03-04T01:00:00.000Z", starts())
  end)

  it("the one in another zone", function()
    local talk = american()
    talk:says "ring me at 10 am Pacific time on Friday please, 415 555 2671"
    talk:sees "Shall we call +1 415 555 2671 on Friday 6 March at 1:00 PM EST...?"
    talk:says "yes"
    talk:sees "Booked: we call +1 415 555 2671 on Friday 6 March at 1:00 PM EST..."
    assert.equal("2026-03-06T18:00:00.000Z", starts())
  end)

  it("the one who names a time that is over", function()
    local talk = visitor.arrives { phone = false }
    talk:says "call me back on 98765 43210"
    talk:says "today at 9 am"
    talk:sees "That time is over. What is a good time to call +91 98765 43210?..."
    talk:says "31 February at noon"
    talk:sees "31 February does not exist. What is a good time to call +91 98765 43210?..."
    talk:says "then in two hours"
    talk:sees "Shall we call +91 98765 43210 on Monday 2 March at 12:00 PM IST?"
    talk:says "ok"
    assert.equal("2026-03-02T06:30:00.000Z", starts())
  end)

  it("the one with a bad number", function()
    local talk = american()
    talk:says "call me tomorrow at 3pm"
    talk:says "12345"
    talk:sees "That number is too short. Please send it with its area code. Which number..."
    talk:says "41555526711234567890"
    talk:sees "That number is too long for a phone number. Which number shall we call on..."
    talk:says "sorry: (415) 555 2671"
    talk:says "yes"
    talk:sees("Booked: we call +1 415 555 2671 on Tuesday 3 March at 3:00 PM EST." .. CORRECT)
  end)

  it("the one who writes Spanish", function()
    local talk = visitor.arrives { phone = false }
    talk:says "hola"
    talk:says "quiero que me llamen mañana a las 3 de la tarde"
    talk:sees "Which number shall we call on Tuesday 3 March at 3:00 PM IST?..."
    talk:says "mi número es 98765 43210"
    talk:says "no, mejor el viernes a las 4 de la tarde"
    talk:sees "Shall we call +91 98765 43210 on Friday 6 March at 4:00 PM IST?"
    talk:says "vale"
    talk:sees("Booked: we call +91 98765 43210 on Friday 6 March at 4:00 PM IST." .. CORRECT)
    talk:says "gracias"
    talk:sees "You are welcome! Is there anything else I can help you with?"
  end)

  it("the undecided one", function()
    local talk = visitor.arrives { phone = false }
    talk:says "hmm, I might want a call"
    talk:says "home 022 2345 6789 or mobile 98765 43210"
    talk:says "mobile, I guess"
    talk:says "what do you suggest?"
    talk:sees { "I suggest tomorrow at 3 PM.",
      "Shall we call +91 98765 43210 on Tuesday 3 March at 3:00 PM IST?" }
    talk:says "hmm, let me check"
    talk:says "can it be later?"
    talk:sees "What time suits you on Tuesday 3 March? For example: 4 PM."
    talk:says "4 or 5pm"
    talk:sees_buttons { "Tue 3 Mar, 4:00 PM", "Tue 3 Mar, 5:00 PM", "Change it" }
    talk:says "not that day"
    talk:says "friday"
    talk:says "never mind"
    talk:sees "Alright, no call then. Is there anything else I can help you with?"
    talk:says "actually, do call me"
    talk:sees "Shall we call +91 98765 43210 on Friday 6 March at ..."
  end)

  it("the one who cancels", function()
    local talk = american()
    talk:says "call me tomorrow at 3pm, 415 555 2671"
    talk:says "yes"
    talk:says "I changed my mind"
    talk:sees "We call +1 415 555 2671 on Tuesday 3 March at 3:00 PM EST. Shall I cancel that call?"
    talk:says "yes please"
    talk:sees "Done, the call is cancelled."
    assert.equal("Canceled", zoho.records().calls[1].status)
  end)

  it("the one who reschedules, twice", function()
    local talk = american()
    talk:says "call me tomorrow at 3pm, 415 555 2671"
    talk:says "yes"
    talk:says "can we reschedule?"
    talk:sees_buttons { "Change it", "Cancel it", "Keep it" }
    talk:says "friday 11am"
    talk:says "yes"
    talk:sees "Changed: we call +1 415 555 2671 on Friday 6 March at 11:00 AM EST."
    talk:says "sorry, can you make it 12"
    talk:says "yes"
    talk:sees "Changed: we call +1 415 555 2671 on Friday 6 March at 12:00 PM EST."
    assert.calls(1)
    assert.equal("2026-03-06T17:00:00.000Z", starts())
  end)
end)
