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
--   sure      false: its length does not fit its country, the country is a guess, or what is said
--             beside it speaks of something else ("... still open"): ask
--   assumed   list of what was filled in: "region" (the visitor's country), "country" (guessed from
--             the figures), "number" (it could be something else)
--   hint      where it is not sure: what the visitor can be asked for
--
-- Else nil, { kind, reason, message }: "not_found", or "invalid" with reason "short" or "long".
--
-- 7 to 15 figures with any usual grouping are a number; not what stands behind "order", "account"
-- and the like, money, dates, times, addresses of machines, or figures glued to letters.

local lpeg = require "lpeg"
local countries = require "parse.countries"
local grammar = require "parse.phone_grammar"
local groups = require "parse.phone_groups"
local other = require "parse.phone_other"
local plain_text = require "parse.text"
local vocabulary = require "parse.phone_words"
local spoken = require "parse.phone_spoken"

local B, P, R, S = lpeg.B, lpeg.P, lpeg.R, lpeg.S
local match = lpeg.match
local byte, find, gmatch, gsub, rep, sub = string.byte, string.find, string.gmatch, string.gsub,
  string.rep, string.sub

local phone = {}

local MOST = 16           -- numbers of one message
local MOST_TRIED = 8      -- runs of figures that are long enough for one
local LEAST, MOST_FIGURES = 7, 15
local WHOLE = 9           -- a group of so many figures is no part of a number
local MOST_DIALLED = 20   -- figures with what is dialled before the code of a country
local MOST_SKIPPED = 6    -- figures before a number that are none of it

local digit = R "09"
local square_brackets = (1 - S "[]{}") ^ 0 * S "[]{}"
local seven_figures = ((1 - digit) ^ 0 * digit) ^ 7

-- Numbers -----------------------------------------------------------------------------------------

local fits = countries.fits

local function without_trunk(country, figures)
  local trunk = country.trunk
  figures = countries.without_habit(country, figures)
  for _, said in ipairs(countries.trunks(country, figures)) do
    local own = sub(figures, #said + 1)
    if sub(figures, 1, #said) == said and (said == trunk and said == "0"
        or #figures > country.most and (said == trunk or fits(country, own))) then return own end
  end
  return figures
end

-- Figures behind a plus: "+49 (0)30 901820". E.164, and whether the length is right.
local function international(figures)
  local country = countries.of_number(figures)
  if not country then return #figures >= LEAST and "+" .. figures or nil, false end
  local code = country.code
  local own = without_trunk(country, sub(figures, #code + 1))
  local length = #code + #own
  if length < LEAST or length > MOST_FIGURES then return nil end
  return "+" .. code .. own, fits(country, own), country
end

local ZERO, EIGHT = byte "0", byte "8"
local NO_HOME = { prefixes = { "00" } }

-- Behind what is dialled before the code of a country: "011 44 20 7946 0958".
local function behind_prefix(figures, home)
  local first = byte(figures)
  if first ~= ZERO and first ~= EIGHT then return nil end
  home = home or NO_HOME
  for _, prefix in ipairs(home.prefixes) do
    if sub(figures, 1, #prefix) == prefix then
      local number, good, country = international(sub(figures, #prefix + 1))
      if number and country and #number > 8 and (good or prefix ~= "00" or not home.international)
        then return number, good end
    end
  end
end

-- E.164 or the figures as they are; sure; what was assumed; what to ask for.
local function national(figures, home)
  local number, good = behind_prefix(figures, home)
  if number then return number, good end
  if home then
    local code, own = home.code, without_trunk(home, figures)
    if fits(home, own) then
      return "+" .. code .. own, true, "region"
    end
    if sub(figures, 1, #code) == code then
      own = without_trunk(home, sub(figures, #code + 1))
      if fits(home, own) then return "+" .. code .. own, true, "region" end
    end
  end
  -- the code of another country, said without its plus
  local country = #figures >= 10 and sub(figures, 1, 1) ~= "0" and countries.of_number(figures)
  if country and fits(country, sub(figures, #country.code + 1)) and country.least >= 8 then
    return "+" .. figures, false, "country", "Please check the country code."
  end
  if home and #figures < home.least then return figures, false, nil, "Please add the area code." end
  return figures, false, nil, "Please add the country code, as in +44 20 7946 0958."
end

-- As national; nil where there are too many figures, or none but zeros.
local function read(figures, plus, home)
  if #figures > MOST_DIALLED or not find(figures, "[1-9]") then return nil end
  if not plus then return national(figures, home) end
  local number, good = international(figures)
  return number, good, nil, not good and "Please check the country code." or nil
end

-- Candidates --------------------------------------------------------------------------------------

-- A candidate holds where it begins, where each of its groups begins and ends, and where it ends:
-- group k is from candidate[2 * k] to before candidate[2 * k + 1].

-- The figures of groups i to j.
local function joined(plain, candidate, i, j)
  local figures = sub(plain, candidate[2 * i], candidate[2 * j + 1] - 1)
  if i == j then return figures end
  return (gsub(figures, "%D+", ""))
end

-- Adds groups i to j, as they were read.
local function add(list, candidate, i, j, value, sure, assumed, hint)
  local is_last = 2 * j + 2 == #candidate
  list[#list + 1] = {
    value = value, ext = is_last and candidate.ext or nil,
    from = candidate[i == 1 and 1 or 2 * i],
    to = (is_last and (candidate.to or candidate[2 * j + 2]) or candidate[2 * j + 1]) - 1,
    sure = sure and true or false, assumed = { assumed }, hint = hint,
  }
end

-- A break between groups where one number may end and another begin; `sure` where one does begin.
local breaks = S " (" + (S " .()" ^ 0 * (P "/" + "--")) + P ") "
local sure_break = (1 - digit) ^ 0 * B(P "(" + " ") * (B "(" + #P "0")
local function splits(plain, candidate, k)
  local behind = candidate[2 * k + 1]
  return behind - candidate[2 * k] >= WHOLE or match(breaks, plain, behind) ~= nil
end

-- The run of groups from i on that is a number of its country, the longest, and how it is read; nil
-- if there is none. What stays behind it must be few figures, or enough for a number of its own.
local function best_run(plain, candidate, count, behind, i, plus, home)
  local length = 0
  local best, best_length, best_value, best_assumed
  for j = i, count do
    local more = candidate[2 * j + 1] - candidate[2 * j]
    length, behind = length + more, behind - more
    if length > MOST_FIGURES + 4 then break end
    local rest_fits = behind <= 4 or behind >= LEAST
    -- all of them together were read before
    if length >= LEAST and rest_fits and (j < count or i > 1)
        and (j == count or splits(plain, candidate, j)) then
      local value, sure, assumed = read(joined(plain, candidate, i, j), plus, home)
      if sure then
        best, best_length, best_value, best_assumed = j, length, value, assumed
        if behind >= LEAST and match(sure_break, plain, candidate[2 * j + 1]) then break end
      end
    end
  end
  return best, best_length, best_value, best_assumed
end

-- Adds the numbers of several in a row, or beside other figures: "5 4155552671 6".
local function add_runs(list, plain, candidate, count, behind, plus, home)
  local i, skipped, known = 1, 0, #list
  while i <= count and skipped <= MOST_SKIPPED and #list < MOST do
    local has_plus = plus and i == 1
    local j, length, value, assumed = best_run(plain, candidate, count, behind, i, has_plus, home)
    if j then
      add(list, candidate, i, j, value, true, assumed)
      behind, i, skipped = behind - length, j + 1, 0
    else
      if has_plus then break end
      repeat
        length = candidate[2 * i + 1] - candidate[2 * i]
        skipped, behind = skipped + length, behind - length
        i = i + 1
      until i > count or splits(plain, candidate, i - 1)
    end
  end
  return #list > known
end

-- "089 123456-78": the figures behind the last dash may be an extension.
local function add_extended(list, plain, candidate, count, figures, plus, home)
  local last = candidate[2 * count + 1] - candidate[2 * count]
  if count < 3 or last < 2 or last > 4 or candidate.ext
      or sub(plain, candidate[2 * count - 1], candidate[2 * count] - 1) ~= "-" then return false end
  local value, sure, assumed = read(sub(figures, 1, -last - 1), plus, home)
  if not sure then return false end
  candidate.ext = sub(figures, -last)
  add(list, candidate, 1, count, value, true, assumed)
  return true
end

-- Brackets hold an area code or the like; they do not nest and end no number: "12-15 (2009)".
local function odd_brackets(plain, candidate, count)
  local open, tail = candidate.open, candidate[2 * count]
  if not open and (find(plain, "(", candidate[1], true) or tail) >= tail
      and (find(plain, ")", candidate[1], true) or tail) >= tail then return false end
  local pairs_seen, first = open and 1 or 0, open
  for k = 1, count - 1 do
    for mark in gmatch(sub(plain, candidate[2 * k + 1], candidate[2 * k + 2] - 1), "[()]") do
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

-- No area of North America begins with 0 or 1.
local ODD_AREA = "^%+1[01]%d%d%d%d%d%d%d%d%d$"

-- As long as most numbers are, or grouped as they are, wherever the visitor is: "415 555 2671".
local function is_likely(plain, candidate, count, figures, assumed, home)
  if count == 1 then return #figures == 10 or #figures == 11 end
  if assumed == "country" or #figures >= 9 and sub(figures, 1, 1) == "0" then return true end
  local first = candidate[3] - candidate[2]
  local last = candidate[2 * count + 1] - candidate[2 * count]
  return first == 3 and last == 4 and (count == 3 or home ~= nil and home.code == "1")
    and not find(plain, "^%l%-", candidate[2] - 2)
end

-- Adds the numbers of a candidate to the list, by how the words beside it vote.
local function add_voted(list, plain, candidate, count, figures, vote, home)
  local plus, total = candidate.plus, #figures
  local value, sure, assumed, hint = read(figures, plus, home)
  if sure and value and not (vote == "noun" and count == 1 and find(value, ODD_AREA)) then
    return add(list, candidate, 1, count, value, sure, assumed, hint)
  end
  if not plus then
    if vote ~= "phone" and other.shape(plain, candidate, count, figures, home) then return end
    -- "91 98765 43210" abroad: the code of a country, without its plus
    local length = candidate[3] - candidate[2]
    local first = count > 1 and total <= MOST_FIGURES and length > 1 and length < 4
      and countries.codes[sub(figures, 1, length)]
    if first and fits(first, sub(figures, length + 1)) then
      return add(list, candidate, 1, count, value, sure, assumed, hint)
    end
  end
  if add_runs(list, plain, candidate, count, total, plus, home)
      or add_extended(list, plain, candidate, count, figures, plus, home) then return end
  if value and total <= MOST_FIGURES and (plus or not candidate.counted and (vote ~= "noun"
      or is_likely(plain, candidate, count, figures, assumed, home))) then
    add(list, candidate, 1, count, value, sure, assumed, hint)
  end
end

-- Adds the numbers of a candidate to the list. Returns how many figures it has.
local function take(plain, candidate, home, list)
  local plus, count, known = candidate.plus, #candidate // 2 - 1, #list
  local figures = joined(plain, candidate, 1, count)
  local total = #figures
  if total < LEAST or candidate.denied or count == 1 and candidate.counted and not plus
      or count > 1 and odd_brackets(plain, candidate, count) then return total end
  local vote = not plus
    and other.vote(plain, candidate[1], candidate.to or candidate[2 * count + 1]) or nil
  if vote == "refused" or not plus and vote ~= "phone"
      and other.count(plain, candidate, count, figures) then
    list.others = list.others or {}
    table.move({ candidate[2], candidate[2 * count + 1] - 1 }, 1, 2, #list.others + 1, list.others)
    return total
  end
  add_voted(list, plain, candidate, count, figures, vote, home)
  for i = known + 1, #list do
    local found = list[i]
    if vote == "doubted" or vote ~= "phone" and not plus and find(found.value, ODD_AREA) then
      found.sure, found.hint = false, found.hint or "Please check that this is a phone number."
      table.insert(found.assumed, "number")
    end
  end
  return total
end

-- Finding -----------------------------------------------------------------------------------------

-- Where the numbers of the last message stood and what looks like one, by its text and region.
local seen = { count = 0 }

local function keep(plain, region, list)
  local count, others = 2 * #list, list.others
  for i = 1, #list do seen[2 * i - 1], seen[2 * i] = list[i].from, list[i].to end
  if others then
    table.move(others, 1, #others, count + 1, seen)
    count, list.others = count + #others, nil
  end
  seen.plain, seen.region, seen.count = plain, region, count
end

-- Adds a number in words or letters.
local function add_spoken(list, text, home)
  local figures, from, to, plus = spoken.read(text, home and home.most)
  if not figures then return end
  local value, sure, assumed, hint = read(figures, plus, home)
  if not value or list[1] and not sure then return end
  list[1] = nil
  add(list, { from, from, to + 1, to + 1 }, 1, 1, value, sure, assumed, hint)
end

-- The numbers of a plain text in small letters, and the most figures that stood together.
local function scan(text, context)
  local list, most, tried = {}, 0, 0
  local region = context and context.region
  local home = region and countries.regions[region] or nil
  if match(seven_figures, text) then
    local plain = text
    -- Brazil: "(0xx11)", xx being the company that carries the call
    if find(plain, "0xx", 1, true) then plain = gsub(plain, "(%(?)0xx(%d)", "   %1%2") end
    if match(square_brackets, plain) then
      plain = gsub(gsub(plain, "[%[{]", "("), "[%]}]", ")")
    end
    for _, candidate in ipairs(match(grammar, plain)) do
      local total = take(plain, candidate, home, list)
      if total > most then most = total end
      if total >= LEAST then tried = tried + 1 end
      if #list >= MOST or tried >= MOST_TRIED then break end
    end
  end
  if not list[1] or not list[2] and not list[1].sure then add_spoken(list, text, home) end
  keep(text, region, list)
  return list, most
end

-- For time.lua: the text, plain and in small letters already, with each number and what looks like
-- one blanked out by bytes 1.
function phone.blank(plain, context)
  local text = plain
  if seen.plain ~= text or seen.region ~= (context and context.region) then scan(text, context) end
  for i = 1, seen.count, 2 do
    local from, to = seen[i], seen[i + 1]
    plain = sub(plain, 1, from - 1) .. rep("\1", to - from + 1) .. sub(plain, to + 1)
  end
  return plain
end

local letter = R "az" + "'"

-- Finds a phrase of a list among other words.
local function among(written, behind)
  local wanted = plain_text.any_word(plain_text.phrases(written)) * -letter * behind
  return ((1 - letter) ^ 1 + letter ^ 1 - wanted) ^ 0 * wanted
end
local takes_back = among(vocabulary.rather, true)
local refuses = among(vocabulary.refused, (S " :.#" + P "was" + "is") ^ 0 * -1)
local LOOKED_AT = 32     -- bytes before or behind a number

-- "not X, use Y", "my old number X", "X, no wait, Y": the first is no answer.
local function is_refused(plain, list, i)
  local before, behind = list[i - 1], list[i + 1]
  local from = math.max(before and before.to + 1 or 1, list[i].from - LOOKED_AT)
  if match(refuses, sub(plain, from, list[i].from - 1)) then return true end
  return behind ~= nil and behind.from - list[i].to <= LOOKED_AT
    and match(takes_back, sub(plain, list[i].to + 1, behind.from - 1)) ~= nil
end

-- The numbers that are meant: none that is refused, and none that may be something else where
-- another one is certain.
local function meant(plain, list)
  local kept, certain = {}, {}
  for i, found in ipairs(list) do
    if not is_refused(plain, list, i) then
      kept[#kept + 1] = found
      if found.assumed[#found.assumed] ~= "number" then certain[#certain + 1] = found end
    end
  end
  return certain[1] and certain[1].sure and certain or #kept > 0 and kept or list
end

local function all(text, context)
  local plain, origin = plain_text.read(text)
  local list, most = scan(plain, context)
  if #list > 1 then list = meant(plain, list) end
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

function phone.text(value)
  local country = value:sub(1, 1) == "+" and countries.of_number(value:sub(2))
  if not country then return value end
  return "+" .. country.code .. " " .. groups.of(country.code, value:sub(2 + #country.code))
end

local ASSUMPTIONS = {
  region = "the country is the visitor's",
  country = "the first figures are the code of a country",
  number = "the figures are a phone number",
}

-- What an entry of `assumed` means, for people.
function phone.assumption(key)
  return ASSUMPTIONS[key]
end

return phone
