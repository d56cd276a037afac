-- engine/lua/spec_makes.lua - it, describe, before_each and their like, as a spec file has them:
-- busted's own, which drop without a word what stands in the wrong place or has no function. Here
-- that fails at the line of the spec.
--
--   makes.open(element)      a spec file is about to be read
--   makes.unfinished()       the lines where an it "name" has no function behind it
--   makes.enter "a case"     until makes.leave() nothing may be made
--   makes.refused()          what was made nevertheless, also where a pcall hides it; or nil
local busted = require "busted"
local fail = require "usher.spec_fail"

local makes = {}

local BLOCKS = { "it", "spec", "test", "pending", "describe", "context", "insulate", "expose" }
local HOOKS = { "before_each", "after_each", "setup", "teardown", "lazy_setup", "lazy_teardown",
  "strict_setup", "strict_teardown" }

local inside -- what runs: "a case", "before_each"
local open   -- the it "name" that have no function yet

local refused -- what was, since makes.enter()

function makes.enter(what) inside, refused = what, nil end
function makes.leave() inside = nil end
function makes.refused() return refused end

local function is_callable(value)
  return type(value) == "function" or (debug.getmetatable(value) or {}).__call ~= nil
end

-- Nothing is made while this hook runs.
local function guarded(kind, run)
  return function(...)
    local outer = inside
    local leaving <close> = setmetatable({}, { __close = function() inside = outer end })
    inside = kind
    return leaving and run(...)
  end
end

local function called(kind, name)
  return type(name) == "string" and ("%s(%q)"):format(kind, name) or kind
end

local function check_place(what)
  if not inside then return end
  refused = ("%s stands inside of %s and would never run: put it beside that"):format(what, inside)
  fail.misuse(refused)
end

local function check_function(what, run)
  if is_callable(run) then return end
  fail.misuse(("%s needs a function, function() ... end, not a %s"):format(what, type(run)))
end

-- it "name", and the function in a call of its own.
local function halved(kind, name, make)
  local place = fail.place()
  open[place] = called(kind, name)
  return function(run)
    open[place] = nil
    return make(name, run)
  end
end

local function block(kind, make)
  local function wrapped(...)
    local name, run = ...
    local count, what = select("#", ...), called(kind, name)
    check_place(what)
    if count == 1 and type(name) == "string" and kind ~= "pending" then
      return halved(kind, name, wrapped)
    end
    if kind ~= "pending" then check_function(what, count == 1 and name or run) end
    return make(...) -- a tail call: busted looks for the spec's line behind it
  end
  return wrapped
end

local function hook(kind, make)
  return function(run)
    check_place(kind)
    check_function(kind, run)
    return make(guarded(kind, run))
  end
end

function makes.open(element)
  open = {}
  element.env = element.env or {}
  for _, kind in ipairs(BLOCKS) do element.env[kind] = block(kind, busted[kind]) end
  for _, kind in ipairs(HOOKS) do element.env[kind] = hook(kind, busted[kind]) end
end

function makes.unfinished()
  local list = {}
  for place, what in pairs(open) do
    list[#list + 1] = ("%s: %s needs a function, and has none"):format(place, what)
  end
  table.sort(list)
  return list
end

return makes
