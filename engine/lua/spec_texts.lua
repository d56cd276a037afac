-- engine/lua/spec_texts.lua - where the flows say a text, so that a spec which expects another one
-- can tell who is to be asked: somebody has changed the wording, or the talk goes another way.
--
--   texts.changed("Hello!", { "Good day!" }) -> "flows/greeting.lua:4", "Good day!"; or nil
local host = require "usher.host"

local texts = {}
local LONG = 10 -- bytes that make a part of a text telling
local LIKE, HARDLY = 0.5, 0.15 -- of the words: a text was changed; it is another one

local ESCAPES = { n = "\n", t = "\t" }

-- A text of the flows as a pattern: what string.format fills in may be anything.
local function pattern_of(text)
  local gaps = text:gsub("%%%%", "\1"):gsub("%%[-%d%.]*%a", "\0"):gsub("\1", "%%%%")
  local escaped = gaps:gsub("[%^%$%(%)%%%.%[%]%*%+%-%?]", "%%%0")
  return "^" .. escaped:gsub("\0", ".-") .. "$"
end

local function add_line(list, path, number, line)
  local at = 1
  while true do
    local from, to = line:find('"[^"\\]*[^"]*"', at)
    if not from then return end
    -- A quote behind a backslash does not end the text.
    while line:sub(to - 1, to - 1) == "\\" and line:find('"', to + 1, true) do
      to = line:find('"', to + 1, true)
    end
    local text = line:sub(from + 1, to - 1):gsub("\\(.)", function(c) return ESCAPES[c] or c end)
    -- Of "%s, %s" nothing can be told, of "Order %s: %s" the whole only.
    local fixed = text:gsub("%%%a", "")
    if #fixed >= LONG or #fixed == #text and #text > 0 or fixed:find "%a%a%a%a" then
      list[#list + 1] = { place = ("%s:%d"):format(path, number), text = text,
        pattern = pattern_of(text) }
    end
    at = to + 1
  end
end

local literals

local function all()
  if literals then return literals end
  literals = {}
  for _, file in ipairs(host.sources()) do
    local number = 0
    for line in (file.text .. "\n"):gmatch "(.-)\n" do
      number = number + 1
      if not line:find "^%s*%-%-" then add_line(literals, file.path, number, line) end
    end
  end
  return literals
end

-- The literal that is this text, else, the longest that is part of it.
local function find(text)
  local part
  for _, one in ipairs(all()) do
    if one.text == text or text:find(one.pattern) then return one, true end
    if #one.text >= LONG and (not part or #one.text > #part.text)
      and text:find(one.text, 1, true) then
      part = one
    end
  end
  return part, false
end

local function words_of(text)
  local words, count = {}, 0
  for word in text:gmatch "[%w\128-\255]+" do
    if not words[word] then count = count + 1 end
    words[word] = true
  end
  return words, count
end

-- How much of the words two texts have in common, 0 to 1.
local function likeness(one, other)
  local a, a_count = words_of(one)
  local b, b_count = words_of(other)
  local both = 0
  for word in pairs(a) do both = both + (b[word] and 1 or 0) end
  return both / math.max(a_count, b_count, 1)
end

-- is_there: the texts beside it are as expected, so that this one stands where that did.
function texts.changed(expected, seen, is_there)
  local stands, whole = find(expected)
  if whole then return nil end
  local best, how_like = seen[1], -1
  for _, text in ipairs(seen) do
    local like = likeness(expected, text)
    if like > how_like then best, how_like = text, like end
  end
  if not best or how_like < HARDLY and not is_there then return nil end
  if how_like < LIKE and (#seen > 1 or stands) then return nil end
  local now = find(best)
  if now then return now.place, best end
end

return texts
