-- engine/cli/export_spoken.lua - telephone numbers in words, as flows/parse/phone_spoken.lua reads
-- them: "nine eight double one two ...".
--
--   spoken.figures(text)            -> the text with those numbers in figures
--   spoken.replace(text, change)    each by other words: change(figures) gives as many figures
local spoken = {}

local FIGURES = { zero = "0", oh = "0", o = "0", nought = "0", one = "1", two = "2", three = "3",
  four = "4", five = "5", six = "6", seven = "7", eight = "8", nine = "9" }
local NAMES = { [0] = "zero", "one", "two", "three", "four", "five", "six", "seven", "eight",
  "nine" }
local TIMES = { double = 2, triple = 3 }
local LEAST, MOST = 7, 15 -- figures
local PARTS = 3 -- fewer words stand in many a sentence

-- What stands at a token: figures, whether in words, where it ends.
local function part_at(text, token, to)
  local word = token:lower()
  if token:find "^%d+$" then
    local behind = text:sub(to, to + 4):lower()
    local is_hour = #token < 3 and behind:find "^ ?[ap]%.?m%f[%A]" or behind:find "^:%d"
    return not is_hour and token, false, to
  elseif TIMES[word] then
    local name, past = text:match("^[ ,.-]+(%a+)()", to)
    local figure = name and FIGURES[name:lower()]
    return figure and figure:rep(TIMES[word]), true, past
  end
  return FIGURES[word], true, to
end

-- The numbers: { from, to, figures = "...", parts = { { from, to, figures, is_word }, ... } }.
local function numbers_of(text)
  local numbers, one, at = {}, nil, 1
  local function close()
    if one and one.spoken >= PARTS and #one.figures >= LEAST and #one.figures <= MOST then
      numbers[#numbers + 1] = one
    end
    one = nil
  end
  while true do
    local from, token, to = text:match("()(%w+)()", at)
    if not from then break end
    local figures, is_word, past = part_at(text, token, to)
    if one and not (figures and text:sub(one.to + 1, from - 1):find "^[ ,.-]+$") then close() end
    if figures then
      one = one or { from = from, figures = "", parts = {}, spoken = 0 }
      one.parts[#one.parts + 1] = { from = from, to = past - 1, figures = figures,
        is_word = is_word }
      one.figures, one.to = one.figures .. figures, past - 1
      -- From the first word on.
      if is_word or one.spoken > 0 then one.spoken = one.spoken + 1 end
    end
    at = figures and past or to
  end
  close()
  return numbers
end

local function words_of(figures)
  return (figures:gsub("%d", function(figure) return NAMES[tonumber(figure)] .. " " end):sub(1, -2))
end

function spoken.replace(text, change)
  local out, at = {}, 1
  for _, number in ipairs(numbers_of(text)) do
    local figures, used = change(number.figures), 0
    for _, part in ipairs(number.parts) do
      local other = figures:sub(used + 1, used + #part.figures)
      used = used + #part.figures
      out[#out + 1] = text:sub(at, part.from - 1)
      out[#out + 1] = other == part.figures and text:sub(part.from, part.to)
        or part.is_word and words_of(other) or other
      at = part.to + 1
    end
  end
  return table.concat(out) .. text:sub(at)
end

function spoken.figures(text)
  local out, at = {}, 1
  for _, number in ipairs(numbers_of(text)) do
    out[#out + 1] = text:sub(at, number.from - 1) .. number.figures
    at = number.to + 1
  end
  return table.concat(out) .. text:sub(at)
end

return spoken
