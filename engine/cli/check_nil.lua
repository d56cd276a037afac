-- engine/cli/check_nil.lua - values that may be nil where a visitor would read them: what SalesIQ
-- knows of some visitors only, and answers that did not come.
--
--   maybe.check(root, report)   -> report(line, what, advice)
local tree = require "usher.cli.check_tree"

local maybe = {}

local SAYS = {
  say = true, ask = true, choose = true, confirm = true, finish = true, forward = true,
}
local ASKS = { ask = true, choose = true }

-- What may be nil about an expression: what it is, and what to do; nil: nothing is known.
local function doubt_of(node)
  local path = tree.chat_path(node)
  if path and path:find "^chat%.visitor%.[%w_]+$" then
    return path, "SalesIQ does not know it of every visitor"
  elseif path and path:find "^chat%.memory%.[%w_]+$" then
    return path, "nothing is kept there before a flow has set it"
  elseif node.tag == "Invoke" and ASKS[tree.chat_method(node)] then
    return "what chat:" .. tree.chat_method(node) .. " gives", "it is nil after the last try"
  end
end

-- Variables and paths whose value is looked at before it is used: in a condition, beside `and`,
-- `or`, `not` or a comparison, or as the argument of a function.
local function tested(root)
  local seen = {}
  local function note(node)
    if type(node) ~= "table" then return end
    if node.tag == "Id" and node.var then seen[node.var] = true end
    local path = tree.chat_path(node)
    if path then seen[path] = true end
  end
  tree.walk(root, function(node)
    if node.tag == "If" or node.tag == "While" or node.tag == "Repeat" then
      for _, part in ipairs(node) do note(part) end
    elseif node.tag == "Op" and node[1] ~= "concat" then
      note(node[2])
      note(node[3])
    elseif node.tag == "Call" then
      for i = 2, #node do note(node[i]) end
    elseif node.tag == "Set" then
      for _, target in ipairs(node[1]) do note(target) end
    end
  end)
  return seen
end

-- Calls see(node) for what goes into a text as it stands.
local function texts(node, see)
  if node.tag == "Op" and node[1] == "concat" then
    texts(node[2], see)
    texts(node[3], see)
  elseif node.tag == "Paren" then
    texts(node[1], see)
  elseif node.tag == "Table" then
    for _, item in ipairs(node) do
      if item.tag ~= "Pair" then texts(item, see) end
    end
  elseif node.tag == "Invoke" and tree.text(node[2]) == "format" then
    for i = 3, #node do texts(node[i], see) end
  else
    see(node)
  end
end

function maybe.check(root, report)
  local looked_at = tested(root)
  local function see(node)
    local value = node.tag == "Id" and node.var and tree.value(node.var) or node
    local what, why = doubt_of(value)
    if not what or looked_at[what] or node.var and looked_at[node.var] then return end
    report(node.line, ("%s may be nil when it is said"):format(node.var
      and ("'%s', %s,"):format(node.var.name, what) or what), why
      .. ": write (x or \"...\"), or ask first whether it is there")
  end
  tree.walk(root, function(node)
    if node.tag ~= "Invoke" or not SAYS[tree.chat_method(node)] then return end
    for i = 3, #node do
      texts(node[i], see)
    end
  end)
end

return maybe
