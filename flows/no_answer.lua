-- flows/no_answer.lua - what no other flow answers: for people. But a time or a number soon after a
-- booking is a correction of it ("no, 4pm"), a number alone a wish to be called, and "great, thanks
-- a lot!" needs nobody.
local asides = require "asides"
local booking = require "booking"
local goodbye = require "goodbye"
local offer = require "offer"
local reading = require "reading"
local words = require "words"
local yes_no = require "parse.yes_no"

local FEW = 4 -- words of a yes or no that means nothing else
local SHORT = 80 -- bytes; a longer message is more than a correction or a thank-you

-- The flow about calls that a short message belongs to, or nil.
local function call_flow(chat, call, text)
  if call and words.meant(words.about_call, text) then return "my_callback" end
  local heard = reading.read(chat, text, nil, call and call.time)
  if not heard then return nil end
  if heard.phone and heard.phone.sure then return call and "my_callback" or "callback" end
  if not (heard.phone or heard.time) then
    local is_wrong = call and heard.answer == "no"
      and words.meant(words.all(words.wrong, words.otherwise), text)
    return is_wrong and "my_callback" or nil
  end
  return call and "my_callback" or chat.memory.wish and "callback" or nil
end

-- "great, thanks a lot!", "see you then", "ok go"
local function is_small_talk(text)
  if text:find "%?" or words.meant({ "but" }, text) then return false end
  local _, spaces = text:gsub("%s+", "")
  return goodbye.is_said(text) or words.meant(words.thank, text) or words.meant(words.goodbye, text)
    or words.meant(words.keep, text) or spaces < FEW and yes_no.find(text) ~= nil
end

return function(chat)
  local call, text = booking.upcoming(chat), chat.message.text
  local way = offer.taken(chat)
  if not way and #text <= SHORT then
    way = call_flow(chat, call, text) or is_small_talk(text) and "small_talk"
  end
  if way then return chat:continue(way) end
  local aside = call and asides.find(chat, text)
  if aside then return chat:say(aside) end
  if words.meant(words.angry, text) and not chat.memory.sorry then
    chat:say(asides.sorry)
    chat.memory.sorry = true
  end
  chat:hand_over()
end
