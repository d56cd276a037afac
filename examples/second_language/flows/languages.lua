-- flows/languages.lua - which language a visitor gets. Another one is a file in texts/ and a name
-- in NAMES.
local NAMES = { "en", "es" } -- the first is for everybody whose language is not here

local languages = { switches = {} }

for _, name in ipairs(NAMES) do
  languages[name] = require("texts." .. name)
  table.move(languages[name].switch_words, 1, #languages[name].switch_words,
    #languages.switches + 1, languages.switches)
end

-- The words of all languages that lead to one flow, its button's label among them: channels without
-- buttons send back what stands on them.
function languages.all(list)
  local words, button = {}, list:gsub("_words$", "_button")
  for _, name in ipairs(NAMES) do
    table.move(languages[name][list], 1, #languages[name][list], #words + 1, words)
    words[#words + 1] = "=" .. languages[name][button]
  end
  return words
end

-- The texts for this visitor: what they chose, else what their browser says ("es-MX").
function languages.of(chat)
  local chosen = chat.memory.language
  if not chosen then
    chosen = tostring(chat.visitor.language or ""):lower():match "^%a+"
  end
  return chosen and type(languages[chosen]) == "table" and languages[chosen].hello
    and languages[chosen] or languages[NAMES[1]]
end

-- The language that a message asks for, or else the other one than now.
function languages.wanted(chat)
  local text = chat.message.text:lower()
  for _, name in ipairs(NAMES) do
    for _, word in ipairs(languages[name].switch_words) do
      if text == word then return name end
    end
  end
  return languages.of(chat) == languages.en and "es" or "en"
end

return languages
