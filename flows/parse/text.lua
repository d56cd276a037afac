-- flows/parse/text.lua - one plain spelling for what phones and keyboards send.
--
--   local plain, origin = text.plain("＋1 415…")
--
-- Figures of every script become 0-9, dashes become "-", odd spaces become " ", capitals with
-- accents become small, marks that nobody sees are dropped; all else stays. `origin(i)` is where
-- the i-th byte of the plain text stood. The original may hold any bytes.
-- `text.first(original, n)`: its first n characters. `text.read(message)`: plain and origin, for
-- the first 10,000 characters and all in small letters, names of files as blanks.
-- `text.phrases(written)`: the words of a line of vocabulary in a list, "_" being a space.
-- `text.any_word(list)`: a pattern of them; `text.tree_pattern(tree)`: of words that
-- `text.add_words(tree, list, what_follows)` has added, each with what follows it.

local lpeg = require "lpeg"

local text = {}

local char = utf8.char
local find, gmatch, gsub, sub = string.find, string.gmatch, string.gsub, string.sub

-- code points of the figure 0 of each script; 1 to 9 follow it
local ZEROS = {
  0x0660, 0x06F0, 0x07C0, 0x0966, 0x09E6, 0x0A66, 0x0AE6, 0x0B66, 0x0BE6, 0x0C66, 0x0CE6, 0x0D66,
  0x0DE6, 0x0E50, 0x0ED0, 0x0F20, 0x1040, 0x17E0, 0x1810, 0x1946, 0x19D0, 0x1A80, 0x1B50, 0x1BB0,
  0x1C40, 0xA620, 0xA8D0, 0xA900, 0xA9D0, 0xAA50, 0xABF0, 0xFF10,
  0x1D7CE, 0x1D7D8, 0x1D7E2, 0x1D7EC, 0x1D7F6,
}

local RANGES = {
  { 0x2010, 0x2015, "-" }, { 0x2212, 0x2212, "-" }, { 0xFE58, 0xFE58, "-" },
  { 0xFE63, 0xFE63, "-" }, { 0xFF0D, 0xFF0D, "-" }, { 0x30FC, 0x30FC, "-" },
  { 0x00A0, 0x00A0, " " }, { 0x2000, 0x200A, " " }, { 0x202F, 0x202F, " " },
  { 0x205F, 0x205F, " " }, { 0x3000, 0x3000, " " }, { 0x2028, 0x2029, "\n" },
  { 0x00AD, 0x00AD, "" }, { 0x0300, 0x036F, "" }, { 0x200B, 0x200F, "" }, { 0x202A, 0x202E, "" },
  { 0x2060, 0x2064, "" }, { 0x2066, 0x2069, "" }, { 0xFEFF, 0xFEFF, "" }, { 0xFE0F, 0xFE0F, "" },
  { 0x2018, 0x2019, "'" }, { 0x201C, 0x201D, '"' }, { 0x2215, 0x2215, "/" },
  { 0x2044, 0x2044, "/" }, { 0x223C, 0x223C, "~" }, { 0x2022, 0x2022, "|" },
  { 0x0964, 0x0965, "." }, { 0x2192, 0x2192, "->" }, { 0x21D2, 0x21D2, "->" },
  { 0x27A1, 0x27A1, "->" },
}

local spelling = {}
for _, zero in ipairs(ZEROS) do
  for digit = 0, 9 do spelling[char(zero + digit)] = tostring(digit) end
end
for _, range in ipairs(RANGES) do
  for code = range[1], range[2] do spelling[char(code)] = range[3] end
end
spelling["\194\188"], spelling["\194\189"], spelling["\194\190"] = " 1/4", " 1/2", " 3/4"
-- The wide forms of the printable ASCII characters that matter here.
for code = 0x21, 0x7E do
  local wide = char(code + 0xFEE0)
  if not spelling[wide] then spelling[wide] = char(code) end
end

-- Capitals with accents; the others are made small by text.read().
for code = 0xC0, 0xDE do
  if code ~= 0xD7 then spelling[char(code)] = char(code + 0x20) end
end

local all_ascii = lpeg.R "\0\127" ^ 0 * -1

local function same(i) return i end

-- The first characters of a text, whatever bytes it holds.
function text.first(original, count)
  if #original <= count then return original end
  local start = find(original, "[^\128-\191]")
  local behind = start and utf8.offset(original, count + 1, start)
  return behind and sub(original, 1, behind - 1) or sub(original, 1, 4 * count)
end

local mark = lpeg.R "\194\244" * lpeg.R "\128\191" ^ 1
local respell = lpeg.Cs((lpeg.R "\0\127" ^ 1 + mark / spelling + 1) ^ 0)

-- Where the bytes of the plain text stood: the places behind each mark that was respelt, and by how
-- much they moved.
local function shifts_of(original)
  local places, shifts, count, shift = {}, {}, 0, 0
  for at, written in gmatch(original, "()([\194-\244][\128-\191]+)") do
    local plain = spelling[written]
    if plain then
      count = count + 1
      shift = shift + #written - #plain
      places[count], shifts[count] = at + #written - shift, shift
    end
  end
  return places, shifts, count
end

function text.plain(original)
  if lpeg.match(all_ascii, original) then return original, same end
  local plain = lpeg.match(respell, original)
  if plain == original then return original, same end
  local places, shifts, count
  local function origin(i)
    if not places then places, shifts, count = shifts_of(original) end
    local low, high = 1, count + 1   -- the first mark that ends behind i
    while low < high do
      local middle = (low + high) // 2
      if places[middle] <= i then low = middle + 1 else high = middle end
    end
    return i + (shifts[low - 1] or 0)
  end
  return plain, origin
end

local LONGEST = 10000      -- characters of a message that are read

-- The figures in the name of a file are neither a number nor a time: "IMG_20260303_1530.jpg",
-- "Screenshot 2026-03-12 at 15.30.45.png".
local FILES = {}
for ending in ("jpg jpeg png gif webp heic bmp svg tif tiff pdf doc docx odt rtf txt csv xls xlsx "
    .. "ods ppt pptx odp zip rar gz mp3 m4a ogg opus wav amr aac mp4 mov avi mkv webm 3gp vcf log "
    .. "json xml html eml msg"):gmatch "%S+" do
  FILES[ending] = true
end
local NAMERS = { "whatsapp ", "screenshot", "screen shot", "screen recording", "photo ", "image ",
  "picture ", "video ", "scan ", "invoice ", "document " }

local NAME_LONGEST, NAMES_MOST = 120, 16

-- Where the name begins that ends with the dot at this place; nil without one.
local function name_start(plain, dot)
  local from = math.max(1, dot - NAME_LONGEST)
  local line = sub(plain, from, dot - 1):match "[^\n]*$"
  local word = line:match "%S*$"
  if word == "" then return nil end
  local length = #word
  for _, namer in ipairs(NAMERS) do
    local at = find(line, namer, 1, true)
    if at and not find(line, "[,;!?]", at) then length = math.max(length, #line - at + 1) end
  end
  return dot - length
end

local function without_files(plain)
  if not find(plain, ".", 1, true) then return plain end
  local names = 0
  for dot, ending, behind in gmatch(plain, "()%.(%w+)()") do
    local start = FILES[ending] and not find(plain, "^%.?%w", behind) and name_start(plain, dot)
    if start then
      names = names + 1
      if names > NAMES_MOST then break end
      plain = sub(plain, 1, start - 1) .. (" "):rep(behind - start) .. sub(plain, behind)
    end
  end
  return plain
end

-- A message is read for its phone numbers, then for its times: the last one is kept.
local last, last_plain, last_origin

function text.read(message)
  if message ~= last then
    local plain, origin = text.plain(text.first(message, LONGEST))
    last, last_plain, last_origin = message, without_files(plain:lower()), origin
  end
  return last_plain, last_origin
end

-- Adds to `list` where one is given.
function text.phrases(written, list)
  list = list or {}
  for phrase in gmatch(written, "%S+") do list[#list + 1] = (gsub(phrase, "_", " ")) end
  return list
end

function text.add_words(tree, list, what_follows)
  for _, word in ipairs(list) do tree[#tree + 1] = { word, what_follows, #tree } end
  return tree
end

-- One of the patterns from..to, halved again and again: LPeg copies what it joins, and looks at the
-- first letter of each half.
local function one_of(patterns, from, to)
  if from == to then return patterns[from] end
  local middle = (from + to) // 2
  return one_of(patterns, from, middle) + one_of(patterns, middle + 1, to)
end

local function longer_first(a, b)
  return #a[1] > #b[1] or #a[1] == #b[1] and a[3] < b[3]
end

-- So few words are tried one after the other; of more those that share a letter are told apart from
-- the rest.
local FEW = 8

-- One of a tree's words, from one of their letters on.
local function branch(entries, from)
  local patterns = {}
  if #entries <= FEW then
    table.sort(entries, longer_first)
    for i, entry in ipairs(entries) do patterns[i] = sub(entry[1], from) * entry[2] end
    return one_of(patterns, 1, #patterns)
  end
  local groups, letters, ended = {}, {}, nil
  for _, entry in ipairs(entries) do
    local c = sub(entry[1], from, from)
    if c == "" then
      ended = ended and ended + entry[2] or entry[2]
    elseif groups[c] then
      table.insert(groups[c], entry)
    else
      letters[#letters + 1], groups[c] = c, { entry }
    end
  end
  for i, c in ipairs(letters) do patterns[i] = c * branch(groups[c], from + 1) end
  local choice = #patterns > 0 and one_of(patterns, 1, #patterns)
  return choice and ended and choice + ended or choice or ended
end

-- An unknown word is told after a few letters, however many words there are.
function text.tree_pattern(tree)
  return #tree > 0 and branch(tree, 1) or lpeg.P(false)
end

local nothing = lpeg.P(true)

function text.any_word(list)
  return text.tree_pattern(text.add_words({}, list, nothing))
end

return text
