-- flows/parse/phone_spoken.lua - telephone numbers in words and by letters.
--
--   spoken.read("its four one five double five five 2671")   -> "4155552671", from, to, plus
--   spoken.read("1-800-flowers")                             -> "18003569377", from, to
--
-- The text is in small letters. nil where there is none. A number needs as many figures as the
-- second argument says, ten at most, so that "one of two" stays what it is. plus: "plus four four".

local lpeg = require "lpeg"
local hint = require "parse.hint"
local vocabulary = require "parse.phone_words"

local P, R, S, C, Cc = lpeg.P, lpeg.R, lpeg.S, lpeg.C, lpeg.Cc
local Cf, Cp, Ct = lpeg.Cf, lpeg.Cp, lpeg.Ct
local find, match, sub = string.find, lpeg.match, string.sub

local spoken = {}

local LEAST, LEAST_EVER, MOST = 10, 7, 15
local COUNTED = "1234567890"

local digit, letter = R "09", R "az"

local figure = P(false)
for value, written in pairs(vocabulary.figures) do
  for name in written:gmatch "%S+" do
    figure = figure + P(name) * -letter * Cc(value)
  end
end
local times = P(false)
for name, value in pairs(vocabulary.twice) do times = times + P(name) * -letter * Cc(value) end

local gap = S " -,." ^ 1
local function say_again(count, value) return value:rep(count) end
local function join(...) return table.concat { ... } end
local word = figure + times * gap * figure / say_again
-- not the hour behind: "... seven one, 3pm"
local run = C(digit * digit ^ -4) * -(letter + S ":/" + " " * S "ap" * P "." ^ -1 * "m" * -letter)
-- Three at least: two of them stand in many a sentence.
local in_words = Ct(Cp() * (P "plus" * gap * Cc(true) + Cc(false))
  * Cf((run * gap) ^ 0 * word * (gap * (word + run)) ^ 2, function(a, b) return a .. b end) * Cp())

local KEYS = { "abc", "def", "ghi", "jkl", "mno", "pqrs", "tuv", "wxyz" }
local key = C(digit)
for i, letters in ipairs(KEYS) do key = key + S(letters) * Cc(tostring(i + 1)) end
local toll_free = (C "1" * S "- ." ^ -1) ^ -1 * P "(" ^ -1 * C(P "8" * S "0345678" * digit)
  * P ")" ^ -1 * S "- ." ^ 1
local bare_toll_free = C "1" * C(P "8" * S "0345678" * digit)
local by_letters = Ct(Cp() * Cc(false)
  * (toll_free * key * (S "-." ^ -1 * key) ^ 6 * -(letter + digit) / join
  + C "1" * S "- ." * C(P "8" * S "0345678" * digit) * (S "- ." ^ -1 * key) ^ 7 * -(letter
    + digit) / join
  + bare_toll_free * key ^ 7 * -(letter + digit) / join) * Cp())

local function search(pattern)
  return Ct((pattern + letter ^ 1 + digit ^ 1 + P(1)) ^ 0)
end
local all_in_words, all_by_letters = search(in_words), search(P "+" ^ -1 * by_letters)
-- A toll-free number's letters; most messages have none.
local has_letters = ((1 - digit) ^ 1 + (digit - (toll_free + bare_toll_free) * letter)) ^ 0
  * (toll_free + bare_toll_free) * letter

-- Toll-free numbers begin with 8, which most messages do not hold.
local function numbers_of(plain)
  if find(plain, "8", 1, true) and match(has_letters, plain) then
    return match(all_by_letters, plain)
  end
  return hint.of_number(plain) and match(all_in_words, plain)
end

function spoken.read(plain, most)
  local list = numbers_of(plain)
  if not list then return nil end
  local least = math.max(LEAST_EVER, math.min(LEAST, most or LEAST))
  for _, found in ipairs(list) do
    local from, plus, figures, to = found[1], found[2], found[3], found[4]
    if #figures >= least and #figures <= MOST and sub(COUNTED, 1, #figures) ~= figures then
      return figures, from, to - 1, plus
    end
  end
end

return spoken
