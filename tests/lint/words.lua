#!/usr/bin/env lua5.4
-- What must not stand in the repository: somebody's own folders, notes of unfinished work, tokens
-- that look real, tests that sleep.
package.path = arg[0]:match "^(.*)/" .. "/support/?.lua;" .. package.path
local lint = require "lint"

-- Put together from pieces, so that this file does not find itself.
local function pieces(...) return table.concat { ... } end

local SLEEPING = pieces("%f[%w_][un]?a?n?o?sl", "eep%s*[%(%d]")
local WORDS = {
  { pattern = pieces("%f[%w/]/wo", "rk/"), why = "a path of one machine" },
  { pattern = pieces("/ho", "me/%w"), why = "a path of one machine" },
  { pattern = pieces("%f[%w/]/ro", "ot/"), why = "a path of one machine" },
  { pattern = pieces("/tmp/pl", "an"), why = "a path of one machine" },
  { pattern = pieces("%f[%w]TO", "DO%f[%W]"), why = "unfinished: do it, or open an issue" },
  { pattern = pieces("%f[%w]FIX", "ME%f[%W]"), why = "unfinished: do it, or open an issue" },
  { pattern = pieces("%f[%w]X", "XX%f[%W]"), why = "unfinished: do it, or open an issue" },
  { pattern = pieces("%f[%w]HA", "CK%f[%W]"), why = "unfinished: do it, or open an issue" },
  { pattern = "1000%.%x" .. ("%x"):rep(31) .. "%.%x" .. ("%x"):rep(31),
    why = "looks like a real Zoho token" },
  { pattern = "BEGIN [A-Z ]*PRIVATE KEY", why = "a private key" },
  { pattern = SLEEPING, only = "^tests/", why = "a test never sleeps" },
  { pattern = pieces("%f[%w]luaL_tol", "string%("), only = "^engine/",
    but = "^engine/script/lua_string%.",
    why = "shows an address where there is no text: usher_string_tolstring()" },
  { pattern = pieces("lua_topo", "inter%("), only = "^engine/",
    why = "an address is another one in each run" },
  { pattern = SLEEPING, only = "^spec/", why = "a spec never sleeps" },
}

-- Texts of visitors, which are theirs.
local EXCEPTIONS = { ["tests/corpus/.*%.jsonl"] = true }

local function is_exempt(path)
  for pattern in pairs(EXCEPTIONS) do
    if path:match("^" .. pattern .. "$") then return true end
  end
  return false
end

local findings, looked_at = {}, 0
local function check_line(path, number, line)
  for _, word in ipairs(WORDS) do
    if (not word.only or path:match(word.only)) and not (word.but and path:match(word.but))
      and line:find(word.pattern) then
      findings[#findings + 1] = ("%s:%d: %s: %s"):format(path, number, word.why, line:sub(1, 80))
    end
  end
end

for _, path in ipairs(lint.files()) do
  local text = lint.read(path)
  if not text:find "\0" and not is_exempt(path) then
    looked_at = looked_at + 1
    for number, line in lint.each_line(text) do check_line(path, number, line) end
  end
end
lint.finish("words", findings, looked_at)
