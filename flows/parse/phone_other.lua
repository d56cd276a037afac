-- flows/parse/phone_other.lua - figures that could be a phone number: are they something else?
--
--   other.shape(plain, groups, count, figures, home)  -> true for cards, dates, "123-45-6789" ...
--   other.count(plain, groups, count, figures)        -> true for "1 2 3 4 5", "10021-5543"
--   other.vote(plain, from, to)   what the words beside figures make of them:
--     "phone"     a word speaks for one: "my mobile is ...", "... is my number"
--     "refused"   they are something else: "grievance no. ...", "... is my loan account"
--     "doubted"   they may be: "... still open"
--     "noun"      a word that nobody knows stands before them: "population: ...", "amit ..."
--     nil         nothing is said
--
-- groups are a candidate of phone_grammar.lua: group k is from groups[2 * k] to before
-- groups[2 * k + 1].

local lpeg = require "lpeg"
local vocabulary = require "parse.phone_words"

local C, Ct, P, R, S, V = lpeg.C, lpeg.Ct, lpeg.P, lpeg.R, lpeg.S, lpeg.V
local byte, find, gmatch, match, sub = string.byte, string.find, string.gmatch, string.match,
  string.sub

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

-- Groups by their lengths: social security, tax and identity numbers, zip codes, cards, accounts.
local SHAPES = { ["3-2-4"] = true, ["4-4-4"] = true, ["4 4 4"] = true, ["3.3.3"] = true,
  ["4 6 5"] = true, ["4 6 4"] = true, ["5-4"] = true, ["2-7"] = true, ["2-2-2 8"] = true,
  ["1 2 2 2 3 3 2"] = true, ["1 5 5 1"] = true, ["1 6 6"] = true }

local digit = R "09"
local two, three = digit * digit, digit * digit * digit
local year = (P "19" + "20") * two
local day = "0" * R "19" + S "12" * digit + "3" * S "01"
local month = "0" * R "19" + "1" * S "012"
local compact_date = year * month * day + (day * month + month * day) * year
local hour_minute = (S "01" * digit + "2" * S "0123") * S "012345" * digit
-- Milliseconds since 1970
local milliseconds = "1" * R "59" * three * three * three * two

local moment = (compact_date * (hour_minute * two ^ -1) ^ -1 + milliseconds) * -1
local zip_code = R "19" * two * two * "-" * two * two
local of_year = year * "-" * two * two * digit ^ 1
local of_person = (two * month * day + day * month * two) * "-" * (two * "-") ^ -1 * two * two
local book = digit * "-" * digit ^ 1 * "-" * digit ^ 1 * "-" * digit
local tax = two * "-" * two * two * two * two * "-" * digit
local not_a_number = (zip_code + of_year + of_person + book + tax) * -(S " -" ^ -1 * digit)

-- What no country has for a number, though it may have the length of one.
function other.count(plain, groups, count, figures)
  if count == 1 then return #figures > 10 and lpeg.match(moment, figures) ~= nil end
  if count < 5 then return lpeg.match(not_a_number, plain, groups[2]) ~= nil end
  -- the same step from each to the next: "32 34 36 38 40"
  local step, before
  for k = 1, count do
    local group = sub(plain, groups[2 * k], groups[2 * k + 1] - 1)
    local value = tonumber(group)
    if byte(group) == byte "0" or before and step and value - before ~= step then return false end
    step, before = before and value - before, value
  end
  return step ~= 0
end

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
  local is_pair = home and #figures == 2 * home.least and longest == 2
  return longest == 1 or longest == 2 and count >= 4 and sub(figures, 1, 1) ~= "0" and not is_pair
    or SHAPES[lengths_written] == true
    or lengths_written == "4 4 4 4" and not (home and home.least == 8)
end

-- Votes -------------------------------------------------------------------------------------------

-- The words of several lines of the vocabulary, each a key.
local function set_of(...)
  local set = {}
  for _, line in ipairs { ... } do
    for said in gmatch(vocabulary[line], "%S+") do set[said] = true end
  end
  return set
end

local PHONE, PLAIN = set_of "phone", set_of("plain", "before")
local KNOWN_AS, NUMBER = set_of("not_phone", "code"), set_of "number"
local BETWEEN, STATE = set_of("between", "is"), set_of "state"
local STILL, NEGATION, ABOUT = set_of "still", set_of "negation", set_of "about"
local OF, BY, IS, ENDS = set_of "of", set_of "by", set_of "is", set_of("by", "ends")

-- The words right before figures, in a list; a comma or a figure ends them. Those behind, too.
local letter = R "az" + "'" + R "\128\255"
local word = C(letter ^ 1)
local words_before = P {
  (Ct((word * S " \t:.#=(-" ^ 0) ^ 1) * -1) + (letter ^ 1 + 1) * V(1),
}
local words_behind = S " \t)(=-" ^ 0 * Ct((word * S " \t-" ^ 0) ^ -6)
local LOOKED_AT = 48

-- German, Dutch and others: "z\195\164hlernummer".
local compound = P { C((1 - V(2)) ^ 1) * V(2), (P "nummer" + "number" + "nr") * -1 }

-- "my", "Rahul's", "nigerian" say nothing of what has the number.
local function is_plain(said)
  return PLAIN[said] or PLAIN[match(said, "^(.*)s$")] or find(said, "'s$") or find(said, "ian$")
    or find(said, "[ie]s[he]$")
end

-- "call Rita", "reach me at reception": whether a phone word stands before word i.
local function is_called(list, i)
  local last = list[i - 1]
  if not BY[last] then return PHONE[last] end
  for k = i - 2, 1, -1 do
    if PHONE[list[k]] then return true end
  end
  return false
end

-- "phone", "numbered": the number of something, "about": what is talked of, "noun" or nil.
local function vote_before(plain, from)
  local head = sub(plain, from > LOOKED_AT and from - LOOKED_AT or 1, from - 1)
  if find(head, "%d ?[+*=] ?$") then return "noun" end
  local list, is_number = lpeg.match(words_before, head) or {}, false
  for i = #list, 1, -1 do
    local said = list[i]
    local stem = lpeg.match(compound, said)
    if stem then is_number, said = true, stem end
    if PHONE[said] then return "phone" end
    if NUMBER[said] then is_number = true
    elseif not BETWEEN[said] and said ~= "for" then
      if is_plain(said) or not find(said, "%l") then break end
      if ABOUT[said] then return "about" end
      if is_called(list, i) then return "phone" end
      local number = list[i - (OF[list[i - 1]] and 2 or find(said, "^d'") and 1 or i)]
      return (is_number or NUMBER[number]) and "numbered" or "noun"
    end
  end
  return is_number and "phone" or nil
end

-- What figures are said to be, from word i on: "phone", "other", "unknown" or nil.
local function named(list, i)
  local is_unknown = false
  for k = i, #list do
    local said = list[k]
    if PHONE[said] then return "phone" end
    if KNOWN_AS[said] then return "other" end
    if NUMBER[said] then return is_unknown and "unknown" or "phone" end
    if ENDS[said] then return nil end
    is_unknown = not is_plain(said)
  end
end

-- "phone", "other", "state": something is to come of it, "weak": perhaps, or nil.
local function vote_behind(plain, to)
  local tail = sub(plain, to, to + LOOKED_AT)
  local list = lpeg.match(words_behind, tail)
  local i, is_still = 1, false
  while BETWEEN[list[i]] or STILL[list[i]] do i, is_still = i + 1, is_still or STILL[list[i]] end
  local said = list[i]
  if not said then return nil end
  if STATE[said] then return "state" end
  if NEGATION[said] or find(said, "n't$") then
    local what = list[BETWEEN[list[i + 1]] and i + 2 or i + 1]
    return what and (STATE[what] or not (is_plain(what) or PHONE[what])) and "state" or nil
  end
  local name = (IS[list[1]] or find(tail, "^ ?%(")) and named(list, i)
  if name then return name == "unknown" and "state" or name end
  if PHONE[said] then return "phone" end
  return (is_still or find(said, "%l%l%led$") and not is_plain(said)) and "weak" or nil
end

function other.vote(plain, from, to)
  local before = vote_before(plain, from)
  if before == "phone" then return "phone" end
  local behind = vote_behind(plain, to)
  if behind == "other" then return "refused" end
  if before == "numbered" then return behind == "phone" and "doubted" or "refused" end
  if behind == "phone" then return "phone" end
  if before == "noun" and behind then return behind == "state" and "refused" or "doubted" end
  return (behind == "state" or before == "about") and "doubted" or before
end

return other
