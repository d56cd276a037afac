-- flows/reading.lua - what a message says about a call: a phone number, a time, yes or no.
--
--   reading.read(chat, text, asked, previous) -> what was heard, or nil and what to tell
--     asked      "phone", "time", "both": what the bot has just asked for; nil: nothing
--     previous   the time agreed on so far: "make it 5" keeps its day
--   What was heard is plain data, any of:
--     phone, time   as parse.phone and parse.time found them; time.closed is the next open moment,
--                   where we are closed at that time
--     phones        two numbers of which one is meant, each with what was said beside it: "home"
--     form          number and time are those of a filled-in form
--     answer        "yes" | "no" ("no" also means: I want it otherwise)
--     same          the number stays as it was
--     no_idea       the visitor would have a time proposed
--     aside         what to say before going on: an answer to a question in between, what was wrong
--                   with the time; "" when there is nothing to say
--     angry         the aside says sorry, which is said once in a talk
--   A goodbye that is no yes is answered at once: what was asked for stays in chat.memory.
local asides = require "asides"
local form = require "form"
local goodbye = require "goodbye"
local hours = require "parse.hours"
local phone = require "parse.phone"
local time = require "parse.time"
local words = require "words"
local yes_no = require "parse.yes_no"

local SMALL_TALK = words.all(words.greeting, words.fine)

local LONG = 80 -- bytes of a message that tells more than a wish

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

local OVER = { kind = "invalid", reason = "past", message = "That time is over." }

-- The moment that SalesIQ's calendar card sends beside its text, "25/03/2026 09:00", or nil and
-- what is wrong with it.
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
  if at <= message.at then return nil, OVER end
  return { value = { at = at, zone = zone, precision = "minute" }, sure = true }
end

-- "tomorrow or friday", "98765 43210 or mobile 98765 00000": the second is as good as the first.
local function is_or(text, one, two)
  if not (one and two) or two.from <= one.to then return false end
  local between = text:sub(one.to + 1, two.from - 1)
  return #between < 30 and words.meant(words.either, between)
end

-- The moment of a result that is nearest to another: "3 or 4 pm" means 3 PM.
local function nearest(value, at)
  local one, two = table.unpack(value.readings or { value.at })
  if two and math.abs(two - at) < math.abs(one - at) then return two end
  return one
end

-- Reads a part of a text once more, against another time: in "tomorrow at 3 or 4 pm" both are
-- tomorrow, in "tomorrow or friday at 3" both at 3.
local function reread(text, from, to, context, previous)
  local again = {}
  for name, value in pairs(context) do again[name] = value end
  again.previous = previous
  return time.find(text:sub(from, to), again)
end

local function is_vague(found)
  return found.value.precision == "day" or found.value.precision == "part-of-day"
end

-- The time that is meant; of two that the visitor leaves open, both as its readings.
local function best_time(text, context)
  local found, why = time.find(text, context)
  if not found or not words.meant(words.either, text) then return found, why end
  local one, two = table.unpack(time.find_all(text, context))
  if one.value.soon or not is_or(text, one, two) then return found end
  two = reread(text, two.from, two.to, context, one) or two
  if is_vague(one) and not is_vague(two) then
    one = reread(text, one.from, one.to, context, two) or one
  end
  local first, second = nearest(one.value, two.value.at), nearest(two.value, one.value.at)
  if first ~= second then
    one.value.at, one.value.readings, one.sure = first, { first, second }, false
  end
  return one
end

local function find_time(chat, text, asked, previous)
  local message = chat.message
  local zone = message.place.zone
  local open, open_zone = opening(zone)
  local found, why = card_time(message)
  if not found and not why then
    found, why = best_time(text, { now = message.at, zone = zone, region = message.place.region,
      hours = open, hours_zone = open_zone, asked = asked, previous = previous })
  end
  if not found then return nil, why end
  local value = found.value
  -- "in 20 minutes" is no matter of seconds.
  if not value.soon then value.at = math.ceil(value.at / 60) * 60 end
  found.closed = reading.closed(chat, value.at)
  return found
end

-- The number that is meant, and both where the visitor leaves that open.
local function find_phone(chat, text, asked)
  local context = { region = chat.message.place.region, asked = asked }
  local number, why = phone.find(text, context)
  if not number or not words.meant(words.either, text) then return number, why end
  local one, two = table.unpack(phone.find_all(text, context))
  if not is_or(text, one, two) then return number end
  local behind, before = text:sub(one.to + 1, two.from - 1):match "^(.*)%f[%a][Oo][Rr]?%f[%A](.*)$"
  one.said = text:sub(1, one.from - 1) .. (behind or "")
  two.said = (before or "") .. text:sub(two.to + 1)
  return number, nil, { one, two }
end

-- Whether figures in a message were meant as a phone number.
local function is_number(text, asked)
  local _, letters = text:gsub("%a", "")
  return asked == "phone" or letters < 12
end

-- Yes or no; what is neither by itself may say what shall be otherwise.
local function yes_or_no(text, aside)
  local answer, leaning = yes_no.find(text)
  if answer or aside and text:find "%?%s*$" then return answer end -- "can I change it later?"
  if leaning == "yes" and words.meant(words.reservation, text) then return "no" end
  if words.meant(words.change, text) then return "no" end
  return leaning ~= "both" and words.meant(words.otherwise, text) and "no" or nil
end

-- Small talk, a question, yes or no: what is not about number and time.
local function read_words(chat, text, asked)
  -- The flows for these take over.
  if words.meant(words.cancel_call, text) then return nil end
  if words.meant(words.patience, text) then return { aside = asides.patience } end
  if asked and words.meant(words.back, text) then return { aside = asides.back } end
  local aside = asides.find(chat, text)
  local answer = yes_or_no(text, aside)
  if answer ~= "yes" and not aside and words.meant(words.person, text) then return nil end
  if answer or aside then return { answer = answer, aside = aside } end
  if asked and words.meant(words.same, text) then return { same = true, aside = "" } end
  if asked ~= "phone" and words.meant(words.no_idea, text) then return { no_idea = true } end
  if asked and words.meant(words.problem, text) then
    return { aside = asides.problem }
  end
  if asked and words.meant(words.name, text) and not text:find "%?" then
    return { aside = asides.thanks }
  end
  if words.meant(words.thank, text) then return { aside = asides.welcome } end
  if words.meant(SMALL_TALK, text) then return { aside = "" } end
  if words.meant(words.angry, text) then
    if chat.memory.sorry then return nil, asked and asides.still_sorry end
    return { aside = asides.sorry, angry = true }
  end
  return nil, asked and asides.is_question(text) and asides.pass_on or nil
end

-- "the second number" is no second of a month.
local function is_about_number(text)
  return words.meant({ "number" }, text) and not text:find "%d"
end

-- "can I talk to a person now?", "what happens now?" name no time for a call.
local function is_no_wish(moment, text, asked)
  if not moment.value.soon or words.meant(words.to_call, text) then return false end
  return words.meant(words.person, text) or not asked and text:find "%?" ~= nil
end

-- A time that is over was no wish in "I bought it two weeks ago, please call me".
local function is_tale(text, bad_time, asked)
  local is_long = #text > LONG or words.meant(words.tale, text)
  return bad_time.reason == "past" and not asked and is_long
end

-- "3" after "tomorrow" is its hour, whatever was asked for.
local function is_hour(text, previous)
  return previous and is_vague(previous) and text:find "^%s*%d%d?%s*$" ~= nil
end

-- Three figures alone are a piece of a number rather than a time, where both are asked for.
local function is_piece(text, asked)
  return asked == "both" and text:find "^%s*%d%d%d%s*$" ~= nil
end

function reading.read(chat, text, asked, previous)
  local is_yes = yes_no.find(text) == "yes"
  if goodbye.is_said(text) and not is_yes then return chat:continue "small_talk" end
  local is_anytime = words.meant(words.anytime, text)
  if is_yes and (previous or not is_anytime) then return read_words(chat, text, asked) end
  if asked and is_hour(text, previous) then asked = "time" end
  local number, bad_number, numbers = find_phone(chat, text, asked)
  local moment, bad_time
  -- Figures that make no number are no time either, when a number was asked for; "at 5" is.
  local is_figures = asked == "phone" and not number and bad_number.kind ~= "not_found"
    and (words.meant(words.number, text) or not text:find "%a")
  if number or not (is_figures or is_about_number(text) or is_piece(text, asked)) then
    moment, bad_time = find_time(chat, text, asked, previous)
  end
  if moment and is_no_wish(moment, text, asked) then moment = nil end
  local is_bad = bad_time and bad_time.kind ~= "not_found" and not is_tale(text, bad_time, asked)
  local why = is_bad and bad_time.message or nil
  if not moment and (is_anytime and not previous or words.meant(words.earliest, text)) then
    moment = find_time(chat, "as soon as possible", asked)
    moment.sure = false
  end
  if number or moment then
    local is_first_anger = words.meant(words.angry, text) and not chat.memory.sorry
    return { phone = number, time = moment, phones = numbers, angry = is_first_anger,
      form = form.is_filled(text, number, moment),
      aside = why or asides.find(chat, text) or is_first_anger and asides.sorry or nil }
  end
  local is_bad_number = bad_number.kind ~= "not_found" and is_number(text, asked)
  if is_bad_number and (asked == "phone" or not why) then why = bad_number.message end
  if why then return nil, why end
  return read_words(chat, text, asked)
end

return reading
