-- flows/init.lua - a third button: a ticket in Zoho Desk.
return {
  flows = {
    { "support_ticket", button = { "3", "🎫 Open a Ticket" },
      triggers = { "ticket", "report a problem", "report a bug" } },
    { "person", button = { "1", "💬 Talk to Us" }, triggers = { "agent", "human", "a person" } },
    { "greeting", fallback = true, on = { "visit", "empty" } },
  },
  tasks = { "file_ticket" },
  person = "person",
  leave = { greeting = { "cancel", "stop", "never mind" }, person = { "agent", "human" } },
}
