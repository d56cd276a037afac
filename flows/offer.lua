-- flows/offer.lua - where "yes" or "no" leads when no flow waits for it: "Shall we call you back?"
-- with a button may be answered in words, too.
--
--   offer.make(chat, "Shall we call you back instead?", { yes = "callback" })    after saying it
--   offer.taken(chat)   -> "callback" when this message accepts what the bot said last
--   offer.again(chat, "Thank you!")   says that, and what was offered last; false when nothing was
local goodbye = require "goodbye"
local words = require "words"
local yes_no = require "parse.yes_no"

local offer = {}

-- ways: the flow that each answer leads to; is_strict where "ok thanks" is no yes, since nothing
-- was asked that has one. An offer counts
-- while its text is the bot's last.
function offer.make(chat, text, ways)
  chat.memory.offer = { text = text, yes = ways.yes, no = ways.no, is_strict = ways.is_strict }
end

local function last_said(chat)
  local talk = chat:transcript()
  for i = #talk, 1, -1 do
    if talk[i].who == "bot" then return talk[i].text end
  end
end

-- Behind a yes stands what a flow about calls can read.
local function goes_on(text)
  return text:find "%d" ~= nil or words.meant(words.all(words.day, words.to_call), text)
end

function offer.taken(chat)
  local made, text = chat.memory.offer, chat.message.text
  if not made or goodbye.is_said(text) or words.meant(words.goodbye, text) then return nil end
  local answer, more = yes_no.find(text)
  if made.is_strict and (answer ~= "yes" or more == "ok") then return nil end
  -- "yes, tomorrow at 3": the flow reads the rest.
  if not answer and goes_on(text) then answer = more end
  local way = made[answer or ""]
  return way and last_said(chat) == made.text and way or nil
end

-- A question that waits for its yes; its buttons still stand.
function offer.again(chat, before)
  local made = chat.memory.offer
  if not made or not made.yes or last_said(chat) ~= made.text then return false end
  local question = made.question or made.text
  chat:say(before)
  chat:say(question)
  made.question, made.text = question, before .. "\n" .. question
  return true
end

return offer
