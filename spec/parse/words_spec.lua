local support = require "spec.parse.support"
local lexer = require "parse.lexer"
local zones = require "parse.zones"

local NO_GROUPS = { name = true, marks = true, signs = true, says = true, homonyms = true,
  typos = true, hours24 = true, not_behind = true }

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

for _, language in ipairs { "en", "es", "de", "hi", "fr", "pt" } do
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
    for _, group in pairs { zones.letters, zones.places } do
      for name, zone in pairs(group) do
        if type(zone) == "string" then assert.equal(zone, support.clock.zone(zone), name)
        else assert.is_true(math.abs(zone) <= 14 * 3600, name) end
      end
    end
  end)

  -- A place whose clocks show these letters, by tzdata, in one half of 2025 at least.
  local LETTERS = { bst = "Europe/London", west = "Europe/Lisbon", wet = "Europe/Lisbon",
    cest = "Europe/Paris", cat = "Africa/Maputo", sast = "Africa/Johannesburg",
    eest = "Europe/Athens", msk = "Europe/Moscow", eat = "Africa/Nairobi", pkt = "Asia/Karachi",
    ist = "Asia/Kolkata", wib = "Asia/Jakarta", hkt = "Asia/Hong_Kong", awst = "Australia/Perth",
    jst = "Asia/Tokyo", kst = "Asia/Seoul", acst = "Australia/Darwin",
    acdt = "Australia/Adelaide", aest = "Australia/Brisbane", aedt = "Australia/Sydney",
    nzst = "Pacific/Auckland", nzdt = "Pacific/Auckland", ast = "America/Halifax",
    adt = "America/Halifax", est = "America/New_York", edt = "America/New_York",
    cst = "America/Chicago", cdt = "America/Chicago", mst = "America/Denver",
    mdt = "America/Denver", pst = "America/Los_Angeles", pdt = "America/Los_Angeles",
    akst = "America/Anchorage", akdt = "America/Anchorage", hst = "Pacific/Honolulu",
    utc = "UTC", gmt = "Europe/London" }
  -- Places that are named by a figure in tzdata, or have other letters there.
  local OTHERS = { z = "UTC", zulu = "UTC", mesz = "Europe/Berlin", trt = "Europe/Istanbul",
    gst = "Asia/Dubai", npt = "Asia/Kathmandu", bdt = "Asia/Dhaka", ict = "Asia/Bangkok",
    sgt = "Asia/Singapore", myt = "Asia/Kuala_Lumpur", pht = "Asia/Manila",
    brt = "America/Sao_Paulo", art = "America/Argentina/Buenos_Aires" }
  local JANUARY, JULY = 1736942400, 1752580800

  it("are what tzdata says of their letters", function()
    for name, value in pairs(zones.letters) do
      local place = LETTERS[name] or OTHERS[name]
      assert.is_true(place ~= nil or type(value) == "string", name)
      local winter, summer = support.clock.fields(JANUARY, place or value),
        support.clock.fields(JULY, place or value)
      if LETTERS[name] then
        local shown = winter.abbreviation == name:upper() and winter or summer
        assert.equal(name:upper(), shown.abbreviation)
        assert.equal(shown.offset, value, name)
      elseif place then assert.equal(summer.offset, value, name) end
    end
  end)

  it("are no words of the parser", function()
    for _, entry in ipairs(spellings(require "parse.words_en")) do
      assert.is_nil(zones.places[entry[1]], entry[1])
    end
  end)
end)
