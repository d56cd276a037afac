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
local beside = set_of "int long nth month before between not zone"
-- What may stand between them and a piece, and how many of it.
local gap = set_of("at around on in the article from for this by filler time and plus or newline "
  .. ", - / @ ( ) : ; ' \"")
local WIDEST = 6
-- A figure before one of these counts something.
local figure = set_of "int long nth decimal"
local counted = set_of "unknown unit weeks years letter_unit label more some $ % : '"

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

local function is_left(tokens, used, place)
  local list, kind = tokens.list, tokens.list[place]
  if figure[kind] and (counted[list[place + 1]] or list[place - 1] == ":") then return false end
  if anywhere[kind] then return true end
  if kind == kinds.foreign then
    return used[place - 1] or used[place + (list[place + 1] == "-" and 2 or 1)]
  end
  -- "until" and not "to"
  if not beside[kind] and tokens.value[place] ~= "until" then return false end
  -- "may" is no month by itself
  if kind == kinds.month and tokens.words.homonyms[tokens.text:sub(tokens.from[place],
      tokens.to[place])] then return false end
  return is_beside(list, used, place, -1) or is_beside(list, used, place, 1)
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
