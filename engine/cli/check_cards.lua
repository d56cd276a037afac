-- engine/cli/check_cards.lua - cards that SalesIQ would not show: the `card` and `input` that a
-- method of the chat is given, as far as the file tells what is in them.
--
--   check_cards.check(root, report)   -> report(line, what, advice)
local cards = require "usher.cards"
local tree = require "usher.cli.check_tree"

local check_cards = {}

-- The value of a constant expression; `open` is called where a part of it is none.
local function value_of(node, open)
  local text = tree.text(node)
  if text then return text end
  if node.tag == "Number" then return tonumber(node[1]) end
  if node.tag == "True" or node.tag == "False" then return node.tag == "True" end
  if node.tag ~= "Table" then
    open()
    return true
  end
  local named, list, closed = tree.members(node)
  local value = {}
  if not closed then open() end
  for i, item in ipairs(list) do value[i] = value_of(item, open) end
  for name, item in pairs(named) do value[name] = value_of(item, open) end
  return value
end

local function look(kind, node, report)
  if node.tag ~= "Table" then return end
  local is_open, named = false, tree.members(node)
  local value = value_of(node, function() is_open = true end)
  if is_open and named.type and not tree.text(named.type) then return end
  local why = is_open and cards.misnamed(kind, value) or not is_open and cards.wrong(kind, value)
  if why then
    report(node.line, ("this %s would not be shown: %s"):format(kind, why),
      'flows/README.md, "Cards", has the fields of each')
  end
end

function check_cards.check(root, report)
  tree.walk(root, function(node)
    if not tree.chat_method(node) or not node[3] or node[3].tag ~= "Table" then return end
    local named = tree.members(node[3])
    for _, kind in ipairs { "card", "input" } do
      if named[kind] then look(kind, named[kind], report) end
    end
  end)
end

return check_cards
