-- Names that Lua files here may use. What a flow may not name here it cannot
-- reach in the sandbox either.
local API = { "http", "zoho", "token", "clock", "log", "config" }

stds.flow = {
  read_globals = {
    "assert", "error", "getmetatable", "ipairs", "load", "next", "pairs", "pcall", "rawequal",
    "rawget", "rawlen", "require", "select", "setmetatable", "tonumber", "tostring", "type",
    "xpcall", "_G", "_VERSION", "math", "string", "table", "utf8",
    os = { fields = { "time", "date", "clock", "difftime" } },
  },
}
stds.usher = { read_globals = API }
stds.dialogue = { read_globals = { "visitor", "clock", "zoho", "web", "settings" } }

std = "lua54"
max_line_length = 100
-- Methods have self, whether they look at it or not.
self = false
cache = false
exclude_files = { "build/", "examples/*/build/" }

files["flows/"] = { std = "flow+usher" }
files["examples/**/flows/"] = { std = "flow+usher" }
files["tests/bench/flows/"] = { std = "flow+usher" }
files["tests/lua/support/talk/"] = { std = "flow+usher" }
files["engine/lua/"] = { std = "lua54+usher" }
files["engine/cli/parse_flows.lua"] = { std = "flow+usher" }
files["spec/"] = { std = "lua54+usher+busted+dialogue" }
files["examples/**/spec/"] = { std = "lua54+usher+busted+dialogue" }
files["tests/**/*_spec.lua"] = { std = "lua54+busted" }
files["tests/lua/support/*_spec.lua"] = { std = "lua54+busted+dialogue" }
-- Stubs for editors declare names and use none.
files["include/lua/"] = { ignore = { "11.", "12.", "14.", "131", "21.", "23.", "24.", "631" } }
