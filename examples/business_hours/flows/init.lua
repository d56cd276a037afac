-- flows/init.lua - says when somebody is there, and lets visitors through only then.
return {
  flows = {
    { "person", button = { "1", "💬 Talk to Us" }, fallback = true, on = { "failure" },
      triggers = { "agent", "human", "a person", "talk to someone", "help" } },
    { "hours", button = { "2", "🕘 Opening Hours" },
      triggers = { "opening hours", "open", "opened", "closed", "hours", "when are you there" } },
    { "greeting", triggers = { "=hi", "=hello", "=hey" }, on = { "visit", "empty" } },
  },
  person = "person",
  settings = {
    { "HELP_EMAIL", default = "help@example.com", about = "where to write while nobody is there" },
  },
  apology = "Sorry, something went wrong on our side. Please try again:",
}
