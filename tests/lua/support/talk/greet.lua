return function(chat) chat:say("greet: " .. chat.message.text) end
