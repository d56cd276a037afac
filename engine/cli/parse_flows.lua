-- engine/cli/parse_flows.lua - makes parse.lua's functions, inside a flows state, from the flows'
-- own parsers.
local make = ...

return make { phone = require "parse.phone", time = require "parse.time", clock = clock }
