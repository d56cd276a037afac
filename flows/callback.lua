-- flows/callback.lua - takes a phone number and a time, in any order and number of messages, and
-- books the call.
--
-- A call is shown once for a yes before it is booked. Only a filled-in form without any doubt
-- ("Phone: ..., Time: ...") is booked at once: the visitor has laid it out as it shall be. Either
-- way the answer says how to correct it.
local agree = require "agree"
local booking = require "booking"
local offer = require "offer"

-- Who came here before without an end is not asked as if for the first time.
local function say_why_again(chat, wish)
  wish.starts = (wish.starts or 0) + 1
  if not agree.missing(chat, wish) then return end
  if wish.starts == 2 then chat:say "Gladly. I only need to know this first:" end
  if wish.starts > 2 then chat:say "If you would rather talk to a person, just say \"agent\"." end
end

return function(chat)
  if booking.upcoming(chat) then return chat:continue "my_callback" end

  local wish = agree.begin(chat, chat.memory.wish or chat.memory.dropped)
  chat.memory.wish, chat.memory.dropped = wish, nil
  say_why_again(chat, wish)
  if not agree.until_certain(chat, wish) then
    chat:say "I am sorry, I cannot sort this out alone."
    return chat:hand_over()
  end

  local call = agree.text(chat, wish)
  local became = booking.book(chat, wish)
  if became == "done" then
    local text = ("Booked: we call %s. If that is not right, say \"change\" or \"cancel\"."):format(
      call)
    chat:say(text)
    offer.make(chat, text, { no = "my_callback" })
  else
    chat:say("Noted: we call %s. %s", call, became == "waits"
      and "A colleague still has to confirm that; if it is urgent, say \"agent\"."
      or "It will be in our calendar in a moment; you need do nothing more.")
  end
end
