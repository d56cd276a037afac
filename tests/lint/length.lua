#!/usr/bin/env lua5.4
-- No source file is longer than 600 lines: a longer one has two subjects.
package.path = arg[0]:match "^(.*)/" .. "/support/?.lua;" .. package.path
local lint = require "lint"

local MAX_LINES = 600
-- Tables of facts, which nobody reads from top to bottom. A reason each; this list only shrinks.
local EXCEPTIONS = {}

local findings, looked_at = {}, 0
for _, path in ipairs(lint.files()) do
  local text = lint.read(path)
  if path:match "%.[ch]$" or path:match "%.lua$" or path:match "^Makefile$" or text:match "^#!" then
    local _, lines = text:gsub("\n", "")
    looked_at = looked_at + 1
    if lines > MAX_LINES and not EXCEPTIONS[path] then
      findings[#findings + 1] = ("%s: %d lines, at most %d: split it by subject"):format(
        path, lines, MAX_LINES)
    end
  end
end
lint.finish("length", findings, looked_at)
