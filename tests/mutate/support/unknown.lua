-- tests/mutate/support/unknown.lua HOUSE - the suites of which nothing is known, long ones first.
package.path = "tests/mutate/support/?.lua;" .. package.path
local suites = require "suites"

local all = suites.all(arg[1])
for at = #all, 1, -1 do
  if not suites.facts_read(all[at]) then print(all[at].name) end
end
