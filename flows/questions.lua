-- flows/questions.lua - what the bot asks while a call is being arranged. A wish is what agree.lua
-- says it is.
--
--   questions.missing(chat, wish, part, is_again) -> text, card   asks for "phone", "time", "both"
--   questions.settling(chat, wish) -> { text, buttons... }, { [button] = moment }
--   questions.call(chat, wish)     -> "+1 415 555 2671 on Friday 6 March at 3:00 PM EST"
local asides = require "asides"
local examples = require "examples"
local phone = require "parse.phone"
local reading = require "reading"
local when = require "when"

local questions = { YES = "Yes, please", OTHER = "Change it", KEEP = "Keep it as it was" }

function questions.number(number)
  local text = phone.text(number.value)
  return number.ext and text .. " ext. " .. number.ext or text
end

function questions.call(chat, wish)
  return questions.number(wish.phone) .. " " .. when.text(wish.time.value, chat.message.at)
end

-- Asking for what is missing ----------------------------------------------------------------------

local function ask_phone(chat, wish)
  local time = wish.time
  local is_open = time and not time.closed and not time.value.readings
  local moment = is_open and " " .. when.loosely(time.value, chat.message.at) or ""
  return "Which number shall we call" .. moment .. "? For example: " .. examples.number(chat)
    .. "."
end

-- side: "earlier", "later" or nil.
local function ask_hour(chat, time, side)
  local day, example = when.day(time.value), examples.hour(chat, time, side)
  if example then return ("What time suits you on %s? For example: %s."):format(day, example) end
  return ("We have nothing %s on %s. What other time suits you? For example: %s."):format(side, day,
    examples.time(chat))
end

-- wish.part is the half of the time that shall be different, wish.old the time that it was.
local function ask_time(chat, wish)
  local number = questions.number(wish.phone)
  if wish.part == "day" then
    return ("Which day suits you? For example: %s."):format(examples.day(chat, wish.old))
  elseif wish.part == "hour" and not wish.old.value.soon then
    return ask_hour(chat, wish.old, wish.side)
  end
  local text = ("What is a good time to call %s? For example: %s."):format(number,
    examples.time(chat))
  return wish.known and text .. " You can also send another number." or text
end

local function ask_both(chat, is_again)
  local text = is_again and "Which number shall we call, and when? For example: "
    or "Please share your phone number and a good time for the call, for example: "
  return text .. examples.number(chat) .. ", " .. examples.time(chat) .. "."
end

-- SalesIQ's own cards, where the channel shows them. What is typed is understood everywhere.
local CARDS = {
  phone = { type = "tel", placeholder = "Your phone number" },
  time = { type = "calendar", time = true, from = "+0", to = "+60" },
}

local function has_cards(chat)
  local channel = tostring(chat.visitor.channel):lower()
  return channel == "website" or channel == "mobile app"
end

function questions.missing(chat, wish, part, is_again)
  local card = has_cards(chat) and not wish.known and CARDS[part] or nil
  if part == "both" then return ask_both(chat, is_again) end
  return part == "phone" and ask_phone(chat, wish) or ask_time(chat, wish), card
end

-- Settling ----------------------------------------------------------------------------------------

-- What makes us doubt: "Please add the area code.", "I did not understand \"9.13\"."
local function add_doubt(wish, text)
  local hint = not wish.phone.sure and wish.phone.hint
  local unread = wish.time.unread or {}
  if hint then text = text .. " " .. hint end
  if #unread == 0 then return text end
  return ("%s I did not understand \"%s\"."):format(text, table.concat(unread, "\", \""))
end

-- Two readings, of which one at least is open: both as buttons.
local function settle_readings(chat, wish)
  local value = wish.time.value
  local one, two = value.readings[1], value.readings[2]
  local first, second = when.short(one, value.zone), when.short(two, value.zone)
  local text = ("Shall we call %s %s?"):format(questions.number(wish.phone),
    when.either(value, chat.message.at))
  return { add_doubt(wish, text), first, second, questions.OTHER },
    { [first] = one, [second] = two }
end

local function settle_closed(chat, wish)
  local value, closed = wish.time.value, wish.time.closed
  local open = when.text({ at = closed, zone = value.zone, said_zone = value.said_zone },
    chat.message.at)
  local text = ("We are closed %s; our hours are %s. Shall we call %s %s instead?"):format(
    value.soon and "right now" or "at that time", asides.hours_text(chat),
    questions.number(wish.phone), open)
  return { add_doubt(wish, text), questions.YES, questions.OTHER }, { [questions.YES] = closed }
end

local function settle_wish(chat, wish)
  local value = wish.time.value
  local is_closed = wish.time.closed
  if value.readings then
    is_closed = is_closed and reading.closed(chat, value.readings[2])
    if not is_closed then return settle_readings(chat, wish) end
  end
  if is_closed then return settle_closed(chat, wish) end
  local text = "Shall we call " .. questions.call(chat, wish) .. "?"
  return { add_doubt(wish, text), questions.YES, questions.OTHER }, { [questions.YES] = value.at }
end

-- A call that stands already may also stay as it was.
function questions.settling(chat, wish)
  local step, picks = settle_wish(chat, wish)
  if wish.booked then step[#step + 1] = questions.KEEP end
  return step, picks
end

return questions
