-- engine/cli/export.lua and its parts: what must not stand in an exported talk, and what must.
local cjson = require "cjson"
for _, name in ipairs { "export", "export_mask", "export_spoken", "export_given" } do
  package.preload["usher.cli." .. name] = assert(loadfile("engine/cli/" .. name .. ".lua"))
end
package.preload["usher.zone"] = function()
  return { fields = function(at) return os.date("!*t", at) end }
end
local export = require "usher.cli.export"
local new_mask = require "usher.cli.export_mask"
local spoken = require "usher.cli.export_spoken"
local new_given = require "usher.cli.export_given"

-- The texts of a visitor, one after the other, as they stand in the spec.
local function cleaned(person, ...)
  local mask, list = new_mask(person), { ... }
  for _, text in ipairs(list) do mask.visitor(text) end
  for i, text in ipairs(list) do list[i] = mask.clean(text) end
  return table.unpack(list)
end

describe("a telephone number", function()
  it("of 7 to 15 figures is another one, and keeps its form", function()
    for number, wanted in pairs {
      ["555 2671"] = "500 0101", ["+91 98765-43210"] = "+91 98760-00101",
      ["(415) 555-2671"] = "(415) 500-0101", ["123456789012345"] = "123456789000101",
      ["9876543210"] = "9876000101",
    } do
      assert.equal("call " .. wanted .. " please", (cleaned({}, "call " .. number .. " please")))
    end
  end)

  it("is none with fewer figures, or more", function()
    for _, text in ipairs { "order 555267", "it is 1234567890123456", "at 5 pm on 12/11/2026" } do
      assert.equal(text, (cleaned({}, text)))
    end
  end)

  it("may be written in the figures of another script", function()
    for _, zero in ipairs { 0x660, 0x6F0, 0x966, 0xFF10 } do
      local number = ("9876543210"):gsub("%d", function(figure)
        return utf8.char(zero + tonumber(figure))
      end)
      local text = cleaned({}, "call " .. number)
      assert.not_equal("call " .. number, text)
      assert.equal(utf8.len("call " .. number), utf8.len(text))
    end
  end)

  it("is the same one wherever it stands, whatever stands around it", function()
    local first, second = cleaned({}, "98765 43210", "is +91-9876543210 right?")
    local digits = first:gsub("%D", "")
    assert.truthy(second:gsub("%D", ""):find(digits, 1, true))
    assert.is_nil(second:find "43210")
  end)

  it("is told apart from others", function()
    local first, second = cleaned({}, "98765 43210", "98765 43219")
    assert.not_equal(first, second)
  end)

  it("of the bot stays, but one that the visitor wrote does not", function()
    local mask = new_mask {}
    mask.bot("Call 044 4001 4001, or we call 98765 43210.", { "98765 43210" })
    mask.visitor "98765 43210"
    local text = mask.clean "Call 044 4001 4001, or we call 98765 43210."
    assert.truthy(text:find("044 4001 4001", 1, true))
    assert.is_nil(text:find("43210", 1, true))
  end)
end)

describe("a number in words", function()
  it("is figures", function()
    assert.equal("my number is 9811223334444", spoken.figures
      "my number is nine eight double one two two three three three four four four four")
    assert.equal("9877765", spoken.figures "nine eight triple seven six five")
    assert.equal("oh five", spoken.figures "oh five")
  end)

  it("stays words when it is another one", function()
    local text = cleaned({}, "it is nine eight seven six five four three two one oh, triple six")
    assert.is_nil(text:find("four three two one", 1, true))
    assert.is_nil(text:find "%d")
    text = cleaned({}, "nine eight triple seven six five four")
    assert.is_nil(text:find("triple seven", 1, true))
  end)
end)

describe("an e-mail address", function()
  it("is another one in any case, each person's the same", function()
    local first, second, third = cleaned({}, "write to Ann.Lee@Shop.example.org",
      "ann.lee@shop.example.org", "or bob@example.net")
    assert.equal("write to visitor@example.com", first)
    assert.equal("visitor@example.com", second)
    assert.equal("or visitor2@example.com", third)
  end)
end)

describe("a name", function()
  it("is another one, whole and in parts", function()
    local whole, first, last, other = cleaned({ name = "Asha Mehta" }, "I am asha MEHTA",
      "Asha here", "Ms Mehta, please", "Ashanti and Mehtab")
    assert.equal("I am Robin Doe", whole)
    assert.equal("Robin here", first)
    assert.equal("Ms Doe, please", last)
    assert.equal("Ashanti and Mehtab", other)
  end)

  it("that is a word goes only where somebody is spoken to", function()
    local sentence, called = cleaned({ name = "Will May" }, "it will work in may",
      "Will, are you there?")
    assert.equal("it will work in may", sentence)
    assert.equal("Robin, are you there?", called)
  end)

  it("of nobody is none", function()
    assert.equal("Visitor 12 is here", (cleaned({ name = "Visitor 12" }, "Visitor 12 is here")))
  end)
end)

describe("what comes out anew each time", function()
  local function opened(learned, text, known)
    local given = new_given()
    given.known(known or {})
    given.learn { learned }
    return given.open(text)
  end

  it("is left open: ids and numbers of Zoho, of tasks, of chance", function()
    assert.equal("Ticket #... is open", opened({ name = "zoho.desk.create_ticket",
      values = { { ticketNumber = "101", id = "4000000012" } } }, "Ticket #101 is open"))
    assert.equal("Your mark: ...", opened({ name = "task", values = { "5d41e9aa" } },
      "Your mark: 5d41e9aa"))
    assert.equal("code ...", opened({ name = "math.random", values = { 48211 } }, "code 48211"))
    assert.equal("order ...", opened({ name = "zoho.desk.list", values = { { order = "44155" } } },
      "order 44155"))
    assert.equal("#...", opened({ name = "wait", values = { { value = { number = 7 } } } }, "#7"))
  end)

  it("stays where it is a count, what the visitor wrote, or of another host", function()
    assert.equal("There are 12 calls", opened({ name = "zoho.desk.list_calls",
      values = { { count = 12 } } }, "There are 12 calls"))
    assert.equal("order 44155", opened({ name = "zoho.desk.list_calls",
      values = { { id = "44155" } } },
      "order 44155", { "is it 44155?" }))
    assert.equal("state 4711", opened({ name = "http.request", values = { { id = "4711" } } },
      "state 4711"))
    assert.equal("x1011", opened({ name = "task", values = { "101" } }, "x1011"))
  end)
end)

describe("an exported talk", function()
  local function turn(text, said, learned)
    return { flow = "one", input = { kind = "message", text = text, at = 1772442000, visitor = {
      name = "Asha Mehta", phone = "+919812345678", country = "India" } },
      answer = { action = "reply", replies = { said } }, learned = learned or {} }
  end
  local function spec(...)
    return export(cjson.encode { key = "siq:1", turns = { ... } })
  end
  local function config(name, value)
    return { name = "config", target = name, values = { value } }
  end

  it("has nobody's name or number, whoever wrote it", function()
    local text = spec(turn("call Asha at 98765 43210", "Asha, we call 98765 43210 or 98123 45678."))
    for _, hidden in ipairs { "Asha", "Mehta", "43210", "45678" } do
      assert.is_nil(text:find(hidden, 1, true), hidden)
    end
    assert.truthy(text:find('name = "Robin Doe"', 1, true))
    assert.truthy(text:find('clock.at("2026-03-02 09:00:00")', 1, true))
  end)

  it("has no name that is a word, either", function()
    local one = turn("will it rain", "It will.")
    one.input.visitor.name = "Will"
    local text = spec(one)
    assert.truthy(text:find('name = "Robin Doe"', 1, true))
    assert.truthy(text:find('"will it rain"', 1, true))
  end)

  it("nor has it them in what other hosts were asked, or answered", function()
    local text = spec(turn("98765 43210", "Thanks", { { name = "http.request",
      target = "GET https://shop.example/orders?phone=9876543210",
      values = { { status = 200, body = '{"phone":"98765-43210"}' } } } }))
    assert.is_nil(text:find("43210", 1, true))
    assert.truthy(text:find('web.answers("GET https://shop.example/orders?phone=9876', 1, true))
  end)

  it("has the settings that its flows read, but not the machine's or Zoho's", function()
    local text = spec(turn("hi", "Hello", { config("SHOP", "corner"), config("DESK_ORG_ID", "700"),
      config("SALESIQ_APP_ID", "1"), config("DATABASE_URL", "x"), config("OPEN", true) }))
    assert.truthy(text:find('settings { OPEN = true, SHOP = "corner" }', 1, true))
    for _, hidden in ipairs { "DESK_ORG_ID", "SALESIQ_APP_ID", "DATABASE_URL" } do
      assert.is_nil(text:find(hidden, 1, true), hidden)
    end
  end)

  it("lets fail what failed, for that turn", function()
    local text = spec(turn("hi", "Sorry", { { name = "zoho.desk.list_calls", target = "",
      values = { cjson.null, { kind = "rate_limited" } } } }), turn("again", "Fine"))
    local fails = text:find('zoho.fails("desk.list_calls", { kind = "rate_limited" })', 1, true)
    local works = text:find('zoho.works("desk.list_calls")', 1, true)
    assert.truthy(fails and works and fails < works and works < text:find("again", 1, true))
  end)

  it("says that there is nothing, or nothing that can be read", function()
    local fine, why = pcall(export, '{"key":"siq:1","turns":[]}')
    assert.is_false(fine)
    assert.truthy(why:find("nothing of this conversation", 1, true))
    fine, why = pcall(export, '{"key":"siq:1","turns":[{"unreadable":true}]}')
    assert.is_false(fine)
    assert.truthy(why:find("cannot read", 1, true))
  end)
end)
