-- flows/desk.lua - contacts and calls in Zoho Desk, for tasks, which are tried again as a whole.
--
-- Every function gives its record, or nil and the error that the task returns.
local countries = require "parse.countries"
local person = require "person"
local stored = require "parse.phone_stored"

local SUBJECT_MAX, DESCRIPTION_MAX = 300, 500
local RECENT = 50 -- calls that are looked through, the newest first

local desk = {}

local UNKNOWN = "Desk did not say whether it has written the record"
-- Seconds by when Desk's search shows what was written, even if Desk was slow to write it. Where
-- yours takes longer, a record whose answer was lost may be there twice: raise it.
local SHOWN = 60

-- Desk has no key against double writes, so an unclear outcome ("sent, no answer") is looked up
-- before anything is written again; and only a look SHOWN seconds later is believed when it finds
-- nothing. Until then each try of the task looks, and none writes.
local function once(task, write, look)
  for _ = 0, task.tries do
    local record, err = write()
    if record or err.kind ~= "unclear" then return record, err end
    local age = math.abs(clock.now() - (err.at or 0)) -- a clock may have been set back
    local found, trouble = look()
    if found or trouble then return found, trouble end
    if age < SHOWN then
      return nil, { kind = "timeout", message = UNKNOWN, retry_after = SHOWN - age }
    end
  end
  return nil, { kind = "timeout", message = UNKNOWN }
end

-- Contacts ----------------------------------------------------------------------------------------

local PAGE, ROWS = 100, 1000 -- rows of an answer, and how far Desk lets a search reach

-- The contact that a search finds and `rate` (0 is as good as can be, nil is another person) thinks
-- best of, the oldest of equals. Nearly always one page is all.
local function best(query, rate)
  local found, least
  query.limit, query.sortBy = PAGE, "createdTime"
  for from = 0, ROWS - PAGE, PAGE do
    query.from = from
    local list, err = zoho.desk.search_contacts(query)
    if not list then return nil, err end
    for _, contact in ipairs(list) do
      local rank = rate(contact)
      if rank and (not least or rank < least) then found, least = contact, rank end
    end
    if least == 0 or #list < PAGE then break end
  end
  return found
end

-- Looks through one field after the other. Portals on the oldest interface cannot search one
-- field; they search all of them. `plain` is for those that take no list of texts with stars.
local function search(fields, wanted, rate, plain)
  for _, field in ipairs(fields) do
    local contact, err = best({ [field] = wanted }, rate)
    if err and err.kind == "invalid" then
      contact, err = best({ _all = wanted }, rate)
      if err and err.kind == "invalid" and plain then return best({ _all = plain }, rate) end
      return contact, err
    end
    if contact or err then return contact, err end
  end
end

local function has_email(contact, who)
  if not who.email then return false end
  for _, address in ipairs { contact.email or "", contact.secondaryEmail or "" } do
    if address:lower() == who.email:lower() then return true end
  end
  return false
end

-- How well a contact's numbers fit: 0 with its country code or 1 without, 2 more where only one
-- has an extension; nil: it has other numbers.
local function number_rank(contact, who)
  local least
  for _, text in ipairs { contact.phone or "", contact.mobile or "" } do
    local same = stored.same(text, who.phone, countries.named(contact.country))
    local other = same and same.ext and who.ext and same.ext ~= who.ext
    if same and not other then
      local rank = (same.national and 1 or 0) + (same.ext == who.ext and 0 or 2)
      least = math.min(least or rank, rank)
    end
  end
  return least
end

-- Desk finds parts of words, too: only the very same address is the same person.
local function by_email(who)
  return search({ "email" }, who.email, function(contact)
    if not has_email(contact, who) then return nil end
    return number_rank(contact, who) and 0 or 1
  end)
end

-- Whoever has this number, however it is written; best who has this address, too.
local function by_phone(who)
  local terms = table.concat(stored.terms(who.phone), ",")
  return search({ "phone", "mobile" }, terms, function(contact)
    local rank = number_rank(contact, who)
    if not rank or not who.email then return rank end
    return has_email(contact, who) and 0 or rank + 1
  end, who.phone:gsub("%D", ""):sub(-10))
end

local function find_contact(who)
  if who.email then
    local contact, err = by_email(who)
    if contact or err then return contact, err end
  end
  return by_phone(who)
end

local function create_contact(task, who)
  local first, last = person.names(who.name or who.email or who.phone)
  return once(task, function()
    return zoho.desk.create_contact { firstName = first, lastName = last, email = who.email,
      phone = who.phone }
  end, function() return find_contact(who) end)
end

-- The contact of a visitor { name, email, phone }: found by e-mail, else by phone, else created.
function desk.contact(task, who)
  local contact, err = find_contact(who)
  if contact or err then return contact, err end
  contact, err = create_contact(task, who)
  if contact or err.status ~= 422 then return contact, err end
  -- A duplicate: somebody else was faster. Where the index lags, the task's next try sees it.
  local other, trouble = find_contact(who)
  if other or trouble then return other, trouble end
  if not who.email or (err.message or ""):find "duplicate" then return nil, err end
  -- Desk does not take this address: the call matters more.
  return create_contact(task, { name = who.name or who.email, phone = who.phone })
end

-- Calls -------------------------------------------------------------------------------------------

-- The part of a reference that stands in a call's subject; no comma in it, since a comma splits
-- what Desk searches for.
local function mark(reference)
  return reference:sub(1, 12)
end

local function dial(who)
  return who.ext and who.phone .. " ext. " .. who.ext or who.phone
end

function desk.subject(reference, who)
  local text = ("Callback %s %s %s"):format(mark(reference), who.name or who.email or "", dial(who))
  return person.cut(text:gsub(",", " "):gsub("%s+", " "), SUBJECT_MAX)
end

function desk.description(reference, who)
  local text = ("Please call %s %s. Name: %s. E-mail: %s. Booked by chat, reference %s."):format(
    dial(who), who.when, who.name or "not known", who.email or "not known", reference)
  if who.files then text = ("%s Sent in the chat: %s."):format(text, who.files) end
  return person.cut(text, DESCRIPTION_MAX)
end

local function with_mark(list, reference)
  for _, call in ipairs(list) do
    if (call.subject or ""):find(mark(reference), 1, true) then return call end
  end
end

-- The call with a reference; nil, nil when there is none. The list knows new calls at once, the
-- search reaches further back.
function desk.find_call(reference)
  local list, err = zoho.desk.list_calls {
    departmentId = config.DESK_DEPARTMENT_ID, sortBy = "-createdTime", limit = RECENT,
  }
  if not list then return nil, err end
  local call = with_mark(list, reference)
  if call or #list < RECENT then return call end
  -- as a word, and as a part of the text: portals differ in what they compare
  local wanted = ("%s,*%s*"):format(mark(reference), mark(reference))
  list, err = zoho.desk.search_calls { subject = wanted, limit = 50 }
  if not list then return nil, err end
  return with_mark(list, reference)
end

local function names_description(err)
  if err.status and (err.status < 400 or err.status > 499) then return false end
  local text = ((err.field or "") .. " " .. (err.message or "")):lower()
  return err.kind ~= "unclear" and text:find("description", 1, true) ~= nil
end

-- Creates a call that has the task's reference in its subject; some portals know no description.
function desk.create_call(task, call)
  local function look() return desk.find_call(task.reference) end
  if task.tries > 0 then
    local found, trouble = look()
    if found or trouble then return found, trouble end
  end
  local made, err = once(task, function() return zoho.desk.create_call(call) end, look)
  if made or not names_description(err) then return made, err end
  call.description = nil
  return once(task, function() return zoho.desk.create_call(call) end, look)
end

-- Changes a call. Saying it twice does no harm: an unclear outcome is said again at the next try.
function desk.update_call(task, fields)
  for _ = 0, task.tries do
    local call, err = zoho.desk.update_call(fields)
    if call or err.kind ~= "unclear" then return call, err end
  end
  return nil, { kind = "timeout", message = UNKNOWN }
end

return desk
