-- flows/agree.lua - the talk about a phone number and a time, until both are certain.
--
--   local wish = agree.begin(chat, chat.memory.wish)
--   if not agree.until_certain(chat, wish) then return chat:hand_over() end
--
-- A wish is plain data, so that it can live in chat.memory and nothing has to be said twice:
--   phone, time   as reading.lua gives them
--   known         the number was not given for this call: it is from the visitor's profile, or from
--                 earlier in the chat
--   phones        two numbers, one of which is meant
--   old, part     the time that was, and its half that shall be different: "day" or "hour"
--   side          the new hour shall be "earlier" or "later"
--   old_phone     the number that was, while another one is asked for
--   booked        the call as it stands, where it is only moved: it may stay as it is
--   clear         both stand beyond doubt in a filled-in form: nothing is left to confirm
local booking = require "booking"
local choices = require "choices"
local examples = require "examples"
local files = require "files"
local goodbye = require "goodbye"
local phone = require "parse.phone"
local questions = require "questions"
local reading = require "reading"
local words = require "words"
local yes_no = require "parse.yes_no"

local ROUNDS = 12 -- messages about one call; after them a person helps
local REFUSALS = 2 -- "no" to a question for number or time; after them, too

local OTHER, KEEP = questions.OTHER, questions.KEEP

local INSTEAD = "What would you like instead? Send another time or number, for example: %s."
local IS_RIGHT = "Is that right? Please say yes, or what you would like instead, for example: %s."

local agree = { text = questions.call }

-- How a booked call stands: "We call +1 415 555 2671 on ...", or that it is not certain yet.
function agree.stands(chat, call)
  local text = booking.waits(chat, call)
    and "A call to %s is noted; a colleague still has to confirm it." or "We call %s."
  return text:format(agree.text(chat, call))
end

-- It stays as it was.
function agree.kept(chat, call)
  local stands = agree.stands(chat, call)
  return "Fine, " .. stands:sub(1, 1):lower() .. stands:sub(2)
end

-- What the messages said --------------------------------------------------------------------------

local function is_exact(time)
  local precision = time.value.precision
  return time.sure and not time.closed and (precision == "minute" or precision == "hour")
end

-- Below ten figures the area code of a number that is not certain is missing.
local function is_whole(number)
  return number.sure or #number.value >= 10
end

-- The time that a new one is said against: "make it 5" keeps its day.
local function previous(wish)
  return wish.time or wish.old
end

-- A time of which one moment was chosen.
local function settled(chat, time, at)
  local value = time.value
  return { value = { at = at, zone = value.zone, said_zone = value.said_zone,
      precision = "minute", soon = at == value.at and value.soon or nil },
    sure = true, closed = value.readings and reading.closed(chat, at) or nil }
end

-- Takes what was heard into the wish.
function agree.take(chat, wish, heard)
  local number, time = heard.phone, heard.time
  if heard.no_idea and not wish.time then
    local at, zone = examples.moment(chat)
    time = { value = { at = at, zone = zone, precision = "hour" }, sure = false }
  end
  wish.clear = heard.form and not wish.booked and not heard.phones and number.sure
    and is_exact(time) or nil
  if number then
    wish.phone, wish.phones, wish.known, wish.old_phone = number, heard.phones, nil, nil
  end
  if time then wish.time, wish.old, wish.part, wish.side = time, nil, nil, nil end
  if heard.same and wish.old_phone then wish.phone, wish.old_phone = wish.old_phone, nil end
end

-- Says what belongs before the next question.
local function answer_aside(chat, wish, heard)
  if heard.angry then chat.memory.sorry = true end
  if heard.aside then chat:say(heard.aside) end
  if heard.no_idea and not wish.time then chat:say("I suggest %s.", examples.time(chat)) end
end

-- A number that the visitor has sent earlier in this chat, or that SalesIQ knows.
local function known_phone(chat)
  local context = { region = chat.message.place.region }
  local talk = chat:transcript()
  for i = #talk, 1, -1 do
    local is_said = talk[i].who == "visitor" and not files.is_line(talk[i].text)
    local number = is_said and phone.find(talk[i].text, context)
    if number and number.sure then return number end
  end
  if type(chat.visitor.phone) ~= "string" then return nil end
  local number = phone.find(chat.visitor.phone, context)
  return number and number.sure and number or nil
end

-- What "same time" means in a chat whose last call is over.
local function time_before(chat, wish)
  local call = chat.memory.callback
  if previous(wish) or not call then return previous(wish) end
  return words.meant(words.same_time, chat.message.text) and call.time or nil
end

-- The wish in the message that led here and in what was said before (`kept`). Second value: what
-- was heard in that message, or nil.
function agree.begin(chat, kept)
  local wish = kept or {}
  wish.clear = nil
  local heard, why = reading.read(chat, chat.message.text, nil, time_before(chat, wish))
  if heard then
    answer_aside(chat, wish, { aside = heard.aside, angry = heard.angry })
    agree.take(chat, wish, { phone = heard.phone, phones = heard.phones, time = heard.time,
      form = heard.form })
  elseif why then
    chat:say(why)
  end
  if not wish.phone then
    wish.phone = known_phone(chat)
    wish.known = wish.phone and true or nil
  end
  return wish, heard
end

-- Asking for what is missing ----------------------------------------------------------------------

-- Which part is missing. A time that is over by now is as good as none, and "as soon as possible"
-- is always now.
local function missing(chat, wish)
  local value, now = wish.time and wish.time.value, chat.message.at
  if value and value.soon then
    wish.time.closed = reading.closed(chat, now)
  elseif value and value.at <= now then
    wish.time = nil
  end
  if not wish.phone then return wish.time and "phone" or "both" end
  return not wish.time and "time" or nil
end

agree.missing = missing

-- The whole number, where a message gives the area code that it lacks.
local function completed(chat, wish, said)
  if not wish.phone or is_whole(wish.phone) then return nil end
  local area = said:match "^%D*(%d%d%d?%d?%d?)%D*$"
  if not area or said:find "%a" and not words.meant(words.area, said) then return nil end
  local found = phone.find(area .. " " .. wish.phone.value,
    { region = chat.message.place.region, asked = "phone" })
  return found and found.sure and { phone = found } or nil
end

-- Which of two readings "pm" means, while something else is asked for.
local function reading_meant(chat, wish, said)
  local value = wish.time and wish.time.value
  if not (value and value.readings) then return nil end
  local picks = { one = value.readings[1], two = value.readings[2] }
  local at = picks[choices.moment(said, { "", "one", "two" }, picks, value.zone)]
  return at and { time = settled(chat, wish.time, at) }
end

-- short: the question where it is asked again.
local function ask(chat, wish, part, text, card, short)
  return chat:ask {
    text,
    input = card,
    again = "Sorry, I did not get that. " .. short,
    find = function(said)
      if goodbye.is_said(said) then chat:continue "small_talk" end -- also "ok, bye": no yes to that
      if wish.booked and words.meant(words.keep, said) then return { answer = "keep" } end
      local heard, why = reading.read(chat, said, part, previous(wish))
      heard = heard or reading_meant(chat, wish, said)
      if heard then return heard end
      return nil, why and { kind = "invalid", message = why .. " " .. short }
    end,
  }
end

-- Nothing suits: the visitor may want no call at all.
local function show_ways_out(chat, wish)
  wish.refused = (wish.refused or 0) + 1
  chat:say "No problem. If you want no call, say \"cancel\"; to write with a person, say \"agent\"."
end

-- "No" to a question for the number or the time.
local function refuse(chat, wish)
  if words.meant(words.parts, chat.message.text) then
    return -- "time?" asks what is wanted
  elseif wish.old then
    wish.time, wish.old, wish.part, wish.side = wish.old, nil, nil, nil
    return
  elseif wish.old_phone then
    wish.phone, wish.old_phone = wish.old_phone, nil
    return
  elseif wish.known then
    wish.phone, wish.known = nil, nil
    return
  end
  show_ways_out(chat, wish)
end

-- The visitor gave two numbers: which one? False when a person should help.
local function choose_phone(chat, wish)
  local phones = wish.phones
  wish.phones = nil
  local one, two = questions.number(phones[1]), questions.number(phones[2])
  local heard = chat:choose {
    ("Which number shall we call: %s or %s?"):format(one, two), one, two,
    again = "Please choose one of the two, or send another number.",
    find = function(said)
      local number = choices.number(phones, said)
      if number then return { phone = number } end
      local found = reading.read(chat, said, "both", previous(wish))
      if not found then return nil end
      if found.phone or found.time or found.aside or found.answer == "no" then return found end
      return { phone = phones[1] } -- "yes", "you choose": the first one
    end,
  }
  if not heard then return false end
  if type(heard) == "string" then heard = { phone = heard == one and phones[1] or phones[2] } end
  answer_aside(chat, wish, heard)
  agree.take(chat, wish, heard)
  if heard.answer == "no" then
    wish.phone = nil -- neither: the number is asked for
  elseif not heard.phone then
    wish.phones = phones -- is asked again
  end
  return true
end

-- The call shall stay as it was booked.
local function restore(wish)
  wish.phone, wish.time, wish.old, wish.part = wish.booked.phone, wish.booked.time, nil, nil
  wish.old_phone, wish.side = nil, nil
end

-- Asks for a part. False when a person should help.
local function ask_missing(chat, wish, part, is_again)
  if (wish.refused or 0) >= REFUSALS then return false end
  local short, card = questions.missing(chat, wish, part, true)
  local text = is_again and short or questions.missing(chat, wish, part)
  local heard = ask(chat, wish, part, text, card, short)
  if not heard then return false end
  answer_aside(chat, wish, heard)
  agree.take(chat, wish, heard)
  if heard.answer == "keep" then restore(wish) end
  if heard.answer == "no" and not agree.forget(chat, wish) then refuse(chat, wish) end
  return true
end

-- Asks until number and time are there. False when a person should help.
local function fill(chat, wish)
  local asked
  for _ = 1, ROUNDS do
    if wish.phones then
      if not choose_phone(chat, wish) then return false end
    else
      local part = missing(chat, wish)
      if not part then return true end
      if not ask_missing(chat, wish, part, part == asked) then return false end
      asked = part
    end
  end
  return not (wish.phones or missing(chat, wish))
end

-- Which part of the call a message is about: "number", "day", "hour", or nil. What stands behind
-- "but" or "wrong" counts more: "right number, wrong day".
local function part_of(text)
  for _, piece in ipairs { words.behind(words.reservation, text), text } do
    for _, part in ipairs { "number", "day", "hour" } do
      if words.meant(words[part], piece) then return part end
    end
  end
end

local function side_of(text)
  if words.meant(words.earlier, text) then return "earlier" end
  return words.meant(words.later, text) and "later" or nil
end

-- Forgets the part that the visitor wants otherwise: "use my other number", "not on friday". The
-- rest stays: a new hour is one of the same day.
function agree.forget(chat, wish)
  local part = part_of(chat.message.text)
  if part == "number" and wish.phone then
    wish.old_phone, wish.phone, wish.known = wish.phone, nil, nil
    return true
  elseif (part == "day" or part == "hour") and previous(wish) then
    wish.old, wish.time, wish.part = previous(wish), nil, part
    wish.side = part == "hour" and side_of(chat.message.text) or nil
    return true
  end
  return false
end

-- The visitor wants it otherwise: finds out what. False when a person should help.
function agree.change(chat, wish)
  if agree.forget(chat, wish) then return true end
  local text = INSTEAD:format(examples.hour(chat, wish.time))
  local heard = ask(chat, wish, "time", text, nil, text)
  if not heard then return false end
  answer_aside(chat, wish, heard)
  agree.take(chat, wish, heard)
  if heard.phone or heard.time or agree.forget(chat, wish) then return true end
  if heard.answer == "no" and not wish.booked then show_ways_out(chat, wish) end
  return (wish.refused or 0) < REFUSALS
end

-- Agreeing ----------------------------------------------------------------------------------------

-- Whether a message takes the time that it names: "today or tomorrow?", "maybe tomorrow" and "see
-- you tomorrow" do not.
local function takes(said, time)
  if not time.from then return true end -- a click on the calendar
  local beside = said:sub(1, time.from - 1) .. " , " .. said:sub(time.to + 1)
  return not yes_no.is_limited(said) and yes_no.accepts(beside)
end

-- Reads an answer to the question: what was heard, with `choice`, the button that it means.
local function understand(chat, wish, step, picks)
  local value = wish.time.value
  return function(said)
    local label = picks[step[3]] and choices.moment(said, step, picks, value.zone)
    if label then return { choice = label } end
    if wish.booked and words.meant(words.keep, said) then return { choice = KEEP } end
    local whole = completed(chat, wish, said)
    if whole then return whole end
    local heard, why = reading.read(chat, said, "time", wish.time)
    if not heard and not why and part_of(said) == "number" then return { choice = OTHER } end
    if not heard or heard.no_idea then
      step.again = why and why .. " " .. step[1]
        or IS_RIGHT:format(examples.hour(chat, wish.time))
      return nil
    end
    -- Yes to two readings means the one that was asked about first.
    if heard.answer == "yes" then heard.choice = step[2] end
    if heard.answer == "no" then heard.choice = OTHER end
    local meant = choices.same_moment(heard, step, picks)
    if not meant and (wish.time.closed or value.readings) then
      meant = choices.day(said, heard, step, picks, value.zone)
    end
    if not meant then return heard end
    if takes(said, heard.time) then
      heard.choice = heard.choice or meant
    else
      heard.time = settled(chat, wish.time, picks[meant])
    end
    return heard
  end
end

-- Shows number and time and takes the answer: "agreed", "again", "kept"; nil for a person.
local function show(chat, wish)
  local step, picks = questions.settling(chat, wish)
  step.find = understand(chat, wish, step, picks)
  local heard = chat:choose(step)
  if not heard then return nil end
  if type(heard) == "string" then heard = { choice = heard } end
  answer_aside(chat, wish, heard)
  local at = picks[heard.choice]
  if heard.choice == KEEP then
    return "kept"
  elseif at then
    wish.time = settled(chat, wish.time, at)
    if missing(chat, wish) then
      chat:say "That time is over by now."
      return "again"
    end
    return wish.time.closed and "again" or "agreed"
  elseif heard.choice == OTHER then
    return agree.change(chat, wish) and "again" or nil
  end
  agree.take(chat, wish, heard)
  return "again"
end

local function is_as_booked(wish)
  local call = wish.booked
  return wish.phone.value == call.phone.value and wish.phone.ext == call.phone.ext
    and wish.time.value.at == call.time.value.at and not wish.time.value.readings
end

-- Asks for what is missing, then shows number and time, again after each change, until the visitor
-- agrees. False when a person should help; false, true when a booked call shall stay as it was.
function agree.until_certain(chat, wish)
  for _ = 1, ROUNDS do
    if not fill(chat, wish) then return false end
    if wish.clear then return true end
    if wish.booked and is_as_booked(wish) then return false, true end
    local outcome = show(chat, wish)
    if outcome ~= "again" then return outcome == "agreed", outcome == "kept" end
  end
  return false
end

return agree
