-- flows/greeting.lua - the first words.

return function(chat)
  chat:say { "Hello! How can I help you?", buttons = { "person", "hours" } }
end
