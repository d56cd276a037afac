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

-- Calls visit with the number of each four characters of a plain text.
local function each_gram(text, visit)
  for from = 1, #text - GRAM + 1 do
    local a, b, c, d = text:byte(from, from + GRAM - 1)
    visit((((a * 37 + b) * 37 + c) * 37 + d) % BUCKETS)
  end
end

-- Notes the text of the entry at a position, 1 being the first.
function index.add(self, position, text)
  local chunk = (position - 1) // CHUNK
  local word, bit, bits = chunk // WORD + 1, 1 << chunk % WORD, self.bits
  each_gram(plain(text), function(gram)
    local words = bits[gram]
    if not words then
      words = {}
      bits[gram] = words
    end
    for empty = #words + 1, word do words[empty] = 0 end
    words[word] = words[word] | bit
  end)
end

-- The words of bits of the chunks that may hold all of these texts; nil where none is long enough
-- to tell.
local function common(self, texts)
  local result
  for _, text in ipairs(texts) do
    each_gram(plain(text), function(gram)
      local words = self.bits[gram] or {}
      if not result then
        result = table.move(words, 1, #words, 1, {})
      else
        for i = 1, #result do result[i] = result[i] & (words[i] or 0) end
      end
    end)
  end
  return result
end

-- alternatives: a list of { texts, ... }, each a list of texts that belong together. Gives the
-- alternatives that each chunk may hold, by its number from 0; nil where one may be anywhere.
function index.find(self, alternatives)
  local chunks = {}
  for _, alternative in ipairs(alternatives) do
    local words = common(self, alternative.texts)
    if not words then return nil end
    for i, word in ipairs(words) do
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
