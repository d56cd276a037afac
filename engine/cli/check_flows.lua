-- engine/cli/check_flows.lua - what usher itself knows about a flow file, found in its syntax tree.
-- Each finding is { line, what, advice, is_error }.
local pattern = require "usher.cli.check_pattern"
local tree = require "usher.cli.check_tree"

local REPLY_MAX = 1000   -- bytes: longer texts are sent in pieces
local LABEL_MAX = 20     -- characters that every channel shows of a button
local BUTTONS_MAX = 10   -- buttons that every channel shows
local SLOW = 4           -- the power of a message's length that a pattern may take

local flows = {}

local function characters(text) return utf8.len(text) or #text end

-- ---- texts ----

local TEXTS = {
  say = true, ask = true, choose = true, confirm = true, finish = true, forward = true,
}

local function check_label(node, report)
  local label = tree.text(node)
  if label and characters(label) > LABEL_MAX then
    report(node.line, ('the button "%s" is longer than %d characters'):format(label, LABEL_MAX),
      "WhatsApp, Instagram and Facebook cut it there: say it shorter")
  end
end

local function check_reply(node, report)
  local text = tree.text(node)
  if text and #text > REPLY_MAX then
    report(node.line, ("a text of %d bytes is sent in pieces of %d"):format(#text, REPLY_MAX),
      "say less, or split it where it makes sense: chat:say { \"one\", \"two\" }")
  end
end

local function check_buttons(list, report)
  if #list > BUTTONS_MAX then
    report(list[BUTTONS_MAX + 1].line, ("there are more than %d buttons"):format(BUTTONS_MAX),
      "WhatsApp shows ten, Facebook and Instagram thirteen: ask in two steps")
  end
  for _, item in ipairs(list) do
    check_label(item.tag == "Table" and item[1] or item, report)
  end
end

local function check_texts(node, report)
  local method = tree.chat_method(node)
  if not TEXTS[method] or not node[3] then return end
  local given = node[3]
  if given.tag ~= "Table" then return check_reply(given, report) end
  local named, list = tree.members(given)
  if method == "choose" then
    check_buttons({ table.unpack(list, 2) }, report)
    list = { list[1] }
  end
  for _, item in ipairs(list) do check_reply(item, report) end
  if named.buttons and named.buttons.tag == "Table" then check_buttons(named.buttons, report) end
end

-- ---- buttons that nobody handles ----

local ASKS = { ask = true, choose = true, confirm = true }

-- Nonzero line of the last question below this node.
local function last_question(node)
  local line = 0
  tree.walk(node, function(inner)
    if ASKS[tree.chat_method(inner)] then line = math.max(line, inner.line) end
  end)
  return line
end

local function button_value(item)
  if item.tag == "Table" then
    local named, list = tree.members(item)
    return next(named) == nil and tree.text(list[1]), list[2] and tree.text(list[2])
  end
  return tree.text(item)
end

local function check_handled(root, routes, report)
  local asked_until = last_question(root)
  tree.walk(root, function(node)
    if tree.chat_method(node) ~= "say" or not node[3] or node[3].tag ~= "Table" then return end
    local named = tree.members(node[3])
    if not named.buttons or named.buttons.tag ~= "Table" or asked_until > node.line then return end
    for _, item in ipairs(named.buttons) do
      local label, value = button_value(item)
      if label and not routes.handles(label, value) then
        report(item.line, ('nobody handles the button "%s"'):format(label),
          "give it to a flow in init.lua (button or triggers), or ask with chat:choose")
      end
    end
  end)
end

-- ---- calls to Zoho ----

local function field_names(operation)
  local known, list = {}, {}
  local function add(name)
    local head = name:match "^[^.]+"
    if not known[head] then list[#list + 1] = head end
    known[head] = true
  end
  for name in pairs(operation.fields) do add(name) end
  for name in pairs(operation.query) do add(name) end
  for name in operation.path:gmatch "{([%w_]+)}" do add(name) end
  table.sort(list)
  return known, list
end

local function check_value(field, name, node, report)
  local text = tree.text(node)
  if not text or not field then return end
  if field.max > 0 and characters(text) > field.max then
    report(node.line, ("%s is longer than Zoho's %d characters"):format(name, field.max),
      "cut it before", true)
  end
  if field.allowed and not ("|" .. field.allowed .. "|"):find("|" .. text .. "|", 1, true) then
    report(node.line, ('%s cannot be "%s"'):format(name, text),
      "it is one of " .. field.allowed:gsub("|", ", "), true)
  end
end

local function check_fields(node, name, operation, nearest, report)
  local named = tree.members(node)
  local known, list = field_names(operation)
  for field, value in pairs(named) do
    if not known[field] and (operation.closed or next(operation.fields) == nil) then
      local near = nearest(field, known)
      local guess = near and ("did you mean '%s'? "):format(near) or ""
      report(value.line, ("zoho.%s has no field '%s'"):format(name, field),
        guess .. "It takes " .. table.concat(list, ", "), true)
    end
    check_value(operation.fields[field], field, value, report)
  end
end

local function check_zoho(node, operations, nearest, report)
  if node.tag ~= "Call" then return end
  local path = tree.path(node[1])
  local name = path and path:match "^zoho%.(%l+%.[%w_]+)$"
  if not name then return end
  local operation = operations[name] -- check_names.lua knows those that are not there
  if operation and node[2] and node[2].tag == "Table" then
    check_fields(node[2], name, operation, nearest, report)
  end
end

-- ---- loops around questions ----

local LEAVES = { hand_over = true, finish = true, forward = true, continue = true }
local COMPARES = { lt = true, le = true, gt = true, ge = true }

-- A loop ends for a visitor who never gives a good answer where it counts, returns or hands over.
local function is_bounded(loop)
  local bounded, asks = false, false
  tree.walk(loop, function(node)
    if ASKS[tree.chat_method(node)] then asks = true end
    bounded = bounded or node.tag == "Return" or node.tag == "Goto"
      or LEAVES[tree.chat_method(node)] or node.tag == "Op" and COMPARES[node[1]]
  end)
  return bounded or not asks
end

local function check_loop(node, report)
  if (node.tag == "While" or node.tag == "Repeat") and not is_bounded(node) then
    report(node.line, "a loop asks again and again, without a limit",
      "let chat:ask do it (tries = 3), or count, and chat:hand_over() after a few tries")
  end
end

-- ---- patterns ----

local MATCHES = { find = true, match = true, gmatch = true, gsub = true }

local function check_pattern(node, report)
  local argument
  if node.tag == "Invoke" and MATCHES[tree.text(node[2])] then
    argument = node[3]
  elseif node.tag == "Call" and MATCHES[(tree.path(node[1]) or ""):match "^string%.(%l+)$"] then
    argument = node[3]
  end
  local text = argument and tree.text(argument)
  local weight = text and pattern.weight(text)
  if weight and weight >= SLOW then
    report(node.line, "several parts of the pattern can share the same characters",
      "a long message takes very long then: use [^,]* instead of .-, or lpeg")
  end
end

-- routes.handles(label, value), nil where the flows do not load; operations: by name; nearest(word,
-- table) -> key.
function flows.check(root, routes, operations, nearest, report)
  if routes then check_handled(root, routes, report) end
  tree.walk(root, function(node)
    check_texts(node, report)
    check_zoho(node, operations, nearest, report)
    check_loop(node, report)
    check_pattern(node, report)
  end)
end

return flows
