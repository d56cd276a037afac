return function(chat) chat:say("desk: " .. chat.message.text) end
