-- Filtering, sorting and paging of Desk records, as the search and list calls do it.
local check = require "simulator.check"
local clock = require "simulator.clock"
local json = require "simulator.json"

local search = {}

local function text_of(value)
  if value == nil or value == json.null then return "" end
  return tostring(value)
end

-- Whether text is "a*c" from start to end. Each part is looked for once, behind the last one: no
-- number of stars makes it slow.
local function matches_wildcard(text, wanted)
  local parts = {}
  for part in (wanted .. "*"):gmatch "([^*]*)%*" do parts[#parts + 1] = part end
  local first, last = parts[1], parts[#parts]
  if #parts == 1 then return text == first end
  if #text < #first + #last or text:sub(1, #first) ~= first then return false end
  local from, stop = #first + 1, #text - #last
  if text:sub(stop + 1) ~= last then return false end
  for i = 2, #parts - 1 do
    local _, to = text:find(parts[i], from, true)
    if not to or to > stop then return false end
    from = to + 1
  end
  return true
end

-- The words of a text: its letters and figures, in groups. All beyond ASCII counts as a letter.
local function words_of(text)
  local words = {}
  for word in text:gmatch "[%w*\x80-\xff]+" do words[#words + 1] = word end
  return words
end

-- Whether these words stand in the text one behind the other, "*" being any part of a word.
local function has_words(text, wanted)
  local words = words_of(text:gsub("%*", " "))
  for first = 0, #words - #wanted do
    local same = 1
    while wanted[same] and matches_wildcard(words[first + same], wanted[same]) do
      same = same + 1
    end
    if same > #wanted and same > 1 then return true end
  end
  return false
end

-- How a text (small letters) is compared with what is wanted, by the switch search_as.
local compare = {
  text = function(wanted)
    if wanted:find("*", 1, true) then
      return function(text) return matches_wildcard(text, wanted) end
    end
    return function(text) return text:find(wanted, 1, true) ~= nil end
  end,
  whole = function(wanted)
    return function(text) return matches_wildcard(text, wanted) end
  end,
  words = function(wanted)
    local list = words_of(wanted)
    return function(text) return has_words(text, list) end
  end,
}

local function tester(wanted, world)
  if wanted == "${empty}" then return function(text) return text == "" end end
  if wanted == "${notempty}" then return function(text) return text ~= "" end end
  local test = compare[world.switches.search_as](wanted:lower())
  return function(text) return test(text:lower()) end
end

-- A test of one text against a parameter: its comma-separated values are alternatives.
local function any_of(parameter, world)
  local tests = {}
  for _, part in ipairs(check.parts(parameter)) do
    if part ~= "" then tests[#tests + 1] = tester(part, world) end
  end
  if #tests == 1 then return tests[1] end
  return function(text)
    for _, test in ipairs(tests) do
      if test(text) then return true end
    end
    return false
  end
end

-- The makers of filters: (parameter value, name, world) gives a function of a record.
local make = {}

function make.wild(field)
  return function(value, world)
    local test = any_of(value, world)
    return function(record) return test(text_of(record[field])) end
  end
end

function make.exact(field)
  return function(value)
    local wanted = {}
    for _, part in ipairs(check.parts(value)) do wanted[part:lower()] = true end
    return function(record) return wanted[text_of(record[field]):lower()] == true end
  end
end

function make.range(field)
  return function(value)
    local from, to = clock.parse_range(value)
    return function(record)
      local at = clock.parse(text_of(record[field]))
      return at ~= nil and at >= from and at <= to
    end
  end
end

function make.any_field(...)
  local fields = { ... }
  return function(value, world)
    local test = any_of(value, world)
    return function(record)
      for _, field in ipairs(fields) do
        local text = text_of(record[field])
        if text ~= "" and test(text) then return true end
      end
      return false
    end
  end
end

local function custom_field(value, world)
  local name, wanted = value:match "^([^:]*):(.*)$"
  local test = any_of(wanted, world)
  return function(record)
    local custom = record.cf
    return type(custom) == "table" and test(text_of(custom[name]))
  end
end

local function full_name(value, world)
  local test = any_of(value, world)
  return function(record)
    return test((text_of(record.firstName) .. " " .. text_of(record.lastName)):match "^%s*(.-)$")
  end
end

-- Accounts are not simulated: no contact has one.
local function account_name(value, world)
  local test = any_of(value, world)
  return function() return test "" end
end

local function ticket_number(value, world)
  local wanted = {}
  for _, part in ipairs(check.parts(value)) do wanted[part] = true end
  return function(record)
    for _, ticket in ipairs(world.records.tickets) do
      if ticket.id == record.ticketId and wanted[ticket.ticketNumber] then return true end
    end
    return false
  end
end

local function is_completed(value)
  return function(record) return (record.statusType == "Closed") == (value == "true") end
end

local activity_filters = {
  departmentId = make.exact "departmentId", departmentIds = make.exact "departmentId",
  subject = make.wild "subject", id = make.exact "id",
  createdTimeRange = make.range "createdTime", modifiedTimeRange = make.range "modifiedTime",
  startDateRange = make.range "startTime", assigneeId = make.exact "ownerId",
  assignee = make.exact "ownerId", priority = make.exact "priority",
  status = make.exact "status", ticketNumber = ticket_number, isCompleted = is_completed,
  _all = make.any_field("subject", "description", "status", "priority"),
}

local contact_filters = {
  email = make.wild "email", phone = make.wild "phone", mobile = make.wild "mobile",
  firstName = make.wild "firstName", lastName = make.wild "lastName", fullName = full_name,
  accountName = account_name, id = make.exact "id",
  createdTimeRange = make.range "createdTime", modifiedTimeRange = make.range "modifiedTime",
  _all = make.any_field("firstName", "lastName", "email", "secondaryEmail", "phone", "mobile",
    "description", "city"),
}

local function filters_of(known, query, world)
  local filters = {}
  for name, value in pairs(query) do
    local maker = name:find "^customField" and custom_field or known[name]
    if maker then filters[#filters + 1] = maker(value, world) end
  end
  return filters
end

local function passes(filters, record)
  for _, filter in ipairs(filters) do
    if not filter(record) then return false end
  end
  return true
end

local function sort(found, order)
  local down, field = order:match "^(%-?)(.*)$"
  local place = {}
  for i, record in ipairs(found) do place[record] = i end
  table.sort(found, function(a, b)
    local left, right = text_of(a[field]):lower(), text_of(b[field]):lower()
    if left == right then return place[a] < place[b] end
    if down == "-" then return left > right end
    return left < right
  end)
end

local function reverse(list)
  local turned = {}
  for i = #list, 1, -1 do turned[#turned + 1] = list[i] end
  return turned
end

local function page(found, query, default)
  local first = tonumber(query.from or 0) + 1
  local rows = {}
  for i = first, math.min(#found, first + tonumber(query.limit or default) - 1) do
    rows[#rows + 1] = found[i]
  end
  return rows
end

local function select_records(known, records, query, world, is_visible)
  local filters, found = filters_of(known, query, world), {}
  for _, record in ipairs(records) do
    if passes(filters, record) and (not is_visible or is_visible(record)) then
      found[#found + 1] = record
    end
  end
  local order = query.sortBy
  -- Without an order the newest come first; what "relevance" means is not published.
  if not order or order:find "relevance" then
    found = reverse(found)
  else
    sort(found, order)
  end
  return page(found, query, 10), #found
end

-- The rows of one page and the number of all that match. is_visible(record) hides what the index
-- has not seen yet.
function search.calls(world, query, is_visible)
  return select_records(activity_filters, world.records.calls, query, world, is_visible)
end

function search.contacts(world, query, is_visible)
  local records = world.records.contacts
  for _, name in ipairs { "email", "phone", "mobile" } do
    local wanted = query[name]
    if wanted and wanted ~= "" and not wanted:find "[*,$]" then
      records = world:contacts_near(wanted:lower())
      break
    end
  end
  return select_records(contact_filters, records, query, world, is_visible)
end

-- searchStr of departments: text is exact, text* a prefix, *text* a substring.
function search.name_matches(name, wanted)
  return matches_wildcard(name:lower(), wanted:lower())
end

return search
