-- engine/cli/check_tree.lua - walking the syntax tree that luacheck's parser makes of a flow file.
--
-- A node is { tag = "Invoke", line = 12, ... }; see luacheck/parser.lua. Literals that are put
-- together (.. and :rep) count as the text they make.
local tree = {}

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

-- The method's name where the node calls a method of `chat`.
function tree.chat_method(node)
  if node.tag ~= "Invoke" or node[1].tag ~= "Id" or node[1][1] ~= "chat" then return nil end
  return tree.text(node[2])
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
