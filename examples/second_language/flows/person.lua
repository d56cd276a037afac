-- flows/person.lua - asks what it is about, then to a person.
local languages = require "languages"

return function(chat)
  local texts = languages.of(chat)
  if chat.message.kind == "failure" then return chat:say(texts.nobody) end
  -- The colleague reads the answer in the chat; whatever it is, it is one.
  chat:ask(texts.which)
  chat:forward(texts.connecting)
end
