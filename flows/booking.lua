-- flows/booking.lua - the call of a chat, chat.memory.callback, and the tasks that tell Desk.
--
-- The call is a wish of agree.lua (phone, time) with `reference`, the mark of the booking task, and
-- `id`, the record in Desk once that is known.
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
  }
end

local function keep(chat, wish, reference, id)
  chat.memory.wish = nil
  chat.memory.callback = { phone = wish.phone, time = wish.time, reference = reference, id = id }
end

-- Books what was agreed on. True when it is in Desk already; else it gets there by itself.
function booking.book(chat, wish)
  local task = chat:task("book_callback", details(chat, wish))
  local result = task:wait(PATIENCE)
  keep(chat, wish, task.id, result.done and result.value and result.value.id or nil)
  return result.done
end

local function change(chat, call, args)
  args.reference, args.id = call.reference, call.id
  return chat:task("change_callback", args):wait(PATIENCE).done
end

function booking.move(chat, call, wish)
  local is_done = change(chat, call, details(chat, wish))
  keep(chat, wish, call.reference, call.id)
  return is_done
end

function booking.cancel(chat, call)
  chat.memory.callback = nil
  return change(chat, call, { cancel = true })
end

return booking
