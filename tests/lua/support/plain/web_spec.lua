-- engine/lua/web.lua: which answer a request of a spec gets.
local web_of = assert(loadfile "engine/lua/web.lua")()

describe("web", function()
  local web
  before_each(function() web = web_of() end)

  it("answers what begins with the address, with the method that was named", function()
    web.answers("GET https://a.example/orders", { status = 201, body = "one", type = "text/plain",
      delay = 2 })
    local answer = web.find("GET", "https://a.example/orders/7?x=1", "")
    assert.same({ status = 201, body = "one", type = "text/plain", delay = 2 }, answer)
    local none, line = web.find("POST", "https://a.example/orders/7?x=1", "{}")
    assert.is_nil(none)
    assert.equal('web.answers("POST https://a.example/orders/7", { json = {} })', line)
    assert.is_nil((web.find("GET", "https://a.example/", "")))
    assert.same({ { method = "GET", url = "https://a.example/orders/7?x=1", body = "" },
      { method = "POST", url = "https://a.example/orders/7?x=1", body = "{}" },
      { method = "GET", url = "https://a.example/", body = "" } }, web.requests())
  end)

  it("takes the newest, as often as it says", function()
    web.answers("GET https://a.example/", { body = "old" })
    web.answers("GET https://a.example/", { body = "new", times = 2 })
    web.answers("GET https://a.example/", { json = { a = 1 }, times = 1 })
    local said = {}
    for i = 1, 5 do said[i] = web.find("GET", "https://a.example/", "").body end
    assert.same({ '{"a":1}', "new", "new", "old", "old" }, said)
  end)

  it("asks a function, which may decline", function()
    web.answers("POST https://a.example/", function(request)
      return request.body ~= "" and { body = request.method .. request.body, hang = true } or nil
    end)
    assert.same({ status = 200, body = "POSTx", delay = 0, hang = true },
      web.find("POST", "https://a.example/", "x"))
    assert.is_nil((web.find("POST", "https://a.example/", "")))
    web.answers("GET https://a.example/", function() return { body = 7 } end)
    assert.error_matches(function() web.find("GET", "https://a.example/", "") end,
      "what this function gave: body of an answer must be a string, not a number")
  end)

  it("refuses what is no answer, naming the line", function()
    for given, why in pairs {
      [{ state = 1 }] = "an answer has no 'state'",
      [{ status = "200" }] = "status of an answer must be a number, not a string",
      [{ json = { print } }] = "json cannot be written as JSON",
    } do
      assert.error_matches(function() web.answers("GET https://a.example/", given) end, why, 1)
    end
    local fine, message = pcall(web.answers, "get a.example", {})
    assert.is_false(fine)
    assert.truthy(message:find('needs "GET https://host/path", not "get a.example"', 1, true))
    assert.error_matches(function() web.answers("GET https://a.example/", "x") end,
      "web.answers: an answer is a table")
  end)
end)
