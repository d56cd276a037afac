#!/usr/bin/env lua5.4
-- The small bugs of tests/mutate still fit the code: each has one place there.
local here = arg[0]:match "^(.*)/"
package.path = here .. "/support/?.lua;" .. here .. "/../mutate/support/?.lua;" .. package.path
local lint = require "lint"
local list = require "list"

local seen = {}

local function problem_of(bug)
  if bug.wrong then return bug.wrong end
  local file = io.open(lint.root .. "/" .. bug.file, "rb")
  if not file then return "there is no " .. bug.file end
  local text = file:read "a"
  file:close()
  local first, why = list.find(bug, text)
  if not first then return why end
  local what = bug.file .. "\n" .. bug.old .. "\n" .. bug.new
  if seen[what] then return "is the same as " .. seen[what] end
  seen[what] = bug.at
end

local findings, bugs = {}, list.read(lint.root .. "/tests/mutate")
for _, bug in ipairs(bugs) do
  local problem = problem_of(bug)
  if problem then findings[#findings + 1] = bug.at .. ": " .. problem end
end
lint.finish("mutate", findings, #bugs)
