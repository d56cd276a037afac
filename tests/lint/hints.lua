#!/usr/bin/env lua5.4
-- Every hint names only what exists. Where the engine's messages and helps, the flows, the examples
-- and the documents name a command of usher, its words and options, a make target, a setting or a
-- file of this repository, that must be there.
package.path = arg[0]:match "^(.*)/" .. "/support/?.lua;" .. package.path
local lint = require "lint"

local findings, looked_at = {}, 0
local function complain(...) findings[#findings + 1] = string.format(...) end

local files = {}
for _, path in ipairs(lint.files()) do files[path] = true end

local function text_of(path) return files[path] and lint.read(path) or "" end

-- ---- what exists --------------------------------------------------------------------------------

local commands = {} -- name -> { words = set, options = set }
local function command_read(name, source)
  local text = text_of("engine/cli/" .. source .. ".c")
  local options = { help = true }
  if text:find("cli/ask.h", 1, true) then text = text .. text_of "engine/cli/ask.h" end
  for option in text:gmatch "%-%-(%l[%l-]*)" do options[option] = true end
  for option in text:gmatch '{"(%l[%l-]*)", %l+_argument' do options[option] = true end
  local words = {}
  local pattern = "usher " .. name:gsub("%-", "%%-") .. " (%l+) %u"
  for word in text:gmatch(pattern) do words[word] = true end
  commands[name] = { words = words, options = options, takes_words = next(words) ~= nil }
end
for name, source in text_of "engine/main.c":gmatch '{"([%l-]+)", usher_cli_([%l_]+)' do
  command_read(name, source)
end

local targets = {}
for path in pairs(files) do
  if path:match "^Makefile$" or path:match "^mk/.*%.mk$" or path:match "^examples/.*Makefile$" then
    for target in ("\n" .. text_of(path)):gmatch "\n([%l][%l ]*):" do
      for word in target:gmatch "%l+" do targets[word] = true end
    end
  end
end

local settings = {}
for name in text_of "engine/core/config_table.c":gmatch '%.name = "([%u_]+)"' do
  settings[name] = true
end
for prefix in text_of "engine/core/config_table.c":gmatch 'CREDENTIAL%("([%u_]+)"' do
  settings[prefix] = true
  for _, part in ipairs { "ACCESS_TOKEN", "REFRESH_TOKEN", "CLIENT_ID", "CLIENT_SECRET" } do
    settings[prefix .. "_" .. part], settings["_" .. part] = true, true
  end
end

-- Whose sources are read; of others the documents only.
local ROOMS = { engine = true, flows = true, spec = true, include = true }

-- ---- what is named ------------------------------------------------------------------------------

-- usher's own command line, as far as it is one: "tasks retry ID --env FILE".
local function check_command(where, line)
  local name = line:match "^(%l[%l-]*)"
  if not name then return end
  local command = commands[name]
  if not command then return complain("%s: there is no command usher %s", where, name) end
  local word = line:match("^" .. name:gsub("%-", "%%-") .. " (%l+)%f[^%w_./]")
  if command.takes_words and word and not command.words[word] then
    complain("%s: usher %s has no word %s", where, name, word)
  end
  for option in line:gmatch "%f[%S]%[?%-%-(%l[%l-]*)" do
    if not command.options[option] then
      complain("%s: usher %s has no option --%s", where, name, option)
    end
  end
end

-- All that is a command line by its look, in one piece of text.
local function check_text(where, text)
  for line in text:gmatch "[^\n|;&>()]+" do
    local plain = line:gsub("^%s*Example: ", ""):gsub("^%s*[%u_]+=%S+ ", "")
    local command = plain:match "^%s*%.?/?usher (%l.*)"
    if command then check_command(where, command) end
    local target = line:match "^%s*make ([%l]+)%s*$" or line:match "^%s*make ([%l]+) %s*[#%u]"
    if target and not targets[target] then
      complain("%s: there is no target make %s", where, target)
    end
  end
end

-- A message that names a setting; CRM_... is the made-up one of an example.
local function message_settings(path, message)
  for name in message:gmatch "%f[%u_]%u[%u_]*_[%u_]+%f[^%w_]" do
    if not settings[name] and not name:match "^CRM_" and not name:match "^USHER_" then
      complain("%s: there is no setting %s", path, name)
    end
  end
end

-- Strings are joined where they stand in pieces.
local function each_span(text, run)
  for span in text:gmatch "`([^`\n]+)`" do run(span) end
end

local function check_engine(path)
  local text = lint.read(path)
  looked_at = looked_at + 1
  local joined = text:gsub('"%s*\n%s*"', "")
  each_span(joined, function(span) check_text(path, span) end)
  for literal in joined:gmatch '"([^"\n]*)"' do
    local plain = literal:gsub("\\n", "\n")
    for line in plain:gmatch "[^\n]+" do
      if line:match "^  +usher %l" or line:match "^Example: " then check_text(path, line) end
    end
    for name in plain:gmatch "([%w_/-]+%.md)" do
      if not files[name] then complain("%s: there is no %s", path, name) end
    end
    if path:match "%.c$" and plain:find " " then message_settings(path, plain) end
  end
end

-- NAME=value, or NAME_WITH_PARTS alone, where a page says it in `...`.
local OTHERS = {} -- settings of examples' flows, make's variables, the system's: with what they are
for name in ([[PREFIX DESTDIR FLAVOUR BUILD FUZZ FUZZ_SECONDS USHER_TREE CC ROOT TMPDIR
  ETCDIR STATEDIR RUNDIR]]):gmatch "%S+" do
  OTHERS[name] = true
end

local function check_setting(where, page, span)
  local name = span:match "^([%u][%u_]+)$" or span:match "^([%u][%u_]+)=%S*$"
  if not name or not name:find("_", 2, true) or OTHERS[name] or settings[name] then return end
  if page == "engine/simulator/README.md" then return end -- Zoho's codes
  if name:match "^USHER_" or name:match "^SQLITE_" or name:match "^CURLOPT_" then return end
  -- A flow's own, which the page or the flows beside it declare.
  local folder = page:match "^(examples/[^/]+)/" or "flows"
  for path in pairs(files) do
    local is_beside = path:sub(1, #folder) == folder and path:match "%.lua$"
    if is_beside and text_of(path):find(name, 1, true) then return end
  end
  complain("%s: there is no setting %s", where, name)
end

local function check_file(where, page, span)
  local name = span:match "^([%w_][%w_./-]*/[%w_.-]+%.[chm]d?)$"
    or span:match "^(engine/[%w_./-]+%.lua)$"
  if not name or name == "curl/curl.h" then return end -- that is libcurl's
  local here = page:match "^(.*/)" or ""
  for _, root in ipairs { "", "engine/", "tests/", "include/", here } do
    if files[root .. name] then return end
  end
  complain("%s: there is no file %s", where, name)
end

local function check_page(path)
  looked_at = looked_at + 1
  for number, line in lint.each_line(lint.read(path)) do
    local where = ("%s:%d"):format(path, number)
    if line:match "^    " or line:match "^%$ " then
      check_text(where, (line:gsub("^[%s$]+", ""):gsub("%s#.*", "")))
    end
    each_span(line, function(span)
      check_text(where, span)
      if path ~= "CHANGELOG.md" then
        check_setting(where, path, span)
        check_file(where, path, span)
      end
    end)
  end
end

if next(commands) then
  for path in pairs(files) do
    local room, kind = path:match "^(%l+)/.*%.(%l+)$"
    local is_source = kind == "lua" or kind == "c" or kind == "h"
    if is_source and ROOMS[room] then
      check_engine(path)
    elseif path:match "%.md$" and not path:match "^tests/" then
      check_page(path)
    elseif path:match "^examples/" and not path:match "%.lua$" and not path:match "%.c$" then
      check_page(path)
    end
  end
end
table.sort(findings)
lint.finish("hints", findings, looked_at)
