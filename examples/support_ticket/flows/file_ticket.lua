-- flows/file_ticket.lua - the task that puts a ticket into Zoho Desk, tried until it is there.
--
-- task.args: { problem, email, name, page }. When nobody knows whether Desk has it (sent, and no
-- answer), the task ends as unclear and a person looks: the reference stands in the subject.
local SUBJECT = 80 -- bytes of the problem that go there

local function subject(task)
  local text = task.args.problem:gsub("%s+", " ")
  if #text > SUBJECT then text = text:sub(1, SUBJECT):gsub("[\128-\255]*$", "") .. "..." end
  return ("%s [%s]"):format(text, task.reference:sub(1, 12))
end

return function(task)
  local who = task.args
  local ticket, err = zoho.desk.create_ticket {
    subject = subject(task),
    description = ("%s\n\nPage: %s\nWritten in the chat."):format(who.problem,
      who.page or "not known"),
    contact = { lastName = who.name or who.email, email = who.email },
    email = who.email,
    channel = "Chat",
    status = "Open",
  }
  if not ticket then return nil, err end
  return { id = ticket.id, number = ticket.ticketNumber }
end
