-- spec/plain/booking_spec.lua - the call of a chat, and what the tasks for Desk are told of it.
local plain = require "spec.plain.support"

describe("booking", function()
  local NOW = plain.NOW

  -- Seconds to go until a call, and whether it is still to come.
  local function is_upcoming(seconds, soon)
    local chat = plain.chat { memory = { callback = plain.call { soon = soon } } }
    chat.message.at = plain.at "2026-03-03 15:00" - seconds
    return plain.flows() "booking".upcoming(chat) ~= nil
  end

  it("is to come until its minute", function()
    assert.is_true(is_upcoming(86400))
    assert.is_true(is_upcoming(1))
    assert.is_false(is_upcoming(0))
    assert.is_false(is_upcoming(-1))
  end)

  it("is to come for an hour where it is as soon as possible", function()
    assert.is_true(is_upcoming(0, true))
    assert.is_true(is_upcoming(-3599, true))
    assert.is_false(is_upcoming(-3600, true))
  end)

  it("is none where none was booked", function()
    assert.is_nil((plain.flows() "booking".upcoming(plain.chat {})))
  end)

  local function wish(more)
    local all = { phone = { value = "+919876543210", ext = "12" }, time = { value = {
      at = plain.at "2026-03-03 15:00", zone = "Asia/Kolkata", precision = "minute" } } }
    for name, value in pairs(more or {}) do all[name] = value end
    return all
  end

  it("tells the task who, where, when and what was sent", function()
    local chat = plain.chat { visitor = { name = " Asha Rao ", email = "asha@example.com" },
      memory = { wish = {} }, task = { done = true, value = { id = "77" } },
      transcript = { { who = "visitor", text = "[file: a.jpg]" } } }
    assert.equal("done", plain.flows() "booking".book(chat, wish()))
    local task = chat.tasks[1]
    assert.equal("book_callback", task.name)
    assert.same({ phone = "+919876543210", ext = "12", at = plain.at "2026-03-03 15:00",
      when = "on Tuesday 3 March at 3:00 PM IST", name = "Asha Rao", email = "asha@example.com",
      files = "a.jpg" }, task.args)
    assert.equal(3, task.waited)
    local call = chat.memory.callback
    assert.same({ task.id, "77", "+919876543210" }, { call.reference, call.id, call.phone.value })
    assert.is_nil(chat.memory.wish)
  end)

  it("tells no moment that has gone by", function()
    local chat = plain.chat {}
    chat.message.at = NOW + 30.5
    local booking = plain.flows() "booking"
    booking.book(chat, wish { time = { value = { at = NOW, zone = "Asia/Kolkata", soon = true } } })
    assert.equal(NOW + 30, chat.tasks[1].args.at)
    assert.equal("as soon as possible", chat.tasks[1].args.when)
    booking.book(chat, wish { time = { value = { at = NOW + 60.5, zone = "Asia/Kolkata" } } })
    assert.equal(NOW + 60, chat.tasks[2].args.at)
  end)

  local RESULTS = { done = { done = true }, waits = { waiting = "person" }, soon = {} }
  for became, result in pairs(RESULTS) do
    it(("is %s, as its task is"):format(became), function()
      local booking = plain.flows() "booking"
      local chat = plain.chat { task = result }
      assert.equal(became, booking.book(chat, wish()))
      assert.equal(became, booking.move(chat, plain.call {}, wish()))
      assert.equal(became, booking.cancel(chat, plain.call {}))
    end)
  end

  it("waits where its booking does, unless its record is known", function()
    local booking = plain.flows() "booking"
    local chat = plain.chat { task = {}, begun = { ["book_callback 1"] = { waiting = "person" } } }
    assert.equal("waits", booking.move(chat, plain.call { id = false }, wish()))
    assert.equal("waits", booking.cancel(chat, plain.call { id = false }))
    assert.equal("soon", booking.move(chat, plain.call {}, wish()))
    assert.is_true(booking.waits(chat, plain.call { id = false }))
    assert.is_false(booking.waits(chat, plain.call {}))
    assert.is_false(booking.waits(chat, plain.call { change = "change_callback 1" }))
    chat = plain.chat { task = { done = true },
      begun = { ["book_callback 1"] = { waiting = "person" } } }
    assert.equal("done", booking.move(chat, plain.call { id = false }, wish()))
  end)

  it("keeps its reference and its record when it is moved", function()
    local chat = plain.chat { memory = { wish = {} } }
    local booking = plain.flows() "booking"
    booking.move(chat, plain.call {}, wish())
    local args, call = chat.tasks[1].args, chat.memory.callback
    assert.equal("change_callback", chat.tasks[1].name)
    assert.same({ "book_callback 1", "77", nil }, { args.reference, args.id, args.cancel })
    assert.equal(plain.at "2026-03-03 15:00", args.at)
    assert.same({ "book_callback 1", "77", "change_callback 1", "12" },
      { call.reference, call.id, call.change, call.phone.ext })
    assert.is_nil(chat.memory.wish)
  end)

  it("is gone when it is cancelled", function()
    local chat = plain.chat { memory = { callback = plain.call {} } }
    plain.flows() "booking".cancel(chat, chat.memory.callback)
    assert.same({ cancel = true, reference = "book_callback 1", id = "77" }, chat.tasks[1].args)
    assert.is_nil(chat.memory.callback)
  end)

  -- The task that tells Desk
  -- -----------------------------------------------------------------------

  -- Runs change_callback with a Desk whose list of calls is given: its result, and what was
  -- changed.
  local function changed(args, calls)
    local fields
    local zoho = { desk = {
      list_calls = function()
        if calls.kind then return nil, calls end
        return calls
      end,
      update_call = function(given)
        fields = given
        return { id = given.id }
      end,
    } }
    local run = plain.flows { zoho = zoho } "change_callback"
    local result, err = run({ args = args, tries = 0, reference = "ffffffffffffffff" })
    return result, err, fields
  end

  local CALLS = { { id = "1", subject = "Callback 0000000000 Asha" },
    { id = "2", subject = "Callback 0123456789ab Asha" }, { id = "3", subject = "Something" } }

  it("books a call to the contact, as Desk wants it", function()
    local fields
    local zoho = { desk = {
      search_contacts = function() return { { id = "c7", phone = "+919876543210" } } end,
      create_call = function(given)
        fields = given
        return { id = "9" }
      end,
    } }
    local run = plain.flows { zoho = zoho, config = { DESK_DEPARTMENT_ID = "5" } } "book_callback"
    local at = plain.at "2026-03-03 15:00"
    local result = run({ tries = 0, reference = "0123456789abcdef",
      args = { phone = "+919876543210", at = at, when = "on Tuesday" } })
    assert.same({ id = "9", at = at }, result)
    fields.subject, fields.description = nil, nil
    assert.same({ departmentId = "5", contactId = "c7", startTime = "2026-03-03T09:30:00.000Z",
      direction = "outbound", duration = "0", status = "Scheduled" }, fields)
  end)

  it("cancels the record that is known, else the one with the booking's mark", function()
    local result, _, fields = changed({ reference = "0123456789abcdef", id = "9",
      cancel = true }, {})
    assert.equal("9", result.id)
    assert.same({ id = "9", status = "Canceled" }, fields)
    _, _, fields = changed({ reference = "0123456789abcdef", cancel = true }, CALLS)
    assert.same({ id = "2", status = "Canceled" }, fields)
  end)

  it("moves it and says so in its texts, under the booking's mark", function()
    local result, _, fields = changed({ reference = "0123456789abcdef", phone = "+919876543210",
      at = plain.at "2026-03-03 15:00", when = "on Tuesday", name = "Asha" }, CALLS)
    assert.same({ id = "2", at = plain.at "2026-03-03 15:00" }, result)
    assert.equal("2026-03-03T09:30:00.000Z", fields.startTime)
    assert.equal("Scheduled", fields.status)
    assert.equal("Callback 0123456789ab Asha +919876543210", fields.subject)
    assert.matches("on Tuesday", fields.description, 1, true)
    assert.matches("reference 0123456789abcdef", fields.description, 1, true)
  end)

  it("comes again where the call is not there yet, which is nobody's to act on", function()
    local result, err, fields = changed({ reference = "0123456789abcdff" }, { CALLS[1], CALLS[3] })
    assert.is_nil(result)
    assert.same({ message = "the call is not in Desk yet" }, err)
    assert.is_nil(fields)
    local down = { kind = "offline" }
    result, err, fields = changed({ reference = "0123456789abcdef" }, down)
    assert.is_nil(result)
    assert.equal(down, err)
    assert.is_nil(fields)
  end)
end)
