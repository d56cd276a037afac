-- flows/parse/phone_spoken.lua - telephone numbers in words and by letters.
--
--   spoken.read("its four one five 555 2671")   -> "4155552671", from, to
--   spoken.read("1-800-FLOWERS")                -> "18003569377", from, to; the text in small letters
--
-- nil where there is none. A number needs ten figures here, so that "one of two" stays what it is.

local lpeg = require "lpeg"
local vocabulary = require "parse.phone_words"

local P, R, S, C, Cc, Cp, Ct, Cf = lpeg.P, lpeg.R, lpeg.S, lpeg.C, lpeg.Cc, lpeg.Cp, lpeg.Ct, lpeg.Cf
local match = lpeg.match

local spoken = {}

local LEAST, MOST = 10, 15

local digit, letter = R "09", R "az"
local edge = -letter

local word = P(false)
for name, figure in pairs(vocabulary.figures) do word = word + P(name) * edge * Cc(figure) end
local twice = P(false)
for name, times in pairs(vocabulary.twice) do twice = twice + P(name) * edge * Cc(times) end

local gap = S " -,." ^ 1
local piece = word + C(digit ^ 1) + (twice * gap * word) / function(times, figure) return figure:rep(times) end
local run = Cp() * Cf(piece * (gap * piece) ^ 2, function(a, b) return a .. b end) * Cp()
local runs = Ct((Ct(run) + letter ^ 1 + digit ^ 1 + P(1)) ^ 0)
local has_word = (1 - letter * 0 * word) ^ 0 * word

local KEYS = { "abc", "def", "ghi", "jkl", "mno", "pqrs", "tuv", "wxyz" }
local key = P(false)
for i, letters in ipairs(KEYS) do key = key + S(letters) * Cc(tostring(i + 1)) end
local prefix = (P "1" * S "- ." ^ -1) ^ -1 * P "(" ^ -1 * P "8" * S "045678" * S "0456789" * P ")" ^ -1 * S "- ." ^ 1
local join = function(...) return table.concat { ... } end
local vanity = Cp() * C(prefix) * ((key + C(digit)) * S "- ." ^ -1) ^ 7 / join
local _ = { has_word, vanity }

function spoken.read(plain)
  if not match((1 - word) ^ 0 * word, plain) then return nil end
  for _, found in ipairs(match(runs, plain)) do
    local from, figures, to = found[1], found[2], found[3]
    if #figures >= LEAST and #figures <= MOST then return figures, from, to - 1 end
  end
end

return spoken
