-- tests/bench/parse.lua - how fast the phone and time parsers are, on one core.
--
--   lua5.4 tests/bench/parse.lua [MESSAGES]   one message a line; else the corpus and ordinary chat
--
-- Needs `clock` (engine/bind/lua_zone.c) as a Lua module; CLOCK names it, "zone" if unset. Prints
-- messages a second for both parsers together, and the worst of the messages that are meant to
-- hurt.

package.path = "flows/?.lua;" .. package.path
rawset(_G, "clock", require(os.getenv "CLOCK" or "zone"))

local phone = require "parse.phone"
local time = require "parse.time"

local context = { now = 1741187700, zone = "America/New_York", region = "US" }

-- What visitors write in a day: most of it has no time and no number in it.
local ORDINARY = {
  "hello", "hi, i need some help please", "what are your opening hours?",
    "my order has not arrived yet",
  "ok thanks", "I would like to talk to a person", "how do I reset my password?", "yes please",
    "no",
  "the app crashes when I open the settings page and then nothing works any more",
    "great, thank you so much",
  "do you ship to Canada?", "where can I see my invoices", "it says error 4012",
    "Schedule Callback", "1",
  "Instant Chat", "can someone call me back", "order #99887766 has not arrived",
    "how much is the pro plan?",
  "tomorrow at 3pm", "my number is 415-555-2671", "call me on 4155552671 tomorrow at 3pm",
    "monday morning",
  "that is not what I asked for", "is there a discount for students", "I was charged twice", "bye",
}

local function seconds_of(messages, rounds)
  local started = os.clock()
  for _ = 1, rounds do
    for _, message in ipairs(messages) do
      phone.find_all(message, context)
      time.find(message, context)
    end
  end
  return os.clock() - started
end

-- The best of some rounds: what else the machine does only makes a round slower.
local function best_of(rounds, messages, repeats)
  local best = math.huge
  for _ = 1, rounds do best = math.min(best, seconds_of(messages, repeats)) end
  return best
end

local function rate(name, messages)
  local repeats = math.max(1, 4000 // #messages)
  local seconds = best_of(30, messages, repeats)
  print(("%-28s %9.0f messages/s  %6.2f us each"):format(name, #messages * repeats / seconds,
    seconds / (#messages * repeats) * 1e6))
end

local function lines_of(path, want)
  local list = {}
  for line in io.lines(path) do
    local text = want and line:match '"text":%s*"(.-[^\\])"' or line
    if text and #text < 500 then list[#list + 1] = text end
  end
  return list
end

if arg and arg[1] then
  rate(arg[1], lines_of(arg[1]))
else
  rate("ordinary chat", ORDINARY)
  rate("corpus: chat", lines_of("tests/corpus/chat.jsonl", true))
  rate("corpus: time", lines_of("tests/corpus/time.jsonl", true))
  rate("corpus: phone", lines_of("tests/corpus/phone.jsonl", true))
end

local SEEDS = {
  "1 ", "1", "12 ", "123 ", "+", "+1 ", "(", "()", "(1) ", "1-", "1.", "1/", "1:", "12:30 ", "a",
    "a ", "one ",
  "twenty ", "monday ", "at ", "at 3 ", "3pm ", "in 2 days ", "1d ", "2 hours and ", "to ",
    "1 to ", "next ",
  "day after ", "the ", "not ", "or ", "tomorrow or ", "tomorrow at 3 or ", "5551234567 ",
    "555-123-4567 x1 ", "order ",
  "order 1 ", "x", "1x", "@", "a@", "a.", "http://", "$1 ", "1,000 ", "\204\129", "\239\188\145",
    "\217\161 ", "no. ",
  "four five ", "march ", "5 march ", "5/6/25 ", "half past ", "quarter to ", "early late ", "- ",
    "1 - ", "1 2/", "no ",
  "\n", "1\n", "'", "o'clock ", "p . m ", "5 minutes ", "0 3  ", "800-a", "1-800-", "a-",
    "4155552671,", "12 34 5678 ",
}

local worst, worst_seed = 0, ""
for _, seed in ipairs(SEEDS) do
  local message = seed:rep(10000 // (utf8.len(seed) or #seed))
  collectgarbage()
  local best = best_of(8, { message }, 1)
  if best > worst then worst, worst_seed = best, seed end
  if best > 0.005 then print(("slow: %q %.2f ms"):format(seed, best * 1000)) end
end
print(("nastiest 10,000 characters      %.2f ms  (%q)"):format(worst * 1000, worst_seed))
