-- spec/plain/booked_spec.lua - what is said of a call that is booked. It is Monday 2 March
-- 2026, 10:00 in India.
local plain = require "spec.plain.support"

describe("a call is booked:", function()
  local BOOKING_WAITS = { ["book_callback 1"] = { waiting = "person" } }
  local CHANGE_WAITS = { ["change_callback 1"] = { waiting = "person" } }

  describe("my_callback", function()
    plain.talks(it, "my_callback", {
      { "shows the call and what can be done", { memory = { callback = plain.call {} } }, [[
> when is my call?
We call +91 98765 43210 on Tuesday 3 March at 3:00 PM IST. What would you like to do?
[Change it] [Cancel it] [Keep it]
]] },
      { "keeps it", { memory = { callback = plain.call {} } }, [[
> when is my call?
We call +91 98765 43210 on Tuesday 3 March at 3:00 PM IST. What would you like to do?
[Change it] [Cancel it] [Keep it]
> Keep it
Fine, we call +91 98765 43210 on Tuesday 3 March at 3:00 PM IST.
(ends)
]] },
      { "leaves it to be cancelled", { memory = { callback = plain.call {} } }, [[
> when is my call?
We call +91 98765 43210 on Tuesday 3 March at 3:00 PM IST. What would you like to do?
[Change it] [Cancel it] [Keep it]
> Cancel it
(goes on with cancelled)
]] },
      { "asks what shall be different", { memory = { callback = plain.call {} } }, [[
> when is my call?
We call +91 98765 43210 on Tuesday 3 March at 3:00 PM IST. What would you like to do?
[Change it] [Cancel it] [Keep it]
> Change it
What would you like instead? Send another time or number, for example: 4 PM.
> 5 pm
Shall we call +91 98765 43210 on Tuesday 3 March at 5:00 PM IST?
[Yes, please] [Change it] [Keep it as it was]
> yes
Changed: we call +91 98765 43210 on Tuesday 3 March at 5:00 PM IST.
(ends)
]] },
      { "asks once more", { memory = { callback = plain.call {} } }, [[
> when is my call?
We call +91 98765 43210 on Tuesday 3 March at 3:00 PM IST. What would you like to do?
[Change it] [Cancel it] [Keep it]
> blah
We call +91 98765 43210 on Tuesday 3 March at 3:00 PM IST. Shall I change that, cancel it, or keep
  it?
[Change it] [Cancel it] [Keep it]
]] },
      { "is for a person after three tries", { memory = { callback = plain.call {} } }, [[
> when is my call?
We call +91 98765 43210 on Tuesday 3 March at 3:00 PM IST. What would you like to do?
[Change it] [Cancel it] [Keep it]
> blah
We call +91 98765 43210 on Tuesday 3 March at 3:00 PM IST. Shall I change that, cancel it, or keep
  it?
[Change it] [Cancel it] [Keep it]
> blah
We call +91 98765 43210 on Tuesday 3 March at 3:00 PM IST. Shall I change that, cancel it, or keep
  it?
[Change it] [Cancel it] [Keep it]
> blah
(hands over)
]] },
      { "moves it to what comes along", { memory = { callback = plain.call {} } }, [[
> make it 5 pm
Shall we call +91 98765 43210 on Tuesday 3 March at 5:00 PM IST?
[Yes, please] [Change it] [Keep it as it was]
> yes
Changed: we call +91 98765 43210 on Tuesday 3 March at 5:00 PM IST.
(ends)
]] },
      { "says that the change is noted only",
        { memory = { callback = plain.call {} }, task = {} }, [[
> make it 5 pm
Shall we call +91 98765 43210 on Tuesday 3 March at 5:00 PM IST?
[Yes, please] [Change it] [Keep it as it was]
> yes
Noted: we call +91 98765 43210 on Tuesday 3 March at 5:00 PM IST. The change follows in a moment.
(ends)
]] },
      { "promises no change that waits for a person",
        { memory = { callback = plain.call {} }, task = { waiting = "person" } }, [[
> make it 5 pm
Shall we call +91 98765 43210 on Tuesday 3 March at 5:00 PM IST?
[Yes, please] [Change it] [Keep it as it was]
> yes
Noted: we call +91 98765 43210 on Tuesday 3 March at 5:00 PM IST. A colleague still has to confirm
  the change.
(ends)
]] },
      { "tells that a booking waits for a person",
        { begun = BOOKING_WAITS, memory = { callback = plain.call { id = false } } }, [[
> when is my call?
A call to +91 98765 43210 on Tuesday 3 March at 3:00 PM IST is noted; a colleague still has to
  confirm it. What would you like to do?
[Change it] [Cancel it] [Keep it]
]] },
      { "tells that a change waits for a person",
        { begun = CHANGE_WAITS,
          memory = { callback = plain.call { change = "change_callback 1" } } }, [[
> when is my call?
A call to +91 98765 43210 on Tuesday 3 March at 3:00 PM IST is noted; a colleague still has to
  confirm it. What would you like to do?
[Change it] [Cancel it] [Keep it]
]] },
      { "tells that the call stands once its record is known",
        { begun = BOOKING_WAITS, memory = { callback = plain.call {} } }, [[
> when is my call?
We call +91 98765 43210 on Tuesday 3 March at 3:00 PM IST. What would you like to do?
[Change it] [Cancel it] [Keep it]
]] },
      { "promises no change of a call that waits for a person",
        { begun = BOOKING_WAITS, memory = { callback = plain.call { id = false } }, task = {} }, [[
> make it 5 pm
Shall we call +91 98765 43210 on Tuesday 3 March at 5:00 PM IST?
[Yes, please] [Change it] [Keep it as it was]
> yes
Noted: we call +91 98765 43210 on Tuesday 3 March at 5:00 PM IST. A colleague still has to confirm
  the change.
(ends)
]] },
      { "keeps it as it was where the change is taken back",
        { memory = { callback = plain.call {} } }, [[
> make it 5 pm
Shall we call +91 98765 43210 on Tuesday 3 March at 5:00 PM IST?
[Yes, please] [Change it] [Keep it as it was]
> Keep it as it was
Fine, we call +91 98765 43210 on Tuesday 3 March at 3:00 PM IST.
(ends)
]] },
      { "keeps it where another part is asked for", { memory = { callback = plain.call {} } }, [[
> wrong number
Which number shall we call on Tuesday 3 March at 3:00 PM IST? For example: 98765 43210.
> no, keep it
Fine, we call +91 98765 43210 on Tuesday 3 March at 3:00 PM IST.
(ends)
]] },
      { "needs no yes to what stands already", { memory = { callback = plain.call {} } }, [[
> make it 3 pm
Fine, we call +91 98765 43210 on Tuesday 3 March at 3:00 PM IST.
(ends)
]] },
      { "has another extension for a change", { memory = { callback = plain.call {} } }, [[
> my number is 98765 43210 ext 12
Shall we call +91 98765 43210 ext. 12 on Tuesday 3 March at 3:00 PM IST?
[Yes, please] [Change it] [Keep it as it was]
]] },
      { "says that a second call replaces the first", { memory = { callback = plain.call {} } }, [[
> book another call
We call +91 98765 43210 on Tuesday 3 March at 3:00 PM IST. I can arrange one call at a time, so
  another one replaces it.
We call +91 98765 43210 on Tuesday 3 March at 3:00 PM IST. What would you like to do?
[Change it] [Cancel it] [Keep it]
]] },
      { "takes another number at another time for a second one",
        { memory = { callback = plain.call {} } }, [[
> call 98765 00000 at 6 pm tomorrow
We call +91 98765 43210 on Tuesday 3 March at 3:00 PM IST. I can arrange one call at a time, so
  another one replaces it.
Shall we call +91 98765 00000 on Tuesday 3 March at 6:00 PM IST?
[Yes, please] [Change it] [Keep it as it was]
]] },
      { "but not where it speaks of a change", { memory = { callback = plain.call {} } }, [[
> change it to 98765 00000 at 6 pm tomorrow
Shall we call +91 98765 00000 on Tuesday 3 March at 6:00 PM IST?
[Yes, please] [Change it] [Keep it as it was]
]] },
      { "nor where something is wrong", { memory = { callback = plain.call {} } }, [[
> wrong, 98765 00000 at 6 pm tomorrow
Shall we call +91 98765 00000 on Tuesday 3 March at 6:00 PM IST?
[Yes, please] [Change it] [Keep it as it was]
]] },
      { "is sorry where somebody waits", { memory = { callback = plain.call {} } }, [[
> nobody called me
I am sorry that you must wait.
We call +91 98765 43210 on Tuesday 3 March at 3:00 PM IST. What would you like to do?
[Change it] [Cancel it] [Keep it]
]] },
      { "says where the call was planned, once it is over",
        { memory = { callback = plain.call { at = "2026-03-02 09:00" } } }, [[
> when is my call?
The call to +91 98765 43210 was planned on Monday 2 March at 9:00 AM IST.
(hands over)
]] },
      { "is sorry where nobody called",
        { memory = { callback = plain.call { at = "2026-03-02 09:00" } } }, [[
> nobody called me
I am sorry: the call to +91 98765 43210 was planned on Monday 2 March at 9:00 AM IST.
(hands over)
]] },
      { "arranges a new one where that shall be changed",
        { memory = { callback = plain.call { at = "2026-03-02 09:00" } } }, [[
> reschedule my call
(goes on with callback)
]] },
      { "knows of no call", {}, [[
> when is my call?
I see no call booked in this chat.
(hands over)
]] },
      { "answers only the question", { memory = { callback = plain.call {} } }, [[
> who will call me?
One of our support colleagues calls you.
(ends)
]] },
      { "asks about today without a wish", { memory = { callback = plain.call {} } }, [[
> is it today?
We call +91 98765 43210 on Tuesday 3 March at 3:00 PM IST. What would you like to do?
[Change it] [Cancel it] [Keep it]
]] },
      { "answers four questions", { memory = { callback = plain.call {} } }, [[
> when is my call?
We call +91 98765 43210 on Tuesday 3 March at 3:00 PM IST. What would you like to do?
[Change it] [Cancel it] [Keep it]
> who will call?
One of our support colleagues calls you.
We call +91 98765 43210 on Tuesday 3 March at 3:00 PM IST. What would you like to do?
[Change it] [Cancel it] [Keep it]
> who will call?
One of our support colleagues calls you.
We call +91 98765 43210 on Tuesday 3 March at 3:00 PM IST. What would you like to do?
[Change it] [Cancel it] [Keep it]
> who will call?
One of our support colleagues calls you.
We call +91 98765 43210 on Tuesday 3 March at 3:00 PM IST. What would you like to do?
[Change it] [Cancel it] [Keep it]
> who will call?
One of our support colleagues calls you.
We call +91 98765 43210 on Tuesday 3 March at 3:00 PM IST. What would you like to do?
[Change it] [Cancel it] [Keep it]
> Keep it
Fine, we call +91 98765 43210 on Tuesday 3 March at 3:00 PM IST.
(ends)
]] },
      { "leaves the fifth to a person", { memory = { callback = plain.call {} } }, [[
> when is my call?
We call +91 98765 43210 on Tuesday 3 March at 3:00 PM IST. What would you like to do?
[Change it] [Cancel it] [Keep it]
> who will call?
One of our support colleagues calls you.
We call +91 98765 43210 on Tuesday 3 March at 3:00 PM IST. What would you like to do?
[Change it] [Cancel it] [Keep it]
> who will call?
One of our support colleagues calls you.
We call +91 98765 43210 on Tuesday 3 March at 3:00 PM IST. What would you like to do?
[Change it] [Cancel it] [Keep it]
> who will call?
One of our support colleagues calls you.
We call +91 98765 43210 on Tuesday 3 March at 3:00 PM IST. What would you like to do?
[Change it] [Cancel it] [Keep it]
> who will call?
One of our support colleagues calls you.
We call +91 98765 43210 on Tuesday 3 March at 3:00 PM IST. What would you like to do?
[Change it] [Cancel it] [Keep it]
> who will call?
One of our support colleagues calls you.
(hands over)
]] },
      { "hears another number instead of one of the three",
        { memory = { callback = plain.call {} } }, [[
> when is my call?
We call +91 98765 43210 on Tuesday 3 March at 3:00 PM IST. What would you like to do?
[Change it] [Cancel it] [Keep it]
> 98765 00000
Shall we call +91 98765 00000 on Tuesday 3 March at 3:00 PM IST?
[Yes, please] [Change it] [Keep it as it was]
> yes
Changed: we call +91 98765 00000 on Tuesday 3 March at 3:00 PM IST.
(ends)
]] },
      { "keeps it where nothing else is wanted",
        { memory = { callback = plain.call {} } }, [[
> when is my call?
We call +91 98765 43210 on Tuesday 3 March at 3:00 PM IST. What would you like to do?
[Change it] [Cancel it] [Keep it]
> Change it
What would you like instead? Send another time or number, for example: 4 PM.
> no
Fine, we call +91 98765 43210 on Tuesday 3 March at 3:00 PM IST.
(ends)
]] },
      { "takes a no for a change", { memory = { callback = plain.call {} } }, [[
> when is my call?
We call +91 98765 43210 on Tuesday 3 March at 3:00 PM IST. What would you like to do?
[Change it] [Cancel it] [Keep it]
> no
What would you like instead? Send another time or number, for example: 4 PM.
]] },
      { "takes a yes for keeping it", { memory = { callback = plain.call {} } }, [[
> when is my call?
We call +91 98765 43210 on Tuesday 3 March at 3:00 PM IST. What would you like to do?
[Change it] [Cancel it] [Keep it]
> yes
Fine, we call +91 98765 43210 on Tuesday 3 March at 3:00 PM IST.
(ends)
]] },
      { "takes nothing to change for keeping it", { memory = { callback = plain.call {} } }, [[
> when is my call?
We call +91 98765 43210 on Tuesday 3 March at 3:00 PM IST. What would you like to do?
[Change it] [Cancel it] [Keep it]
> nothing
Fine, we call +91 98765 43210 on Tuesday 3 March at 3:00 PM IST.
(ends)
]] },
      { "is for a person where the change leads nowhere",
        { memory = { callback = plain.call {} } }, [[
> make it 5 pm
Shall we call +91 98765 43210 on Tuesday 3 March at 5:00 PM IST?
[Yes, please] [Change it] [Keep it as it was]
> blah
Is that right? Please say yes, or what you would like instead, for example: 4 PM.
[Yes, please] [Change it] [Keep it as it was]
> blah
Is that right? Please say yes, or what you would like instead, for example: 4 PM.
[Yes, please] [Change it] [Keep it as it was]
> blah
(hands over)
]] },
    })
  end)

  it("cancels what was arranged, and keeps in mind what was said", function()
    local function wish() return { starts = 1, phone = "p", time = "t" } end
    local _, _, chat = plain.leads("cancelled", { memory = { wish = wish() } }, "> cancel")
    assert.same({ dropped = { phone = "p", time = "t" } }, chat.memory)
    _, _, chat = plain.leads("cancelled", { memory = { callback = plain.call {} } },
      "> cancel\n> yes")
    assert.is_nil(chat.memory.callback)
    assert.equal("+919876543210", chat.memory.dropped.phone.value)
  end)

  describe("cancelled", function()
    plain.talks(it, "cancelled", {
      { "drops what was being arranged", { memory = { wish = { starts = 1 } } }, [[
> cancel
Alright, no call then. Is there anything else I can help you with?
(ends)
]] },
      { "drops it rather than the call",
        { memory = { callback = plain.call {}, wish = { starts = 1 } } }, [[
> cancel
Alright, no call then. Is there anything else I can help you with?
(ends)
]] },
      { "has nothing to cancel", {}, [[
> cancel
Alright. Is there anything else I can help you with?
(ends)
]] },
      { "cancels no call that is over",
        { memory = { callback = plain.call { at = "2026-03-02 09:00" } } }, [[
> cancel
Alright. Is there anything else I can help you with?
(ends)
]] },
      { "asks before it cancels", { memory = { callback = plain.call {} } }, [[
> cancel
We call +91 98765 43210 on Tuesday 3 March at 3:00 PM IST. Shall I cancel that call?
[Yes, cancel it] [No, keep it]
]] },
      { "cancels at a yes", { memory = { callback = plain.call {} } }, [[
> cancel
We call +91 98765 43210 on Tuesday 3 March at 3:00 PM IST. Shall I cancel that call?
[Yes, cancel it] [No, keep it]
> yes
Done, the call is cancelled.
(ends)
]] },
      { "cancels at a click", { memory = { callback = plain.call {} } }, [[
> cancel
We call +91 98765 43210 on Tuesday 3 March at 3:00 PM IST. Shall I cancel that call?
[Yes, cancel it] [No, keep it]
> Yes, cancel it
Done, the call is cancelled.
(ends)
]] },
      { "keeps it at a no", { memory = { callback = plain.call {} } }, [[
> cancel
We call +91 98765 43210 on Tuesday 3 March at 3:00 PM IST. Shall I cancel that call?
[Yes, cancel it] [No, keep it]
> no
Fine, we call +91 98765 43210 on Tuesday 3 March at 3:00 PM IST.
(ends)
]] },
      { "keeps it where it shall stay", { memory = { callback = plain.call {} } }, [[
> cancel
We call +91 98765 43210 on Tuesday 3 March at 3:00 PM IST. Shall I cancel that call?
[Yes, cancel it] [No, keep it]
> leave it
Fine, we call +91 98765 43210 on Tuesday 3 March at 3:00 PM IST.
(ends)
]] },
      { "moves it where another time is said", { memory = { callback = plain.call {} } }, [[
> cancel
We call +91 98765 43210 on Tuesday 3 March at 3:00 PM IST. Shall I cancel that call?
[Yes, cancel it] [No, keep it]
> friday 3 pm
(goes on with my_callback)
]] },
      { "moves it where another number is said", { memory = { callback = plain.call {} } }, [[
> cancel
We call +91 98765 43210 on Tuesday 3 March at 3:00 PM IST. Shall I cancel that call?
[Yes, cancel it] [No, keep it]
> 98765 00000
(goes on with my_callback)
]] },
      { "asks once more", { memory = { callback = plain.call {} } }, [[
> cancel
We call +91 98765 43210 on Tuesday 3 March at 3:00 PM IST. Shall I cancel that call?
[Yes, cancel it] [No, keep it]
> blah
Shall I cancel the call, or keep it?
[Yes, cancel it] [No, keep it]
]] },
      { "is for a person after three tries", { memory = { callback = plain.call {} } }, [[
> cancel
We call +91 98765 43210 on Tuesday 3 March at 3:00 PM IST. Shall I cancel that call?
[Yes, cancel it] [No, keep it]
> blah
Shall I cancel the call, or keep it?
[Yes, cancel it] [No, keep it]
> blah
Shall I cancel the call, or keep it?
[Yes, cancel it] [No, keep it]
> blah
(hands over)
]] },
      { "says that it is noted only", { memory = { callback = plain.call {} }, task = {} }, [[
> cancel
We call +91 98765 43210 on Tuesday 3 March at 3:00 PM IST. Shall I cancel that call?
[Yes, cancel it] [No, keep it]
> yes
Noted, the call is being cancelled.
(ends)
]] },
      { "promises nothing that waits for a person",
        { memory = { callback = plain.call {} }, task = { waiting = "person" } }, [[
> cancel
We call +91 98765 43210 on Tuesday 3 March at 3:00 PM IST. Shall I cancel that call?
[Yes, cancel it] [No, keep it]
> yes
Noted. A colleague still has to cancel the call.
(ends)
]] },
      { "nor where the booking waits",
        { begun = BOOKING_WAITS, memory = { callback = plain.call { id = false } }, task = {} }, [[
> cancel
A call to +91 98765 43210 on Tuesday 3 March at 3:00 PM IST is noted; a colleague still has to
  confirm it. Shall I cancel that call?
[Yes, cancel it] [No, keep it]
> yes
Noted. A colleague still has to cancel the call.
(ends)
]] },
    })
  end)
end)
