return function(chat) chat:say("early: " .. chat.message.text) end
