-- flows/parse/phone_groups.lua - how the numbers of a country are written, so that a visitor can
-- compare theirs at a glance.
--
--   groups.of("44", "2079460958")   -> "20 7946 0958"; by three where countries.lua knows no groups
--
local countries = require "parse.countries"

local groups = {}

local function cut(figures, lengths)
  local parts, from = {}, 1
  for i, length in ipairs(lengths) do
    parts[i] = figures:sub(from, from + length - 1)
    from = from + length
  end
  return table.concat(parts, " ")
end

-- Groups of three, the last of four at most.
local function by_three(figures)
  local parts = {}
  while #figures > 4 do
    parts[#parts + 1] = figures:sub(1, 3)
    figures = figures:sub(4)
  end
  parts[#parts + 1] = figures
  return table.concat(parts, " ")
end

function groups.of(code, national)
  for _, entry in ipairs(countries.groups[code] or {}) do
    local begin = entry.begin
    if #national == entry.sum and national:sub(1, #begin) == begin then
      return cut(national, entry)
    end
  end
  return by_three(national)
end

return groups
