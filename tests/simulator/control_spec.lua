package.path = "tests/simulator/?.lua;" .. package.path
local support = require "support"

describe("the control surface", function()
  local zoho
  before_each(function() zoho = support.client() end)

  it("shows its ways at /", function()
    local answer = zoho:call("GET", "/")
    assert.equal(200, answer.status)
    assert.truthy(answer.body:find("POST /_fault", 1, true))
  end)

  it("shows all records as lists, also empty ones", function()
    local body = zoho:call("GET", "/_records").body
    for _, kind in ipairs { "calls", "contacts", "tickets", "conversations", "messages",
      "callbacks" } do
      assert.truthy(body:find('"' .. kind .. '":[]', 1, true), kind)
    end
  end)

  describe("the list of requests", function()
    it("tells operation, status and body, oldest first, and no more than 200", function()
      zoho:contact()
      local list = zoho:call("GET", "/_requests").data.requests
      assert.equal("desk.createContact", list[1].operation)
      assert.equal(200, list[1].status)
      assert.equal(support.START, list[1].time)
      assert.truthy(list[1].body:find("asha@example.com", 1, true))
      for n = 1, 205 do zoho:desk("GET", "/contacts/" .. n) end
      list = zoho:call("GET", "/_requests").data.requests
      assert.equal(200, #list)
      assert.equal("/api/v1/contacts/6", list[1].path)
      assert.equal("/api/v1/contacts/205", list[200].path)
    end)

    it("holds no secret", function()
      local s = zoho.settings
      zoho:refresh()
      zoho:call("POST", "/oauth/v2/token?client_secret=simulated-secret&code=1000.xyz")
      zoho:call("POST", "/oauth/v2/token/revoke?token=1000.some-token")
      zoho:desk("POST", "/contacts", { lastName = "1000.simulated-access", password = "hunter2" })
      zoho:call("POST", "/oauth/v2/token",
        '--b\r\nContent-Disposition: form-data; name="client_secret"\r\n\r\nhush\r\n--b--',
        { ["content-type"] = "multipart/form-data; boundary=b" })
      local body = zoho:call("GET", "/_requests").body
      for _, secret in ipairs { s.OAUTH_ACCESS_TOKEN, s.OAUTH_REFRESH_TOKEN,
        s.OAUTH_CLIENT_SECRET, "1000.xyz", "1000.some-token", "hunter2", "hush" } do
        assert.is_nil(body:find(secret, 1, true), secret)
      end
      assert.truthy(body:find("grant_type=refresh_token", 1, true))
    end)
  end)

  it("shows tokens as numbers and kinds", function()
    local answer = zoho:call("GET", "/_state")
    assert.same({ kind = "user", refresh_tokens = 1, live_access_tokens = 1 },
      answer.data.tokens.default)
    assert.equal("org", answer.data.tokens.visitor.kind)
    assert.is_nil(answer.body:find("simulated-", 1, true))
  end)

  it("goes back to the default world", function()
    zoho:book()
    zoho:switch { errors_as = 200 }
    zoho:fault { kind = "slow" }
    zoho:call("POST", "/_delay", { ms = 5 })
    zoho:call("POST", "/_token", { kill_refresh = true })
    zoho:call("POST", "/_reset")
    local state = zoho:call("GET", "/_state").data
    assert.equal(400, state.switches.errors_as)
    assert.same({}, state.faults)
    assert.same({}, state.delays)
    assert.same({}, zoho:records().calls)
    assert.equal(200, zoho:contact().status)
  end)

  it("keeps what simulator.new was told over a reset", function()
    zoho = support.client { created_as = 201 }
    zoho:call("POST", "/_reset")
    assert.equal(201, zoho:open().status)
  end)

  it("seeds contacts that the search knows at once", function()
    zoho:switch { index_lag_s = 60 }
    local seeded = zoho:call("POST", "/_contact", { lastName = "Rao", email = "r@example.com" })
    local found = zoho:desk("GET", "/contacts/search?email=r@example.com")
    assert.equal(seeded.data.id, found.data.data[1].id)
  end)

  describe("a delay", function()
    local function delay_of(path) return zoho:desk("GET", path).delay_ms end

    it("is set for one operation, a service or all, the exact one first", function()
      zoho:call("POST", "/_delay", { operation = "*", ms = 10 })
      zoho:call("POST", "/_delay", { operation = "desk.*", ms = 20 })
      zoho:call("POST", "/_delay", { operation = "desk.listCalls", ms = 30 })
      assert.equal(30, delay_of "/calls")
      assert.equal(20, delay_of "/departments")
      assert.equal(10, zoho:open().delay_ms)
      zoho:call("POST", "/_delay", { operation = "desk.listCalls", ms = 0 })
      assert.equal(20, delay_of "/calls")
    end)
  end)

  for _, case in ipairs {
    { "POST", "/_switch", '{"error_as":200}', "errors_as" },
    { "POST", "/_switch", '{"errors_as":500}', "200" },
    { "POST", "/_switch", '{"errors_as":"200"}', "number" },
    { "POST", "/_switch", '{"index_lag_s":-1}', "negative" },
    { "POST", "/_switch", "[1]", "object" },
    { "POST", "/_fault", '{"kind":"slow","operation":"desk.makeCall"}', "desk.createCall" },
    { "POST", "/_fault", '{"kind":"slaw"}', "slow" },
    { "POST", "/_fault", "{}", "timeout" },
    { "POST", "/_fault", '{"kind":"slow","often":1}', "times" },
    { "POST", "/_fault", '{"kind":"slow","times":1.5}', "whole" },
    { "POST", "/_fault", '{"kind":"status","status":99}', "200 and 599" },
    { "POST", "/_fault", '{"kind":"invalid_code","operation":"desk.*"}', "cannot strike" },
    { "POST", "/_fault", '{"kind":"refuse_field"}', "field" },
    { "DELETE", "/_fault?operation=desk", nil, "desk.*" },
    { "POST", "/_token", '{"expire":"yes"}', "access" },
    { "POST", "/_token", '{"credential":"desk"}', "visitor" },
    { "POST", "/_token", '{"kill":true}', "kill_refresh" },
    { "POST", "/_code", '{"credential":"desk"}', "visitor" },
    { "POST", "/_delay", '{"ms":"300"}', "number" },
    { "POST", "/_fault", '{"kind":"status","body":5}', "body" },
    { "POST", "/_delay", "{}", "ms" }, { "POST", "/_delay", '{"ms":1e300}', "whole" },
    { "POST", "/_switch", '{"index_lag_s":1e300}', "1e12" },
    { "POST", "/_contact", '{"name":"x"}', "/name" },
    { "POST", "/_contact", "{}", "lastName" },
    { "POST", "/_pending", "{}", "request_id" },
  } do
    it(("answers 400 to %s %s %s and says what goes"):format(case[1], case[2], case[3]), function()
      local answer = zoho:call(case[1], case[2], case[3])
      assert.equal(400, answer.status)
      assert.truthy(answer.body:find(case[4], 1, true), answer.body)
    end)
  end

  it("answers 404 to what it does not have, with what it has", function()
    local answer = zoho:call("GET", "/_nothing")
    assert.equal(404, answer.status)
    assert.truthy(answer.body:find("GET /_records", 1, true))
  end)

  describe("POST /_token", function()
    local function status() return zoho:desk("GET", "/departments").status end

    it("expires the access tokens of a credential, or of all", function()
      zoho:call("POST", "/_token", { expire = "access" })
      assert.equal(401, status())
      assert.equal(200, zoho:open().status)
      assert.truthy(zoho:refresh().data.access_token)
      zoho:call("POST", "/_token", { expire = "all" })
      assert.equal(1008, zoho:open().data.error.code)
    end)

    it("kills a refresh token and makes a new one, the only value it ever shows", function()
      zoho:call("POST", "/_token", { kill_refresh = true })
      assert.equal(401, status())
      assert.equal("invalid_code", zoho:refresh().data.error)
      local answer = zoho:call("POST", "/_token", { renew_refresh = true })
      local token = zoho:refresh({ refresh_token = answer.data.refresh_token }).data.access_token
      zoho.access = token
      assert.equal(200, status())
    end)

    it("works on the other credential, too", function()
      zoho:call("POST", "/_token", { credential = "visitor", expire = "access" })
      assert.equal(1008, zoho:open().data.error.code)
      assert.equal(200, status())
    end)

    it("kills for a lenient simulator as well", function()
      zoho = support.client { lenient_tokens = true }
      zoho:call("POST", "/_token", { kill_refresh = true })
      assert.equal(401, status())
      assert.equal("invalid_code", zoho:refresh().data.error)
    end)
  end)
end)
