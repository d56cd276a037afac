-- flows/parse/time_zone.lua - what a zone says, and which of a message's times it belongs to.
--
--   zone.read(atom, tokens)   a piece, as time_read.lua makes them, with the `zone`; place: it
--     counts beside an hour only; firm: it can be nothing but a zone; is_word: it is a word as well
--   zone.give(tokens, pieces, times, is_near)   sets `zone` of the times; is_near(tokens, a, b):
--     do nothing but small words stand between two pieces?

local lpeg = require "lpeg"

local zone = {}

local figures = lpeg.R "09" ^ 1 / tonumber
local two = lpeg.R "09" * lpeg.R "09" * -1
-- "5:30", "0530", "530"
local offset_shape = figures * lpeg.S ":h" * figures + (1 - two) ^ 1 / tonumber * (two / tonumber)

function zone.read(atom, tokens)
  local word = tokens.text:sub(tokens.from[atom.first], tokens.to[atom.first])
  local piece = { slot = "zone", place = atom.place and not atom.said_time,
    firm = atom.firm or atom.said_time, is_word = tokens.words.homonyms[word] }
  local value = atom.zone and tokens.value[atom.zone] or 0
  if atom.zone and not atom.offset and not atom.offset_clock and not atom.offset_digits then
    piece.zone = value
    return piece
  end
  -- "my time"
  if not atom.sign or type(value) ~= "number" then return nil end
  local hours, minutes = atom.offset and tokens.value[atom.offset], 0
  if not hours then
    local written = tokens.value[atom.offset_digits or atom.offset_clock]
    hours, minutes = lpeg.match(offset_shape, written)
  end
  if hours > 14 then return nil end
  piece.zone = value + atom.sign * (hours * 3600 + minutes * 60)
  return piece
end

-- The time that a piece went into, if that has an hour and no zone yet.
local function time_of(times, piece)
  for _, time in ipairs(times) do
    if piece and piece.used and time.first <= piece.first and piece.last <= time.last then
      return (time.clock or time.part) and not time.zone and time or nil
    end
  end
end

-- "3pm EST", "3pm, London", "3pm tomorrow (EST)"; a place alone counts behind an hour only.
local function is_behind(tokens, before, piece, is_near)
  if not before then return false end
  local between = piece.first - before.last
  if between <= 0 or between == 1 and tokens.list[before.last] == "," then return true end
  return not piece.place and (between <= 1 or is_near(tokens, before, piece))
end

function zone.give(tokens, pieces, times, is_near)
  local function give(time, piece)
    if not time then return end
    time.zone, piece.used = piece, true
    time.first, time.last = math.min(time.first, piece.first), math.max(time.last, piece.last)
  end
  local firm, is_one = nil, true
  for i, piece in ipairs(pieces) do
    local before, behind = pieces[i - 1], pieces[i + 1]
    if piece.slot == "zone" then
      give(is_behind(tokens, before, piece, is_near) and time_of(times, before), piece)
      -- "EST 3pm", "GMT+2: tomorrow at 15:00"
      local is_free = behind and not piece.used and not piece.place and not piece.is_word
      give(is_free and is_near(tokens, piece, behind) and time_of(times, behind), piece)
      piece.tale = not piece.used and piece.is_word
      if piece.firm and not piece.used then
        is_one = is_one and (not firm or firm.zone == piece.zone)
        firm = piece
      end
    end
  end
  for i = #times, 1, -1 do
    local time, behind = times[i], times[i + 1]
    -- "I am in Asia/Tokyo, call me at 3pm": what can be nothing but a zone counts wherever it
    -- stands, unless there are two
    if firm and is_one then time.zone, firm.used = time.zone or firm, true end
    -- "3pm or 4pm EST"
    if behind and behind.choice then time.zone = time.zone or behind.zone end
  end
end

return zone
