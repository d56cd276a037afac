require "spec.parse.support"
local lexer = require "parse.lexer"
local zones = require "parse.zones"

local NO_GROUPS = { name = true, marks = true, homonyms = true, half_before = true }

local function spellings(words)
  local list = {}
  for group, entries in pairs(words) do
    if not NO_GROUPS[group] then
      for _, entry in ipairs(entries) do
        for spelling in entry[1]:gmatch "%S+" do list[#list + 1] = { spelling, group } end
      end
    end
  end
  return list
end

for _, language in ipairs { "en", "es", "de", "hi" } do
  describe("the words of language " .. language, function()
    local words = require("parse.words_" .. language)

    it("stand in one place only", function()
      local seen = {}
      for _, entry in ipairs(spellings(words)) do
        assert.is_nil(seen[entry[1]], entry[1] .. " is in " .. tostring(seen[entry[1]]) .. " and "
          .. entry[2])
        seen[entry[1]] = entry[2]
      end
    end)

    it("are in groups that the parser knows", function()
      for group in pairs(words) do
        assert.is_truthy(NO_GROUPS[group] or lexer.kinds[group], group)
      end
    end)

    it("are in small letters", function()
      for _, entry in ipairs(spellings(words)) do assert.equal(entry[1]:lower(), entry[1]) end
    end)
  end)
end

describe("zones", function()
  it("are known, or seconds within a day", function()
    for _, group in pairs(zones) do
      for name, zone in pairs(group) do
        if type(zone) == "string" then assert.equal(zone, _G.clock.zone(zone), name)
        else assert.is_true(math.abs(zone) <= 14 * 3600, name) end
      end
    end
  end)

  it("are no words of the parser", function()
    for _, entry in ipairs(spellings(require "parse.words_en")) do
      assert.is_nil(zones.places[entry[1]], entry[1])
    end
  end)
end)
