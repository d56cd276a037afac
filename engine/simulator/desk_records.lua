-- The records of Desk: how a call, a contact and a ticket look once they are stored.
local clock = require "simulator.clock"
local json = require "simulator.json"

local records = {}

local CREATOR = "310000000008692"
local LAYOUT = "310000000011000"
local CLOSED = { Completed = true, Missed = true, Canceled = true }

-- Ids are text everywhere inside; a caller may send them as numbers.
local function id_text(value)
  if type(value) == "number" then return ("%d"):format(value) end
  return value
end

local function take(record, body, names)
  for name in names:gmatch "%S+" do
    local value = body[name]
    record[name] = value == nil and json.null or id_text(value)
  end
end

local function web_url(kind, id)
  return ("https://desk.zoho.example/support/simulated/ShowHomePage.do#%s/dv/%s"):format(kind, id)
end

local function stamp(world, record)
  record.createdTime = clock.text(world.now())
  record.modifiedTime = record.createdTime
end

local CALL_FIELDS = "subject departmentId contactId ticketId ownerId direction duration status "
  .. "priority startTime description layoutId teamId recordingUrl"

local function settle_call(record)
  record.statusType = CLOSED[record.status] and "Closed" or "Open"
  record.completedTime = record.statusType == "Closed" and record.modifiedTime or json.null
end

-- teamId and recordingUrl are accepted but not shown again: the answer's schema lacks them.
local function hide_call_extras(record)
  record.teamId, record.recordingUrl = nil, nil
end

function records.call(world, body)
  local record = { id = world:next_id(), callId = json.null, activityTime = json.null }
  take(record, body, CALL_FIELDS)
  if record.layoutId == json.null then record.layoutId = LAYOUT end
  record.creatorId, record.modifiedBy = CREATOR, json.null
  record.cf, record.customFields = body.cf or {}, body.customFields or {}
  record.reminder = json.array(body.reminder)
  record.isSpam, record.isTrashed = false, false
  record.webUrl = web_url("Calls", record.id)
  hide_call_extras(record)
  stamp(world, record)
  settle_call(record)
  return record
end

function records.update_call(world, record, body)
  for name, value in pairs(body) do record[name] = id_text(value) end
  if body.reminder then record.reminder = json.array(body.reminder) end
  hide_call_extras(record)
  record.modifiedTime = clock.text(world.now())
  settle_call(record)
end

local NOT_IN_LISTS = { "description", "duration", "cf", "customFields", "reminder" }

-- A row of a list has less than the record.
function records.call_row(record)
  local row = {}
  for name, value in pairs(record) do row[name] = value end
  for _, name in ipairs(NOT_IN_LISTS) do row[name] = nil end
  row.isCommented = false
  return row
end

local function person_of(contact)
  if not contact then return json.null end
  local person = { isSpam = false }
  take(person, contact, "id firstName lastName email phone mobile accountId")
  return person
end

local function find(list, id)
  for _, record in ipairs(list) do
    if record.id == id then return record end
  end
end

-- A row of a search has more: the contact and the department by name.
function records.call_hit(world, record)
  local row = {}
  for name, value in pairs(record) do row[name] = value end
  row.isSpam, row.isTrashed, row.callId, row.activityTime = nil, nil, nil, nil
  row.activityType, row.isCommented = "Calls", false
  row.contact = person_of(world:contact(record.contactId))
  local department = find(world.departments, record.departmentId)
  row.department = department and { id = department.id, name = department.name } or json.null
  row.ticket, row.assignee = json.null, json.null
  return row
end

local CONTACT_FIELDS = "lastName firstName email secondaryEmail phone mobile accountId ownerId "
  .. "type title description street city state country zip facebook twitter layoutId language"

function records.contact(world, body)
  local record = { id = world:next_id() }
  take(record, body, CONTACT_FIELDS)
  record.language = nil
  if record.layoutId == json.null then record.layoutId = LAYOUT end
  record.cf = type(body.cf) == "table" and body.cf or {}
  record.customFields = type(body.customFields) == "table" and body.customFields or {}
  record.isEndUser, record.isFollowing, record.isAnonymous = false, false, false
  record.isDeleted, record.isTrashed, record.isSpam = false, false, false
  record.photoURL, record.zohoCRMContact, record.customerHappiness = json.null, json.null, json.null
  record.webUrl = web_url("Contacts", record.id)
  stamp(world, record)
  return record
end

local TICKET_FIELDS = "subject status departmentId accountId assigneeId teamId productId layoutId "
  .. "description email phone priority channel category subCategory classification language "
  .. "dueDate responseDueDate resolution"

function records.ticket(world, body, contact_id)
  local record = { id = world:next_id(), ticketNumber = tostring(#world.records.tickets + 101) }
  take(record, body, TICKET_FIELDS)
  record.contactId = contact_id
  if record.subject == json.null then record.subject = "(No subject)" end
  if record.status == json.null then record.status = "Open" end
  record.statusType = record.status:lower() == "closed" and "Closed" or "Open"
  if record.layoutId == json.null then record.layoutId = LAYOUT end
  record.cf = type(body.cf) == "table" and body.cf or {}
  record.customFields = type(body.customFields) == "table" and body.customFields or {}
  record.closedTime, record.customerResponseTime = json.null, json.null
  record.onholdTime, record.source = json.null, json.null
  record.isSpam, record.isTrashed, record.isDeleted = false, false, false
  record.isArchived, record.isEscalated, record.isOverDue = false, false, false
  record.threadCount, record.commentCount = "0", "0"
  record.taskCount, record.attachmentCount = "0", "0"
  record.webUrl = web_url("Cases", record.id)
  stamp(world, record)
  return record
end

records.id_text = id_text
records.find = find

return records
