-- flows/parse/time_unread.lua - what a reading left unread that looks like part of a time.
--
--   unread(tokens, pieces) -> list of { first, last (one past) }, the places of tokens
--
-- A time is only sure where nothing beside it is left over: a figure with dots, a day in another
-- language, a "not" that refused nothing. A piece explains its tokens where it went into a time
-- (`used`), or where it is known to be no wish (`tale`, slot "past"). What else is in the message,
-- plain words, counted things, labelled figures, makes nothing unsure.

local lexer = require "parse.lexer"

local kinds, set_of = lexer.kinds, lexer.set_of

-- These look like part of a time wherever they stand; those only beside what was read, or behind
-- it, and bare figures only right beside it.
local anywhere = set_of("odd zone_id clock bad_clock pair full_date iso_date decimal weekday day "
  .. "tonight noon holiday")
local beside = set_of "int long nth month before between not zone"
local behind = set_of "busy place"
-- What may stand between them and a piece, and how many of it.
local gap = set_of("at around on in the article from for this by filler time and plus or newline "
  .. ", - / @ ( ) : ; ' \"")
local WIDEST = 6
-- A figure before one of these counts something.
local figure = set_of "int long nth decimal"
local counted = set_of "unknown unit weeks years letter_unit label more some of $ % : '"
-- What a "not" or a "before" may speak of, what may stand before that, and what begins it.
local refuses = set_of "not between before to busy"
local thing = set_of "unknown engaged label phone or"
local before_thing = set_of("filler at around the article whose in of on to like more by for good "
  .. "same")
local begins = set_of "and plus newline , - ; : ("
local tells_why = set_of "filler engaged than not"

-- place -> "used" or, of what is no wish, "none"
local function explained_by(pieces)
  local explained = {}
  for _, piece in ipairs(pieces) do
    local is_none = piece.tale or piece.slot == "past"
    for place = piece.first, (piece.used or is_none) and piece.last - 1 or 0 do
      explained[place] = is_none and "none" or "used"
    end
  end
  return explained
end

local function is_beside(list, explained, place, step)
  local is_figure, is_refusal = figure[list[place]], step == 1 and refuses[list[place]]
  for at = place + step, place + step * WIDEST, step do
    local kind = list[at]
    if explained[at] == "used" then return true end
    if not gap[kind] or is_figure and kind == kinds.filler then return false end
    if is_refusal and begins[kind] then return false end              -- "I can't, tomorrow at 3"
  end
  return false
end

-- ", I can't talk long", "before I forget": of something else than the time.
local function is_of_else(tokens, place)
  local list, at, start = tokens.list, place + 1, place - 1
  if list[place] ~= kinds["not"] and tells_why[list[at]] then return true end
  -- "... 10am before that"
  if list[at] == kinds.the and not list[at + 1] then return true end
  while before_thing[list[at]] do at = at + 1 end
  while gap[list[start]] and not begins[list[start]] do start = start - 1 end
  -- "3 p.m. Do not text"
  local is_stop = start > 0 and tokens.text:sub(tokens.to[start], tokens.to[start]) == "."
  return thing[list[at]] and (is_stop or begins[list[start]]) or list[start] == kinds.before
end

-- "may" is no month by itself, and "my name is April", "thanks, Jan" say no month.
local function is_name(tokens, place)
  local list, before = tokens.list, place - 1
  if list[before] == "," then before = before - 1 end
  return tokens.words.homonyms[tokens.text:sub(tokens.from[place], tokens.to[place])]
    or list[before] == kinds.filler or list[before] == kinds.unknown
end

-- "27.5 o 13:30": one letter that nobody knows counts nothing.
local function is_small_word(tokens, place, explained)
  return tokens.list[place] == kinds.unknown and tokens.to[place] == tokens.from[place]
    and explained[place + 1] == "used"
end

local function is_left(tokens, explained, place)
  local list, kind, after = tokens.list, tokens.list[place], place + 1
  local counts = counted[list[after]] and explained[after] ~= "used"
    and not is_small_word(tokens, after, explained) or list[place - 1] == ":"
  if figure[kind] and counts then return false end
  if anywhere[kind] then return true end
  if kind == kinds.foreign then
    if list[after] == "-" then after = after + 1 end
    return explained[place - 1] == "used" or explained[after] == "used"
  end
  if kind == kinds.month and is_name(tokens, place)
      or refuses[kind] and is_of_else(tokens, place) then return false end
  -- "until" and not "to"
  local is_either = beside[kind] or tokens.value[place] == "until"
  return (is_either or behind[kind]) and is_beside(list, explained, place, -1)
    or is_either and is_beside(list, explained, place, 1)
end

-- Nothing else can be left.
local suspect = set_of "foreign to"
for _, set in ipairs { anywhere, beside, behind } do
  for kind in pairs(set) do suspect[kind] = true end
end

local function all_used(tokens, pieces)
  local count = 0
  for i = 1, #pieces do
    local piece = pieces[i]
    if piece.used then count = count + piece.last - piece.first end
  end
  return count == #tokens.list
end

return function(tokens, pieces)
  local left = {}
  if all_used(tokens, pieces) then return left end
  local list, explained = tokens.list, explained_by(pieces)
  for place = 1, #list do
    if suspect[list[place]] and not explained[place] and is_left(tokens, explained, place) then
      local run = left[#left]
      -- "12-15" is one
      if run and place - run.last <= 1 then run.last = place + 1
      else left[#left + 1] = { first = place, last = place + 1 } end
    end
  end
  return left
end
