-- The flows that talk_spec.lua talks with. By what starts it each tells its name; the others are
-- scenes: "play NAME" begins one of scenes.lua.
return {
  flows = {
    { "greet", on = { "visit" }, triggers = { "hello", "=hi", "scarlet" } },
    { "early", triggers = { "good day to you" } },
    { "late", triggers = { "good day" } },
    { "call", button = { "1", "📞 Call Me Now Or Later" }, triggers = { "ring" } },
    { "book", button = { "2", "📅 Book" }, triggers = { "=exactly", "book a" } },
    { "far", button = { "13", "Far" } },
    { "stop", triggers = { "stop here" } },
    { "file", on = { "file" } },
    { "empty", on = { "empty" } },
    { "failed", on = { "failure" } },
    { "desk", on = { "visit", "file", "empty" } },
    { "other", fallback = true },
  },
  leave = { desk = { "a human", "Person!" }, stop = { "leave it" } },
  person = "desk",
  tasks = { "job", "second_job", "slow_job" },
  apology = "So sorry.",
  got_file = "Got it.",
  nothing_said = "Anything else?",
}
