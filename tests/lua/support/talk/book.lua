return function(chat) chat:say("book: " .. chat.message.text) end
