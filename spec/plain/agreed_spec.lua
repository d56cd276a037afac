-- spec/plain/agreed_spec.lua - what is said where something shall be otherwise. It is Monday
-- 2 March 2026, 10:00 in India.
local plain = require "spec.plain.support"

describe("a call is agreed on:", function()
  describe("an area code", function()
    plain.talks(it, "callback", {
      { "is put before a number that lacks it", { region = "US", zone = "America/New_York" }, [[
> call me tomorrow 3 pm, 555 1234
Shall we call 5551234 on Monday 2 March at 3:00 PM EST? Please add the area code.
[Yes, please] [Change it]
> 415
Shall we call +1 415 555 1234 on Monday 2 March at 3:00 PM EST?
[Yes, please] [Change it]
]] },
      { "is one where it is called so", { region = "US", zone = "America/New_York" }, [[
> call me tomorrow 3 pm, 555 1234
Shall we call 5551234 on Monday 2 March at 3:00 PM EST? Please add the area code.
[Yes, please] [Change it]
> the code is 415
Shall we call +1 415 555 1234 on Monday 2 March at 3:00 PM EST?
[Yes, please] [Change it]
]] },
      { "is none beside other words", { region = "US", zone = "America/New_York" }, [[
> call me tomorrow 3 pm, 555 1234
Shall we call 5551234 on Monday 2 March at 3:00 PM EST? Please add the area code.
[Yes, please] [Change it]
> room 415
That number is too short. Please send it with its area code. Shall we call 5551234 on Monday 2
  March at 3:00 PM EST? Please add the area code.
[Yes, please] [Change it]
]] },
      { "is a time beside a whole number", {}, [[
> call me tomorrow 3 pm, 98765 43210
Shall we call +91 98765 43210 on Tuesday 3 March at 3:00 PM IST?
[Yes, please] [Change it]
> 415
Shall we call +91 98765 43210 on Tuesday 3 March at 4:15 PM IST?
[Yes, please] [Change it]
]] },
    })
  end)

  describe("what shall be otherwise", function()
    plain.talks(it, "callback", {
      { "is asked for", {}, [[
> call me tomorrow 3 pm, 98765 43210
Shall we call +91 98765 43210 on Tuesday 3 March at 3:00 PM IST?
[Yes, please] [Change it]
> no
What would you like instead? Send another time or number, for example: 4 PM.
> 5 pm
Shall we call +91 98765 43210 on Tuesday 3 March at 5:00 PM IST?
[Yes, please] [Change it]
]] },
      { "is the number", {}, [[
> call me tomorrow 3 pm, 98765 43210
Shall we call +91 98765 43210 on Tuesday 3 March at 3:00 PM IST?
[Yes, please] [Change it]
> other number
Which number shall we call on Tuesday 3 March at 3:00 PM IST? For example: 98765 43210.
> 98765 00000
Shall we call +91 98765 00000 on Tuesday 3 March at 3:00 PM IST?
[Yes, please] [Change it]
]] },
      { "is the number after all the same", {}, [[
> call me tomorrow 3 pm, 98765 43210
Shall we call +91 98765 43210 on Tuesday 3 March at 3:00 PM IST?
[Yes, please] [Change it]
> other number
Which number shall we call on Tuesday 3 March at 3:00 PM IST? For example: 98765 43210.
> no
Shall we call +91 98765 43210 on Tuesday 3 March at 3:00 PM IST?
[Yes, please] [Change it]
]] },
      { "is the hour, and a later one", {}, [[
> call me tomorrow 3 pm, 98765 43210
Shall we call +91 98765 43210 on Tuesday 3 March at 3:00 PM IST?
[Yes, please] [Change it]
> later
What time suits you on Tuesday 3 March? For example: 4 PM.
> 5
Shall we call +91 98765 43210 on Tuesday 3 March at 5:00 PM IST?
[Yes, please] [Change it]
]] },
      { "is the hour, and an earlier one", {}, [[
> call me tomorrow 3 pm, 98765 43210
Shall we call +91 98765 43210 on Tuesday 3 March at 3:00 PM IST?
[Yes, please] [Change it]
> too late
What time suits you on Tuesday 3 March? For example: 2 PM.
]] },
      { "is the hour after all the same", {}, [[
> call me tomorrow 3 pm, 98765 43210
Shall we call +91 98765 43210 on Tuesday 3 March at 3:00 PM IST?
[Yes, please] [Change it]
> later
What time suits you on Tuesday 3 March? For example: 4 PM.
> no
Shall we call +91 98765 43210 on Tuesday 3 March at 3:00 PM IST?
[Yes, please] [Change it]
]] },
      { "is the day, at the same hour", {}, [[
> call me tomorrow 3 pm, 98765 43210
Shall we call +91 98765 43210 on Tuesday 3 March at 3:00 PM IST?
[Yes, please] [Change it]
> not tomorrow
Which day suits you? For example: Friday.
> friday
Shall we call +91 98765 43210 on Friday 6 March at 3:00 PM IST?
[Yes, please] [Change it]
]] },
      { "is the day where there is nothing earlier", { config = plain.HOURS }, [[
> call me tomorrow 9 am, 98765 43210
Shall we call +91 98765 43210 on Tuesday 3 March at 9:00 AM IST?
[Yes, please] [Change it]
> earlier
We have nothing earlier on Tuesday 3 March. What other time suits you? For example: tomorrow at 3
  PM.
]] },
      { "is what stands behind the reservation", {}, [[
> call me tomorrow 3 pm, 98765 43210
Shall we call +91 98765 43210 on Tuesday 3 March at 3:00 PM IST?
[Yes, please] [Change it]
> number is right but wrong day
Which day suits you? For example: Friday.
]] },
      { "is refused twice, and a person helps", {}, [[
> call me tomorrow 3 pm, 98765 43210
Shall we call +91 98765 43210 on Tuesday 3 March at 3:00 PM IST?
[Yes, please] [Change it]
> no
What would you like instead? Send another time or number, for example: 4 PM.
> no
No problem. If you want no call, say "cancel"; to write with a person, say "agent".
Shall we call +91 98765 43210 on Tuesday 3 March at 3:00 PM IST?
[Yes, please] [Change it]
> no
What would you like instead? Send another time or number, for example: 4 PM.
> no
No problem. If you want no call, say "cancel"; to write with a person, say "agent".
I am sorry, I cannot sort this out alone.
(hands over)
]] },
      { "is refused once", {}, [[
> call me tomorrow 3 pm, 98765 43210
Shall we call +91 98765 43210 on Tuesday 3 March at 3:00 PM IST?
[Yes, please] [Change it]
> no
What would you like instead? Send another time or number, for example: 4 PM.
> no
No problem. If you want no call, say "cancel"; to write with a person, say "agent".
Shall we call +91 98765 43210 on Tuesday 3 March at 3:00 PM IST?
[Yes, please] [Change it]
> yes
Booked: we call +91 98765 43210 on Tuesday 3 March at 3:00 PM IST. If that is not right, say
  "change" or "cancel".
(ends)
]] },
      { "is refused twice where nothing is known", {}, [[
> call me
Please share your phone number and a good time for the call, for example: 98765 43210, tomorrow at
  3 PM.
> no
No problem. If you want no call, say "cancel"; to write with a person, say "agent".
Which number shall we call, and when? For example: 98765 43210, tomorrow at 3 PM.
> no
No problem. If you want no call, say "cancel"; to write with a person, say "agent".
I am sorry, I cannot sort this out alone.
(hands over)
]] },
      { "is refused once where nothing is known", {}, [[
> call me
Please share your phone number and a good time for the call, for example: 98765 43210, tomorrow at
  3 PM.
> no
No problem. If you want no call, say "cancel"; to write with a person, say "agent".
Which number shall we call, and when? For example: 98765 43210, tomorrow at 3 PM.
> 98765 43210
What is a good time to call +91 98765 43210? For example: tomorrow at 3 PM.
]] },
      { "is not understood three times", {}, [[
> call me tomorrow 3 pm, 98765 43210
Shall we call +91 98765 43210 on Tuesday 3 March at 3:00 PM IST?
[Yes, please] [Change it]
> blah
Is that right? Please say yes, or what you would like instead, for example: 4 PM.
[Yes, please] [Change it]
> blah
Is that right? Please say yes, or what you would like instead, for example: 4 PM.
[Yes, please] [Change it]
> blah
I am sorry, I cannot sort this out alone.
(hands over)
]] },
      { "is understood the third time", {}, [[
> call me tomorrow 3 pm, 98765 43210
Shall we call +91 98765 43210 on Tuesday 3 March at 3:00 PM IST?
[Yes, please] [Change it]
> blah
Is that right? Please say yes, or what you would like instead, for example: 4 PM.
[Yes, please] [Change it]
> blah
Is that right? Please say yes, or what you would like instead, for example: 4 PM.
[Yes, please] [Change it]
> yes
Booked: we call +91 98765 43210 on Tuesday 3 March at 3:00 PM IST. If that is not right, say
  "change" or "cancel".
(ends)
]] },
      { "is a time that nobody knows", {}, [[
> call me 98765 43210
What is a good time to call +91 98765 43210? For example: tomorrow at 3 PM.
> no idea
I suggest tomorrow at 3 PM.
Shall we call +91 98765 43210 on Tuesday 3 March at 3:00 PM IST?
[Yes, please] [Change it]
> yes
Booked: we call +91 98765 43210 on Tuesday 3 March at 3:00 PM IST. If that is not right, say
  "change" or "cancel".
(ends)
]] },
      { "is not known either where something else was asked for", {}, [[
> call me tomorrow 4 pm, 98765 43210
Shall we call +91 98765 43210 on Tuesday 3 March at 4:00 PM IST?
[Yes, please] [Change it]
> no
What would you like instead? Send another time or number, for example: 5 PM.
> no idea
Shall we call +91 98765 43210 on Tuesday 3 March at 4:00 PM IST?
[Yes, please] [Change it]
]] },
      { "is nothing where the number is the same", {}, [[
> call me tomorrow 3 pm, 98765 43210
Shall we call +91 98765 43210 on Tuesday 3 March at 3:00 PM IST?
[Yes, please] [Change it]
> same number
Shall we call +91 98765 43210 on Tuesday 3 March at 3:00 PM IST?
[Yes, please] [Change it]
]] },
      { "is no refusal where what is wanted is asked back", {}, [[
> call me 98765 43210
What is a good time to call +91 98765 43210? For example: tomorrow at 3 PM.
> time?
What is a good time to call +91 98765 43210? For example: tomorrow at 3 PM.
]] },
      { "is not known where a time stands", {}, [[
> call me tomorrow 3 pm, 98765 43210
Shall we call +91 98765 43210 on Tuesday 3 March at 3:00 PM IST?
[Yes, please] [Change it]
> no idea
Is that right? Please say yes, or what you would like instead, for example: 4 PM.
[Yes, please] [Change it]
]] },
    })
  end)

  describe("two readings", function()
    plain.talks(it, "callback", {
      { "are offered", {}, [[
> call me tomorrow at 3, 98765 43210
Shall we call +91 98765 43210 on Tuesday 3 March at 3:00 PM or 3:00 AM IST?
[Tue 3 Mar, 3:00 PM] [Tue 3 Mar, 3:00 AM] [Change it]
> Tue 3 Mar, 3:00 AM
Booked: we call +91 98765 43210 on Tuesday 3 March at 3:00 AM IST. If that is not right, say
  "change" or "cancel".
(ends)
]] },
      { "are meant by a yes in their first", {}, [[
> call me tomorrow at 3, 98765 43210
Shall we call +91 98765 43210 on Tuesday 3 March at 3:00 PM or 3:00 AM IST?
[Tue 3 Mar, 3:00 PM] [Tue 3 Mar, 3:00 AM] [Change it]
> yes
Booked: we call +91 98765 43210 on Tuesday 3 March at 3:00 PM IST. If that is not right, say
  "change" or "cancel".
(ends)
]] },
      { "are told apart by pm", {}, [[
> call me tomorrow at 3, 98765 43210
Shall we call +91 98765 43210 on Tuesday 3 March at 3:00 PM or 3:00 AM IST?
[Tue 3 Mar, 3:00 PM] [Tue 3 Mar, 3:00 AM] [Change it]
> am
Booked: we call +91 98765 43210 on Tuesday 3 March at 3:00 AM IST. If that is not right, say
  "change" or "cancel".
(ends)
]] },
      { "are told apart while the number is asked for", {}, [[
> call me tomorrow at 3
Which number shall we call? For example: 98765 43210.
> am
Which number shall we call on Tuesday 3 March at 3:00 AM IST? For example: 98765 43210.
> 98765 43210
Shall we call +91 98765 43210 on Tuesday 3 March at 3:00 AM IST?
[Yes, please] [Change it]
]] },
      { "are both left", {}, [[
> call me tomorrow at 3, 98765 43210
Shall we call +91 98765 43210 on Tuesday 3 March at 3:00 PM or 3:00 AM IST?
[Tue 3 Mar, 3:00 PM] [Tue 3 Mar, 3:00 AM] [Change it]
> 5 pm
Shall we call +91 98765 43210 on Tuesday 3 March at 5:00 PM IST?
[Yes, please] [Change it]
]] },
      { "are asked again where the one is doubted", {}, [[
> call me tomorrow at 3, 98765 43210
Shall we call +91 98765 43210 on Tuesday 3 March at 3:00 PM or 3:00 AM IST?
[Tue 3 Mar, 3:00 PM] [Tue 3 Mar, 3:00 AM] [Change it]
> maybe 3 pm
Shall we call +91 98765 43210 on Tuesday 3 March at 3:00 PM IST?
[Yes, please] [Change it]
]] },
      { "may be one day each", {}, [[
> call me 98765 43210, tomorrow or friday at 3 pm
Shall we call +91 98765 43210 on Tuesday 3 March at 3:00 PM or on Friday 6 March at 3:00 PM IST?
[Tue 3 Mar, 3:00 PM] [Fri 6 Mar, 3:00 PM] [Change it]
> see you friday
Shall we call +91 98765 43210 on Friday 6 March at 3:00 PM IST?
[Yes, please] [Change it]
]] },
    })
  end)
end)
