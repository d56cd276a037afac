-- tests/e2e/support/talks.lua - whole talks with the front desk, a turn at a time, and what must be
-- in Zoho after them.
--
--   local talk = talks.new(usher, "buttons", "conversation-1")
--   talk:turn(1)            sends its first message; false when no answer came
--   talk:check_records()    one call in Desk, at the right time
local engine = require "support.engine"
local same = engine.same

local IST, DAY = 19800, 86400

local talks = {}
local Talk = {}
Talk.__index = Talk

talks.says = {
  -- Everything by buttons, the details in one message.
  buttons = { "hello", "connect me to an agent", "1", "agent", "2",
    "Phone: 98765 43210\nTime: tomorrow at 3 PM" },
  -- The details come in pieces, and are confirmed.
  pieces = { "hi", "please call me back", "my number is 98765 43210", "tomorrow at three",
    "pm", "thanks" },
}
local CALL_AT = { buttons = 6, pieces = 5 } -- the turn that books
local OPENED = { buttons = 1, pieces = 0 }  -- conversations in SalesIQ

-- usher answers; zoho, if another process, has the records.
function talks.new(usher, name, conversation)
  return setmetatable({ usher = usher, name = name, conversation = conversation,
    says = assert(talks.says[name]), answers = {} }, Talk)
end

-- Who asks again, does so with the same request id, unless `mark` makes it a message of its own.
function Talk:message(turn, mark)
  return engine.message(self.conversation, self.says[turn], { name = "Asha Rao",
    email = self.conversation .. "@example.org",
    id = ("%s-%d%s"):format(self.conversation, turn, mark or "") })
end

local function keep(self, turn, status, answer)
  if status == 0 then return false end
  if status ~= 200 then error(("turn %d was answered %d: %s"):format(turn, status, answer), 3) end
  self.answers[turn] = engine.spoken(answer)
  return true
end

function Talk:turn(turn, mark)
  return keep(self, turn, self.usher:call(self:message(turn, mark)))
end

-- Starts a turn; what it gives waits for its answer, and is false when none came.
function Talk:start(turn)
  local wait = self.usher:send(self:message(turn))
  return function() return keep(self, turn, wait()) end
end

function Talk:all()
  for turn = 1, #self.says do assert(self:turn(turn), "no answer") end
end

-- Tomorrow at three in India, as Desk wants it. India has no summer time.
function talks.tomorrow_at_three()
  local today = (os.time() + IST) // DAY
  return os.date("!%Y-%m-%dT%H:%M:%S.000Z", (today + 1) * DAY + 15 * 3600 - IST)
end

-- What Zoho has of this talk: one call (or none before it is booked), one contact, its chats.
function Talk:check_records(when)
  local records = self.usher:zoho("GET", "/_records")
  local suffix = when and ", " .. when or ""
  local is_booked = self.answers[CALL_AT[self.name]] ~= nil
  same(is_booked and 1 or 0, #records.calls, "calls" .. suffix)
  same(is_booked and 1 or 0, #records.contacts, "contacts" .. suffix)
  same(OPENED[self.name], #records.conversations, "conversations" .. suffix)
  if is_booked then
    same(talks.tomorrow_at_three(), records.calls[1].startTime, "startTime" .. suffix)
    engine.has(records.calls[1].description, "+919876543210")
  end
end

return talks
