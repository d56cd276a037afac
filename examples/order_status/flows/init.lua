-- flows/init.lua - tells visitors where their order is, asked from the shop over HTTP.
return {
  flows = {
    { "order_status", button = { "1", "📦 My Order" },
      triggers = { "my order", "order status", "where is order", "my parcel", "my package" } },
    { "person", button = { "2", "💬 Talk to Us" }, triggers = { "agent", "human", "a person" } },
    { "greeting", fallback = true, on = { "visit", "empty" } },
  },
  person = "person",
  leave = { person = { "agent", "human", "cancel", "stop" } },
  settings = {
    { "ORDERS_URL", default = "http://127.0.0.1:9000", about = "the shop, for /orders/NUMBER" },
    { "ORDERS_TOKEN", about = "what it wants as Authorization: Bearer ..." },
  },
}
