-- flows/person.lua - to a person.

return function(chat)
  chat:forward "One moment, please. I am calling a colleague."
end
