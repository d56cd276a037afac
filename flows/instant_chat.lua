-- flows/instant_chat.lua - brings the visitor to a person in SalesIQ, now.
local offer = require "offer"
local person = require "person"

local QUESTION_MAX = 1500 -- bytes of the talk so far that the colleague gets to read
local TWICE = 600         -- seconds in which a second click opens no second conversation

-- The end of the talk so far, as "Visitor: ..." and "Bot: ..." lines.
local function question(chat)
  local lines, size = {}, 0
  local talk = chat:transcript()
  for i = #talk, 1, -1 do
    local line = (talk[i].who == "visitor" and "Visitor: " or "Bot: ") .. talk[i].text
    size = size + #line + 1
    if size > QUESTION_MAX and #lines > 0 then break end
    table.insert(lines, 1, person.cut(line, QUESTION_MAX))
  end
  return #lines > 0 and table.concat(lines, "\n") or "The visitor asks for a person."
end

local WAIT =
  "A colleague has been told and will be with you soon. If you'd rather not wait, we call you."
local NOBODY =
  "Sorry, I could not reach a colleague just now. We can call you back at a time that suits you."

local function offer_call(chat, text, buttons)
  chat:say { text, buttons = buttons }
  offer.make(chat, text, { yes = "callback" })
end

local function open(chat)
  if chat.message.preview then
    return nil, { kind = "rejected", hint = "The preview in SalesIQ cannot reach a person." }
  end
  local visitor = chat.visitor
  return zoho.salesiq.open_conversation {
    app_id = config.SALESIQ_APP_ID,
    department_id = config.SALESIQ_DEPARTMENT_ID,
    question = question(chat),
    visitor = {
      user_id = person.id(visitor),
      name = person.name(visitor),
      email = visitor.email,
      phone = visitor.phone,
      current_page = visitor.current_page_url,
      page_title = visitor.current_page_title,
    },
  }
end

return function(chat)
  if config.INSTANT_CHAT == "forward" and not chat.message.preview then
    return chat:forward "I am passing you on to a colleague. One moment, please."
  end

  local last = chat.memory.instant_chat
  if last and chat.message.at - last < TWICE then
    return offer_call(chat, WAIT, { "callback" })
  end

  local opened, err = open(chat)
  if opened then
    chat.memory.instant_chat = chat.message.at
    return chat:say "Done! A colleague has your messages and will be with you shortly."
  end

  log.warn("instant chat could not be opened", { kind = err.kind, reason = err.message,
    hint = err.hint })
  -- Who was refused for want of a colleague would only wait; who met a fault of ours may.
  local nobody = err.kind == "rejected" or (err.message or ""):lower():find("operator", 1, true)
  offer_call(chat, NOBODY, nobody and { "callback" } or { "callback", "transfer" })
end
