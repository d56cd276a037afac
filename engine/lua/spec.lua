-- engine/lua/spec.lua - what a spec of the flows finds: visitor, clock, zoho, web, settings and the
-- assertions about a talk. Loaded by busted before the spec files.
--
-- Each `it` runs twice: (live), as in service while all goes well, and (replay), where the engine
-- forgets its coroutines and Lua states before each turn, as after a restart.
local assertions = require "usher.spec_assert"
local spec_clock = require "usher.spec_clock"
local cases = require "usher.spec_cases"
local door = require "usher.spec_door"
local fail = require "usher.spec_fail"
local makes = require "usher.spec_makes"
local spec_zoho = require "usher.spec_zoho"
local stages = require "usher.spec_stage"
local talks = require "usher.spec_talk"
local busted = require "busted"

-- ---- the globals ----

_G.clock = spec_clock
_G.zoho = spec_zoho.zoho
_G.web = spec_zoho.web
_G.visitor = talks

-- settings { BUSINESS_HOURS = "Mon-Fri 09:00-18:00" }, before the first visitor comes.
_G.settings = door.wrap("settings", function(values) stages.settings(values, fail.place()) end,
  { 'settings { BUSINESS_HOURS = "Mon-Fri 09:00-18:00" }', "table" })

assertions.register(busted.assert)

-- ---- require of the flows' own modules ----

-- A module of the flows as the spec sees it: its functions run in a state like that of the service,
-- and only plain data goes in and out.
local function proxy(name, value)
  local functions = {}
  local function call(key)
    functions[key] = functions[key] or function(...)
      return stages.probe():call(name, key, ...)
    end
    return functions[key]
  end
  if type(value) ~= "table" then return call "" end
  for key, inside in pairs(value) do
    if inside == true and type(key) == "string" then value[key] = call(key) end
  end
  return value
end

table.insert(package.searchers, 3, function(name)
  local value = stages.probe():module(name)
  if value == nil then return ("\n\tno file '%s.lua' in the flows"):format(name:gsub("%.", "/")) end
  return function() return proxy(name, value) end, name
end)

-- ---- every `it` twice ----

-- Where no visitor came there is nothing to replay.
local function in_mode(mode, run, seen)
  return function(...)
    if mode == "replay" and seen.pure then return end
    stages.begin(mode)
    local results = table.pack(run(...))
    seen.pure = not stages.has_visitors()
    local complaint = makes.refused() or stages.complaint()
    if complaint then busted.fail(complaint, 1) end
    return table.unpack(results, 1, results.n)
  end
end

busted.subscribe({ "test", "end" }, function()
  stages.finish()
  return nil, true
end)

local publishing = false
busted.subscribe({ "register", "it" }, function(name, run, trace, attributes)
  if publishing then return nil, true end
  publishing = true
  cases.due[trace] = true
  local seen = {}
  for _, mode in ipairs { "live", "replay" } do
    busted.publish({ "register", "it" }, ("%s (%s)"):format(name, mode), in_mode(mode, run, seen),
      trace, attributes)
  end
  publishing = false
  return nil, false
end, { priority = 1 })

-- ---- what cases there are ----

-- Subscribed last, so that it comes before the filters: they leave out what has not their name.
busted.subscribe({ "suite", "start" }, function()
  for _, kind in ipairs { "it", "pending" } do
    busted.subscribe({ "register", kind }, function(name, _, trace)
      if not publishing then cases.add(name, trace) end
      return nil, true
    end, { priority = 1 })
  end
  return nil, true
end)

busted.subscribe({ "file", "start" }, function(element)
  cases.file(element.name)
  makes.open(element)
  return nil, true
end)

-- An it "name" without a function is none, and would not be missed.
busted.subscribe({ "file", "end" }, function(element)
  for _, line in ipairs(makes.unfinished()) do
    busted.publish({ "error", "file" }, element, nil, line, {})
  end
  return nil, true
end, { priority = 1 })

busted.subscribe({ "test", "start" }, function()
  makes.enter "a case"
  return nil, true
end)

busted.subscribe({ "test", "end" }, function(_, _, status)
  makes.leave()
  local how = status == "pending" and "pending" or "ran"
  cases[how] = cases[how] + 1
  return nil, true
end)

-- A file that does not get through has no cases because of that.
busted.subscribe({ "error" }, function(element)
  if element.descriptor == "file" then cases.broken[element.name] = true end
  return nil, true
end)
