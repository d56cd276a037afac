-- engine/lua/cards.lua - the cards of SalesIQ: which fields each kind of reply and input has, which
-- it needs, and the published limits. What chat:say and chat:ask are given, `usher check`, and the
-- simulator's judge (simulator/salesiq_check.lua) ask here; nothing but plain Lua is used.
--
--   cards.wrong("input", { type = "name" })        -> "needs the text 'placeholder'", or nil
--   cards.misnamed("card", { type = "links" })     the same of type and field names alone
local cards = {}

-- ---- names ----

local RATING = "level set_conversation_rating"
local CALENDAR = "time tz from to time_format select_label label"

local INPUT = {
  select = "options",
  ["multiple-select"] = "options min_selection max_selection",
  ["drop-down"] = "options placeholder multiple select_label min_selection max_selection",
  slider = "values", ["range-slider"] = "values",
  name = "placeholder value error",
  email = "placeholder value error",
  tel = "placeholder value error country_code",
  url = "placeholder value error",
  ["file-upload"] = "placeholder error",
  location = "lat lng radius label select_label",
  timeslots = "label tz time_zone_id date slots",
  ["date-timeslots"] = "label tz time_zone_id slots",
  calendar = CALENDAR, ["range-calendar"] = CALENDAR,
  ["star-rating"] = RATING, ["happiness-rating"] = RATING, like = RATING,
}

-- "": a card without a type.
local TEXT = "text image image_position delay_config field_name validate"
local CARD = {
  [""] = TEXT .. " actions title subtitle elements",
  links = TEXT .. " links", file = TEXT .. " url headers", suggestions = TEXT .. " phrases",
  articles = TEXT .. " articles",
}

local function listed(known)
  local names = {}
  for name in pairs(known) do names[#names + 1] = name ~= "" and name or nil end
  table.sort(names)
  return table.concat(names, ", ")
end

local function set_of(words)
  local set = {}
  for word in words:gmatch "%S+" do set[word] = true end
  return set
end

-- Whether the type is known; reports it, and fields that such a card has not.
local function check_names(card, types, what, where, report)
  local kind = card.type == nil and "" or card.type
  local words = types[kind]
  if not words then
    report(where, ("the %s type '%s' is not known; there are %s"):format(what, tostring(card.type),
      listed(types)))
    return false
  end
  local known, odd = set_of(words), {}
  for name in pairs(card) do
    if name ~= "type" and not known[name] then odd[#odd + 1] = tostring(name) end
  end
  table.sort(odd)
  for _, name in ipairs(odd) do
    local called = kind == "" and "a card without a type" or "the card '" .. kind .. "'"
    report(where, ("%s has no '%s'; it has %s"):format(called, name, listed(known)))
  end
  return true
end

-- ---- values ----

local function contains(list, value)
  for _, item in ipairs(list) do
    if item == value then return true end
  end
  return false
end

-- What each channel shows of suggestions and of a select card: number of items, characters each.
-- Where a channel cuts, an answer beyond the limit loses something, which a bot should know.
local CHANNEL = {
  facebook = { 13, 20 }, instagram = { 13, 20 }, whatsapp = { 10, 20 }, telegram = { 20, 40 },
}

local function is_text(value) return type(value) == "string" and value:find "%S" ~= nil end
local function is_list(value) return type(value) == "table" and value[1] ~= nil end
local function length(text) return utf8.len(text) or #text end

local function channel_limits(options) return CHANNEL[(options.channel or ""):lower()] end

local function check_amount(texts, most, longest, where, report)
  if #texts > most then report(where, ("has more than %d items"):format(most)) end
  for i, text in ipairs(texts) do
    if length(text) > longest then
      report(("%s[%d]"):format(where, i), ("is longer than %d characters"):format(longest))
    end
  end
end

-- The limits of the channel for a list of texts to choose from; none on the web.
function cards.check_channel_list(texts, where, report, options)
  local limits = channel_limits(options)
  if limits then check_amount(texts, limits[1], limits[2], where, report) end
end

local function texts_of(list, where, report)
  if not is_list(list) then
    report(where, "must be an array with at least one item")
    return nil
  end
  for i, item in ipairs(list) do
    if not is_text(item) then
      report(("%s[%d]"):format(where, i), "must be a text")
      return nil
    end
  end
  return list
end

local function need(object, where, report, ...)
  for _, name in ipairs { ... } do
    if not is_text(object[name]) then report(where, ("needs the text '%s'"):format(name)) end
  end
end

local function check_number(object, name, where, report, allowed)
  local value = object[name]
  if value == nil then return end
  if not contains(allowed, tonumber(value)) then
    report(where, ("'%s' must be one of %s"):format(name, table.concat(allowed, ", ")))
  end
end

local input = {}

function input.select(card, where, report, options)
  local texts = texts_of(card.options, where .. ".options", report)
  if not texts then return end
  if channel_limits(options) then
    cards.check_channel_list(texts, where .. ".options", report, options)
  else
    check_amount(texts, 20, 80, where .. ".options", report)
  end
end

input["multiple-select"] = input.select

input["drop-down"] = function(card, where, report)
  local place, labels = where .. ".options", {}
  if not is_list(card.options) then
    return report(place, "must be an array with at least one item")
  end
  for i, option in ipairs(card.options) do
    local one = ("%s[%d]"):format(place, i)
    if type(option) ~= "table" then return report(one, "must be an object") end
    need(option, one, report, "value", "label")
    labels[i] = tostring(option.label or "")
  end
  check_amount(labels, 20, 30, place, report)
end

function input.slider(card, where, report)
  local texts = texts_of(card.values, where .. ".values", report)
  if texts then check_amount(texts, 10, 10, where .. ".values", report) end
end

input["range-slider"] = input.slider

local function check_placeholder(card, where, report)
  need(card, where, report, "placeholder")
  if card.error ~= nil then texts_of(card.error, where .. ".error", report) end
end

input.name, input.email, input.tel = check_placeholder, check_placeholder, check_placeholder

local function is_date(text)
  return type(text) == "string" and text:find "^%d%d/%d%d/%d%d%d%d$" ~= nil
end

local function check_times(times, where, report)
  local texts = texts_of(times, where, report)
  for i, text in ipairs(texts or {}) do
    local hour, minute = text:match "^(%d%d):(%d%d)$"
    if not hour or tonumber(hour) > 23 or tonumber(minute) > 59 then
      report(("%s[%d]"):format(where, i), "must be a time hh:mm of 24 hours")
    end
  end
end

function input.timeslots(card, where, report)
  need(card, where, report, "time_zone_id")
  if not is_date(card.date) then report(where, "'date' must be dd/mm/yyyy") end
  check_times(card.slots, where .. ".slots", report)
end

input["date-timeslots"] = function(card, where, report)
  need(card, where, report, "label", "time_zone_id")
  if type(card.slots) ~= "table" or next(card.slots) == nil or is_list(card.slots) then
    return report(where, "'slots' must be an object of days")
  end
  for day, times in pairs(card.slots) do
    if not is_date(day) then report(where, ("'%s' is not dd/mm/yyyy"):format(tostring(day))) end
    check_times(times, ("%s.slots[%s]"):format(where, tostring(day)), report)
  end
end

local function check_select_label(card, where, report)
  local label = card.select_label
  if label ~= nil and (not is_text(label) or length(label) > 20) then
    report(where, "'select_label' must be a text of at most 20 characters")
  end
end

function input.calendar(card, where, report)
  check_select_label(card, where, report)
  for _, name in ipairs { "from", "to" } do
    local value = card[name]
    if value ~= nil and not tostring(value):find "^[+-]?%d+%.?0?$" then
      report(where, ("'%s' must be days such as \"+5\", or milliseconds"):format(name))
    end
  end
end

input["range-calendar"] = input.calendar

function input.location(card, where, report)
  check_select_label(card, where, report)
  if card.radius == nil then return end
  local radius = tostring(card.radius)
  local size = radius:match "^(%d+) kms$" or radius:match "^(%d+) miles$"
  if not size or tonumber(size) < 2 or tonumber(size) > 500 then
    report(where, "'radius' must be \"2 kms\" to \"500 kms\", or miles")
  end
end

input["star-rating"] = function(card, where, report)
  check_number(card, "level", where, report, { 3, 4, 5, 6, 7, 8, 9, 10 })
end

input["happiness-rating"] = function(card, where, report)
  check_number(card, "level", where, report, { 3, 5 })
end

input.like = function() end
input.url, input["file-upload"] = input.like, input.like

-- Checks an input card.
function cards.check_input(card, where, report, options)
  if type(card) ~= "table" or is_list(card) then return report(where, "must be one object") end
  if check_names(card, INPUT, "card", where, report) then
    input[card.type](card, where, report, options)
  end
end

local FORMATS = { "email", "phoneno", "website", "number", "string", "text", "decimal" }

local function check_validate(validate, where, report)
  if type(validate) ~= "table" then return report(where, "must be an object") end
  local format = type(validate.format) == "string" and validate.format or ""
  if not contains(FORMATS, (format:gsub("%(.*%)$", ""))) then
    report(where, ("the format '%s' is not known"):format(format))
  end
  if validate.error ~= nil then texts_of(validate.error, where .. ".error", report) end
end

local function check_delay(config, where, report)
  if type(config) ~= "table" then return report(where, "must be an object") end
  if config.time ~= nil and type(config.time) ~= "number" then
    report(where, "'time' must be a number of seconds")
  end
  if config.type ~= nil and config.type ~= "all" and config.type ~= "random" then
    report(where, "'type' must be all or random")
  end
  if config.info_messages ~= nil then
    texts_of(config.info_messages, where .. ".info_messages", report)
  end
end

local function check_action(action, where, report, options)
  if type(action) ~= "table" then return report(where, "must be an object") end
  need(action, where, report, "label", "name")
  if action.type == "url" then
    need(action, where, report, "link")
  elseif action.type == "client_action" then
    need(action, where, report, "clientaction_name")
    if (options.channel or ""):lower() == "facebook" then
      report(where, "facebook has no client actions")
    end
  else
    report(where, ("the action type '%s' is not known"):format(tostring(action.type)))
  end
end

local function check_actions(actions, where, report, options)
  if not is_list(actions) then return report(where, "must be an array with at least one item") end
  local labels = {}
  for i, action in ipairs(actions) do
    check_action(action, ("%s[%d]"):format(where, i), report, options)
    labels[i] = type(action) == "table" and tostring(action.label or "") or ""
  end
  if (options.channel or ""):lower() == "facebook" then
    check_amount(labels, 3, 80, where, report)
  end
end

local function check_items(list, where, report, ...)
  if not is_list(list) then return report(where, "must be an array with at least one item") end
  for i, item in ipairs(list) do
    local place = ("%s[%d]"):format(where, i)
    if type(item) == "table" then
      need(item, place, report, ...)
    else
      report(place, "must be an object")
    end
  end
end

local display = {}

function display.links(reply, where, report)
  need(reply, where, report, "text")
  check_items(reply.links, where .. ".links", report, "url", "text")
end

function display.file(reply, where, report) need(reply, where, report, "url") end

function display.suggestions(reply, where, report)
  need(reply, where, report, "text")
  check_items(reply.phrases, where .. ".phrases", report, "text")
end

function display.articles(reply, where, report) need(reply, where, report, "text") end

-- Known by its elements.
local function check_product(reply, where, report)
  need(reply, where, report, "text", "title")
  check_items(reply.elements, where .. ".elements", report, "id", "image")
end

local function check_display(reply, where, report)
  -- What the type of a product card is called is not published.
  if reply.elements ~= nil then return check_product(reply, where, report) end
  if not check_names(reply, CARD, "reply", where, report) then return end
  if reply.type == nil then
    if not is_text(reply.text) and not is_text(reply.image) then
      report(where, "an object needs 'text'")
    end
    return
  end
  display[reply.type](reply, where, report)
end

-- Checks a reply that is an object.
function cards.check_reply(reply, where, report, options)
  check_display(reply, where, report)
  if is_text(reply.text) and length(reply.text) > options.reply_max then
    report(where, ("is longer than %d characters"):format(options.reply_max))
  end
  if reply.validate ~= nil then check_validate(reply.validate, where .. ".validate", report) end
  if reply.delay_config ~= nil then
    check_delay(reply.delay_config, where .. ".delay_config", report)
  end
  if reply.actions ~= nil then
    check_actions(reply.actions, where .. ".actions", report, options)
    if reply.type ~= nil and reply.elements == nil then
      report(where, "'actions' work on text replies and product cards only")
    end
  end
  local position = reply.image_position
  if position ~= nil and position ~= "fit" and position ~= "fill" then
    report(where, "'image_position' must be fit or fill")
  end
end

-- ---- for who writes flows ----

local CHECKS = { input = cards.check_input, card = cards.check_reply }
local TYPES = { input = INPUT, card = CARD }

-- The first thing that is wrong, with the field in front where it is one of the card's parts.
local function first(kind, check, card)
  local found
  check(card, kind, function(where, message)
    local part = where:sub(#kind + 2)
    found = found or (part ~= "" and part .. ": " or "") .. message
  end)
  return found
end

function cards.wrong(kind, card)
  if type(card) ~= "table" or is_list(card) then return "must be one object" end
  return first(kind, function(one, where, report)
    CHECKS[kind](one, where, report, { reply_max = 1000 })
  end, card)
end

function cards.misnamed(kind, card)
  if kind == "card" and card.elements ~= nil then return nil end
  return first(kind, function(one, where, report)
    check_names(one, TYPES[kind], kind == "card" and "reply" or "card", where, report)
  end, card)
end

return cards
