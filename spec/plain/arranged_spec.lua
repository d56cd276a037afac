-- spec/plain/arranged_spec.lua - what is said while a call is arranged, on both sides of each
-- limit: opening hours, a time that goes by, what a form leaves open. It is Monday 2 March
-- 2026, 10:00 in India, unless a case says otherwise.
local plain = require "spec.plain.support"

describe("a call is arranged:", function()
  local SAID = { { who = "visitor", text = "98765 00000" },
    { who = "visitor", text = "98765 43210" },
    { who = "visitor", text = "[contact: +91 98765 11111]" }, { who = "bot", text = "98765 22222" },
    { who = "visitor", text = "98765 4321" } }

  describe("callback", function()
    plain.talks(it, "callback", {
      { "asks for both, then for what is missing", {}, [[
> call me back
Please share your phone number and a good time for the call, for example: 98765 43210, tomorrow at
  3 PM.
> 98765 43210
What is a good time to call +91 98765 43210? For example: tomorrow at 3 PM.
> tomorrow 3 pm
Shall we call +91 98765 43210 on Tuesday 3 March at 3:00 PM IST?
[Yes, please] [Change it]
> yes
Booked: we call +91 98765 43210 on Tuesday 3 March at 3:00 PM IST. If that is not right, say
  "change" or "cancel".
(ends)
]] },
      { "asks for the number last where the time came first", {}, [[
> call me tomorrow 3 pm
Which number shall we call on Tuesday 3 March at 3:00 PM IST? For example: 98765 43210.
]] },
      { "asks why again at the second start", { memory = { wish = { starts = 1 } } }, [[
> call me
Gladly. I only need to know this first:
Please share your phone number and a good time for the call, for example: 98765 43210, tomorrow at
  3 PM.
]] },
      { "shows the way to a person at the third", { memory = { wish = { starts = 2 } } }, [[
> call me
If you would rather talk to a person, just say "agent".
Please share your phone number and a good time for the call, for example: 98765 43210, tomorrow at
  3 PM.
]] },
      { "says nothing of it where nothing is missing", { memory = { wish = { starts = 1 } } }, [[
> call me tomorrow 3 pm, 98765 43210
Shall we call +91 98765 43210 on Tuesday 3 March at 3:00 PM IST?
[Yes, please] [Change it]
]] },
      { "takes up what was dropped",
        { memory = { dropped = { phone = { sure = true, value = "+919876500000" } } } }, [[
> call me
What is a good time to call +91 98765 00000? For example: tomorrow at 3 PM.
]] },
      { "leaves a call that is to come to its own flow",
        { memory = { callback = plain.call {} } }, [[
> call me tomorrow 3 pm, 98765 43210
(goes on with my_callback)
]] },
      { "promises what is noted only", { task = {} }, [[
> call me tomorrow 3 pm, 98765 43210
Shall we call +91 98765 43210 on Tuesday 3 March at 3:00 PM IST?
[Yes, please] [Change it]
> yes
Noted: we call +91 98765 43210 on Tuesday 3 March at 3:00 PM IST. It will be in our calendar in a
  moment; you need do nothing more.
(ends)
]] },
      { "promises nothing that waits for a person", { task = { waiting = "person" } }, [[
> call me tomorrow 3 pm, 98765 43210
Shall we call +91 98765 43210 on Tuesday 3 March at 3:00 PM IST?
[Yes, please] [Change it]
> yes
Noted: we call +91 98765 43210 on Tuesday 3 March at 3:00 PM IST. A colleague still has to confirm
  that; if it is urgent, say "agent".
(ends)
]] },
      { "asks for another number where the profile's is refused",
        { visitor = { phone = "+919876543210" } }, [[
> call me
What is a good time to call +91 98765 43210? For example: tomorrow at 3 PM. You can also send
  another number.
> no
Please share your phone number and a good time for the call, for example: 98765 43210, tomorrow at
  3 PM.
]] },
      { "does not offer a profile's number that is none", { visitor = { phone = "5551" } }, [[
> call me
Please share your phone number and a good time for the call, for example: 98765 43210, tomorrow at
  3 PM.
]] },
      { "does not take a given number for the profile's",
        { visitor = { phone = "+919876543210" } }, [[
> call me
What is a good time to call +91 98765 43210? For example: tomorrow at 3 PM. You can also send
  another number.
> 98765 00000
What is a good time to call +91 98765 00000? For example: tomorrow at 3 PM.
> no
No problem. If you want no call, say "cancel"; to write with a person, say "agent".
What is a good time to call +91 98765 00000? For example: tomorrow at 3 PM.
]] },
      { "ends at a goodbye, also with an ok before it", {}, [[
> call me tomorrow 3 pm
Which number shall we call on Tuesday 3 March at 3:00 PM IST? For example: 98765 43210.
> ok, bye
(goes on with small_talk)
]] },
      { "knows the hour of the last call where it is the same",
        { memory = { callback = plain.call { at = "2026-02-28 15:00" } } }, [[
> call me again on friday at the same time, 98765 43210
Shall we call +91 98765 43210 on Friday 6 March at 3:00 PM IST?
[Yes, please] [Change it]
]] },
      { "and forgets it where it is not",
        { memory = { callback = plain.call { at = "2026-02-28 15:00" } } }, [[
> call me again on friday, 98765 43210
Shall we call +91 98765 43210 on Friday 6 March at 9:00 AM IST?
[Yes, please] [Change it]
]] },
      { "knows the newest whole number that the visitor has said", { transcript = SAID }, [[
> call me
What is a good time to call +91 98765 43210? For example: tomorrow at 3 PM. You can also send
  another number.
]] },
    })
  end)

  it("takes a no to what was booked for a change", function()
    local _, _, chat = plain.leads("callback", {},
      "> call me / Phone: 98765 43210 / Time: tomorrow at 3 PM")
    assert.matches("^Booked: we call", chat.memory.offer.text)
    assert.equal("my_callback", chat.memory.offer.no)
    assert.is_nil(chat.memory.offer.yes)
  end)

  describe("a form", function()
    plain.talks(it, "callback", {
      { "is booked at once", {}, [[
> call me / Phone: 98765 43210 / Time: tomorrow at 3 PM
Booked: we call +91 98765 43210 on Tuesday 3 March at 3:00 PM IST. If that is not right, say
  "change" or "cancel".
(ends)
]] },
      { "is asked about while its day has no hour", {}, [[
> call me / Phone: 98765 43210 / Time: tomorrow
Shall we call +91 98765 43210 on Tuesday 3 March at 9:00 AM IST?
[Yes, please] [Change it]
]] },
      { "is asked about while its number is short", {}, [[
> call me / Phone: 987 654 321 / Time: tomorrow at 3 PM
Shall we call 987654321 on Tuesday 3 March at 3:00 PM IST? Please add the area code.
[Yes, please] [Change it]
]] },
      { "is asked about while it has two numbers", {}, [[
> call me / Phone: 98765 43210 or 98765 00000 / Time: tomorrow at 3 PM
Which number shall we call: +91 98765 43210 or +91 98765 00000?
[+91 98765 43210] [+91 98765 00000]
]] },
      { "is asked about while we are closed then", { config = plain.HOURS }, [[
> call me / Phone: 98765 43210 / Time: tomorrow at 6 pm
We are closed at that time; our hours are Mon-Fri 09:00-18:00. Shall we call +91 98765 43210 on
  Wednesday 4 March at 9:00 AM IST instead?
[Yes, please] [Change it]
]] },
      { "is booked a minute before we close", { config = plain.HOURS }, [[
> call me / Phone: 98765 43210 / Time: tomorrow at 5:59 pm
Booked: we call +91 98765 43210 on Tuesday 3 March at 5:59 PM IST. If that is not right, say
  "change" or "cancel".
(ends)
]] },
      { "is booked as we open", { config = plain.HOURS }, [[
> call me / Phone: 98765 43210 / Time: tomorrow at 9 am
Booked: we call +91 98765 43210 on Tuesday 3 March at 9:00 AM IST. If that is not right, say
  "change" or "cancel".
(ends)
]] },
      { "is asked about a minute before", { config = plain.HOURS }, [[
> call me / Phone: 98765 43210 / Time: tomorrow at 8:59 am
We are closed at that time; our hours are Mon-Fri 09:00-18:00. Shall we call +91 98765 43210 on
  Tuesday 3 March at 9:00 AM IST instead?
[Yes, please] [Change it]
]] },
      { "counts also as an answer", {}, [[
> call me
Please share your phone number and a good time for the call, for example: 98765 43210, tomorrow at
  3 PM.
> Phone: 98765 43210 / Time: tomorrow at 3 PM
Booked: we call +91 98765 43210 on Tuesday 3 March at 3:00 PM IST. If that is not right, say
  "change" or "cancel".
(ends)
]] },
    })
  end)

  describe("opening hours", function()
    plain.talks(it, "callback", {
      { "count for what was chosen of two times", { config = plain.HOURS }, [[
> call me 98765 43210, tomorrow at 5 pm or tomorrow at 7 pm
Shall we call +91 98765 43210 on Tuesday 3 March at 5:00 PM or 7:00 PM IST?
[Tue 3 Mar, 5:00 PM] [Tue 3 Mar, 7:00 PM] [Change it]
> 7 pm
We are closed at that time; our hours are Mon-Fri 09:00-18:00. Shall we call +91 98765 43210 on
  Wednesday 4 March at 9:00 AM IST instead?
[Yes, please] [Change it]
> yes
Booked: we call +91 98765 43210 on Wednesday 4 March at 9:00 AM IST. If that is not right, say
  "change" or "cancel".
(ends)
]] },
      { "let the open one of two times be chosen", { config = plain.HOURS }, [[
> call me 98765 43210, tomorrow at 5 pm or tomorrow at 7 pm
Shall we call +91 98765 43210 on Tuesday 3 March at 5:00 PM or 7:00 PM IST?
[Tue 3 Mar, 5:00 PM] [Tue 3 Mar, 7:00 PM] [Change it]
> yes
Booked: we call +91 98765 43210 on Tuesday 3 March at 5:00 PM IST. If that is not right, say
  "change" or "cancel".
(ends)
]] },
      { "are closed at both of two hours", { config = plain.HOURS }, [[
> call me tomorrow at 7, 98765 43210
We are closed at that time; our hours are Mon-Fri 09:00-18:00. Shall we call +91 98765 43210 on
  Tuesday 3 March at 9:00 AM IST instead?
[Yes, please] [Change it]
]] },
      { "count for right now", { config = plain.HOURS, now = "2026-03-02 18:00" }, [[
> call me now, 98765 43210
We are closed right now; our hours are Mon-Fri 09:00-18:00. Shall we call +91 98765 43210 on
  Tuesday 3 March at 9:00 AM IST instead?
[Yes, please] [Change it]
> yes
Booked: we call +91 98765 43210 on Tuesday 3 March at 9:00 AM IST. If that is not right, say
  "change" or "cancel".
(ends)
]] },
      { "allow a call right now until they end",
        { config = plain.HOURS, now = "2026-03-02 17:59" }, [[
> call me now, 98765 43210
Shall we call +91 98765 43210 as soon as possible?
[Yes, please] [Change it]
> yes
Booked: we call +91 98765 43210 as soon as possible. If that is not right, say "change" or
  "cancel".
(ends)
]] },
      { "count for right now as it is when the number comes",
        { config = plain.HOURS, now = "2026-03-02 17:59" }, [[
> call me now
Which number shall we call as soon as possible? For example: 98765 43210.
> 98765 43210 (60 seconds later)
We are closed right now; our hours are Mon-Fri 09:00-18:00. Shall we call +91 98765 43210 on
  Tuesday 3 March at 9:00 AM IST instead?
[Yes, please] [Change it]
]] },
      { "count for right now as it is when the yes comes",
        { config = plain.HOURS, now = "2026-03-02 17:59" }, [[
> call me now, 98765 43210
Shall we call +91 98765 43210 as soon as possible?
[Yes, please] [Change it]
> yes (60 seconds later)
We are closed right now; our hours are Mon-Fri 09:00-18:00. Shall we call +91 98765 43210 on
  Tuesday 3 March at 9:00 AM IST instead?
[Yes, please] [Change it]
> yes
Booked: we call +91 98765 43210 on Tuesday 3 March at 9:00 AM IST. If that is not right, say
  "change" or "cancel".
(ends)
]] },
      { "have opened when the number comes", { config = plain.HOURS, now = "2026-03-02 08:59" }, [[
> call me now
Which number shall we call? For example: 98765 43210.
> 98765 43210 (60 seconds later)
Shall we call +91 98765 43210 as soon as possible?
[Yes, please] [Change it]
]] },
      { "are told where a time is closed, and another may be said", { config = plain.HOURS }, [[
> call me saturday 3 pm, 98765 43210
We are closed at that time; our hours are Mon-Fri 09:00-18:00. Shall we call +91 98765 43210 on
  Monday 9 March at 9:00 AM IST instead?
[Yes, please] [Change it]
> no
What would you like instead? Send another time or number, for example: tomorrow at 3 PM.
> friday 3 pm
Shall we call +91 98765 43210 on Friday 6 March at 3:00 PM IST?
[Yes, please] [Change it]
> yes
Booked: we call +91 98765 43210 on Friday 6 March at 3:00 PM IST. If that is not right, say
  "change" or "cancel".
(ends)
]] },
    })
  end)

  describe("a time that goes by", function()
    plain.talks(it, "callback", {
      { "is over at its minute", {}, [[
> call me 98765 43210 today 5 pm
Shall we call +91 98765 43210 on Monday 2 March at 5:00 PM IST?
[Yes, please] [Change it]
> yes (25200 seconds later)
That time is over by now.
What is a good time to call +91 98765 43210? For example: tomorrow at 3 PM.
]] },
      { "is booked a minute before", {}, [[
> call me 98765 43210 today 5 pm
Shall we call +91 98765 43210 on Monday 2 March at 5:00 PM IST?
[Yes, please] [Change it]
> yes (25140 seconds later)
Booked: we call +91 98765 43210 on Monday 2 March at 5:00 PM IST. If that is not right, say
  "change" or "cancel".
(ends)
]] },
      { "is over while the number is asked for", {}, [[
> call me today 5 pm
Which number shall we call on Monday 2 March at 5:00 PM IST? For example: 98765 43210.
> 98765 43210 (25200 seconds later)
What is a good time to call +91 98765 43210? For example: tomorrow at 3 PM.
]] },
      { "is not over a minute before", {}, [[
> call me today 5 pm
Which number shall we call on Monday 2 March at 5:00 PM IST? For example: 98765 43210.
> 98765 43210 (25140 seconds later)
Shall we call +91 98765 43210 on Monday 2 March at 5:00 PM IST?
[Yes, please] [Change it]
]] },
      { "is never over where it is as soon as possible", {}, [[
> call me now
Which number shall we call as soon as possible? For example: 98765 43210.
> 98765 43210 (25200 seconds later)
Shall we call +91 98765 43210 as soon as possible?
[Yes, please] [Change it]
> yes (25200 seconds later)
Booked: we call +91 98765 43210 as soon as possible. If that is not right, say "change" or
  "cancel".
(ends)
]] },
      { "is asked for again where it is over", {}, [[
> call me 98765 43210 today 5 pm
Shall we call +91 98765 43210 on Monday 2 March at 5:00 PM IST?
[Yes, please] [Change it]
> yes (25200 seconds later)
That time is over by now.
What is a good time to call +91 98765 43210? For example: tomorrow at 3 PM.
> tomorrow 3 pm
Shall we call +91 98765 43210 on Tuesday 3 March at 3:00 PM IST?
[Yes, please] [Change it]
> yes
Booked: we call +91 98765 43210 on Tuesday 3 March at 3:00 PM IST. If that is not right, say
  "change" or "cancel".
(ends)
]] },
    })
  end)

  describe("two numbers", function()
    plain.talks(it, "callback", {
      { "are chosen of", {}, [[
> call me tomorrow 3 pm, 98765 43210 or 98765 00000
Which number shall we call: +91 98765 43210 or +91 98765 00000?
[+91 98765 43210] [+91 98765 00000]
> blah
Please choose one of the two, or send another number.
[+91 98765 43210] [+91 98765 00000]
> +91 98765 00000
Shall we call +91 98765 00000 on Tuesday 3 March at 3:00 PM IST?
[Yes, please] [Change it]
]] },
      { "are chosen of by their first", {}, [[
> call me tomorrow 3 pm, 98765 43210 or 98765 00000
Which number shall we call: +91 98765 43210 or +91 98765 00000?
[+91 98765 43210] [+91 98765 00000]
> you choose
Shall we call +91 98765 43210 on Tuesday 3 March at 3:00 PM IST?
[Yes, please] [Change it]
]] },
      { "are left where neither is meant", {}, [[
> call me tomorrow 3 pm, 98765 43210 or 98765 00000
Which number shall we call: +91 98765 43210 or +91 98765 00000?
[+91 98765 43210] [+91 98765 00000]
> no
Which number shall we call on Tuesday 3 March at 3:00 PM IST? For example: 98765 43210.
]] },
      { "are left for a third", {}, [[
> call me tomorrow 3 pm, 98765 43210 or 98765 00000
Which number shall we call: +91 98765 43210 or +91 98765 00000?
[+91 98765 43210] [+91 98765 00000]
> 98765 11111
Shall we call +91 98765 11111 on Tuesday 3 March at 3:00 PM IST?
[Yes, please] [Change it]
]] },
      { "are asked for again after an answer", {}, [[
> call me tomorrow 3 pm, 98765 43210 or 98765 00000
Which number shall we call: +91 98765 43210 or +91 98765 00000?
[+91 98765 43210] [+91 98765 00000]
> is it free?
The call costs nothing.
Which number shall we call: +91 98765 43210 or +91 98765 00000?
[+91 98765 43210] [+91 98765 00000]
]] },
      { "stay where another time is said", {}, [[
> call me tomorrow 3 pm, 98765 43210 or 98765 00000
Which number shall we call: +91 98765 43210 or +91 98765 00000?
[+91 98765 43210] [+91 98765 00000]
> tomorrow 4 pm
Which number shall we call: +91 98765 43210 or +91 98765 00000?
[+91 98765 43210] [+91 98765 00000]
> the second
Shall we call +91 98765 00000 on Tuesday 3 March at 4:00 PM IST?
[Yes, please] [Change it]
]] },
      { "are for a person after three tries", {}, [[
> call me tomorrow 3 pm, 98765 43210 or 98765 00000
Which number shall we call: +91 98765 43210 or +91 98765 00000?
[+91 98765 43210] [+91 98765 00000]
> blah
Please choose one of the two, or send another number.
[+91 98765 43210] [+91 98765 00000]
> blah
Please choose one of the two, or send another number.
[+91 98765 43210] [+91 98765 00000]
> blah
I am sorry, I cannot sort this out alone.
(hands over)
]] },
    })
  end)
end)
