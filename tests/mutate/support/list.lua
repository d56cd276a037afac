-- tests/mutate/support/list.lua - reads the lists of small bugs, tests/mutate/ROOM.txt.
--
-- A line each:   engine/net/webhook.c: `old text` => `new text`: why it is a real bug
-- The old text stands once in the file, a .c or .lua, where a blank is any run of blanks and line
-- ends. A line that ends with "[equivalent: why]" tells a change that nobody can notice. "#" begins
-- a comment.
local list = {}

local ROOMS = "core net store zoho bind script conversation engine lua simulator cli flows"

function list.read_file(path)
  local file = assert(io.open(path, "rb"))
  local text = file:read "a"
  file:close()
  return text
end

-- The room of a file: its folder under engine/, "engine" for what stands in it, or "flows".
function list.room(file)
  if file:find "^flows/" then return "flows" end
  return file:match "^engine/([^/]+)/" or "engine"
end

local function parse(line)
  local file, old, new, why = line:match "^(%S+): `([^`]+)` => `([^`]*)`: (%S.*)$"
  if not file then return nil, "is not FILE: `old` => `new`: why" end
  if not file:find "%.c$" and not file:find "%.lua$" then
    return nil, file .. " is no .c or .lua: put the bug where what stands there is used"
  end
  return { file = file, old = old, new = new, why = why,
    equivalent = why:match "%[equivalent: ([^%]]+)%]$", room = list.room(file) }
end

-- All bugs of the lists in `folder`, in order; a line that cannot be read is one with `wrong`.
function list.read(folder)
  local bugs = {}
  for name in ROOMS:gmatch "%S+" do
    local path = folder .. "/" .. name .. ".txt"
    local file = io.open(path)
    local number = 0
    for line in file and file:lines() or function() end do
      number = number + 1
      if line ~= "" and not line:find "^#" then
        local bug, wrong = parse(line)
        bug = bug or { wrong = wrong }
        bug.at, bug.room = ("%s:%d"):format(path, number), name
        if not bug.wrong and list.room(bug.file) ~= name then
          bug.wrong = "belongs into " .. list.room(bug.file) .. ".txt"
        end
        bugs[#bugs + 1] = bug
      end
    end
    if file then file:close() end
  end
  return bugs
end

-- Whether a bug is of this room or file; "" is all of them.
function list.is_of(bug, wanted)
  return wanted == "" or bug.room == wanted or bug.file == wanted
end

-- What tells a bug from the others, wherever its line stands: its file and a number for its texts.
function list.key(bug)
  local number = 5381
  for at = 1, #bug.old do number = (number * 33 + bug.old:byte(at)) & 0xffffffff end
  for at = 1, #bug.new do number = (number * 31 + bug.new:byte(at)) & 0xffffffff end
  return ("%s#%08x"):format(bug.file, number)
end

-- Where the old text stands in `text`: first and last byte; or nil and why not.
function list.find(bug, text)
  local words = {}
  for word in bug.old:gmatch "%S+" do words[#words + 1] = (word:gsub("%p", "%%%0")) end
  local pattern = table.concat(words, "%s+")
  local first, last = text:find(pattern)
  if not first then return nil, "the old text does not stand in " .. bug.file end
  if text:find(pattern, first + 1) then
    return nil, "the old text stands more than once in " .. bug.file
  end
  return first, last
end

-- The text with the bug in it, or nil and why not.
function list.apply(bug, text)
  local first, last = list.find(bug, text)
  if not first then return nil, last end
  return text:sub(1, first - 1) .. bug.new .. text:sub(last + 1)
end

-- The names of the functions that begin in a text, and where the last of them does.
local function functions_of(text)
  local names, last = {}, 1
  for at, line in text:gmatch "\n()([%a_][^\n;{}=(]*)%(" do
    names[#names + 1], last = line:match "([%w_]+)$", at
  end
  return names, last
end

-- The names of the C functions that show the bug: the one it stands in, or all of the file where it
-- stands in none, as in a table.
function list.functions(bug, text)
  local first = assert(list.find(bug, text))
  local before = text:sub(1, first)
  local names, last = functions_of(before)
  local inside = before:match ".*\n([^\n]*)$"
  local is_behind = before:find("\n}", last, true)
  if #names > 0 and not is_behind and (inside:find "^%s" or inside == "") then
    return { names[#names] }
  end
  return (functions_of(text))
end

return list
