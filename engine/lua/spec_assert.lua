-- engine/lua/spec_assert.lua - assertions about a talk, for luassert.
--
--   assert.tasks(talk, { { "book_callback", phone = "+911234567890" } })   these and no others
--   assert.calls(1)                    so many calls stand in Desk
--   assert.handed_over(talk)           it reached a person, or the flow that init.lua names person
--   assert.forwarded(talk)  assert.ended(talk)
--   assert.apology(talk)               a flow raised, and that was meant
local door = require "usher.spec_door"
local fail = require "usher.spec_fail"
local spec_zoho = require "usher.spec_zoho"
local stages = require "usher.spec_stage"
local write = require("pl.pretty").write

local assertions = {}

local function same(expected, value)
  if type(expected) ~= "table" or type(value) ~= "table" then return expected == value end
  for key, inside in pairs(expected) do
    if not same(inside, value[key]) then return false end
  end
  return true
end

-- The arguments that are named must be equal, others may be there.
local function task_fits(expected, task)
  if task.name ~= expected[1] then return false end
  for name, value in pairs(expected) do
    local has = type(task.args) == "table" and task.args[name]
    if name ~= 1 and not same(value, has) then return false end
  end
  return true
end

local function shown(tasks)
  local lines = {}
  for i, task in ipairs(tasks) do
    lines[i] = ("    %s %s (%s%s)"):format(task.name, write(task.args, ""), task.state,
      task.reason ~= "" and ", " .. task.reason or "")
  end
  return #lines > 0 and table.concat(lines, "\n") or "    (none)"
end

local function tasks_of(talk)
  local list = {}
  for _, task in ipairs(stages.current():tasks()) do
    if task.conversation == talk.key then list[#list + 1] = task end
  end
  return list
end

local function check_tasks(talk, expected)
  local tasks, left = tasks_of(talk), tasks_of(talk)
  local fine = #tasks == #expected
  for _, wanted in ipairs(expected) do
    local found
    for i, task in ipairs(left) do
      if not found and task_fits(wanted, task) then found = i end
    end
    if found then table.remove(left, found) else fine = false end
  end
  if fine then return end
  local lines = {}
  for i, wanted in ipairs(expected) do lines[i] = "    " .. write(wanted, "") end
  talk:complain(("The talk should have begun these tasks:\n%s\nbut there are:\n%s"):format(
    #lines > 0 and table.concat(lines, "\n") or "    (none)", shown(tasks)))
end

local function check_calls(count)
  local calls = spec_zoho.zoho.records().calls
  if #calls ~= count then
    fail(("Desk should hold %d calls, but holds %d:\n%s"):format(count, #calls, write(calls)))
  end
end

local HANDED = { operator = true, missed = true }

local function is_handed_over(talk)
  local now, init = stages.now(), stages.current():init()
  if HANDED[talk.peer.state] then return true end
  for i = talk.flows_before + 1, #now.flows do
    if now.flows[i] == init.person then return true end
  end
  return #spec_zoho.zoho.records().conversations > 0
end

local function state_check(state, phrase)
  return function(talk)
    if talk.peer.state ~= state then
      talk:complain(("The talk should be %s, but is: %s"):format(phrase, talk.peer.state))
    end
  end
end

local checks = {
  tasks = check_tasks,
  calls = check_calls,
  forwarded = state_check("operator", "forwarded to a person"),
  ended = state_check("closed", "ended"),
  handed_over = function(talk)
    if not is_handed_over(talk) then talk:complain "The talk should be handed over to a person" end
  end,
  apology = function(talk)
    if #stages.accept_errors() == 0 then talk:complain "No flow raised" end
  end,
}

local usages = {
  tasks = { 'assert.tasks(talk, { { "note", name = "Asha" } })', "talk", "table" },
  calls = { "assert.calls(1)", "number" },
}

function assertions.register(assert)
  for name, check in pairs(checks) do
    local full = "assert." .. name
    local usage = usages[name] or { full .. "(talk)", "talk" }
    rawset(assert, name, door.wrap(full, check, usage, assert))
  end
end

return assertions
