-- flows/order_status.lua - says where an order is, to the one who placed it.
local orders = require "orders"

return function(chat)
  local number = orders.number(chat.message.text)
    or chat:ask { "What is your order number? It stands in our e-mail, such as 10234.",
      find = orders.number, again = "That is no order number. It has five digits, such as 10234." }
  if not number then return chat:hand_over() end
  local email = chat:ask { "And the e-mail address that you ordered with?", find = orders.email,
    again = "Please write the e-mail address that you ordered with, such as asha@example.com." }
  if not email then return chat:hand_over() end

  local order, err = orders.get(number)
  if err then
    log.warn("the shop did not tell about an order", { kind = err.kind, reason = err.message })
    chat:say "Sorry, I cannot look that up just now."
    return chat:hand_over()
  end
  -- A stranger who tries numbers does not learn which of them exist.
  if not order or email ~= orders.email(order.email) then
    return chat:say { ("I find no order %s for %s."):format(number, email),
      buttons = { "order_status", "person" } }
  end
  chat:say(orders.text(order))
end
