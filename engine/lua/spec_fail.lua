-- engine/lua/spec_fail.lua - failing at the line of the spec that asked, whatever stands between.
local busted = require "busted"

local function level_of()
  local level = 2
  repeat
    level = level + 1
    local info = debug.getinfo(level, "S")
  until not info or (info.what ~= "C" and not info.source:find("^@engine/lua/spec"))
  return level - 1
end

local fail = {}

-- "spec/callback_spec.lua:12", the line of the spec that asked.
function fail.place()
  local info = debug.getinfo(level_of(), "Sl")
  return ("%s:%d"):format(info.short_src, info.currentline)
end

return setmetatable(fail, { __call = function(_, message) busted.fail(message, level_of()) end })
