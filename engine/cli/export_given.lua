-- engine/cli/export_given.lua - the ids and numbers that Zoho, a task or chance gave in a talk:
-- they are others each time, so that a spec leaves them open.
--
--   local given = require "usher.cli.export_given"()
--   given.known { "is it 44155?" }  the visitor wrote that before: not given
--   given.learn(turn.learned)       what a turn's flow learned
--   given.open(text)                -> the text with ... in their place
local SHORT = 2 -- a number this short may be a count: only what is called a number or an id is one

local GIVES = { task = true, wait = true, ["math.random"] = true }

local function is_giver(name) return GIVES[name] or name:find "^zoho%." ~= nil end

-- One word with a digit in it.
local function token_of(value)
  if math.type(value) == "float" then value = math.tointeger(value) or value end
  local text = (type(value) == "string" or type(value) == "number") and tostring(value)
  return text and #text <= 100 and text:find "%d" and not text:find "[%s%c]" and text or nil
end

local function is_called_so(key)
  local name = type(key) == "string" and key:lower() or ""
  return name:find "id$" or name:find "number$" or name:find "reference$" or name == "value"
end

local function pattern_of(token)
  return "%f[%w]" .. token:gsub("%W", "%%%0") .. "%f[%W]"
end

return function()
  local given, tokens, known = {}, {}, {}

  local function add(token)
    if tokens[token] or known[token] then return end
    tokens[token] = true
    tokens[#tokens + 1] = token
    table.sort(tokens, function(a, b) return #a > #b end)
  end

  local function walk(value, key)
    if type(value) == "table" then
      for name, each in pairs(value) do walk(each, type(name) == "number" and key or name) end
      return
    end
    local token = token_of(value)
    if token and (#token > SHORT or is_called_so(key)) then add(token) end
  end

  function given.known(texts)
    for _, text in ipairs(texts) do
      for word in text:gmatch "[^%s,;!?]+" do known[word:gsub("%.$", "")] = true end
    end
  end

  function given.learn(learned)
    for _, one in ipairs(learned or {}) do
      if is_giver(one.name) then walk(one.values[1], "value") end
    end
  end

  function given.open(text)
    for _, token in ipairs(tokens) do
      local pattern = token:find "^%w" and pattern_of(token) or token:gsub("%W", "%%%0")
      text = text:gsub(pattern, "...")
    end
    return text
  end

  return given
end
