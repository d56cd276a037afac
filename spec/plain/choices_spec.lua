-- spec/plain/choices_spec.lua - which of two that were offered an answer means; examples that can
-- be taken as they stand.
local plain = require "spec.plain.support"

describe("choices", function()
  local ZONE = "Asia/Kolkata"
  local PM, AM = plain.at "2026-03-03 15:00", plain.at "2026-03-03 03:00"
  local function choices() return plain.flows() "choices" end

  -- The moment that is meant of two, as "first" or "second".
  local function meant(said, one, two)
    local step = { "Which?", "first", "second", "Change it" }
    return choices().moment(said, step, { first = one, second = two }, ZONE)
  end

  for said, expected in pairs {
    ["the first"] = "first", ["the former"] = "first", either = "first", any = "first",
    ["both are fine"] = "first", earlier = "first", ["the earlier one"] = "first",
    ["the second"] = "second", ["the latter"] = "second", ["the last one"] = "second",
    later = "second", ["the later one"] = "second",
    pm = "first", PM = "first", ["in the afternoon"] = "first", ["in the evening"] = "first",
    am = "second", ["am please"] = "second", ["am is better"] = "second",
    ["I am for am"] = "second", ["in the morning"] = "second",
    ["I am good"] = false, ["am I late"] = false, ["pm?"] = false,
    ["not pm"] = false, ["maybe pm"] = false, ["if pm"] = false, whatever = false,
    ["5 pm"] = false, ["3 am"] = false, ["the morning or the evening"] = false,
  } do
    it(("knows %q of 3 PM and 3 AM"):format(said), function()
      assert.equal(expected or nil, (meant(said, PM, AM)))
    end)
  end

  it("knows noon and midnight, and none of two that are alike", function()
    local noon, midnight = plain.at "2026-03-03 12:00", plain.at "2026-03-03 00:00"
    assert.equal("second", (meant("pm", midnight, noon)))
    assert.equal("first", (meant("am", midnight, noon)))
    assert.equal("first", (meant("am", plain.at "2026-03-03 11:59", noon)))
    assert.is_nil((meant("pm", PM, PM + 3600)))
    assert.is_nil((meant("am", PM, PM + 3600)))
    assert.equal("second", (meant("the later one", PM, PM + 3600)))
  end)

  it("of two numbers knows their place and what was said beside them", function()
    local phones = { { value = "+1", said = "my home " }, { value = "+2", said = " the office" } }
    local function number(said)
      local found = choices().number(phones, said)
      return found and found.value
    end
    for said, expected in pairs { ["the first"] = "+1", either = "+1", ["the second"] = "+2",
        ["at home please"] = "+1", ["office"] = "+2", ["my mobile"] = false, hello = false } do
      assert.equal(expected or nil, number(said), said)
    end
  end)

  it("knows the button of a moment that was offered", function()
    local step, picks = { "?", "a", "b", "Change it" }, { a = PM, b = AM }
    local function button(value, phone)
      local heard = { time = value and { value = value }, phone = phone }
      return choices().same_moment(heard, step, picks)
    end
    assert.equal("a", button { at = PM })
    assert.equal("b", button { at = AM })
    assert.is_nil(button { at = PM + 60 })
    assert.is_nil(button { at = PM, readings = { PM, AM } })
    assert.is_nil(button({ at = PM }, { value = "+1" }))
    assert.is_nil(button())
  end)

  it("knows the day that was offered, named without an hour", function()
    local friday = plain.at "2026-03-06 15:00"
    local step = { "?", "a", "b", "Change it" }
    local function button(said, at, one, two)
      return choices().day(said, at and { time = { value = { at = at } } } or {}, step,
        { a = one, b = two }, ZONE)
    end
    assert.equal("b", button("friday", friday - 3600, PM, friday))
    assert.equal("a", button("tuesday", PM, PM, friday))
    -- next week's, where that was offered
    assert.equal("b", button("friday", friday - 3600, PM, friday + 7 * 86400))
    assert.is_nil(button("thursday", friday - 86400, PM, friday))
    assert.is_nil(button("friday at 4", friday, PM, friday))
    assert.is_nil(button("then", friday, PM, friday))
    assert.is_nil(button("friday", friday, friday, friday + 3600))
    assert.is_nil(button("friday", nil, PM, friday))
  end)
end)

describe("examples", function()
  local function examples(config) return plain.flows { config = config or {} } "examples" end
  local function time(text) return { value = { at = plain.at(text), zone = "Asia/Kolkata" } } end
  local function at(now) return plain.chat { at = plain.at(now) } end

  for now, expected in pairs {
    ["2026-03-02 10:00"] = "tomorrow at 3 PM",
    ["2026-03-05 23:59"] = "tomorrow at 3 PM",
    ["2026-03-06 10:00"] = "Monday at 3 PM",
    ["2026-03-07 10:00"] = "Monday at 3 PM",
    ["2026-03-08 10:00"] = "tomorrow at 3 PM",
  } do
    it("are the next open day's afternoon on " .. now, function()
      assert.equal(expected, examples(plain.HOURS).time(at(now)))
    end)
  end

  it("are another hour where the best is closed, at most a week ahead", function()
    local function of(hours)
      local when = examples { BUSINESS_HOURS = hours, TIME_ZONE = "Asia/Kolkata" }
      return when.time(at "2026-03-02 10:00")
    end
    assert.equal("tomorrow at 11 AM", of "Mon-Sun 09:00-14:00")
    assert.equal("tomorrow at 10 AM", of "Mon-Sun 09:00-11:00")
    assert.equal("tomorrow at 6 PM", of "Mon-Sun 18:00-20:00")
    assert.equal("Sunday at 3 PM", of "Sun 09:00-18:00")
    assert.equal("Monday at 3 PM", of "Mon 09:00-18:00")
    -- only at night: the next open moment
    assert.equal("Monday at 10 PM", of "Mon-Sun 22:00-23:00")
  end)

  it("have another hour of the same day, which is still to come", function()
    local now, given = at "2026-03-03 10:00", examples()
    assert.equal("4 PM", given.hour(now, time "2026-03-03 15:00"))
    assert.equal("5 PM", given.hour(now, time "2026-03-03 16:00"))
    assert.equal("5 PM", given.hour(at "2026-03-03 16:00", time "2026-03-03 16:30"))
    assert.equal("6 PM", given.hour(at "2026-03-03 17:00", time "2026-03-03 17:30"))
    assert.equal("tomorrow at 3 PM", given.hour(at "2026-03-03 18:00", time "2026-03-03 19:00"))
    assert.equal("2 PM", given.hour(now, time "2026-03-03 15:00", "earlier"))
    assert.equal("4 PM", given.hour(now, time "2026-03-03 15:00", "later"))
    assert.equal("11 AM", given.hour(now, time "2026-03-03 12:00", "earlier"))
    assert.is_nil(given.hour(now, time "2026-03-03 11:00", "earlier"))
    assert.equal("11 PM", given.hour(now, time "2026-03-03 22:00", "later"))
    assert.is_nil(given.hour(now, time "2026-03-03 23:00", "later"))
    given = examples(plain.HOURS)
    assert.equal("5 PM", given.hour(now, time "2026-03-03 16:00", "later"))
    assert.is_nil(given.hour(now, time "2026-03-03 17:00", "later"))
    assert.is_nil(given.hour(now, time "2026-03-04 09:00", "earlier"))
  end)

  it("have another day within the week, at the same hour", function()
    local given = examples(plain.HOURS)
    assert.equal("Friday", given.day(at "2026-03-02 10:00", time "2026-03-03 15:00"))
    assert.equal("Thursday", given.day(at "2026-03-02 10:00", time "2026-03-06 15:00"))
    assert.equal("Tuesday", given.day(at "2026-03-06 10:00", time "2026-03-09 15:00"))
    -- at that hour nobody is there on any day
    assert.equal("tomorrow at 3 PM", given.day(at "2026-03-02 10:00", time "2026-03-03 20:00"))
  end)

  it("have a number of the visitor's country, else one with a code", function()
    local given = examples()
    for region, number in pairs { IN = "98765 43210", US = "415 555 0132", GB = "020 7946 0958",
        DE = "030 23125 000", AQ = "+1 415 555 0132" } do
      assert.equal(number, given.number(plain.chat { region = region }))
    end
  end)
end)
