-- flows/book_callback.lua - the task that puts a call into Zoho Desk, tried until it is there.
--
-- task.args: { phone, ext, at (Unix seconds), when (in words), name, email, files }
local desk = require "desk"
local when = require "when"

return function(task)
  local who = task.args
  local contact, err = desk.contact(task, who)
  if not contact then return nil, err end
  local call
  call, err = desk.create_call(task, {
    departmentId = config.DESK_DEPARTMENT_ID,
    contactId = contact.id,
    subject = desk.subject(task.reference, who),
    description = desk.description(task.reference, who),
    startTime = when.utc(who.at),
    direction = "outbound",
    duration = "0",
    status = "Scheduled",
  })
  if not call then return nil, err end
  return { id = call.id, at = who.at }
end
