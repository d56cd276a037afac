package.path = "tests/simulator/?.lua;" .. package.path
local support = require "support"

local function problem(answer)
  assert.equal(422, answer.status)
  assert.equal("INVALID_DATA", answer.data.errorCode)
  local first = answer.data.errors[1]
  return first.fieldName .. " " .. first.errorType
end

describe("Desk", function()
  local zoho
  before_each(function() zoho = support.client() end)

  describe("access", function()
    for _, case in ipairs {
      { "no header", { authorization = "" }, 401, "UNAUTHORIZED" },
      { "an unknown scheme", { authorization = "Token 1000.simulated-access" }, 401,
        "UNAUTHORIZED" },
      { "an unknown token", { authorization = "Zoho-oauthtoken 1000.other" }, 401,
        "INVALID_OAUTH" },
      { "a token in quotes", { authorization = 'Zoho-oauthtoken "1000.simulated-access"' }, 401,
        "INVALID_OAUTH" },
      { "an organisation token", { authorization = "Zoho-oauthtoken 1005.simulated-access" }, 403,
        "SCOPE_MISMATCH" },
      { "another organisation", { orgid = "700000001" }, 403, "OAUTH_ORG_MISMATCH" },
      { "an orgId that is no number", { orgid = "acme" }, 500, "INTERNAL_SERVER_ERROR" },
    } do
      it("refuses " .. case[1], function()
        local answer = zoho:desk("GET", "/departments", nil, case[2])
        assert.equal(case[3], answer.status)
        assert.equal(case[4], answer.data.errorCode)
        assert.is_string(answer.data.message)
      end)
    end

    it("takes Bearer as well", function()
      local answer = zoho:desk("GET", "/departments", nil,
        { authorization = "Bearer 1000.simulated-access" })
      assert.equal(200, answer.status)
    end)

    it("wants orgId except where it is what one asks for", function()
      local function status(path)
        return zoho:call("GET", "/api/v1" .. path, nil,
          { authorization = "Zoho-oauthtoken " .. zoho.access }).status
      end
      assert.equal(403, status "/departments")
      assert.equal(200, status "/organizations")
      assert.equal(200, status "/accessibleOrganizations")
      zoho:switch { require_org_id = false }
      assert.equal(200, status "/departments")
    end)

    it("wants every scope of the list, in any capitals, or one if told so", function()
      local function status(scope)
        zoho:call("POST", "/_token", { scope = scope })
        return zoho:desk("GET", "/contacts/search?email=a").status
      end
      assert.equal(204, status "desk.CONTACTS.read,Desk.search.READ")
      assert.equal(204, status "Desk.contacts.ALL,Desk.search.READ")
      assert.equal(403, status "Desk.contacts.READ")
      assert.equal(403, status "Desk.contacts.CREATE,Desk.search.READ")
      zoho:switch { strict_scopes = false }
      assert.equal(204, status "Desk.contacts.READ")
      assert.equal(403, status "Desk.tickets.READ")
    end)

    it("takes no organisation token, whatever its scopes", function()
      zoho:call("POST", "/_token", { credential = "visitor",
        scope = "Desk.basic.READ,Desk.departments.READ,Desk.settings.READ" })
      local answer = zoho:desk("GET", "/departments", nil,
        { authorization = "Zoho-oauthtoken " .. zoho.visitor_access })
      assert.equal("SCOPE_MISMATCH", answer.data.errorCode)
    end)

    it("knows no other path and no other method", function()
      assert.equal("URL_NOT_FOUND", zoho:desk("GET", "/nothing").data.errorCode)
      assert.equal("METHOD_NOT_ALLOWED", zoho:desk("DELETE", "/calls").data.errorCode)
      assert.equal(405, zoho:desk("DELETE", "/calls").status)
    end)

    it("says what each answer cost and what is left", function()
      local function cost(answer)
        return answer.headers["X-Rate-Limit-Request-Weight-v3"],
          answer.headers["X-Rate-Limit-Remaining-v3"]
      end
      zoho:switch { credits = 10 }
      assert.same({ "3", "7" }, { cost(zoho:desk("GET", "/contacts/search?email=a")) })
      assert.same({ "1", "6" }, { cost(zoho:contact()) })
      assert.same({ "1", "5" }, { cost(zoho:desk("GET", "/nothing")) })
    end)

    it("answers THRESHOLD_EXCEEDED until midnight once the credits are gone", function()
      zoho:switch { credits = 4 }
      zoho:desk("GET", "/departments")
      local answer = zoho:desk("GET", "/departments")
      assert.equal(429, answer.status)
      assert.equal("THRESHOLD_EXCEEDED", answer.data.errorCode)
      assert.equal("54000", answer.headers["Retry-After"])
      zoho:later(54000)
      zoho.access = zoho:refresh().data.access_token
      assert.equal(200, zoho:desk("GET", "/departments").status)
    end)

    it("answers TOO_MANY_REQUESTS beyond the concurrent calls, without Retry-After", function()
      zoho:switch { concurrency = 2 }
      zoho:call("POST", "/_delay", { operation = "desk.*", ms = 300 })
      assert.equal(200, zoho:desk("GET", "/departments").status)
      assert.equal(200, zoho:desk("GET", "/departments").status)
      local answer = zoho:desk("GET", "/departments")
      assert.equal(429, answer.status)
      assert.equal("TOO_MANY_REQUESTS", answer.data.errorCode)
      assert.is_nil(answer.headers["Retry-After"])
      zoho:later(0.3)
      assert.equal(200, zoho:desk("GET", "/departments").status)
    end)
  end)

  describe("a call", function()
    it("is stored and given back bare, with 200", function()
      local answer = zoho:book { description = "Asked in chat." }
      assert.equal(200, answer.status)
      assert.equal("Scheduled", answer.data.status)
      assert.equal("Open", answer.data.statusType)
      assert.equal("Asked in chat.", answer.data.description)
      assert.equal("2026-03-24T09:00:00.000Z", answer.data.createdTime)
      assert.truthy(answer.data.id:find "^%d+$")
      assert.truthy(answer.body:find('"reminder":[]', 1, true))
      assert.same(answer.data, zoho:desk("GET", "/calls/" .. answer.data.id).data)
      assert.same({ answer.data }, zoho:records().calls)
    end)

    for _, name in ipairs { "departmentId", "contactId", "subject", "startTime", "status" } do
      it("needs " .. name, function()
        assert.equal("/" .. name .. " missing", problem(zoho:book { [name] = false }))
        assert.same({}, zoho:records().calls)
      end)
    end

    local long = ("x"):rep(301)
    for _, case in ipairs {
      { "subject", long }, { "subject", 5 }, { "startTime", "2026-03-25T09:00:00+05:30" },
      { "startTime", "2026-03-25T09:00:00" }, { "startTime", "2026-03-25 09:00:00Z" },
      { "startTime", "2026-02-30T09:00:00.000Z" }, { "startTime", "2026-03-25T24:00:00.000Z" },
      { "startTime", "2026-03-25T09:00:00.0000Z" }, { "status", "scheduled" },
      { "status", "Cancelled" }, { "direction", "out" }, { "duration", "5 min" },
      { "duration", 1.5 }, { "contactId", "12x" }, { "contactId", "999" },
      { "departmentId", "999" }, { "ticketId", "999" }, { "priority", "<High>" },
      { "recordingUrl", "not a url" }, { "description", ("x"):rep(65536) }, { "cf", "text" },
      { "ownerId", "max" }, { "phone", "+911234567890" }, { "isSpam", true },
    } do
      it(("refuses %s = %s"):format(case[1], tostring(case[2]):sub(1, 30)), function()
        assert.equal("/" .. case[1] .. " invalid", problem(zoho:book { [case[1]] = case[2] }))
      end)
    end

    for _, case in ipairs {
      { "subject", ("ü"):rep(300) }, { "startTime", "2026-03-25T09:00:00Z" },
      { "startTime", "2026-3-5T9:05:00.5Z" }, { "startTime", "2028-02-29T09:00:00.000Z" },
      { "duration", 0 }, { "priority", "High" }, { "ownerId", "" },
      { "recordingUrl", "https://example.com/r.mp3?x=1" }, { "cf", { cf_time = "tomorrow" } },
      { "teamId", "310000000000001" },
      { "reminder", { { alertType = { "EMAIL", "POPUP" }, reminderType = "RELATIVE",
        relativeReminderInMin = "15" } } },
    } do
      it(("takes %s = %s"):format(case[1], tostring(case[2]):sub(1, 30)), function()
        assert.equal(200, zoho:book({ [case[1]] = case[2] }).status)
      end)
    end

    it("refuses null, whatever the field", function()
      zoho:book()
      local id = zoho.contact_id
      local body = ('{"departmentId":"310000000006907","contactId":"%s","subject":"x",'
        .. '"startTime":"2026-03-25T09:00:00.000Z","status":"Scheduled","priority":null}')
        :format(id)
      assert.equal("/priority invalid", problem(zoho:desk("POST", "/calls", body)))
    end)

    it("names what is wrong deep inside", function()
      assert.equal("/cf/cf_phone invalid",
        problem(zoho:book { cf = { cf_phone = ("1"):rep(101) } }))
      assert.equal("/reminder/0/reminderTime missing", problem(zoho:book {
        reminder = { { alertType = { "EMAIL" }, reminderType = "ABSOLUTE" } } }))
      assert.equal("/reminder/0/reminderType missing", problem(zoho:book {
        reminder = { { alertType = { "EMAIL" } } } }))
      assert.equal("/reminder/0/reminderType invalid", problem(zoho:book {
        reminder = { { alertType = { "EMAIL" }, reminderType = "SOON" } } }))
      assert.equal("/reminder/0/alertType/0 invalid", problem(zoho:book {
        reminder = { { alertType = { "FAX" }, reminderType = "ABSOLUTE",
          reminderTime = "2026-03-25T09:00:00.000Z" } } }))
    end)

    it("lists everything that is wrong at once, sorted", function()
      local errors = zoho:book({ subject = false, status = "x", extra = 1 }).data.errors
      local names = {}
      for i, one in ipairs(errors) do names[i] = one.fieldName end
      assert.same({ "/extra", "/status", "/subject" }, names)
    end)

    it("needs direction and duration, and no description, in the oldest contract", function()
      zoho:switch { enforce_oldest = true }
      assert.equal("/direction missing", problem(zoho:book { direction = false }))
      assert.equal("/description invalid", problem(zoho:book { description = "x" }))
      assert.equal(200, zoho:book().status)
    end)

    it("is refused with 400 where the description is longer than the portal takes", function()
      zoho:switch { description_max = 500 }
      assert.equal(200, zoho:book({ description = ("é"):rep(500) }).status)
      local answer = zoho:book { description = ("x"):rep(501) }
      assert.equal(400, answer.status)
      assert.equal("/description", answer.data.errors[1].fieldName)
    end)

    for _, case in ipairs {
      { "an empty body", "", nil, 422, "EMPTY_PAYLOAD" },
      { "broken JSON", '{"subject":', nil, 422, "UNPROCESSABLE_ENTITY" },
      { "a list", "[]", nil, 422, "UNPROCESSABLE_ENTITY" },
      { "another content type", "{}", "text/plain", 415, "UNSUPPORTED_MEDIA_TYPE" },
      { "a body beyond all limits", "{" .. (" "):rep(10485760) .. "}", nil, 413,
        "RESOURCE_SIZE_EXCEEDED" },
    } do
      it("is refused with " .. case[1], function()
        local answer = zoho:desk("POST", "/calls", case[2], { ["content-type"] = case[3] })
        assert.equal(case[4], answer.status)
        assert.equal(case[5], answer.data.errorCode)
      end)
    end

    it("is changed by PATCH in the named fields only", function()
      local id = zoho:book().data.id
      zoho:later(60)
      local answer = zoho:desk("PATCH", "/calls/" .. id, { status = "Completed" })
      assert.equal("Completed", answer.data.status)
      assert.equal("Closed", answer.data.statusType)
      assert.equal("Callback: Asha Rao", answer.data.subject)
      assert.equal("2026-03-24T09:01:00.000Z", answer.data.modifiedTime)
      assert.equal("/status invalid", problem(zoho:desk("PATCH", "/calls/" .. id,
        { status = "x" })))
      zoho:switch { patch_requires_all = true }
      assert.equal(422, zoho:desk("PATCH", "/calls/" .. id, { status = "Missed" }).status)
    end)

    it("that does not exist is a 404", function()
      assert.equal(404, zoho:desk("GET", "/calls/310000000099999").status)
      assert.equal(404, zoho:desk("PATCH", "/calls/310000000099999", { status = "Missed" }).status)
    end)
  end)

  describe("the list of calls", function()
    it("is 204 when empty", function()
      local answer = zoho:desk("GET", "/calls")
      assert.equal(204, answer.status)
      assert.equal("", answer.body)
    end)

    it("pages and sorts, and its rows lack what the real ones lack", function()
      for n = 1, 12 do
        zoho:book { subject = "call " .. n, description = "x" }
        zoho:later(1)
      end
      local first = zoho:desk("GET", "/calls?sortBy=createdTime&limit=5").data.data
      assert.equal(5, #first)
      assert.equal("call 1", first[1].subject)
      local last = zoho:desk("GET", "/calls?sortBy=-createdTime&limit=5&from=10").data.data
      assert.equal(2, #last)
      assert.equal("call 2", last[1].subject)
      assert.is_nil(first[1].description)
      assert.is_nil(first[1].duration)
      assert.equal(10, #zoho:desk("GET", "/calls").data.data)
    end)

    it("is filtered by department and completion", function()
      zoho:book { status = "Completed" }
      zoho:book()
      local function count(query)
        local answer = zoho:desk("GET", "/calls?" .. query)
        return answer.status == 204 and 0 or #answer.data.data
      end
      assert.equal(2, count "departmentId=310000000006907")
      assert.equal(0, count "departmentId=310000000006999")
      assert.equal(1, count "isCompleted=true")
    end)

    it("of a ticket has only the calls bound to it", function()
      zoho:book()
      local ticket = zoho:desk("POST", "/tickets", { subject = "t", contactId = zoho.contact_id,
        departmentId = zoho.settings.DESK_DEPARTMENT_ID }).data.id
      assert.equal(204, zoho:desk("GET", "/tickets/" .. ticket .. "/calls").status)
      local bound = zoho:book { ticketId = ticket }
      local rows = zoho:desk("GET", "/tickets/" .. ticket .. "/calls").data.data
      assert.equal(1, #rows)
      assert.equal(bound.data.id, rows[1].id)
      assert.equal(404, zoho:desk("GET", "/tickets/999/calls").status)
    end)

    for _, query in ipairs { "limit=0", "limit=101", "limit=x", "sortBy=subject", "contactId=1",
      "from=-1" } do
      it("refuses " .. query, function()
        local answer = zoho:desk("GET", "/calls?" .. query)
        assert.equal(422, answer.status)
        assert.equal("UNPROCESSABLE_ENTITY", answer.data.errorCode)
        assert.truthy(answer.data.message:find(query:match "^%a+", 1, true))
      end)
    end
  end)

  describe("the search for calls", function()
    local function ids(query)
      local answer = zoho:desk("GET", "/calls/search?" .. query)
      if answer.status == 204 then return {} end
      local list = {}
      for i, row in ipairs(answer.data.data) do list[i] = row.subject end
      return list
    end

    before_each(function()
      zoho:book { subject = "Callback ref-77 Rao", cf = { cf_ref = "abc" } }
      zoho:later(60)
      zoho:book { subject = "Callback ref-78 Roe", status = "Missed" }
    end)

    for _, case in ipairs {
      { "subject=ref-77", { "Callback ref-77 Rao" } },
      { "subject=REF-77", { "Callback ref-77 Rao" } },
      { "subject=callback*roe", { "Callback ref-78 Roe" } },
      { "subject=ref-77,ref-78", { "Callback ref-78 Roe", "Callback ref-77 Rao" } },
      { "subject=ref-79", {} },
      { "subject=Callback&sortBy=createdTime", { "Callback ref-77 Rao", "Callback ref-78 Roe" } },
      { "status=Missed", { "Callback ref-78 Roe" } },
      { "customField1=cf_ref:abc", { "Callback ref-77 Rao" } },
      { "_all=roe", { "Callback ref-78 Roe" } },
      { "createdTimeRange=2026-03-24T09:00:30.000Z,2026-03-24T10:00:00.000Z",
        { "Callback ref-78 Roe" } },
      { "startDateRange=2026-03-26T00:00:00Z,2026-03-27T00:00:00Z", {} },
    } do
      it("finds by " .. case[1], function() assert.same(case[2], ids(case[1])) end)
    end

    it("counts all and shows a page, with the contact beside each", function()
      local data = zoho:desk("GET", "/calls/search?subject=Callback&limit=1").data
      assert.equal(2, data.count)
      assert.equal(1, #data.data)
      assert.equal("Rao", data.data[1].contact.lastName)
      assert.equal("Support", data.data[1].department.name)
    end)

    it("does not see what the index has not seen yet", function()
      zoho:switch { index_lag_s = 5 }
      zoho:book { subject = "Callback ref-80" }
      assert.same({}, ids "subject=ref-80")
      assert.equal("Callback ref-80", zoho:desk("GET", "/calls?limit=1").data.data[1].subject)
      zoho:later(5)
      assert.same({ "Callback ref-80" }, ids "subject=ref-80")
    end)

    for _, query in ipairs { "subject=ab", "contactId=1", "searchStr=abc", "from=1000",
      "createdTimeRange=yesterday", "customField11=a:b", "customField1=nothing" } do
      it("refuses " .. query, function()
        assert.equal(422, zoho:desk("GET", "/calls/search?" .. query).status)
      end)
    end

    it("is part of the search for activities", function()
      local row = zoho:desk("GET", "/activities/search?subject=ref-77").data.data[1]
      assert.equal("Calls", row.module)
    end)
  end)

  describe("a contact", function()
    it("is stored, found and shown", function()
      local made = zoho:contact { firstName = "Asha", phone = "+911234567890" }.data
      assert.equal("+911234567890", made.phone)
      assert.equal(made.id, zoho:desk("GET", "/contacts/" .. made.id).data.id)
      local found = zoho:desk("GET", "/contacts/search?email=asha%40example.com").data
      assert.equal(1, found.count)
      assert.same(made, found.data[1])
    end)

    for _, case in ipairs {
      { "email=ASHA", 1 }, { "email=b%40x.de,asha%40example.com", 1 }, { "email=nobody", 0 },
      { "phone=%2B911234567890", 1 }, { "phone=911234567890", 1 }, { "mobile=${empty}", 1 },
      { "phone=${empty}", 0 }, { "fullName=asha+rao", 1 }, { "lastName=r*o", 1 },
      { "lastName=*a*", 1 }, { "lastName=ra*ao", 0 }, { "lastName=*a", 0 },
      { "_all=asha", 1 }, { "firstName=Asha&lastName=Roe", 0 },
    } do
      it("is found by " .. case[1] .. ": " .. case[2], function()
        zoho:contact { firstName = "Asha", phone = "+911234567890" }
        local answer = zoho:desk("GET", "/contacts/search?" .. case[1])
        assert.equal(case[2] == 0 and 204 or 200, answer.status)
        if case[2] > 0 then assert.equal(case[2], #answer.data.data) end
      end)
    end

    it("is found among hundreds, wherever it stands", function()
      for n = 1, 200 do
        zoho:contact { email = ("v%d@example.com"):format(n), phone = ("%07d"):format(n) }
      end
      local function names(query)
        local answer, list = zoho:desk("GET", "/contacts/search?limit=100&" .. query), {}
        for i, row in ipairs(answer.data and answer.data.data or {}) do
          list[i] = row.email:match "%d+"
        end
        return list
      end
      for _, n in ipairs { 1, 63, 64, 65, 128, 129, 192, 193, 200 } do
        assert.same({ ("%d"):format(n) }, names(("email=V%d%%40example.com"):format(n)))
        assert.same({ ("%d"):format(n) }, names(("phone=%07d"):format(n)))
      end
      assert.same({ "164", "64" }, names "email=64%40")
      assert.same({ "164" }, names "email=64%40&phone=164")
      assert.same({}, names "email=64%40&mobile=1")
      assert.same({ "65", "2" }, names "email=v2%40,v65%40")
    end)

    it("cannot be searched with searchStr", function()
      local answer = zoho:desk("GET", "/contacts/search?searchStr=asha")
      assert.equal(422, answer.status)
      assert.truthy(answer.data.message:find "searchStr")
    end)

    it("cannot be searched by e-mail in the oldest contract", function()
      zoho:switch { enforce_oldest = true }
      assert.equal(422, zoho:desk("GET", "/contacts/search?email=a").status)
    end)

    it("needs lastName", function()
      for _, body in ipairs { '{"email":"a@b.de"}', '{"lastName":null}', '{"lastName":""}' } do
        assert.equal("/lastName missing", problem(zoho:desk("POST", "/contacts", body)))
      end
    end)

    for _, case in ipairs {
      { "email", "asha" }, { "email", "asha@example" }, { "email", "a b@example.com" },
      { "email", "asha@-example.com" }, { "phone", "(0)123" }, { "phone", ("1"):rep(51) },
      { "zip", "12a" }, { "firstName", ("x"):rep(41) }, { "nickname", "A" }, { "title", 5 },
    } do
      it(("is refused with %s = %s"):format(case[1], tostring(case[2]):sub(1, 30)), function()
        assert.equal("/" .. case[1] .. " invalid", problem(zoho:contact { [case[1]] = case[2] }))
      end)
    end

    it("may be null where the contract says so", function()
      assert.equal(200, zoho:desk("POST", "/contacts", '{"lastName":"Rao","email":null}').status)
      assert.equal("/mobile invalid",
        problem(zoho:desk("POST", "/contacts", '{"lastName":"Rao","mobile":null}')))
    end)

    it("is not made twice with one e-mail, unless the portal allows it", function()
      zoho:contact()
      assert.equal("/email duplicate", problem(zoho:contact { email = "ASHA@example.com" }))
      zoho:switch { unique_emails = false }
      assert.equal(200, zoho:contact().status)
    end)
  end)

  describe("a ticket", function()
    local body
    before_each(function()
      body = {
        departmentId = zoho.settings.DESK_DEPARTMENT_ID, subject = "Callback", status = "Open",
        contact = { lastName = "Rao", email = "asha@example.com" },
      }
    end)

    it("brings its contact along, once", function()
      local answer = zoho:desk("POST", "/tickets", body)
      assert.equal(200, answer.status)
      assert.equal("101", answer.data.ticketNumber)
      assert.equal("102", zoho:desk("POST", "/tickets", body).data.ticketNumber)
      local records = zoho:records()
      assert.equal(1, #records.contacts)
      assert.equal(records.contacts[1].id, answer.data.contactId)
    end)

    it("needs a contact in one of the two ways", function()
      body.contact = nil
      assert.equal("/contactId missing", problem(zoho:desk("POST", "/tickets", body)))
      body.contact = { lastName = "Rao" }
      assert.equal("/contact/email missing", problem(zoho:desk("POST", "/tickets", body)))
    end)

    it("needs subject and status in the oldest contract", function()
      zoho:switch { enforce_oldest = true }
      body.subject = nil
      assert.equal("/subject missing", problem(zoho:desk("POST", "/tickets", body)))
    end)
  end)

  it("lists departments, filtered by name, or answers 204", function()
    local answer = zoho:desk("GET", "/departments?isEnabled=true&searchStr=Supp*")
    assert.equal(zoho.settings.DESK_DEPARTMENT_ID, answer.data.data[1].id)
    assert.equal(204, zoho:desk("GET", "/departments?searchStr=Supp").status)
    zoho:switch { departments_exist = false }
    assert.equal(204, zoho:desk("GET", "/departments").status)
  end)

  it("tells the organisation, which is what orgId wants", function()
    local answer = zoho:desk("GET", "/organizations")
    assert.equal(zoho.settings.DESK_ORG_ID, answer.data.data[1].id)
  end)
end)
