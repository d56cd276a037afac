return function(chat) chat:say("file: " .. chat.message.files[1].name) end
