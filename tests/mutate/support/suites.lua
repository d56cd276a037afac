-- tests/mutate/support/suites.lua - the suites that may catch a bug, and what each reaches.
--
-- A suite is { name, level, source, command }. Its facts are kept in build/mutate/facts/NAME:
-- milliseconds of processor time and whether it passes without a bug, then the functions that it
-- reaches.
local suites = {}

-- Seconds; twenty times the processor time it takes without a bug, but some only wait.
local LEAST, LIMIT = 120, 240
suites.LEVELS = { "unit", "fuzz", "spec", "e2e" }

local function lines_of(command)
  local lines = {}
  local pipe = assert(io.popen(command))
  for line in pipe:lines() do lines[#lines + 1] = line end
  pipe:close()
  return lines
end
suites.lines_of = lines_of

local function stem(path) return path:match "([^/]+)$":gsub("%.[^.]*$", "") end

local function programs(folder)
  return lines_of("find " .. folder .. " -maxdepth 1 -type f -executable | LC_ALL=C sort")
end

-- All suites of the levels in MUTATE_LEVELS; paths are those in a house, the folder `house`.
function suites.all(house)
  local all, levels = {}, os.getenv "MUTATE_LEVELS" or table.concat(suites.LEVELS, " ")
  local function add(level, name, source, command)
    if not levels:find(level, 1, true) then return end
    all[#all + 1] = { level = level, name = level .. "/" .. name, source = source,
      command = command }
  end
  local built = house .. "/build/mutate/"
  for _, path in ipairs(lines_of "find tests/unit -name '*_test.c' | LC_ALL=C sort") do
    add("unit", stem(path), path, built .. "unit/" .. stem(path))
  end
  for _, path in ipairs(lines_of "find tests/fuzz/seeds -mindepth 1 -type d | LC_ALL=C sort") do
    add("fuzz", stem(path), path, ("%sfuzz/%s %s/%s"):format(built, stem(path), house, path))
  end
  for _, path in ipairs(programs "tests/lua") do
    if stem(path) ~= "flows" then add("spec", stem(path), path, house .. "/" .. path) end
  end
  for _, path in ipairs(lines_of "find spec -name '*_spec.lua' | LC_ALL=C sort") do
    add("spec", "flows/" .. stem(path), path, house .. "/tests/lua/flows " .. path)
  end
  for _, path in ipairs(programs "tests/e2e") do
    add("e2e", stem(path), path, house .. "/" .. path)
  end
  return all
end

local function fact_path(suite) return "build/mutate/facts/" .. suite.name:gsub("/", ".") end

-- The files in tests/unit that a unit test is made of: its own, and headers with what they declare.
local function files_of_unit(path, files)
  local file = not files[path] and io.open(path)
  if not file then return files end
  files[path] = true
  for line in file:lines() do
    local name = line:match '^#include "([%w_]+)%.h"'
    for _, ending in ipairs { ".h", ".c" } do
      if name then files_of_unit("tests/unit/" .. name .. ending, files) end
    end
  end
  file:close()
  return files
end

-- Whether its own files changed since then: it may reach more, or pass no longer.
function suites.facts_are_old(suite)
  local files = { [suite.source] = true }
  if suite.level == "unit" then files = files_of_unit(suite.source, {}) end
  for path in pairs(files) do
    if os.execute(("[ %s -nt %s ]"):format(path, fact_path(suite))) then return true end
  end
  return false
end

-- Reads what is known of a suite into it: ms, passes, reaches (a set). False if nothing is.
function suites.facts_read(suite)
  local file = io.open(fact_path(suite))
  if not file then return false end
  suite.ms, suite.passes = file:read("n"), file:read("l") == " passes"
  suite.reaches = {}
  for name in file:lines() do suite.reaches[name] = true end
  file:close()
  return suite.ms ~= nil
end

function suites.facts_write(suite, ms, passes, names)
  local file = assert(io.open(fact_path(suite), "w"))
  file:write(("%d %s\n"):format(ms, passes and "passes" or "fails"))
  file:write(table.concat(names, "\n"), "\n")
  file:close()
end

-- Runs a suite in a house, with its program. Whether it passed, milliseconds of processor time, and
-- the cases that failed or why it did.
function suites.run(suite, house)
  local limit = suite.ms and math.max(LEAST, suite.ms * 20 // 1000) or LIMIT
  local plan = house .. "/build/mutate/plan"
  local file = assert(io.open(plan, "w"))
  file:write(("%s %d %s\n"):format(suite.name, math.min(limit, LIMIT), suite.command))
  file:close()
  local program = house .. "/build/mutate/usher"
  local output = lines_of(("USHER_TEST_SUITES=%s USHER_TEST_PROGRAM=%s %s/tests/run 2>&1"):format(
    plan, program, house))
  local cases, seconds = {}, 0
  for _, line in ipairs(output) do
    local case = line:match "^not ok %d* ?%-? ?(.*)$" or line:match(": (not done after .*)$")
      or line:match ": (exit code .*)$" or line:match ": (ran no case)$"
    seconds = tonumber(line:match ", cpu ([%d.]+) s$") or seconds
    if case then cases[#cases + 1] = case end
  end
  local failed = (output[#output] or ""):match "^%d+ passed, (%d+) failed$"
  assert(failed, "tests/run was ended")
  return failed == "0", seconds * 1000 // 1, cases
end

return suites
