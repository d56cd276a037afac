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

local write

local function write_array(list, out)
  out[#out + 1] = "["
  for i = 1, #list do
    if i > 1 then out[#out + 1] = "," end
    write(list[i], out)
  end
  out[#out + 1] = "]"
end

local function write_object(object, out)
  local keys = {}
  for key in pairs(object) do keys[#keys + 1] = key end
  table.sort(keys)
  out[#out + 1] = "{"
  for i, key in ipairs(keys) do
    if i > 1 then out[#out + 1] = "," end
    out[#out + 1] = quote(key)
    out[#out + 1] = ":"
    write(object[key], out)
  end
  out[#out + 1] = "}"
end

function write(value, out)
  if type(value) ~= "table" then
    if type(value) == "string" then
      out[#out + 1] = quote(value)
    elseif type(value) == "number" then
      out[#out + 1] = number(value)
    else
      out[#out + 1] = assert(cjson.encode(value))
    end
  elseif json.is_array(value) then
    write_array(value, out)
  else
    write_object(value, out)
  end
end

-- The text of plain data. Keys are sorted, so that equal data gives equal text.
function json.encode(value)
  local out = {}
  write(value, out)
  return table.concat(out)
end

return json
