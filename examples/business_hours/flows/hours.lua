-- flows/hours.lua - answers "are you open?".
local opening = require "opening"

return function(chat)
  chat:say(opening.text(chat))
end
