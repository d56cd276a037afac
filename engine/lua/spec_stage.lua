-- engine/lua/spec_stage.lua - the engine that a spec talks to: one for each `it`, made when the
-- first visitor comes.
local host = require "usher.host"
local zones = require "usher.zone"
local cjson = require "cjson.safe"
local new_web = require "usher.web"

local stages = {}

-- Monday, 2 March 2026, 10:00 in India, where the usual visitor is.
stages.START = zones.unix({ year = 2026, month = 3, day = 2, hour = 10 }, "Asia/Kolkata")

-- What belongs to the `it` that runs, and to the before_each before it.
local function blank()
  return { mode = "live", errors = {}, talks = 0, flows = {}, calls = {}, unanswered = {},
    book = new_web() }
end
local now = blank()
local probe

local function lines_of(values)
  local lines = {}
  for name, value in pairs(values or {}) do lines[#lines + 1] = name .. "=" .. tostring(value) end
  table.sort(lines)
  return lines
end

-- A stage beside the spec's own: for require, and to know that the flows load at all.
function stages.probe()
  probe = probe or host.new { at = stages.START, settings = { "TIME_ZONE=UTC" } }
  return probe
end

function stages.begin(mode) now.mode = mode end

function stages.finish()
  if now.stage then now.stage:close() end
  now = blank()
end

-- Before a turn, a replay is forced: in a state that nothing has run in yet.
function stages.before_turn()
  if now.mode == "replay" and now.turned then now.stage:restart() end
  now.turned = true
end

function stages.mode() return now.mode end
function stages.has_visitors() return now.stage ~= nil end

-- The current stage's own memory, for the other files.
function stages.now() return now end

local function check_setting(name, value)
  if type(name) ~= "string" then
    error('settings needs names: settings { BUSINESS_HOURS = "Mon-Fri 09:00-18:00" }', 0)
  end
  if type(value) == "table" or type(value) == "function" then
    error(("the setting %s is a text, a number or a boolean, not a %s"):format(name, type(value)),
      0)
  end
  local known, nearest = stages.probe():knows(name)
  if known then return end
  error(("nobody knows the setting %s; %s"):format(name, nearest and "is " .. nearest .. " meant?"
    or "a flow that needs it names it under settings in init.lua"), 0)
end

-- place: the line of the spec, for what is wrong with a value.
function stages.settings(values, place)
  if now.stage then error("settings { ... } must stand before the first visitor of a spec", 0) end
  now.settings = now.settings or { TIME_ZONE = "UTC" }
  now.settings_place = place
  for name, value in pairs(values) do
    check_setting(name, value)
    now.settings[name] = value
  end
end

function stages.set_clock(at)
  if now.stage then now.stage:set(at) else now.at = at end
end

function stages.time() return now.stage and now.stage:now() or now.at or stages.START end

-- What nobody answers is told in the talk, with the line to add.
local function web_find(...)
  local answer, missing = now.book.find(...)
  now.unanswered[#now.unanswered + 1] = missing
  return answer
end

function stages.current()
  if now.stage then return now.stage end
  local fine, stage = pcall(host.new, { at = now.at or stages.START,
    settings = lines_of(now.settings or { TIME_ZONE = "UTC" }), web = web_find })
  if not fine then -- the flows load, as spec_run.lua has seen
    local why = tostring(stage):gsub("^environment: ", "")
    error((now.settings_place and now.settings_place .. ": " or "") .. why, 0)
  end
  now.stage = stage
  return stage
end

-- Reads what happened since the last time: errors of flows, flows that began, calls to Zoho.
function stages.collect()
  local fresh = {}
  for _, line in ipairs(now.stage:take "log") do
    local event = cjson.decode(line)
    if type(event) == "table" and event.error and (event.area == "flow" or event.area == "task")
      and event.level == "error" then
      fresh[#fresh + 1] = event.error .. (event.advice and " | " .. event.advice or "")
      now.errors[#now.errors + 1] = event.error
    end
    if type(event) == "table" and event.event and event.event:find "diverged" then
      now.diverged = event.reason or "replay diverged"
    end
  end
  for _, flow in ipairs(now.stage:take "flows") do now.flows[#now.flows + 1] = flow end
  for _, call in ipairs(now.stage:take "calls") do now.calls[#now.calls + 1] = call end
  return fresh
end

-- The lines that would have answered what other hosts were asked since the last time.
function stages.unanswered()
  local lines = now.unanswered
  now.unanswered = {}
  return lines
end

function stages.accept_errors()
  local accepted = now.errors
  now.errors = {}
  return accepted
end

-- What is wrong with a spec that went through to its end; nil when nothing is.
function stages.complaint()
  if not now.stage then return nil end
  stages.collect()
  if now.diverged then return "The flow goes another way in replay: " .. now.diverged end
  if now.errors[1] then
    return "A flow raised, and the visitor got the apology: " .. now.errors[1]
      .. "\n(where that is meant: assert.apology(talk))"
  end
end

return stages
