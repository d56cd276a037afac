-- flows/failure.lua - SalesIQ could not do what the bot asked for: nobody is there for the chat.
--
-- It never forwards: that would fail again, and again.
local offer = require "offer"

local TEXT = "Sorry, nobody is free to chat right now. Shall we call you back instead?"

return function(chat)
  local cause = chat.message.cause or {}
  log.warn("SalesIQ could not do what the bot asked for", { code = cause.code, cause = cause.desc })
  chat:say { TEXT, buttons = { "callback" } }
  offer.make(chat, TEXT, { yes = "callback" })
end
