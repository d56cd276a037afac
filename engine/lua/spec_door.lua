-- engine/lua/spec_door.lua - what a spec calls: what is given is looked at first, and whatever is
-- wrong inside fails at the line of the spec, not at one of the engine's.
--
--   door.functions("clock", clock, { at = { 'clock.at "2026-03-03 10:00"', "text", "text?" } })
--   door.methods("talk", Talk, { visits = { "talk:visits()" } })
--
-- Of each: how it is written, and what it takes: "text", "number", "table", "function", "talk",
-- several with "or", "any"; with "?" it may be left out.
local fail = require "usher.spec_fail"

local door = {}

local KINDS = { string = "text", number = "number", table = "table", ["function"] = "function" }

local function is_talk(value) return type(value) == "table" and type(value.peer) == "table" end

local function fits(kind, value)
  if value == nil and kind:find "?$" then return true end
  for word in kind:gmatch "%a+" do
    if word == "any" or word == KINDS[type(value)] or word == "talk" and is_talk(value) then
      return true
    end
  end
  return false
end

local function check(name, usage, count, ...)
  local kinds = { table.unpack(usage, 2) }
  for i, kind in ipairs(kinds) do
    local value = select(i, ...)
    if not fits(kind, value) then
      fail.misuse(("%s needs a %s, not %s: %s"):format(name, kind:gsub("?$", ""), value == nil
        and "nothing" or "a " .. (KINDS[type(value)] or type(value)), usage[1]))
    end
  end
  for i = #kinds + 1, count do
    if select(i, ...) ~= nil then
      fail.misuse(("%s takes no %s beside that: %s"):format(name,
        KINDS[type((select(i, ...)))] or type((select(i, ...))), usage[1]))
    end
  end
end

-- What was raised inside: an error of Lua's has a line of the engine, which is no spec's.
local function raise(name, why)
  if type(why) ~= "string" then error(why, 0) end
  local inside = why:match "^engine/[^%s:]+:%d+: (.*)$"
  if inside then fail.misuse(name .. ": " .. inside) end
  if why:find "^[^%s:]+%.lua:%d+: " then error(why, 0) end
  fail.misuse(why)
end

local function run_inside(name, run, ...)
  local results = table.pack(pcall(run, ...))
  if not results[1] then raise(name, results[2]) end
  return table.unpack(results, 2, results.n)
end

-- A function behind its door; owner: the table that it must not be given, by a colon.
function door.wrap(name, run, usage, owner)
  return function(...)
    if owner and (...) == owner then
      fail.misuse(("%s has a dot before its name, no colon: %s"):format(name, usage[1]))
    end
    check(name, usage, select("#", ...), ...)
    return run_inside(name, run, ...)
  end
end

function door.functions(owner_name, owner, usages)
  for name, usage in pairs(usages) do
    owner[name] = door.wrap(owner_name .. "." .. name, owner[name], usage, owner)
  end
end

function door.methods(owner_name, class, usages)
  for key, usage in pairs(usages) do
    local name, run = owner_name .. ":" .. key, class[key]
    class[key] = function(self, ...)
      if getmetatable(self) ~= class then
        fail.misuse(("%s has a colon before its name: %s"):format(name, usage[1]))
      end
      check(name, usage, select("#", ...), ...)
      return run_inside(name, run, self, ...)
    end
  end
end

return door
