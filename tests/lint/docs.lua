#!/usr/bin/env lua5.4
-- What the documents say is true: README.md and examples/.env.example have every setting of
-- engine/core/config_table.c with its default and its meaning, and no other; README.md names the
-- scopes of every call to Zoho that the flows make, and every command; the tests that stand as
-- `suite_test/case` exist; links lead to files (hints.lua looks at all else that is named);
-- OPERATING.md has every problem of engine/core/problems.c, and no other.
--
-- tests/lint/docs.lua . rows   prints what the table of README.md must hold
-- tests/lint/docs.lua . env    prints what examples/.env.example must hold
package.path = arg[0]:match "^(.*)/" .. "/support/?.lua;" .. package.path
local lint = require "lint"

local PAGES = { "README.md", "OPERATING.md", "CONTRIBUTING.md", "CHANGELOG.md" }
for _, path in ipairs(lint.lines "ls flows/*.md examples/*.md examples/*/*.md 2>/dev/null") do
  PAGES[#PAGES + 1] = path
end
local PARTS = { "_ACCESS_TOKEN", "_REFRESH_TOKEN", "_CLIENT_ID", "_CLIENT_SECRET" }

local findings, looked_at = {}, 0
local function complain(...) findings[#findings + 1] = string.format(...) end

local function read(path)
  local file = io.open(lint.root .. "/" .. path, "rb")
  if not file then return nil end
  local text = file:read "a"
  file:close()
  return text
end

-- ---- the settings -------------------------------------------------------------------------------

-- The C string of a field, which may stand in several pieces; nil where it is not set.
local function literal(entry, field)
  local at = entry:match("%." .. field .. "%s*=()")
  if not at then return nil end
  local text = ""
  repeat
    local piece, to = entry:match('^%s*"([^"]*)"()', at)
    text, at = text .. (piece or ""), to
  until not piece
  return text
end

-- The table of settings in its order: { name, fallback, choices, about, restart } and, in place of
-- four, { credential = "DESK", whom = "Desk only" }.
local function settings()
  local source = read "engine/core/config_table.c" or ""
  local body = source:match "settings%[[%w_]+%]%s*=%s*(%b{})" or "{}"
  -- The macro's calls become entries like the others.
  body = body:sub(2, -2):gsub("CREDENTIAL(%b())", function(arguments)
    local prefix, whom = arguments:match '"([^"]*)",%s*"([^"]*)"'
    return ('{.credential = "%s", .whom = "%s"}'):format(prefix, whom)
  end)
  local list = {}
  for entry in body:gmatch "%b{}" do
    local setting = { restart = entry:find "%.restart%s*=%s*1" ~= nil }
    for _, field in ipairs { "name", "fallback", "choices", "about", "credential", "whom" } do
      setting[field] = literal(entry, field)
    end
    list[#list + 1] = setting
  end
  return list
end

local function meaning(setting)
  local text = setting.about
  if setting.choices then text = text .. ": " .. setting.choices:gsub(" ", ", ") end
  return setting.restart and text .. " (at the next start)" or text
end

local function row(setting)
  if setting.credential then
    return ("| `%s%s` | | credential for %s |"):format(setting.credential,
      table.concat(PARTS, "` `"), setting.whom)
  end
  local default = setting.fallback and ("`%s`"):format(setting.fallback) or ""
  local cells = ("| `%s` | %s | %s |"):format(setting.name, default, meaning(setting))
  return (cells:gsub("|  |", "| |"))
end

local function env_lines(setting)
  if not setting.credential then
    return { "# " .. meaning(setting), ("#%s=%s"):format(setting.name, setting.fallback or "") }
  end
  local lines = { "# credential for " .. setting.whom }
  for _, part in ipairs(PARTS) do lines[#lines + 1] = "#" .. setting.credential .. part .. "=" end
  return lines
end

-- The table's rows, all of them and in order.
local function check_table(list)
  local text = read "README.md"
  if not text then return complain "README.md is missing" end
  local expected = {}
  for _, setting in ipairs(list) do expected[#expected + 1] = row(setting) end
  local found = {}
  for _, line in lint.each_line(text) do
    if line:match "^| `[%u_]+`" then found[#found + 1] = line end
  end
  for i = 1, math.max(#expected, #found) do
    if expected[i] ~= found[i] then
      return complain("README.md: the table of settings should say\n    %s\n  and says\n    %s",
        expected[i] or "(nothing more)", found[i] or "(nothing more)")
    end
  end
end

local function check_env(list)
  local text = read "examples/.env.example"
  if not text then return complain "examples/.env.example is missing" end
  local found, number = {}, 0
  for _, line in lint.each_line(text) do found[#found + 1] = line end
  for _, setting in ipairs(list) do
    local lines, first = env_lines(setting), nil
    for i = number + 1, #found do
      if found[i] == lines[1] and found[i + 1] == lines[2] then first = first or i end
    end
    for i, line in ipairs(lines) do
      if not first or found[first + i - 1] ~= line then
        return complain("examples/.env.example should have, in the table's order: %s", line)
      end
    end
    for i = number + 1, first - 1 do
      if found[i]:match "^#?[%u_]+=" then
        complain("examples/.env.example:%d: there is no such setting: %s", i, found[i])
      end
    end
    number = first + #lines - 1
  end
end

-- The scopes of what flows/ calls, as include/lua/zoho.lua tells them.
local function check_scopes()
  local readme, scopes, above = read "README.md" or "", {}, ""
  for _, line in lint.each_line(read "include/lua/zoho.lua" or "") do
    above = line:match "^%-%-%-Scopes: (.*)" or above
    local name = line:match "^function (zoho[%w_.]+)"
    if name then scopes[name] = above end
  end
  for _, path in ipairs(lint.lines "ls flows/*.lua 2>/dev/null") do
    for name in read(path):gmatch "%f[%w](zoho%.%l+%.[%w_]+)" do
      for scope in (scopes[name] or ""):gmatch "%S+" do
        if not readme:find("`" .. scope .. "`", 1, true) then
          complain("README.md: %s calls %s, which needs the scope %s", path, name, scope)
        end
      end
    end
  end
end

-- ---- commands, problems, links ------------------------------------------------------------------

local function words_of(text, pattern)
  local set = {}
  for word in text:gmatch(pattern) do set[word] = true end
  return set
end

local commands = words_of(read "engine/main.c" or "", '{"([%l-]+)", usher_cli_')
-- README.md leaves out no command.
local function check_commands()
  local readme, missing = read "README.md" or "", {}
  for command in pairs(commands) do
    if not readme:find("usher " .. command, 1, true) then missing[#missing + 1] = command end
  end
  table.sort(missing)
  for _, command in ipairs(missing) do complain("README.md: usher %s is not there", command) end
end

local function check_problems()
  local known = words_of(read "engine/core/problems.c" or "", '{%s*"([%l_]+)",%s*"')
  local told = words_of(read "OPERATING.md" or "", "\n| `([%l_]+)` |")
  for code in pairs(known) do
    if not told[code] then complain("OPERATING.md: the problem %s is not there", code) end
  end
  for code in pairs(told) do
    if not known[code] then complain("OPERATING.md: there is no problem %s", code) end
  end
end

local function check_tests(page, number, line)
  for suite, case in line:gmatch "`([%w_]+_test)/([^`]+)`" do
    local text = (read("tests/unit/" .. suite .. ".c") or "") .. (read("tests/e2e/" .. suite) or "")
    if not text:find(case, 1, true) then
      complain("%s:%d: there is no test %s/%s", page, number, suite, case)
    end
  end
end

local function check_page(page)
  local text = read(page)
  if not text then return complain("%s is missing", page) end
  looked_at = looked_at + 1
  for number, line in lint.each_line(text) do
    check_tests(page, number, line)
    for link in line:gmatch "%]%(([^)#]+)#?[^)]*%)" do
      local path = (page:match "^(.*/)" or "") .. link
      if not link:match "^%a+:" and #lint.lines("ls -d '" .. path .. "' 2>/dev/null") == 0 then
        complain("%s:%d: leads nowhere: %s", page, number, link)
      end
    end
  end
end

local list = settings()
if arg[2] == "rows" or arg[2] == "env" then
  for _, setting in ipairs(list) do
    print(arg[2] == "rows" and row(setting) or table.concat(env_lines(setting), "\n") .. "\n")
  end
  os.exit(true)
end
if #list > 0 then
  check_table(list)
  check_env(list)
  check_scopes()
  check_commands()
  check_problems()
  for _, page in ipairs(PAGES) do check_page(page) end
end
lint.finish("docs", findings, looked_at)
