-- spec/book_callback_spec.lua - the task that books: one call, whatever happens on the way.
describe("book_callback", function()
  local function book(given)
    local all = { phone = false, "call me tomorrow at 3pm, 98765 43210", "yes" }
    for name, value in pairs(given or {}) do all[name] = value end
    return visitor.after(all)
  end

  it("uses the contact with the very same e-mail", function()
    zoho.contact { lastName = "Other", email = "xasha@example.com" }
    local known = zoho.contact { lastName = "Rao", email = "Asha@Example.com" }
    book()
    assert.equal(known.id, zoho.records().calls[1].contactId)
    assert.equal(2, #zoho.records().contacts)
  end)

  it("uses the contact with the same number", function()
    local known = zoho.contact { lastName = "Rao", phone = "+919876543210" }
    book { email = false }
    assert.equal(known.id, zoho.records().calls[1].contactId)
  end)

  it("creates a contact with first and last name", function()
    book { name = "Asha Devi Rao" }
    local contact = zoho.records().contacts[1]
    assert.equal("Asha Devi", contact.firstName)
    assert.equal("Rao", contact.lastName)
    assert.equal("asha@example.com", contact.email)
    assert.equal("+919876543210", contact.phone)
  end)

  it("creates a contact without any name", function()
    book { name = "Visitor 48213", email = false }
    assert.equal("+919876543210", zoho.records().contacts[1].lastName)
  end)

  it("finds the contact that another program made meanwhile", function()
    zoho.switch { index_lag_s = 5 }
    book { id = "1" }
    clock.moves(1)
    local talk = book { id = "2" }
    talk:wait(600)
    assert.equal(1, #zoho.records().contacts)
    assert.equal(2, #zoho.records().calls)
  end)

  it("leaves a broken e-mail address out", function()
    book { email = "not an address" }
    assert.calls(1)
  end)

  it("leaves the description out where Desk does not take it", function()
    zoho.fails("desk.create_call", { kind = "refuse_field", field = "description", times = 5 })
    book()
    local calls = zoho.records().calls
    assert.equal(1, #calls)
    assert.are_not.equal("string", type(calls[1].description))
  end)

  it("books at a Desk that knows the oldest interface only", function()
    zoho.switch { enforce_oldest = true }
    local known = zoho.contact { lastName = "Rao", email = "asha@example.com" }
    book()
    local calls = zoho.records().calls
    assert.equal(1, #calls)
    assert.equal(known.id, calls[1].contactId)
  end)

  it("leaves out an address that Desk does not take", function()
    zoho.fails("desk.create_contact", { kind = "refuse_field", field = "email", times = 9 })
    book()
    assert.calls(1)
    assert.equal("+919876543210", zoho.records().contacts[1].phone)
  end)

  it("knows a number however it is written in Desk", function()
    local known = zoho.contact { lastName = "Rao", mobile = "(098765) 43210" }
    zoho.fails("desk.create_contact", { kind = "forbidden" })
    local talk = book { email = false }
    talk:wait(60)
    assert.equal(known.id, (zoho.records().calls[1] or {}).contactId)
  end)

  it("finds its call behind fifty newer ones, however Desk compares", function()
    zoho.switch { search_as = "whole" }
    zoho.fails("desk.create_call", { kind = "drop_after", times = 1 })
    zoho.fails("desk.list_calls", { kind = "status", status = 500 })
    local talk = book { id = "1" }
    clock.moves(1)
    for i = 1, 50 do book { id = tostring(i + 1) } end
    zoho.works()
    talk:wait(3600)
    assert.calls(51)
  end)

  it("says the reference in the subject and keeps commas out of it", function()
    book { name = "Rao, Asha" }
    local call = zoho.records().calls[1]
    assert.matches("^Callback %x+ Rao Asha %+919876543210$", call.subject)
    assert.equal(12, #call.subject:match "^Callback (%x+)")
    assert.is_true(#call.description <= 500)
  end)

  local UNCLEAR = {
    { "written, and the answer lost", { kind = "drop_after", times = 1 } },
    { "not written, and the connection lost", { kind = "drop_before", times = 1 } },
    { "written, and an error answered",
      { kind = "status", status = 500, written = true, times = 1 } },
    { "never answered", { kind = "timeout", times = 1 } },
    { "written, and nonsense answered", { kind = "garbage", written = true, times = 1 } },
  }
  for _, case in ipairs(UNCLEAR) do
    it("books once when the call was " .. case[1], function()
      zoho.fails("desk.create_call", case[2])
      local talk = book()
      talk:wait(3600)
      assert.calls(1)
    end)

    it("makes one contact when it was " .. case[1], function()
      zoho.fails("desk.create_contact", case[2])
      local talk = book()
      talk:wait(3600)
      assert.equal(1, #zoho.records().contacts)
      assert.calls(1)
    end)
  end

  -- Desk's search shows late what was written, or what came late itself.
  describe("where the answer to the contact is lost", function()
    local function lost(kind, lag)
      zoho.switch { index_lag_s = lag }
      zoho.fails("desk.create_contact", { kind = kind, times = 1 })
      return book { email = false, id = "1" }
    end

    local function has(contacts, calls)
      assert.equal(contacts, #zoho.records().contacts)
      assert.calls(calls)
    end

    it("makes one while the search lags", function()
      lost("drop_after", 5):wait(59)
      has(1, 0)
      clock.moves(6)
      has(1, 1)
    end)

    it("makes one where the search lags by just less than a minute", function()
      lost("drop_after", 59):wait(3600)
      has(1, 1)
    end)

    it("makes it where there is none after that minute", function()
      lost("drop_before", 59):wait(59)
      has(0, 0)
      clock.moves(6)
      has(1, 1)
    end)

    it("makes one where something wakes the task before", function()
      lost("drop_after", 30)
      clock.moves(10)
      book { id = "2", email = "ravi@example.com", "call me tomorrow at 4pm, 98765 43211", "yes" }
      clock.moves(10)
      has(2, 1)
      clock.moves(60)
      has(2, 2)
    end)

    it("waits no longer where the clock is set back", function()
      lost("drop_before", 0)
      clock.at("2026-03-02 09:00", "Asia/Kolkata")
      clock.moves(120)
      has(1, 1)
    end)
  end)

  it("books once when even looking fails for a while", function()
    zoho.fails("desk.create_call", { kind = "drop_after", times = 1 })
    zoho.fails("desk.list_calls", { kind = "status", status = 500, times = 3 })
    local talk = book()
    talk:wait(3600)
    assert.calls(1)
  end)
end)
