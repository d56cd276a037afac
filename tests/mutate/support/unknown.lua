-- tests/mutate/support/unknown.lua HOUSE - the suites of which nothing is known, or of which it is
-- no longer true, long ones first.
package.path = "tests/mutate/support/?.lua;" .. package.path
local suites = require "suites"

local all = suites.all(arg[1])
for at = #all, 1, -1 do
  local suite = all[at]
  if not suites.facts_read(suite) or suites.facts_are_old(suite) then print(suite.name) end
end
