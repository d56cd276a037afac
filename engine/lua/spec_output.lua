-- engine/lua/spec_output.lua - what `usher test` prints: a line for each spec file, each failure in
-- full below it, at the end how many cases there were, and which texts of the flows are others now
-- than the specs expect. A case that fails alike live and in replay is told once.
local cases = require "usher.spec_cases"
local fail = require "usher.spec_fail"

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

-- The innermost line of a spec that led to it.
local function way_of(failure)
  local trace = failure.trace and failure.trace.traceback or ""
  for path, line in trace:gmatch "\n%s*([^\n:]+):(%d+): in " do
    if not fail.is_between("@" .. path) then return path .. ":" .. line end
  end
end

-- What failed mostly names its line itself: "spec/a_spec.lua:12: The visitor should see ..."
local function place_and_text(failure)
  local text = text_of(failure)
  local path, line, rest = text:match "^(%S+):(%d+): (.*)$"
  if not path then return place_of(failure), text end
  local place = path .. ":" .. line
  return fail.is_between("@" .. path) and way_of(failure) or place, rest
end

local function indent(text) return "  " .. text:gsub("%s+$", ""):gsub("\n", "\n  ") end

-- The failures of a case in both modes are one where they say the same, and those of a hook.
local function join(failures)
  local list, known = {}, {}
  for _, failure in ipairs(failures) do
    local name, mode = parts_of(failure.name or "")
    if failure.element.descriptor == "file" then name = nil end -- its line names it
    local place, text = place_and_text(failure)
    local case = failure.element.trace or failure
    known[case] = known[case] or {}
    local key = text:gsub("The talk %(%l+%)", "The talk")
    local before = known[case][key]
    if before and mode then
      before.modes = before.modes .. " and " .. mode
    elseif not before then
      known[case][key] = { name = name, modes = mode, text = text, place = place }
      list[#list + 1] = known[case][key]
    end
  end
  return list
end

local function print_failure(one)
  local where = { one.place, one.name }
  if not one.place then where = { one.name } end
  print(("\n  %s%s"):format(table.concat(where, ": "),
    one.modes and " (" .. one.modes .. ")" or ""))
  print(indent(indent(one.text)))
end

-- A number of cases, by how they went.
local function count_of(cases_seen)
  local count = { all = 0, failed = 0, pending = 0, missed = 0 }
  for _, status in pairs(cases_seen) do
    count.all = count.all + 1
    if count[status] then count[status] = count[status] + 1 end
  end
  return count
end

-- ", 1 failed, 2 pending, 3 not run"
local function parts_text(count)
  return (count.failed > 0 and (", %d failed"):format(count.failed) or "")
    .. (count.pending > 0 and (", %d pending"):format(count.pending) or "")
    .. (count.missed > 0 and (", %d not run"):format(count.missed) or "")
end

local function print_file(name, count, failures)
  local failed = failures[1] ~= nil
  print(("%-6s  %-36s %4d case%s%s"):format(failed and "FAILED" or "ok", name, count.all,
    count.all == 1 and "" or "s", parts_text(count)))
  for _, one in ipairs(join(failures)) do print_failure(one) end
  if failed then print "" end
  io.flush()
end

local function print_changed()
  if not cases.changed[1] then return end
  print "\nThese texts are others than the specs expect. Where that is meant, change the specs:"
  for _, one in ipairs(cases.changed) do
    print(("\n  %s says now\n    %s\n  and expected is\n    %s\n  in %s"):format(one.flow, one.seen,
      one.expected, table.concat(one.specs, ", ")))
  end
end

-- "all passed", "2 passed, 1 pending", "1 failed, 1 pending"
local function result_text(total, outside)
  local passed = total.all - total.failed - total.pending - total.missed
  if total.failed == 0 and outside then return "there were errors" .. parts_text(total) end
  if total.failed > 0 then return parts_text(total):sub(3) end
  if passed == total.all then return "all passed" end
  return (passed > 0 and passed .. " passed" or "nothing ran") .. parts_text(total)
end

return function()
  local busted = require "busted"
  local handler = require "busted.outputHandlers.base"()
  local total, shown = count_of {}, { failures = 0, errors = 0 }
  local seen -- how each case of the file went, by where its `it` was called

  -- What went wrong since the last time.
  local function fresh()
    local list = {}
    for kind, from in pairs(shown) do
      for i = from + 1, #handler[kind] do list[#list + 1] = handler[kind][i] end
      shown[kind] = #handler[kind]
    end
    return list
  end

  -- Files that cannot be read are known before the first one runs.
  local outside = {}
  local function on_start()
    for _, failure in ipairs(fresh()) do
      if failure.element.descriptor == "file" then
        print_file(failure.element.name, count_of {}, { failure })
      else
        outside[#outside + 1] = failure
      end
    end
    return nil, true
  end

  local function on_file()
    seen = {}
    return nil, true
  end

  -- Twice for an `it`: of its two runs the worse one counts.
  local WORSE = { success = 0, pending = 1, failed = 2 }
  local function on_test(element, _, status)
    local key = element.trace or element
    local before = seen[key]
    if not WORSE[status] then status = "failed" end
    if not before or WORSE[status] > WORSE[before] then seen[key] = status end
    return nil, true
  end

  local function on_file_end(element)
    for key in pairs(cases.due) do seen[key] = seen[key] or "missed" end -- a hook failed
    local count, list = count_of(seen), fresh()
    for name, number in pairs(count) do total[name] = total[name] + number end
    if count.all > 0 or list[1] then print_file(element.name, count, list) end
    return nil, true
  end

  local function on_end()
    for _, failure in ipairs(fresh()) do outside[#outside + 1] = failure end
    for _, failure in ipairs(outside) do
      io.stderr:write("usher test: ", (text_of(failure):gsub("No test files found.*",
        "no spec files there: their names end in _spec.lua")), "\n")
    end
    for _, case in ipairs(handler.pendings) do
      if parts_of(case.name) == case.name or case.name:find(MODES[1], 1, true) then
        print("pending " .. (place_of(case) or "") .. ": " .. parts_of(case.name))
      end
    end
    print_changed()
    if total.all == 0 then return nil, true end
    print(("\n%d case%s, each live and with a replay before each turn: %s (%.1f s)"):format(
      total.all, total.all == 1 and "" or "s",
      result_text(total, handler.errorsCount + handler.failuresCount > 0), handler.getDuration()))
    return nil, true
  end

  busted.subscribe({ "suite", "start" }, on_start)
  busted.subscribe({ "file", "start" }, on_file)
  busted.subscribe({ "file", "end" }, on_file_end)
  busted.subscribe({ "test", "end" }, on_test)
  busted.subscribe({ "suite", "end" }, on_end)
  return handler
end
