-- flows/greeting.lua - answers a greeting, and a visitor who has not said anything yet.

return function(chat)
  chat:say "Hello! How can I assist you today?"
end
