return function(chat) chat:say("late: " .. chat.message.text) end
