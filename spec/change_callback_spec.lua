-- spec/change_callback_spec.lua - the task that moves or cancels, whatever happens on the way.
describe("change_callback", function()
  local function booked()
    return visitor.after { phone = false, "call me tomorrow at 3pm, 98765 43210", "yes" }
  end

  for _, kind in ipairs { "drop_after", "drop_before", "timeout", "garbage" } do
    it("moves the call in spite of " .. kind, function()
      local talk = booked()
      zoho.fails("desk.update_call", { kind = kind, times = 2 })
      talk:says "make it 5 pm"
      talk:says "yes"
      talk:wait(3600)
      local calls = zoho.records().calls
      assert.equal(1, #calls)
      assert.equal("2026-03-03T11:30:00.000Z", calls[1].startTime)
    end)
  end

  it("cancels in spite of an outage", function()
    local talk = booked()
    zoho.fails("desk.*", { kind = "status", status = 500 })
    talk:says "cancel the call"
    talk:says "yes"
    talk:sees { "Noted, the call is being cancelled." }
    zoho.works()
    talk:wait(3600)
    assert.equal("Canceled", zoho.records().calls[1].status)
  end)

  -- Whatever is tried when: what the visitor said last is so at the end.
  for _, last in ipairs {
    { "moves and cancels", "cancel the call", status = "Canceled" },
    { "moves twice", "make it 6 pm", status = "Scheduled", at = "2026-03-03T12:30:00.000Z" },
  } do
    it(last[1] .. " during an outage in the visitor's order", function()
      local talk = booked()
      zoho.fails("desk.*", { kind = "status", status = 500 })
      talk:says "make it 5 pm"
      talk:says "yes"
      talk:wait(600) -- it is not due for a while
      zoho.works()
      talk:says(last[2])
      talk:says "yes"
      talk:wait(3600)
      local call = zoho.records().calls[1]
      assert.equal(last.status, call.status)
      if last.at then assert.equal(last.at, call.startTime) end
    end)
  end

  it("says that a colleague has to cancel where Desk refuses", function()
    local talk = booked()
    zoho.fails("desk.update_call", { kind = "refuse_field", field = "status" })
    talk:says "cancel the call"
    talk:says "yes"
    talk:sees { "Noted. A colleague still has to cancel the call." }
  end)
end)
