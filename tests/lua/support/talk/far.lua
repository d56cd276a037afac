return function(chat) chat:say("far: " .. chat.message.text) end
