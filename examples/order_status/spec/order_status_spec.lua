-- spec/order_status_spec.lua - a shop that answers, and one that does not.
describe("order status", function()
  local ORDER = { number = "10234", email = "Asha@example.com", state = "sent",
    carrier = "BlueDart", due = "Friday" }
  local URL = "GET https://shop.example.com/orders/10234"

  -- A visitor of a shop that gives this answer.
  local function asks(answer)
    settings { ORDERS_URL = "https://shop.example.com", ORDERS_TOKEN = "not-a-real-one" }
    local talk = visitor.arrives {}
    web.answers(URL, answer)
    return talk
  end

  it("asks for what it needs and tells where the order is", function()
    local talk = asks { json = ORDER }
    talk:visits()
    talk:clicks "My Order"
    talk:sees "What is your order number?..."
    talk:says "It's 10234, I think"
    talk:sees "And the e-mail address that you ordered with?"
    talk:says "asha@example.com"
    talk:sees {
      "Your order 10234 is on its way. BlueDart brings it. You should have it by Friday.",
    }
    assert.equal(1, #web.requests())
  end)

  it("takes the number from the first message", function()
    local talk = asks { json = ORDER }
    talk:says "Where is order 10234?"
    talk:sees "And the e-mail address that you ordered with?"
  end)

  it("asks again for a number that is none", function()
    local talk = asks { json = ORDER }
    talk:says "order status"
    talk:says "123456789"
    talk:sees "That is no order number. It has five digits, such as 10234."
    talk:says "10234"
    talk:sees "And the e-mail address that you ordered with?"
  end)

  it("hands over who has no number", function()
    local talk = visitor.after { "order status", "I lost it", "no idea", "really" }
    assert.forwarded(talk)
  end)

  local UNKNOWN = {
    { "there is none", { status = 404, json = { error = "no such order" } }, "asha@example.com" },
    { "it is somebody else's", { json = ORDER }, "eve@example.com" },
    { "the shop knows no e-mail", { json = { number = "10234" } }, "eve@example.com" },
  }
  for _, case in ipairs(UNKNOWN) do
    it("does not tell about an order when " .. case[1], function()
      local talk = asks(case[2])
      talk:says "where is order 10234"
      talk:says(case[3])
      talk:sees { ("I find no order 10234 for %s."):format(case[3]) }
      talk:sees_buttons { "My Order", "Talk to Us" }
    end)
  end

  local TROUBLE = {
    { "fails", { status = 500, body = "oops" } },
    { "talks nonsense", { body = "<html>", type = "text/html" } },
    { "hangs", { hang = true } },
    { "drops the connection", { drop = true } },
    { "wants another token", { status = 401, json = {} } },
  }
  for _, case in ipairs(TROUBLE) do
    it(("hands over when the shop %s"):format(case[1]), function()
      local talk = asks(case[2])
      talk:says "where is order 10234"
      talk:says "asha@example.com"
      talk:sees "Sorry, I cannot look that up just now."
      assert.forwarded(talk)
      assert.is_true(talk.seconds < 4.1)
    end)
  end
end)
