-- engine/cli/check.lua - `usher check`: what is wrong with a set of flows, or may be.
--
--   local check = require "usher.cli.check"
--   local findings = check {
--     files = { { path, name, text, refused = "flows/x.lua:3: ...",
--       encoding = "flows/x.lua:3: ..." } }, init = ...,
--     operations = ..., normal = function, nearest = function, notes = { "flows/x.lua ..." },
--     ask = function, luacheck = "/usr/share/lua/5.1",
--     load_error = "flows/x.lua:3: ... | line 3: ..." }
--   findings[1] -> { path, line, what, more = { "line 3: ...", "advice" }, is_error }
--   findings.note: why some are missing
--
-- What the loader and the sandbox know is asked of them, so that the same mistake is told in the
-- same words by everybody; luacheck reads the source, and tells what else is odd.
local check_cards = require "usher.cli.check_cards"
local check_flows = require "usher.cli.check_flows"
local check_kept = require "usher.cli.check_kept"
local check_names = require "usher.cli.check_names"
local check_nil = require "usher.cli.check_nil"
local check_results = require "usher.cli.check_results"
local check_routes = require "usher.cli.check_routes"
local tree = require "usher.cli.check_tree"

-- What luacheck's codes mean for somebody who writes flows. Names that do not exist are asked of
-- the sandbox, how lines look is nobody's business here.
local UNUSED = "remove it, or use it"
local ADVICE = {
  ["21"] = UNUSED, ["23"] = UNUSED, ["24"] = UNUSED, ["31"] = UNUSED,
  ["4"] = "give it another name", ["5"] = "remove what can never run",
}
local IGNORED = { ["0"] = true, ["1"] = true, ["212"] = true, ["213"] = true, ["6"] = true }

-- What the chat says outside of a conversation where nothing else is wrong.
local EFFECT = "only while"

local function advice_for(code)
  return ADVICE[code:sub(1, 2)] or ADVICE[code:sub(1, 1)]
    or "see luacheck's manual, warning " .. code
end

-- Whether it gave all trees, too.
local function run_luacheck(luacheck, files, add)
  local texts = {}
  for i, file in ipairs(files) do texts[i], file.globals = file.text, {} end
  local report
  local trees = tree.made_by(function()
    report = luacheck.check_strings(texts, { std = "none" })
  end)
  for i, events in ipairs(report) do
    files[i].root = not files[i].refused and trees[i] or nil
    for _, event in ipairs(events) do
      local code = event.code
      -- Not those that `-- luacheck: globals x` names: a program that embeds usher has more.
      if code:sub(1, 2) == "11" then files[i].globals[event.name] = true end
      if not IGNORED[code] and not IGNORED[code:sub(1, 1)] then
        add(files[i].path, event.line, luacheck.get_message(event), { advice_for(code) })
      end
    end
  end
  return #trees == #files
end

-- Where a trigger is written: init.lua, or a file of words.
local function place_of(files, text)
  for round = 1, 2 do
    for _, file in ipairs(files) do
      local is_init = file.path:find "init%.lua$" ~= nil
      local line
      if file.root and is_init == (round == 1) then
        tree.walk(file.root, function(node)
          if node.tag == "String" and node[1] == text then line = line or node.line end
        end)
      end
      if line then return file.path, line end
    end
  end
  return "flows/init.lua", 1
end

-- "flows/x.lua:3: what | line 3: text | advice", as the loader and the sandbox say it.
local function add_said(text, add, is_error)
  local parts = {}
  for part in (text .. " | "):gmatch "(.-) | " do parts[#parts + 1] = part end
  local path, line, what = parts[1]:match "^(%S-%.lua):(%d+): (.*)$"
  if not path then path, what = parts[1]:match "^(%S-%.lua):? (.*)$" end
  add(path or "flows/init.lua", tonumber(line) or 1, what or parts[1],
    { table.unpack(parts, 2) }, is_error)
end

-- What kept the flows from loading. A file that Lua cannot read is told already.
local function add_load_errors(given, add)
  local is_told = false
  for _, file in ipairs(given.files) do
    if file.encoding and not file.refused then add_said(file.encoding, add, true) end
    if file.refused then
      add_said(file.refused, add, true)
      is_told = is_told or given.load_error == file.refused
    end
  end
  if given.load_error and not is_told then add_said(given.load_error, add, true) end
end

-- One file, read closely.
local function look_at(file, given, routes, add)
  local function report(line, what, advice, is_error)
    add(file.path, line, what, { advice }, is_error)
  end
  local said = {}
  local function say(line, what, is_error)
    if not said[what] then add(file.path, line, what, {}, is_error) end
    said[what] = true
  end
  local function ask(line, code, only)
    local answer = given.ask(file.path, line, code)
    if not answer or only and not answer:find(only, 1, true) or answer:find(EFFECT, 1, true) then
      return false
    end
    local what = answer:gsub("^%S-%.lua:%d+: ", "")
    if not said[what] then add_said(answer, add, true) end
    said[what] = true
    return true
  end
  tree.mark_chat(file.root, given.init and check_names.has(given.init.flows, file.name))
  check_names.check { root = file.root, globals = file.globals, ask = ask, say = say,
    init = given.init, nearest = given.nearest, is_loaded = not given.load_error }
  check_flows.check(file.root, routes, given.operations, given.nearest, report)
  if tree.has_chat(file.root) then check_kept.check(file.root, report) end
  check_cards.check(file.root, report)
  check_nil.check(file.root, report)
end

local function find_luacheck(folder)
  package.path = package.path .. (";%s/?.lua;%s/?/init.lua"):format(folder, folder)
  local fine, luacheck = pcall(require, "luacheck")
  return fine and luacheck or nil
end

local function add_shadowed(routes, files, add)
  for _, one in ipairs(routes.shadowed) do
    local path, line = place_of(files, one.text)
    add(path, line, ('the trigger "%s" of %s can never match'):format(one.text, one.flow),
      { ('%s stands before it and takes "%s": put %s first, or make the phrase longer'):format(
        one.by, one.by_text, one.flow) })
  end
end

return function(given)
  local findings, files = {}, given.files
  local function add(path, line, what, more, is_error)
    findings[#findings + 1] = { path = path, line = line, what = what, more = more,
      is_error = is_error and true or false, number = #findings }
  end
  add_load_errors(given, add)
  for _, note in ipairs(given.notes) do add_said(note, add) end
  local luacheck = find_luacheck(given.luacheck)
  if not luacheck then
    findings.note = "luacheck is not installed (apt-get install lua-check): only loading and "
      .. "routing were looked at"
  elseif not run_luacheck(luacheck, files, add) then
    findings.note = "luacheck here is another than Debian 12's: no file was read closely"
  end
  local routes = check_routes.read(given.init, given.normal)
  add_shadowed(routes, files, add)
  for _, file in ipairs(files) do
    if file.root then look_at(file, given, not given.load_error and routes or nil, add) end
  end
  check_results.check(files, function(name)
    return given.init and check_names.has(given.init.tasks, name)
  end, add)
  table.sort(findings, function(a, b)
    if a.path ~= b.path then return a.path < b.path end
    if a.line ~= b.line then return a.line < b.line end
    return a.number < b.number
  end)
  return findings
end
