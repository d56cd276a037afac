-- flows/parse/hint.lua - whether a message holds what a time cannot do without, or a number in
-- words.
--
--   hint.of_time(plain)     a word or a short figure of a time
--   hint.of_number(plain)   two figures side by side, of which one at least is in words
--
-- Most messages have neither: one look at them spares the rest. The text is as text.read() gives
-- it; the last one is kept.

local lpeg = require "lpeg"
local languages = require "parse.languages"
local plain_text = require "parse.text"
local vocabulary = require "parse.phone_words"
local words_en = require "parse.words_en"

local Cc, Cp, P, R, S, V = lpeg.Cc, lpeg.Cp, lpeg.P, lpeg.R, lpeg.S, lpeg.V
local match = lpeg.match
local phrases = plain_text.phrases

local hint = {}

local digit, letter = R "09", R("az", "\128\255")

-- "hours" alone is no time; "an hour" and, by its figure, "2 hours" can be.
local unit = P "sec" + "min" + "hour" + "hr" + "day" + "week" + "wk" + "fortnight" + "month"
  + "year"
local a_unit = "a" * P "n" ^ -1 * " " * unit

local function words_of_times()
  local list = phrases("this_week this_month this_mo coming_week last_day day_after day_before "
    .. "following_day same_day")
  for _, name in ipairs(languages.others) do phrases(require(name).marks, list) end
  for name in ("weekday day tonight part meal noon some number tens ordinal holiday now asap "
    .. "possible right weekend workday end new half quarter next early late eve"):gmatch "%S+" do
    for _, entry in ipairs(words_en[name]) do phrases(entry[1], list) end
  end
  return list
end

local names = {}
for _, written in pairs(vocabulary.figures) do phrases(written, names) end
for name in pairs(vocabulary.twice) do names[#names + 1] = name end
local next_figure = S " -,." ^ 1 * (plain_text.any_word(names) * -R "az" + digit)

-- Gives what comes first, "time" or "number", and the place behind its first word: `times` are
-- words, `wanted` is what else tells of one. A name in both is first tried as a number's.
local function first_of(times, wanted)
  local tree = plain_text.add_words({}, names, V "number")
  plain_text.add_words(tree, times, V "time")
  return P { V "wanted" * Cp() + ((1 - letter - digit) ^ 1 + letter ^ 1 + digit ^ 1) * V(1),
    wanted = plain_text.tree_pattern(tree) + wanted,
    number = -R "az" * #next_figure * Cc "number", time = -letter * Cc "time" }
end

local first = first_of(words_of_times(), (digit * digit ^ -3 * -digit + a_unit) * Cc "time")
local first_number = first_of({}, P(false))
local last, last_kind, last_place

local function look(plain)
  if plain ~= last then
    last_kind, last_place = match(first, plain)
    last = plain
  end
  return last_kind, last_place
end

-- A number in words is like a time: "three four five". Figures alone are the click of a button.
function hint.of_time(plain)
  return look(plain) ~= nil and plain:find "[^%d ]" ~= nil
end

function hint.of_number(plain)
  local kind, place = look(plain)
  return kind == "number" or kind == "time" and match(first_number, plain, place) ~= nil
end

return hint
