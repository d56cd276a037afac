-- engine/cli/check_pattern.lua - Lua patterns that can take very long: several unbounded items over
-- the same characters, which try every way to share them.
--
--   check_pattern.weight("(.-),(.-),(.-)x") -> 4: it may take the 4th power of a text's length;
--   nil where it is no pattern
local check_pattern = {}

local function item_at(pattern, at)
  local c = pattern:sub(at, at)
  if c == "%" then
    local kind = pattern:sub(at + 1, at + 1)
    if kind == "b" then return nil, at + 4, true end
    if kind == "f" then
      local _, last = pattern:find("^%[%^?%]?[^%]]*%]", at + 2)
      return nil, (last or at + 1) + 1
    end
    return pattern:sub(at, at + 1), at + 2
  elseif c == "[" then
    local last = at + 1
    if pattern:sub(last, last) == "^" then last = last + 1 end
    if pattern:sub(last, last) == "]" then last = last + 1 end
    while last <= #pattern and pattern:sub(last, last) ~= "]" do
      last = last + (pattern:sub(last, last) == "%" and 2 or 1)
    end
    return pattern:sub(at, last), last + 1
  elseif c == "(" or c == ")" then
    return nil, at + 1
  end
  return c, at + 1
end

-- The items of a pattern: { class = "%d", unbounded, optional }.
local function items_of(pattern)
  local items, at = {}, 1
  if pattern:sub(1, 1) == "^" then at = 2 end
  while at <= #pattern do
    if pattern:sub(at) == "$" then break end
    local class, behind, balanced = item_at(pattern, at)
    local suffix = class and pattern:sub(behind, behind) or ""
    if suffix ~= "" and ("*+-?"):find(suffix, 1, true) then behind = behind + 1 else suffix = "" end
    if class or balanced then
      items[#items + 1] = {
        class = class, unbounded = suffix == "*" or suffix == "+" or suffix == "-",
        optional = suffix == "*" or suffix == "-" or suffix == "?",
      }
    end
    at = behind
  end
  return items
end

local function takes(class, c)
  if not class then return false end
  local fine, found = pcall(string.find, c, "^" .. (class == "^" and "%^" or class))
  return fine and found ~= nil
end

-- The most unbounded items in a row that one character can go through; one more where the pattern
-- may begin anywhere.
function check_pattern.weight(pattern)
  if not pcall(string.find, "", pattern) then return nil end
  local items, most = items_of(pattern), 0
  for byte = 0, 255 do
    local c, row = string.char(byte), 0
    for _, item in ipairs(items) do
      local fits = takes(item.class, c)
      if fits and item.unbounded then
        row = row + 1
        most = math.max(most, row)
      elseif not fits and not item.optional then
        row = 0
      end
    end
  end
  return pattern:sub(1, 1) == "^" and most or most + 1
end

return check_pattern
