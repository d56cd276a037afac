-- tests/lua/support/checked.lua - what the suites of usher check share: flows written to a folder
-- of their own, what the command prints about them, cases that print "ok NAME" or "not ok NAME".
local usher, tmp = os.getenv "USHER", os.getenv "TMPDIR" or "/tmp"
local FLOWS = tmp .. "/flows"

local function write(path, text)
  local file = assert(io.open(path, "w"))
  file:write(text)
  file:close()
end

local INIT = [[
return { flows = {
  { "greet", button = { "1", "Say Hello" }, triggers = { "hello" } },
  { "one", triggers = { "please" } },
  { "help", fallback = true },
} }
]]

-- Runs the command on these flows: what it prints, and its exit code.
local function check(files, options)
  os.execute(("rm -rf '%s' && mkdir -p '%s'"):format(FLOWS, FLOWS))
  write(FLOWS .. "/init.lua", files.init or INIT)
  for _, name in ipairs { "greet", "one", "help" } do
    write(("%s/%s.lua"):format(FLOWS, name),
      files[name] or 'return function(chat) chat:say "Hi" end')
  end
  for name, text in pairs(files) do write(("%s/%s.lua"):format(FLOWS, name), text) end
  local pipe = io.popen(("cd '%s' && timeout -v 120 '%s' check '%s' %s 2>&1"):format(tmp, usher,
    FLOWS, options or ""))
  local text = pipe:read "a"
  local _, _, code = pipe:close()
  return text, code
end

-- One flow with this body: "chat" is there, the body begins in line 2.
local function body(text, options)
  return check({ one = "return function(chat)\n" .. text .. "\nend\n" }, options)
end

local function case(name, run)
  local fine, why = pcall(run)
  print((fine and "ok " or "not ok ") .. name)
  if not fine then print("  " .. tostring(why):gsub("\n", "\n  ")) end
end

local function has(text, part)
  if not text:find(part, 1, true) then error(("'%s' is not in:\n%s"):format(part, text), 2) end
end

local function finds(text, place_and_what, advice, is_error)
  local printed, code = body(text)
  has(printed, "flows/one.lua:" .. place_and_what)
  has(printed, advice)
  if code ~= (is_error and 1 or 0) then error("exit code " .. tostring(code), 2) end
end

-- Several in one file, a line each: { code, what is found in it }.
local function finds_each(list)
  local lines = {}
  for i, each in ipairs(list) do lines[i] = each[1] end
  local printed = body(table.concat(lines, "\n"))
  for i, each in ipairs(list) do has(printed, ("flows/one.lua:%d: %s"):format(i + 1, each[2])) end
end

local function finds_nothing(text)
  local printed, code = body(text)
  has(printed, ": 0 errors, 0 warnings")
  if code ~= 0 then error("exit code " .. tostring(code), 2) end
end

return { INIT = INIT, write = write, check = check, body = body, case = case, has = has,
  finds = finds, finds_each = finds_each, finds_nothing = finds_nothing }
