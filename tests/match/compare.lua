-- tests/match/compare.lua - our find, match, gmatch and gsub against Lua's own.
--
-- Called with the table to test, a seed, a number of rounds, and a function that gives the budget
-- anew; patterns, subjects and arguments come from a generator of its own, so that a seed means
-- the same cases everywhere. A call that we end with "too many steps" is not tried on Lua's own,
-- which might take hours. Returns how many calls were compared, a list of differences, how many
-- calls found something, and how many were left out.
--
-- As a program: lua5.4 compare.lua MODULE.so OPEN_FUNCTION [SEED [ROUNDS]]
-- where OPEN_FUNCTION returns the table and the function.

local own = string

-- A small generator: what math.random gives may change with Lua's version.
local function new_random(seed)
  local state = (seed * 2862933555777941757 + 3037000493) | 1
  return function(limit)
    state = state ~ (state << 13)
    state = state ~ (state >> 7)
    state = state ~ (state << 17)
    return (state >> 11) % limit + 1
  end
end

local ALPHABET = { "a", "b", "a", "b", "c", "A", "Z", "0", "7", " ", "\n", "_", "(", ")", "[",
  "]", "%", "-", "^", "$", ".", "\0", "\127", "\128", "\255", "z", "x", "ab", "aab", "((a)b)",
  "é", "]" }
local CLASSES = { "a", "c", "d", "g", "l", "p", "s", "u", "w", "x", "z", "A", "C", "D", "G", "L",
  "P", "S", "U", "W", "X", "Z", "%", ".", "]", "[", "-", "(", "y", "\0", "\200", "@", "`", "5" }
local QUANTIFIERS = { "", "", "", "", "*", "+", "-", "?" }
-- What breaks a pattern, or nearly does.
local ODD = { "%", "[", "(", ")", "[^", "[]", "[]]", "[^]]", "[%", "[a-", "[a-]", "[-a]", "[%a-z]",
  "%f", "%f[", "%f[%w]", "%f[^%w]", "%f[\0]", "%f[%z]", "%b", "%b(", "%b()", "%b[]", "%baa",
  "%b\0\0", "%0", "%1", "%2", "%3", "()", "(()", "())", "^", "$", "$$", "^$", "*", "-", "+", "?",
  "**", "a**", "[a", "[a]*", "[z-a]", "[\0-\255]", "[^%S]", "[a^]", "[%]]", "[a%",
  "(a*(.)%w(%s*))" }

local function pick(random, list)
  return list[random(#list)]
end

local function make_subject(random)
  local parts = {}
  for i = 1, random(14) - 1 do parts[i] = pick(random, ALPHABET) end
  local text = table.concat(parts)
  if random(12) == 1 then text = text:rep(random(30)) end
  return text
end

local function make_set(random)
  local parts = { "[", random(3) == 1 and "^" or "" }
  for _ = 1, random(4) do
    local kind = random(4)
    if kind == 1 then
      parts[#parts + 1] = "%" .. pick(random, CLASSES)
    elseif kind == 2 then
      parts[#parts + 1] = pick(random, ALPHABET) .. "-" .. pick(random, ALPHABET)
    else
      parts[#parts + 1] = pick(random, ALPHABET)
    end
  end
  parts[#parts + 1] = random(25) > 1 and "]" or ""
  return table.concat(parts)
end

local function make_item(random, depth)
  local kind = random(14)
  if kind <= 4 then return pick(random, ALPHABET) .. pick(random, QUANTIFIERS) end
  if kind <= 7 then return "%" .. pick(random, CLASSES) .. pick(random, QUANTIFIERS) end
  if kind <= 9 then return make_set(random) .. pick(random, QUANTIFIERS) end
  if kind == 10 then return "." .. pick(random, QUANTIFIERS) end
  if kind == 11 then return pick(random, ODD) end
  if kind == 12 then return "%" .. random(3) end
  if depth > 2 then return "()" end
  local parts = {}
  for i = 1, random(3) do parts[i] = make_item(random, depth + 1) end
  return "(" .. table.concat(parts) .. ")"
end

local function make_pattern(random)
  local parts = {}
  if random(6) == 1 then parts[1] = "^" end
  for _ = 1, random(5) - 1 do parts[#parts + 1] = make_item(random, 0) end
  if random(6) == 1 then parts[#parts + 1] = "$" end
  local pattern = table.concat(parts)
  local kind = random(60)
  if kind == 1 then return pattern:rep(random(40)) end          -- many captures
  if kind == 2 then return ("a?"):rep(random(250)) .. pattern end -- deep
  if kind == 3 then return ("(a)"):rep(random(8) + 26) end
  return pattern
end

local function make_init(random, subject)
  local kind = random(8)
  if kind <= 4 then return nil end
  if kind == 5 then return random(#subject + 3) - 1 end
  if kind == 6 then return -random(#subject + 3) end
  return ({ 0, math.maxinteger, math.mininteger, 1.0, 1.5, "2", "x", #subject + 1, -#subject,
    #subject + 2, {} })[random(11)]
end

local REPLACEMENTS = { "", "x", "%0", "<%1>", "%2%1", "%%", "%", "a%", "%x", "%9", "\0%0\0", 5, 1.5,
  ("long "):rep(60) .. "%0", true, false }

local function make_replacement(random)
  local kind = random(4)
  if kind <= 2 then return pick(random, REPLACEMENTS) end
  if kind == 3 then
    return setmetatable({ a = "A", b = false, ab = 12, c = {}, [1] = "one" }, {
      __index = function(_, key)
        if key == "0" then error("no zero") end
        return key == "x" and "<x>" or nil
      end,
    })
  end
  local result = random(6)
  return function(...)
    if result == 1 then return nil end
    if result == 2 then return select("#", ...) end
    if result == 3 then return ... end
    if result == 4 then return {} end
    if result == 5 then return tostring((...)):upper(), "dropped" end
    return false
  end
end

-- The call's results or its error, as one string. The name of the called function stands at the
-- call, as in a flow, since Lua's messages show it.
local function show(ok, ...)
  local parts = { tostring(ok) }
  for i = 1, select("#", ...) do
    local value = (select(i, ...))
    parts[#parts + 1] = math.type(value) or type(value)
    parts[#parts + 1] = type(value) == "table" and "" or own.format("%q", value)
  end
  return table.concat(parts, " ")
end

local function collect(iterate, most)
  local lines = {}
  for i = 1, most do
    local found = table.pack(iterate())
    lines[i] = show(true, table.unpack(found, 1, found.n))
    if found.n == 0 or found[1] == nil then break end
  end
  return table.concat(lines, "\n")
end

local CALLS = {
  find = function(lib, case)
    return show(pcall(function() return lib.find(case.s, case.p, case.init, case.plain) end))
  end,
  match = function(lib, case)
    return show(pcall(function() return lib.match(case.s, case.p, case.init) end))
  end,
  gmatch = function(lib, case)
    return show(pcall(function()
      return collect(lib.gmatch(case.s, case.p, case.init), 40)
    end))
  end,
  gsub = function(lib, case)
    return show(pcall(function() return lib.gsub(case.s, case.p, case.repl, case.most) end))
  end,
}
local NAMES = { "find", "match", "gmatch", "gsub" }

local function compare(lib, seed, rounds, refill)
  local random = new_random(seed)
  local compared, matched, left_out, differences = 0, 0, 0, {}
  for _ = 1, rounds do
    local case = { s = make_subject(random), p = make_pattern(random) }
    case.init = make_init(random, case.s)
    case.plain = random(10) == 1
    case.repl = make_replacement(random)
    case.most = random(5) == 1 and pick(random, { 0, 1, 2, -1, "1", 2.5, math.maxinteger }) or nil
    for _, name in ipairs(NAMES) do
      refill()
      local got = CALLS[name](lib, case)
      local ended = got:find("too many steps", 1, true)
      local want = ended and got or CALLS[name](own, case)
      if ended then left_out = left_out + 1 else compared = compared + 1 end
      if want:find("^true %a") and not want:find("^true nil") then matched = matched + 1 end
      if want ~= got then
        differences[#differences + 1] = own.format(
          "%s(%q, %q, init %s, plain %s, repl %s, n %s)\n  Lua:  %s\n  ours: %s", name, case.s,
          case.p, tostring(case.init), tostring(case.plain), tostring(case.repl),
          tostring(case.most), want, got)
      end
    end
  end
  return compared, differences, matched, left_out
end

if not arg then return compare(...) end

local lib, refill = assert(package.loadlib(arg[1], arg[2]))()
local seed, rounds = tonumber(arg[3] or 1), tonumber(arg[4] or 20000)
local compared, differences, matched, left_out = compare(lib, seed, rounds, refill)
for i = 1, math.min(#differences, 20) do print(differences[i]) end
print(own.format("%d calls compared, %d found something, %d left out, %d differences", compared,
  matched, left_out, #differences))
os.exit(compared > 0 and #differences == 0)
