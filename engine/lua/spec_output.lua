-- engine/lua/spec_output.lua - what `usher test` prints: a line for each spec file, each failure in
-- full below it, at the end how many cases there were, and which texts of the flows are others now
-- than the specs expect. A case that fails alike live and in replay is told once.
local cases = require "usher.spec_cases"

local MODES = { "live", "replay" }

-- "greeting answers a visitor (live)" -> the name, "live"
local function parts_of(full)
  local name, mode = full:match "^(.*) %((%l+)%)$"
  return name or full, mode
end

local function text_of(failure)
  local message = failure.message
  if message == nil then return "it raised nil" end
  return type(message) == "string" and message or require("pl.pretty").write(message)
end

-- Where its case begins.
local function place_of(failure)
  local trace = failure.element.trace
  if not trace or not trace.short_src then return nil end
  return ("%s:%d"):format(trace.short_src, trace.currentline)
end

-- What failed mostly names its line itself: "spec/a_spec.lua:12: The visitor should see ..."
local function place_and_text(failure)
  local text = text_of(failure)
  local place, rest = text:match "^(%S+:%d+): (.*)$"
  return place or place_of(failure), rest or text
end

local function indent(text) return "  " .. text:gsub("%s+$", ""):gsub("\n", "\n  ") end

-- The failures of a case in both modes are one where they say the same.
local function join(failures)
  local list, known = {}, {}
  for _, failure in ipairs(failures) do
    local name, mode = parts_of(failure.name or "")
    local place, text = place_and_text(failure)
    local key = name .. "\0" .. text:gsub("The talk %(%l+%)", "The talk")
    local before = mode and known[key]
    if before then
      before.modes = before.modes .. " and " .. mode
    else
      known[key] = { name = name, modes = mode, text = text, place = place }
      list[#list + 1] = known[key]
    end
  end
  return list
end

local function print_failure(one)
  print(("\n  %s%s%s"):format(one.place and one.place .. ": " or "", one.name,
    one.modes and " (" .. one.modes .. ")" or ""))
  print(indent(indent(one.text)))
end

local function count_of(set)
  local count = 0
  for _ in pairs(set) do count = count + 1 end
  return count
end

local function print_changed()
  if not cases.changed[1] then return end
  print "\nThese texts are others than the specs expect. Where that is meant, change the specs:"
  for _, one in ipairs(cases.changed) do
    print(("\n  %s says now\n    %s\n  and expected is\n    %s\n  in %s"):format(one.flow, one.seen,
      one.expected, table.concat(one.specs, ", ")))
  end
end

return function()
  local busted = require "busted"
  local handler = require "busted.outputHandlers.base"()
  local total, bad, shown = 0, 0, { failures = 0, errors = 0 }
  local names, failed

  -- What went wrong since the last time.
  local function fresh()
    local list = {}
    for kind, from in pairs(shown) do
      for i = from + 1, #handler[kind] do list[#list + 1] = handler[kind][i] end
      shown[kind] = #handler[kind]
    end
    return list
  end

  local function on_file()
    names, failed = {}, {}
    return nil, true
  end

  local function on_test(element, _, status)
    local name = parts_of(handler.getFullName(element))
    names[name] = true
    if status == "failure" or status == "error" then failed[name] = true end
    return nil, true
  end

  local function on_file_end(element)
    local count, wrong, list = count_of(names), count_of(failed), fresh()
    total, bad = total + count, bad + wrong
    if count > 0 or list[1] then
      print(("%-6s  %-36s %4d case%s%s"):format(list[1] and "FAILED" or "ok", element.name, count,
        count == 1 and "" or "s", wrong > 0 and (", %d failed"):format(wrong) or ""))
    end
    for _, one in ipairs(join(list)) do print_failure(one) end
    if list[1] then print "" end
    io.flush()
    return nil, true
  end

  local function on_end()
    local rest = fresh()
    for _, failure in ipairs(rest) do
      io.stderr:write("usher test: ", (text_of(failure):gsub("No test files found.*",
        "no spec files there: their names end in _spec.lua")), "\n")
    end
    for _, case in ipairs(handler.pendings) do
      if parts_of(case.name) == case.name or case.name:find(MODES[1], 1, true) then
        print("pending " .. (place_of(case) or "") .. ": " .. parts_of(case.name))
      end
    end
    print_changed()
    if total == 0 then return nil, true end
    local outside = handler.errorsCount + handler.failuresCount > 0 and bad == 0
    print(("\n%d case%s, each live and with a replay before each turn: %s (%.1f s)"):format(total,
      total == 1 and "" or "s",
      bad > 0 and bad .. " failed" or outside and "there were errors" or "all passed",
      handler.getDuration()))
    return nil, true
  end

  busted.subscribe({ "file", "start" }, on_file)
  busted.subscribe({ "file", "end" }, on_file_end)
  busted.subscribe({ "test", "end" }, on_test)
  busted.subscribe({ "suite", "end" }, on_end)
  return handler
end
