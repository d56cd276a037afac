-- flows/change_callback.lua - the task that moves or cancels a call in Zoho Desk.
--
-- task.args: { reference (of the booking), id (of the record, if known), cancel }
--   or instead of cancel: { phone, ext, at (Unix seconds), when (in words), name, email }
local desk = require "desk"
local when = require "when"

local function record_of(args)
  if args.id then return args end
  local call, err = desk.find_call(args.reference)
  if call or err then return call, err end
  -- No kind: it is there once the booking is, and nobody has to act for that.
  return nil, { message = "the call is not in Desk yet" }
end

return function(task)
  local args = task.args
  local call, err = record_of(args)
  if not call then return nil, err end
  local fields = { id = call.id, status = "Canceled" }
  if not args.cancel then
    fields = { id = call.id, startTime = when.utc(args.at), status = "Scheduled",
      subject = desk.subject(args.reference, args),
      description = desk.description(args.reference, args) }
  end
  local changed
  changed, err = desk.update_call(task, fields)
  if not changed then return nil, err end
  return { id = call.id, at = args.at }
end
