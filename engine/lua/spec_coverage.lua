-- engine/lua/spec_coverage.lua - `usher test --coverage`: which lines and branches of the flows no
-- spec ran. What could run is read from the byte code that Lua makes of each file.
--
--   report({ { path = "flows/callback.lua", text = "..." } },
--     { ["flows/callback.lua"] = { lines = { [12] = true }, jumps = { ["12:15"] = true } } })
--     -> text
local OP_JMP, FIRST_TEST, LAST_TEST = 56, 57, 67 -- Lua 5.4: EQ ... TESTSET

-- ---- Lua 5.4's byte code ----

local function reader(code)
  local at = 1
  local read = {}
  function read.byte()
    at = at + 1
    return code:byte(at - 1)
  end
  function read.skip(count) at = at + count end
  function read.size()
    local value = 0
    repeat
      local byte = read.byte()
      value = value << 7 | byte & 0x7f
    until byte & 0x80 ~= 0
    return value
  end
  function read.text() read.skip(math.max(read.size() - 1, 0)) end
  function read.word()
    at = at + 4
    return (("<I4"):unpack(code, at - 4))
  end
  return read
end

local CONSTANT = { [3] = "number", [19] = "number", [4] = "text", [20] = "text" }

local function skip_constants(read)
  for _ = 1, read.size() do
    local kind = CONSTANT[read.byte()]
    if kind == "number" then read.skip(8) elseif kind == "text" then read.text() end
  end
end

-- The line of each instruction.
local function read_lines(read, first)
  local deltas, known, lines = {}, {}, {}
  for i = 1, read.size() do deltas[i] = read.byte() end
  for _ = 1, read.size() do
    local pc = read.size()
    known[pc + 1] = read.size()
  end
  local line = first
  for i, delta in ipairs(deltas) do
    line = delta == 0x80 and known[i] or line + (delta < 0x80 and delta or delta - 256)
    lines[i] = line
  end
  return lines
end

local function read_function(read, list, is_main)
  local fn = { code = {}, is_main = is_main }
  read.text()
  fn.first, fn.last = read.size(), read.size()
  read.skip(3)
  for i = 1, read.size() do fn.code[i] = read.word() end
  skip_constants(read)
  read.skip(3 * read.size())
  for _ = 1, read.size() do read_function(read, list) end
  fn.lines = read_lines(read, fn.first)
  for _ = 1, read.size() do read.text() read.size() read.size() end
  for _ = 1, read.size() do read.text() end
  list[#list + 1] = fn
  return list
end

local function functions_of(text, path)
  local chunk = assert(load(text, "@" .. path, "t"))
  local read = reader(string.dump(chunk))
  read.skip(4 + 1 + 1 + 6 + 3 + 8 + 8 + 1) -- the header, and how many upvalues the file has
  return read_function(read, {}, true)
end

-- ---- what can run ----

local function add_lines(fn, lines)
  for i, line in ipairs(fn.lines) do
    -- The return behind a function's last statement is on its `end`: nobody misses it.
    local is_end = i == #fn.lines and line == fn.last and fn.first ~= fn.last
    if not is_end then lines[line] = true end
  end
end

-- A test skips the jump behind it, or takes it: two ways, which can be told apart where they are on
-- other lines than the test.
local function add_branches(fn, branches)
  for i, word in ipairs(fn.code) do
    local jump = fn.code[i + 1]
    local op = word & 0x7f
    if op >= FIRST_TEST and op <= LAST_TEST and jump and jump & 0x7f == OP_JMP then
      local line, on = fn.lines[i], fn.lines[i + 2]
      local off = fn.lines[i + 2 + (jump >> 7) - 0xffffff]
      if on and off and on ~= line and off ~= line and on ~= off then
        branches[line .. ":" .. on] = { line, on }
        branches[line .. ":" .. off] = { line, off }
      end
    end
  end
end

-- Files are loaded before any spec runs: only what stands in functions counts.
local function possible(text, path)
  local lines, branches = {}, {}
  for _, fn in ipairs(functions_of(text, path)) do
    if not fn.is_main then
      add_lines(fn, lines)
      add_branches(fn, branches)
    end
  end
  return lines, branches
end

-- ---- the report ----

local function sorted(set)
  local list = {}
  for key in pairs(set) do list[#list + 1] = key end
  table.sort(list)
  return list
end

-- { 3, 4, 5, 9 } as "3-5, 9"; lines between that cannot run do not part a run.
local function ranges(missing, lines)
  local parts, from, last = {}, nil, nil
  local function close()
    parts[#parts + 1] = from == last and tostring(from) or from .. "-" .. last
  end
  for _, line in ipairs(sorted(lines)) do
    if missing[line] then
      from, last = from or line, line
    elseif from then
      close()
      from = nil
    end
  end
  if from then close() end
  return table.concat(parts, ", ")
end

local function count(set)
  local n = 0
  for _ in pairs(set) do n = n + 1 end
  return n
end

local function percent(part, whole)
  return whole == 0 and "     -" or ("%5.1f%%"):format(100 * part / whole)
end

local function file_report(file, seen)
  local lines, branches = possible(file.text, file.path)
  local missing, ways, not_taken = {}, {}, 0
  for line in pairs(lines) do
    if not seen.lines[line] then missing[line] = true end
  end
  for key, way in pairs(branches) do
    if not seen.jumps[key] then
      not_taken = not_taken + 1
      -- Where the test itself never ran its line is told already.
      if seen.lines[way[1]] then ways[#ways + 1] = way end
    end
  end
  table.sort(ways, function(a, b) return a[1] < b[1] or a[1] == b[1] and a[2] < b[2] end)
  local shown = {}
  for i, way in ipairs(ways) do shown[i] = way[1] .. "->" .. way[2] end
  return {
    lines = count(lines), missed = count(missing), never = ranges(missing, lines),
    branches = count(branches), not_taken = not_taken, ways = table.concat(shown, ", "),
  }
end

local function write_file(out, file, one)
  out[#out + 1] = ("  %s  %s  %s"):format(percent(one.lines - one.missed, one.lines),
    percent(one.branches - one.not_taken, one.branches), file.path)
  if one.never ~= "" then out[#out + 1] = "                    lines never run: " .. one.never end
  if one.ways ~= "" then out[#out + 1] = "                    ways never taken: " .. one.ways end
end

return function(files, data)
  local out = { "", "Coverage of the flows:", "", "   lines  branches" }
  local total = { lines = 0, missed = 0, branches = 0, not_taken = 0 }
  for _, file in ipairs(files) do
    local one = file_report(file, data[file.path] or { lines = {}, jumps = {} })
    if one.lines > 0 then
      write_file(out, file, one)
      for name in pairs(total) do total[name] = total[name] + one[name] end
    end
  end
  out[#out + 1] = ("  %s  %s  all of %d lines, %d branches"):format(
    percent(total.lines - total.missed, total.lines),
    percent(total.branches - total.not_taken, total.branches), total.lines, total.branches)
  return table.concat(out, "\n") .. "\n"
end
