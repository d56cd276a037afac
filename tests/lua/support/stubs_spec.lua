-- Names of include/lua/spec.lua and names that a spec has are the same, in both directions.
local STUBS = os.getenv "ROOT" .. "/include/lua/spec.lua"
local FLOWS_TOO = { ["clock.now"] = true, ["clock.fields"] = true, ["clock.unix"] = true,
  ["clock.zone"] = true } -- in clock.lua

-- All names, sorted, one a line: a difference shows which.
local function lines(names)
  local list = {}
  for name in pairs(names) do list[#list + 1] = name end
  table.sort(list)
  return table.concat(list, "\n")
end

local function functions_of(prefix, module, into)
  for name, value in pairs(module) do
    if type(value) == "function" and not name:find "^__" and not FLOWS_TOO[prefix .. name] then
      into[prefix .. name] = true
    end
  end
  return into
end

describe("the stubs of a spec", function()
  it("name what there is, and all of it", function()
    local declared = {}
    for line in io.lines(STUBS) do
      local name = line:match "^function ([%w_.:]+)%("
      if name then declared[name] = true end
    end
    local real, checks = { settings = true }, {}
    require("usher.spec_assert").register(checks)
    functions_of("visitor.", visitor, real)
    functions_of("clock.", clock, real)
    functions_of("zoho.", zoho, real)
    functions_of("web.", web, real)
    functions_of("assert.", checks, real)
    functions_of("Talk:", getmetatable(visitor.arrives {}).__index, real)
    assert.equal(lines(real), lines(declared))
  end)

  it("name the fields of a talk", function()
    local talk = visitor.arrives {}
    talk:says "hello"
    local class
    for line in io.lines(STUBS) do
      local inside = line:match "^%-%-%-@class (%S+)"
      class = inside or class
      local name = line:match "^%-%-%-@field (%w+)"
      if name and class == "Talk" then assert.not_nil(talk[name], name) end
    end
  end)
end)
