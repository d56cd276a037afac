-- flows/parse/time.lua - finds the time for a call in what a visitor writes.
--
--   local time = require "parse.time"
--   local found, err = time.find("tomorrow at 3", context)
--   local list = time.find_all(text, context)     the one that is meant most likely first
--   time.text(found.value)      -> "Thursday 6 March at 3:00 PM EST"
--   time.assumption("half")     -> "no AM or PM was given"
--
-- context: now (Unix seconds), zone (IANA name, the visitor's), region ("US": month before day,
-- others day before month), hours (opening hours as hours.read gives them, or nil), hours_zone
-- (whose clocks they are of, if not the visitor's; what "your time" means), asked ("time", "both":
-- the bot has just asked, so a lone "3" is a time), previous (the result agreed on so far: "make it
-- 5" changes its hour, "friday instead" its day, "an hour later" counts from it).
--
-- A result is plain data:
--   value     { at, zone, precision, from, to, part, soon, readings, said_zone }
--               at         Unix seconds, never before now
--               zone       the visitor's zone, in which time.text() shows it
--               precision  "minute" | "hour" | "part-of-day" | "day"
--               from, to   for a part of a day or a day: any moment in [from, to) was meant
--               part       the part of the day, "late morning" (see words_parts.lua)
--               soon       "as soon as possible" was said
--               said_zone  the zone that was named ("3pm London time"), if it is another
--               readings   two moments, the likely one first, when it is not clear which was meant
--   from, to  first and last byte of it in the text
--   sure      false: ask before relying on it
--   unread    texts beside it that look like part of a time and were not understood: none, if sure
--   assumed   what was filled in, in words that time.assumption() explains
--   closed    where opening hours are given and it is outside them: the next open moment
--
-- Else nil, { kind, reason, message, unread }: kind "not_found" (no time in it), "invalid" (a time
-- that is over or does not exist) or "unclear"; the message can be shown to a visitor.

local lpeg = require "lpeg"
local calendar = require "parse.calendar"
local choose = require "parse.time_choose"
local combine = require "parse.time_combine"
local grammar = require "parse.time_grammar"
local hint = require "parse.hint"
local kinds = require("parse.lexer").kinds
local languages = require "parse.languages"
local opening = require "parse.hours"
local phone = require "parse.phone"
local read = require "parse.time_read"
local resolve = require "parse.time_resolve"
local resolve_date = require "parse.time_date"
local plain_text = require "parse.text"
local unread = require "parse.time_unread"
local zones = require "parse.zones"

local match, sub = lpeg.match, string.sub

local time = {}

local MOST = 16            -- times of one message in find_all

local MESSAGES = {
  nothing = { "not_found", "I found no time in that. Something like \"tomorrow at 3 pm\" helps." },
  past = { "invalid", "That time is over." },
  impossible = { "invalid", "That date does not exist." },
  invalid = { "invalid", "There is no such time of day." },
  vague = { "unclear", "Please name a day and a time." },
}

local function failure(reason, message)
  local entry = MESSAGES[reason]
  return { kind = entry[1], reason = reason, message = message or entry[2] }
end

local MONTHS = { "January", "February", "March", "April", "May", "June", "July", "August",
  "September",
  "October", "November", "December" }
local WEEKDAYS = { "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday" }

local function impossible_message(found)
  local date = found.date
  if date and date.how == "month_day" and MONTHS[date.month] then
    local year = date.year and " " .. date.year or ""
    return ("%d %s%s does not exist."):format(date.day, MONTHS[date.month], year)
  end
end

-- Reading -----------------------------------------------------------------------------------------

local function scene_of(context)
  local zone = clock.zone(context.zone) or "UTC"
  local now = math.floor(context.now)
  local f = clock.fields(now, zone)
  local scene = { now = now, zone = zone, region = context.region, hours = context.hours,
    hours_zone = clock.zone(context.hours_zone) or zone, year = f.year,
    today = calendar.days(f.year, f.month, f.day) }
  local previous = context.previous and context.previous.value
  if previous then
    local p = clock.fields(previous.at, zone)
    scene.day = calendar.days(p.year, p.month, p.day)
    scene.base = previous.at
    if previous.precision ~= "day" then scene.like = p.hour * 60 + p.min end
    scene.second = p.sec
  end
  return scene
end

-- Where no time was asked for, none is made of these alone: "it says error 4012".
local barren = lpeg.P(false)
for name in ("unknown filler label phone newline int long big number tens"):gmatch "%S+" do
  barren = barren + kinds[name]
end
barren = (barren + lpeg.S ".,!?'\"#") ^ 0 * -1

local function read_pieces(text, language, is_asked)
  local tokens = language.read(text)
  local pieces = {}
  if not is_asked and match(barren, tokens.kinds) then return pieces, tokens end
  for _, atom in ipairs(match(grammar, tokens.kinds)) do
    local piece = read(atom, tokens)
    if piece then pieces[#pieces + 1] = piece end
  end
  return pieces, tokens
end

local function put_together(tokens, pieces, context, scene)
  function tokens.fits(date, weekday)
    local day = resolve_date(date, scene.today, scene.region)
    return day and calendar.weekday(day) == weekday
  end
  local asked = context.previous and "time" or context.asked
  tokens.year = scene.year
  local times, read_ones = combine(tokens, pieces, asked)
  return choose(times), unread(tokens, read_ones)
end

-- What was left unread, as the visitor wrote it.
local function texts_of(runs, text, tokens, origin)
  local list = {}
  for i, run in ipairs(runs) do
    list[i] = sub(text, origin(tokens.from[run.first]), origin(tokens.to[run.last - 1] + 1) - 1)
  end
  return list
end

-- Those that say more come first: an hour that words of a wish lead to, then a day with its hour,
-- what came in passing, choices. Of two that say as much nobody knows which is meant: true.
local function best_first(times)
  for i, found in ipairs(times) do
    local says = (found.called and (found.clock or found.moment) and 2 or 0)
      + (found.date and (found.clock or found.part) and 1 or 0)
    found.rank = ((found.choice or found.past) and -1 or says) - i / 1000
  end
  table.sort(times, function(a, b) return a.rank > b.rank end)
  local best, rival = times[1], times[2]
  return rival and not rival.choice and not rival.past and best.rank - rival.rank < 0.5
end

-- What the visitor left out is as it was agreed on before.
local function fill_from_previous(found, scene)
  if not scene.base or found.moment or found.clock or found.part then return end
  if found.date and scene.like then
    found.clock = { slot = "clock", minute = scene.like, second = scene.second, known = true }
  end
end

-- The zone that the visitor named, where it is another than theirs.
local function said_zone(found, scene)
  local zone = found.zone and found.zone.zone
  return type(zone) == "string" and zone ~= scene.zone and zone or nil
end

local function finish(found, scene, tokens, origin, left)
  fill_from_previous(found, scene)
  local result, reason = resolve(found, scene)
  if not result then
    return nil, failure(reason, reason == "impossible" and impossible_message(found))
  end
  local readings
  if #result.others > 0 then readings = { result.at, result.others[1] } end
  local value = { at = result.at, zone = scene.zone, precision = result.precision,
    from = result.from,
    to = result.to, part = result.part, soon = result.soon, readings = readings,
    said_zone = said_zone(found, scene) }
  if found.doubted then result.assumed[#result.assumed + 1] = "told" end
  if #left > 0 then result.assumed[#result.assumed + 1] = "unread" end
  local answer = {
    value = value,
    sure = not readings and not result.unsure and not found.doubted and #left == 0,
    assumed = result.assumed, unread = left,
    from = origin(tokens.from[found.first]), to = origin(tokens.to[found.last - 1] + 1) - 1,
  }
  if scene.hours and not opening.is_open(scene.hours, value.at, scene.hours_zone) then
    answer.closed = opening.next(scene.hours, value.at, scene.hours_zone)
  end
  return answer
end

-- Two times, and no word that says which of them is meant.
local function leave_open(answer, rival)
  if answer.value.at == rival.value.at then return end
  answer.value.readings, answer.sure = { answer.value.at, rival.value.at }, false
  answer.assumed[#answer.assumed + 1] = "two"
end

local function all(text, context, most)
  local plain, origin = plain_text.read(text)
  local is_asked = context.asked or context.previous
  if not is_asked and not hint.of_time(plain) then return {} end
  -- the figures of phone numbers are no times
  local blanked = phone.blank(plain, context)
  if blanked ~= plain and not is_asked and not hint.of_time(blanked) then return {} end
  local pieces, tokens = read_pieces(blanked, languages.of(plain), is_asked)
  if #pieces == 0 then return {} end
  local scene = scene_of(context)
  local times, left = put_together(tokens, pieces, context, scene)
  left = texts_of(left, text, tokens, origin)
  local list, first_failure = {}, nil
  local has_rival = best_first(times)
  for i, found in ipairs(times) do
    local answer, err = finish(found, scene, tokens, origin, left)
    if answer then
      list[#list + 1] = answer
      if i == 2 and has_rival and list[2] then leave_open(list[1], answer) end
      if #list >= most and not (i == 1 and has_rival) then break end
    else
      first_failure = first_failure or err
    end
  end
  return list, first_failure, left
end

function time.find_all(text, context)
  return (all(text, context, MOST))
end

function time.find(text, context)
  local list, err, left = all(text, context, 1)
  if list[1] then return list[1] end
  err = err or failure "nothing"
  err.unread = left or {}
  return nil, err
end

-- Showing -----------------------------------------------------------------------------------------

local ASSUMPTIONS = {
  half = "no AM or PM was given",
  hours = "only one of AM and PM lies in the opening hours",
  day = "no day was given or it is over today, so the next time it comes",
  year = "no year was given, so the next such date",
  order = "the order of day and month is the one used in the visitor's country",
  weekday = "the weekday does not fit the date, so the date counts",
  far = "the next such day, which is months ahead",
  week = "\"next\" was taken as the week after this one",
  part = "an hour was chosen for the part of the day",
  minutes = "no unit was given, so minutes",
  start = "the start of the span",
  after = "the first moment of \"after\"",
  before = "some time before the hour named",
  by = "the hour named as the latest",
  previous = "AM or PM as agreed on before",
  gap = "the clocks skip that hour, so it was moved on",
  fold = "the clocks show that hour twice, so the first one",
  told = "the time told is the one wished for",
  two = "of two times the first",
  unread = "what was not understood changes nothing",
}

-- What an entry of `assumed` means, for people.
function time.assumption(key)
  return ASSUMPTIONS[key]
end

-- "IST" where everybody reads it as this offset, else "GMT+5:45".
local function zone_text(f, at)
  local known = zones.letters[f.abbreviation:lower()]
  if type(known) == "string" then known = clock.fields(at, known).offset end
  if known == f.offset and f.abbreviation:find "^%u+$" then return f.abbreviation end
  local minutes = math.abs(f.offset) // 60
  return ("GMT%s%d%s"):format(f.offset < 0 and "-" or "+", minutes // 60,
    minutes % 60 ~= 0 and (":%02d"):format(minutes % 60) or "")
end

local FAR = 300 * 86400     -- seconds from now from which on a date gets its year

-- A time as a visitor reads it back: "Tuesday 3 March at 3:00 PM IST". A day without an hour shows
-- none. context (may be nil): zone, to show it in another zone; now, so that a far date gets its
-- year.
function time.text(value, context)
  if value.soon then return "as soon as possible" end
  local zone = context and clock.zone(context.zone) or value.zone
  local f = clock.fields(value.at, zone)
  local date = ("%s %d %s"):format(WEEKDAYS[f.wday], f.day, MONTHS[f.month])
  if context and context.now and value.at - context.now > FAR then date = date .. " " .. f.year end
  if value.precision == "day" then return date end
  local hour = ("%d:%02d%s %s %s"):format((f.hour - 1) % 12 + 1, f.min,
    f.sec > 0 and (":%02d"):format(f.sec) or "", f.hour < 12 and "AM"
      or "PM", zone_text(f, value.at))
  return date .. (value.precision == "part-of-day" and ", about " or " at ") .. hour
end

return time
