-- flows/my_callback.lua - shows the call that was booked in this chat, and moves it.
local agree = require "agree"
local booking = require "booking"
local offer = require "offer"
local questions = require "questions"
local reading = require "reading"
local when = require "when"
local words = require "words"

local MOVE, CANCEL, KEEP = "Change it", "Cancel it", "Keep it"
local MOVED = {
  done = "Changed: we call %s.",
  soon = "Noted: we call %s. The change follows in a moment.",
  waits = "Noted: we call %s. A colleague still has to confirm the change.",
}
local QUESTIONS = 5 -- that are answered before one of the three is chosen

-- One of the three, or what was heard about another number or time; nil for neither.
local function decide(chat, call)
  return chat:choose {
    agree.stands(chat, call) .. " What would you like to do?",
    MOVE, CANCEL, KEEP,
    -- Looked up anew: it may be booked, or have failed, since it was asked.
    again = function()
      return agree.stands(chat, call) .. " Shall I change that, cancel it, or keep it?"
    end,
    find = function(text)
      if words.meant(words.keep, text) then return KEEP end
      local heard = reading.read(chat, text, "time", call.time)
      if heard and heard.answer then return heard.answer == "yes" and KEEP or MOVE end
      return heard
    end,
  }
end

-- Whether the message that led here says itself what shall be different.
local function is_said(chat, call, wish)
  if wish.phone ~= call.phone or wish.time ~= call.time then return true end
  return words.meant(words.wrong, chat.message.text) and agree.forget(chat, wish)
end

-- Another number at another time looks like a second call, where nothing speaks of a change.
local function is_second(chat, heard)
  local text = chat.message.text
  if words.meant(words.second_call, text) then return true end
  return heard and heard.phone and heard.time and not words.meant(words.wrong, text)
    and not words.meant(words.change, text)
end

-- "who will call me?" is answered already.
local function is_question(heard)
  return heard and heard.aside and heard.aside ~= "" and not heard.answer and not heard.angry
end

-- Asks what shall be different: "changed", "kept", or nil when a person should help.
local function ask(chat, call, wish)
  for _ = 1, QUESTIONS do
    local choice = decide(chat, call)
    if choice == nil then return nil end
    if choice == KEEP then return "kept" end
    if choice == CANCEL then return chat:continue "cancelled" end
    if choice == MOVE then return agree.change(chat, wish) and "changed" or nil end
    chat:say(choice.aside or "")
    agree.take(chat, wish, choice)
    if choice.phone or choice.time then return "changed" end
  end
end

-- No call is to come: there was none, or it is over.
local function say_none(chat)
  local past, text = chat.memory.callback, chat.message.text
  if past and words.meant(words.change, text) then return chat:continue "callback" end
  if past then
    chat:say("%she call to %s was planned %s.", words.meant(words.missed, text)
      and "I am sorry: t" or "T", questions.number(past.phone),
      when.text(past.time.value, chat.message.at))
  else
    chat:say "I see no call booked in this chat."
  end
  chat:hand_over()
end

return function(chat)
  local call = booking.upcoming(chat)
  if not call then return say_none(chat) end
  if words.meant(words.missed, chat.message.text) then chat:say "I am sorry that you must wait." end
  local wish, heard = agree.begin(chat, { phone = call.phone, time = call.time, booked = call })
  if words.meant(words.about_call, chat.message.text) then
    wish.phone, wish.time = call.phone, call.time -- "is it today?" asks
  end
  if is_second(chat, heard) then
    chat:say(agree.stands(chat, call)
      .. " I can arrange one call at a time, so another one replaces it.")
  end
  if not is_said(chat, call, wish) then
    if is_question(heard) then return end
    local outcome = ask(chat, call, wish)
    if outcome == "kept" then return chat:say(agree.kept(chat, call)) end
    if not outcome then return chat:hand_over() end
  end

  local is_agreed, is_kept = agree.until_certain(chat, wish)
  if is_kept then return chat:say(agree.kept(chat, call)) end
  if not is_agreed then return chat:hand_over() end
  local answer = MOVED[booking.move(chat, call, wish)]
  local text = answer:format(agree.text(chat, wish))
  chat:say(text)
  offer.make(chat, text, { no = "my_callback" })
end
