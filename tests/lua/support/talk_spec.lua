-- What routing and the methods of chat do, as visitors see it. See tests/lua/talk.
local function says(list)
  local talk = visitor.arrives { zone = "Asia/Kolkata", country = "India", name = "Asha" }
  for _, text in ipairs(list) do talk:says(text) end
  return talk
end

local function sees(typed, ...)
  says(type(typed) == "table" and typed or { typed }):sees { ... }
end

local function plays(name, ...) return says { "play " .. name, ... } end

describe("a message", function()
  it("goes to the flow whose phrase it has, as whole words", function()
    sees("well, HELLO there!", "greet: well, HELLO there!")
    sees("othello", "other: othello")
    sees("hello-ish", "greet: hello-ish")
  end)

  it("goes by an exact phrase only where it is all", function()
    sees("Hi!", "greet: Hi!")
    sees("hi you", "other: hi you")
    sees("exactly", "book: exactly")
    sees("exactly this", "other: exactly this")
  end)

  it("goes to the first flow that fits", function()
    sees("good day to you", "early: good day to you")
    sees("good day", "late: good day")
    sees("good day, hello", "greet: good day, hello")
    sees("book a hello", "greet: book a hello")
  end)

  it("goes to nobody's flow where nothing fits", function() sees("xyz", "other: xyz") end)

  it("clicks a button by its label, with and without signs, or cut", function()
    sees("📅 Book", "book: 📅 Book")
    sees("book", "book: book")
    sees("call me now or later", "call: call me now or later")
    sees("📞 Call Me Now Or L", "call: 📞 Call Me Now Or L")
    sees("call me now or", "other: call me now or")
  end)

  it("is a number of a button only where that was offered last", function()
    sees("2", "other: 2")
    sees({ "play buttons", "2" }, "book: 2")
    sees({ "play buttons", "option 2" }, "book: option 2")
    sees({ "play buttons", "Option_2" }, "book: Option_2")
    sees({ "play buttons", "1" }, "other: 1")
    sees({ "play buttons", "3" }, "other: 3")
    sees({ "play buttons", "-2" }, "other: -2")
    sees({ "play buttons", "xyz", "2" }, "other: 2")
  end)

  it("is a payload before it is a text", function()
    local talk = visitor.arrives()
    talk:says("hello", { payload = "2" }):sees { "book: hello" }
    talk:says("hello", { payload = "option_1" }):sees { "call: hello" }
    talk:says("hello", { payload = "Option 13" }):sees { "far: hello" }
    talk:says("hello", { payload = "14" }):sees { "greet: hello" }
    talk:says("hello", { payload = "📅 Book" }):sees { "book: hello" }
    talk:says("", { payload = "hello" }):matches "^greet: "
    talk:says("", { payload = "2" }):matches "^book: "
  end)

  it("leaves by the words of init.lua, also a question", function()
    sees("A human!", "desk: A human!")
    sees("person", "desk: person")
    sees("a human person", "other: a human person")
    plays("ask", "a human"):sees { "desk: a human" }
    plays("ask", "leave it"):sees { "stop: leave it" }
    plays("choose", "Person!"):sees { "desk: Person!" }
  end)

  it("of an event goes to that event's flow", function()
    visitor.arrives():visits():sees { "greet: " }
    visitor.arrives():sends_file "a.jpg":sees { "file: a.jpg" }
    visitor.arrives():sends_file("a.jpg", { text = "hello" }):sees { "greet: hello" }
    visitor.arrives():says "":sees { "empty: " }
    local talk = visitor.arrives()
    talk:says "play forward"
    talk:fails "operators_not_available":sees { "failed: 1002" }
  end)

  it("of no answer gets the text for it, a failure the apology with all ways", function()
    sees("play silent", "Anything else?")
    local talk = visitor.arrives()
    talk:says "play nothing":sees { "So sorry." }:sees_buttons { "Call Me Now Or Later", "Book",
      "Far" }
    assert.apology(talk)
  end)
end)

describe("a question", function()
  it("takes what is no other flow's first", function()
    plays("ask", "Asha"):sees { "Name: Asha" }
    plays("ask", "hello"):sees { "Name: hello" }
    plays("ask", "book"):sees { "book: book" }
    plays("ask", "2"):sees { "Name: 2" }
    plays("twice", "ring me"):sees { "call: ring me" }
    plays("twice", "ring me 7"):sees { "Got 7" }
  end)

  it("is asked again where nothing was said, and keeps a file for later", function()
    local talk = plays "ask"
    talk:says " ":sees { "Name?" }
    talk:visits():sees { "Name?" }
    talk:says "Asha":sees { "Name: Asha" }
    talk = plays "thrice"
    for _ = 1, 4 do talk:sends_file "a.jpg":sees { "Got it.", "Number?" } end
    talk:says "7":sees { "Got 7" }
  end)

  it("ends after its tries", function()
    plays("twice", "x"):sees { "Once more." }:says "y":sees { "Got nothing" }
    plays("thrice", "x"):sees { "No number there." }:says "x":sees { "No number there." }
      :says "x":sees { "Got nothing" }
    plays("thrice", "x", "x", "8"):sees { "Got 8" }
  end)

  it("says why before it says what comes again", function()
    plays("again", "odd"):sees { "How odd." }:says "x":sees { "Again 1." }:says "x"
      :sees { "Again 2." }:says "odd":sees { "How odd." }:says "5":sees { "Got 5" }
  end)

  it("looks for all that is missing, and asks for what is left", function()
    plays("fields", "12 cats"):sees { "12 cats 12 cats" }
    plays("fields", "12"):sees { "The word?" }:says "dogs":sees { "12 dogs dogs" }
    plays("fields", "cats"):sees { "The number?" }:says "13":sees { "13 cats cats" }
    plays("fields", "12 and no word?"):sees { "No word there." }
    plays("fields", "12", "x"):sees { "The word?" }:says "x":sees { "gave up" }
    plays("fields", "x", "12", "cats"):sees { "12 cats cats" }
    plays("fields", "x", "x"):sees { "gave up" }
    plays("kept", "8 bees"):sees { "7 bees" }
  end)

  it("gives its finders where and when it is, and what is asked for", function()
    plays("context", "abc"):sees { "what Asia/Kolkata IN abc 0" }:says "enough"
      :sees { "End: had none" }
    plays("both", "x", "y"):sees { "one=both two=both two=two" }
  end)

  it("shows its card, also behind a file", function()
    local talk = plays "input"
    assert.truthy(talk.answer:find("star-rating", 1, true), talk.answer)
    talk:sends_file "a.jpg"
    assert.truthy(talk.answer:find("star-rating", 1, true), talk.answer)
    talk:says "4":sees { "Got 4" }
  end)

  it("renews what the flow has of the visitor", function()
    plays("visitor", "yes"):sees { "yes Asha" }
  end)
end)

describe("a choice", function()
  it("is made by a click, a label, its number, or the beginning of a long one", function()
    plays "choose":sees_buttons { "Red", "Blue", "Dark Green With Dots" }
    plays("choose", "red!"):sees { "Took Red" }
    plays("choose", "2"):sees { "Took Blue" }
    plays("choose", "option 3"):sees { "Took Dark Green With Dots" }
    plays("choose", "dark green with"):sees { "Took Dark Green With Dots" }
    plays("choose", "dark green"):sees { "Please choose one of these." }
    plays("choose", "5"):sees { "Please choose one of these." }
    plays("choose", "-1"):sees { "Please choose one of these." }
    plays("choose", "a scarlet one"):sees { "greet: a scarlet one" }
    visitor.arrives():says "play choose":says("x", { payload = "Blue" }):sees { "Took Blue" }
  end)

  it("is offered again with its buttons, and ends after its tries", function()
    local talk = plays("choose", "x")
    talk:sees { "Please choose one of these." }:sees_buttons { "Red", "Blue",
      "Dark Green With Dots" }
    talk:says "x":says "x":sees { "Took nothing" }
    talk = plays("pick", "x")
    talk:sees { "Red or blue?" }:sees_buttons { "Red", "Blue" }
    talk:says "x":sees { "Took nothing" }
    plays("pick", "like the sky"):sees { "Took Blue" }
    plays("pick", "red?"):sees { "Red or blue?" }
  end)

  it("between yes and no is by label or by word", function()
    plays "confirm":sees_buttons { "Do it", "Rather not" }
    plays("confirm", "do it"):sees { "Sure true" }
    plays("confirm", "rather not"):sees { "Sure false" }
    plays("confirm", "yes please"):sees { "Sure true" }
    plays("confirm", "nope"):sees { "Sure false" }
    plays("confirm", "1"):sees { "Sure true" }
    plays("confirm", "2"):sees { "Sure false" }
    plays("confirm", "maybe", "hmm"):sees { "Sure nothing" }
  end)
end)

describe("a flow", function()
  it("says texts and buttons, each with its value", function()
    local talk = plays "buttons"
    talk:sees { "Look.", "There." }:sees_buttons { "📅 Book", "Shown", "Plain" }
    for _, value in ipairs { "2", "play ask", "Plain" } do
      assert.truthy(talk.answer:find('"' .. value .. '"', 1, true), talk.answer)
    end
  end)

  it("ends where it leaves", function()
    local talk = plays "forward"
    talk:sees { "Wait." }
    assert.forwarded(talk)
    assert.truthy(talk.answer:find('"department":"42"', 1, true))
    assert.truthy(talk.answer:find('"a@example.com"', 1, true))
    talk = plays "finish"
    talk:sees { "Bye." }
    assert.ended(talk)
    plays "over":sees { "One moment.", "desk: play over" }
    plays "continue":sees { "book: play continue" }
  end)

  it("waits for what it began, and knows who is waited for", function()
    local talk = plays "task"
    talk:sees { "true 2 0 true" }
    assert.tasks(talk, { { "job", a = { 1, 2 } } })
    plays "stuck":sees { "false person" }
  end)

  it("waits as long as it says, else three seconds", function()
    web.answers("GET https://slow.example/", { hang = true })
    local talk = plays "slow"
    talk:sees { "Later." }
    assert.truthy(talk.seconds >= 3 and talk.seconds < 3.4, talk.seconds)
    talk = plays "little"
    assert.truthy(talk.seconds >= 1 and talk.seconds < 1.4, talk.seconds)
  end)

  it("keeps what the conversation should keep", function()
    plays("memory", "play memory"):sees { "Times 2" }
    plays "memory":sees { "Times 1" }
    sees({ "xyz", "play transcript" },
      "visitor=xyz,bot=other: xyz,visitor=play transcript")
  end)

  it("says long texts in pieces", function()
    local line = ("x"):rep(99)
    sees("play long", (line .. "\n"):rep(9) .. ("y"):rep(99), "end",
      (("ab "):rep(333)):sub(1, -2), "cd", ("é"):rep(500), "é", ("z"):rep(1000))
  end)

  it("says values as people write them", function()
    sees("play values", '3 4%   2.2 "q" 50% %s', "A 100% %sure thing: http://x.example/%s")
  end)
end)
