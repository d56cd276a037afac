package.path = "tests/simulator/?.lua;" .. package.path
local support = require "support"

describe("SalesIQ", function()
  local zoho
  before_each(function() zoho = support.client() end)

  local V2 = "/api/v2/simulated"

  local function code(answer) return answer.data.error and answer.data.error.code end

  describe("Open Conversation", function()
    it("answers with the ids of a waiting chat", function()
      local answer = zoho:open()
      assert.equal(200, answer.status)
      local data = answer.data.data
      assert.equal("conversations", answer.data.object)
      assert.equal("/api/visitor/v1/simulated/conversations", answer.data.url)
      assert.equal("Printer offline", data.question)
      assert.equal("waiting", data.chat_status.state_key)
      assert.equal(48, #data.id)
      assert.truthy(data.conversation_id:find "^%d+$")
      assert.equal(data.conversation_id, zoho:records().conversations[1].conversation_id)
    end)

    it("answers 201 if told so", function()
      zoho:switch { created_as = 201 }
      assert.equal(201, zoho:open().status)
    end)

    for _, case in ipairs {
      { "app_id", { app_id = false } }, { "app_id", { app_id = "310000000099999" } },
      { "department_id", { department_id = false } }, { "department_id", { department_id = 5 } },
      { "question", { question = " " } }, { "visitor", { visitor = "asha" } },
      { "user_id", { visitor = { name = "Asha" } } },
      { "email", { visitor = { user_id = "a", email = 5 } } },
      { "custom_wait_time", { custom_wait_time = 1000 } },
      { "customer_info", { customer_info = "vip" } },
    } do
      it("names the field " .. case[1] .. " when it is wrong", function()
        local answer = zoho:open(case[2])
        assert.equal(400, answer.status)
        assert.equal(1011, code(answer))
        assert.equal(case[1], answer.data.error.json_key)
        assert.same({}, zoho:records().conversations)
      end)
    end

    it("takes organisation tokens only", function()
      local answer = zoho:open(nil, zoho.access)
      assert.equal(400, answer.status)
      assert.same({ code = 1009, message = "Invalid OAuthScope" }, answer.data.error)
    end)

    it("refuses a dead token, and errors can come with 200", function()
      local answer = zoho:open(nil, "1005.other")
      assert.equal(400, answer.status)
      assert.same({ code = 1008, message = "Invalid OAuthToken" }, answer.data.error)
      zoho:switch { errors_as = 200 }
      assert.equal(200, zoho:open(nil, "1005.other").status)
    end)

    it("is refused when nobody is there", function()
      zoho:switch { operators_available = false }
      assert.equal(1012, code(zoho:open()))
      assert.same({}, zoho:records().conversations)
    end)

    it("exists in the older family, and for leaving a message", function()
      local body = {
        app_id = zoho.settings.SALESIQ_APP_ID, question = "q", message = "m",
        department_id = zoho.settings.SALESIQ_DEPARTMENT_ID, visitor = { user_id = "a" },
      }
      local path = "/visitor/v2/simulated/conversations"
      assert.equal(200, zoho:salesiq("POST", path, body, zoho.visitor_access).status)
      zoho:switch { operators_available = false }
      local left = zoho:salesiq("POST", path .. "/leavemessage", body, zoho.visitor_access)
      assert.equal("m", left.data.data.question)
    end)

    it("at the operators' address asks for tag_ids", function()
      local answer = zoho:salesiq("POST", V2 .. "/conversations", {})
      assert.equal("tag_ids", answer.data.error.json_key)
    end)

    it("takes a stranger's ids when it is lenient", function()
      zoho = support.client { lenient_ids = true }
      assert.equal(200, zoho:open({ app_id = "42", department_id = "43" }).status)
      assert.equal(400, zoho:open({ app_id = "my app" }).status)
      assert.equal(200, zoho:salesiq("GET", "/api/v2/other/departments").status)
    end)
  end)

  for _, case in ipairs {
    { "no header", 1002, "GET", V2 .. "/departments", { authorization = "" } },
    { "a bare token", 1002, "GET", V2 .. "/departments",
      { authorization = "1000.simulated-access" } },
    { "another screen name", 1005, "GET", "/api/v2/acme/departments" },
    { "an unknown path", 1006, "GET", V2 .. "/nothing" },
    { "the wrong method", 1004, "PUT", V2 .. "/departments" },
  } do
    it("refuses " .. case[1] .. " with " .. case[2], function()
      local headers = case[5] or { authorization = "Zoho-oauthtoken " .. zoho.access }
      local answer = zoho:call(case[3], case[4], nil, headers)
      assert.equal(400, answer.status)
      assert.equal(case[2], code(answer))
      assert.is_string(answer.data.error.message)
    end)
  end

  it("compares scopes in any capitals", function()
    zoho:call("POST", "/_token", { scope = "SALESIQ.Departments.read" })
    assert.equal(200, zoho:salesiq("GET", V2 .. "/departments").status)
    assert.equal(1009, code(zoho:salesiq("GET", V2 .. "/operators")))
  end)

  it("lists departments and operators, with values as text", function()
    local departments = zoho:salesiq("GET", V2 .. "/departments").data
    assert.equal("list", departments.object)
    assert.equal(zoho.settings.SALESIQ_DEPARTMENT_ID, departments.data[1].id)
    assert.equal("true", departments.data[1].is_enabled)
    local operator = zoho:salesiq("GET", V2 .. "/operators").data.data[1]
    assert.equal("1", operator.status_code)
    local one = zoho:salesiq("GET", V2 .. "/operators/" .. operator.id).data
    assert.equal("operator", one.object)
    assert.equal(operator.email_id, one.data.email_id)
    assert.equal(1011, code(zoho:salesiq("GET", V2 .. "/operators/5")))
  end)

  it("shows an empty list as a list", function()
    local answer = zoho:salesiq("GET", V2 .. "/departments?index=2")
    assert.truthy(answer.body:find('"data":[]', 1, true))
  end)

  it("shows operators as busy when nobody is there", function()
    zoho:switch { operators_available = false }
    local operator = zoho:salesiq("GET", V2 .. "/operators").data.data[1]
    assert.equal("3", operator.status_code)
    assert.equal("Busy", operator.status_message)
  end)

  it("knows the department and the brand by id", function()
    local s = zoho.settings
    assert.equal(200, zoho:salesiq("GET", V2 .. "/departments/" .. s.SALESIQ_DEPARTMENT_ID).status)
    assert.equal(200, zoho:salesiq("GET", V2 .. "/apps/" .. s.SALESIQ_APP_ID).status)
    assert.equal(1011, code(zoho:salesiq("GET", V2 .. "/apps/1")))
  end)

  describe("an open conversation", function()
    local opened
    before_each(function() opened = zoho:open().data.data end)

    it("takes messages of the visitor by either id", function()
      for _, id in ipairs { opened.id, opened.conversation_id } do
        local answer = zoho:salesiq("POST",
          "/api/visitor/v1/simulated/conversations/" .. id .. "/messages", { text = "hello" },
          zoho.visitor_access)
        assert.equal("hello", answer.data.data.text)
      end
      assert.equal(2, #zoho:records().messages)
    end)

    it("is found by the visitor's e-mail", function()
      local path = V2 .. "/visitors/asha%40example.com/messages"
      assert.equal(200, zoho:salesiq("POST", path, { text = "we are late" }).status)
      assert.equal("operator", zoho:records().messages[1].sender)
      assert.equal("text", zoho:salesiq("POST", path, {}).data.error.json_key)
      local other = V2 .. "/visitors/roe%40example.com/messages"
      assert.equal(1011, code(zoho:salesiq("POST", other, { text = "x" })))
    end)

    it("takes nothing once it is closed", function()
      local path = V2 .. "/conversations/" .. opened.conversation_id .. "/close"
      assert.equal(200, zoho:salesiq("POST", path).status)
      assert.equal(1011, code(zoho:salesiq("POST", path)))
      assert.equal("closed", zoho:records().conversations[1].state)
    end)

    it("does not exist in the bot preview", function()
      local answer = zoho:salesiq("POST",
        "/api/visitor/v1/simulated/conversations/botpreview_1/messages", { text = "x" },
        zoho.visitor_access)
      assert.equal(1011, code(answer))
    end)
  end)

  describe("a callback", function()
    local function post(kind, body, id)
      return zoho:salesiq("POST", ("%s/callbacks/%s/%s"):format(V2, id or "r1", kind), body)
    end

    local ANSWER = { action = "reply", replies = { { text = "Your ticket is 1042." } } }

    it("takes progress and then one answer", function()
      zoho:call("POST", "/_pending", { request_id = "r1" })
      assert.equal(200, post("progress", { text = "Still working" }).status)
      assert.equal(200, post("response", ANSWER).status)
      assert.equal(1013, code(post("response", ANSWER)))
      local kinds = {}
      for i, one in ipairs(zoho:records().callbacks) do kinds[i] = one.kind end
      assert.same({ "progress", "response" }, kinds)
    end)

    it("is too late after three minutes", function()
      zoho:call("POST", "/_pending", { request_id = "r1" })
      zoho:later(180)
      assert.equal(200, post("progress", { text = "x" }).status)
      zoho:later(1)
      assert.equal(1013, code(post("response", ANSWER)))
    end)

    it("must be awaited when the simulator is strict", function()
      assert.equal(200, post("response", ANSWER, "never-announced").status)
      zoho:switch { strict_callbacks = true }
      assert.equal(1013, code(post("response", ANSWER, "r2")))
    end)

    it("refuses an answer that SalesIQ would refuse", function()
      assert.equal(1011, code(post("response", { action = "transfer", replies = { "x" } })))
      assert.same({}, zoho:records().callbacks)
    end)

    it("can be answered with 204", function()
      zoho:switch { callback_as = 204 }
      local answer = post("progress", { text = "x" })
      assert.equal(204, answer.status)
      assert.equal("", answer.body)
    end)
  end)
end)
