-- flows/init.lua - which flow answers what, and the texts the engine itself needs.
--
-- Where several flows would answer a message, the first one here does. The words are in words.lua.
local files = require "files"
local words = require "words"

return {
  flows = {
    { "cancelled", triggers = words.cancel_call },
    { "my_callback", triggers = words.all(words.change, words.show, words.missed) },
    { "callback", button = { "2", "📅 Schedule Callback" }, triggers = words.callback },
    { "instant_chat", button = { "1", "📞 Instant Chat" } },
    { "transfer", button = { "3", "⏳ Wait for a Person" } },
    { "buttons", triggers = words.all(words.trouble, words.person) },
    { "small_talk", triggers = words.all(words.thanks, words.fine, words.bye) },
    { "greeting", triggers = words.greeting, on = { "visit", "empty" } },
    { "got_file", on = { "file" } },
    { "failure", on = { "failure" } },
    { "no_answer", fallback = true },
  },
  tasks = { "book_callback", "change_callback" },

  -- Whole messages that lead out of any question.
  leave = { cancelled = words.cancel, buttons = words.person_now },
  -- Where chat:hand_over() leads.
  person = "buttons",

  apology = "Sorry, something went wrong on our side. Please try again, or talk to a colleague:",
  holding = "I am still working on that. Please give me a moment, then write again.",
  -- Before a question that is asked once more, since a file without a word is no answer.
  got_file = files.GOT,
  nothing_said = "Is there anything else I can help you with?",
}
