-- tests/fault/support/visitors.lua - visitors who book, move and cancel, what they must be told at
-- each step, and what must be in Zoho at the end.
--
--   local visitors = require "fault.support.visitors"
--   local all = visitors.of "callbacks"
--   visitors.round(usher, all)             everybody not through says what is next, all at once:
--                                          how many those were, how many got no answer
--   visitors.check(all, records)           one record for each promise, none besides
--
-- Who gets no answer says the same again with the same request id, as SalesIQ does. The numbers of
-- a round are not shown to anybody: a promise that is wrong raises.
local cjson = require "cjson"
local engine = require "support.engine"
local same = engine.same

local IST = 19800
local HOLDING = "still working on that"
local PATIENCE = 40 -- times that somebody asks again while the engine holds them

local visitors = {}

-- What a visitor says, and texts of which the answer must have one. `calls` is what Desk must have
-- at the end: number, hour in India, status; `opened`: SalesIQ has a conversation at most.
local scripts = {
  mover = {
    { "hello", "How can I assist" },
    { "2", "What suits you better" },
    { "Phone: 98765 4%s1\nTime: tomorrow at 3 PM", "ed: we call +91 98765 4%s1 on @ 3:00 PM" },
    { "when is my call?", "We call +91 98765 4%s1 on @ 3:00 PM" },
    { "move it to 5 PM", "Shall we call +91 98765 4%s1 on @ 5:00 PM" },
    { "yes", "ed: we call +91 98765 4%s1 on @ 5:00 PM" },
    { "when is my call?", "We call +91 98765 4%s1 on @ 5:00 PM" },
    calls = { { "+9198765 4%s1", 17, "Scheduled" } },
  },
  canceller = {
    { "please call me back", "share your phone number" },
    { "98765 4%s2", "What is a good time" },
    { "tomorrow at 3 PM", "Shall we call +91 98765 4%s2 on @ 3:00 PM" },
    { "yes", "ed: we call +91 98765 4%s2 on @ 3:00 PM" },
    { "cancel my call", "Shall I cancel that call" },
    { "yes", "the call is" },
    { "bye", "Goodbye" },
    calls = { { "+9198765 4%s2", 15, "Canceled" } },
  },
  renumberer = {
    { "please call me tomorrow at 4 PM on 98765 4%s3",
      "Shall we call +91 98765 4%s3 on @ 4:00 PM" },
    { "yes", "ed: we call +91 98765 4%s3 on @ 4:00 PM" },
    { "use my other number 98765 4%s4", "Shall we call +91 98765 4%s4 on @ 4:00 PM" },
    { "yes", "ed: we call +91 98765 4%s4 on @ 4:00 PM" },
    { "when do you call?", "We call +91 98765 4%s4 on @ 4:00 PM" },
    calls = { { "+9198765 4%s4", 16, "Scheduled" } },
  },
  twice = {
    { "Phone: 98765 4%s5\nTime: tomorrow at 3 PM", "ed: we call +91 98765 4%s5 on @ 3:00 PM" },
    { "cancel my call", "Shall I cancel that call" },
    { "yes", "the call is" },
    { "Phone: 98765 4%s5\nTime: tomorrow at 6 PM", "ed: we call +91 98765 4%s5 on @ 6:00 PM" },
    { "which number do you call?", "We call +91 98765 4%s5 on @ 6:00 PM" },
    calls = { { "+9198765 4%s5", 15, "Canceled" }, { "+9198765 4%s5", 18, "Scheduled" } },
  },
  talker = {
    { "agent", "What suits you better" },
    { "1", "A colleague has", "could not reach a colleague" },
    { "thanks", "welcome" },
    calls = {}, opened = true,
  },
  -- Always another hour: a call to Zoho with each "yes".
  restless = { { "Phone: 98765 4%s6\nTime: tomorrow at 11 AM", "ed: we call" }, calls = {} },
}
for hour = 1, 6 do
  local script = scripts.restless
  script[#script + 1] = { ("move it to %d PM"):format(hour), "Shall we call" }
  script[#script + 1] = { "yes", "ed: we call" }
end

local scenes = {
  callbacks = { "mover", "canceller", "renumberer", "twice", "talker" },
  grown = { "mover", "canceller", "renumberer", "twice", "talker" },
  tokens = { "restless" },
}

local function numbered(text, number) return (text:gsub("%%s", ("%03d"):format(number))) end

-- Whether `text` has `wanted`, in which " @ " stands for any words.
local function has(text, wanted)
  local first, second = wanted:match "^(.-)@(.*)$"
  local from, to = text:find(first or wanted, 1, true)
  return from ~= nil and (not second or text:find(second, to + 1, true) ~= nil)
end

-- The visitors of a scene, all at their first message. `number` tells those of one scene from those
-- of another.
function visitors.of(scene, number)
  local all = {}
  for i, name in ipairs(assert(scenes[scene], "no such scene")) do
    all[i] = { name = name, script = scripts[name], step = 1, held = 0, number = number or 100,
      key = ("%s-%d"):format(name, number or 100), told = {} }
  end
  return all
end

local function message(visitor)
  local says = numbered(visitor.script[visitor.step][1], visitor.number)
  return engine.message(visitor.key, says, { name = "Asha Rao",
    email = visitor.key .. "@example.org", id = ("%s-%d"):format(visitor.key, visitor.step) })
end

local function take(visitor, answer)
  local text = engine.spoken(answer)
  if text:find(HOLDING, 1, true) and visitor.held < PATIENCE then
    visitor.held = visitor.held + 1
    return
  end
  local wanted = visitor.script[visitor.step]
  for i = 2, #wanted do
    if has(text, numbered(wanted[i], visitor.number)) then
      visitor.told[visitor.step] = text
      visitor.step, visitor.held = visitor.step + 1, 0
      return
    end
  end
  error(("%s said %q and was told %q"):format(visitor.name, wanted[1], text), 0)
end

function visitors.round(usher, all)
  local bodies, who = {}, {}
  for _, visitor in ipairs(all) do
    if visitor.step <= #visitor.script then
      bodies[#bodies + 1], who[#who + 1] = cjson.encode(message(visitor)), visitor
    end
  end
  if #bodies == 0 then return 0, 0 end
  local unanswered = 0
  local answers = usher:post_all(bodies, #bodies)
  for i, visitor in ipairs(who) do
    local answer = assert(answers[i], "a call that drive.c lost")
    if answer.status == 200 then
      take(visitor, cjson.decode(answer.text))
    else
      same(0, answer.status, "status")
      unanswered = unanswered + 1
    end
  end
  return #bodies, unanswered
end

-- Checking ----------------------------------------------------------------------------------------

local function hour_in_india(start)
  local hour, minute = start:match "T(%d%d):(%d%d):00"
  return (tonumber(hour) * 3600 + tonumber(minute) * 60 + IST) % 86400 / 3600
end

-- The calls of each e-mail address, in the order they were made.
local function calls_of(records)
  local emails, calls = {}, {}
  for _, contact in ipairs(records.contacts) do
    local email = tostring(contact.email)
    assert(not calls[email], "lost or doubled: two contacts of " .. email)
    emails[contact.id], calls[email] = email, {}
  end
  for _, call in ipairs(records.calls) do
    table.insert(assert(calls[emails[call.contactId]], "a call of nobody"), call)
  end
  return calls
end

-- A call in words, to compare and to show.
local function in_words(status, number, hour)
  return ("%s %s at %g"):format(status, number, hour)
end

-- Those Desk has, in any order: what one try refuses, another makes later.
local function check_calls(visitor, got)
  local wanted, have = {}, {}
  for i, call in ipairs(visitor.script.calls) do
    wanted[i] = in_words(call[3], numbered(call[1], visitor.number):gsub(" ", ""), call[2])
  end
  for i, call in ipairs(got) do
    have[i] = in_words(call.status, call.subject:match "%+%d+", hour_in_india(call.startTime))
  end
  table.sort(wanted)
  table.sort(have)
  local promised, there = table.concat(wanted, ", "), table.concat(have, ", ")
  if promised ~= there then
    error(("%s: %s was promised: %s; Desk has: %s"):format(#have > #wanted and "doubled" or "lost",
      visitor.name, promised, there), 0)
  end
end

function visitors.check(all, records)
  local calls, promised, opened = calls_of(records), 0, {}
  for _, visitor in ipairs(all) do
    check_calls(visitor, calls[visitor.key .. "@example.org"] or {})
    promised = promised + #visitor.script.calls
  end
  if #records.calls ~= promised then error("doubled: calls of nobody", 0) end
  for _, conversation in ipairs(records.conversations) do
    local email = conversation.visitor.email
    if opened[email] then error("doubled: conversations of " .. email, 0) end
    opened[email] = true
  end
  for _, visitor in ipairs(all) do
    local told = visitor.script.opened and visitor.told[2]:find("Done!", 1, true)
    if told and not opened[visitor.key .. "@example.org"] then
      error("lost: a conversation that was promised", 0)
    end
  end
end

return visitors
