-- tests/bench/flows/wait.lua - a conversation that waits: what does it take in memory?

return function(chat)
  local answer = chat:ask { "What may we call you?", tries = 3 }
  chat:say("Good day, %s.", answer or "friend")
end
