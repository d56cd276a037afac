-- flows/hours.lua - when we are open.
local languages = require "languages"

return function(chat)
  chat:say(languages.of(chat).hours)
end
