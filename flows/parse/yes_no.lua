-- flows/parse/yes_no.lua - whether an answer says yes or no.
--
--   local yes_no = require "parse.yes_no"
--   yes_no.find("yep, go ahead")            -> "yes"
--   yes_no.find("ok great")                 -> "yes", "ok": where nobody asked, politeness maybe
--   yes_no.find("not really")               -> "no"
--   yes_no.find("yes but only tomorrow")    -> nil, "yes": a yes that goes on
--   yes_no.find("y.kumar@gmail.com")        -> nil
--   yes_no.find("leave it as it is", "Shall I cancel it?")    -> "no"
--   yes_no.accepts("please call me")        -> true: beside "tomorrow at 3" that changes nothing
--   yes_no.is_limited("not before 3, but")  -> true
--
-- A yes is one only where the whole message is explained: beside the yes stands nothing but what
-- changes nothing ("please", "sir", "go ahead"). Whatever else stands there may be a condition, a
-- correction or somebody's name, so it is to be asked again, or read by who understands it. A no
-- may have more behind it ("no, make it 5"). Yes and no in one message are neither, save behind
-- "wait", "actually": "no wait, yes" is its last word. What asks ("sure?") answers nothing, nor
-- does who guesses ("I think so") or tells what others say ("my boss said yes"). That all shall
-- stay as it is accepts what was shown, but is a no where the question is about an end or a change.
--
-- chat:confirm reads answers with this file, too: it is the one place where yes and no are known.
-- The words stand in yes_no_words.lua.
local plain_text = require "parse.text"
local vocabulary = require "parse.yes_no_words"

local FEW = 6     -- words of a message in which a no counts wherever it stands
local LONG = 16   -- unknown words of a tale that happens to begin with "no"
local MAX = 400   -- bytes that are read

-- ---- the message as words ----

local TLD = { "com", "org", "net", "io", "co", "in", "uk", "de", "es", "eu", "us", "info", "app",
  "dev", "ai", "me", "biz", "edu", "gov", "fr", "it", "nl", "ca", "au", "ae", "sg", "pk", "lk" }
local is_tld = {}
for _, name in ipairs(TLD) do is_tld[name] = true end

local UNKNOWN = "\3"

-- E-mail addresses and web addresses are one word that nobody knows.
local function without_addresses(text)
  text = text:gsub("%S+@%S+", " \3 "):gsub("%a+://%S+", " \3 ")
  return (text:gsub("[%w%-]+%.[%w%-%.]*%w/?%S*", function(found)
    local last = found:match "^[%w%-%.]*%.(%a+)%f[^%w%-]"
    return (found:find "^www%." or last and is_tld[last]) and " \3 " or nil
  end))
end

-- The words that pictures become.
local PICTURE_WORD = { yes = "\1", no = "\2", doubt = UNKNOWN }
local PICTURE = {}
for kind, pictures in pairs(vocabulary.pictures) do
  for _, picture in ipairs(pictures) do PICTURE[picture] = PICTURE_WORD[kind] end
end

-- Those that are neither here nor there go, and skin tones.
local function picture_words(pictures)
  local words = {}
  for picture in pictures:gmatch "[\194-\244][\128-\191]*" do
    words[#words + 1] = PICTURE[picture]
  end
  return " " .. table.concat(words, " ") .. " "
end

-- "yesss", "nooo"
local function shortened(word)
  if not word:find "(%a)%1%1" then return nil end
  local count
  repeat
    word, count = word:gsub("(%a)%1", "%1")
  until count == 0
  return word
end

-- { "yes", ",", "please" }, and whether it asks. A sign between words is ",".
local function words_of(text)
  text = without_addresses(plain_text.plain(text:sub(1, MAX)):lower())
  text = text:gsub("(why not)%s*%?+", "%1"):gsub("%f[%w]o%.k%.?%f[%W]", "ok")
    :gsub("%f[%w]n[/%.]a%f[%W]", "\3"):gsub("%f[%w]100%s*%%", " \1 "):gsub("\226\128\166", " , ")
  local asks = text:find("?", 1, true) ~= nil
  text = text:gsub("[\240-\244][\128-\191]+", picture_words)
    :gsub("\226[\152-\158\172-\173][\128-\191]", picture_words):gsub("\226\128\141", "")
  text = text:gsub("%a+", shortened)
  text = text:gsub("%f[%w]no%.%s*%f[%d]", "\3 ") -- "no. 12"
  text = text:gsub("[%.,!%?;:%(%)\"%*~/|\n\r]+", " , ")
  local list = {}
  for word in text:gmatch "%S+" do
    local before, core, behind = word:match "^([%-_#&@'`]*)(.-)([%-_#&@'`]*)$"
    if before:find "-" then list[#list + 1] = "," end
    if core ~= "" then list[#list + 1] = core end
    if behind:find "-" then list[#list + 1] = "," end
  end
  return list, asks
end

-- ---- the words as what they mean ----

-- Phrases by their first word, the longest first.
local phrases = {
  [PICTURE_WORD.yes] = { { kind = "picture", text = PICTURE_WORD.yes, words = 1 } },
  [PICTURE_WORD.no] = { { kind = "no", text = PICTURE_WORD.no, words = 1 } },
}
for kind, written in pairs(vocabulary.kinds) do
  for _, phrase in ipairs(plain_text.phrases(written)) do
    local first = phrase:match "^%S+"
    phrases[first] = phrases[first] or {}
    table.insert(phrases[first], { kind = kind, text = phrase, words = select(2,
      phrase:gsub("%S+", "")) })
  end
end
for _, list in pairs(phrases) do
  table.sort(list, function(one, other)
    if one.words ~= other.words then return one.words > other.words end
    return one.text < other.text
  end)
end

-- The kind of what begins at a place, and how many words it takes.
local function phrase_at(words, place)
  for _, phrase in ipairs(phrases[words[place]] or {}) do
    local count = phrase.words
    local last = math.min(#words, place + count - 1)
    if table.concat(words, " ", place, last) == phrase.text then return phrase.kind, count end
  end
  return words[place] == "," and "sign" or "other", 1
end

-- "no reply", "no 12" and "Nora No" are no no; "no", "no, 5pm", "no that is wrong" are one.
local function is_bare_no(words, place, is_first)
  local word, next_word = words[place], words[place + 1]
  if not vocabulary.determiners[word] then return true end
  if not is_first then return false end
  if next_word == nil or next_word == "," then return true end
  local kind = phrase_at(words, place + 1)
  return kind ~= "other" or vocabulary.after_no[next_word] == true
end

-- "have a very nice day": how many words that takes; nil where it is something else.
local function good_wish_at(words, place)
  if words[place] ~= "have" or not (words[place + 1] or ""):find "^an?$" then return nil end
  for i = place + 2, place + 5 do
    if vocabulary.praised[words[i]] then return i - place + 1 end
  end
end

-- "nice day", "good for you" praise something; "good for me" is a yes.
local function is_praise(words, place)
  local next_word, third = words[place + 1], words[place + 2]
  return vocabulary.praise[words[place]] and (vocabulary.praised[next_word]
    or vocabulary.towards[next_word] and third == "you") or false
end

-- "yes boss", "bro, yes", but not "my boss says yes".
local function is_vocative(words, place)
  local next_word = words[place + 1]
  if next_word == nil or next_word == "," then return true end
  local kind = phrase_at(words, place + 1)
  return place == 1 and vocabulary.spoken[kind] == true
end

local function kind_at(words, place, is_first)
  local wish = good_wish_at(words, place)
  if wish then return "parting", wish end
  local kind, count = phrase_at(words, place)
  if count > 1 then return kind, count end
  if kind == "no" and not is_bare_no(words, place, is_first) then kind = "negation" end
  if kind == "ok" and is_praise(words, place) then kind = "other" end
  if kind == "vocative" and not is_vocative(words, place) then kind = "other" end
  return kind, 1
end

local function kinds_of(words)
  local list, place, is_first = {}, 1, true
  while place <= #words do
    local kind, count = kind_at(words, place, is_first)
    if kind == "other" then is_first = false end
    if kind ~= "sign" then list[#list + 1] = kind end
    place = place + count
  end
  return list
end

-- Whether one of the words stands in a text.
local function has_one(list, text)
  for word in plain_text.plain(text):lower():gmatch "[%w'\128-\255]+" do
    if list[word] then return true end
  end
  return false
end

-- ---- what it says ----

-- What was heard so far: answer ("yes"; "ok": a yes unless a no follows; "no"), others: words that
-- nobody knows, negated: what follows is turned, replaced: what follows counts instead, ends: the
-- question was about an end or a change.
local hear = {}

local function take(heard, answer)
  heard.answer, heard.replaced, heard.is_first = answer, false, heard.others == 0
end

function hear.picture(heard)
  if heard.negated then return end -- "please don't do it"
  if not heard.answer or heard.answer == "ok" or heard.replaced then return take(heard, "yes") end
  if heard.answer == "no" and not heard.is_polite then heard.conflict = true end
end

function hear.yes(heard)
  hear.picture(heard)
  heard.is_clear = true
end

function hear.ok(heard)
  if heard.negated then return end
  if not heard.answer or heard.replaced then return take(heard, "ok") end
  if heard.answer == "no" and not heard.is_polite then heard.conflict = true end
end

function hear.yeah(heard)
  hear.ok(heard)
  heard.is_clear = true
end

function hear.no(heard)
  if heard.negated then heard.conflict = true end
  if not heard.answer or heard.answer == "ok" or heard.replaced then return take(heard, "no") end
  if heard.answer == "yes" then heard.conflict = true end
end

function hear.no_thanks(heard)
  hear.no(heard)
  heard.is_polite = heard.answer == "no"
end

-- "don't" is a no, unless a no follows or a yes stood before.
function hear.dont(heard)
  hear.no(heard)
  heard.negated = true
end

function hear.negation(heard)
  heard.negated, heard.others = true, heard.others + 1
end

function hear.other(heard) heard.others = heard.others + 1 end
hear.unsure = hear.other

-- Letters and words that are other things in other company.
function hear.alone_yes(heard)
  heard.is_alone = true
  hear.yes(heard)
end

function hear.alone_ok(heard)
  heard.is_alone = true
  hear.ok(heard)
end

function hear.alone_no(heard)
  heard.is_alone = true
  hear.no(heard)
end

-- "I am busy then" is a no to a time; to "shall I cancel?" it is none.
function hear.unable(heard)
  if heard.ends then return hear.other(heard) end
  hear.alone_no(heard)
end

-- "I can't", but not "I can't say no".
function hear.cant(heard)
  hear.unable(heard)
  heard.negated = true
end

-- All shall stay as it is: "no, keep it" is still a no.
function hear.keep(heard)
  if heard.ends then return hear.no(heard) end
  if heard.answer ~= "no" then hear.yes(heard) end
end

function hear.parting(heard) heard.parts = true end

function hear.rather(heard)
  heard.replaced, heard.conflict, heard.negated = heard.answer ~= nil, false, false
end

hear.sorry = hear.rather

-- What was heard, and of how many pieces it is made.
local function heard_in(text, question)
  local words, asks = words_of(text)
  local list = kinds_of(words)
  local heard = { others = #text > MAX and 1 or 0, asks = asks,
    ends = question and has_one(vocabulary.ending, question) }
  for i, kind in ipairs(list) do
    if kind == "rather" and i == #list then kind = "other" end -- "yes, wait"
    if kind == "sorry" and i == #list then kind = "filler" end -- "no, sorry"
    if hear[kind] then hear[kind](heard) end
  end
  return heard, #list
end

local yes_no = {}

-- "yes", "no", or nil; then, behind nil, "yes" where the message begins with a yes and goes on,
-- "both" where it says both: "I can't say no"; behind "yes", "ok" where it may be politeness.
-- question: what was asked, where that is known.
function yes_no.find(text, question)
  local heard, count = heard_in(text, question)
  local answer = heard.answer == "ok" and "yes" or heard.answer
  if heard.conflict then return nil, "both" end
  if not answer or heard.asks or heard.is_alone and heard.others > 0 then return nil end
  if answer == "no" then
    local counts = (heard.is_first or count <= FEW) and heard.others < LONG
    return counts and "no" or nil
  end
  if heard.others == 0 and not heard.replaced then
    return "yes", not heard.is_clear and "ok" or nil
  end
  return nil, heard.is_first and not heard.negated and "yes" or nil
end

-- Whether what stands beside a time or number that was offered takes it as it is: a yes, or nothing
-- of weight. "See you tomorrow" alone is a goodbye.
function yes_no.accepts(text)
  local heard = heard_in(text)
  return heard.others == 0 and not (heard.conflict or heard.asks or heard.negated or heard.replaced)
    and heard.answer ~= "no" and (heard.answer ~= nil or not heard.parts)
end

-- Whether a message names a condition ("if", "maybe") or a limit ("only", "not before").
function yes_no.is_limited(text)
  return has_one(vocabulary.limits, text:lower():gsub("day after", ""):gsub("quarter after", ""))
end

return yes_no
