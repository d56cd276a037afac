package.path = "tests/simulator/?.lua;" .. package.path
local support = require "support"

describe("a fault", function()
  local zoho
  before_each(function() zoho = support.client() end)

  local function departments() return zoho:desk("GET", "/departments") end

  it("strikes until it is cleared", function()
    zoho:fault { operation = "desk.listDepartments", kind = "status", status = 500 }
    for _ = 1, 3 do assert.equal(500, departments().status) end
    assert.equal(200, zoho:desk("GET", "/organizations").status)
    assert.equal(1, zoho:call("DELETE", "/_fault?operation=desk.listDepartments").data.cleared)
    assert.equal(200, departments().status)
  end)

  it("strikes as often as told", function()
    zoho:fault { operation = "desk.*", kind = "status", status = 503, times = 2 }
    assert.equal(503, departments().status)
    assert.equal(503, departments().status)
    assert.equal(200, departments().status)
    zoho:fault { operation = "desk.*", kind = "status", status = 503, times = 0 }
    assert.equal(200, departments().status)
  end)

  it("of one operation stays when another's are cleared", function()
    zoho:fault { operation = "desk.listCalls", kind = "status" }
    zoho:fault { operation = "*", kind = "status" }
    assert.equal(1, zoho:call("DELETE", "/_fault?operation=*").data.cleared)
    assert.equal(1, #zoho:call("GET", "/_fault").data.faults)
    assert.equal(1, zoho:call("DELETE", "/_fault").data.cleared)
  end)

  it("aimed at everything strikes only what its kind fits", function()
    zoho:fault { operation = "*", kind = "invalid_code" }
    assert.equal(200, departments().status)
    assert.equal("invalid_code", zoho:refresh().data.error)
  end)

  it("drop_before loses the request, drop_after the answer only", function()
    zoho:fault { operation = "desk.createContact", kind = "drop_before", times = 1 }
    assert.is_true(zoho:contact().drop)
    assert.same({}, zoho:records().contacts)
    zoho:fault { operation = "desk.createContact", kind = "drop_after", times = 1 }
    assert.is_true(zoho:contact().drop)
    assert.equal(1, #zoho:records().contacts)
    assert.equal("drop", zoho:call("GET", "/_requests").data.requests[1].outcome)
  end)

  it("timeout hangs, with or without the write", function()
    zoho:fault { operation = "desk.createContact", kind = "timeout", times = 1 }
    local answer = zoho:contact()
    assert.is_true(answer.hang)
    assert.is_false(answer.drop)
    assert.same({}, zoho:records().contacts)
    zoho:fault { operation = "desk.createContact", kind = "timeout", times = 1, written = true }
    assert.is_true(zoho:contact().hang)
    assert.equal(1, #zoho:records().contacts)
  end)

  it("status can come after the write, with a body of one's own", function()
    zoho:contact()
    zoho:fault { operation = "desk.createCall", kind = "status", status = 502, written = true,
      body = { oops = true }, times = 1 }
    local contact = zoho:records().contacts[1].id
    local answer = zoho:desk("POST", "/calls", zoho:call_body { contactId = contact })
    assert.equal(502, answer.status)
    assert.same({ oops = true }, answer.data)
    assert.equal(1, #zoho:records().calls)
    zoho:fault { operation = "desk.createCall", kind = "status", body = "bad gateway" }
    assert.equal("bad gateway", zoho:book().body)
  end)

  for _, case in ipairs {
    { 500, "INTERNAL_SERVER_ERROR" }, { 403, "FORBIDDEN" }, { 404, "URL_NOT_FOUND" },
    { 400, "BAD_REQUEST" }, { 422, "UNPROCESSABLE_ENTITY" },
  } do
    it("status " .. case[1] .. " speaks like Desk", function()
      zoho:fault { operation = "desk.*", kind = "status", status = case[1] }
      local answer = departments()
      assert.equal(case[1], answer.status)
      assert.equal(case[2], answer.data.errorCode)
    end)
  end

  it("status speaks like SalesIQ and Accounts there", function()
    zoho:fault { operation = "*", kind = "status", status = 503 }
    assert.equal(1001, zoho:open().data.error.code)
    assert.equal(503, zoho:open().status)
    assert.equal("general_error", zoho:refresh().data.error)
  end)

  for _, case in ipairs {
    { "rate_limited", 429, "TOO_MANY_REQUESTS" }, { "credits", 429, "THRESHOLD_EXCEEDED" },
    { "scope", 403, "SCOPE_MISMATCH" }, { "org_token", 403, "SCOPE_MISMATCH" },
    { "org_mismatch", 403, "OAUTH_ORG_MISMATCH" }, { "forbidden", 403, "FORBIDDEN" },
    { "license", 403, "LICENSE_ACCESS_LIMITED" }, { "expire_token", 401, "INVALID_OAUTH" },
  } do
    it(case[1] .. " is " .. case[3] .. " at Desk", function()
      zoho:fault { operation = "desk.listDepartments", kind = case[1] }
      local answer = departments()
      assert.equal(case[2], answer.status)
      assert.equal(case[3], answer.data.errorCode)
      assert.truthy(answer.headers["X-Rate-Limit-Remaining-v3"])
    end)
  end

  it("credits and rate_limited say when to come back, the second only if told", function()
    zoho:fault { operation = "desk.*", kind = "credits", retry_after = 30, times = 1 }
    assert.equal("30", departments().headers["Retry-After"])
    zoho:fault { operation = "desk.*", kind = "credits", times = 1 }
    assert.equal("54000", departments().headers["Retry-After"])
    zoho:fault { operation = "desk.*", kind = "rate_limited", times = 1 }
    assert.is_nil(departments().headers["Retry-After"])
    zoho:fault { operation = "desk.*", kind = "rate_limited", times = 1, retry_after = 7 }
    assert.equal("7", departments().headers["Retry-After"])
  end)

  for _, case in ipairs {
    { "rate_limited", 429, 1001 }, { "scope", 400, 1009 }, { "org_token", 400, 1009 },
    { "expire_token", 400, 1008 }, { "no_operators", 400, 1012 },
  } do
    it(case[1] .. " is " .. case[3] .. " at SalesIQ", function()
      zoho:fault { operation = "salesiq.openConversation", kind = case[1] }
      local answer = zoho:open()
      assert.equal(case[2], answer.status)
      assert.equal(case[3], answer.data.error.code)
    end)
  end

  for _, name in ipairs { "invalid_code", "invalid_client", "invalid_client_secret",
    "general_error" } do
    it(name .. " comes with 200 from Accounts", function()
      zoho:fault { operation = "accounts.token", kind = name, times = 1 }
      local answer = zoho:refresh()
      assert.equal(200, answer.status)
      assert.same({ error = name }, answer.data)
      assert.truthy(zoho:refresh().data.access_token)
    end)
  end

  for _, kind in ipairs { "access_denied", "rate_limited" } do
    it(kind .. " is the throttle of Accounts", function()
      zoho:fault { operation = "accounts.token", kind = kind }
      local answer = zoho:refresh()
      assert.equal(400, answer.status)
      assert.equal("Access Denied", answer.data.error)
    end)
  end

  it("expire_token kills the token that came, and a fresh one works", function()
    zoho:fault { operation = "desk.*", kind = "expire_token", times = 1 }
    assert.equal(401, departments().status)
    assert.equal(401, departments().status)
    zoho.access = zoho:refresh().data.access_token
    assert.equal(200, departments().status)
  end)

  it("slow answers right, but late", function()
    zoho:call("POST", "/_delay", { ms = 100 })
    zoho:fault { operation = "*", kind = "slow", delay_ms = 250, times = 1 }
    local answer = departments()
    assert.equal(200, answer.status)
    assert.equal(350, answer.delay_ms)
    assert.equal(350, zoho:call("GET", "/_requests").data.requests[1].duration)
  end)

  it("garbage is a page, truncated half an answer, empty none", function()
    local whole = #departments().body
    zoho:fault { operation = "desk.*", kind = "garbage", times = 1 }
    local answer = departments()
    assert.equal(200, answer.status)
    assert.equal("text/html", answer.headers["Content-Type"])
    zoho:fault { operation = "desk.*", kind = "truncated", times = 1 }
    answer = departments()
    assert.equal(whole // 2, #answer.body)
    assert.is_nil(answer.data)
    zoho:fault { operation = "desk.*", kind = "empty", times = 1 }
    assert.equal("", departments().body)
  end)

  it("refuse_field refuses the bodies that hold the field", function()
    zoho:fault { operation = "desk.createCall", kind = "refuse_field", field = "description",
      status = 400 }
    local answer = zoho:book { description = "x" }
    assert.equal(400, answer.status)
    assert.equal("/description", answer.data.errors[1].fieldName)
    assert.equal(200, zoho:book().status)
  end)

  it("can strike everything at once without an end", function()
    for _, kind in ipairs { "timeout", "drop_after", "garbage" } do
      zoho:fault { operation = "*", kind = kind, times = 1 }
    end
    assert.is_true(departments().hang)
    assert.is_true(departments().drop)
    assert.equal("text/html", departments().headers["Content-Type"])
    assert.equal(200, departments().status)
  end)
end)

describe("any input", function()
  it("gets an answer and never an error", function()
    local zoho = support.client { lenient_tokens = true, lenient_ids = true }
    local paths = { "/", "/_x", "/_fault", "/_switch", "/_token", "/_contact", "/_delay",
      "/oauth/v2/token", "/api/v1/calls", "/api/v1/calls/1", "/api/v1/contacts/search?email=%",
      "/api/v1/calls/search?subject=%2A%2A%2A&_all=(((", "/api/v1/tickets", "/api/v1/contacts",
      "/api/visitor/v1/x/conversations", "/api/v2/x/callbacks/r/response", "/a%00b", "" }
    local bodies = { "", "{", "[]", "null", "{}", '{"a":null}', '{"contact":5,"contactId":{}}',
      '{"operation":[],"kind":{},"times":null}', '{"visitor":null,"question":{}}',
      '{"cf":[[[]]],"reminder":[null,5,{"reminderType":[]}]}', "\0\255", ("["):rep(10000),
      '{"lastName":"\\ud800","email":{}}', '{"subject":1e999,"zip":-5.5}',
      '{"departmentId":"1","contactId":1e300,"subject":"x","startTime":"2026-03-25T09:00:00Z",'
        .. '"status":"Missed"}',
      '{"app_id":"1","department_id":"1","question":"q","visitor":{"user_id":"a","n":1e999}}',
      '{"ms":1e300,"expire":null,"credential":7,"scope":[]}' }
    for _, path in ipairs(paths) do
      for _, body in ipairs(bodies) do
        for _, method in ipairs { "GET", "POST", "PATCH", "DELETE" } do
          local answer = zoho.zoho:handle { method = method, path = path, body = body,
            headers = { authorization = "Bearer 1000.something", orgid = "1",
              ["content-type"] = "application/json" } }
          assert.is_number(answer.status)
        end
      end
    end
  end)
end)
