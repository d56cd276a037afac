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

function stages.settings(values)
  if now.stage then
    error("settings { ... } must stand before the first visitor of a spec", 3)
  end
  now.settings = now.settings or { TIME_ZONE = "UTC" }
  for name, value in pairs(values) do now.settings[name] = value end
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
  if not now.stage then
    now.stage = host.new { at = now.at or stages.START,
      settings = lines_of(now.settings or { TIME_ZONE = "UTC" }),
      web = web_find }
  end
  return now.stage
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
