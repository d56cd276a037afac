-- flows/cancelled.lua - "cancel", "never mind": drops what was being arranged, or a booked call.
local agree = require "agree"
local booking = require "booking"

return function(chat)
  if chat.memory.wish then
    chat.memory.wish = nil
    return chat:say "Alright, no call then. Is there anything else I can help you with?"
  end

  local call = booking.upcoming(chat)
  if not call then return chat:say "Alright. Is there anything else I can help you with?" end

  local sure = chat:confirm {
    ("We call %s. Shall I cancel that call?"):format(agree.text(chat, call)),
    yes = "Yes, cancel it", no = "No, keep it",
  }
  if not sure then return chat:say("Fine, we call %s.", agree.text(chat, call)) end
  local is_done = booking.cancel(chat, call)
  chat:say(is_done and "Done, the call is cancelled." or "Noted, the call is being cancelled.")
end
