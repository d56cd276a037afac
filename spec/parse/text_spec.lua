require "spec.parse.support"
describe("parse.text", function()
  local phone, time = require "parse.phone", require "parse.time"
  local CONTEXT = { now = 1772425800, zone = "Asia/Kolkata", region = "IN", asked = "both" }

  for _, name in ipairs { "IMG_9876543210.jpg", "9876543210.vcf", "report_2026-03-12.pdf",
    "Photo 2026-03-12 at 15.30.45.png", "WhatsApp Image 2026-03-12 at 3.30 PM.jpeg",
    "invoice 12-03-2026.PDF" } do
    it("finds nothing in the name of a file: " .. name, function()
      for _, message in ipairs { name, "see " .. name, name .. ", thanks", "(" .. name .. ")" } do
        assert.is_nil((phone.find(message, CONTEXT)))
        assert.is_nil((time.find(message, CONTEXT)))
      end
    end)
  end

  it("finds what stands beside it", function()
    local message = "IMG_20260305_1530.jpg, call 98765 43210 tomorrow at 5pm"
    local number = phone.find(message, CONTEXT)
    assert.equal("+919876543210", number.value)
    assert.equal("98765 43210", message:sub(number.from, number.to))
    assert.equal(1772537400, time.find(message, CONTEXT).value.at)
  end)

  it("takes no time for a file", function()
    assert.truthy(time.find("tomorrow 5.pm", CONTEXT))
    assert.truthy(time.find("12.03.2026 at 5.30", CONTEXT))
  end)

  it("reads a long message of names in time", function()
    assert.is_nil((phone.find(("1.gz"):rep(2500), CONTEXT)))
    assert.is_nil((time.find(("1 .gz 2.gz "):rep(900), CONTEXT)))
  end)
end)
