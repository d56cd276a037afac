-- Which flow answers: each way in, both sides of each edge, and which one wins where two fit.
-- Stands in for the engine around routing.lua.

local function normal(text)
  return (text:lower():gsub("[^%w]+", " "):gsub("^ ", ""):gsub(" $", ""))
end

local chat = {
  normal = normal,

     option_number = function(key)
    return tonumber(key:match "^option (%d+)$" or key:match "^%d+$")
  end,
}

-- The function that routes, its options, and what was noted.
local function routing(init)
  local engine = {
    folder = "flows", init = init, name_max = 20, noted = {},
    texts = { bare = function(text) return text end },
    nearest = function() end, is_module = function() return false end,
    is_named = function(name) return name == "helped" end,
    kind = function(name) return name ~= "gone" and "function" or "nil" end,
    names = function() return { greet = true, lost = true, helped = true } end,
    return_line = function() return 7 end,
  }
  function engine.note(text) table.insert(engine.noted, text) end
  function engine.route(route, options) engine.routed, engine.options = route, options end
  assert(loadfile "engine/lua/routing.lua")(engine, chat)
  return engine
end

local function flows()
  return {
    { "greet", triggers = { "hello there", "=hi", "a b" }, on = { "visit", "empty" } },
    { "call", button = { "1", "Schedule Callback Now" }, triggers = { "call me" },
      on = { "failure" } },
    { "book", button = { "book-it", "Book: A Visit" }, triggers = { "hello", "=me" },
      on = { "context", "visit" } },
    { "files", button = { "3", "Third" }, on = { "file" } },
    { "other", triggers = { "schedule callback now", "hello there" } },
    { "talk", fallback = true },
    { "desk" },
  }
end

local LEAVE = { desk = { "Agent!", "a human" } }
local NONE = "none"

-- stage, kind, text, payload, offered, a file came; the flow.
local ROWS = {
  { 1, "message", "", "1", "", false, "call", "a value" },
  { 1, "message", "", "Schedule Callback Now", "", false, "call", "a label as payload" },
  { 1, "message", "", "schedule callback now", "", false, "call", "in small letters" },
  { 1, "message", "", "SCHEDULE callback, now", "", false, "call", "as somebody writes it" },
  { 1, "message", "", "Schedule Callba", "", false, "call", "15 letters of it" },
  { 1, "message", "", "Schedule Callb", "", false, "talk", "14 are too few" },
  { 1, "message", "", "chedule Callback", "", false, "talk", "not from its middle" },
  { 1, "message", "", "book-it", "", false, "book", "a value that is a word" },
  { 1, "message", "", "Book: A Visit", "", false, "book", "a label with signs" },
  { 1, "message", "", "option 3", "", false, "files", "an option that was clicked" },
  { 1, "message", "", "3", "", false, "files", "a number that was clicked" },
  { 1, "message", "", "option 2", "", false, "talk", "an option that is none" },
  { 1, "message", "hello", "1", "", false, "call", "a click before its text" },
  { 1, "message", "hello", "no-button", "", false, "book", "a text where the click says nothing" },
  { 1, "message", "", "hello", "", false, "book", "a click that is read as a text" },
  { 1, "message", "third", "", "", false, "files", "a label that is written" },
  { 1, "message", "Schedule callba", "", "", false, "call", "15 written letters" },
  { 1, "message", "Schedule callb", "", "", false, "talk", "14 written letters" },
  { 1, "message", "book-it", "", "", false, "talk", "a value that is written is no click" },
  { 1, "message", "book it", "", "", false, "talk", "nor where it is one word" },
  { 1, "trigger", "", "", "", false, "greet", "of two flows for a visit the first" },
  { 1, "trigger", "hi", "", "", false, "greet", "a visit with words" },
  { 1, "failure", "", "", "", false, "call", "nobody came" },
  { 1, "context", "x", "", "", false, "book", "the context" },
  { 1, "message", "", "", "", false, "greet", "nothing" },
  { 1, "unreadable", "hello", "", "", false, "greet", "what cannot be read" },
  { 1, "message", "", "", "", true, "files", "a file" },
  { 1, "message", "", "1", "", true, "call", "a click before a file" },
  { 1, "failure", "", "", "", true, "call", "nobody came, before a file" },
  { 1, "trigger", "", "", "", true, "greet", "a visit before a file" },
  { 1, "message", "hello there", "", "", false, "greet", "the first of two triggers" },
  { 1, "message", "oh hello you", "", "", false, "book", "a trigger amid" },
  { 1, "message", "hellos", "", "", false, "talk", "a part of a word" },
  { 1, "message", "shello", "", "", false, "talk", "the end of a word" },
  { 1, "message", "hello, there!", "", "", false, "greet", "signs do not count" },
  { 1, "message", "hi", "", "", false, "greet", "the whole message" },
  { 1, "message", "hi you", "", "", false, "talk", "not the whole message" },
  { 1, "message", "me", "", "", false, "book", "the whole of another" },
  { 1, "message", "please call me", "", "", false, "call", "no whole one in it" },
  { 1, "message", "1", "", "\0001\0", false, "call", "a number that was offered" },
  { 1, "message", "1", "", "", false, "talk", "a number that was not" },
  { 1, "message", "1", "", "\0003\0", false, "talk", "another was" },
  { 1, "message", "1", "", "\00011\0", false, "talk", "one with this figure" },
  { 1, "message", "option 3", "", "\0001\0003\0", false, "files", "the last that was offered" },
  { 1, "message", "4", "", "\0004\0", false, "talk", "a number without a button" },
  { 1, "message", "agent", "", "", false, "desk", "a word that leaves" },
  { 1, "message", "A human?", "", "", false, "desk", "the second one" },
  { 1, "message", "an agent", "", "", false, "talk", "not amid" },
  { 1, "message", "what", "", "", false, "talk", "nobody understands" },
  { 2, "message", "1", "", "\0001\0", false, NONE, "a number is an answer" },
  { 2, "message", "hello", "", "", false, NONE, "so is a trigger" },
  { 2, "message", "what", "", "", false, NONE, "and what nobody knows" },
  { 2, "message", "", "1", "", false, "call", "a click is not" },
  { 2, "message", "third", "", "", false, "files", "nor a label" },
  { 2, "message", "Agent", "", "", false, "desk", "nor a word that leaves" },
  { 2, "message", "", "", "", false, NONE, "nothing is asked again" },
  { 2, "message", "", "", "", true, NONE, "so is a file" },
  { 2, "trigger", "", "", "", false, NONE, "and another page" },
  { 2, "failure", "", "", "", false, "call", "nobody came, while it waits" },
  { 2, "context", "", "", "", false, "book", "a context, while it waits" },
  { 3, "message", "third", "", "", false, NONE, "a label was looked for before" },
  { 3, "message", "", "1", "\0001\0", false, "call", "a click is read as a number" },
  { 3, "message", "1", "", "\0001\0", false, "call", "a number after the answer" },
  { 3, "message", "hello", "", "", false, "book", "a trigger after the answer" },
  { 3, "message", "agent", "", "", false, "desk", "leaving after the answer" },
  { 3, "message", "what", "", "", false, NONE, "then it is asked again" },
}

describe("a message", function()
  local plain = routing { flows = flows(), leave = LEAVE }
  local more = flows()
  table.insert(more, 1, { "dynamic", triggers = { function(message) return message == "yes" end } })
  table.insert(more, 2, { "never", triggers = { function() end } })
  local dynamic = routing { flows = more, leave = LEAVE }

  for _, row in ipairs(ROWS) do
    it(("goes its way: %s (stage %d)"):format(row[8], row[1]), function()
      local stage, kind, text, payload, offered, is_file = table.unpack(row, 1, 6)
      for _, engine in ipairs { plain, dynamic } do
        -- Twice: a phrase that was found is known from then on.
        for _ = 1, 2 do
          assert.equal(row[7], engine.routed(stage, kind, text, payload, offered, "no",
            is_file) or NONE)
        end
      end
    end)
  end

  it("is shown to a function among the triggers", function()
    assert.equal("dynamic", dynamic.routed(1, "message", "hello", "", "", "yes", false))
    assert.is_true(dynamic.options.dynamic)
    assert.is_false(plain.options.dynamic)
  end)

  it("goes to the first trigger, in the order of the flows", function()
    assert.equal("greet", plain.routed(1, "message", "say hello there", "", "", "", false))
    assert.equal("greet", plain.routed(1, "message", "hello call me a b", "", "", "", false))
    assert.equal("call", plain.routed(1, "message", "hello call me", "", "", "", false))
  end)
end)

describe("what init.lua says", function()
  it("is what the engine gets", function()
    local init = { flows = flows(), tasks = { "job", "work" }, person = "desk", apology = "Oh." }
    local engine = routing(init)
    assert.same({ { "Schedule Callback Now", "1" }, { "Book: A Visit", "book-it" }, { "Third",
      "3" } },
      engine.options.ways)
    assert.same({ job = true, work = true }, engine.tasks)
    assert.same({ call = { "Schedule Callback Now", "1" }, book = { "Book: A Visit", "book-it" },
      files = { "Third", "3" } }, engine.buttons)
    assert.equal("desk", engine.person)
    assert.equal("Oh.", engine.options.apology)
    assert.equal("Is there anything else I can help you with?", engine.options.nothing_said)
    assert.truthy(engine.options.holding:find "^I am still working on it")
    assert.truthy(engine.got_file:find "^Thank you!")
    assert.same({ 'flows/lost.lua answers nothing: add { "lost", triggers = { "..." } } to flows '
      .. "in init.lua" }, engine.noted)
  end)

  for name, case in pairs {
    ["a long name"] = { { ("x"):rep(20) }, { ("x"):rep(21) }, "21 bytes, at most 20" },
    ["a flow's file"] = { { "here" }, { "gone" }, "no file flows/gone.lua" },
    ["a flow twice"] = { { "here" }, { "greet" }, "'greet' stands twice" },
    ["a value twice"] = { { "here", button = { "4", "X" } }, { "here", button = { "3", "X" } },
      "also flow 'files'" },
    ["a label twice"] = { { "here", button = { "4", "Fourth" } }, { "here", button = { "4",
      "third" } },
      "also flow 'files'" },
    ["a value like a label"] = { { "here", button = { "4", "4" } },
      { "here", button = { "third", "X" } }, "also flow 'files'" },
    ["a second fallback"] = { { "here" }, { "here", fallback = true }, "both the fallback" },
    ["an event"] = { { "here", on = { "file" } }, { "here", on = { "files" } }, "event 'files'" },
    ["half a button"] = { { "here", button = { "4", "X" } }, { "here", button = { "4" } },
      'must be { "value", "label" }' },
    ["a number as a button"] = { { "here", button = { "4", "X" } }, { "here", button = { 4, "X" } },
      'must be { "value", "label" }' },
  } do
    it("is right or told: " .. name, function()
      local init = { flows = flows() }
      init.flows[8] = case[1]
      assert.has_no.errors(function() routing(init) end)
      init.flows[8] = case[2]
      local _, why = pcall(routing, init)
      assert.truthy(tostring(why):find(case[3], 1, true), tostring(why))
    end)
  end
end)
