#!/usr/bin/env lua5.4
-- mk/packages names every package that the code uses, and none besides: headers, Lua modules,
-- programs, pkg-config names.
package.path = arg[0]:match "^(.*)/" .. "/support/?.lua;" .. package.path
local lint = require "lint"

-- C11, POSIX and Linux: libc6-dev and what it depends on.
local LIBC = {}
for name in ([[assert complex ctype errno fenv float inttypes iso646 limits locale math setjmp
  signal stdalign stdarg stdatomic stdbool stddef stdint stdio stdlib stdnoreturn string tgmath
  threads time uchar wchar wctype dirent dlfcn execinfo fcntl fnmatch ftw getopt glob grp ifaddrs
  libgen malloc netdb poll pthread pwd regex sched semaphore spawn strings syslog termios unistd
  utime]]):gmatch "%S+" do
  LIBC[name .. ".h"] = true
end
local LIBC_FOLDERS = { sys = true, arpa = true, netinet = true, net = true, linux = true,
  sanitizer = true }

-- usher.host and usher.zone are put there by C.
local BUILT_IN = { host = true, zone = true, coroutine = true, debug = true, io = true,
  math = true, os = true, package = true, string = true, table = true, utf8 = true }

local WHENS = { build = true, run = true, test = true, fuzz = true, bench = true }

local findings, looked_at = {}, 0
local function complain(...) findings[#findings + 1] = string.format(...) end

-- { kind, name, package, line } of each thing that mk/packages says a package gives.
local function read_list()
  local gives = {}
  for number, line in lint.each_line(lint.read "mk/packages") do
    local when, package_name, reason, things = line:match "^(%l+)%s+(%S+)%s+(%S+)%s+(%S.*)$"
    if when then
      looked_at = looked_at + 1
      for kind, name in things:gmatch "(%l+):(%S+)" do
        gives[#gives + 1] = { kind = kind, name = name, package = package_name, line = number }
      end
    elseif line ~= "" and not line:match "^#" then
      complain("mk/packages:%d: not WHEN PACKAGE REASON KIND:NAME", number)
    end
    if reason and not WHENS[when] then
      complain("mk/packages:%d: '%s' is not build, run, test, fuzz or bench", number, when)
    end
  end
  return gives
end

local gives = read_list()
local function given(kind, name)
  local found
  for _, thing in ipairs(gives) do
    local whole = thing.name == name
    local folder = thing.name:match "/$" and name:sub(1, #thing.name) == thing.name
    if thing.kind == kind and (whole or folder) then
      thing.used = true
      found = true
    end
  end
  return found
end

local own_headers, own_modules = {}, {}
local files = lint.files()
for _, path in ipairs(files) do
  own_headers[path:match "[^/]+$"] = path:match "%.h$" and true or nil
  -- a/b/c.lua can be required as a.b.c, b.c or c, or as the folder for init.lua.
  local module = path:match "^(.*)%.lua$"
  while module do
    own_modules[(module:gsub("/", "."))] = true
    own_modules[(module:gsub("/init$", ""):gsub("/", "."))] = true
    module = module:match "^[^/]+/(.*)$"
  end
end

local function check_c(path, text)
  for number, line in lint.each_line(text) do
    local header = line:match "^%s*#%s*include%s*<([^>]+)>"
    if header and not given("h", header) and not LIBC[header]
      and not LIBC_FOLDERS[header:match "^([^/]+)/" or ""] and not own_headers[header] then
      complain("%s:%d: <%s>: no package in mk/packages gives it", path, number, header)
    end
  end
end

local function check_lua(path, text)
  for number, line in lint.each_line(text) do
    local code = line:gsub("^%s*%-%-.*", "")
    -- `require("texts." .. language)` names no module yet; "usher.spec" is a built-in file.
    for said, after in code:gmatch "%f[%w_]require%s*%(?%s*[\"']([%w_.%-]+)[\"']%s*(%.?)" do
      local name = said:gsub("^usher%.", "")
      local top = name:match "^[^.]+"
      if after ~= "." and not own_modules[name] and not BUILT_IN[name] and not given("lua", name)
        and not given("lua", top) then
        complain("%s:%d: require '%s': neither a file here nor of a package in mk/packages", path,
          number, name)
      end
    end
  end
end

local everything = {}
for _, path in ipairs(files) do
  local text = lint.read(path)
  if not text:find "\0" and path ~= "mk/packages" and not path:match "%.md$" then
    if path:match "%.[ch]$" then check_c(path, text) end
    if path:match "%.lua$" then check_lua(path, text) end
    everything[#everything + 1] = text
  end
end
everything = table.concat(everything, "\n")

-- A program, a pkg-config name is used when something names it; what a test compares (lib, file)
-- is used by that test.
local function is_named(name)
  return everything:find("%f[%w_.-]" .. name:gsub("%p", "%%%0") .. "%f[^%w_-]") ~= nil
end
local by_package = {}
for _, thing in ipairs(gives) do
  local used = thing.used or thing.kind == "lib" or thing.kind == "file"
    or (thing.kind ~= "h" and is_named(thing.name))
  by_package[thing.package] = by_package[thing.package] or { line = thing.line, used = false }
  by_package[thing.package].used = by_package[thing.package].used or used
end
for name, entry in pairs(by_package) do
  if not entry.used and name ~= "libc6-dev" then
    complain("mk/packages:%d: nothing uses %s: take it out", entry.line, name)
  end
end
table.sort(findings)
lint.finish("packages", findings, looked_at)
