-- spec/examples_spec.lua - the examples in the bot's questions. It is Monday 2 March 2026, 10:00 in
-- India.
local hours = require "parse.hours"
local phone = require "parse.phone"
local time = require "parse.time"

describe("examples", function()
  local PLACES = {
    { "Australia", "Australia/Sydney", "AU" }, { "Brazil", "America/Sao_Paulo", "BR" },
    { "Canada", "America/Toronto", "CA" }, { "France", "Europe/Paris", "FR" },
    { "Germany", "Europe/Berlin", "DE" }, { "India", "Asia/Kolkata", "IN" },
    { "Ireland", "Europe/Dublin", "IE" }, { "Mexico", "America/Mexico_City", "MX" },
    { "New Zealand", "Pacific/Auckland", "NZ" }, { "Singapore", "Asia/Singapore", "SG" },
    { "South Africa", "Africa/Johannesburg", "ZA" }, { "Spain", "Europe/Madrid", "ES" },
    { "United Arab Emirates", "Asia/Dubai", "AE" }, { "United Kingdom", "Europe/London", "GB" },
    { "United States", "America/New_York", "US" },
  }
  local HOURS = "Mon-Fri 09:00-18:00"

  for _, place in ipairs(PLACES) do
    local country, zone, region = table.unpack(place)
    it("are such as people write in " .. country, function()
      settings { BUSINESS_HOURS = HOURS, TIME_ZONE = "Asia/Kolkata" }
      local talk = visitor.after { phone = false, zone = zone, country = country, "call me back" }
      local number, moment = talk.answer:match "for example: (.-), ([%w: ]+)%."
      assert.is_false(number:find "^%+" ~= nil)
      local now = clock.now()
      local found = phone.find(number, { region = region, asked = "phone" })
      assert.is_true(found.sure)
      found = time.find(moment, { now = now, zone = zone, region = region, asked = "time" })
      assert.is_true(found.value.at > now)
      assert.is_true((hours.is_open(hours.read(HOURS), found.value.at, "Asia/Kolkata")))
    end)
  end

  it("have a country code where the country is not known", function()
    local talk = visitor.after { phone = false, zone = "Antarctica/Troll", country = "Antarctica",
      "call me back" }
    talk:sees "...for example: +1 415 555 0132, tomorrow at 3 PM."
  end)

  local function friday()
    settings { BUSINESS_HOURS = HOURS, TIME_ZONE = "Asia/Kolkata" }
    clock.at("2026-03-06 16:30", "Asia/Kolkata")
  end

  it("are a time at which somebody calls", function()
    friday()
    local talk = visitor.after { phone = false, "call me back" }
    talk:sees "...for example: 98765 43210, Monday at 3 PM."
    talk:says "98765 43210, today at 5pm"
    talk:says "change it"
    talk:sees "What would you like instead? Send another time or number, for example: Monday at..."
    talk:says "not today"
    talk:sees "Which day suits you? For example: Tuesday."
  end)

  it("leave out the hour that does not suit", function()
    local talk = visitor.after { phone = false, "call me back", "98765 43210, tomorrow 4 pm" }
    talk:says "not at that time"
    talk:sees "What time suits you on Tuesday 3 March? For example: 5 PM."
  end)
end)
