-- flows/transfer.lua - puts the visitor into the queue of this chat, when no new one opened.

return function(chat)
  chat:forward "I am passing you on to a colleague. One moment, please."
end
