-- engine/lua/texts.lua in service: what a text with a hole is said as, and what the log hears.
local held, made, written

local engine = {
  folder = "flows",
  author = function() return "flows/a.lua", 3 end,
  strict = function() return false end,
  hole = function(message) held[#held + 1] = message end,
  code = function() end,
  names = function() return { a = true } end,
  kind = function() return "function" end,
  is_written = function(word) return written == word end,
  made = function() return made end,
}
local texts = assert(loadfile "engine/lua/texts.lua")(engine)
local CHAT = { message = { text = "what is %s and nil" } }

describe("a text in service", function()
  before_each(function() held, made, written = {}, nil, nil end)

  for _, case in ipairs {
    { { "Hello %s", "Asha" }, "Hello Asha" },
    { { "%d of %s", 2, 3.0 }, "2 of 3" },
    { { "%.1f and %5.2f|%-3s|%x", 2, 2.255, "a", 255 }, "2.0 and  2.25|a  |ff" },
    { { "%d%% of %s", 50, "50% %s" }, "50% of 50% %s" },
    { { "Hello %s, how are you?" }, "Hello, how are you?", "no value for the first %s" },
    { { "Thank you, %s!", nil, n = 2 }, "Thank you!", "show nil for %s" },
    { { "%s, welcome", nil, n = 2 }, "Welcome", "the first value is nil" },
    { { "Order %s: %s is here.", nil, "it", n = 3 }, "Order: it is here.", "first value" },
    { { "We call (%s) soon.", nil, n = 2 }, "We call soon.", "first value" },
    { { "It is %s's order.", nil, n = 2 }, "It is order.", "first value" },
    { { "One.\n%s\nTwo", nil, n = 2 }, "One.\n\nTwo", "first value" },
    { { "Yes. %s you", nil, n = 2 }, "Yes. You", "first value" },
    { { "Name: %s", nil, n = 2 }, "Name:", "first value" },
    { { "%s %s", "a" }, "a", "no value for the second %s" },
    { { "%d pieces", 2.5 }, "2.5 pieces", "shows no number for %d" },
    { { "%d pieces", "two" }, "two pieces", "shows no number for %d" },
    { { "50% off for %s", "a" }, "50% off for a", "is written %%" },
    { { "Hello", 1 }, "Hello", "given 1 value" },
    { { "Hello %s", 1, 2 }, "Hello 1", "given 2 values" },
    { { "Hello %s", {} }, "Hello", "show a table" },
    { { "Hello %s", setmetatable({}, { __tostring = function() return "me" end }) }, "Hello me" },
    { { "Hello %s", false }, "Hello", "show a boolean" },
    { { "Hello %s", 0 / 0 }, "Hello", "show no number" },
    { { "Hello %s", -1 / 0 }, "Hello", "show no number" },
  } do
    it("with values: " .. case[1][1]:gsub("\n", " "), function()
      local given = case[1]
      assert.equal(case[2], texts.fill(table.unpack(given, 1, given.n or #given)))
      assert.equal(case[3] and 1 or 0, #held)
      assert.truthy(not case[3] or held[1]:find(case[3], 1, true), held[1])
    end)
  end

  for _, case in ipairs {
    { "Hello %s", "Hello", "%s" }, { "50%", "50%" }, { "50%% off", "50% off", "%%" },
    { "a %d b", "a b", "%d" }, { "95% of", "95% of" }, { "%.2f!", "", "%.2f" },
    { "see http://x.example/%20%s", "see http://x.example/%20%s" }, { "100 %sure", "100 %sure" },
  } do
    it("without: " .. case[1], function()
      local better, directive = texts.bare(case[1])
      assert.equal(case[2], better)
      assert.equal(case[3], directive)
      assert.equal(case[2], texts.readable({ message = { text = "" } }, case[1], "say"))
      assert.equal(case[3] and 1 or 0, #held)
    end)
  end

  it("may repeat what the visitor said", function()
    made = { { "nil", "flows/a.lua", 3 } }
    assert.equal("You: what is %s", texts.readable(CHAT, "You: what is %s", "say"))
    assert.equal("You: %d", texts.readable(CHAT, "You: %d", "say", true))
    assert.equal("You: nil", texts.readable(CHAT, "You: nil", "say"))
    assert.equal(0, #held)
  end)

  it("loses what a text was made of that is none", function()
    local chat = { message = { text = "hello" } }
    made = { { "nil", "flows/a.lua", 3 }, { "table", "flows/a.lua", 4 } }
    assert.equal("Hello, vanilla.", texts.readable(chat, "Hello nil, vanilla.", "say"))
    assert.truthy(held[1]:find('show "nil", of which a text was made in flows/a.lua:3', 1, true))
    assert.equal("NILS", texts.readable(chat, "NILS", "say"))
    assert.equal("Hello", texts.readable(chat, "Hello Nil", "say"))
    assert.equal("Hello", texts.readable(chat, "Hello NIL table", "say"))
    assert.equal(4, #held)
    made = { { "nan", "flows/a.lua", 3 } }
    assert.equal("It costs.", texts.readable(chat, "It costs nan.", "say"))
    made, written = { { "nil", "flows/a.lua", 3 } }, "nil"
    assert.equal("It ended nil to nil", texts.readable(chat, "It ended nil to nil", "say"))
  end)

  it("raises where its author looks on", function()
    engine.strict = function() return true end
    local fine, why = pcall(texts.fill, "Hello %s", nil)
    engine.strict = function() return false end
    assert.is_false(fine)
    assert.truthy(why:find("flows/a.lua:3: chat:say", 1, true), why)
  end)
end)

describe("a long text", function()
  local function sizes(text)
    local list = texts.pieces(text)
    for i, piece in ipairs(list) do list[i] = #piece end
    return table.concat(list, " ")
  end

  it("is split where it is too long only", function()
    assert.equal("1000", sizes(("x"):rep(1000)))
    assert.equal("1000 1", sizes(("x"):rep(1001)))
    assert.equal("1000 1000 500", sizes(("x"):rep(2500)))
  end)

  it("is split at the end of a line, else of a word, else of a letter", function()
    assert.equal("700 600", sizes(("x"):rep(700) .. "\n" .. ("y"):rep(200) .. " "
      .. ("z"):rep(399)))
    assert.equal("700 600", sizes(("x"):rep(700) .. " " .. ("y"):rep(600)))
    assert.equal("1000 102", sizes(("x"):rep(400) .. " " .. ("y"):rep(701)))
    assert.equal("999 3", sizes("a" .. ("é"):rep(499) .. "€"))
  end)
end)
