local scenes = require "scenes"

return function(chat)
  local name = chat.message.text:match "^play (%w+)$"
  if name then return scenes[name](chat) end
  chat:say("other: " .. chat.message.text)
end
