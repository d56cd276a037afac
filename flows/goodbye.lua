-- flows/goodbye.lua - whether a message is a goodbye and nothing else: "ok thanks, bye!", "no,
-- that's all, thank you". To teach it a phrase, add it below: small letters, no signs but
-- apostrophes.
--
--   goodbye.is_said("thx cya")                 -> true
--   goodbye.is_said("thanks")                  -> false: more may follow
--   goodbye.is_said("bye, call me tomorrow")   -> false: that is more than a goodbye

-- One of these makes a message a goodbye ...
local PARTING = {
  "bye", "byebye", "bbye", "bye bye", "gn", "c u", "tata", "ta ta", "tschüs", "end chat",
  "close chat", "end the chat", "close the chat",
  "goodbye", "good bye", "bb", "see you", "see ya", "see you soon",
  "see you later", "see u", "cya", "c ya", "ttyl", "talk to you later", "talk to you soon",
  "talk later", "so long", "take care", "cheerio", "farewell", "good night",
  "goodnight", "have a nice day", "have a good day", "have a great day", "have a lovely day",
  "have a nice one", "have a good one", "have a great one", "have a nice evening",
  "have a good evening", "have a great evening", "have a nice weekend", "have a good weekend",
  "have a great weekend", "that's all", "thats all", "that is all", "that'll be all",
  "that will be all", "that was all", "nothing else", "nothing more",
  "that's everything", "thats everything", "no more questions", "kthxbye", "gtg", "g2g", "ttfn",
  "gotta go", "got to go",
  "i have to go", "i must go", "need to go", "i need to go",
  "i'm done", "im done", "i am done", "all done", "over and out",
  "adiós", "adios", "hasta luego", "hasta pronto", "hasta la vista", "nos vemos", "chao", "chau",
  "buenas noches", "eso es todo", "es todo", "nada más", "nada mas",
  "tschüss", "tschüß", "tschuess", "tschau", "ciao", "auf wiedersehen", "wiedersehen", "servus",
  "bis bald", "bis dann", "bis später", "schönen tag", "schönen tag noch", "schönen abend",
  "schönen abend noch", "gute nacht", "das war's", "das wars", "das ist alles", "das war alles",
  "alvida", "phir milenge", "phir milte hain", "bas itna hi",
  "अलविदा", "फिर मिलेंगे", "शुभ रात्रि",
  "au revoir", "à bientôt", "bonne journée", "c'est tout",
}
-- ... and only these may stand beside it.
local BESIDE = {
  "ok", "okay", "k", "kk", "ok then", "okay then", "alright", "all right", "right", "fine", "good",
  "great", "cool", "nice", "perfect", "awesome", "super", "lovely", "wonderful", "excellent",
  "brilliant", "sure", "yes", "yep", "yeah", "no", "nope", "nah", "got it", "understood", "i see",
  "all good", "it works", "it works now", "solved", "resolved", "fixed", "done", "well", "so",
  "thanks", "thank you", "thank u", "thankyou", "thanx", "thx", "thnx", "tx",
  "ty", "tysm", "cheers",
  "many thanks", "much appreciated", "appreciated", "appreciate it", "i appreciate it", "a lot",
  "so much", "very much", "a bunch", "again", "anyway", "for now", "now", "for your help",
  "for the help", "for all", "for everything", "for your time", "for helping",
  "and", "then", "from me", "for today", "you", "you too", "to you", "everyone", "all", "guys",
  "team", "bot", "sir", "madam", "mate", "dear", "my friend", "oh", "um", "ah", "haha", "lol",
  "that's it", "thats it", "that is it", "i needed", "i wanted",
  "gracias", "muchas gracias", "mil gracias", "vale", "sí", "si", "bueno", "muy bien", "perfecto",
  "y", "por todo", "por la ayuda", "por su ayuda",
  "danke", "danke schön", "danke sehr", "vielen dank", "besten dank", "dankeschön", "ja", "nein",
  "gut", "prima", "super", "alles klar", "und", "dann", "noch", "für die hilfe", "für ihre hilfe",
  "dhanyavad", "dhanyawad", "dhanyavaad", "shukriya", "bahut", "theek hai", "thik hai", "accha",
  "acha", "haan", "ji", "nahi", "धन्यवाद", "शुक्रिया", "ठीक है", "नहीं", "हाँ",
  "merci", "merci beaucoup", "oui", "non", "obrigado", "obrigada", "grazie", "tchau",
}

local LONG = 120 -- bytes; a longer message says more

-- Both by their first word, the longest first, so that "good night" goes before "good".
local pieces = {}
for is_parting, list in pairs { [true] = PARTING, [false] = BESIDE } do
  for _, piece in ipairs(list) do
    local first = piece:match "^%S+"
    pieces[first] = pieces[first] or {}
    table.insert(pieces[first], { text = piece .. " ", is_parting = is_parting })
  end
end
for _, list in pairs(pieces) do
  table.sort(list, function(one, other)
    if #one.text ~= #other.text then return #one.text > #other.text end
    return one.text < other.text
  end)
end

-- Small letters, one space behind each word; no pictures and no signs.
local function plain(text)
  text = text:gsub("\226\128\153", "'"):gsub("👋", " bye "):gsub("[\240-\247][\128-\191]*", " ")
    :gsub("\226[\128-\191][\128-\191]", " "):gsub("\239\184[\128-\191]", " ")
    :gsub("\194[\160-\191]", " ")
  text = text:lower():gsub("%f[%w]bye+%f[^%w]", "bye")
  return (text:gsub("[^%w'\128-\255]+", " ") .. " "):match "^ ?(.-) *$" .. " "
end

-- The piece that begins at a place, or nil.
local function piece_at(text, place)
  for _, piece in ipairs(pieces[text:match("^%S+", place)] or {}) do
    if text:sub(place, place + #piece.text - 1) == piece.text then return piece end
  end
end

local goodbye = {}

function goodbye.is_said(text)
  if #text > LONG or text:find "%?" then return false end
  text = plain(text)
  local place, has_parting = 1, false
  while place <= #text do
    local piece = piece_at(text, place)
    if not piece then return false end
    place, has_parting = place + #piece.text, has_parting or piece.is_parting
  end
  return has_parting
end

return goodbye
