-- tests/mutate/support/caught.lua - which suite caught each bug the last time, a line each "KEY
-- SUITE" in tests/mutate/caught.txt; and, while a run goes on, its results.
local list = require "list"

local PATH = "tests/mutate/caught.txt"
local caught = {}

-- key -> suite
function caught.read()
  local suites = {}
  local file = io.open(PATH)
  for line in file and file:lines() or function() end do
    local key, suite = line:match "^(%S+) (%S+)$"
    if key then suites[key] = suite end
  end
  if file then file:close() end
  return suites
end

-- What this run found of bug `number`: what ("caught", "survived", "unreached", "broken"), by whom,
-- the case.
function caught.result(number)
  local file = io.open("build/mutate/results/" .. number)
  local line = file and file:read "l"
  if file then file:close() end
  if line then return line:match "^(%a+)\t([^\t]*)\t?(.*)$" end
end

-- The same as read(), with what this run has found so far.
function caught.now(bugs)
  local suites = caught.read()
  for number, bug in ipairs(bugs) do
    local what, by = caught.result(number)
    if what == "caught" then suites[list.key(bug)] = by end
  end
  return suites
end

-- Keeps that, of these bugs and no others.
function caught.write(bugs)
  local suites, lines = caught.now(bugs), {}
  for _, bug in ipairs(bugs) do
    local key = list.key(bug)
    if suites[key] then lines[#lines + 1] = key .. " " .. suites[key] .. "\n" end
  end
  table.sort(lines)
  local file = assert(io.open(PATH, "w"))
  file:write(table.concat(lines))
  file:close()
end

return caught
