-- engine/lua/spec_fail.lua - failing at the line of the spec that asked, whatever stands between.
local busted = require "busted"

return function(message)
  local level = 1
  repeat
    level = level + 1
    local info = debug.getinfo(level, "S")
  until not info or (info.what ~= "C" and not info.source:find("^@engine/lua/spec"))
  busted.fail(message, level)
end
