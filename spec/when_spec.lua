-- spec/when_spec.lua - moments for people and for Desk.
local when = require "when"

describe("when", function()
  local AT = 1772530200 -- Tuesday 3 March 2026, 15:00 in India

  it("shows weekday, date, time and zone", function()
    assert.equal("on Tuesday 3 March at 3:00 PM IST",
      (when.text({ at = AT, zone = "Asia/Kolkata", precision = "day" }, AT - 86400)))
    assert.equal("as soon as possible", (when.text({ at = AT, zone = "UTC", soon = true }, AT)))
  end)

  it("adds the clocks of the place that the visitor named", function()
    local value = { at = AT + 5.5 * 3600, zone = "Asia/Kolkata", said_zone = "Europe/London" }
    assert.equal("on Tuesday 3 March at 8:30 PM IST (3:00 PM in London)",
      (when.text(value, AT - 86400)))
    value.said_zone = "Pacific/Auckland"
    assert.equal("on Tuesday 3 March at 8:30 PM IST (Wed 4:00 AM in Auckland)",
      (when.text(value, AT - 86400)))
    value.said_zone = "Asia/Colombo"
    assert.equal("on Tuesday 3 March at 8:30 PM IST", (when.text(value, AT - 86400)))
  end)

  it("shows two readings as one", function()
    local value = { zone = "Asia/Kolkata", readings = { AT, AT - 12 * 3600 } }
    assert.equal("on Tuesday 3 March at 3:00 PM or 3:00 AM IST", (when.either(value, AT - 86400)))
    value.said_zone = "Europe/London"
    assert.equal("on Tuesday 3 March at 3:00 PM or 3:00 AM IST (9:30 AM or Mon 9:30 PM in London)",
      (when.either(value, AT - 86400)))
    value = { zone = "Asia/Kolkata", readings = { AT, AT + 86400 } }
    assert.equal("on Tuesday 3 March at 3:00 PM or on Wednesday 4 March at 3:00 PM IST",
      (when.either(value, AT - 86400)))
  end)

  it("names no hour loosely where only a day was named", function()
    local value = { at = AT, zone = "Asia/Kolkata", precision = "day" }
    assert.equal("on Tuesday 3 March", (when.loosely(value, AT - 86400)))
    value.precision = "hour"
    assert.equal("on Tuesday 3 March at 3:00 PM IST", (when.loosely(value, AT - 86400)))
  end)

  it("knows noon, midnight and the minutes before", function()
    for hours, text in pairs { [-3] = "Tue 3 Mar, 12:00 PM", [-15] = "Tue 3 Mar, 12:00 AM",
        [-3 - 1 / 60] = "Tue 3 Mar, 11:59 AM", [-15 - 1 / 60] = "Mon 2 Mar, 11:59 PM",
        [-2] = "Tue 3 Mar, 1:00 PM" } do
      assert.equal(text, (when.short(AT + hours * 3600, "Asia/Kolkata")))
    end
  end)

  it("fits on a button", function()
    local text = when.short(AT, "Asia/Kolkata")
    assert.equal("Tue 3 Mar, 3:00 PM", text)
    assert.is_true(#when.short(1774254600 + 8 * 86400, "UTC") <= 20)
  end)

  it("writes moments as Desk wants them", function()
    assert.equal("2026-03-03T09:30:00.000Z", (when.utc(AT)))
    assert.equal("2026-03-03T09:30:00.000Z", (when.utc(AT + 0.75)))
  end)
end)
