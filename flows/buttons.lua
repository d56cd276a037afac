-- flows/buttons.lua - the way to a person: a chat now or a call later.

return function(chat)
  chat:say {
    "I can put you in touch with a colleague. What suits you better?",
    buttons = { "instant_chat", "callback" },
  }
end
