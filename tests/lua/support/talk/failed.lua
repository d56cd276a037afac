return function(chat) chat:say("failed: " .. chat.message.cause.code) end
