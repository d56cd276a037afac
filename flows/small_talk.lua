-- flows/small_talk.lua - answers "thanks", "ok" and "bye" without bothering a person.
local goodbye = require "goodbye"
local offer = require "offer"
local words = require "words"
local yes_no = require "parse.yes_no"

return function(chat)
  local way = offer.taken(chat)
  if way then return chat:continue(way) end
  local text = chat.message.text
  -- Who says yes to a question that has grown old goes on where they were.
  local answer, more = yes_no.find(text)
  if chat.memory.wish and answer == "yes" and more ~= "ok" then return chat:continue "callback" end
  if goodbye.is_said(text) or words.meant(words.goodbye, text) then
    return chat:say "Goodbye, and have a good day!"
  end
  if words.meant(words.all(words.thanks, words.thank), text) then
    return chat:say "You are welcome! Is there anything else I can help you with?"
  end
  chat:say "Alright. Just write to me when you need anything else."
end
