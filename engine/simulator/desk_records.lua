-- The records of Desk: what is kept of a call, a contact and a ticket, and how they are shown.
--
-- Kept is only what was given, and `born`, `modified`, `old` and `place` (keep.lua): there may be
-- tens of thousands. What all of them have is added where one is shown.
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

-- What of `names` was given.
local function given(world, body, names)
  local record = { id = world:next_id() }
  for name in names:gmatch "%S+" do
    local value = body[name]
    if value ~= json.null then record[name] = id_text(value) end
  end
  for _, name in ipairs { "cf", "customFields" } do
    if type(body[name]) == "table" then record[name] = body[name] end
  end
  return record
end

-- Those of `names` with null for what was not given.
local function take(record, names)
  local shown = {}
  for name in names:gmatch "%S+" do
    local value = record[name]
    shown[name] = value == nil and json.null or value
  end
  return shown
end

local function web_url(kind, id)
  return ("https://desk.zoho.example/support/simulated/ShowHomePage.do#%s/dv/%s"):format(kind, id)
end

-- The text of a field of a kept record, as it is compared.
function records.text(record, field)
  local value = record[field]
  if field == "createdTime" then value = clock.text(record.born)
  elseif field == "modifiedTime" then value = clock.text(record.modified or record.born) end
  return value ~= nil and value ~= json.null and tostring(value) or ""
end

-- What every record shows; fields: those that may be null.
local function show(record, kind, fields)
  local shown = take(record, fields)
  shown.id = record.id
  if shown.layoutId == json.null then shown.layoutId = LAYOUT end
  shown.cf, shown.customFields = record.cf or {}, record.customFields or {}
  shown.isSpam, shown.isTrashed = false, false
  shown.webUrl = web_url(kind, record.id)
  shown.createdTime = records.text(record, "createdTime")
  shown.modifiedTime = records.text(record, "modifiedTime")
  return shown
end

local CALL_FIELDS = "subject departmentId contactId ticketId ownerId direction duration status "
  .. "priority startTime description layoutId"

-- teamId and recordingUrl are accepted but not shown again: the answer's schema lacks them.
function records.call(world, body)
  local record = given(world, body, CALL_FIELDS)
  record.reminder = body.reminder
  return record
end

function records.update_call(world, record, body)
  for name, value in pairs(body) do record[name] = id_text(value) end
  record.teamId, record.recordingUrl = nil, nil
  record.modified = world.now()
end

function records.is_closed(record) return CLOSED[record.status] == true end

function records.show_call(record)
  local shown = show(record, "Calls", CALL_FIELDS)
  shown.callId, shown.activityTime = json.null, json.null
  shown.creatorId, shown.modifiedBy = CREATOR, json.null
  shown.reminder = json.array(record.reminder)
  local is_closed = records.is_closed(record)
  shown.statusType = is_closed and "Closed" or "Open"
  shown.completedTime = is_closed and shown.modifiedTime or json.null
  return shown
end

local NOT_IN_LISTS = { "description", "duration", "cf", "customFields", "reminder" }

-- A row of a list has less than the record.
function records.call_row(record)
  local row = records.show_call(record)
  for _, name in ipairs(NOT_IN_LISTS) do row[name] = nil end
  row.isCommented = false
  return row
end

local function person_of(contact)
  if not contact then return json.null end
  local person = take(contact, "id firstName lastName email phone mobile accountId")
  person.isSpam = false
  return person
end

local function find(list, id)
  for _, record in ipairs(list) do
    if record.id == id then return record end
  end
end

-- A row of a search has more: the contact and the department by name.
function records.call_hit(world, record)
  local row = records.show_call(record)
  row.isSpam, row.isTrashed, row.callId, row.activityTime = nil, nil, nil, nil
  row.activityType, row.isCommented = "Calls", false
  row.contact = person_of(world:contact(record.contactId))
  local department = find(world.departments, record.departmentId)
  row.department = department and { id = department.id, name = department.name } or json.null
  row.ticket, row.assignee = json.null, json.null
  return row
end

local CONTACT_FIELDS = "lastName firstName email secondaryEmail phone mobile accountId ownerId "
  .. "type title description street city state country zip facebook twitter layoutId"

function records.contact(world, body) return given(world, body, CONTACT_FIELDS) end

function records.show_contact(record)
  local shown = show(record, "Contacts", CONTACT_FIELDS)
  shown.isEndUser, shown.isFollowing, shown.isAnonymous = false, false, false
  shown.isDeleted = false
  shown.photoURL, shown.zohoCRMContact, shown.customerHappiness = json.null, json.null, json.null
  return shown
end

local TICKET_FIELDS = "subject status departmentId accountId assigneeId teamId productId layoutId "
  .. "description email phone priority channel category subCategory classification language "
  .. "dueDate responseDueDate resolution"

function records.ticket(world, body, contact_id)
  local record = given(world, body, TICKET_FIELDS)
  record.ticketNumber = tostring(world.records.tickets.count + 101)
  record.contactId = contact_id
  record.subject, record.status = record.subject or "(No subject)", record.status or "Open"
  return record
end

function records.show_ticket(record)
  local shown = show(record, "Cases", TICKET_FIELDS)
  shown.ticketNumber, shown.contactId = record.ticketNumber, record.contactId
  shown.statusType = record.status:lower() == "closed" and "Closed" or "Open"
  shown.closedTime, shown.customerResponseTime = json.null, json.null
  shown.onholdTime, shown.source, shown.isDeleted = json.null, json.null, false
  shown.isArchived, shown.isEscalated, shown.isOverDue = false, false, false
  shown.threadCount, shown.commentCount = "0", "0"
  shown.taskCount, shown.attachmentCount = "0", "0"
  return shown
end

records.id_text = id_text
records.find = find

return records
