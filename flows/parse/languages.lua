-- flows/parse/languages.lua - the languages that times are read in.
--
--   languages.others       those beside English
--   languages.of(plain)    the lexer of a message: of English, and of one of the others where the
--     message's words are rather of that one
--
-- The text is as text.read() gives it.

local lpeg = require "lpeg"
local lexer = require "parse.lexer"
local plain_text = require "parse.text"
local words_en = require "parse.words_en"

local match, sub = lpeg.match, string.sub
local phrases = plain_text.phrases

local languages = {
  others = { "parse.words_es", "parse.words_de", "parse.words_hi", "parse.words_fr",
    "parse.words_pt" },
}

local english = lexer.new(words_en)

local letter = lpeg.R("az", "\128\255")
local one_word = letter ^ 1 * -1

-- What a word says of the language: points for each of the others by its place, two of a mark, one
-- of a sign; and the pattern that gives this for each word of a message.
local function listener()
  local heard, with_spaces = {}, {}
  for i, name in ipairs(languages.others) do
    local words = require(name)
    for points, written in ipairs { words.signs, words.marks } do
      for _, word in ipairs(phrases(written)) do
        heard[word] = heard[word] or {}
        heard[word][i] = points
        if not match(one_word, word) then with_spaces[#with_spaces + 1] = word end
      end
    end
  end
  local said = plain_text.any_word(with_spaces) * -letter + letter ^ 1
  return lpeg.Ct((said / heard + 1) ^ 0)
end

local listen
local others = {}

-- The lexer of a message, whose language shows in its first words; what another one needs is made
-- when it is first needed.
function languages.of(plain)
  listen = listen or listener()
  local list = match(listen, #plain > 500 and sub(plain, 1, 500) or plain)
  if #list == 0 then return english end
  local points, best, most = {}, 0, 1
  for _, said in ipairs(list) do
    for i, more in pairs(said) do points[i] = (points[i] or 0) + more end
  end
  for i in ipairs(languages.others) do
    if (points[i] or 0) > most then best, most = i, points[i] end
  end
  if best == 0 then return english end
  others[best] = others[best] or lexer.new(words_en, require(languages.others[best]))
  return others[best]
end

return languages
