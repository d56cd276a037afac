-- engine/lua/modules.lua - modules of flows that the engine uses itself, so that there is one of
-- each: chat:confirm reads yes and no with parse.yes_no.
--
--   local yes_no = engine.modules("parse.yes_no", "find")
--
-- It is the flows' own, with the words that they have taught it, where they have one with that
-- function; else the one that is built into the program.
local engine = ...

local own = {} -- by name, once loaded in this state

local function built_in(name)
  if not own[name] then
    local path = "flows/" .. name:gsub("%.", "/") .. ".lua"
    local text = engine.embedded(path)
    if not text then return require(name) end -- lpeg
    own[name] = load(text, "@engine/" .. path, "t",
      setmetatable({ require = built_in }, { __index = _ENV }))()
  end
  return own[name]
end

return function(name, needed)
  local module = engine.module(name)
  if type(module) == "table" and type(module[needed]) == "function" then return module end
  return built_in(name)
end
