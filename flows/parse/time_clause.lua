-- flows/parse/time_clause.lua - which times of a message are wished for, which belong to a tale.
--
--   judge(tokens, pieces): sets on each piece of a time
--     tale     it is no wish: "my invoice of 2 January", "are you open on friday?"
--     called   words of a wish lead to it: "call me at 5"
--     doubted  it stands among words of both
--
-- Read clause by clause. The words of a language stand in `says` of its file, by what they do:
--   wish    a time in its clause is wished for: "call", "free", "works"
--   tale    things that have dates; a time behind one is its own, unless a wish is said: "invoice"
--   told    verbs of tales and of opening hours: "expires", "close"; `past` of what is over: "was"
--   report  the same, and a call in its clause is a part of the tale: "promised to call"
--   joint, please  begin a clause: "but", "so"; behind `and` a tale goes on until a wish is said;
--           `since` begins a tale; what `about` leads to is over at a ":"
--   ending  of words that are `past` unless a wish was said before: "installed"; `plain` are none
-- A time that stands before all of these words in its clause is judged by the first one behind it.

local lpeg = require "lpeg"
local lexer = require "parse.lexer"
local plain_text = require "parse.text"
local words_en = require "parse.words_en"

local kinds = lexer.kinds
local B, Cc, Cp, Ct, P, R, S = lpeg.B, lpeg.Cc, lpeg.Cp, lpeg.Ct, lpeg.P, lpeg.R, lpeg.S

local behind = R "\128\191"
local letter = R "az" + R "\195\223" * behind + R "\224\239" * behind * behind   -- no "¿"
local blank = S " \t\r"
local stop = S "!?;\n" + P "." ^ 1 * #(blank + "\n" + -1)
local comma = P "," + blank * P "-" ^ 1 * #blank
local colon = P ":" * #blank

-- Gives { place, what it does, place, ... }.
local function scanner_of(words)
  local tree = {}
  for _, language in ipairs(words == words_en and { words } or { words, words_en }) do
    for what, list in pairs(language.says or {}) do
      if what ~= "ending" then plain_text.add_words(tree, plain_text.phrases(list), Cc(what)) end
    end
  end
  local known = Cp() * plain_text.tree_pattern(tree) * -letter
  local word = letter ^ 1 * (B(R "az" * R "az" * words_en.says.ending) * Cp() * Cc "ended") ^ -1
  local mark = Cp() * (stop * Cc "stop" + comma * Cc "comma" + colon * Cc "colon")
  return Ct((known + word + mark + 1) ^ 0)
end

local scanners = {}
local function marks_of(tokens)
  local words = tokens.words
  scanners[words] = scanners[words] or scanner_of(words)
  -- as far as the lexer read
  return scanners[words]:match(tokens.text:sub(1, tokens.to[#tokens.list]))
end

-- Each is called with the clause { mood, open (times that no word has spoken of), ... }, its name,
-- its place and the tokens.
local hear = {}

local function begin(clause, mood)
  clause.mood, clause.about, clause.open = mood, nil, {}
end
function hear.joint(clause) begin(clause) end
hear.stop, hear.please, hear.plain = hear.joint, hear.joint, function() end

-- "at 9 since monday is bad": what stands before it is no part of the tale.
function hear.since(clause) begin(clause, "told") end

function hear.wish(clause, _, place)
  if clause.mood == "report" then return end
  for _, piece in ipairs(clause.open) do
    piece.called, piece.doubted, piece.tale = true, piece.tale, false
  end
  clause.mood, clause.open, clause.wished = "wish", {}, place
end

function hear.told(clause, what)
  for _, piece in ipairs(clause.open) do piece.tale = what end
  clause.mood, clause.open = what, {}
end
hear.report = hear.told

local function is_ahead(piece)
  return piece.slot == "moment" or piece.how == "relative" and piece.days > 0
end

-- "tomorrow at 3, about a refund I never got"
function hear.past(clause)
  for _, piece in ipairs(clause.open) do
    if is_ahead(piece) then return end
  end
  hear.told(clause, "past")
end

-- "call me on the number I gave when I installed it, at 5"
function hear.ended(clause)
  if clause.mood ~= "wish" and clause.mood ~= "report" then hear.past(clause) end
end

-- "about my order: tomorrow at 3", but not "my invoice: 3 April"
function hear.about(clause) clause.about = true end

function hear.colon(clause)
  if clause.about then begin(clause) end
end

-- "on Monday, 3 April", "closed on mondays, tuesday works": the second can still become a wish.
function hear.comma(clause)
  if clause.mood and clause.mood ~= "wish" then clause.mood, clause.open = "tale", {} end
end
hear["and"] = hear.comma

-- "the 10:15 bus", but not "at 3pm: my order"
function hear.tale(clause, _, place, tokens)
  clause.thing = place
  if clause.mood then return end
  clause.mood = "tale"
  for _, piece in ipairs(clause.open) do
    if tokens.from[piece.last] == place then piece.tale = "tale" end
  end
end

-- "call me about the invoice of 2 April": no wish word speaks for what is a thing's own.
local function is_of_thing(clause, tokens, piece)
  local list, at = tokens.list, piece.first - 1
  if list[at] == kinds.the then at = at - 1 end
  local from = (list[at] == kinds.of or list[at] == kinds.from) and tokens.from[at - 1]
  return clause.thing and from and from <= clause.thing and tokens.to[at - 1] >= clause.thing
end

-- "2 hours ago", "yesterday at 5"
local function is_over(piece)
  return piece.slot == "past" or piece.how == "relative" and piece.days < 0
end

local function judge(clause, tokens, piece)
  local mood = clause.mood
  if is_over(piece) then
    hear.ended(clause)
    piece.tale = "past"
  elseif mood == "wish" then
    piece.tale = is_of_thing(clause, tokens, piece) or false
    piece.called = not piece.tale
  else
    piece.tale = mood or false
    if not mood or mood == "tale" then table.insert(clause.open, piece) end
  end
end

-- "my bus leaves at 5, call before": the hour told is a limit of the call, where nothing else is
-- told behind it: "at 9 before it does". Of "I work until 5, after that" it says only that again.
local function bind_side(tokens, pieces, i)
  local piece = pieces[i]
  if piece.never or piece.tale then return end
  local place, after = i - 1, piece.last
  while place > 0 and pieces[place].slot ~= "clock" do place = place - 1 end
  local told = pieces[place > 0 and place or i + 1]
  if not told or told.slot ~= "clock" or told.limit then return end
  while tokens.list[after] == kinds.filler do after = after + 1 end
  local tale = told.tale
  local is_wished = piece.wished and (place == 0 or piece.wished > tokens.from[told.first])
  if not tale and (not is_wished or tokens.list[after] == kinds.unknown) then return end
  for k = 1, math.max(i - 1, place + 1) do
    if pieces[k].tale == tale then pieces[k].tale, pieces[k].called = false, true end
  end
  told.bound, told.called, piece.used = piece.bound, true, true
end

return function(tokens, pieces)
  local covered = 0
  for _, piece in ipairs(pieces) do covered = covered + piece.last - piece.first end
  if covered == 0 or covered == #tokens.list then return end
  local marks, next_mark = marks_of(tokens), 1
  local clause, last = { open = {} }, nil
  local function hear_until(place, is_list)
    while (marks[next_mark] or place) < place do
      local at, what = marks[next_mark], marks[next_mark + 1]
      -- "on 3 April and 5 April", and the words of a time itself
      if not last or at >= tokens.to[last.last - 1] then
        hear[what == "comma" and not is_list and "joint" or what](clause, what, at, tokens)
      end
      next_mark = next_mark + 2
    end
  end
  for _, piece in ipairs(pieces) do
    local is_list = last and piece.first - last.last <= 1 and not is_over(last) and not piece.link
      and last.slot ~= "part" and not (clause.mood == "past" and is_ahead(piece))
    hear_until(tokens.from[piece.first], is_list)
    if piece.link then
      -- "I am travelling until friday": what a tale refuses or limits is no part of a wish
      piece.tale, piece.wished = clause.mood ~= "wish" and clause.mood, clause.wished
    elseif not piece.now or tokens.list[piece.first] == kinds.now then
      -- "as soon as possible" is always a wish
      judge(clause, tokens, piece)
      last = piece
    end
  end
  hear_until(#tokens.text + 1)
  for i, piece in ipairs(pieces) do
    if piece.slot == "side" then bind_side(tokens, pieces, i) end
    if piece.needs_call and not piece.called then piece.tale = "told" end
  end
end
