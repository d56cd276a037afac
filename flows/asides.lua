-- flows/asides.lua - what visitors ask while a call is being arranged, and the answers.
--
-- The phrases are looked for as whole words anywhere in the message. Add lines freely. An answer
-- that depends on something is a function of the chat; where it gives nil the next line is tried.
local booking = require "booking"
local words = require "words"

local SORRY = "I am sorry for the trouble."
local STILL_SORRY = "I understand."
local PATIENCE = "Take your time."
local BACK = "No problem, we go on where we were."
local THANKS = "Thank you."
local WELCOME = "You are welcome!"
local PROBLEM = "The colleague who calls will help you with that."
local PASS_ON = "I cannot answer that myself, but the colleague who calls you can."

-- "Mon-Fri 09:00-18:00", with the zone where the visitor's clocks show another one.
local function hours_text(chat)
  local hours, ours = config.BUSINESS_HOURS, config.TIME_ZONE
  if not hours then return nil end
  local now, theirs = math.floor(chat.message.at), chat.message.place.zone
  local zone = clock.fields(now, ours or theirs)
  if zone.offset == clock.fields(now, theirs).offset then return hours end
  return hours .. " (" .. zone.abbreviation .. ")"
end

local function open_hours(chat)
  local hours = hours_text(chat)
  return hours and "We call people " .. hours .. "." or "We call at any time that suits you."
end

local function visitors_zone(chat)
  local now = math.floor(chat.message.at)
  return ("All times are yours, which I take for %s."):format(
    clock.fields(now, chat.message.place.zone).abbreviation)
end

local function not_booked(chat)
  return not booking.upcoming(chat) and "No call is booked yet; we are just arranging it." or nil
end

local answers = {
  { not_booked, words.all(words.show, words.about_call) },
  { open_hours, { "opening hours", "business hours", "office hours", "working hours", "your hours",
    "are you open", "do you open", "do you close", "when can you call", "when could you call",
    "times are available", "time is available", "times do you have", "are you available",
    "my options", "the options", "what options" } },
  { visitors_zone, { "time zone", "timezone", "which zone", "my time or", "your time or",
    "whose time", "is that for me", "in my time", "my local time", "what time is that" } },
  { "The call costs nothing.", { "is it free", "really free", "is this free",
    "is that free", "for free", "free of charge", "cost", "costs", "charge", "how much", "fee" } },
  { "One of our support colleagues calls you.",
    { "who will call", "who calls", "who is calling", "who's calling", "who am i talking to" } },
  { "Your number is only for this call; it is used for nothing else.",
    { "why do you need", "why my number", "what for", "why do you want", "is it safe",
      "this safe", "this is safe",
      "share my number", "my privacy", "sell my number", "spam me", "=why" } },
  { "As long as it takes to help you, usually about ten minutes.",
    { "how long will", "how long does", "how long is" } },
  { "I am a bot, but a person will call you.",
    { "are you a bot", "are you a robot", "are you human", "are you a human", "are you real",
      "am i talking to", "who are you", "what are you", "talking to a bot" } },
  { "Here I can only arrange a call. To write with a person, say \"agent\".",
    { "email me", "e-mail me", "mail me", "text me", "whatsapp me", "sms", "by email",
      "by e-mail" } },
  { "You can do that here whenever you like: just say \"change\" or \"cancel\".",
    { "can i change", "can i still change", "can i cancel", "can i still cancel", "how do i change",
      "how do i cancel", "how can i change", "how can i cancel", "what if i can't" } },
  { "Then just write to me here, and we find another time.",
    { "if i miss", "if i don't answer", "if i dont answer", "if i don't pick up",
      "if i dont pick up", "can't pick up" } },
  { "I am sorry, I cannot see it here.",
    { "have my number", "know my number", "gave you my number", "already gave", "already told",
      "already sent", "number on file", "in your system", "on my account", "in my profile" } },
  { "I am here to arrange a call: a colleague rings you at a time that suits you.",
    { "=what", "=huh", "=pardon", "what do you mean", "don't understand",
      "dont understand", "do not understand", "don't get it" } },
}

local asides = {
  sorry = SORRY,
  still_sorry = STILL_SORRY,
  patience = PATIENCE,
  back = BACK,
  welcome = WELCOME,
  thanks = THANKS,
  problem = PROBLEM,
  pass_on = PASS_ON,
  hours_text = hours_text,
}

-- The answers to the questions in a message, at most two, or nil.
function asides.find(chat, text)
  local found = {}
  for _, entry in ipairs(answers) do
    local answer = entry[1]
    if #found < 2 and words.meant(entry[2], text) then
      if type(answer) == "function" then answer = answer(chat) end
      found[#found + 1] = answer
    end
  end
  return found[1] and table.concat(found, " ") or nil
end

-- Whether a message asks something that no line here answers.
function asides.is_question(text)
  return text:find "%?%s*$" ~= nil and text:find "%s" ~= nil
end

return asides
