-- engine/lua/spec_cases.lua - what `usher test` knows of its cases beside what busted does: all
-- their names, also of those that a filter leaves out, how many ran or are pending, the files that
-- could not be read to their end, and the texts that are others now.
local cases = { files = {}, broken = {}, due = {}, ran = 0, pending = 0, changed = {} }
local reading -- the cases of the spec file that is read

-- A case of the file that is read, wherever its `it` stands; trace is where busted says that is.
function cases.add(name, trace)
  local file = tostring(trace and trace.source):gsub("^@", "")
  local line = trace and trace.currentline or 0
  table.insert(reading, ("%s:%d: %s"):format(file, line, name))
end

-- A spec file is read from here on; due: its cases that no filter leaves out, by their traces.
function cases.file(name)
  cases.due = {}
  cases.files[name] = cases.files[name] or {}
  reading = cases.files[name]
end

function cases.has_any()
  for _, list in pairs(cases.files) do
    if list[1] then return true end
  end
  return false
end

-- A flow's text instead of one that no flow says any more.
function cases.change(flow, seen, expected, spec)
  local key = table.concat({ flow, seen, expected }, "\0")
  local one = cases.changed[key]
  if not one then
    one = { flow = flow, seen = seen, expected = expected, specs = {} }
    cases.changed[key] = one
    cases.changed[#cases.changed + 1] = one
  end
  if not one.specs[spec] then
    one.specs[spec] = true
    one.specs[#one.specs + 1] = spec
  end
end

return cases
