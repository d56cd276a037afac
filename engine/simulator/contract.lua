-- What Zoho Desk demands of a request, as data: the facts of Zoho's own OpenAPI files
-- (github.com/zoho/zohodesk-oas) for the operations that the simulator knows.
--
-- A field: its types in the list part, then limits: max and min (characters), enum, form (a name in
-- check.lua), items (of an array), fields (of an object), values (of an object with free keys).
-- oldest: what the oldest version of the file demanded besides, for the switch enforce_oldest.
local function text(max, extra)
  local fact = { "string", max = max }
  for name, value in pairs(extra or {}) do fact[name] = value end
  return fact
end

local function nullable(fact)
  fact[#fact + 1] = "null"
  return fact
end

local id = { "string", "integer", form = "digits" }
-- The source allows an empty text, "null" and "undefined" for references to people and teams.
local person = { "string", "integer", form = "loose_digits" }
local time = text(100, { form = "timestamp" })
local CALL_STATUS = { "Completed", "Scheduled", "Missed", "Canceled", "In Progress" }
local CALL_READ = { "Desk.activities.calls.READ", "Desk.calls.READ" }

local function custom_fields(max)
  return { "object", values = text(max, { form = "cf" }) }
end

local alert = nullable {
  "array", items = nullable(text(nil, { enum = { "EMAIL", "POPUP", "SMS" } })),
}

local reminder = {
  "array",
  items = {
    "object",
    pick = "reminderType",
    variants = {
      RELATIVE = {
        required = { "alertType", "relativeReminderInMin", "reminderType" },
        fields = {
          alertType = alert, reminderType = text(),
          relativeReminderInMin = nullable { "string", "integer", form = "digits" },
        },
      },
      ABSOLUTE = {
        required = { "alertType", "reminderTime", "reminderType" },
        fields = {
          alertType = alert, reminderType = text(),
          reminderTime = nullable(text(100, { form = "timestamp" })),
        },
      },
    },
  },
}

local call = {
  required = { "contactId", "departmentId", "subject", "startTime", "status" },
  fields = {
    contactId = id, departmentId = id, ticketId = id, layoutId = id,
    ownerId = person, teamId = person,
    subject = text(300), description = text(65535),
    startTime = time,
    status = text(nil, { enum = CALL_STATUS }),
    direction = text(nil, { enum = { "outbound", "inbound" } }),
    duration = { "string", "integer", form = "digits" },
    priority = text(nil, { form = "word" }),
    recordingUrl = text(2500, { form = "url" }),
    reminder = reminder,
    cf = custom_fields(100), customFields = custom_fields(100),
  },
  oldest = {
    required = { "direction", "duration" },
    absent = { "description", "teamId", "layoutId", "recordingUrl" },
  },
}

local contact = {
  required = {},
  fields = {
    lastName = nullable(text(200)), firstName = nullable(text(40)),
    email = nullable(text(255, { form = "email" })),
    secondaryEmail = nullable(text(100, { form = "email" })),
    phone = nullable(text(50, { form = "phone" })), mobile = text(50, { form = "mobile" }),
    accountId = nullable { "string", "integer", form = "loose_digits" },
    ownerId = nullable { "string", "integer", form = "loose_digits" },
    type = nullable(text(nil, { form = "word" })), title = text(100),
    description = text(65535), street = text(250),
    city = text(100), state = text(100), country = text(100),
    zip = { "string", "integer", form = "digits" },
    facebook = text(100), twitter = text(100), layoutId = id,
    language = text(255, { form = "word" }),
    cf = custom_fields(100), customFields = custom_fields(100),
  },
  oldest = {
    required = {}, absent = { "layoutId", "language" },
    max = { city = 30, state = 30, country = 30 },
  },
}

local word = nullable(text(nil, { form = "word" }))

local ticket = {
  -- Either contactId or contact; desk.lua sees to that.
  required = { "departmentId" },
  fields = {
    departmentId = id, contactId = id,
    contact = {
      "object",
      required = { "lastName", "email" },
      fields = { lastName = text(200), email = text(255, { form = "ascii_email" }),
        firstName = nullable(text(100)) },
    },
    subject = text(1000), status = text(nil, { form = "word" }),
    description = nullable(text(65535)),
    email = nullable(text(150, { form = "email" })), phone = text(120, { form = "phone" }),
    priority = word, channel = word, category = word, subCategory = word, classification = word,
    language = word,
    dueDate = nullable(text(100, { form = "timestamp" })),
    assigneeId = nullable { "string", "integer", form = "loose_digits" },
    productId = nullable { "string", "integer", form = "loose_digits" },
    teamId = person, accountId = id, layoutId = id,
    resolution = text(65535), webUrl = text(5000, { form = "url" }),
    responseDueDate = text(nil, { enum = { "null" } }),
    ticketCreationType = text(nil, { enum = { "sendAsEmail", "clone" } }), clonedTicketId = id,
    uploads = { "array", items = { "string", "integer" } },
    entitySkills = { "array", items = { "string", "integer" }, most = 10 },
    secondaryContacts = { "array", items = { "string", "integer" }, most = 20 },
    sharedDepartments = { "array", items = text(500), most = 10 },
    parentTicket = { "object", fields = { id = id } },
    sourceTicket = { "object", required = { "id" }, fields = { id = id } },
    blueprint = { "object" },
    cf = nullable { "object", values = { "string", "integer", "null", max = 255, form = "cf" } },
    customFields = nullable { "object",
      values = { "string", "integer", "null", max = 255, form = "cf" } },
  },
  oldest = { required = { "status", "subject" }, absent = {} },
}

-- Query parameters arrive as text: lists are comma-separated, `each` is a fact about every part.
local range = { max = 100, form = "timestamp_range" }
local ids = { each = { form = "digits" } }
local anything = {}
local limit = { form = "digits", least = 1, greatest = 100 }
local from = { form = "digits", least = 0, greatest = 999 }
local flag = { enum = { "true", "false" } }

local function sort(...)
  local enum = {}
  for _, name in ipairs { ... } do
    enum[#enum + 1] = name
    enum[#enum + 1] = "-" .. name
  end
  return { max = 100, enum = enum }
end

local function query(parameters)
  parameters.orgId = { form = "digits" }
  return parameters
end

-- customField1 to customField10, of the form <API name>:<value>
local function with_custom_fields(parameters)
  for n = 1, 10 do parameters["customField" .. n] = { max = 1000, form = "custom_field" } end
  return parameters
end

local CUSTOM = {}
for n = 1, 10 do CUSTOM[n] = "customField" .. n end

local function absent(...)
  return table.move(CUSTOM, 1, #CUSTOM, select("#", ...) + 1, { ... })
end

local function activity_search()
  return query {
    departmentId = { form = "digits" }, subject = { min = 3, max = 1000 },
    createdTimeRange = range, modifiedTimeRange = range,
    id = ids, assigneeId = { each = { form = "digits" }, most = 30 }, ticketNumber = ids,
    priority = anything, status = anything, _all = { min = 3, max = 1000 },
    limit = limit, from = from, sortBy = sort("relevance", "modifiedTime", "createdTime"),
  }
end

local calls_search = with_custom_fields(activity_search())
calls_search.startDateRange = range

local contacts_search = with_custom_fields(query {
  email = { most = 30, each = anything },
  phone = { most = 30, each = { form = "searched_phone" } },
  mobile = { most = 30, each = { form = "searched_phone" } },
  firstName = { max = 40 }, lastName = { max = 200 }, fullName = { max = 200 },
  accountName = { min = 3, max = 500 }, _all = { min = 3, max = 1000 },
  createdTimeRange = range, modifiedTimeRange = range, id = ids,
  limit = limit, from = from,
  sortBy = sort("relevance", "modifiedTime", "createdTime", "lastName", "firstName"),
})

local CALL_INCLUDE = { each = { enum = { "contacts", "tickets", "assignee", "teams" } } }

return {
  createCall = {
    body = call, query = query {}, weight = 1,
    scopes = { "Desk.activities.calls.CREATE", "Desk.calls.CREATE" },
  },
  updateCall = {
    body = { required = {}, fields = call.fields, oldest = { required = {}, absent = {} } },
    query = query {}, weight = 1,
    scopes = { "Desk.activities.calls.UPDATE", "Desk.calls.UPDATE" },
  },
  getCall = {
    query = query { include = { each = { enum = { "contacts", "tickets", "assignee", "teams",
      "livecalls" } } } },
    weight = 1, scopes = CALL_READ,
  },
  listCalls = {
    query = query {
      viewId = { form = "digits" }, assignee = { each = { form = "digits" }, most = 20 },
      departmentId = { form = "digits" }, departmentIds = ids, limit = limit,
      from = { form = "digits" }, isCompleted = flag, fields = { most = 30, each = anything },
      filters = { max = 4500 }, filterId = { form = "digits" }, include = CALL_INCLUDE,
      sortBy = sort("startTime", "createdTime"),
      startTime = { each = { enum = { "Overdue", "Today", "Tomorrow", "CurrentWeek",
        "CurrentMonth" } } },
    },
    weight = 3, scopes = CALL_READ,
  },
  listCallsByTicket = {
    query = query {
      limit = limit, from = { form = "digits" }, isSpam = flag, isCompleted = flag,
      include = CALL_INCLUDE, sortBy = sort("startTime", "createdTime"),
    },
    weight = 3,
    scopes = { "Desk.activities.calls.READ", "Desk.calls.READ", "Desk.tickets.READ" },
  },
  searchCalls = {
    query = calls_search, weight = 3, scopes = { "Desk.calls.READ", "Desk.search.READ" },
    oldest_absent = absent("assigneeId"),
  },
  searchActivities = {
    query = activity_search(), weight = 3,
    scopes = {
      "Desk.activities.calls.READ", "Desk.activities.tasks.READ", "Desk.activities.events.READ",
      "Desk.calls.READ", "Desk.events.READ", "Desk.tasks.READ", "Desk.search.READ",
    },
  },
  searchContacts = {
    query = contacts_search, weight = 3, scopes = { "Desk.contacts.READ", "Desk.search.READ" },
    oldest_absent = absent("email", "phone", "mobile"),
  },
  createContact = {
    body = contact, query = query {}, weight = 1, scopes = { "Desk.contacts.CREATE" },
  },
  getContact = {
    query = query { include = { each = { enum = { "accounts", "owner" } } } },
    weight = 1, scopes = { "Desk.contacts.READ" },
  },
  createTicket = {
    body = ticket, query = query {}, weight = 1, scopes = { "Desk.tickets.CREATE" },
  },
  listDepartments = {
    query = query {
      chatStatus = { enum = { "AVAILABLE", "DISABLED", "NOT_CREATED", "${UNAVAILABLE}" } },
      searchStr = { min = 1, max = 100 }, isEnabled = flag,
      limit = { form = "digits", least = 0, greatest = 200 }, from = { form = "digits" },
    },
    weight = 3,
    scopes = { "Desk.basic.READ", "Desk.departments.READ", "Desk.settings.READ" },
  },
  getOrganizations = {
    query = {}, weight = 3,
    scopes = { "Desk.basic.READ", "Desk.organization.READ", "Desk.settings.READ" },
  },
  getAccessibleOrganizations = {
    query = query {}, weight = 3,
    scopes = { "Desk.basic.READ", "Desk.organization.READ", "Desk.settings.READ" },
  },
}
