-- flows/small_talk.lua - answers "thanks", "ok" and "bye" without bothering a person.
local words = require "words"

return function(chat)
  local text = chat.message.text
  if words.meant(words.bye, text) then return chat:say "Goodbye, and have a good day!" end
  if words.meant(words.thanks, text) then
    return chat:say "You are welcome! Is there anything else I can help you with?"
  end
  chat:say "Alright. Just write to me when you need anything else."
end
