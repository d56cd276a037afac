local support = require "spec.parse.support"
local hours = require "parse.hours"

local ZONE = "America/New_York"

describe("opening hours", function()
  it("are read from a line", function()
    local open = hours.read "Mon-Fri 09:00-12:00, 13:00-18:00; Sat 10-14"
    assert.same({ { 540, 720 }, { 780, 1080 } }, open[5])
    assert.same({ { 600, 840 } }, open[6])
    assert.is_nil(open[7])
  end)

  it("may run over the end of a week, or always", function()
    assert.same({ { 540, 1020 } }, hours.read("Sat-Mon 9:00-17:00")[7])
    assert.is_nil(hours.read("Sat-Mon 9:00-17:00")[2])
    assert.same({ { 0, 1440 } }, hours.read("24/7")[3])
  end)

  for _, text in ipairs { "", "always", "Mon 18:00-09:00", "Mon-Fri", "Mon 9-25", "Fun 9-17" } do
    it("are not \"" .. text .. "\"", function()
      local open, err = hours.read(text)
      assert.is_nil(open)
      assert.equal("invalid", err.kind)
    end)
  end

  it("tell whether a moment is open and which is next", function()
    local open = hours.read "Mon-Fri 09:00-18:00"
    assert.is_true(hours.is_open(open, support.NOW, ZONE))
    assert.equal(support.NOW, hours.next(open, support.NOW, ZONE))
    local saturday = support.NOW + 3 * 86400
    assert.is_false(hours.is_open(open, saturday, ZONE))
    assert.equal("2025-03-10 09:00", support.shown(hours.next(open, saturday, ZONE)))
    assert.is_nil(hours.next({}, saturday, ZONE))
  end)
end)
