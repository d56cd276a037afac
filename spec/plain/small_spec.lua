-- spec/plain/small_spec.lua - where short messages lead when no flow asks: an offer is taken while
-- it is the last that was said.
local plain = require "spec.plain.support"

describe("without a question,", function()
  local function offered(offer, ...)
    local talk = {}
    for i, text in ipairs { offer.text, ... } do talk[i] = { who = "bot", text = text } end
    talk[#talk + 1] = { who = "visitor", text = "what was said" }
    return { memory = { offer = offer }, transcript = talk }
  end
  local BACK = { text = "Shall we call you back instead?", yes = "callback" }
  local OFFERED, OFFERED_BEFORE = offered(BACK), offered(BACK, "Something else.")
  local BOOKED = offered { text = "Booked.", no = "my_callback" }
  local TWO_WAYS = offered { text = "Which way?", yes = "buttons", is_strict = true }

  describe("no_answer", function()
    plain.talks(it, "no_answer", {
      { "leaves what nobody knows to people", {}, [[
> what is the meaning of life?
(hands over)
]] },
      { "takes a whole number for a wish to be called", {}, [[
> 98765 43210
(goes on with callback)
]] },
      { "takes it for a correction of a call", { memory = { callback = plain.call {} } }, [[
> 98765 43210
(goes on with my_callback)
]] },
      { "takes no short number for one", {}, [[
> 98765 4321
(hands over)
]] },
      { "takes a time for a correction of a call", { memory = { callback = plain.call {} } }, [[
> no, 4 pm
(goes on with my_callback)
]] },
      { "takes a time for one of what is arranged", { memory = { wish = {} } }, [[
> 4 pm
(goes on with callback)
]] },
      { "takes a time alone for nothing", {}, [[
> 4 pm
(hands over)
]] },
      { "hears that something is wrong with the call", { memory = { callback = plain.call {} } }, [[
> no, that is wrong
(goes on with my_callback)
]] },
      { "hears a no without a call", {}, [[
> no, that is wrong
(goes on with small_talk)
]] },
      { "hears a question about the call", { memory = { callback = plain.call {} } }, [[
> is it booked?
(goes on with my_callback)
]] },
      { "does not without a call", {}, [[
> is it booked?
(hands over)
]] },
      { "answers a question about the call", { memory = { callback = plain.call {} } }, [[
> who will call me?
One of our support colleagues calls you.
(ends)
]] },
      { "does not without a call", {}, [[
> who will call me?
(hands over)
]] },
      { "is sorry, once", {}, [[
> you idiots
I am sorry for the trouble.
(hands over)
]] },
      { "is not twice", { memory = { sorry = true } }, [[
> you idiots
(hands over)
]] },
      { "takes thanks for small talk", {}, [[
> great, thanks a lot!
(goes on with small_talk)
]] },
      { "takes a goodbye for small talk", {}, [[
> see you then
(goes on with small_talk)
]] },
      { "takes a yes of four words for small talk", {}, [[
> yes that is fine
(goes on with small_talk)
]] },
      { "takes a yes of five words for more", {}, [[
> yes that is just fine
(hands over)
]] },
      { "takes thanks with a but for more", {}, [[
> thanks but no
(hands over)
]] },
      { "takes thanks with a question for more", {}, [[
> thanks, what now?
(hands over)
]] },
      { "takes an offer", OFFERED, [[
> ok then
(goes on with callback)
]] },
      { "takes an offer in a long message, too", OFFERED, [[
> yes please
(goes on with callback)
]] },
      { "corrects no call in a long message", { memory = { callback = plain.call {} } }, [[
> 98765 43210 is the number of the shop where I have bought it, and they told me this
(hands over)
]] },
      { "corrects a call in 80 bytes", { memory = { callback = plain.call {} } }, [[
> 98765 43210 is the number of the shop where I have bought it, they told me this.
(goes on with my_callback)
]] },
    })
  end)

  it("is sorry once in a chat", function()
    local _, _, chat = plain.leads("no_answer", {}, "> you idiots")
    assert.is_true(chat.memory.sorry)
  end)

  it("starts over after a failure as if for the first time", function()
    local _, _, chat = plain.leads("failure", { memory = { wish = { starts = 2 } } }, "(ends)")
    assert.same({ starts = 0 }, chat.memory.wish)
  end)

  describe("small_talk", function()
    plain.talks(it, "small_talk", {
      { "says goodbye", {}, [[
> thanks bye
Goodbye, and have a good day!
(ends)
]] },
      { "says goodbye to who said it beside other words", {}, [[
> well, see you when you call
Goodbye, and have a good day!
(ends)
]] },
      { "welcomes thanks", {}, [[
> thanks
You are welcome! Is there anything else I can help you with?
(ends)
]] },
      { "welcomes thanks beside other words", {}, [[
> you are kind, thank you
You are welcome! Is there anything else I can help you with?
(ends)
]] },
      { "takes note", {}, [[
> great
Alright. Just write to me when you need anything else.
(ends)
]] },
      { "goes on at a yes to an old question", { memory = { wish = {} } }, [[
> yes
(goes on with callback)
]] },
      { "but not at an ok", { memory = { wish = {} } }, [[
> ok
Alright. Just write to me when you need anything else.
(ends)
]] },
      { "nor at a yes to nothing", {}, [[
> yes
Alright. Just write to me when you need anything else.
(ends)
]] },
      { "takes an offer", OFFERED, [[
> yes
(goes on with callback)
]] },
      { "takes no offer of which more was said since", OFFERED_BEFORE, [[
> yes
Alright. Just write to me when you need anything else.
(ends)
]] },
      { "takes no offer with a goodbye", OFFERED, [[
> ok bye
Goodbye, and have a good day!
(ends)
]] },
      { "takes an offer that goes on", OFFERED, [[
> yes, tomorrow at 3
(goes on with callback)
]] },
      { "takes an offer with a weekday", OFFERED, [[
> ok but friday
Alright. Just write to me when you need anything else.
(ends)
]] },
      { "takes no offer that goes on about something else", OFFERED, [[
> yes but it is still broken
Alright. Just write to me when you need anything else.
(ends)
]] },
      { "takes no offer that goes on elsewhere", OFFERED, [[
> ok but maybe
Alright. Just write to me when you need anything else.
(ends)
]] },
      { "takes a no where it leads somewhere", BOOKED, [[
> no
(goes on with my_callback)
]] },
      { "takes a yes where it leads nowhere", BOOKED, [[
> yes
Alright. Just write to me when you need anything else.
(ends)
]] },
      { "takes a clear yes to what is no question", TWO_WAYS, [[
> yes please
(goes on with buttons)
]] },
      { "but no ok", TWO_WAYS, [[
> ok
Alright. Just write to me when you need anything else.
(ends)
]] },
      { "takes no offer where none was made",
        { transcript = { { text = "Shall we call you back instead?", who = "bot" } } }, [[
> yes
Alright. Just write to me when you need anything else.
(ends)
]] },
    })
  end)

  describe("failure", function()
    plain.talks(it, "failure", {
      { "offers a call where nobody is there", { cause = { code = 1002 }, forwarded = true }, [[
Sorry, nobody is free to chat right now. Shall we call you back instead?
[callback]
(ends)
]] },
      { "offers it where it is closed", { cause = { desc = "offline_hours" }, forwarded = true }, [[
Sorry, nobody is free to chat right now. Shall we call you back instead?
[callback]
(ends)
]] },
      { "offers it where operators are away",
        { cause = "operators_not_available", forwarded = true }, [[
Sorry, nobody is free to chat right now. Shall we call you back instead?
[callback]
(ends)
]] },
      { "offers it by another code", { cause = { code = "1001" }, forwarded = true }, [[
Sorry, nobody is free to chat right now. Shall we call you back instead?
[callback]
(ends)
]] },
      { "says no more than it knows", { cause = { code = 1000 }, forwarded = true }, [[
Sorry, I could not reach a colleague just now. Shall we call you back instead?
[callback]
(ends)
]] },
      { "says no more without a cause", { forwarded = true }, [[
Sorry, I could not reach a colleague just now. Shall we call you back instead?
[callback]
(ends)
]] },
      { "says nothing of people where nobody was asked for", { cause = { code = 1002 } }, [[
Sorry, something went wrong with my last answer. Please write to me again, or talk to a colleague:
[instant_chat] [callback]
(ends)
]] },
      { "goes on with a call that is arranged",
        { cause = { code = 1002 }, memory = { wish = { starts = 2 } } }, [[
Sorry, something went wrong with my last answer.
(goes on with callback)
]] },
    })
  end)

  describe("got_file", function()
    plain.talks(it, "got_file", {
      { "leads to a person", {}, [[
Thank you! I cannot open that myself, but a colleague can see it.
(hands over)
]] },
      { "leaves a call that is to come alone", { memory = { callback = plain.call {} } }, [[
Thank you! I cannot open that myself, but a colleague can see it.
(ends)
]] },
      { "leads to a person where the call is over",
        { memory = { callback = plain.call { at = "2026-03-02 09:00" } } }, [[
Thank you! I cannot open that myself, but a colleague can see it.
(hands over)
]] },
      { "repeats an offer", OFFERED, [[
Thank you! I cannot open that myself, but a colleague can see it.
Shall we call you back instead?
(ends)
]] },
      { "repeats none of which more was said since", OFFERED_BEFORE, [[
Thank you! I cannot open that myself, but a colleague can see it.
(hands over)
]] },
      { "repeats none without a yes", BOOKED, [[
Thank you! I cannot open that myself, but a colleague can see it.
(hands over)
]] },
    })
  end)
end)
