-- Whether the simulator's modules keep nothing of their own: `usher test` makes one simulator after
-- the other in one Lua state, and what one was told must not reach the next. Looked at behind each
-- file of specs, over all that they did.
local busted = require "busted"

local META = {}

-- The fields and the metatable of a table, the variables of a function.
local function inside(thing)
  local all = {}
  if type(thing) == "table" then
    for key, value in next, thing do all[key] = value end
    all[META] = getmetatable(thing)
  elseif type(thing) == "function" then
    for i = 1, math.huge do
      local name, value = debug.getupvalue(thing, i)
      if not name then return all end
      if name ~= "_ENV" then all[i] = value end
    end
  end
  return all
end

-- All that a value leads to, as it is now: thing -> { its name, what is inside }.
local function look(seen, value, name)
  if type(value) ~= "table" and type(value) ~= "function" or seen[value] then return end
  seen[value] = { name, inside(value) }
  for key, below in pairs(seen[value][2]) do
    look(seen, below, ("%s.%s"):format(name, tostring(key)))
  end
end

local function difference(seen)
  for thing, was in pairs(seen) do
    local name, now = was[1], inside(thing)
    for key, value in pairs(was[2]) do
      if not rawequal(now[key], value) then return ("%s.%s"):format(name, tostring(key)) end
      now[key] = nil
    end
    local key = next(now)
    if key ~= nil then return ("%s.%s"):format(name, tostring(key)) end
  end
end

-- Of the modules that are loaded now; each file of specs has modules of its own.
return function()
  local seen = {}
  for name, module in pairs(package.loaded) do
    if name:find "^simulator" then look(seen, module, name) end
  end
  busted.subscribe({ "file", "end" }, function(element)
    local changed = difference(seen)
    seen = {}
    if changed then
      busted.publish({ "error", "file" }, element, nil, changed .. " was changed for good", {})
    end
    return nil, true
  end)
end
