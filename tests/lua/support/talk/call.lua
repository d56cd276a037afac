return function(chat) chat:say("call: " .. chat.message.text) end
