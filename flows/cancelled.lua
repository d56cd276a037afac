-- flows/cancelled.lua - "cancel", "never mind": drops what was being arranged, or a booked call.
--
-- What is dropped is remembered for who changes their mind: nobody has to say a number twice.
local agree = require "agree"
local booking = require "booking"
local reading = require "reading"
local words = require "words"
local yes_no = require "parse.yes_no"

local CANCEL, KEEP, MOVE = "Yes, cancel it", "No, keep it", "move"
local SHALL_I = "Shall I cancel that call?"

-- One of the three; nil when a person should help.
local function decide(chat, call)
  return chat:choose {
    agree.stands(chat, call) .. " " .. SHALL_I, CANCEL, KEEP,
    again = "Shall I cancel the call, or keep it?",
    find = function(text)
      local heard = reading.read(chat, text, "time", call.time)
      if heard and (heard.time or heard.phone) then return MOVE end
      if words.meant(words.keep, text) then return KEEP end
      local answer = yes_no.find(text, SHALL_I)
      return answer == "yes" and CANCEL or answer == "no" and KEEP or nil
    end,
  }
end

return function(chat)
  local wish = chat.memory.wish
  if wish then
    chat.memory.wish, chat.memory.dropped = nil, { phone = wish.phone, time = wish.time }
    return chat:say "Alright, no call then. Is there anything else I can help you with?"
  end

  local call = booking.upcoming(chat)
  if not call then return chat:say "Alright. Is there anything else I can help you with?" end

  local choice = decide(chat, call)
  if choice == nil then return chat:hand_over() end
  if choice == MOVE then return chat:continue "my_callback" end
  if choice == KEEP then return chat:say(agree.kept(chat, call)) end
  local became = booking.cancel(chat, call)
  chat.memory.dropped = { phone = call.phone, time = call.time }
  chat:say(({
    done = "Done, the call is cancelled.",
    soon = "Noted, the call is being cancelled.",
    waits = "Noted. A colleague still has to cancel the call.",
  })[became])
end
