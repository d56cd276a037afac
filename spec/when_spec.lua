-- spec/when_spec.lua - moments for people and for Desk.
local when = require "when"

describe("when", function()
  local AT = 1772530200 -- Tuesday 3 March 2026, 15:00 in India

  it("shows weekday, date, time and zone", function()
    assert.equal("on Tuesday 3 March at 3:00 PM IST",
      (when.text({ at = AT, zone = "Asia/Kolkata", precision = "day" }, AT - 86400)))
    assert.equal("as soon as possible", (when.text({ at = AT, zone = "UTC", soon = true }, AT)))
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
