-- flows/parse/lexer.lua - cuts a message into the tokens that times are made of.
--
--   local tokens = lexer.new(require "parse.words_en").read(text)
--     tokens.kinds   one byte a token, as in lexer.kinds: the string that the grammar reads
--     tokens.value   what it stands for: a number, a unit's name, the figures as written
--     tokens.from, tokens.to   its first and last byte in the text
--
-- The text is in small letters. Spaces make no tokens. A figure that cannot be a time (money, "%",
-- a part of a word, behind "order no.") becomes an unknown word. A phone number stands in the text
-- as bytes 1, which time.lua puts there.

local lpeg = require "lpeg"
local plain_text = require "parse.text"
local other_days = require "parse.words_other"
local typos = require "parse.typos"
local zones = require "parse.zones"

local P, R, S, V, C, Cc, Cp = lpeg.P, lpeg.R, lpeg.S, lpeg.V, lpeg.C, lpeg.Cc, lpeg.Cp
local gmatch, gsub, sub, match = string.gmatch, string.gsub, string.sub, lpeg.match

local lexer = {}

-- A kind is one byte above 127; punctuation is its own kind.
local NAMES = {
  -- words
  "weekday", "month", "day", "tonight", "part", "meal", "noon", "unit", "weeks", "years",
  "letter_unit", "number",
  "tens", "thousand", "more", "ordinal", "some", "holiday", "at", "around", "on", "in", "of", "the",
  "article", "from", "to", "after", "before", "by", "between", "and", "or", "next", "this", "last",
  "half", "quarter", "not", "no", "now", "right", "away", "asap", "soon", "as", "possible",
  "later", "ago", "earlier", "than", "early", "late", "mid", "end", "for", "oclock", "hundred",
  "every", "weekend", "workday", "time", "whose", "ish", "good", "new", "eve", "thing", "rather",
  "minus", "plus", "bound", "since", "give", "bad",
  "busy", "engaged", "like", "same", "label", "street",
  "filler", "zone", "place", "zone_id", "letter_noon",
  -- figures
  "int", "long", "big", "nth", "decimal", "pair", "full_date", "iso_date", "clock", "bad_clock",
  "ampm", "unknown", "newline", "phone",
  -- what looks like a date, a clock or a zone's id and is none that a rule reads: "3.30.45"
  "odd",
  -- words in a script that has none here
  "foreign",
}
local kinds = {}
for i, name in ipairs(NAMES) do kinds[name] = string.char(127 + i) end
lexer.kinds = kinds

-- The kinds of some tokens, by name, and marks.
function lexer.set_of(names)
  local set = {}
  for name in names:gmatch "%S+" do set[kinds[name] or name] = true end
  return set
end

local digit = R "09"
-- Letters beyond ASCII are those of two bytes, of Devanagari and Vietnamese. Those of other scripts
-- than Latin and Devanagari have no words here. What else takes three or four bytes is a picture.
local letter = R "az" + R("\195\201", "\206\223") * R "\128\191"
  + P "\224" * S "\164\165" * R "\128\191" + P "\225" * R "\184\187" * R "\128\191"
local more = R "\128\191"
local foreign = R "\206\223" * more + "\224" * (more - S "\164\165") * more
  + "\225" * (more - R "\184\187") * more + "\227" * R "\129\191" * more
  + R "\228\237" * more * more
local currency = P "\194\163" + "\194\165" + "\226\130" * R "\128\191"     -- £ ¥ € ₹ ...
local picture = (R "\224\244" * R "\128\191" ^ 1) ^ 1
local alnum = letter + digit
local any_word = plain_text.any_word
local two, one_or_two = digit * digit, digit * digit ^ -1

-- A web or mail address: no word in it counts.
local domain = P "com" + "net" + "org" + "io" + "co" + "ai" + "app" + "dev" + "gov" + "edu"
local address = (P "http" * P "s" ^ -1 * "://" + "www.") * (1 - S " \t\r\n") ^ 1
  + R "az" * (R("az", "09") + S "._+-") ^ -63 * "@" * alnum ^ 1 * (S ".-" * alnum ^ 1) ^ 1
  + letter ^ 1 * "." * domain * -alnum
local meridiem = S "ap" * S " ." ^ -3 * "m" * -alnum * P "." ^ -1
local oclock = "o" * S " '`" ^ -2 * (P "clock" + "clk") * -alnum
local word = letter ^ 1 * (S "'`" * letter ^ 1) ^ 0

local meridiem_behind = P " " ^ -1 * meridiem

local function numeric_date(mark)
  return one_or_two * mark * one_or_two * mark * two * two ^ -1 * -digit * -(P(mark) * digit)
end

local function token(kind, pattern) return Cc(kinds[kind]) * C(pattern) end

local figures =
  token("iso_date", two * two * S "/.-" * one_or_two * S "/.-" * one_or_two * -digit
    * -(S "/.-" * digit)) * (P "t" * #digit) ^ -1
  + token("full_date", numeric_date "/" + numeric_date "-" + numeric_date ".")
  + token("clock", one_or_two * ":" * two * (":" * two * (S ".," * digit ^ 1) ^ -1) ^ -1
    * -digit * -(":" * digit))
  + token("clock", one_or_two * P " " ^ -1 * "h" * P " " ^ -1 * two * -alnum)
  + token("clock", one_or_two * (P " : " + ";" * #(two * meridiem_behind)) * two * -digit)
  + token("nth", one_or_two * (P "st" + "nd" + "rd" + "th") * -alnum)
  + token("odd", one_or_two * (S ".:/" * one_or_two * -digit) ^ 2 * -(S ".,:/" * digit))
  + token("unknown", digit ^ 1 * (S ".,:/" * digit ^ 1) * (S ".,:/" * digit ^ 1) ^ 1)
  + token("pair", one_or_two * "/" * one_or_two * -(S ".,-/:" ^ -1 * digit))
  + token("decimal", digit ^ 1 * S ".," * digit ^ 1)
  + token("int", one_or_two * -digit)
  + token("long", two * digit * digit ^ -1 * -digit)
  + token("big", digit ^ 1)

-- Where "am" is a word ("um 3 am Montag"), it is a half of the day in "3am" and where it ends what
-- is said.
local function special_word(has_am)
  local half = has_am and lpeg.B(digit) * meridiem + (meridiem - P "am " * alnum) or meridiem
  return token("ampm", half) + token("oclock", oclock)
end

-- No message has more tokens than this that matter; a longer one is read so far.
local MOST_TOKENS = 160

-- "europe/paris", "america/new york": as much of it as is a zone, or else its first two words.
local between = S "_/+-" + P " " * #letter
local place_ends = lpeg.Ct(letter * alnum ^ -20 * Cp() * (between * alnum ^ -20 * Cp()) ^ -3)
local function id_behind(area)
  return lpeg.Cmt("/" * #letter, function(text, from)
    local ends = match(place_ends, text, from)
    for i = #ends, 1, -1 do
      if zones.named(area, sub(text, from, ends[i] - 1)) then return ends[i] end
    end
    return zones.looks_meant(area, sub(text, from, ends[1] - 1)) and ends[1]
  end)
end

local id_tree = {}
for area in pairs(zones.areas) do plain_text.add_words(id_tree, { area }, id_behind(area)) end
local zone_id = plain_text.tree_pattern(id_tree)

local one_word = word * -1

local function lookup(meaning, written)
  local found = meaning[written]
  if found then return found end
  if sub(written, -2) == "'s" then return meaning[sub(written, 1, -3)] end
end

-- Words are looked up; only what has a space, a figure or a mark in it stands in a tree.
local function cutter(meaning, with_marks, with_figures)
  local has_am = meaning.am ~= nil
  local blank = S " \t\r" ^ 1
  local phrase = (zone_id + any_word(with_marks)) * P "'s" ^ -1 * -letter * -("'" * letter)
  local known = Cc "word" * C(phrase) + lpeg.Cmt(C(word), function(_, behind, written)
    return lookup(meaning, written) and behind, "word", written
  end)
  -- a run of such words is one token; it has a place behind it instead of its letters
  local foreign_run = Cc(kinds.foreign) * (foreign ^ 1 * (blank * foreign ^ 1) ^ 0) * Cp()
  local unknown_run = Cc(kinds.unknown) * word * (blank * (word - V "known")) ^ 0 * Cp()
  local text = Cp() * (
    #S "apo" * special_word(has_am)
    + #letter * #(alnum * alnum ^ -63 * S "@.:+_-") * token("unknown", address)
    + V "known"
    + #R "\206\237" * foreign_run
    + unknown_run
    + #digit * (Cc "word" * C(any_word(with_figures) * -alnum) + figures)
    + token("phone", P "\1" ^ 1)
    + token("newline", P "\n")
    + Cc "mark" * C(currency + picture + 1))
  return P { V "token" ^ -MOST_TOKENS, token = blank ^ -1 * text, known = known }
end

-- word -> { kind, value }, and the pattern that cuts a text.
local function dictionary(languages)
  local meaning, with_marks, with_figures = {}, {}, {}
  local function learn(spelling, kind, value)
    if not meaning[spelling] and match(digit, spelling) then
      with_figures[#with_figures + 1] = spelling
    elseif not meaning[spelling] and not match(one_word, spelling) then
      with_marks[#with_marks + 1] = spelling
    end
    meaning[spelling] = { kind, value }
  end
  for _, words in ipairs(languages) do
    for _, name in ipairs(NAMES) do
      for _, entry in ipairs(words[name] or {}) do
        for _, spelling in ipairs(plain_text.phrases(entry[1])) do
          learn(spelling, kinds[name], entry[2] or spelling)
        end
      end
    end
  end
  local function learn_others(kind, spelling, value)
    spelling = gsub(spelling, "_", " ")
    if not meaning[spelling] then learn(spelling, kind, value or spelling) end
  end
  for _, written in pairs(other_days) do
    for spelling in gmatch(written, "%S+") do learn_others(kinds.odd, spelling) end
  end
  for letters, zone in pairs(zones.letters) do learn_others(kinds.zone, letters, zone) end
  for place, zone in pairs(zones.places) do
    learn(gsub(place, "_", " "), kinds.place, zone)
  end
  learn("a", meaning.a and meaning.a[1] or kinds.ampm, meaning.a and meaning.a[2] or "a")
  learn("p", kinds.ampm, "p")
  for _, words in ipairs(languages) do
    for right in gmatch(words.typos or "", "%S+") do
      typos.each(right, function(spelling)
        meaning[spelling] = meaning[spelling] or meaning[right]
      end)
    end
  end
  return meaning, cutter(meaning, with_marks, with_figures)
end

-- Words that a figure may be glued to: "oct2", "at5", "2h30".
local glues = lexer.set_of("month weekday weeks unit letter_unit at by after before zone newline "
  .. "foreign")
-- What may be glued to the end of a figure: "3pm", "16h", "15sep".
local glued = lexer.set_of("unit weeks years letter_unit noon letter_noon month weekday ampm ish "
  .. "oclock hundred zone at")
local figure = lexer.set_of "int long big nth decimal pair full_date iso_date clock odd"
local MONEY = lexer.set_of "$ #"
-- What may stand between "order" and its figures: "order no. 123", "order number is: 123".
local INFIX = lexer.set_of "no filler : . # -"

local clock_shape = C(one_or_two) * S ":h" * C(two)
local function clock_ok(written)
  local hour, minute = match(clock_shape, written)
  hour = tonumber(hour)
  return (hour < 24 or hour == 24 and minute == "00") and tonumber(minute) <= 59
end

-- Does a figure behind token n belong to a label: "order 123", and both ends of "pages 3 to 5"?
local function is_labelled(tokens, n)
  local list, before = tokens.list, n
  if list[n] == kinds.to or list[n] == "-" then
    return n > 1 and list[n - 1] == kinds.unknown and tokens.labelled == n - 1
  end
  while INFIX[list[before]] and n - before < 3 do before = before - 1 end
  return list[before] == kinds.label
end

-- Is the figure at n the number of a point in a list: "1) my number ... 2) tomorrow"?
local function is_marker(tokens, n, mark)
  local before = tokens.list[n - 1]
  return mark == ")" and tokens.list[n] == kinds.int
    and (not before or before == kinds.newline or before == kinds.phone or before == kinds.unknown
      or before == "," or before == ";" or before == ".")
end

-- The languages that are read together; of a word that stands in several, the last one's meaning
-- counts.
function lexer.new(...)
  local languages = { ... }
  local words = languages[#languages]
  local meaning, cut = dictionary(languages)
  local unknown, int, number, ordinal = kinds.unknown, kinds.int, kinds.number, kinds.ordinal
  local self = { meaning = meaning, words = words }

  -- The kind and value of a word; one or two letters can mean something only behind a figure.
  local function of_word(written, after_figure)
    if written == "p" and not after_figure then return unknown, written end
    if written == "a" and after_figure and meaning.a[1] ~= kinds.at then
      return kinds.ampm, written
    end
    local found = lookup(meaning, written)
    if not found then
      local area, place = string.match(written, "^(%a+)/(.*)$")
      if not area then return unknown, written end
      local id = zones.named(area, place)
      return id and kinds.zone_id or kinds.odd, id or written
    end
    local is_letter = found[1] == kinds.letter_unit or found[1] == kinds.letter_noon
    if not after_figure and is_letter and #written <= 2 then
      return unknown, written
    end
    return found[1], found[2]
  end

  -- Numbers in words are put together: "twenty" "-"? "one"; true if this one went into the last.
  local function join(tokens, n, kind, value)
    local before = n
    if tokens.list[before] == "-" then before = before - 1 end
    if tokens.list[before] ~= kinds.tens then return false end
    if value < 1 or value > 9 then return false end
    tokens.list[before] = kind
    if before < n then
      tokens.list[n], tokens.value[n], tokens.from[n], tokens.to[n] = nil, nil, nil, nil
    end
    tokens.value[before] = tokens.value[before] + value
    return true, before
  end

  -- The lists are used again for the next message: nobody keeps them, and growing new ones takes
  -- longer than filling them.
  local list, value, from, to = {}, {}, {}, {}

  function self.read(text)
    for i = #list, 1, -1 do list[i], value[i], from[i], to[i] = nil, nil, nil, nil end
    local raw = { match(cut, text) }
    local tokens = { text = text, words = words, list = list, value = value, from = from, to = to }
    local n, last_to, last = 0, 0, nil
    for i = 1, #raw - 2, 3 do
      local at, kind, written = raw[i], raw[i + 1], raw[i + 2]
      local is_glued = at == last_to + 1 and n > 0
      local what = written
      last_to = type(written) == "number" and written - 1 or at + #written - 1
      if kind == "word" then
        local behind = is_glued and figure[last]
        kind, what = of_word(written, figure[last])
        if is_glued and last == "$" then kind = unknown end
        if behind and not glued[kind] then list[n] = unknown end
        if (kind == number or kind == ordinal) and n > 0 then
          local joined, place = join(tokens, n, kind, what)
          if joined then
            n, kind = place, nil
            to[n] = last_to
            last = list[n]
          end
        end
      elseif kind == "mark" then
        -- a picture, or a byte that is no text, must not be taken for a kind
        kind = written < "\128" and written or match(currency, written) and "$" or ","
        local spoils = written == "%" or MONEY[written]
        if figure[last] and is_glued and (spoils or is_marker(tokens, n, written)) then
          list[n] = unknown
        end
      elseif figure[kind] then
        if kind == int then what = tonumber(written) end
        if kind == kinds.clock then
          what = gsub(gsub(written, " ", ""), ";", ":")
          if not clock_ok(what) then kind = kinds.bad_clock end
        end
        if is_glued and glues[last] and is_labelled(tokens, n - 1) then
          kind, list[n] = unknown, unknown                  -- "code SUN10"
        elseif is_glued and (last == unknown or MONEY[last] or last == "%" or last == "="
            or to[n] >= from[n] and not figure[last] and #last == 1 and last >= "\128"
            and not glues[last]) then
          kind = unknown
        elseif is_labelled(tokens, n) then
          kind, tokens.labelled = unknown, n + 1
        end
      end
      if kind then
        n = n + 1
        list[n], value[n], from[n], to[n] = kind, what, at, last_to
        last = kind
      end
    end
    tokens.kinds = table.concat(list)
    return tokens
  end

  return self
end

return lexer
