-- tests/bench/flows/w2.lua - hands the visitor over, with the last messages.

local function history(chat)
  local lines = {}
  for i, said in ipairs(chat:transcript()) do
    lines[i] = (said.who == "visitor" and "user: " or "bot: ") .. said.text
  end
  return table.concat(lines, "\n")
end

return function(chat)
  local visitor = chat.visitor
  local opened = zoho.salesiq.open_conversation {
    question = history(chat),
    visitor = { user_id = visitor.email or "visitor", name = visitor.name, email = visitor.email },
  }
  if not opened then return chat:say "Sorry, that did not work. Please try again." end
  chat:forward "Connecting you to an agent."
end
