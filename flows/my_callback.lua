-- flows/my_callback.lua - shows the call that was booked in this chat, and moves it.
local agree = require "agree"
local booking = require "booking"
local reading = require "reading"

local MOVE, CANCEL, KEEP = "Change it", "Cancel it", "Keep it"

-- One of the three, or what was heard about another number or time; nil for neither.
local function decide(chat, call)
  return chat:choose {
    ("We call %s. What would you like to do?"):format(agree.text(chat, call)),
    MOVE, CANCEL, KEEP,
    find = function(text)
      local heard = reading.read(chat, text, "time", call.time)
      if heard and heard.answer then return heard.answer == "yes" and KEEP or MOVE end
      return heard
    end,
  }
end

return function(chat)
  local call = booking.upcoming(chat)
  if not call then
    chat:say "I see no call booked in this chat."
    return chat:hand_over()
  end

  local wish = agree.begin(chat, { phone = call.phone, time = call.time })
  if wish.phone == call.phone and wish.time == call.time then
    local choice = decide(chat, call)
    if choice == KEEP then return chat:say("Fine, we call %s.", agree.text(chat, call)) end
    if choice == CANCEL then return chat:continue "cancelled" end
    local is_clear = choice == MOVE and agree.change(chat, wish) or type(choice) == "table"
    if not is_clear then return chat:hand_over() end
    if choice ~= MOVE then agree.take(wish, choice) end
  end

  if not agree.until_certain(chat, wish) then return chat:hand_over() end
  local is_done = booking.move(chat, call, wish)
  local answer = is_done and "Changed: we call %s."
    or "Noted: we call %s. The change follows in a moment."
  chat:say(answer, agree.text(chat, wish))
end
