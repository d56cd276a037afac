-- Compares a request with the facts of contract.lua. Pure: values in, list of problems out.
local clock = require "simulator.clock"
local json = require "simulator.json"

local check = {}

-- \P{InBasicLatin} of the source: everything outside ASCII, in UTF-8 any byte above 127.
local WIDE = "\x80-\xff"

local function matcher(pattern)
  return function(text) return text:find(pattern) ~= nil end
end

local function is_host(text, letter)
  if #text < 4 or #text > 256 then return false end
  local rest, top = text:match "^(.+)%.([^.]+)$"
  if not rest or not top:find("^[a-zA-Z" .. (letter == "%w" and "" or WIDE) .. "]+$") then
    return false
  end
  if utf8.len(top) and (utf8.len(top) < 2 or utf8.len(top) > 22) then return false end
  for label in (rest .. "."):gmatch "([^.]*)%." do
    local inner = "^[" .. letter .. "]"
    if not label:find(inner) or not label:find("[" .. letter .. "]$") then return false end
    if label:find("[^" .. letter .. "_%-]") then return false end
  end
  return true
end

local function is_email(letter)
  return function(text)
    local name, host = text:match "^([^@]+)@([^@]+)$"
    return name ~= nil and name:find("^[" .. letter .. "_]") ~= nil
      and not name:find("[^" .. letter .. "_+%-.'&!~]") and is_host(host, letter)
  end
end

local forms = {
  digits = function(text) return #text <= 19 and text:find "^%d+$" ~= nil end,
  loose_digits = function(text)
    return text:find "^%d*$" ~= nil and #text <= 19 or text == "null" or text == "undefined"
  end,
  timestamp = function(text) return clock.parse(text) ~= nil end,
  timestamp_range = function(text) return clock.parse_range(text) ~= nil end,
  email = is_email("%w" .. WIDE),
  ascii_email = is_email "%w",
  word = matcher("^[%w_%-.$@?:/!%s()" .. WIDE .. "]+$"),
  phone = matcher("^[%w_+%-.$@?,;:'/!%s" .. WIDE .. "]+$"),
  mobile = matcher("^[%w_+%-.()$@?,:'/!%s" .. WIDE .. "]+$"),
  cf = matcher("^[%w_%-.$@?,:'/!%s" .. WIDE .. "]+$"),
  -- Desk lists what may not stand in it, brackets among them.
  searched_phone = matcher("^[%w_+%-.*$@?{},:'/!%s" .. WIDE .. "]*$"),
  url = matcher "^[hf]t?tps?://%w[%w.:_%-]*[/?]?[^%s<>\"{}^`]*$",
  custom_field = matcher("^[%w_%-.$@?:/!%s()" .. WIDE .. "]+:"),
}

local function length(text) return utf8.len(text) or #text end

local function contains(list, value)
  for _, item in ipairs(list) do
    if item == value then return true end
  end
  return false
end
check.contains = contains

local function type_of(value)
  if value == json.null then return "null" end
  local kind = type(value)
  if kind == "number" then return math.tointeger(value) and "integer" or "number" end
  if kind ~= "table" then return kind end
  if next(value) == nil then return "empty" end -- {} and [] decode alike
  return value[1] ~= nil and "array" or "object"
end

local function has_type(fact, value)
  local kind = type_of(value)
  if kind == "empty" then return contains(fact, "object") or contains(fact, "array") end
  return contains(fact, kind)
end

local function text_fits(fact, text, max)
  if max and length(text) > max then return false end
  if fact.min and length(text) < fact.min then return false end
  if fact.enum and not contains(fact.enum, text) then return false end
  return not fact.form or forms[fact.form](text)
end

local function add(problems, pointer, kind, message)
  problems[#problems + 1] = { fieldName = pointer, errorType = kind, errorMessage = message or "" }
end

local check_value

local function check_object(fact, object, pointer, problems, rules)
  for _, name in ipairs(fact.required or {}) do
    if object[name] == nil then add(problems, pointer .. "/" .. name, "missing") end
  end
  for name, value in pairs(object) do
    local known = fact.fields and fact.fields[name]
    if not known or contains(rules.absent or {}, name) then
      add(problems, pointer .. "/" .. name, "invalid", "this field is not known")
    else
      check_value(known, value, pointer .. "/" .. name, problems, (rules.max or {})[name])
    end
  end
end

local function check_map(fact, object, pointer, problems)
  for name, value in pairs(object) do
    if not forms.cf(name) then
      add(problems, pointer .. "/" .. name, "invalid", "the name of a custom field")
    else
      check_value(fact.values, value, pointer .. "/" .. name, problems)
    end
  end
end

local function check_list(fact, list, pointer, problems)
  if fact.most and #list > fact.most then
    add(problems, pointer, "invalid", "at most " .. fact.most .. " items")
  end
  for i, value in ipairs(list) do
    check_value(fact.items, value, pointer .. "/" .. (i - 1), problems)
  end
end

-- Facts whose shape hangs on one field, such as the two kinds of reminder.
local function pick_variant(fact, object, pointer, problems)
  local variant = fact.variants[object[fact.pick]]
  if variant then return variant end
  local missing = object[fact.pick] == nil
  add(problems, pointer .. "/" .. fact.pick, missing and "missing" or "invalid")
end

local function check_table(fact, value, pointer, problems)
  if contains(fact, "array") then return check_list(fact, value, pointer, problems) end
  if fact.values then return check_map(fact, value, pointer, problems) end
  if fact.variants then fact = pick_variant(fact, value, pointer, problems) end
  if fact and fact.fields then check_object(fact, value, pointer, problems, {}) end
end

function check_value(fact, value, pointer, problems, max)
  if not has_type(fact, value) then
    local found = type_of(value)
    add(problems, pointer, "invalid", "wrong type: " .. (found == "empty" and "object" or found))
  elseif type(value) == "table" then
    check_table(fact, value, pointer, problems)
  elseif type(value) == "string" and not text_fits(fact, value, max or fact.max) then
    add(problems, pointer, "invalid")
  elseif type(value) == "number" and fact.form == "digits" and value < 0 then
    add(problems, pointer, "invalid")
  end
end

-- The problems of a body, sorted by field: { fieldName, errorType, errorMessage } each. options:
-- oldest (demand what the oldest version of the contract demanded), required (names of further
-- required fields).
function check.body(fact, body, options)
  local problems, oldest = {}, options.oldest and fact.oldest or {}
  check_object(fact, body, "", problems, oldest)
  for _, list in ipairs { oldest.required or {}, options.required or {} } do
    for _, name in ipairs(list) do
      if body[name] == nil then add(problems, "/" .. name, "missing") end
    end
  end
  table.sort(problems, function(a, b) return a.fieldName < b.fieldName end)
  return problems
end

local function parts(text)
  local list = {}
  for part in (text .. ","):gmatch "([^,]*)," do list[#list + 1] = part end
  return list
end
check.parts = parts

local function parameter_fits(fact, text)
  if not text_fits(fact, text, fact.max) then return false end
  if fact.least or fact.greatest then
    local number = tonumber(text)
    if fact.least and number < fact.least then return false end
    if fact.greatest and number > fact.greatest then return false end
  end
  if not fact.each then return true end
  local list = parts(text)
  if fact.most and #list > fact.most then return false end
  for _, part in ipairs(list) do
    if not text_fits(fact.each, part, fact.each.max) then return false end
  end
  return true
end

-- nil when all parameters are right, else what Desk says about the first that is not.
function check.query(fact, query, options)
  local names = {}
  for name in pairs(query) do names[#names + 1] = name end
  table.sort(names)
  for _, name in ipairs(names) do
    local known = fact.query[name]
    if not known or options.oldest and contains(fact.oldest_absent or {}, name) then
      return ("Extra query parameter '%s' is present in the request."):format(name)
    elseif not parameter_fits(known, query[name]) then
      return ("The value passed for the '%s' query parameter is invalid."):format(name)
    end
  end
end

return check
