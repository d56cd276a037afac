-- The records of one kind, in order: found by key, looked through by text, and never too many.
--
-- They lie in two generations. When the younger one is full, the elder is dropped: the newest
-- 25,000 to 50,000 are always there.
local text_index = require "simulator.text_index"

local keep = {}
keep.__index = keep

local HALF = 25000

-- options: keys (name -> function that gives what a record is found by, or nil), text (gives what
-- searches look through), most (records of one generation).
function keep.new(options)
  options = options or {}
  local self = setmetatable({ keys = options.keys or {}, text = options.text,
    most = options.most or HALF, count = 0, in_order = true }, keep)
  self.elder, self.younger = self:generation(), self:generation()
  return self
end

function keep:generation()
  local generation = { list = {}, by = {}, first = self.count }
  generation.index = self.text and text_index.new()
  for name in pairs(self.keys) do generation.by[name] = {} end
  return generation
end

-- One record of a key stands there itself, several in a list.
local function put(map, key, record)
  local known = map[key]
  if known == nil then map[key] = record
  elseif known[1] then known[#known + 1] = record
  else map[key] = { known, record } end
end

function keep:add(record)
  if #self.younger.list == self.most then
    self.elder, self.younger = self.younger, self:generation()
  end
  local generation, last = self.younger, self.last
  self.count = self.count + 1
  generation.list[#generation.list + 1] = record
  for name, key_of in pairs(self.keys) do
    local key = key_of(record)
    if key ~= nil then put(generation.by[name], key, record) end
  end
  if self.text then
    text_index.add(generation.index, #generation.list, self.text(record))
    record.place = self.count
  end
  -- a clock may be turned back
  if last and record.born and record.born < last.born then self.in_order = false end
  self.last = record.born and record
end

-- A record's text has changed; what it was is still found, and compared in vain.
function keep:touch(record)
  for _, generation in ipairs { self.elder, self.younger } do
    local position = record.place - generation.first
    if generation.list[position] == record then
      text_index.add(generation.index, position, self.text(record))
    end
  end
end

-- All records of a key, oldest first.
function keep:with(name, key)
  local found = {}
  for _, generation in ipairs { self.elder, self.younger } do
    local known = generation.by[name][key]
    if known and known[1] then table.move(known, 1, #known, #found + 1, found)
    else found[#found + 1] = known end
  end
  return found
end

-- The first record of a key, or nil.
function keep:get(name, key)
  local known = self.elder.by[name][key] or self.younger.by[name][key]
  return known and (known[1] or known)
end

-- All, oldest first.
function keep:all()
  local elder, younger = self.elder.list, self.younger.list
  local all = table.move(elder, 1, #elder, 1, {})
  return table.move(younger, 1, #younger, #all + 1, all)
end

local function visit_range(list, from, to, held, visit)
  for at = to, from, -1 do
    if visit(list[at], held) then return true end
  end
end

local function visit_generation(generation, alternatives, visit)
  local list, size = generation.list, text_index.CHUNK
  if not alternatives then return visit_range(list, 1, #list, nil, visit) end
  local chunks = text_index.find(generation.index, alternatives)
  local order = {}
  for chunk in pairs(chunks) do order[#order + 1] = chunk end
  table.sort(order)
  for i = #order, 1, -1 do
    local first = order[i] * size
    local last = math.min(#list, first + size)
    if visit_range(list, first + 1, last, chunks[order[i]], visit) then return true end
  end
end

-- Calls visit(record, alternatives) newest first, until it gives true. With `alternatives`, as for
-- text_index.find(), only for records that may hold one of them, and with those; that needs `text`.
function keep:newest(alternatives, visit)
  return visit_generation(self.younger, alternatives, visit)
    or visit_generation(self.elder, alternatives, visit)
end

return keep
