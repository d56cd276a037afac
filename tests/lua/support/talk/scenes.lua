-- What a flow can do, a function each; "play NAME" begins one.
local scenes = {}

local function told(got) return got == nil and "nothing" or tostring(got) end

local function number(text)
  local found = tonumber(text:match "%d+")
  if found then return found end
  return nil, { kind = text:find "number" and "odd" or "none", message = "No number there." }
end

local function word(text)
  local found = text:match "[bcd]%a+"
  if found then return { value = found, whole = text } end
  return nil, { kind = text:find "word" and "odd" or "none", message = "No word there." }
end

function scenes.ask(chat)
  local name = chat:ask "Name?"
  chat:say("Name: " .. told(name))
end

function scenes.twice(chat)
  local got = chat:ask { "Number?", find = function(text) return (number(text)) end, tries = 2,
    again = "Once more." }
  chat:say("Got " .. told(got))
end

function scenes.thrice(chat)
  local got = chat:ask { "Number?", find = number }
  chat:say("Got " .. told(got))
end

function scenes.again(chat)
  local n = 0
  local got = chat:ask { "Number?", find = function(text)
    if text == "odd" then return nil, { message = "How odd." } end
    return (number(text))
  end, again = function()
    n = n + 1
    return "Again " .. n .. "."
  end, tries = 9 }
  chat:say("Got " .. told(got))
end

function scenes.fields(chat)
  local got, results = chat:ask { "Number and word?", number = number, word = word, tries = 2,
    prompts = { number = "The number?", word = "The word?" } }
  chat:say(got and ("%d %s %s"):format(got.number, got.word, results.word.whole) or "gave up")
end

function scenes.kept(chat)
  local got = chat:ask { "The rest?", number = number, word = word, keep = { number = 7 } }
  chat:say(("%d %s"):format(got.number, got.word))
end

function scenes.context(chat)
  local got = chat:ask { "What?", what = function(text, context, message)
    if text == "enough" then return context.previous and "had" or "had none" end
    return nil, { kind = "odd", message = ("%s %s %s %s %d"):format(context.asked, context.zone,
      context.region, message.text, context.now - clock.now()) }
  end, tries = 9 }
  chat:say("End: " .. got.what)
end

function scenes.both(chat)
  local asked = {}
  local function find(name, wanted)
    return function(text, context)
      asked[#asked + 1] = name .. "=" .. context.asked
      return text:find(wanted, 1, true) and name or nil
    end
  end
  chat:ask { "Both?", one = find("one", "x"), two = find("two", "y"), tries = 9 }
  chat:say(table.concat(asked, " "))
end

function scenes.choose(chat)
  local got = chat:choose { "Which?", "Red", "Blue", "Dark Green With Dots" }
  chat:say("Took " .. told(got))
end

function scenes.pick(chat)
  local got = chat:choose { "Which?", "Red", "Blue", tries = 2, again = "Red or blue?",
    find = function(text) return text:find "sky" and "Blue" or nil end }
  chat:say("Took " .. told(got))
end

function scenes.confirm(chat)
  local got = chat:confirm { "Sure?", yes = "Do it", no = "Rather not", tries = 2 }
  chat:say("Sure " .. told(got))
end

function scenes.buttons(chat)
  chat:say { "Look.", "There.", buttons = { "book", { "Shown", "play ask" }, "Plain" } }
end

function scenes.input(chat)
  local got = chat:ask { "Rate?", find = number, input = { type = "star-rating", level = 5 } }
  chat:say("Got " .. told(got))
end

function scenes.forward(chat)
  chat:forward { "Wait.", department = 42, operators = { "a@example.com" } }
  chat:say "never"
end

function scenes.finish(chat)
  chat:finish "Bye."
  chat:say "never"
end

function scenes.over(chat)
  chat:say "One moment."
  chat:hand_over()
  chat:say "never"
end

function scenes.continue(chat)
  chat:continue "book"
  chat:say "never"
end

function scenes.task(chat)
  local task = chat:task("job", { a = { 1, 2 } })
  local first = task:wait()
  local same = chat:begun(task.id):wait(0)
  chat:say(("%s %d %d %s"):format(tostring(first.done), first.value.got.a[2], first.value.tries,
    tostring(same.done)))
end

function scenes.stuck(chat)
  local result = chat:task("second_job"):wait(1)
  chat:say(tostring(result.done) .. " " .. told(result.waiting))
end

function scenes.slow(chat)
  chat:say(chat:task("slow_job"):wait().done and "Done." or "Later.")
end

function scenes.little(chat)
  chat:say(chat:task("slow_job"):wait(1).done and "Done." or "Later.")
end

function scenes.memory(chat)
  chat.memory.count = (chat.memory.count or 0) + 1
  chat:say("Times " .. chat.memory.count)
end

function scenes.visitor(chat)
  chat:ask "Go on?"
  chat:say(("%s %s"):format(chat.message.text, chat.visitor.name))
end

function scenes.transcript(chat)
  local list = {}
  for i, line in ipairs(chat:transcript()) do list[i] = line.who .. "=" .. line.text end
  chat:say(table.concat(list, ","))
end

function scenes.silent(chat) chat.memory.silent = true end

function scenes.long(chat)
  local line = ("x"):rep(99) .. "\n"
  chat:say(line:rep(9) .. ("y"):rep(99) .. "\n" .. "end")
  chat:say(("ab "):rep(333) .. "cd")
  chat:say(("é"):rep(501))
  chat:say(("z"):rep(1000))
end

function scenes.values(chat)
  chat:say("%s %d%% %5.1f %q %s", 3.0, 4, 2.25, "q", "50% %s")
  chat:say "A 100% %sure thing: http://x.example/%s"
end

return scenes
