-- engine/lua/spec_fail.lua - failing at the line of the spec that asked, whatever stands between.
local busted = require "busted"

-- Where busted and what it needs are installed.
local LIBRARY = "@" .. package.searchpath("mediator", package.path):match "^(.*)mediator%.lua$"

local function is_between(info)
  return info.what == "C" or info.source:find("^@engine/") or info.source:find("=", 1, true) == 1
    or info.source:sub(1, #LIBRARY) == LIBRARY
end

local function level_of()
  local level = 2
  repeat
    level = level + 1
    local info = debug.getinfo(level, "S")
  until not info or not is_between(info)
  return level - 1
end

local fail = {}

-- "spec/callback_spec.lua:12", the line of the spec that asked.
function fail.place()
  local info = debug.getinfo(level_of(), "Sl")
  return info and ("%s:%d"):format(info.short_src, info.currentline) or "a spec"
end

-- What the spec does there is no use of what there is.
function fail.misuse(message) error(("%s: %s"):format(fail.place(), message), 0) end

return setmetatable(fail, { __call = function(_, message) busted.fail(message, level_of()) end })
