-- flows/parse/phone_other.lua - figures that fit no country: are they something else?
--
--   other.shape(plain, groups, count, figures, home)  -> true for cards, dates, "123-45-6789" ...
--   other.name(plain, from)                           -> "phone", "other" or nil
--
-- groups are a candidate of phone_grammar.lua: group k is from groups[2 * k] to before
-- groups[2 * k + 1].

local lpeg = require "lpeg"
local vocabulary = require "parse.phone_words"

local C, Ct, P, R, S, V = lpeg.C, lpeg.Ct, lpeg.P, lpeg.R, lpeg.S, lpeg.V
local find, gmatch, sub = string.find, string.gmatch, string.sub

local other = {}

-- The check figure of payment cards, which have 13 to 16 figures.
local function is_card(figures)
  if #figures < 13 or not find(figures, "^[3-6]") then return false end
  local sum = 0
  for k = 1, #figures do
    local figure = tonumber(sub(figures, -k, -k))
    if k % 2 == 0 then figure = figure < 5 and 2 * figure or 2 * figure - 9 end
    sum = sum + figure
  end
  return sum % 10 == 0
end

-- Groups by their lengths: social security numbers, identity numbers, cards.
local SHAPES = { ["3-2-4"] = true, ["4-4-4"] = true, ["4 4 4"] = true, ["3.3.3"] = true,
  ["4 6 5"] = true, ["4 6 4"] = true }

local digit = R "09"
local two, three = digit * digit, digit * digit * digit
local year = (P "19" + "20") * two
local day = "0" * R "19" + S "12" * digit + "3" * S "01"
local month = "0" * R "19" + "1" * S "012"
local compact_date = (year * month * day + (day * month + month * day) * year) * -1
-- Milliseconds since 1970
local milliseconds = "1" * R "59" * three * three * three * two * -1

local moment = compact_date + milliseconds

function other.shape(plain, groups, count, figures, home)
  if is_card(figures) or #figures == 13 and find(figures, "^97[89]")   -- a book
    then return true end
  if count == 1 then return lpeg.match(moment, figures) ~= nil end
  local lengths, longest = {}, 0
  for k = 1, count do
    local length = groups[2 * k + 1] - groups[2 * k]
    if length > longest then longest = length end
    lengths[2 * k - 1] = length
    lengths[2 * k] = k < count and sub(plain, groups[2 * k + 1], groups[2 * k + 2] - 1) or nil
  end
  local lengths_written = table.concat(lengths)
  -- four groups of four could be two numbers of eight figures
  return longest == 1 or longest == 2 and count >= 4 and sub(figures, 1, 1) ~= "0"
    or SHAPES[lengths_written] == true
    or lengths_written == "4 4 4 4" and not (home and home.least == 8)
end

local function set_of(written)
  local set = {}
  for word in gmatch(written, "%S+") do set[word] = true end
  return set
end

local PHONE, PLAIN = set_of(vocabulary.phone), set_of(vocabulary.plain .. " " .. vocabulary.before)
local NUMBER, BETWEEN = set_of(vocabulary.number .. " numbers"), set_of "is was are a an the for"

-- The words right before figures, in a list; a comma or a figure ends them.
local letter = R "az" + "'"
local words_before = P {
  (Ct((C(letter ^ 1) * S " \t:.#=(-" ^ 0) ^ 1) * -1) + (letter ^ 1 + 1) * V(1),
}
local LOOKED_AT = 48

-- What the words before figures make of them: "phone" in "my number is 1234567", "other" in
-- "population: 1234567"; nil where they tell nothing.
function other.name(plain, from)
  local head = sub(plain, from > LOOKED_AT and from - LOOKED_AT or 1, from - 1)
  if find(head, "%d ?[+*=] ?$") then return "other" end
  local list = lpeg.match(words_before, head)
  if not list then return nil end
  local is_number = false
  for i = #list, 1, -1 do
    local word = list[i]
    if PHONE[word] then return "phone" end
    if NUMBER[word] then is_number = true
    elseif PLAIN[word] then return is_number and "phone" or nil
    elseif not BETWEEN[word] then return "other" end
  end
  return is_number and "phone" or nil
end

return other
