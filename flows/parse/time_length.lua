-- flows/parse/time_length.lua - lengths of time: "2 and a half hours", "1 day, 2 hours", "1h30".
--
--   length.value(amounts, tokens)   { seconds, days, months } of an atom's `length`, and `last`
--     where it ends before its last token; nil if it is none or more than ten years
--   length.seconds("1:30")          of figures that are hours and minutes

local lpeg = require "lpeg"
local kinds = require("parse.lexer").kinds

local R, S, match = lpeg.R, lpeg.S, lpeg.match

local length = {}

local digits = R "09" ^ 1 / tonumber
local clock_shape = digits * S ":h" * digits
local date_shape = digits * "/" * digits

local UNITS = {
  second = { "seconds", 1 }, minute = { "seconds", 60 }, hour = { "seconds", 3600 },
  quarter = { "seconds", 900 },
  day = { "days", 1 }, week = { "days", 7 }, fortnight = { "days", 14 },
  month = { "months", 1 }, year = { "months", 12 },
}

local function count_value(tokens, place)
  local kind, value = tokens.list[place], tokens.value[place]
  if kind == kinds.decimal then return tonumber((value:gsub(",", "."))) end
  if kind == kinds.pair then
    local above, below = match(date_shape, value)
    return below <= 4 and above < below and above / below or nil
  end
  return tonumber(value)
end

-- "1:30" hours, "1h30"
function length.seconds(written)
  local hours, minutes = match(clock_shape, written)
  return hours * 3600 + minutes * 60
end

local function amount_value(amount, tokens)
  if amount.clock then return "seconds", length.seconds(tokens.value[amount.clock]) end
  local unit = UNITS[amount.loose and "minute" or tokens.value[amount.unit]]
  local count = amount.fraction or 1
  -- by the minutes that it stands for before an hour: "dreiviertel", "sava"
  local half = tokens.value[amount.half]
  if half then count = half == 30 and 0.5 or (60 + half) / 60 end
  if amount.count then
    local counted = count_value(tokens, amount.count)
    if not counted then return nil end
    count = counted * count
    if amount.count_more then count = count + (count_value(tokens, amount.count_more) or 0) end
  elseif amount.some then
    count = tokens.value[amount.some]
  end
  if amount.half_more then count = count + 0.5 end
  return unit[1], count * unit[2]
end

-- Parts of days are hours.
function length.value(amounts, tokens)
  local sum = { seconds = 0, days = 0, months = 0 }
  for i, amount in ipairs(amounts) do
    -- "1 hour 10", but not "2 days 10"
    if amount.loose and tokens.value[amounts[i - 1].unit] ~= "hour" then
      sum.last = amount.count
      break
    end
    local unit, count = amount_value(amount, tokens)
    if not unit or count > 4e8 then return nil end
    sum[unit] = sum[unit] + count
  end
  local months, days = math.floor(sum.months), sum.days + (sum.months % 1) * 30
  sum.months, sum.days = months, math.floor(days)
  sum.seconds = math.floor(sum.seconds + (days % 1) * 86400)
  if sum.months * 30 + sum.days + sum.seconds / 86400 > 3660 then return nil end
  return sum
end

return length
