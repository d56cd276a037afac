-- spec/business_hours_spec.lua - the clock decides who answers.
describe("business hours", function()
  -- The first visitor of a case, at a moment of the shop's own clock.
  local function arrives(moment, person)
    settings { BUSINESS_HOURS = "Mon-Fri 9-13, 14-18; Sat 10-14", TIME_ZONE = "Asia/Kolkata" }
    clock.at("2026-03-" .. moment, "Asia/Kolkata")
    return visitor.arrives(person)
  end

  local MOMENTS = { -- in March 2026, of which the 2nd is a Monday
    { "02 09:00", "We are open now, until 1:00 PM (Asia/Kolkata)." },
    { "02 12:59", "We are open now, until 1:00 PM (Asia/Kolkata)." },
    { "02 13:00", "We are closed now. We open again today at 2:00 PM (Asia/Kolkata)." },
    { "02 08:59", "We are closed now. We open again today at 9:00 AM (Asia/Kolkata)." },
    { "06 18:00", "We are closed now. We open again tomorrow at 10:00 AM (Asia/Kolkata)." },
    { "07 13:59", "We are open now, until 2:00 PM (Asia/Kolkata)." },
    { "07 15:00", "We are closed now. We open again on Monday at 9:00 AM (Asia/Kolkata)." },
  }
  for _, case in ipairs(MOMENTS) do
    it(("tells the hours at %s"):format(case[1]), function()
      local talk = arrives(case[1])
      talk:says "Are you open?"
      talk:sees { case[2] }
    end)
  end

  it("goes by the shop's clock, wherever the visitor is", function()
    local talk = arrives("02 10:00", { zone = "America/New_York" })
    talk:says "opening hours"
    talk:sees { "We are open now, until 1:00 PM (Asia/Kolkata)." }
  end)

  it("passes visitors on while it is open", function()
    local talk = arrives "02 10:00"
    talk:visits()
    talk:clicks "Talk to Us"
    assert.forwarded(talk)
  end)

  it("passes nobody on while it is closed", function()
    local talk = arrives "01 10:00"
    talk:says "my order is wrong, I need a human"
    talk:sees {
      "We are closed now. We open again tomorrow at 9:00 AM (Asia/Kolkata).",
      "You can also write to help@example.com; we answer as soon as we are back.",
    }
  end)

  it("does not forward again when nobody took the chat", function()
    local talk = arrives "02 10:00"
    talk:says "agent"
    talk:fails "operators_not_available"
    talk:sees {
      "Sorry, nobody is free to chat right now.",
      "We are open now, until 1:00 PM (Asia/Kolkata).",
      "You can also write to help@example.com; we answer as soon as we are back.",
    }
  end)
end)

describe("without business hours", function()
  it("lets everybody through", function()
    local talk = visitor.after { "agent" }
    assert.forwarded(talk)
  end)

  it("is always open", function()
    local talk = visitor.after { "are you open?" }
    talk:sees { "We are here around the clock." }
  end)
end)
