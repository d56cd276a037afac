-- tests/lua/support/cases.lua - a busted output handler that prints one "ok NAME" or "not ok NAME"
-- for each case, as tests/run counts them. Busted's own TAP handler raises under Lua 5.4 when an
-- error carries no line. Use: busted -o tests/lua/support/cases.lua
local function indent(text)
  return "  " .. tostring(text):gsub("%s+$", ""):gsub("\n", "\n  ")
end

return function()
  local busted = require "busted"
  local handler = require "busted.outputHandlers.base"()

  local function why(failure)
    local message = failure.message
    if type(message) == "table" then message = require "pl.pretty".write(message) end
    return indent(message or "no message") .. "\n" .. indent(failure.trace
      and failure.trace.traceback or "no traceback")
  end

  -- One line a case, its control characters made visible.
  local function line(word, name)
    print(word .. " " .. name:gsub("%c", function(c) return ("\\%d"):format(c:byte()) end))
  end

  local function at_end()
    for _, case in ipairs(handler.successes) do line("ok", case.name) end
    for _, case in ipairs(handler.pendings) do line("ok", case.name .. " # SKIP pending") end
    for _, list in ipairs { handler.failures, handler.errors } do
      for _, case in ipairs(list) do
        line("not ok", case.name or "outside a case")
        print(why(case))
      end
    end
    return nil, true
  end

  busted.subscribe({ "suite", "end" }, at_end)
  return handler
end
