-- flows/parse/phone.lua - finds the telephone numbers in what a visitor writes.
--
--   local phone = require "parse.phone"
--   local found, err = phone.find("my number is 98765 43210", context)
--   local list = phone.find_all(text, context)
--   phone.text(found.value)    -> "+91 98765 43210"
--
-- context: region, the visitor's country ("IN"), by which a number without a country code is read.
--
-- A result is plain data:
--   value     "+919876543210" (E.164), or the figures as written where the country is not known
--   ext       the extension, figures, or nil
--   from, to  first and last byte in the text
--   sure      false: its length does not fit its country, or the country is a guess: ask
--   assumed   list of what was filled in: "region" (the visitor's country), "country" (guessed from
--             the figures)
--   hint      where it is not sure: what the visitor can be asked for
--
-- Else nil, { kind, reason, message }: "not_found", or "invalid" with reason "short" or "long".
--
-- 7 to 15 figures with any usual grouping are a number; not what stands behind "order", "account"
-- and the like, money, dates, times, addresses of machines, or figures glued to letters.

local lpeg = require "lpeg"
local countries = require "parse.countries"
local grammar = require "parse.phone_grammar"
local plain_text = require "parse.text"
local spoken = require "parse.phone_spoken"
local vocabulary = require "parse.phone_words"

local P, R, S = lpeg.P, lpeg.R, lpeg.S
local match = lpeg.match
local find, gmatch, gsub, rep, sub = string.find, string.gmatch, string.gsub, string.rep,
  string.sub

local phone = {}

local MOST = 16           -- numbers of one message
local MOST_TRIED = 8      -- runs of figures that are long enough for one
local LEAST, MOST_FIGURES = 7, 15
local MOST_DIALLED = 20   -- figures with what is dialled before the code of a country
local MOST_SKIPPED = 6    -- figures before a number that are none of it

local digit = R "09"
local seven_figures = ((1 - digit) ^ 0 * digit) ^ 7

-- Numbers -----------------------------------------------------------------------------------------

local function fits(country, figures)
  return #figures >= country.least and #figures <= country.most
end

local function without_trunk(country, figures)
  local trunk = country.trunk
  if not trunk then return figures end
  if country.code == "52" then
    -- Mexico's old prefixes
    if #figures > 10 then return (figures:gsub("^04[45]", ""):gsub("^01", ""):gsub("^1", "")) end
    return figures
  end
  if trunk ~= "0" and #figures <= country.most then return figures end
  if figures:sub(1, #trunk) == trunk then return figures:sub(#trunk + 1) end
  if trunk == "06" and figures:sub(1, 1) == "0" then return figures:sub(2) end
  return figures
end

-- Figures behind a plus: "+49 (0)30 901820". E.164, and whether the length is right.
local function international(figures)
  local country = countries.of_number(figures)
  if not country then return #figures >= LEAST and "+" .. figures or nil, false end
  local national = without_trunk(country, figures:sub(#country.code + 1))
  local number = country.code .. national
  if #number < LEAST or #number > MOST_FIGURES then return nil end
  return "+" .. number, fits(country, national), country
end

local PREFIXES = { "0011", "011", "010", "810", "00" }

local function behind_prefix(figures, home)
  if not find(figures, "^[08][01]") then return nil end
  for _, prefix in ipairs(PREFIXES) do
    local is_own = prefix == "00" or home and (home.international == prefix
      or prefix == "011" and home.code == "1")
    if is_own and sub(figures, 1, #prefix) == prefix then
      local number, good, country = international(sub(figures, #prefix + 1))
      if number and country and #number > 8 and not (prefix == "00" and home and home.international
          and not good) then
        return number, good
      end
    end
  end
end

-- E.164 or the figures as they are; sure; what was assumed; what to ask for.
local function national(figures, home)
  if home then
    local number, good = behind_prefix(figures, home)
    if number then return number, good, {} end
    local own = without_trunk(home, figures)
    if fits(home, own) and not (home.trunk == nil and own ~= figures) then
      return "+" .. home.code .. own, true, { "region" }
    end
    local code = home.code
    if figures:sub(1, #code) == code then
      own = without_trunk(home, figures:sub(#code + 1))
      if fits(home, own) then return "+" .. code .. own, true, { "region" } end
    end
  else
    local number, good = behind_prefix(figures, nil)
    if number then return number, good, {} end
  end
  -- the code of another country, said without its plus
  local country = #figures >= 10 and figures:sub(1, 1) ~= "0" and countries.of_number(figures)
  if country and fits(country, figures:sub(#country.code + 1)) and country.least >= 8 then
    return "+" .. figures, false, { "country" }, "Please check the country code."
  end
  if home and #figures < home.least then
    return figures, false, {}, "Please add the area code."
  end
  return figures, false, {}, "Please add the country code, as in +44 20 7946 0958."
end

-- Candidates --------------------------------------------------------------------------------------

-- A candidate's places are where its groups begin and end: group k is from places[2 * k - 1] to
-- before places[2 * k].

-- The figures of groups i to j.
local function joined(plain, places, i, j)
  local from, to = places[2 * i - 1], places[2 * j] - 1
  if i == j then return sub(plain, from, to) end
  return (gsub(sub(plain, from, to), "%D+", ""))
end

local function is_whole(figures, plus, home)
  if plus then
    local number, good = international(figures)
    return number and good
  end
  if not home or #figures > MOST_DIALLED then return false end
  local number, sure, assumed = national(figures, home)
  return sure and number ~= nil and assumed[1] ~= "country"
end

-- A break between groups where one number may end and another begin.
local breaks = P " " * -P "(" + (S " .()" ^ 0 * (P "/" + "--")) + P ") " + P "  "
local function splits(plain, places, k)
  return match(breaks, plain, places[2 * k]) ~= nil
end

-- The run of groups from i on that is a number of its country, the longest; nil if there is none.
-- What stays behind it must be few figures, or enough for a number of its own.
local function best_run(plain, places, count, behind, i, plus, home)
  local length = 0
  local best, best_figures
  for j = i, count do
    local more = places[2 * j] - places[2 * j - 1]
    length, behind = length + more, behind - more
    if length > MOST_FIGURES + 4 then break end
    local rest_fits = behind <= 4 or behind >= LEAST
    if length >= LEAST and rest_fits and (j == count or splits(plain, places, j)) then
      local figures = joined(plain, places, i, j)
      if is_whole(figures, plus, home) then best, best_figures = j, figures end
    end
  end
  return best, best_figures
end

-- Brackets hold an area code or the like; they do not nest and end no number: "12-15 (2009)".
local function odd_brackets(plain, candidate, count)
  local open, places = candidate.open, candidate.places
  local pairs_seen, first = open and 1 or 0, open
  for k = 1, count - 1 do
    for mark in gmatch(sub(plain, places[2 * k], places[2 * k + 1] - 1), "[()]") do
      if mark == "(" then
        if open then return true end
        first = false
        open, pairs_seen = true, pairs_seen + 1
      else
        open, first = false, false
      end
    end
  end
  -- a bracket before the number closes behind it, or later: "(4155552671 is my cell)"
  return open and not first or pairs_seen > 2
end

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

-- Groups by their lengths: "3-2-4" as in social security numbers, "4 4 4" and the like.
local OTHER_SHAPES = { ["3-2-4"] = true, ["4-4-4"] = true, ["4 4 4"] = true, ["3.3.3"] = true,
  ["4 6 5"] = true, ["4 6 4"] = true, ["6-4"] = true }

local compact_date = (P "19" + "20") * digit * digit * ("0" * digit + "1" * S "012")
  * (S "012" * digit + "3" * S "01") * -1

-- Figures that fit no country, of a kind that is something else.
local function is_other(plain, places, count, figures)
  if is_card(figures) or find(figures, "^97[89]") and #figures == 13
    or match(compact_date, figures) then return true end
  if count == 1 then return false end
  local lengths, longest = {}, 0
  for k = 1, count do
    local length = places[2 * k] - places[2 * k - 1]
    if length > longest then longest = length end
    lengths[2 * k - 1] = length
    lengths[2 * k] = k < count and sub(plain, places[2 * k], places[2 * k + 1] - 1) or nil
  end
  return longest == 1 or longest == 2 and count >= 4 and sub(figures, 1, 1) ~= "0"
    or OTHER_SHAPES[table.concat(lengths)] ~= nil
end

-- Glued to a word by a dash: "inv-20240917".
local function is_glued(plain, from)
  return from > 2 and find(plain, "^%l%-", from - 2) ~= nil
end

local said_words = {}
for word in gmatch(vocabulary.phone .. " number num no nr", "%S+") do
  said_words[#said_words + 1] = word
end
local said_word = plain_text.any_word(said_words) * P "s" ^ -1
local glue = S " :.#=-(" + P "is" + "was" + "are" + "at" + "on" + "me" + "us" + "number" + "no"
local said = (1 - said_word * glue ^ 0 * -1) ^ 0 * said_word
-- "phone: 123-45-6789": the visitor says what it is.
local function is_said(plain, from)
  return match(said, sub(plain, from > 32 and from - 32 or 1, from - 1)) ~= nil
end

local function result(candidate, i, j, figures, count, home, written)
  local places = candidate.places
  local value, sure, assumed, hint
  if candidate.plus and i == 1 then
    value, sure = international(figures)
    assumed = {}
    if not sure then hint = "Please check the country code." end
  else
    value, sure, assumed, hint = national(figures, home)
  end
  if not value or find(figures, "^0+$") then return nil end
  local is_last = j == count
  local from = i == 1 and candidate.from or places[2 * i - 1]
  local to = is_last and (candidate.to or candidate.tail) - 1 or places[2 * j] - 1
  written[#written + 1] = { value = value, ext = is_last and candidate.ext or nil, from = from,
    to = to, sure = sure and true or false, assumed = assumed, hint = hint }
  return true
end

-- Adds the numbers of a candidate to the list.
local function take(plain, candidate, home, list)
  local places, plus = candidate.places, candidate.plus
  local count = #places // 2
  local whole = joined(plain, places, 1, count)
  local total = #whole
  if total < LEAST or candidate.denied then return total end
  if count > 1 and odd_brackets(plain, candidate, count) then return total end
  if count == 1 and candidate.counted and not plus then return total end
  if is_whole(whole, plus, home) then
    result(candidate, 1, count, whole, count, home, list)
    return total
  end
  if not plus and is_other(plain, places, count, whole) and not is_said(plain, candidate.from) then
    return total
  end
  -- "91 98765 43210" abroad: the code of a country, without its plus
  if not plus and total <= MOST_FIGURES and count > 1 then
    local length = places[2] - places[1]
    local first = length > 1 and length < 4 and countries.codes[sub(whole, 1, length)]
    if first and fits(first, sub(whole, length + 1)) then
      result(candidate, 1, count, whole, count, home, list)
      return total
    end
  end
  -- several numbers in a row, or a number beside other figures: "5 4155552671 6"
  local i, found, behind, skipped = 1, false, total, 0
  while i <= count and skipped <= MOST_SKIPPED and #list < MOST do
    local j, figures = best_run(plain, places, count, behind, i, plus and i == 1, home)
    if j and result(candidate, i, j, figures, count, home, list) then
      behind, i, found, skipped = behind - #figures, j + 1, true, 0
    else
      if plus and i == 1 then break end
      repeat
        local length = places[2 * i] - places[2 * i - 1]
        skipped, behind = skipped + length, behind - length
        i = i + 1
      until i > count or splits(plain, places, i - 1)
    end
  end
  if found then return total end
  -- "089 123456-78": the figures behind a dash may be an extension
  local last = places[2 * count] - places[2 * count - 1]
  if count > 2 and last >= 2 and last <= 5 and not candidate.ext
      and sub(plain, places[2 * count - 2], places[2 * count - 1] - 1) == "-" then
    local figures = sub(whole, 1, -last - 1)
    if is_whole(figures, plus, home) then
      candidate.ext = sub(whole, -last)
      result(candidate, 1, count, figures, count, home, list)
      return total
    end
  end
  if total > MOST_FIGURES or candidate.counted and not plus then return total end
  if plus or not is_glued(plain, candidate.from) or is_said(plain, candidate.from) then
    result(candidate, 1, count, whole, count, home, list)
  end
  return total
end

-- Finding -----------------------------------------------------------------------------------------

-- Where the numbers of the last message stood, { from, to, from, to ... }, by its text and region.
local seen = {}

local function keep(plain, region, list)
  local places = {}
  for i, found in ipairs(list) do places[2 * i - 1], places[2 * i] = found.from, found.to end
  seen.plain, seen.region, seen.places = plain, region, places
end

-- The numbers of a plain text in small letters, and the most figures that stood together.
local function scan(text, context)
  local list, most, tried = {}, 0, 0
  if not match(seven_figures, text) then return list, most end
  local region = context and context.region
  local home = region and countries.regions[region] or nil
  local plain = text
  if find(plain, "[%[{%]}]") then plain = gsub(gsub(plain, "[%[{]", "("), "[%]}]", ")") end
  for _, candidate in ipairs(match(grammar, plain)) do
    local total = take(plain, candidate, home, list)
    if total > most then most = total end
    if total >= LEAST then tried = tried + 1 end
    if #list >= MOST or tried >= MOST_TRIED then break end
  end
  keep(text, region, list)
  return list, most
end

-- For time.lua: the text, plain and in small letters already, with each number blanked out by
-- bytes 1.
function phone.blank(plain, context)
  if not match(seven_figures, plain) then return plain end
  local region = context and context.region
  if seen.plain ~= plain or seen.region ~= region then scan(plain, context) end
  local places = seen.places
  for i = 1, #places, 2 do
    local from, to = places[i], places[i + 1]
    plain = sub(plain, 1, from - 1) .. rep("\1", to - from + 1) .. sub(plain, to + 1)
  end
  return plain
end

local negated = (1 - P "not ") ^ 0 * "not " * (P "on " + "at " + "to " + "my " + "number ") ^ 0 * -1
-- "not 4155552671, use 2125550199": the first is no answer.
local function is_refused(plain, list, i)
  local from = i > 1 and list[i - 1].to + 1 or 1
  return match(negated, plain:sub(math.max(from, list[i].from - 24), list[i].from - 1)) ~= nil
end

local function all(text, context)
  local plain, origin = plain_text.read(text)
  local list, most = scan(plain, context)
  if #list > 1 then
    local kept = {}
    for i, found in ipairs(list) do
      if not is_refused(plain, list, i) then kept[#kept + 1] = found end
    end
    if #kept > 0 then list = kept end
  elseif #list == 0 then
    local figures, from, to = spoken.read(plain)
    if figures then
      result({ places = { from, to + 1 }, from = from, tail = to + 1 }, 1, 1, figures, 1,
        context and countries.regions[context.region or ""], list)
    end
  end
  for _, found in ipairs(list) do
    found.from, found.to = origin(found.from), origin(found.to + 1) - 1
  end
  return list, most
end

function phone.find_all(text, context)
  return (all(text, context))
end

local three = digit * (S " -.()" ^ -2 * digit) ^ 2
local three_figures = (1 - three) ^ 0 * three
local some_figures = (1 - digit) ^ 0 * digit

function phone.find(text, context)
  local list, most = all(text, context)
  if list[1] then return list[1] end
  if most > MOST_FIGURES then
    return nil, { kind = "invalid", reason = "long",
      message = "That number is too long for a phone number." }
  end
  if match(three_figures, text) or context and context.asked == "phone"
      and match(some_figures, text) then
    return nil, { kind = "invalid", reason = "short",
      message = "That number is too short. Please send it with its area code." }
  end
  return nil, { kind = "not_found", reason = "nothing",
    message = "I found no phone number in that." }
end

-- Showing -----------------------------------------------------------------------------------------

-- Figures in groups of three, the last of four at most.
local function grouped(figures)
  local parts = {}
  while #figures > 4 do
    parts[#parts + 1] = figures:sub(1, 3)
    figures = figures:sub(4)
  end
  parts[#parts + 1] = figures
  return table.concat(parts, " ")
end

function phone.text(value)
  if value:sub(1, 1) ~= "+" then return value end
  local country = countries.of_number(value:sub(2))
  if not country then return value end
  local rest = value:sub(2 + #country.code)
  if country.code == "91" then rest = rest:sub(1, 5) .. " " .. rest:sub(6)
  else rest = grouped(rest) end
  return "+" .. country.code .. " " .. rest
end

local ASSUMPTIONS = {
  region = "the country is the visitor's",
  country = "the first figures are the code of a country",
}

-- What an entry of `assumed` means, for people.
function phone.assumption(key)
  return ASSUMPTIONS[key]
end

return phone
