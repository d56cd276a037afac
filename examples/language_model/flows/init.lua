-- flows/init.lua - what no other flow answers goes to a language model.
return {
  flows = {
    { "person", button = { "1", "💬 Talk to a Person" }, on = { "failure" },
      triggers = { "agent", "human", "a person", "real person", "talk to someone", "complaint",
        "lawyer", "refund" } },
    { "greeting", triggers = { "=hi", "=hello", "=hey" }, on = { "visit", "empty" } },
    { "assistant", fallback = true },
  },
  person = "person",
  settings = {
    { "LLM_URL", default = "http://127.0.0.1:11434/v1", about = "an OpenAI-compatible endpoint" },
    { "LLM_MODEL", default = "llama3.1", about = "the model's name there" },
    { "LLM_API_KEY", about = "its key, if it wants one" },
  },
}
