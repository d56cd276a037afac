-- flows/greeting.lua - what this bot can do.

return function(chat)
  chat:say { "Hello! I can tell you where your order is.", buttons = { "order_status", "person" } }
end
