-- flows/parse/phone_groups.lua - how the numbers of a country are written, so that a visitor can
-- compare theirs at a glance.
--
--   groups.of("44", "2079460958")   -> "20 7946 0958"
--
-- A line: calling code, what the national number begins with ("-": anything), lengths of its
-- groups. The first line that fits begin and length counts; other numbers are grouped by three.

local LINES = [[
1 - 3 3 4
7 - 3 3 2 2
20 - 3 3 4
27 - 2 3 4
30 - 3 3 4
31 6 1 2 2 2 2
31 - 2 3 4
32 4 3 2 2 2
32 - 1 3 2 2
33 - 1 2 2 2 2
34 - 3 3 3
351 - 3 3 3
353 8 2 3 4
353 1 1 3 4
39 - 3 3 4
41 - 2 3 2 2
43 - 3 3 4
44 2 2 4 4
44 7 4 6
44 1 4 6
44 - 3 3 4
45 - 2 2 2 2
46 - 2 3 2 2
47 - 3 2 3
48 - 3 3 3
49 15 4 7
49 1 3 7
49 1 3 8
49 30 2 4 4
49 30 2 3 3
52 - 2 4 4
55 - 2 5 4
55 - 2 4 4
60 - 2 3 4
61 4 3 3 3
61 - 1 4 4
62 - 3 4 4
63 - 3 3 4
64 2 2 3 4
64 - 1 3 4
65 - 4 4
66 - 2 3 4
81 - 2 4 4
81 - 1 4 4
82 - 2 4 4
852 - 4 4
86 - 3 4 4
880 - 4 6
90 - 3 3 2 2
91 11 2 4 4
91 20 2 4 4
91 22 2 4 4
91 33 2 4 4
91 40 2 4 4
91 44 2 4 4
91 - 5 5
92 - 3 7
94 - 2 3 4
966 - 2 3 4
971 5 2 3 4
971 - 1 3 4
972 - 2 3 4
234 - 3 3 4
254 - 3 3 3
]]

local groups = {}

local by_code = {}
for line in LINES:gmatch "[^\n]+" do
  local code, begin, lengths = line:match "^(%d+) (%S+) (.+)$"
  local entry = { begin = begin ~= "-" and begin or "", sum = 0 }
  for length in lengths:gmatch "%d+" do
    entry[#entry + 1] = tonumber(length)
    entry.sum = entry.sum + tonumber(length)
  end
  by_code[code] = by_code[code] or {}
  table.insert(by_code[code], entry)
end

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
  for _, entry in ipairs(by_code[code] or {}) do
    local begin = entry.begin
    if #national == entry.sum and national:sub(1, #begin) == begin then
      return cut(national, entry)
    end
  end
  return by_three(national)
end

return groups
