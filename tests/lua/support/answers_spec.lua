-- tests/lua/support/answers_spec.lua - the table of answers.lua, through chat:confirm, through the
-- callback and through the question whether to cancel. See tests/lua/answers.
local answers = dofile "answers.lua"

-- What the bot took the answer for: "yes", "no", or "unclear" where it asked again.
local function heard(talk, signs)
  local all = table.concat(talk.new, "\n")
  for answer, sign in pairs(signs) do
    if all:find(sign) then return answer == "part" and "no" or answer end
  end
  return "unclear"
end

local ASKS = {
  ["chat:confirm"] = {
    after = function() return visitor.after { phone = false, "shall" } end,
    signs = { yes = "We do%.", no = "We do not%." },
  },
  ["the callback"] = {
    after = function()
      return visitor.after { phone = false, "call me back", "98765 43210, tomorrow 3 pm" }
    end,
    signs = { yes = "Booked: ", no = "instead%? Send", part = "suits you" },
  },
}

-- Many in one `it`: a state of Lua for each would take minutes. Gives those that went wrong.
local function wrong(texts, is_right)
  local list = {}
  for _, text in ipairs(texts) do
    local found = is_right(text)
    if found ~= true then list[#list + 1] = text .. ": " .. tostring(found) end
  end
  return list
end

for name, ask in pairs(ASKS) do
  for answer, texts in pairs(answers.both) do
    it(("%s hears %s"):format(name, answer), function()
      assert.same({}, wrong(texts, function(text)
        local found = heard(ask.after():says(text), ask.signs)
        return found == answer or found
      end))
    end)
  end
end

local BOOKS = { nothing = answers.never_booked, ["what is said again"] = answers.said_again }
for name, texts in pairs(BOOKS) do
  it("the callback books " .. name, function()
    assert.same({}, wrong(texts, function(text)
      local talk = ASKS["the callback"].after()
      talk:says(text)
      local is_booked = heard(talk, ASKS["the callback"].signs) == "yes"
      return is_booked == (name ~= "nothing") or talk.new[#talk.new]
    end))
  end)
end

it("a booked call stays where it was asked whether to cancel it", function()
  assert.same({}, wrong(answers.no_cancel, function(text)
    local talk = visitor.after { phone = false, "call me tomorrow at 3pm, 98765 43210", "yes",
      "cancel" }
    talk:says(text)
    return not table.concat(talk.new):find "is cancelled" or talk.new[1]
  end))
end)
