-- tests/bench/flows/w3.lua - finds the contact by e-mail, books the call.
local SORRY = "Sorry, that did not work. Please try again."

return function(chat)
  local text = chat.message.text
  local phone = text:match "[Pp]hone:%s*(%+?%d[%d -]+%d)"
  local time = text:match "[Tt]ime:%s*([^\n]+)"
  if not phone or not time then return chat:say "Sorry, I did not get that." end

  local contacts = zoho.desk.search_contacts { email = chat.visitor.email }
  if not contacts or not contacts[1] then return chat:say(SORRY) end
  local call = zoho.desk.create_call {
    contactId = contacts[1].id,
    subject = "Callback request",
    startTime = chat.message.at + 86400,
    direction = "outbound",
    duration = 0,
    status = "Scheduled",
    description = ("Phone: %s. Preferred time: %s."):format(phone, time),
  }
  if not call then return chat:say(SORRY) end
  chat:say("Your callback is scheduled for %s. We will call you at %s.", time, phone)
end
