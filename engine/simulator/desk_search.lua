-- Filtering, sorting and paging of Desk records, as the search and list calls do it.
local check = require "simulator.check"
local clock = require "simulator.clock"
local records = require "simulator.desk_records"
local text_index = require "simulator.text_index"

local search = {}

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

-- What a parameter looks for: its comma-separated values are alternatives, { test, texts } each.
-- texts: what a text that passes the test holds for sure, for text_index.lua.
local function alternatives_of(parameter, world)
  local list = {}
  for _, wanted in ipairs(check.parts(parameter)) do
    if wanted == "${empty}" then
      list[#list + 1] = { texts = {}, test = function(text) return text == "" end }
    elseif wanted == "${notempty}" then
      list[#list + 1] = { texts = {}, test = function(text) return text ~= "" end }
    elseif wanted ~= "" then
      local alternative = { texts = {}, test = compare[world.switches.search_as](wanted:lower()) }
      for text in wanted:gmatch "[^*]+" do table.insert(alternative.texts, text) end
      list[#list + 1] = alternative
    end
  end
  return list
end

local function passes_one(alternatives, text)
  text = text:lower()
  for _, alternative in ipairs(alternatives) do
    if alternative.test(text) then return true end
  end
  return false
end

-- A filter that compares texts of a record, given by texts(record). The index tells where records
-- are that may pass it, if is_indexed.
local function text_filter(value, world, is_indexed, texts)
  local all = alternatives_of(value, world)
  return {
    alternatives = is_indexed and text_index.tells(all) and all or nil,
    passes = function(record, alternatives)
      for _, text in ipairs(texts(record)) do
        if passes_one(alternatives or all, text) then return true end
      end
      return false
    end,
  }
end

-- The makers of filters: (parameter value, world) gives { passes = function(record) }.
local make = {}

function make.wild(field)
  return function(value, world)
    return text_filter(value, world, true, function(record)
      return { records.text(record, field) }
    end)
  end
end

function make.exact(field)
  return function(value)
    local wanted = {}
    for _, part in ipairs(check.parts(value)) do wanted[part:lower()] = true end
    return { passes = function(record)
      return wanted[records.text(record, field):lower()] == true
    end }
  end
end

function make.range(field)
  return function(value)
    local from, to = clock.parse_range(value)
    return { passes = function(record)
      local at = clock.parse(records.text(record, field))
      return at ~= nil and at >= from and at <= to
    end }
  end
end

function make.any_field(...)
  local fields = { ... }
  return function(value, world)
    return text_filter(value, world, true, function(record)
      local texts = {}
      for _, field in ipairs(fields) do
        local text = records.text(record, field)
        if text ~= "" then texts[#texts + 1] = text end
      end
      return texts
    end)
  end
end

local function custom_field(value, world)
  local name, wanted = value:match "^([^:]*):(.*)$"
  return text_filter(wanted, world, false, function(record)
    return { record.cf and records.text(record.cf, name) or "" }
  end)
end

local function full_name(value, world)
  return text_filter(value, world, true, function(record)
    local name = records.text(record, "firstName") .. " " .. records.text(record, "lastName")
    return { name:match "^%s*(.-)$" }
  end)
end

-- Accounts are not simulated: no contact has one.
local function account_name(value, world)
  return text_filter(value, world, false, function() return { "" } end)
end

local function ticket_number(value, world)
  local wanted = {}
  for _, part in ipairs(check.parts(value)) do wanted[part] = true end
  return { passes = function(record)
    local ticket = record.ticketId and world:ticket(record.ticketId)
    return ticket ~= nil and wanted[ticket.ticketNumber] == true
  end }
end

local function is_completed(value)
  return { passes = function(record) return records.is_closed(record) == (value == "true") end }
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

local function passes(filters, record, first, alternatives)
  for _, filter in ipairs(filters) do
    if not filter.passes(record, filter == first and alternatives or nil) then return false end
  end
  return true
end

local function sort(found, order)
  local down, field = order:match "^(%-?)(.*)$"
  local place, text = {}, {}
  for i, record in ipairs(found) do
    place[record], text[record] = i, records.text(record, field):lower()
  end
  table.sort(found, function(a, b)
    local left, right = text[a], text[b]
    if left == right then return place[a] < place[b] end
    if down == "-" then return left > right end
    return left < right
  end)
end

local function reversed(list)
  local turned = {}
  for i = #list, 1, -1 do turned[#turned + 1] = list[i] end
  return turned
end

-- Puts what was found, newest first, into the order asked for. Without one the newest come first;
-- what "relevance" means is not published.
local function in_order(found, order, is_newest_first, is_by_time)
  if is_newest_first then return found end
  found = reversed(found)
  if order ~= "createdTime" or not is_by_time then sort(found, order) end
  return found
end

local function page(found, first, limit)
  return table.move(found, first + 1, math.min(#found, first + limit), 1, {})
end

-- The rows of one page, and the number of all unless `is_list`: a list ends where its page is full.
local function select_records(world, known, kept, query, is_visible, is_list)
  local filters, found = filters_of(known, query, world), {}
  local first = tonumber(query.from or 0)
  local limit, order = tonumber(query.limit or 10), query.sortBy
  local is_newest_first = not order or order:find "relevance" ~= nil
    or order == "-createdTime" and kept.in_order
  local indexed
  for _, filter in ipairs(filters) do indexed = indexed or filter.alternatives and filter end
  kept:newest(indexed and indexed.alternatives, function(record, alternatives)
    if passes(filters, record, indexed, alternatives)
        and (not is_visible or is_visible(record)) then
      found[#found + 1] = record
    end
    return is_list and is_newest_first and #found >= first + limit
  end)
  found = in_order(found, order, is_newest_first, kept.in_order)
  return page(found, first, limit), #found
end

-- The rows of one page and the number of all that match. is_visible(record) hides what the index
-- has not seen yet.
function search.calls(world, query, is_visible)
  return select_records(world, activity_filters, world.records.calls, query, is_visible)
end

function search.contacts(world, query, is_visible)
  return select_records(world, contact_filters, world.records.contacts, query, is_visible)
end

-- The rows of one page of these calls (keep.lua).
function search.list_calls(world, calls, query)
  return (select_records(world, activity_filters, calls, query, nil, true))
end

-- searchStr of departments: text is exact, text* a prefix, *text* a substring.
function search.name_matches(name, wanted)
  return matches_wildcard(name:lower(), wanted:lower())
end

return search
