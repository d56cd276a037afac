-- flows/cancelled.lua - "cancel", "never mind": drops what was being arranged, or a booked call.
--
-- What is dropped is remembered for who changes their mind: nobody has to say a number twice.
local agree = require "agree"
local booking = require "booking"
local yes_no = require "parse.yes_no"

return function(chat)
  local wish = chat.memory.wish
  if wish then
    chat.memory.wish, chat.memory.dropped = nil, { phone = wish.phone, time = wish.time }
    return chat:say "Alright, no call then. Is there anything else I can help you with?"
  end

  local call = booking.upcoming(chat)
  if not call then return chat:say "Alright. Is there anything else I can help you with?" end

  local sure = chat:confirm {
    ("We call %s. Shall I cancel that call?"):format(agree.text(chat, call)),
    yes = "Yes, cancel it", no = "No, keep it",
    find = yes_no.find,
  }
  if sure == nil then return chat:hand_over() end
  if not sure then return chat:say("Fine, we call %s.", agree.text(chat, call)) end
  local is_done = booking.cancel(chat, call)
  chat.memory.dropped = { phone = call.phone, time = call.time }
  chat:say(is_done and "Done, the call is cancelled." or "Noted, the call is being cancelled.")
end
