-- spec/plain/desk_spec.lua - whose contact and which call is the right one at Desk, where it is
-- neither the first nor the last that a search gives; and what is written when nobody knows.
local plain = require "spec.plain.support"

describe("desk", function()
  local NUMBER, EMAIL = "+919876543210", "asha@example.com"
  local INVALID = { kind = "invalid", status = 422, message = "not allowed here" }
  local DOWN = { kind = "offline", status = 500, message = "down" }

  -- A Desk that answers what the case says and notes what it was asked. finds[field]: the contacts,
  -- or an error; writes: what comes of each write that is sent, an error or true.
  local function desk_with(world)
    world.asked, world.written, world.results, world.now = {}, {}, {}, world.now or 1000
    local function page(list, query)
      if list.kind then return nil, list end
      return table.move(list, query.from + 1, math.min(query.from + query.limit, #list), 1, {})
    end
    -- As the engine does it: what was sent in an earlier try gives its record again, unless it was
    -- surely not done.
    local function write(name, fields)
      world.writes_in_try = world.writes_in_try + 1
      local known = world.results[world.writes_in_try]
      if known then return table.unpack(known) end
      local copy = { name = name }
      for key, value in pairs(fields) do copy[key] = value end
      world.written[#world.written + 1] = copy
      local came = (world.writes or {})[#world.written]
      if came and came.kind == "unclear" then
        local err = { kind = "unclear", at = world.now }
        world.results[world.writes_in_try] = { nil, err }
        return nil, err
      elseif came then
        return nil, came
      end
      return { id = "new", name = name }
    end
    local zoho = { desk = {
      search_contacts = function(query)
        for _, field in ipairs { "email", "phone", "mobile", "_all" } do
          if query[field] then
            world.asked[#world.asked + 1] = field .. " " .. (query.from or 0)
            world[field], world.order = query[field], query.sortBy
            return page(world.finds and world.finds[field] or {}, query)
          end
        end
      end,
      list_calls = function(query)
        world.asked[#world.asked + 1] = "list"
        world.list_query = query
        if world.calls and world.calls.kind then return nil, world.calls end
        return world.calls or {}
      end,
      search_calls = function(query)
        world.asked[#world.asked + 1] = "search"
        world.subject = query.subject
        local found = world.searched or {}
        if found.kind then return nil, found end
        return found
      end,
      create_contact = function(fields) return write("contact", fields) end,
      create_call = function(fields) return write("call", fields) end,
      update_call = function(fields) return write("update", fields) end,
    } }
    local clock = setmetatable({ now = function() return world.now end }, { __index = clock })
    return plain.flows { zoho = zoho, clock = clock, config = { DESK_DEPARTMENT_ID = "7" } } "desk"
  end

  local function try(world, tries)
    world.writes_in_try = 0
    return { tries = tries or 0, reference = "0123456789abcdef" }
  end

  -- The name of the contact that is taken; who: { email, phone, ext }.
  local function taken(finds, who, world)
    world = world or {}
    world.finds = finds
    local desk = desk_with(world)
    local contact, err = desk.contact(try(world), who)
    return contact and contact.id, err
  end

  local function contact(id, fields)
    fields.id = id
    return fields
  end

  -- Each case with the right one in the middle, and the others in each order around it.
  local function in_any_place(right, others, check)
    for i = 1, #others do
      local list = {}
      for k = 1, #others do list[k] = others[(i + k - 2) % #others + 1] end
      table.insert(list, #others // 2 + 1, right)
      check(list)
    end
  end

  local PEOPLE = {
    contact("other 1", { email = "xasha@example.com", phone = "+91 98765 00000" }),
    contact("other 2", { email = "asha@example.com.au" }),
    contact("other 3", { email = "ravi@example.com", secondaryEmail = "asha@example.org" }),
    contact("other 4", { phone = "+91 98765 43211", mobile = "+1 98765 43210" }),
    contact("other 5", {}),
  }

  for name, right in pairs {
    ["by the very same address"] = { email = "Asha@Example.COM" },
    ["by the second address"] = { email = "office@example.com", secondaryEmail = EMAIL },
  } do
    it("knows a contact " .. name, function()
      in_any_place(contact("right", right), PEOPLE, function(list)
        assert.equal("right", (taken({ email = list }, { email = EMAIL, phone = NUMBER })))
        assert.equal("right", (taken({ email = list }, { email = "ASHA@example.com",
          phone = "+14155552671" })))
      end)
    end)
  end

  for name, right in pairs {
    ["by the number"] = { phone = "098765 43210" },
    ["by the mobile number"] = { phone = "022 2345 6789", mobile = "+91-98765-43210" },
  } do
    it("knows a contact " .. name, function()
      in_any_place(contact("right", right), PEOPLE, function(list)
        assert.equal("right", (taken({ phone = list }, { phone = NUMBER })))
        assert.equal("right", (taken({ mobile = list }, { phone = NUMBER })))
        assert.equal("right", (taken({ phone = list }, { email = EMAIL, phone = NUMBER })))
      end)
    end)
  end

  it("knows nobody among other people, and makes a contact", function()
    for _, field in ipairs { "email", "phone", "mobile" } do
      local world = {}
      assert.equal("new", (taken({ [field] = PEOPLE }, { email = EMAIL, phone = NUMBER,
        name = "Asha Devi Rao" }, world)))
      assert.same({ { name = "contact", firstName = "Asha Devi", lastName = "Rao", email = EMAIL,
        phone = NUMBER } }, world.written)
    end
  end)

  it("calls who has told no name by the address, else by the number", function()
    local world = {}
    taken({}, { email = EMAIL, phone = NUMBER }, world)
    assert.equal(EMAIL, world.written[1].lastName)
    world = {}
    taken({}, { phone = NUMBER }, world)
    assert.equal(NUMBER, world.written[1].lastName)
  end)

  -- In each row: what is known of the visitor, the better contact, the worse one; in both orders.
  local RATHER = {
    { "of one address the one with the number", { email = EMAIL, phone = NUMBER }, "email",
      { email = EMAIL, mobile = "98765 43210" }, { email = EMAIL, phone = "98765 43211" } },
    { "of one number the one with the address", { email = EMAIL, phone = NUMBER }, "phone",
      { secondaryEmail = EMAIL, phone = "98765 43210" }, { email = "x@y.de", phone = NUMBER } },
    { "of one number the one with the country's code", { phone = NUMBER }, "phone",
      { mobile = "+91 98765 43210" }, { phone = "98765 43210" } },
    { "of one number the one with the extension", { phone = NUMBER, ext = "12" }, "phone",
      { phone = "98765 43210 ext. 12" }, { phone = "+91 98765 43210" } },
    { "of one number the one without an extension", { phone = NUMBER }, "phone",
      { phone = "98765 43210" }, { phone = "+91 98765 43210 x12" } },
    { "the better of a contact's two numbers", { phone = NUMBER }, "phone",
      { phone = "98765 43210", mobile = "+91 98765 43210" }, { phone = "98765 43210" } },
  }
  for _, case in ipairs(RATHER) do
    it("takes " .. case[1], function()
      local better, worse = contact("better", case[4]), contact("worse", case[5])
      for _, list in ipairs { { worse, better, worse }, { better, worse }, { worse, better } } do
        assert.equal("better", (taken({ [case[3]] = list }, case[2])))
      end
    end)
  end

  it("takes the oldest of equals", function()
    local list = { PEOPLE[1] }
    for i = 1, 3 do list[#list + 1] = contact("same " .. i, { email = EMAIL }) end
    assert.equal("same 1", (taken({ email = list }, { email = EMAIL, phone = NUMBER })))
    local world = {}
    taken({}, { phone = NUMBER }, world)
    assert.equal("createdTime", world.order)
    list = { PEOPLE[4] }
    for i = 1, 3 do list[#list + 1] = contact("same " .. i, { phone = "98765 43210" }) end
    assert.equal("same 1", (taken({ phone = list }, { phone = NUMBER })))
  end)

  it("takes nobody with another extension or of another country", function()
    assert.equal("new", (taken({ phone = {
      contact("13", { phone = "+91 98765 43210 ext. 13" }),
      contact("US", { phone = "98765 43210", country = "United States" }),
    } }, { phone = NUMBER, ext = "12" })))
  end)

  it("looks at a number only where no address was found, and at mobiles only then", function()
    local world = {}
    taken({ email = { contact("a", { email = EMAIL }) } }, { email = EMAIL, phone = NUMBER }, world)
    assert.same({ "email 0" }, world.asked)
    world = {}
    taken({}, { email = EMAIL, phone = NUMBER }, world)
    assert.same({ "email 0", "phone 0", "mobile 0" }, world.asked)
    assert.equal(EMAIL, world.email)
    assert.truthy(("," .. world.phone .. ","):find(",*43210*,", 1, true))
  end)

  describe("in long lists", function()
    local function crowd(count, at, right)
      local list = {}
      for i = 1, count do list[i] = PEOPLE[i % #PEOPLE + 1] end
      if at then list[at] = right end
      return list
    end
    local RIGHT = contact("right", { phone = "+91 98765 43210" })
    local BETTER = contact("better", { email = EMAIL, phone = "+91 98765 43210" })

    for _, at in ipairs { 99, 100, 101, 250, 1000 } do
      it("finds number " .. at, function()
        assert.equal("right", (taken({ phone = crowd(1000, at, RIGHT) }, { phone = NUMBER })))
      end)
    end

    it("goes on for a better one, and ends at the best", function()
      local world, list = {}, crowd(450, 50, RIGHT)
      list[150] = BETTER
      assert.equal("better", (taken({ phone = list }, { email = EMAIL, phone = NUMBER }, world)))
      assert.same({ "email 0", "phone 0", "phone 100" }, world.asked)
    end)

    it("ends with the list, and where Desk lets no search reach", function()
      local world = {}
      taken({ phone = crowd(150) }, { phone = NUMBER }, world)
      assert.same({ "phone 0", "phone 100", "mobile 0" }, world.asked)
      world = {}
      taken({ phone = crowd(2000, 1001, RIGHT) }, { phone = NUMBER }, world)
      assert.equal("phone 900", world.asked[10])
      assert.equal("mobile 0", world.asked[11])
    end)
  end)

  describe("of the oldest interface", function()
    it("searches all fields, and with figures alone where lists are none", function()
      local right = contact("right", { email = EMAIL })
      assert.equal("right", (taken({ email = INVALID, _all = { PEOPLE[1], right, PEOPLE[2] } },
        { email = EMAIL, phone = NUMBER })))
      local world = {}
      assert.is_nil((taken({ phone = INVALID, _all = INVALID }, { phone = NUMBER }, world)))
      assert.same({ "phone 0", "_all 0", "_all 0" }, world.asked)
      assert.equal("9876543210", world._all)
    end)

    it("has no plain figures of an address", function()
      local world = {}
      local found, err = taken({ email = INVALID, _all = INVALID },
        { email = EMAIL, phone = NUMBER }, world)
      assert.is_nil(found)
      assert.equal("invalid", err.kind)
      assert.same({ "email 0", "_all 0" }, world.asked)
      assert.same({}, world.written)
    end)
  end)

  for _, field in ipairs { "email", "phone", "mobile" } do
    it("makes no contact while it cannot look for one: " .. field, function()
      local world = {}
      local found, err = taken({ [field] = DOWN }, { email = EMAIL, phone = NUMBER }, world)
      assert.is_nil(found)
      assert.equal(DOWN, err)
      assert.same({}, world.written)
    end)
  end

  describe("that refuses a contact", function()
    local function refused(err, who, finds)
      local world = { writes = { err }, finds = finds }
      local found, why = desk_with(world).contact(try(world), who
        or { email = EMAIL, phone = NUMBER, name = "Asha Rao" })
      return world, found, why
    end

    it("makes one without the address where that is at fault", function()
      local world, found = refused(INVALID)
      assert.equal("new", found.id)
      assert.is_nil(world.written[2].email)
      assert.equal(NUMBER, world.written[2].phone)
      assert.equal("Rao", world.written[2].lastName)
      world = refused(INVALID, { email = EMAIL, phone = NUMBER })
      assert.equal(EMAIL, world.written[2].lastName)
    end)

    for name, case in pairs {
      ["of somebody who is there already"] = { { kind = "invalid", status = 422,
        message = "email is duplicate" } },
      ["without an address"] = { INVALID, { phone = NUMBER } },
      ["for another reason"] = { { kind = "rejected", status = 403, message = "forbidden" } },
      ["while it is busy"] = { { kind = "rate_limited", status = 429 } },
    } do
      it("makes no second one " .. name, function()
        local world, found, why = refused(case[1], case[2])
        assert.is_nil(found)
        assert.equal(case[1], why)
        assert.equal(1, #world.written)
      end)
    end

    it("finds who was made meanwhile", function()
      local world = { writes = { { kind = "invalid", status = 422, message = "duplicate" } } }
      local desk = desk_with(world)
      world.finds = setmetatable({}, { __index = function(_, field)
        return field == "email" and #world.written > 0 and { PEOPLE[1],
          contact("right", { email = EMAIL }), PEOPLE[2] } or nil
      end })
      assert.equal("right", desk.contact(try(world), { email = EMAIL, phone = NUMBER }).id)
    end)

    it("tells what keeps it from looking again", function()
      local world = { writes = { INVALID } }
      local desk = desk_with(world)
      local function find() return #world.written > 0 and DOWN end
      world.finds = setmetatable({}, { __index = find })
      local found, why = desk.contact(try(world), { email = EMAIL, phone = NUMBER })
      assert.is_nil(found)
      assert.equal(DOWN, why)
      assert.equal(1, #world.written)
    end)
  end)

  -- Calls -----------------------------------------------------------------------------------------

  local MARK = "0123456789ab"
  local function call(id, subject) return { id = id, subject = subject } end
  local RIGHT = call("right", "Callback " .. MARK .. " Asha Rao +919876543210")
  local CALLS = { call("1", "Callback 0123456789ac Asha Rao +919876543210"),
    call("2", "Callback 123456789ab0 Asha Rao"), call("3"), call("4", "My own call") }

  describe("looks for a call", function()
    it("by its mark, wherever in the list it stands", function()
      in_any_place(RIGHT, CALLS, function(list)
        assert.equal("right", desk_with({ calls = list }).find_call("0123456789abcdef").id)
      end)
    end)

    it("in the newest fifty of the department", function()
      local world = { calls = CALLS }
      assert.is_nil(desk_with(world).find_call "0123456789abcdef")
      assert.same({ departmentId = "7", sortBy = "-createdTime", limit = 50 }, world.list_query)
      assert.same({ "list" }, world.asked)
    end)

    it("further back where fifty are newer, and only there", function()
      local full = {}
      for i = 1, 49 do full[i] = CALLS[i % 4 + 1] end
      local world = { calls = full, searched = { CALLS[1], RIGHT, CALLS[2] } }
      assert.is_nil(desk_with(world).find_call "0123456789abcdef")
      full[50] = CALLS[1]
      assert.equal("right", desk_with(world).find_call("0123456789abcdef").id)
      assert.equal(MARK .. ",*" .. MARK .. "*", world.subject)
      full[50] = RIGHT
      world.searched = { kind = "offline" }
      assert.equal("right", desk_with(world).find_call("0123456789abcdef").id)
    end)

    it("and says what keeps it from looking", function()
      local call_found, err = desk_with({ calls = DOWN }).find_call "0123456789abcdef"
      assert.is_nil(call_found)
      assert.equal(DOWN, err)
      local full = {}
      for i = 1, 50 do full[i] = CALLS[i % 4 + 1] end
      call_found, err = desk_with({ calls = full, searched = DOWN }).find_call "0123456789abcdef"
      assert.is_nil(call_found)
      assert.equal(DOWN, err)
    end)
  end)

  describe("that is told of a call", function()
    local function created(world, tries)
      local desk = desk_with(world)
      return desk.create_call(try(world, tries), { subject = "x", description = "y" })
    end

    it("is looked at first in each later try", function()
      local world = { calls = { CALLS[1], RIGHT, CALLS[2] } }
      assert.equal("new", created(world).id)
      assert.equal("right", created(world, 1).id)
      assert.same({}, world.written)
      world = { calls = DOWN }
      local made, err = created(world, 1)
      assert.is_nil(made)
      assert.equal(DOWN, err)
      assert.same({}, world.written)
    end)

    for name, case in pairs {
      ["by its name"] = { { kind = "invalid", status = 422, field = "description" }, 2 },
      ["in its words"] = { { kind = "invalid", status = 400, message = "Extra Description" }, 2 },
      ["by a 5xx, which may be another one"] = { { kind = "invalid", status = 500,
        field = "description" }, 1 },
      ["and may have written it"] = { { kind = "unclear", status = 422,
        field = "description" }, 1 },
      ["not, but for something else"] = { { kind = "invalid", status = 422,
        field = "subject" }, 1 },
    } do
      it("gets no description where it refuses it " .. name, function()
        local world = { writes = { case[1] } }
        local made = created(world)
        assert.equal(case[2], #world.written)
        assert.equal("y", world.written[1].description)
        if case[2] == 2 then
          assert.equal("new", made.id)
          assert.is_nil(world.written[2].description)
        else
          assert.is_nil(made)
        end
      end)
    end
  end)

  -- What nobody knows -----------------------------------------------------------------------------

  local UNCLEAR = { kind = "unclear" }
  local CREATES = {
    contact = { function(desk, task) return desk.contact(task, { phone = NUMBER }) end,
      function(world)
        world.finds = { phone = { PEOPLE[4], contact("there", { phone = NUMBER }) } }
      end },
    call = { function(desk, task) return desk.create_call(task, { subject = "x" }) end,
      function(world) world.calls = { CALLS[1], call("there", RIGHT.subject), CALLS[2] } end },
  }
  for name, create in pairs(CREATES) do
    describe(("that may have written a %s"):format(name), function()
      local run, show = table.unpack(create)

      it("is looked at, and what is there is taken", function()
        local world = { writes = { UNCLEAR } }
        local desk = desk_with(world)
        assert.is_nil((run(desk, try(world))))
        show(world)
        for _, now in ipairs { 1001, 1030, 1060, 9999 } do
          world.now = now
          assert.equal("there", run(desk, try(world, 1)).id)
        end
        assert.equal(1, #world.written)
      end)

      it("is told again after a minute in which it showed nothing, and not before", function()
        local world = { writes = { UNCLEAR, UNCLEAR } }
        local desk = desk_with(world)
        local made, err = run(desk, try(world))
        assert.is_nil(made)
        assert.equal("timeout", err.kind)
        assert.equal(60, err.retry_after)
        for tries, now in ipairs { 1001, 1050, 1059.5 } do
          world.now = now
          made, err = run(desk, try(world, tries))
          assert.is_nil(made)
          assert.equal(1060 - now, err.retry_after)
        end
        assert.equal(1, #world.written)
        world.now = 1060
        made, err = run(desk, try(world, 4))
        assert.is_nil(made)
        assert.equal(60, err.retry_after)
        assert.equal(2, #world.written)
        world.now = 1119
        run(desk, try(world, 5))
        assert.equal(2, #world.written)
        world.now = 1120
        assert.equal("new", run(desk, try(world, 6)).id)
        assert.equal(3, #world.written)
      end)

      it("is not told again where the look behind it fails", function()
        local world = { writes = { UNCLEAR } }
        local desk = desk_with(world)
        run(desk, try(world))
        -- the looks before it find nothing, as of somebody new
        world.asked, world.now = {}, 2000
        local before = name == "contact" and 2 or 1
        local function find() return #world.asked > before and DOWN end
        world.finds = setmetatable({}, { __index = find })
        world.calls = setmetatable({}, { __index = function(_, key)
          return key == "kind" and #world.asked > before and "offline" or nil
        end })
        local made = run(desk, try(world, 1))
        assert.is_nil(made)
        assert.equal(1, #world.written)
      end)

      it("is told once a try where no time is known", function()
        local world = { writes = { UNCLEAR, UNCLEAR, UNCLEAR } }
        local desk = desk_with(world)
        for tries = 0, 2 do
          assert.is_nil((run(desk, try(world, tries))))
          for _, known in pairs(world.results) do known[2].at = nil end
          assert.equal(tries + 1, #world.written)
        end
      end)

      it("is not told again while nobody can look", function()
        local world = { writes = { UNCLEAR } }
        local desk = desk_with(world)
        run(desk, try(world))
        world.finds, world.calls, world.now = { phone = DOWN }, DOWN, 2000
        local made, err = run(desk, try(world, 1))
        assert.is_nil(made)
        assert.equal(DOWN, err)
        assert.equal(1, #world.written)
      end)
    end)
  end

  it("is told a change again at the next try, whatever came of the first", function()
    local world = { writes = { UNCLEAR } }
    local desk = desk_with(world)
    local changed, err = desk.update_call(try(world), { id = "1" })
    assert.is_nil(changed)
    assert.equal("timeout", err.kind)
    assert.equal(1, #world.written)
    assert.equal("new", desk.update_call(try(world, 1), { id = "1" }).id)
    assert.equal(2, #world.written)
    world = { writes = { INVALID } }
    changed, err = desk_with(world).update_call(try(world, 3), { id = "1" })
    assert.is_nil(changed)
    assert.equal(INVALID, err)
    assert.equal(1, #world.written)
  end)

  -- What stands in a call -------------------------------------------------------------------------

  it("is told who, where and when in a call's texts", function()
    local desk = desk_with {}
    local who = { phone = NUMBER, ext = "12", when = "on Tuesday", name = "Asha,  Rao",
      email = EMAIL, files = "a.jpg" }
    assert.equal("Callback 0123456789ab Asha Rao +919876543210 ext. 12",
      desk.subject("0123456789abcdef", who))
    assert.equal("Please call +919876543210 ext. 12 on Tuesday. Name: Asha,  Rao. E-mail: " .. EMAIL
      .. ". Booked by chat, reference 0123456789abcdef. Sent in the chat: a.jpg.",
      desk.description("0123456789abcdef", who))
    who = { phone = NUMBER, when = "now" }
    assert.equal("Callback 0123456789ab " .. NUMBER, desk.subject("0123456789abcdef", who))
    assert.equal("Please call +919876543210 now. Name: not known. E-mail: not known. Booked by "
      .. "chat, reference 0123456789abcdef.", desk.description("0123456789abcdef", who))
    who.email = EMAIL
    assert.equal("Callback 0123456789ab " .. EMAIL .. " " .. NUMBER,
      desk.subject("0123456789abcdef", who))
  end)

  it("gets no longer texts than it takes", function()
    local desk = desk_with {}
    local who = { phone = NUMBER, when = "now", name = ("é"):rep(400) }
    local subject, text = desk.subject(MARK, who), desk.description(MARK, who)
    assert.is_true(#subject >= 299 and #subject <= 300 and utf8.len(subject) ~= nil)
    assert.is_true(#text >= 499 and #text <= 500 and utf8.len(text) ~= nil)
  end)
end)
