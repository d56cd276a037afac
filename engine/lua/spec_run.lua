-- engine/lua/spec_run.lua - `usher test`: runs Debian's busted in this ordinary Lua state.
--
--   local run = require "usher.spec_run"
--   local code = run { "spec/callback_spec.lua", "--filter=twice" }
--
-- The arguments are busted's own. Gives the exit code: 0 when all is well.
local EXIT = {}

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

return function(arguments)
  local has_busted, runner = pcall(require, "busted.runner")
  if not has_busted then
    io.stderr:write("usher test: busted for Lua 5.4 is not installed: apt-get install lua-busted\n")
    return 2
  end
  if not flows_load() then return 2 end
  files_only()
  _G.arg = { [0] = "usher test", "--helper=usher.spec", table.unpack(arguments) }
  os.exit = os_exit -- luacheck: ignore 122
  local fine, failure = xpcall(runner, handler, { standalone = false })
  if fine then return 0 end
  if type(failure) == "table" then return failure[EXIT] end
  io.stderr:write("usher test: ", failure, "\n")
  return 2
end
