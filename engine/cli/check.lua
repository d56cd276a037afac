-- engine/cli/check.lua - `usher check`: what is wrong with a set of flows, or may be.
--
--   local check = require "usher.cli.check"
--   local findings = check { files = { { path, text } }, init = ..., operations = ...,
--     normal = function, luacheck = "/usr/share/lua/5.1", load_error = "flows/x.lua:3: ..." }
--   findings[1] -> { path, line, what, advice, is_error }; findings.note: why some are missing
local check_flows = require "usher.cli.check_flows"
local check_routes = require "usher.cli.check_routes"
local tree = require "usher.cli.check_tree"

local API = {
  "assert", "error", "getmetatable", "ipairs", "load", "next", "pairs", "pcall", "rawequal",
  "rawget", "rawlen", "require", "select", "setmetatable", "tonumber", "tostring", "type", "xpcall",
  "_G", "_VERSION", "math", "string", "table", "utf8", "http", "zoho", "token", "clock", "log",
  "config", os = { fields = { "time", "date", "clock" } },
}

-- What luacheck's codes mean for somebody who writes flows.
local ADVICE = {
  ["0"] = "Lua cannot read the file: fix this first",
  ["111"] = "write `local` before it", ["112"] = "write `local` before it",
  ["113"] = "a misspelt name, or a module that needs require",
  ["143"] = "flows do not have it",
  ["21"] = "remove it, or use it", ["23"] = "remove it, or use it", ["31"] = "remove it, or use it",
  ["4"] = "give it another name", ["5"] = "remove what can never run",
}

local function advice_for(code)
  for length = 3, 1, -1 do
    local advice = ADVICE[code:sub(1, length)]
    if advice then return advice end
  end
  return "see luacheck's manual, warning " .. code
end

-- Arguments that are not used and how lines look are nobody's business here.
local IGNORED = { ["212"] = true, ["213"] = true, ["6"] = true }
local ERRORS = { ["0"] = true, ["111"] = true, ["112"] = true, ["113"] = true, ["143"] = true }

local function run_luacheck(luacheck, files, add)
  local texts = {}
  for i, file in ipairs(files) do texts[i] = file.text end
  local report = luacheck.check_strings(texts, { std = "none", read_globals = API })
  for i, events in ipairs(report) do
    for _, event in ipairs(events) do
      local code = event.code
      if not IGNORED[code] and not IGNORED[code:sub(1, 1)] then
        add(files[i].path, event.line, luacheck.get_message(event), advice_for(code),
          ERRORS[code] or code:sub(1, 1) == "0")
      end
    end
  end
end

local function tree_of(text)
  local decoder, parser = require "luacheck.decoder", require "luacheck.parser"
  local fine, root = pcall(parser.parse, decoder.decode(text))
  return fine and root or nil -- what cannot be read was told by luacheck
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

-- What kept the flows from loading, unless luacheck has told the same line.
local function add_load_error(message, findings, add)
  local text, source = message:gsub("\nstack traceback:.-( | line %d)", "%1"):match "^(.-) | (.*)$"
  text = text or message:match "^[^\n]*"
  local path, line, what = text:match "^(.-):(%d+): (.*)$"
  for _, finding in ipairs(findings) do
    if finding.path == path and finding.line == tonumber(line) and finding.is_error then return end
  end
  add(path or "flows/init.lua", tonumber(line) or 1, what or text,
    source or "the flows do not load like this", true)
end

local function find_luacheck(folder)
  package.path = package.path .. (";%s/?.lua;%s/?/init.lua"):format(folder, folder)
  local fine, luacheck = pcall(require, "luacheck")
  return fine and luacheck or nil
end

return function(given)
  local findings, files = {}, given.files
  local function add(path, line, what, advice, is_error)
    findings[#findings + 1] = { path = path, line = line, what = what, advice = advice,
      is_error = is_error and true or false }
  end
  local luacheck = find_luacheck(given.luacheck)
  if luacheck then
    run_luacheck(luacheck, files, add)
    for _, file in ipairs(files) do file.root = tree_of(file.text) end
  else
    findings.note = "luacheck is not installed (apt-get install lua-check): only loading and "
      .. "routing were looked at"
  end
  if given.load_error then add_load_error(given.load_error, findings, add) end
  local routes = check_routes.read(given.init, given.normal)
  for _, one in ipairs(routes.shadowed) do
    local path, line = place_of(files, one.text)
    add(path, line, ('the trigger "%s" of %s can never match'):format(one.text, one.flow),
      ('%s stands before it and takes "%s": put %s first, or make the phrase longer'):format(one.by,
        one.by_text, one.flow))
  end
  for _, file in ipairs(files) do
    if file.root then
      check_flows.check(file.root, not given.load_error and routes or nil, given.operations,
        function(line, ...) add(file.path, line, ...) end)
    end
  end
  table.sort(findings, function(a, b)
    if a.path ~= b.path then return a.path < b.path end
    return a.line < b.line
  end)
  return findings
end
