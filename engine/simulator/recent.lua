-- A map that forgets what was not asked for the longest, so that it stays small.
local recent = {}
recent.__index = recent

local HALF = 5000

function recent.new(most)
  return setmetatable({ young = {}, old = {}, count = 0, most = most or HALF }, recent)
end

-- Keeps a value; nil takes it out.
function recent:set(key, value)
  if self.young[key] == nil and value ~= nil then
    self.count = self.count + 1
    if self.count > self.most then self.young, self.old, self.count = {}, self.young, 1 end
  end
  self.young[key], self.old[key] = value, nil
end

function recent:get(key)
  local value = self.young[key]
  if value ~= nil or self.old[key] == nil then return value end
  value = self.old[key]
  self:set(key, value)
  return value
end

-- A list of all values.
function recent:values()
  local list = {}
  for _, map in ipairs { self.old, self.young } do
    for _, value in pairs(map) do list[#list + 1] = value end
  end
  return list
end

return recent
