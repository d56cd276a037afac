-- flows/greeting.lua - says at once who is talking.

return function(chat)
  chat:say { "Hello! I am the shop's assistant, a program. What would you like to know?",
    buttons = { "person" } }
end
