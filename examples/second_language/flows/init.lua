-- flows/init.lua - one bot, two languages. All that visitors read and write stands in texts/.
local languages = require "languages"

return {
  flows = {
    { "language", button = { "3", "🌐 Español/English" }, triggers = languages.switches },
    { "hours", button = { "1", languages.en.hours_button },
      triggers = languages.all "hours_words" },
    { "person", button = { "2", languages.en.person_button },
      triggers = languages.all "person_words", on = { "failure" } },
    { "greeting", fallback = true, on = { "visit", "empty" } },
  },
  leave = { person = { "agent", "human", "agente", "humano" } },
  person = "person",
  apology = "Sorry, something went wrong. / Lo siento, algo salió mal.",
}
