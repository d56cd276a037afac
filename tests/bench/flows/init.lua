-- tests/bench/flows/init.lua - the work that every server in the comparison does: a greeting, a
-- transfer with one call to Zoho, a callback with two. And a question that waits.

return {
  flows = {
    { "w2", button = { "1", "Instant Chat" }, triggers = { "instant chat" } },
    { "w3", button = { "2", "Schedule Callback" }, triggers = { "phone" } },
    { "w1", triggers = { "hello", "hi", "hey" }, on = { "visit", "empty" } },
    { "wait", triggers = { "ask me" } },
    { "sorry", fallback = true },
  },
  apology = "Sorry, that did not work. Please try again.",
}
