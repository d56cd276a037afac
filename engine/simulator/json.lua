-- JSON for the simulator: lua-cjson reads; we write.
--
-- lua-cjson 2.1 writes an empty table as {} whatever it stands for, and Zoho's answers are full of
-- empty lists. So lists that may be empty are marked with json.array and written here.
local cjson = require("cjson.safe").new()

cjson.decode_max_depth(64)

local json = { null = cjson.null }

local array_mt = {}

-- Marks `list` (changed in place, and returned) as a JSON array even while it is empty.
function json.array(list)
  return setmetatable(list or {}, array_mt)
end

function json.is_array(value)
  return type(value) == "table" and (getmetatable(value) == array_mt or value[1] ~= nil)
end

-- The value, or nil and a message. Numbers come as floats; [] and {} look the same.
function json.decode(text)
  return cjson.decode(text)
end

-- An object as a table with string keys, or nil: anything else (a list, a number, broken text).
function json.decode_object(text)
  if not text:find("^%s*{") then return nil end
  local value = cjson.decode(text)
  return type(value) == "table" and value or nil
end

-- lua-cjson escapes "/", which JSON allows and nobody likes to read.
local function quote(text)
  if not text:find '[%c"\\]' then return '"' .. text .. '"' end
  local quoted = assert(cjson.encode(text))
  if not quoted:find("\\/", 1, true) then return quoted end
  return (quoted:gsub("\\(.)", function(c) return c == "/" and "/" or nil end))
end

-- Whole numbers without a point; 1e999, which reads as infinity, has no JSON form.
local function number(value)
  if math.tointeger(value) then return ("%d"):format(value) end
  if value ~= value or value == math.huge or value == -math.huge then return "null" end
  return cjson.encode(value)
end

-- Each puts its pieces into the list `out`, behind the first n, and gives how many there are then.
local write

local function write_array(list, out, n)
  for i = 1, #list do
    out[n + 1] = i > 1 and "," or "["
    n = write(list[i], out, n + 1)
  end
  out[n + 1] = #list > 0 and "]" or "[]"
  return n + 1
end

local function write_object(object, out, n)
  local keys, count = {}, 0
  for key in pairs(object) do
    count = count + 1
    keys[count] = key
  end
  table.sort(keys)
  for i = 1, count do
    out[n + 1] = i > 1 and "," or "{"
    out[n + 2] = quote(keys[i])
    out[n + 3] = ":"
    n = write(object[keys[i]], out, n + 3)
  end
  out[n + 1] = count > 0 and "}" or "{}"
  return n + 1
end

function write(value, out, n)
  local kind = type(value)
  if kind == "table" then
    local write_table = json.is_array(value) and write_array or write_object
    return write_table(value, out, n)
  end
  n = n + 1
  out[n] = kind == "string" and quote(value) or kind == "number" and number(value)
    or assert(cjson.encode(value))
  return n
end

-- The text of plain data. Keys are sorted, so that equal data gives equal text.
function json.encode(value)
  local out = {}
  write(value, out, 0)
  return table.concat(out)
end

return json
