-- flows/language.lua - changes the language, for the rest of the conversation.
local languages = require "languages"

return function(chat)
  chat.memory.language = languages.wanted(chat)
  chat:say(languages.of(chat).switched)
  chat:continue "greeting"
end
