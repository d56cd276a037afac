package.path = "tests/simulator/?.lua;" .. package.path
local support = require "support"

describe("Accounts", function()
  local zoho
  before_each(function() zoho = support.client() end)

  local function works(token)
    return zoho:desk("GET", "/organizations", nil,
      { authorization = "Zoho-oauthtoken " .. token }).status == 200
  end

  it("gives a new access token for a refresh token, with 200", function()
    local answer = zoho:refresh()
    assert.equal(200, answer.status)
    assert.equal(3600, answer.data.expires_in)
    assert.equal("Bearer", answer.data.token_type)
    assert.is_nil(answer.data.refresh_token)
    assert.truthy(answer.data.access_token:find "^1000%.")
    assert.is_true(works(answer.data.access_token))
  end)

  it("gives organisation tokens to an organisation client", function()
    local s = zoho.settings
    local answer = zoho:refresh {
      refresh_token = s.SALESIQ_VISITOR_REFRESH_TOKEN, client_id = s.SALESIQ_VISITOR_CLIENT_ID,
      client_secret = s.SALESIQ_VISITOR_CLIENT_SECRET,
    }
    assert.truthy(answer.data.access_token:find "^1005%.")
    assert.equal(200, zoho:open(nil, answer.data.access_token).status)
  end)

  for _, case in ipairs {
    { "a wrong refresh token", { refresh_token = "1000.other" }, "invalid_code" },
    { "no refresh token", { refresh_token = false }, "invalid_code" },
    { "an unknown client", { client_id = "1000.OTHER" }, "invalid_client" },
    { "a wrong secret", { client_secret = "other" }, "invalid_client_secret" },
    { "a token of another client", { refresh_token = "1005.simulated-refresh" },
      "invalid_client_secret" },
    { "an unknown grant", { grant_type = "password" }, "general_error" },
  } do
    it("refuses " .. case[1] .. " with status 200", function()
      local answer = zoho:refresh(case[2])
      assert.equal(200, answer.status)
      assert.same({ error = case[3] }, answer.data)
    end)
  end

  it("takes the fields from the query and from a multipart body, too", function()
    local query = "grant_type=refresh_token&refresh_token=1000.simulated-refresh"
      .. "&client_id=1000.SIMULATEDCLIENT&client_secret=simulated-secret"
    assert.truthy(zoho:call("POST", "/oauth/v2/token?" .. query).data.access_token)
    local parts = {}
    for name, value in query:gmatch "([^=&]+)=([^&]+)" do
      parts[#parts + 1] = ('--b\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n')
        :format(name, value)
    end
    local answer = zoho:call("POST", "/oauth/v2/token", table.concat(parts) .. "--b--\r\n",
      { ["content-type"] = "multipart/form-data; boundary=b" })
    assert.truthy(answer.data.access_token)
  end)

  it("lets an access token expire after an hour", function()
    local token = zoho:refresh().data.access_token
    zoho:later(3599)
    assert.is_true(works(token))
    zoho:later(1)
    assert.is_false(works(token))
  end)

  it("throttles the eleventh token of ten minutes, and only until they are over", function()
    for _ = 1, 10 do assert.truthy(zoho:refresh().data.access_token) end
    local answer = zoho:refresh()
    assert.equal(400, answer.status)
    assert.equal("Access Denied", answer.data.error)
    assert.equal("failure", answer.data.status)
    zoho:later(599)
    assert.equal(400, zoho:refresh().status)
    zoho:later(1)
    assert.equal(200, zoho:refresh().status)
  end)

  it("silently kills the oldest of eleven active tokens", function()
    assert.is_true(works(zoho.access))
    for _ = 1, 9 do zoho:refresh() end
    assert.is_true(works(zoho.access))
    zoho:refresh()
    assert.is_false(works(zoho.access))
  end)

  it("revokes a refresh token together with its access tokens", function()
    local token = zoho:refresh().data.access_token
    local answer = zoho:call("POST", "/oauth/v2/token/revoke?token=1000.simulated-refresh")
    assert.equal(200, answer.status)
    assert.same({ status = "success" }, answer.data)
    assert.is_false(works(token))
    assert.equal("invalid_code", zoho:refresh().data.error)
  end)

  it("answers 400 to the revocation of a token it does not know", function()
    assert.equal(400, zoho:call("POST", "/oauth/v2/token/revoke?token=1000.other").status)
  end)

  it("revokes the newer way, with the client in HTTP Basic", function()
    local function revoke(coded)
      return zoho:call("POST", "/oauth/v2/revoke/token", "token=1000.simulated-access",
        { authorization = "Basic " .. coded,
          ["content-type"] = "application/x-www-form-urlencoded" })
    end
    assert.equal(400, revoke("MTAwMC5TSU1VTEFURURDTElFTlQ6b3RoZXI=").status)
    assert.equal(200, revoke("MTAwMC5TSU1VTEFURURDTElFTlQ6c2ltdWxhdGVkLXNlY3JldA==").status)
    assert.is_false(works(zoho.access))
  end)

  describe("a grant code", function()
    local function exchange(code, changes)
      local fields = { grant_type = "authorization_code", code = code, refresh_token = false }
      for name, value in pairs(changes or {}) do fields[name] = value end
      return zoho:refresh(fields)
    end

    it("gives a refresh token once", function()
      local code = zoho:call("POST", "/_code", { scope = "Desk.basic.READ" }).data.code
      local answer = exchange(code)
      assert.equal("Desk.basic.READ", answer.data.scope)
      assert.truthy(zoho:refresh({ refresh_token = answer.data.refresh_token }).data.access_token)
      assert.equal("invalid_code", exchange(code).data.error)
    end)

    it("is too old after three minutes", function()
      local code = zoho:call("POST", "/_code").data.code
      zoho:later(180)
      assert.equal("invalid_code", exchange(code).data.error)
    end)

    it("comes back from the consent page with state and place", function()
      local answer = zoho:call("GET", "/oauth/v2/auth?response_type=code&state=s1"
        .. "&client_id=1000.SIMULATEDCLIENT&scope=Desk.basic.READ&access_type=offline"
        .. "&redirect_uri=https%3A%2F%2Fexample.com%2Fback")
      assert.equal(302, answer.status)
      local place = answer.headers.Location
      assert.truthy(place:find("&state=s1", 1, true))
      local code = place:match "^https://example%.com/back%?code=([^&]+)&location=in&"
      assert.equal("invalid_redirect_uri", exchange(code).data.error)
      local data = exchange(code, { redirect_uri = "https://example.com/back" }).data
      assert.truthy(data.refresh_token)
    end)

    it("gives no refresh token unless access_type was offline", function()
      local answer = zoho:call("GET", "/oauth/v2/auth?response_type=code&scope=Desk.basic.READ"
        .. "&client_id=1000.SIMULATEDCLIENT&redirect_uri=https%3A%2F%2Fexample.com%2Fback")
      local code = answer.headers.Location:match "code=([^&]+)"
      local data = exchange(code, { redirect_uri = "https://example.com/back" }).data
      assert.truthy(data.access_token)
      assert.is_nil(data.refresh_token)
    end)

    it("is not given by the organisation page to a user client", function()
      local answer = zoho:call("GET", "/oauth/v2/org/auth?response_type=code&scope=x"
        .. "&client_id=1000.SIMULATEDCLIENT&redirect_uri=https%3A%2F%2Fexample.com")
      assert.equal("invalid client, client id does not exist", answer.data.error_description)
    end)

    it("removes the first of more than twenty refresh tokens", function()
      for _ = 1, 20 do
        zoho:later(60)
        assert.truthy(exchange(zoho:call("POST", "/_code").data.code).data.refresh_token)
      end
      assert.equal("invalid_code", zoho:refresh().data.error)
    end)

    it("is throttled beyond five refresh tokens a minute", function()
      local last
      for _ = 1, 6 do last = exchange(zoho:call("POST", "/_code").data.code) end
      assert.equal("Access Denied", last.data.error)
    end)
  end)

  it("gives client credentials no refresh token and asks for the organisation", function()
    local fields = { grant_type = "client_credentials", refresh_token = false,
      scope = "Desk.basic.READ" }
    assert.equal("missing_org_info", zoho:refresh(fields).data.error)
    fields.soid = "ZohoDesk.700054321"
    local data = zoho:refresh(fields).data
    assert.truthy(data.access_token)
    assert.is_nil(data.refresh_token)
  end)

  it("takes any token it never killed when it is lenient", function()
    zoho = support.client { lenient_tokens = true }
    assert.is_true(works "1000.mine.own")
    assert.is_false(works "two words")
    local answer = zoho:refresh { refresh_token = "1000.my-own-refresh", client_id = "1000.MINE",
      client_secret = "mine" }
    assert.truthy(answer.data.access_token)
    zoho:call("POST", "/oauth/v2/token/revoke?token=" .. answer.data.access_token)
    assert.is_false(works(answer.data.access_token))
    zoho:later(4000)
    assert.is_false(works(zoho.access))
  end)
end)
