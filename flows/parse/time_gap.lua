-- flows/parse/time_gap.lua - what stands between the pieces of times.
--
--   gap.all_of(tokens, set, from, to)    are the tokens from one place up to another all of a set?
--   gap.is_near(tokens, a, b)            does nothing stand between two pieces that parts them?
--   gap.is_beside(tokens, a, b)          nor a word of another kind?
--   gap.is_alone(tokens, piece)          is it all that the message says, but for polite words?
--   gap.beside, refusing, correcting, ends, polite, lone   sets of kinds for gap.all_of()

local set_of = require("parse.lexer").set_of
local gap = {}

local near = set_of("at around on in of the article from for this by filler time "
  .. ", . - / @ & ( ) | : ; ' \" * ~")
gap.beside = set_of("at around on in of the article from for by time , - / @ ( ) ' \"")
-- What may stand between "not" or a word that puts right and what it speaks of, and behind it.
gap.refusing = set_of "filler at around on in of the article for"
gap.correcting = set_of "filler at around the newline , : . - * ! ?"
gap.ends = set_of "newline or . ! ? ; ,"
gap.polite = set_of "filler . , ! ?"
gap.lone = set_of("filler phone newline no rather and plus or good possible like "
  .. ". , ! ? : ; - ' \" ( ) *")

function gap.all_of(tokens, set, from, to)
  local list = tokens.list
  for i = from, to - 1 do
    if not set[list[i]] then return false end
  end
  return true
end

local all_of = gap.all_of

function gap.is_near(tokens, a, b) return all_of(tokens, near, a.last, b.first) end
function gap.is_beside(tokens, a, b) return all_of(tokens, gap.beside, a.last, b.first) end

function gap.is_alone(tokens, piece)
  return all_of(tokens, gap.lone, 1, piece.first)
    and all_of(tokens, gap.lone, piece.last, #tokens.list + 1)
end

return gap
