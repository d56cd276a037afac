-- flows/orders.lua - the shop's orders: GET ORDERS_URL/orders/NUMBER gives
--   { "number": "10234", "email": "...", "state": "sent", "carrier": "...", "due": "Friday" }
local TEXTS = {
  received = "Your order %s has arrived here and waits to be packed.",
  packed = "Your order %s is packed and leaves our house today.",
  sent = "Your order %s is on its way.",
  delivered = "Your order %s was delivered.",
  cancelled = "Your order %s was cancelled.",
}

local orders = {}

-- The finders of questions: what stands in a text, or nil.
function orders.number(text)
  return text:match "%f[%d]%d%d%d%d%d%f[%D]"
end

function orders.email(text)
  local found = type(text) == "string" and text:match "[%w._%%+-]+@[%w-]+%.[%w.-]*%w"
  return found and found:lower() or nil
end

-- The order; nil where there is none; nil and an error where nobody knows.
function orders.get(number)
  local headers
  if config.ORDERS_TOKEN then headers = { Authorization = "Bearer " .. config.ORDERS_TOKEN } end
  local answer, err = http.get(config.ORDERS_URL .. "/orders/" .. number, { headers = headers })
  if not answer then return nil, err end
  if answer.status == 404 then return nil end
  if answer.status ~= 200 or type(answer.json) ~= "table" then
    return nil, { kind = "rejected", message = "status " .. answer.status }
  end
  return answer.json
end

function orders.text(order)
  local text = (TEXTS[order.state] or "We are working on your order %s."):format(order.number)
  if order.carrier then text = text .. (" %s brings it."):format(order.carrier) end
  if order.due then text = text .. (" You should have it by %s."):format(order.due) end
  return text
end

return orders
