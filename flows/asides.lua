-- flows/asides.lua - what visitors ask while a call is being arranged, and the answers.
--
-- The phrases are looked for as whole words anywhere in the message. Add lines freely.
local words = require "words"

local HOURS = { "opening hours", "business hours", "office hours", "working hours", "are you open",
  "do you open", "do you close" }

local answers = {
  { "The call costs nothing.", { "is it free", "cost", "costs", "charge", "how much" } },
  { "One of our support colleagues calls you.",
    { "who will call", "who calls", "who is calling" } },
  { "Only so that a colleague can call you; it is used for nothing else.",
    { "why do you need", "why my number", "what for", "why do you want", "is it safe" } },
  { "As long as it takes to help you, usually about ten minutes.",
    { "how long will", "how long does", "how long is" } },
  { "I am a bot, but a person will call you.",
    { "are you a bot", "are you a robot", "are you human", "are you real", "am i talking to" } },
}

-- The answer to a question in between, or nil.
return function(text)
  local hours = config.BUSINESS_HOURS
  if hours and words.meant(HOURS, text) then return "We call people " .. hours .. "." end
  for _, entry in ipairs(answers) do
    if words.meant(entry[2], text) then return entry[1] end
  end
end
