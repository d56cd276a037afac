-- flows/greeting.lua - what this bot can do.

return function(chat)
  chat:say { "Hello! How can I help you?", buttons = { "person", "support_ticket" } }
end
