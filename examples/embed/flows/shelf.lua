-- flows/shelf.lua - says how many of a thing are left. `stock` is the program's own function.
-- luacheck: read globals stock
local THINGS = { "printer", "toner" }

return function(chat)
  local text = chat.message.text:lower()
  for _, thing in ipairs(THINGS) do
    if text:find(thing, 1, true) then
      local left = stock.left(thing)
      return chat:say(left > 0 and "%d of them are left." or "Sorry, they are sold out.", left)
    end
  end
  chat:say("What do you look for? I know about: %s.", table.concat(THINGS, ", "))
end
