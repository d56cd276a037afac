#!/usr/bin/env lua5.4
-- The rooms of engine/ know each other in one direction only; each library is known in one place.
package.path = arg[0]:match "^(.*)/" .. "/support/?.lua;" .. package.path
local lint = require "lint"

-- room -> the rooms it may include. "engine" is engine.c and what stands beside it.
local ROOMS = {
  core = "core",
  net = "core net",
  store = "core store",
  zoho = "core net store zoho",
  script = "core script",
  bind = "core net store zoho script bind",
  conversation = "core net store zoho script bind conversation",
  engine = "core net store zoho script bind conversation engine",
  cli = "core net store zoho script bind conversation engine cli",
}

-- A header that more rooms may know, and why: the event loop is how a thread is told that something
-- is done, by the network or not.
local SHARED = { ["net/loop.h"] = "store script" }

-- library header -> the rooms that may include it.
local LIBRARIES = {
  { "^lua%.h$", "script bind conversation" },
  { "^lauxlib%.h$", "script bind conversation" },
  { "^lualib%.h$", "script bind conversation" },
  { "^lua%-%w+%.h$", "script bind conversation" },
  { "^curl/", "net" },
  { "^microhttpd%.h$", "net" },
  { "^sqlite3%.h$", "store" },
  { "^libpq", "store" },
}

local function set(words)
  local found = {}
  for word in words:gmatch "%S+" do found[word] = true end
  return found
end

-- main.c counts as a command.
local function room_of(path)
  local inside = path:match "^engine/(.+)$"
  if inside == "main.c" then return "cli" end
  return inside:match "^([^/]+)/" or "engine"
end

local findings, looked_at = {}, 0
local function complain(path, number, message)
  findings[#findings + 1] = ("%s:%d: %s"):format(path, number, message)
end

local function check_own(path, number, room, header)
  if header == "usher.h" then return end
  local other = room_of("engine/" .. header)
  if ROOMS[other] and set(ROOMS[room])[other] then return end
  if set(SHARED[header] or "")[room] then return end
  complain(path, number, ('%s may not include "%s"; it may know: %s'):format(
    room, header, ROOMS[room]))
end

local function check_library(path, number, room, header)
  for _, rule in ipairs(LIBRARIES) do
    if header:match(rule[1]) and not set(rule[2])[room] then
      complain(path, number, ("<%s> is for %s only"):format(header, rule[2]))
    end
  end
end

local function check_file(path)
  local room = room_of(path)
  if not ROOMS[room] then
    return complain(path, 1, ("no room is called '%s'; design: one way, see CONTRIBUTING.md")
      :format(room))
  end
  for number, line in lint.each_line(lint.read(path)) do
    local opening, header = line:match '^%s*#%s*include%s*([<"])([^>"]+)[>"]'
    if header then looked_at = looked_at + 1 end
    -- A library's header is one in whichever signs it is written.
    if header then check_library(path, number, room, header) end
    if opening == '"' then check_own(path, number, room, header) end
  end
end

for _, path in ipairs(lint.files()) do
  if path:match "^engine/.*%.[ch]$" then check_file(path) end
end
lint.finish("layers", findings, looked_at)
