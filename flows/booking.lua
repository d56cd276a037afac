-- flows/booking.lua - the call of a chat, chat.memory.callback, and the tasks that tell Desk.
--
-- The call is a wish of agree.lua (phone, time) with `reference`, the mark of the booking task,
-- `id`, the record in Desk once that is known, and `change`, the task that moved it last.
--
-- What became of a task within a visitor's patience: "done"; "soon": it gets there by itself;
-- "waits": a colleague has to act first, and nothing may be promised.
local files = require "files"
local person = require "person"
local when = require "when"

local SOON = 3600 -- seconds that "as soon as possible" is still to come
local PATIENCE = 3 -- seconds that a visitor waits for Desk

local booking = {}

-- The call that is still to come, or nil.
function booking.upcoming(chat)
  local call = chat.memory.callback
  if not call then return nil end
  local value = call.time.value
  local last = value.soon and value.at + SOON or value.at
  return last > chat.message.at and call or nil
end

-- What the tasks need to know of a wish, as plain texts and numbers.
local function details(chat, wish)
  return {
    phone = wish.phone.value,
    ext = wish.phone.ext,
    at = math.max(math.floor(wish.time.value.at), math.floor(chat.message.at)),
    when = when.text(wish.time.value, chat.message.at),
    name = person.name(chat.visitor),
    email = person.email(chat.visitor),
    files = files.names(chat),
  }
end

local function outcome(result)
  return result.done and "done" or result.waiting and "waits" or "soon"
end

local function keep(chat, wish, call)
  chat.memory.wish = nil
  call.phone, call.time = wish.phone, wish.time
  chat.memory.callback = call
end

-- Books what was agreed on.
function booking.book(chat, wish)
  local task = chat:task("book_callback", details(chat, wish))
  local result = task:wait(PATIENCE)
  keep(chat, wish, { reference = task.id, id = result.value and result.value.id })
  return outcome(result)
end

local function is_waiting(chat, id)
  return id ~= nil and chat:begun(id):wait(0).waiting ~= nil
end

-- The booking itself; where its record is known it is done.
local function is_unbooked(chat, call)
  return not call.id and is_waiting(chat, call.reference)
end

-- Gives the outcome and the task. No change follows before there is a call.
local function change(chat, call, args)
  args.reference, args.id = call.reference, call.id
  local task = chat:task("change_callback", args)
  local became = outcome(task:wait(PATIENCE))
  if became == "soon" and is_unbooked(chat, call) then became = "waits" end
  return became, task.id
end

function booking.move(chat, call, wish)
  local became, task = change(chat, call, details(chat, wish))
  keep(chat, wish, { reference = call.reference, id = call.id, change = task })
  return became
end

function booking.cancel(chat, call)
  chat.memory.callback = nil
  return (change(chat, call, { cancel = true }))
end

-- Whether a colleague has to act before the call is as the visitor was told.
function booking.waits(chat, call)
  return is_unbooked(chat, call) or is_waiting(chat, call.change)
end

return booking
