-- Both sides of what the simulator lets through: times, forms of values, lives and numbers, as
-- Zoho's pages and the contract (contract.lua) have them.
package.path = "tests/simulator/?.lua;" .. package.path
local support = require "support"

local check = require "simulator.check"
local clock = require "simulator.clock"
local contract = require "simulator.contract"

describe("a timestamp", function()
  for text, seconds in pairs {
    ["1970-01-01T00:00:00Z"] = 0, ["1970-01-02T00:00:00.000Z"] = 86400,
    ["2026-03-25T09:00:00Z"] = 1774429200, ["2026-03-25T09:00:00.5Z"] = 1774429200.5,
    ["2026-03-25T09:00:00.125Z"] = 1774429200.125, ["2026-3-5T9:0:0Z"] = 1772701200,
    ["2026/03/25T09:00:00Z"] = 1774429200, ["2024-02-29T00:00:00Z"] = 1709164800,
    ["2000-02-29T00:00:00Z"] = 951782400, ["2026-12-31T23:59:59.999Z"] = 1798761599.999,
    ["1999-12-31T23:59:59Z"] = 946684799,
  } do
    it("is read: " .. text, function() assert.equal(seconds, clock.parse(text)) end)
  end

  for _, text in ipairs {
    "", "2026-03-25", "2026-03-25T09:00:00", "2026-03-25T09:00:00z", "2026-03-25 09:00:00Z",
    "2026-03-25T09:00:00+00:00", "2026-03-25T09:00:00.0000Z", "2026-03-25T09:00:00.1234Z",
    "2026-00-25T09:00:00Z", "2026-13-25T09:00:00Z", "2026-03-00T09:00:00Z", "2026-03-32T09:00:00Z",
    "2026-04-31T09:00:00Z", "2026-06-31T09:00:00Z", "2026-09-31T09:00:00Z", "2026-11-31T09:00:00Z",
    "2026-02-29T09:00:00Z", "1900-02-29T09:00:00Z", "2026-03-25T24:00:00Z", "2026-03-25T09:60:00Z",
    "2026-03-25T09:00:60Z", "1899-03-25T09:00:00Z", "2100-03-25T09:00:00Z", "x2026-03-25T09:00:00Z",
    "2026-03-25T09:00:00Zx", "2026-03-25T09:00:00123Z",
  } do
    it("is none: " .. text, function() assert.is_nil(clock.parse(text)) end)
  end

  it("is written with milliseconds, and reads back the same", function()
    for _, seconds in ipairs { 0, 951782400, 1774429200.125, 1798761599.5 } do
      assert.equal(seconds, clock.parse(clock.text(seconds)))
    end
    assert.equal("2026-03-25T09:00:00.125Z", clock.text(1774429200.125))
  end)

  it("is one of two in a range", function()
    local from, to = clock.parse_range "1970-01-01T00:00:01Z,1970-01-01T00:00:02Z"
    assert.same({ 1, 2 }, { from, to })
    for _, text in ipairs { "1970-01-01T00:00:01Z", "1970-01-01T00:00:01Z,",
      ",1970-01-01T00:00:01Z", "1970-01-01T00:00:01Z,x", "x,1970-01-01T00:00:01Z" } do
      assert.is_nil(clock.parse_range(text))
    end
  end)
end)

-- One field of a body, by the fact of the contract that has its form.
local function fits(fact, value)
  return #check.body({ required = {}, fields = { field = fact } }, { field = value }, {}) == 0
end

local function text_of(form) return { "string", "integer", form = form } end

describe("a value", function()
  local FORMS = {
    digits = { good = { "0", ("1"):rep(19), 7, 0 }, bad = { "", ("1"):rep(20), "1.5", "-1", -1, "x",
      true, "12a" } },
    loose_digits = { good = { "", "12", ("1"):rep(19), "null", "undefined" },
      bad = { ("1"):rep(20), "nil", "1x" } },
    email = { good = { "a@b.de", "asha.rao+x@mail.example.com", "_a@b-c.de", "é@exämple.com" },
      bad = { "", "a", "@b.de", "a@", "a@b", "a@b.d", "a b@c.de", "a@b@c.de", "a@-b.de", "a@b-.de",
        ".a@b.de", "a@b..de", "a@b.d1", ("a@%s.de"):format(("b"):rep(255)),
        "a@b." .. ("c"):rep(23) } },
    ascii_email = { good = { "a@b.de" }, bad = { "é@b.de", "a@bé.de", "a@b.dé" } },
    word = { good = { "High (now)", "é" }, bad = { "", "a,b", "a;b", "a+b" } },
    phone = { good = { "+91 98765;12", "a,b" }, bad = { "", "(0)1", "1*2" } },
    mobile = { good = { "+91 (0)98765" }, bad = { "", "1;2", "1*2" } },
    url = { good = { "https://example.com/a?b=c", "http://a", "ftp://a.b" },
      bad = { "", "example.com", "https://", "https://a b", "javascript:x" } },
    custom_field = { good = { "cf_a:b", "cf_a:" }, bad = { "cf_a", ":b", "" } },
    timestamp = { good = { "2026-03-25T09:00:00Z" }, bad = { "today", "2026-03-25T09:00:00" } },
  }
  for form, cases in pairs(FORMS) do
    it("of the form " .. form, function()
      for _, value in ipairs(cases.good) do assert.is_true(fits(text_of(form), value), value) end
      for _, value in ipairs(cases.bad) do
        assert.is_false(fits(text_of(form), value), tostring(value))
      end
    end)
  end

  it("is as long as it may be, in characters", function()
    local fact = { "string", max = 3 }
    for value, good in pairs { [""] = true, abc = true, ["é€😀"] = true, abcd = false,
      ["éééé"] = false } do
      assert.equal(good, fits(fact, value), value)
    end
  end)

  it("has one of the types that are named", function()
    for _, case in ipairs {
      { { "string" }, "a", 5 }, { { "integer" }, 5, 5.5 }, { { "object" }, { a = 1 }, { 1 } },
      { { "array", items = { "integer" } }, { 1 }, { a = 1 } }, { { "object" }, {}, "a" },
      { { "array", items = { "integer" } }, {}, "a" }, { { "string" }, "a", true },
      { { "array", items = { "integer" }, most = 2 }, { 1, 2 }, { 1, 2, 3 } },
      { { "array", items = { "integer" } }, { 1, 2 }, { 1, "x" } },
      { { "string", enum = { "a", "b" } }, "b", "c" },
    } do
      assert.is_true(fits(case[1], case[2]))
      assert.is_false(fits(case[1], case[3]))
    end
  end)
end)

describe("a parameter", function()
  local function takes(operation, name, value)
    return check.query(contract[operation], { [name] = value }, {}) == nil
  end

  for _, case in ipairs {
    { "listCalls", "limit", { "1", "100" }, { "0", "101", "-1", "x", "" } },
    { "searchCalls", "from", { "0", "999" }, { "1000", "-1" } },
    { "listDepartments", "limit", { "0", "200" }, { "201" } },
    { "listCalls", "isCompleted", { "true", "false" }, { "yes", "" } },
    { "searchCalls", "subject", { "abc", ("x"):rep(1000) }, { "ab", ("x"):rep(1001) } },
    { "searchCalls", "_all", { "abc" }, { "ab" } },
    { "searchContacts", "accountName", { "abc", ("x"):rep(500) }, { "ab", ("x"):rep(501) } },
    { "searchContacts", "lastName", { ("x"):rep(200) }, { ("x"):rep(201) } },
    { "searchContacts", "email", { ("a,"):rep(29) .. "a" }, { ("a,"):rep(30) .. "a" } },
    { "searchContacts", "phone", { "+91,*98*" }, { "(0)1", "1,(2)" } },
    { "searchContacts", "sortBy", { "relevance", "-lastName" }, { "email", "--lastName" } },
    { "searchCalls", "assigneeId", { "1,2" }, { "1,x", "1," } },
    { "searchCalls", "customField10", { "cf_a:b" }, { "cf_a" } },
    { "searchCalls", "customField11", {}, { "cf_a:b" } },
    { "getCall", "include", { "contacts,livecalls" }, { "contacts,x" } },
    { "getOrganizations", "orgId", {}, { "1" } },
    { "listCalls", "orgId", { "1" }, { "x" } },
  } do
    it(case[2] .. " of " .. case[1], function()
      for _, value in ipairs(case[3]) do
        assert.is_true(takes(case[1], case[2], value), value:sub(1, 40))
      end
      for _, value in ipairs(case[4]) do
        assert.is_false(takes(case[1], case[2], value), value:sub(1, 40))
      end
    end)
  end
end)

describe("Accounts", function()
  local zoho
  before_each(function() zoho = support.client() end)

  local function code_of(credential)
    return zoho:call("POST", "/_code", { credential = credential }).data.code
  end

  local function exchange(code, changes)
    local fields = { grant_type = "authorization_code", code = code, refresh_token = false }
    for name, value in pairs(changes or {}) do fields[name] = value end
    return zoho:refresh(fields)
  end

  it("takes a code for three minutes", function()
    local code = code_of()
    zoho:later(179)
    assert.truthy(exchange(code).data.refresh_token)
    code = code_of()
    zoho:later(180)
    assert.equal("invalid_code", exchange(code).data.error)
  end)

  it("takes a code from the client that it was given to", function()
    local code = code_of "visitor"
    assert.equal("invalid_client_secret", exchange(code).data.error)
    local s = zoho.settings
    local own = { client_id = s.SALESIQ_VISITOR_CLIENT_ID,
      client_secret = s.SALESIQ_VISITOR_CLIENT_SECRET }
    assert.truthy(exchange(code, own).data.access_token:find "^1005%.")
  end)

  it("gives five refresh tokens a minute, and the next ones after it", function()
    for _ = 1, 5 do assert.truthy(exchange(code_of()).data.refresh_token) end
    assert.equal("Access Denied", exchange(code_of()).data.error)
    zoho:later(59)
    assert.equal("Access Denied", exchange(code_of()).data.error)
    zoho:later(1)
    assert.truthy(exchange(code_of()).data.refresh_token)
  end)

  it("keeps twenty refresh tokens of a client, and all those of another", function()
    for _ = 1, 19 do
      zoho:later(60)
      exchange(code_of())
    end
    assert.is_nil(zoho:refresh().data.error)
    zoho:later(60)
    exchange(code_of())
    assert.equal("invalid_code", zoho:refresh().data.error)
    local s = zoho.settings
    assert.is_nil(zoho:refresh({ refresh_token = s.SALESIQ_VISITOR_REFRESH_TOKEN,
      client_id = s.SALESIQ_VISITOR_CLIENT_ID,
      client_secret = s.SALESIQ_VISITOR_CLIENT_SECRET }).data.error)
  end)

  it("counts the tokens of each refresh token for itself", function()
    for _ = 1, 10 do zoho:refresh() end
    assert.equal("Access Denied", zoho:refresh().data.error)
    local s = zoho.settings
    assert.is_nil(zoho:refresh({ refresh_token = s.SALESIQ_VISITOR_REFRESH_TOKEN,
      client_id = s.SALESIQ_VISITOR_CLIENT_ID,
      client_secret = s.SALESIQ_VISITOR_CLIENT_SECRET }).data.error)
  end)

  for name, query in pairs {
    ["another response type"] = "response_type=token&client_id=1000.SIMULATEDCLIENT"
      .. "&redirect_uri=https%3A%2F%2Fa.example",
    ["no place to come back to"] = "response_type=code&client_id=1000.SIMULATEDCLIENT",
    ["a place that is no page"] = "response_type=code&client_id=1000.SIMULATEDCLIENT"
      .. "&redirect_uri=javascript%3Ax",
    ["an unknown client"] = "response_type=code&client_id=1000.OTHER"
      .. "&redirect_uri=https%3A%2F%2Fa.example",
    ["an organisation client"] = "response_type=code&client_id=1005.SIMULATEDCLIENT"
      .. "&redirect_uri=https%3A%2F%2Fa.example",
  } do
    it("shows no consent page for " .. name, function()
      assert.equal(400, zoho:call("GET", "/oauth/v2/auth?" .. query).status)
    end)
  end

  it("tells a wrong method from a wrong path", function()
    assert.equal(405, zoho:call("GET", "/oauth/v2/token").status)
    assert.equal(404, zoho:call("GET", "/oauth/v3/token").status)
  end)

  it("lets its new tokens live as long as the switch says, the old ones as they were", function()
    zoho:switch { token_life_s = 60 }
    local answer = zoho:refresh()
    assert.equal(60, answer.data.expires_in)
    zoho:later(60)
    local function status(token)
      return zoho:desk("GET", "/organizations", nil,
        { authorization = "Zoho-oauthtoken " .. token }).status
    end
    assert.equal(401, status(answer.data.access_token))
    assert.equal(200, status(zoho.access))
  end)

  it("knows the broader scope of activities only where one is enough", function()
    local function status(scope)
      zoho:call("POST", "/_token", { scope = scope })
      return zoho:book({ contactId = "1" }).status
    end
    zoho:switch { lenient_ids = true }
    assert.equal(200, status "Desk.activities.calls.CREATE,Desk.calls.CREATE")
    assert.equal(403, status "Desk.activities.CREATE,Desk.calls.CREATE")
    zoho:switch { strict_scopes = false }
    assert.equal(200, status "Desk.activities.CREATE")
    assert.equal(403, status "Desk.activities.READ")
  end)
end)

describe("Desk", function()
  local zoho
  before_each(function() zoho = support.client() end)

  local function field(answer)
    local first = answer.data and answer.data.errors and answer.data.errors[1]
    return first and first.fieldName .. " " .. first.errorType
  end

  it("knows the records that a call names", function()
    zoho:book()
    assert.equal("/departmentId invalid", field(zoho:book { departmentId = "310000000006999" }))
    assert.equal("/contactId invalid", field(zoho:book { contactId = "310000000099999" }))
    assert.equal("/ticketId invalid", field(zoho:book { ticketId = "310000000099999" }))
    assert.equal(200, zoho:book({ contactId = tonumber(zoho.contact_id) }).status)
    zoho:switch { lenient_ids = true }
    assert.equal(200, zoho:book({ departmentId = "1", contactId = "2" }).status)
  end)

  it("takes 10 MiB of a body, and no byte more", function()
    local function status(length)
      return zoho:desk("POST", "/contacts", "{" .. (" "):rep(length - 2) .. "}").status
    end
    assert.equal(422, status(10 * 1024 * 1024)) -- no lastName
    assert.equal(413, status(10 * 1024 * 1024 + 1))
  end)

  it("reads JSON by its content type, whatever follows it", function()
    local body = '{"lastName":"Rao"}'
    for kind, status in pairs { ["application/json"] = 200,
      ["Application/JSON; charset=utf-8"] = 200, ["application/jsonx"] = 415,
      ["text/json"] = 415, [""] = 415 } do
      assert.equal(status, zoho:desk("POST", "/contacts", body, { ["content-type"] = kind }).status)
    end
  end)

  it("answers as long as the credits last, to the last one", function()
    zoho:switch { credits = 6 }
    assert.equal(200, zoho:desk("GET", "/departments").status)
    assert.equal(200, zoho:desk("GET", "/departments").status)
    assert.equal(429, zoho:desk("GET", "/organizations").status)
    zoho:later(54000 - 1)
    assert.equal("1", zoho:desk("GET", "/departments").headers["Retry-After"])
    zoho:later(1)
    assert.not_equal(429, zoho:desk("GET", "/departments").status)
  end)

  it("counts a concurrent call while it lasts, and no longer", function()
    zoho:switch { concurrency = 1 }
    zoho:call("POST", "/_delay", { operation = "desk.*", ms = 300 })
    assert.equal(200, zoho:desk("GET", "/departments").status)
    zoho:later(0.299)
    assert.equal(429, zoho:desk("GET", "/departments").status)
    zoho:later(0.002)
    assert.equal(200, zoho:desk("GET", "/departments").status)
  end)

  it("sees what was written when the index has, to the second", function()
    zoho:switch { index_lag_s = 5 }
    zoho:contact()
    local function status() return zoho:desk("GET", "/contacts/search?email=asha").status end
    zoho:later(4.5)
    assert.equal(204, status())
    zoho:later(0.5)
    assert.equal(200, status())
  end)

  it("counts what each call costs", function()
    for path, weight in pairs { ["/calls"] = 3, ["/calls/1"] = 1, ["/calls/search?subject=abc"] = 3,
      ["/contacts/1"] = 1, ["/contacts/search?email=a"] = 3, ["/departments"] = 3,
      ["/organizations"] = 3, ["/accessibleOrganizations"] = 3, ["/tickets/1/calls"] = 3,
      ["/activities/search?subject=abc"] = 3 } do
      local answer = zoho:desk("GET", path)
      assert.equal(("%d"):format(weight), answer.headers["X-Rate-Limit-Request-Weight-v3"], path)
    end
  end)

  it("shows a closed ticket as closed, and no other", function()
    for status, kind in pairs { Closed = "Closed", closed = "Closed", Open = "Open" } do
      local answer = zoho:desk("POST", "/tickets", { status = status,
        departmentId = zoho.settings.DESK_DEPARTMENT_ID,
        contact = { lastName = "Rao", email = "asha@example.com" } })
      assert.equal(kind, answer.data.statusType)
    end
  end)

  it("refuses the name of a custom field that is none", function()
    assert.equal("/cf/a;b invalid", field(zoho:book { cf = { ["a;b"] = "x" } }))
    assert.equal(200, zoho:book({ cf = { cf_a = "x" } }).status)
  end)

  it("filters departments by what they are", function()
    for query, status in pairs { ["isEnabled=true"] = 200, ["isEnabled=false"] = 204,
      ["chatStatus=AVAILABLE"] = 200, ["chatStatus=DISABLED"] = 204, ["searchStr=support"] = 200,
      ["searchStr=*port"] = 200, ["searchStr=port"] = 204 } do
      assert.equal(status, zoho:desk("GET", "/departments?" .. query).status)
    end
  end)

  it("finds between two times, both of them included", function()
    zoho:contact() -- at 09:00:00
    local function status(from, to)
      return zoho:desk("GET", ("/contacts/search?createdTimeRange=2026-03-24T%sZ,2026-03-24T%sZ")
        :format(from, to)).status
    end
    assert.equal(200, status("09:00:00", "09:00:00"))
    assert.equal(200, status("08:59:59", "09:00:01"))
    assert.equal(204, status("09:00:01", "09:00:02"))
    assert.equal(204, status("08:59:58", "08:59:59"))
  end)

  it("makes a ticket's contact once, and names it by number or text", function()
    local body = { departmentId = zoho.settings.DESK_DEPARTMENT_ID,
      contact = { lastName = "Rao", email = "ASHA@example.com" } }
    local known = zoho:contact().data.id
    zoho:contact { email = "other@example.com" }
    assert.equal(known, zoho:desk("POST", "/tickets", body).data.contactId)
    body.contact = nil
    body.contactId = tonumber(known)
    assert.equal(known, zoho:desk("POST", "/tickets", body).data.contactId)
  end)
end)

describe("SalesIQ", function()
  local zoho
  before_each(function() zoho = support.client() end)

  it("lets a visitor wait for up to 999 seconds", function()
    for wait, status in pairs { [0] = 200, [999] = 200, [1000] = 400, [-1] = 400 } do
      assert.equal(status, zoho:open({ custom_wait_time = wait }).status)
    end
    assert.equal(400, zoho:open({ custom_wait_time = "soon" }).status)
  end)

  it("sends to the newest open conversation of a visitor", function()
    local first, second = zoho:open().data.data, zoho:open().data.data
    local path = "/api/v2/simulated/visitors/Asha%40example.com/messages"
    local function last()
      zoho:salesiq("POST", path, { text = "x" })
      local messages = zoho:records().messages
      return messages[#messages].conversation_id
    end
    assert.equal(second.conversation_id, last())
    zoho:salesiq("POST", ("/api/v2/simulated/conversations/%s/close")
      :format(second.conversation_id))
    assert.equal(first.conversation_id, last())
  end)

  it("gives its errors the status of the switch, all of them", function()
    zoho:switch { errors_as = 200 }
    for _, answer in ipairs {
      zoho:open(nil, "1005.other"), zoho:open(nil, zoho.access), zoho:open { question = false },
      zoho:salesiq("GET", "/api/v2/acme/departments"),
      zoho:salesiq("GET", "/api/v2/simulated/nothing"),
    } do
      assert.equal(200, answer.status)
      assert.is_number(answer.data.error.code)
    end
  end)

  it("wants each scope for its own call", function()
    local s = zoho.settings
    local calls = {
      ["SalesIQ.departments.READ"] = { "GET", "/departments" },
      ["SalesIQ.operators.READ"] = { "GET", "/operators" },
      ["SalesIQ.apps.READ"] = { "GET", "/apps/" .. s.SALESIQ_APP_ID },
      ["SalesIQ.callbacks.UPDATE"] = { "POST", "/callbacks/r/progress", { text = "x" } },
    }
    for scope in pairs(calls) do
      zoho:call("POST", "/_token", { scope = scope })
      for wanted, call in pairs(calls) do
        local answer = zoho:salesiq(call[1], "/api/v2/simulated" .. call[2], call[3])
        assert.equal(wanted == scope and 200 or 400, answer.status)
      end
    end
  end)
end)

describe("the validation of answers", function()
  local context = require "simulator.context"
  for _, case in ipairs {
    { "phoneno", { "1234567", "12345678901234", "+1 (555) 123-4567" },
      { "123456", "123456789012345", "12345678a", "" } },
    { "number(1-10)", { "1", "10", "5.5" }, { "0", "10.5", "-1", "", "1e1" } },
    { "string(2-4)", { "ab", "abcd", "éé" }, { "a", "abcde", "a b", "a1", "a-b" } },
    { "text(3-5)", { "abc", "a 1 b", "ééé" }, { "ab", "abcdef" } },
    { "email", { "a@b.de" }, { "a@b", "a b@c.de", "@b.de", "a@b.d" } },
    { "decimal", { "1.5", "-2" }, { "1,5", "one" } },
    { "something", { "", "anything" }, {} },
  } do
    it(case[1], function()
      for _, text in ipairs(case[2]) do
        assert.is_true(context.is_valid(text, { format = case[1] }), text)
      end
      for _, text in ipairs(case[3]) do
        assert.is_false(context.is_valid(text, { format = case[1] }), text)
      end
    end)
  end
end)
