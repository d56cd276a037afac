-- flows/person.lua - to a person; when SalesIQ finds none, an honest word.

return function(chat)
  if chat.message.kind == "failure" then
    return chat:say "Sorry, nobody is free to chat right now. Please write to help@example.com."
  end
  chat:forward "One moment, please. I am calling a colleague."
end
