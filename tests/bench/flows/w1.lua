-- tests/bench/flows/w1.lua - answers a greeting.

return function(chat)
  chat:say { "Hello! How can I assist you today?", buttons = { "w2", "w3" } }
end
