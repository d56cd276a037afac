-- tests/bench/flows/sorry.lua - the fallback.

return function(chat)
  chat:say "Sorry, I did not get that."
end
