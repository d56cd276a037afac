-- flows/support_ticket.lua - asks what is wrong and opens a ticket in Zoho Desk.
local PATIENCE = 3 -- seconds that a visitor waits for Desk

local function email_in(text)
  local found = text and text:match "[%w._%%+-]+@[%w-]+%.[%w.-]*%w"
  return found and #found <= 150 and found or nil
end

-- A problem takes more than one word.
local function problem_in(text)
  if text:find "%S+%s+%S+" then return text end
  return nil, { kind = "short", message = "A little more, please: what did you do, what happened?" }
end

-- SalesIQ makes up "Visitor 48213" for who has not told a name.
local function name_of(visitor)
  local name = tostring(visitor.name or "")
  return name:find "%S" and not name:lower():find "^visitor" and name or nil
end

return function(chat)
  local problem = chat:ask { "What is wrong? A sentence or two will do.", find = problem_in }
  if not problem then return chat:hand_over() end
  local email = email_in(chat.visitor.email)
    or chat:ask { "Where may we write to you? Please give your e-mail address.", find = email_in,
      again = "That is no e-mail address. It looks like asha@example.com." }
  if not email then return chat:hand_over() end

  local filed = chat:task("file_ticket", { problem = problem, email = email,
    name = name_of(chat.visitor), page = chat.visitor.current_page_url }):wait(PATIENCE)
  if filed.done then
    chat:say("Your ticket is #%s. We write to %s.", filed.value.number, email)
  elseif filed.waiting then -- for one of us: nothing more is certain
    chat:say("Noted. A colleague has to look at it first; we write to %s then.", email)
  else
    chat:say("Noted: a ticket is on its way into our books. We write to %s.", email)
  end
end
