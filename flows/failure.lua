-- flows/failure.lua - SalesIQ could not do what the bot answered last.
--
-- It never forwards: that would fail again, and again.
local offer = require "offer"

local NOBODY = "Sorry, nobody is free to chat right now. Shall we call you back instead?"
local NOT_REACHED = "Sorry, I could not reach a colleague just now. Shall we call you back instead?"
local LOST = "Sorry, something went wrong with my last answer."
local AGAIN = LOST .. " Please write to me again, or talk to a colleague:"

-- Why nobody took a chat that was passed on, where it is for want of a colleague.
local ABSENT = { offline_hours = true, operators_not_available = true, ["1001"] = true,
  ["1002"] = true }

return function(chat)
  local cause = chat.message.cause or {}
  if type(cause) ~= "table" then cause = { desc = cause } end -- some send the text alone
  log.warn("SalesIQ could not do what the bot asked for", { code = cause.code, cause = cause.desc,
    forwarded = chat.message.forwarded })
  if chat.message.forwarded then
    local is_absent = ABSENT[tostring(cause.desc)] or ABSENT[tostring(cause.code)]
    local text = is_absent and NOBODY or NOT_REACHED
    chat:say { text, buttons = { "callback" } }
    return offer.make(chat, text, { yes = "callback" })
  end
  -- Nobody was asked for: that tells nothing about who is there.
  local wish = chat.memory.wish
  if wish then
    wish.starts = 0 -- it is no new start of theirs
    chat.memory.wish = wish
    chat:say(LOST)
    return chat:continue "callback"
  end
  chat:say { AGAIN, buttons = { "instant_chat", "callback" } }
end
