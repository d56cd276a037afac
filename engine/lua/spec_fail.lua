-- engine/lua/spec_fail.lua - failing at the line of the spec that asked, whatever stands between.
local busted = require "busted"

-- Where busted and what it needs are installed.
local LIBRARY = "@" .. package.searchpath("mediator", package.path):match "^(.*)mediator%.lua$"

local fail = {}

-- Whether a source is the engine's or busted's, by the name that debug has for it.
function fail.is_between(source)
  return source:find "^@engine/" or source:sub(1, 1) == "="
    or source:sub(1, #LIBRARY) == LIBRARY
end

local function level_of()
  local level = 2
  repeat
    level = level + 1
    local info = debug.getinfo(level, "S")
  until not info or info.what ~= "C" and not fail.is_between(info.source)
  return level - 1
end

-- "spec/callback_spec.lua:12", the line of the spec that asked.
function fail.place()
  local info = debug.getinfo(level_of(), "Sl")
  return info and ("%s:%d"):format(info.short_src, info.currentline) or "a spec"
end

-- What the spec does there is no use of what there is.
function fail.misuse(message) error(("%s: %s"):format(fail.place(), message), 0) end

return setmetatable(fail, { __call = function(_, message) busted.fail(message, level_of()) end })
