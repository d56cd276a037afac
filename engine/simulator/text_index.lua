-- Which parts of a long list may hold a text, without a look at all of it.
--
-- The list is cut into chunks of 32 entries. For each four characters that stand side by side in an
-- entry one bit says that its chunk holds them (small letters; whatever is neither letter nor
-- figure is one blank). A chunk that lacks one of the fours of a text does not hold the text; one
-- that has them all may hold it. An entry costs some hundred bytes, a text some operations for each
-- 2,000 entries.
local index = {}

local CHUNK, GRAM, BUCKETS, WORD = 32, 4, 16381, 64

index.CHUNK = CHUNK

function index.new() return { bits = {} } end

local function plain(text) return (text:lower():gsub("[^%w\x80-\xff]+", " ")) end

-- The numbers of each four characters of a plain text, added to a list.
local function add_grams(list, text)
  for from = 1, #text - GRAM + 1 do
    local a, b, c, d = text:byte(from, from + GRAM - 1)
    list[#list + 1] = (((a * 37 + b) * 37 + c) * 37 + d) % BUCKETS
  end
  return list
end

-- Notes the text of the entry at a position, 1 being the first.
function index.add(self, position, text)
  local chunk = (position - 1) // CHUNK
  local word, bit, bits = chunk // WORD + 1, 1 << chunk % WORD, self.bits
  for _, gram in ipairs(add_grams({}, plain(text))) do
    local words = bits[gram]
    if not words then
      words = {}
      bits[gram] = words
    end
    for empty = #words + 1, word do words[empty] = 0 end
    words[word] = words[word] | bit
  end
end

local NOWHERE = {}

-- The words of bits of the chunks that have all of these fours.
local function common(self, grams)
  local result
  for _, gram in ipairs(grams) do
    local words = self.bits[gram]
    if not words then return NOWHERE end
    if not result then
      result = table.move(words, 1, #words, 1, {})
    else
      local any = 0
      for i = 1, #result do
        local both = result[i] & (words[i] or 0)
        result[i], any = both, any | both
      end
      if any == 0 then return NOWHERE end
    end
  end
  return result
end

-- Whether the texts of each alternative are long enough to tell where they are not.
function index.tells(alternatives)
  for _, alternative in ipairs(alternatives) do
    local grams = {}
    for _, text in ipairs(alternative.texts) do add_grams(grams, plain(text)) end
    if #grams == 0 then return false end
    alternative.grams = grams
  end
  return true
end

-- alternatives: a list of { texts, ... }, each a list of texts that belong together, for which
-- tells() was true. Gives the alternatives that each chunk may hold, by its number from 0.
function index.find(self, alternatives)
  local chunks = {}
  for _, alternative in ipairs(alternatives) do
    for i, word in ipairs(common(self, alternative.grams)) do
      local chunk = (i - 1) * WORD
      while word ~= 0 do
        if word & 1 == 1 then
          chunks[chunk] = chunks[chunk] or {}
          table.insert(chunks[chunk], alternative)
        end
        word, chunk = word >> 1, chunk + 1
      end
    end
  end
  return chunks
end

return index
