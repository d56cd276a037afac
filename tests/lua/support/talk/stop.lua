return function(chat) chat:say("stop: " .. chat.message.text) end
