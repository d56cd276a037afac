-- flows/person.lua - to a person while somebody is there, else when and how to reach one.
local opening = require "opening"

return function(chat)
  -- SalesIQ found nobody for the last forward: another would fail as well.
  local refused = chat.message.kind == "failure"
  if not refused and opening.is_open(chat) then
    return chat:forward "One moment, please. I am calling a colleague."
  end
  if refused then chat:say "Sorry, nobody is free to chat right now." end
  chat:say(opening.text(chat))
  chat:say("You can also write to %s; we answer as soon as we are back.", config.HELP_EMAIL)
end
