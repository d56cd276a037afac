-- engine/cli/check_tree.lua - walking the syntax tree that luacheck's parser makes of a flow file.
--
-- A node is { tag = "Invoke", line = 12, ... }; see luacheck/parser.lua. An Id has its variable in
-- `var`, nil for a global. Literals that are put together (.. and :rep) count as the text they
-- make.
local tree = {}

-- Runs luacheck, and gives the trees that it makes for this, in the order of the texts: false for
-- one that it cannot read.
function tree.made_by(run)
  local check_state = require "luacheck.check_state"
  local new, states = check_state.new, {}
  function check_state.new(text)
    states[#states + 1] = new(text)
    return states[#states]
  end
  local fine, why = pcall(run)
  check_state.new = new
  if not fine then error(why, 0) end
  local trees = {}
  for i, state in ipairs(states) do trees[i] = state.ast or false end
  return trees
end

-- Calls visit(node, parents) for each node; parents[#parents] is the one above it.
function tree.walk(node, visit, parents)
  parents = parents or {}
  if type(node) ~= "table" then return end
  if node.tag then visit(node, parents) end
  parents[#parents + 1] = node
  for _, child in ipairs(node) do tree.walk(child, visit, parents) end
  parents[#parents] = nil
end

-- The text of an expression where it is known before the flow runs, else nil.
function tree.text(node)
  if type(node) ~= "table" then return nil end
  if node.tag == "String" then return node[1] end
  if node.tag == "Paren" then return tree.text(node[1]) end
  if node.tag == "Op" and node[1] == "concat" then
    local left, right = tree.text(node[2]), tree.text(node[3])
    return left and right and left .. right
  end
  if node.tag == "Invoke" and tree.text(node[2]) == "rep" then
    local text = tree.text(node[1])
    local count = node[3] and node[3].tag == "Number" and tonumber(node[3][1])
    if text and count and #text * count < 10000 then return text:rep(math.tointeger(count) or 1) end
  end
end

-- "zoho.desk.create_call" for the expression of that form, else nil.
function tree.path(node)
  if node.tag == "Id" then return node[1] end
  if node.tag ~= "Index" then return nil end
  local base, name = tree.path(node[1]), tree.text(node[2])
  return base and name and base .. "." .. name
end

-- The one value that a variable has, nil where it gets others, too, or is an argument.
function tree.value(var)
  local value = #var.values == 1 and var.type ~= "arg" and var.values[1]
  return value and value.node or nil
end

-- Whether a variable is what require gave.
function tree.is_required(var)
  local value = tree.value(var)
  return value ~= nil and value.tag == "Call" and tree.path(value[1]) == "require"
end

-- Whether the node is the chat, or what it was handed to as.
function tree.is_chat(node)
  return node ~= nil and node.tag == "Id" and node.var ~= nil and node.var.is_chat == true
end

-- Marks the variables that hold the chat: arguments named so, the first of the function that a
-- flow's file returns, and those that get it from them.
function tree.mark_chat(root, is_flow)
  local changed
  local function mark(id)
    if not id or not id.var or id.var.is_chat then return end
    id.var.is_chat, changed = true, true
  end
  local function function_at(node)
    if node and node.tag == "Id" and node.var then node = tree.value(node.var) end
    return node and node.tag == "Function" and node or nil
  end
  local function look(node)
    if node.tag == "Function" then
      for _, id in ipairs(node[1]) do
        if id[1] == "chat" then mark(id) end
      end
    elseif node.tag == "Local" then
      for i, value in ipairs(node[2] or {}) do
        if tree.is_chat(value) then mark(node[1][i]) end
      end
    elseif node.tag == "Call" then
      local called = function_at(node[1])
      for i = 2, #node do
        if called and tree.is_chat(node[i]) then mark(called[1][i - 1]) end
      end
    end
  end
  local last = root[#root]
  local flow = is_flow and last and last.tag == "Return" and function_at(last[1])
  if flow then mark(flow[1][1]) end
  repeat
    changed = false
    tree.walk(root, look)
  until not changed
end

-- Whether any function of the file gets the chat.
function tree.has_chat(root)
  local found = false
  tree.walk(root, function(node) found = found or tree.is_chat(node) end)
  return found
end

-- The method's name where the node calls a method of the chat.
function tree.chat_method(node)
  if node.tag ~= "Invoke" or not tree.is_chat(node[1]) then return nil end
  return tree.text(node[2])
end

-- "chat.visitor.name" for the expression of that form, whatever the chat is called; else nil.
function tree.chat_path(node)
  if tree.is_chat(node) then return "chat" end
  if node.tag ~= "Index" then return nil end
  local base, name = tree.chat_path(node[1]), tree.text(node[2])
  return base and name and base .. "." .. name
end

-- Whether the value of an expression is known to be a text.
function tree.is_text(node)
  return node.tag == "Op" and node[1] == "concat" or tree.text(node) ~= nil
    or tree.chat_path(node) == "chat.message.text"
end

-- The members of a table constructor: { name = node, ... }, and the list of the others. closed is
-- false where a key is computed, so that others may be there.
function tree.members(node)
  local named, list, closed = {}, {}, true
  for _, item in ipairs(node) do
    if item.tag == "Pair" then
      local name = tree.text(item[1])
      if name then named[name] = item[2] else closed = false end
    else
      list[#list + 1] = item
    end
  end
  return named, list, closed
end

return tree
