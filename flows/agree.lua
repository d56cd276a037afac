-- flows/agree.lua - the talk about a phone number and a time, until both are certain.
--
--   local wish = agree.begin(chat, chat.memory.wish)
--   if not agree.until_certain(chat, wish) then return chat:hand_over() end
--
-- A wish is plain data, so that it can live in chat.memory and nothing has to be said twice:
--   phone, time   as reading.lua gives them
--   known         the number is from the visitor's profile
--   clear         both were given beyond doubt in one message: nothing is left to confirm
local phone = require "parse.phone"
local reading = require "reading"
local when = require "when"

local ROUNDS = 12 -- messages about one call; after them a person helps

local YES, OTHER = "Yes, please", "Change it"

local agree = {}

-- What the messages said --------------------------------------------------------------------------

local function is_exact(time)
  local precision = time.value.precision
  return time.sure and not time.closed and (precision == "minute" or precision == "hour")
end

-- A number without its country code is dialled as it is; below ten figures the area code is
-- missing.
local function is_whole(number)
  return number.sure or #number.value >= 10
end

-- Takes what was heard into the wish.
function agree.take(wish, heard)
  local number, time = heard.phone, heard.time
  wish.clear = number and time and is_whole(number) and is_exact(time) or nil
  if number then wish.phone, wish.known = number, nil end
  wish.time = time or wish.time
end

-- The wish in the message that led here and in what was said before (`kept`); else with the number
-- of the visitor's profile.
function agree.begin(chat, kept)
  local wish = kept or {}
  wish.clear = nil
  local heard, why = reading.read(chat, chat.message.text, nil, wish.time)
  if heard then agree.take(wish, heard) end
  chat:say(why or heard and heard.aside or "")
  if not wish.phone and type(chat.visitor.phone) == "string" then
    local number = phone.find(chat.visitor.phone, { region = chat.message.place.region })
    if number and number.sure then wish.phone, wish.known = number, true end
  end
  return wish
end

function agree.number(wish)
  local number = phone.text(wish.phone.value)
  return wish.phone.ext and number .. " ext. " .. wish.phone.ext or number
end

-- "+1 415 555 2671 on Friday 6 March at 3:00 PM (New York time)"
function agree.text(chat, wish)
  return agree.number(wish) .. " " .. when.text(wish.time.value, chat.message.at)
end

-- Asking for what is missing ----------------------------------------------------------------------

-- Which part is missing. A time that is over by now is as good as none.
local function missing(chat, wish)
  local value = wish.time and wish.time.value
  if value and not value.soon and value.at <= chat.message.at then wish.time = nil end
  if not wish.phone then return wish.time and "phone" or "both" end
  return not wish.time and "time" or nil
end

local function question(wish, part)
  if part == "both" then
    return "Please share your phone number and a good time for the call, for example: "
      .. "+1 415 555 2671, tomorrow at 3 PM."
  elseif part == "phone" then
    return "Which phone number shall we call? Please send it with its area code."
  end
  local text = "What is a good time for the call? For example: tomorrow at 3 PM."
  if not wish.known then return text end
  return text .. " I have your phone number as " .. agree.number(wish)
    .. "; send another one if you like."
end

-- SalesIQ's own cards, where the channel shows them. What is typed is understood everywhere.
local CARDS = {
  phone = { type = "tel", placeholder = "Your phone number" },
  time = { type = "calendar", time = true, from = "+0", to = "+60" },
}

local function card(chat, wish, part)
  local channel = tostring(chat.visitor.channel):lower()
  local has_cards = channel == "website" or channel == "mobile app"
  return has_cards and missing(chat, wish) == part and not wish.known and CARDS[part] or nil
end

local function ask(chat, wish, part, text)
  return chat:ask {
    text,
    input = card(chat, wish, part),
    again = "Sorry, I did not get that. " .. text,
    find = function(said)
      local heard, why = reading.read(chat, said, part, wish.time)
      if heard then return heard end
      return nil, why and { kind = "invalid", message = why .. " " .. text }
    end,
  }
end

local function fill(chat, wish)
  for _ = 1, ROUNDS do
    local part = missing(chat, wish)
    if not part then return true end
    local heard = ask(chat, wish, part, question(wish, part))
    if not heard then return false end
    if heard.aside then chat:say(heard.aside) end
    if heard.answer == "no" and wish.known then wish.phone, wish.known = nil, nil end
    agree.take(wish, heard)
  end
  return false
end

-- Forgets the part that the visitor wants otherwise: "use my other number", "not a good time".
local function forget(chat, wish)
  local said = chat.message.text:lower()
  if said:find "number" or said:find "phone" then
    wish.phone, wish.known = nil, nil
  elseif said:find "time" or said:find "day" or said:find "date" or said:find "hour" then
    wish.time = nil
  else
    return false
  end
  return true
end

-- The visitor wants it otherwise: finds out what. False when a person should help.
function agree.change(chat, wish)
  if forget(chat, wish) then return true end
  local heard = ask(chat, wish, "time", "What shall I change? Send another time or phone number.")
  if not heard then return false end
  if heard.aside then chat:say(heard.aside) end
  if not (heard.phone or heard.time) then forget(chat, wish) end
  agree.take(wish, heard)
  return true
end

-- Agreeing ----------------------------------------------------------------------------------------

-- The question that settles the wish, and which moment each of its buttons means.
local function settling(chat, wish)
  local value, closed = wish.time.value, wish.time.closed
  local call = "Shall we call " .. agree.text(chat, wish)
  if value.readings then
    local one, two = value.readings[1], value.readings[2]
    local first, second = when.short(one, value.zone), when.short(two, value.zone)
    return { ("%s, or did you mean %s?"):format(call, second), first, second, OTHER },
      { [first] = one, [second] = two }
  elseif closed then
    local open = when.text({ at = closed, zone = value.zone }, chat.message.at)
    return { ("We are closed %s. Shall we call %s %s instead?"):format(
      value.soon and "right now" or "at that time", agree.number(wish), open), YES, OTHER },
      { [YES] = closed }
  end
  local hint = not wish.phone.sure and wish.phone.hint
  return { hint and call .. "? " .. hint or call .. "?", YES, OTHER }, { [YES] = value.at }
end

-- Which of two moments "the second", "pm" or "in the morning" means.
local function pick(said, step, picks, zone)
  local text = " " .. said:lower():gsub("[^%w]+", " ") .. " "
  if text:find " first " then return step[2] end
  if text:find " second " then return step[3] end
  local is_am = text:find " am " or text:find " morning "
  local is_pm = text:find " pm " or text:find " afternoon " or text:find " evening "
  if (is_am and is_pm) or not (is_am or is_pm) then return nil end
  for i = 2, 3 do
    local hour = clock.fields(math.floor(picks[step[i]]), zone).hour
    if (hour < 12) == (is_am ~= nil) then return step[i] end
  end
end

-- Reads an answer to the question: the label that it means, or what was heard.
local function understand(chat, wish, step, picks)
  local value = wish.time.value
  return function(said)
    local label = value.readings and pick(said, step, picks, value.zone)
    if label then return label end
    local heard = reading.read(chat, said, "time", wish.time)
    if not heard then return nil end
    -- Yes to two readings means the one that was asked about first.
    if heard.answer == "yes" then return picks[YES] and YES or step[2] end
    if heard.answer == "no" then return OTHER end
    local is_same = heard.time and not heard.phone and heard.time.value.at == value.at
    return is_same and picks[YES] and YES or heard
  end
end

local function settle(chat, wish, at)
  local value = wish.time.value
  local had_readings = value.readings
  wish.time = { value = { at = at, zone = value.zone, precision = "minute",
      soon = at == value.at and value.soon or nil },
    sure = true, closed = had_readings and reading.closed(chat, at) or nil }
  return not wish.time.closed
end

-- Asks for what is missing, then shows number and time, again after each change, until the visitor
-- agrees. False when a person should help.
function agree.until_certain(chat, wish)
  for _ = 1, ROUNDS do
    if not fill(chat, wish) then return false end
    if wish.clear then return true end
    local step, picks = settling(chat, wish)
    step.find = understand(chat, wish, step, picks)
    step.again = "Please say yes, or tell me what to change."
    local heard = chat:choose(step)
    if not heard then return false end
    if picks[heard] then
      if settle(chat, wish, picks[heard]) and not missing(chat, wish) then return true end
    elseif heard == OTHER then
      if not agree.change(chat, wish) then return false end
    else
      if heard.aside then chat:say(heard.aside) end
      agree.take(wish, heard)
    end
    wish.clear = nil -- what was changed is shown once more
  end
  return false
end

return agree
