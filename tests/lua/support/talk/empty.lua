return function(chat) chat:say("empty: " .. chat.message.text) end
