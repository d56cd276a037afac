-- flows/reading.lua - what a message says about a call: a phone number, a time, yes or no.
--
--   reading.read(chat, text, asked, previous) -> what was heard, or nil and what to tell
--     asked      "phone", "time", "both": what the bot has just asked for; nil: nothing
--     previous   the time agreed on so far: "make it 5" keeps its day
--   What was heard is plain data, any of:
--     phone, time   as parse.phone and parse.time found them; time.closed is the next open moment,
--                   where we are closed at that time
--     answer        "yes" | "no" ("no" also means: I want it otherwise)
--     aside         what to say before going on: an answer to a question in between, what was wrong
--                   with the time; "" when there is nothing to say
local aside_to = require "asides"
local hours = require "parse.hours"
local phone = require "parse.phone"
local time = require "parse.time"
local words = require "words"
local yes_no = require "parse.yes_no"

local SMALL_TALK = words.all(words.greeting, words.thanks, words.fine, words.bye)

local reading = {}

-- Opening hours and the zone of their clocks; nil where none are set.
local function opening(zone)
  local text = config.BUSINESS_HOURS
  return text and hours.read(text) or nil, config.TIME_ZONE or zone
end

-- The next moment at which we are open; nil when we are open then.
function reading.closed(chat, at)
  local open, zone = opening(chat.message.place.zone)
  if not open or hours.is_open(open, at, zone) then return nil end
  return hours.next(open, at, zone)
end

-- The moment that SalesIQ's calendar card sends beside its text: "25/03/2026 09:00".
local function card_time(message)
  local card = type(message.meta) == "table" and message.meta.card_data
  local value = type(card) == "table" and card.value
  local slot = type(value) == "table" and value.slot
  if type(slot) ~= "string" then return nil end
  local day, month, year, hour, min = slot:match "^(%d+)/(%d+)/(%d%d%d%d) (%d+):(%d+)"
  if not day then return nil end
  local zone = message.place.zone
  local at = clock.unix({ year = math.tointeger(year), month = math.tointeger(month),
    day = math.tointeger(day), hour = math.tointeger(hour), min = math.tointeger(min) }, zone)
  if at <= message.at then return nil end
  return { value = { at = at, zone = zone, precision = "minute" }, sure = true }
end

local function find_time(chat, text, asked, previous)
  local message = chat.message
  local zone = message.place.zone
  local open, open_zone = opening(zone)
  local found, why = card_time(message), nil
  if not found then
    found, why = time.find(text, { now = message.at, zone = zone, region = message.place.region,
      hours = open_zone == zone and open or nil, asked = asked, previous = previous })
  end
  if not found then return nil, why end
  local value = found.value
  -- "in 20 minutes" is no matter of seconds.
  if not value.soon then value.at = math.ceil(value.at / 60) * 60 end
  found.closed = reading.closed(chat, value.at)
  return found
end

-- Whether figures in a message were meant as a phone number.
local function is_number(text, asked)
  local _, letters = text:gsub("%a", "")
  return asked == "phone" or letters < 12
end

-- Small talk, a question, yes or no: what is not about number and time.
local function read_words(text)
  if words.meant(words.cancel_call, text) then return nil end -- the flow for that takes over
  local answer = yes_no.find(text)
  if answer then return { answer = answer } end
  if words.meant(words.change, text) or words.meant(words.part, text) then
    return { answer = "no" }
  end
  local aside = aside_to(text) or words.meant(SMALL_TALK, text) and ""
  return aside and { aside = aside } or nil
end

-- "the second number" is no second of a month.
local function is_about_number(text)
  return words.meant({ "number" }, text) and not text:find "%d"
end

function reading.read(chat, text, asked, previous)
  local number, bad_number = phone.find(text, { region = chat.message.place.region, asked = asked })
  local moment, bad_time
  -- Figures that make no number are no time either, when a number was asked for.
  local is_figures = asked == "phone" and not number and bad_number.kind ~= "not_found"
  if number or not (is_figures or is_about_number(text)) then
    moment, bad_time = find_time(chat, text, asked, previous)
  end
  local why = bad_time and bad_time.kind ~= "not_found" and bad_time.message or nil
  if not moment and words.meant(words.anytime, text) then
    moment = find_time(chat, "as soon as possible", asked)
    moment.sure = false
  end
  if number or moment then return { phone = number, time = moment, aside = why } end
  if bad_number.kind ~= "not_found" and is_number(text, asked) then why = bad_number.message end
  if why then return nil, why end
  return read_words(text)
end

return reading
