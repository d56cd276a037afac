-- flows/buttons.lua - the way to a person: a chat now or a call later.
local offer = require "offer"

local TEXT = "I can put you in touch with a colleague. What suits you better?"

return function(chat)
  chat:say { TEXT, buttons = { "instant_chat", "callback" } }
  offer.make(chat, TEXT, { yes = "buttons", is_strict = true })
end
