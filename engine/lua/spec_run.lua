-- engine/lua/spec_run.lua - `usher test`: runs Debian's busted in this ordinary Lua state.
--
--   local run = require "usher.spec_run"
--   local code = run { "spec/callback_spec.lua", "--filter=twice" }
--
-- The arguments are busted's own. Gives the exit code: 0 when all is well.
local EXIT = {}
local NAMES_SHOWN = 30

-- busted ends the program when something failed; here it ends its run.
local function os_exit(code)
  if code == true then code = 0 elseif not code then code = 1 end
  error({ [EXIT] = code }, 0)
end

local function handler(failure)
  if type(failure) == "table" and failure[EXIT] then return failure end
  return debug.traceback(tostring(failure), 2)
end

-- Flows that do not load are said once, before any spec runs.
local function flows_load()
  local fine, why = pcall(require("usher.spec_stage").probe)
  if fine then return true end
  why = tostring(why):gsub("\nstack traceback:.-( | line %d)", "%1")
  io.stderr:write("usher test: the flows do not load: ", why, "\n")
end

-- busted takes what has the name of a spec for one: reading a pipe would never end.
local function files_only()
  local attributes, load_file = require("pl.path").attrib, loadfile
  loadfile = function(name, ...) -- luacheck: ignore 121
    local mode = name and attributes(name, "mode") or "file"
    if mode == "file" then return load_file(name, ...) end
    return nil, ("%s: it is a %s, not a file; move it away"):format(name, mode)
  end
end

local function complain(...) io.stderr:write("usher test: ", table.concat { ... }, "\n") end

-- What busted makes of the command line; nil: nothing, and it was said.
local function options_of(arguments, options)
  local given = require("pl.tablex").update(require "busted.options", options)
  local parsed, why = require("busted.modules.cli")(given):parse({ table.unpack(arguments) })
  if parsed then return parsed end
  why = tostring(why):gsub("^.-error: ", ""):gsub("; re%-run with.*", "")
  local word = why:match "unknown/bad option: (%-[^%s=]*)"
  complain(word and "there is no option " .. word or why, "; see `usher test --help`")
end

-- The names of all cases, as many as one reads.
local function names_of(files)
  local lines = {}
  for _, list in pairs(files) do
    for _, case in ipairs(list) do lines[#lines + 1] = "  " .. case end
  end
  table.sort(lines)
  local count = #lines
  if count > NAMES_SHOWN then lines = { table.unpack(lines, 1, NAMES_SHOWN) } end
  if count > #lines then lines[#lines + 1] = ("  ... and %d more"):format(count - #lines) end
  return table.concat(lines, "\n")
end

-- A filter is a Lua pattern: one that stands in a name letter by letter was meant so.
local function is_literal(filters, files)
  for _, list in pairs(files) do
    for _, case in ipairs(list) do
      for _, filter in ipairs(filters) do
        if case:find(filter, 1, true) then return true end
      end
    end
  end
end

-- Whether a file holds nothing to run: it would pass for ever.
local function has_empty(cases, leaves_out)
  local empty = {}
  for name, list in pairs(cases.files) do
    if not list[1] and not leaves_out and not cases.broken[name] then empty[#empty + 1] = name end
  end
  table.sort(empty)
  for _, name in ipairs(empty) do complain(name, ": there is no case in it: no it(...)") end
  return empty[1] ~= nil
end

-- Why nothing ran.
local function tell_why(cases, parsed, leaves_out)
  local filter, has_case = table.concat(parsed.filter, " or "), cases.has_any()
  if cases.pending > 0 then
    complain("nothing ran: what there is, is pending")
  elseif has_case and filter ~= "" then
    local literal = is_literal(parsed.filter, cases.files)
    complain(("no case has a name that matches '%s'%s; there are:\n"):format(filter,
      literal and " (it is a Lua pattern: write %- for -)" or ""), names_of(cases.files))
  elseif has_case then
    complain("the options leave out all cases; there are:\n", names_of(cases.files))
  elseif leaves_out then
    complain("the options leave out all cases")
  else
    complain("no case there: specs are Lua files whose names end in _spec.lua")
  end
end

-- A test that tests nothing fails, and says so; failed: what it tested did.
local function is_in_vain(cases, parsed, failed)
  local leaves_out = parsed["filter-out"][1] or parsed["exclude-tags"][1]
  local empty = has_empty(cases, leaves_out)
  local in_vain = cases.ran == 0 and not failed
  if in_vain and (cases.has_any() or not empty) then tell_why(cases, parsed, leaves_out) end
  return empty or in_vain
end

return function(arguments)
  local has_busted, runner = pcall(require, "busted.runner")
  if not has_busted then
    complain("busted for Lua 5.4 is not installed: apt-get install lua-busted")
    return 2
  end
  local options = { standalone = false, output = "usher.spec_output" }
  local parsed = options_of(arguments, options)
  if not parsed then return 2 end
  if not flows_load() then return 2 end
  files_only()
  _G.arg = { [0] = "usher test", "--helper=usher.spec", table.unpack(arguments) }
  os.exit = os_exit -- luacheck: ignore 122
  local fine, failure = xpcall(runner, handler, options)
  if not fine and type(failure) ~= "table" then
    complain(failure)
    return 2
  end
  local failed = not fine and failure[EXIT] ~= 0
  local in_vain = not parsed.list and is_in_vain(require "usher.spec_cases", parsed, failed)
  return (failed or in_vain) and 1 or 0
end
