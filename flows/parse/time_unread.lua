-- flows/parse/time_unread.lua - what a reading left unread that looks like part of a time.
--
--   unread(tokens, pieces) -> list of { first, last (one past) }, the places of tokens
--
-- A time is only sure where nothing beside it is left over: a figure with dots, a day in another
-- language, a "not" that refused nothing. A piece explains its tokens where it went into a time
-- (`used`), or where it is known to be no wish (`tale`, slot "past"). What else is in the message,
-- plain words, counted things, labelled figures, makes nothing unsure.

local kinds = require("parse.lexer").kinds

local function set_of(names)
  local set = {}
  for name in names:gmatch "%S+" do set[kinds[name] or name] = true end
  return set
end

-- These look like part of a time wherever they stand; those only beside what was read, and bare
-- figures only right beside it.
local anywhere = set_of("odd zone_id clock bad_clock pair full_date iso_date decimal weekday day "
  .. "tonight noon holiday")
local beside = set_of "int long nth month before between not busy zone place"
-- What may stand between them and a piece, and how many of it.
local gap = set_of("at around on in the article from for this by filler time and plus or newline "
  .. ", - / @ ( ) : ; ' \"")
local WIDEST = 6
-- A figure before one of these counts something.
local figure = set_of "int long nth decimal"
local counted = set_of "unknown unit weeks years letter_unit label more some of $ % : '"
-- What a "not" or a "before" may speak of, and what may stand before that; marks that begin it.
local other_thing = set_of "unknown engaged label phone"
local before_thing = set_of("filler at around the article whose in of on to like more by for good "
  .. "same")
-- What tells why.
local tells = set_of "filler engaged than"
local apart = set_of "and plus newline , - ; : ("
local behind_only = set_of "busy place"
local refuses = set_of "not between before to busy"

local function explained_by(pieces)
  local explained, used = {}, {}
  for _, piece in ipairs(pieces) do
    local is_none = piece.tale or piece.slot == "past"
    if piece.used or is_none then
      for place = piece.first, piece.last - 1 do
        explained[place], used[place] = true, not is_none
      end
    end
  end
  return explained, used
end

local function is_beside(list, used, place, step)
  local is_figure = figure[list[place]]
  for distance = 1, WIDEST do
    local at = place + step * distance
    local kind = list[at]
    if used[at] then return true end
    if not gap[kind] or is_figure and kind == kinds.filler then return false end
  end
  return false
end

-- ", I can't talk long", "before I forget": of something else than the time.
local function is_of_else(tokens, place)
  local list = tokens.list
  local kind, at, start = list[place], place + 1, place - 1
  if kind == kinds.busy then return list[at] == kinds.filler end
  if kind ~= kinds["not"] and tells[list[at]] then return true end
  while before_thing[list[at]] do at = at + 1 end
  while gap[list[start]] and not apart[list[start]] do start = start - 1 end
  -- "3 p.m. Do not text"
  local is_apart = apart[list[start]] or start > 0 and tokens.text:byte(tokens.to[start]) == 46
  return other_thing[list[at]] and is_apart
end

-- "may" is no month by itself, and "my name is April" says no month.
local function is_name(tokens, place)
  local word, before = tokens.text:sub(tokens.from[place], tokens.to[place]), tokens.list[place - 1]
  if before == "," then before = tokens.list[place - 2] end
  return tokens.words.homonyms[word] or before == kinds.filler or before == kinds.unknown
end

local function is_left(tokens, used, place)
  local list, kind = tokens.list, tokens.list[place]
  local counts = counted[list[place + 1]] and not used[place + 1]
  if figure[kind] and (counts or list[place - 1] == ":") then return false end
  if anywhere[kind] then return true end
  if kind == kinds.foreign then
    return used[place - 1] or used[place + (list[place + 1] == "-" and 2 or 1)]
  end
  -- "until" and not "to"
  if not beside[kind] and tokens.value[place] ~= "until" then return false end
  if kind == kinds.month and is_name(tokens, place)
      or refuses[kind] and is_of_else(tokens, place) then return false end
  return is_beside(list, used, place, -1)
    or not behind_only[kind] and is_beside(list, used, place, 1)
end

return function(tokens, pieces)
  local explained, used = explained_by(pieces)
  local left = {}
  for place = 1, #tokens.list do
    if not explained[place] and is_left(tokens, used, place) then
      local run = left[#left]
      -- "12-15" is one
      if run and place - run.last <= 1 then
        run.last = place + 1
      else
        left[#left + 1] = { first = place, last = place + 1 }
      end
    end
  end
  return left
end
