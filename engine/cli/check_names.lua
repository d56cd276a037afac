-- engine/cli/check_names.lua - names that a flow uses and nobody has: globals, members of modules,
-- what `chat` can do, settings, flows and tasks. The sandbox itself is asked, so that what is said
-- here is what a visitor's turn would log.
--
--   names.check { root = tree, globals = { name = true }, init = ..., nearest = function,
--     ask = function(line, code, only) -> whether the sandbox minds, which is told then,
--     say = function(line, what, is_error) }
local tree = require "usher.cli.check_tree"

local names = {}

local CHAT = "local chat = ... " -- before what is asked of the chat
local METHODS = { task = "tasks", continue = "flows" }

-- Whether a list of init.lua has the name.
function names.has(list, name)
  for _, entry in ipairs(type(list) == "table" and list or {}) do
    if entry == name or type(entry) == "table" and entry[1] == name then return true end
  end
  return false
end

-- "http.get" for a path that begins with a global that is to be looked at, else nil.
local function global_path(given, node)
  local root = node
  while root.tag == "Index" do root = root[1] end
  if root.tag ~= "Id" or root.var or not given.globals[root[1]] then return nil end
  return tree.path(node)
end

-- The Lua of an expression whose value is known before the flow runs, else nil.
local function literal(node)
  local text = tree.text(node)
  if text then return ("%q"):format(text) end
  if node.tag == "Nil" or node.tag == "True" or node.tag == "False" then return node.tag:lower() end
  if node.tag == "Number" then return node[1] end
  if node.tag ~= "Table" then return nil end
  local parts = {}
  for i, item in ipairs(node) do
    local key = item.tag == "Pair" and literal(item[1])
    local value = literal(item.tag == "Pair" and item[2] or item)
    if not value or item.tag == "Pair" and not key then return nil end
    parts[i] = key and ("[%s] = %s"):format(key, value) or value
  end
  return "{ " .. table.concat(parts, ", ") .. " }"
end

-- What a method of the chat is called with, where it is known: behind a text any value will do.
local function literals(node)
  local list, is_text = {}, tree.chat_method(node) == "say" and tree.text(node[3]) ~= nil
  for i = 3, #node do
    local is_many = node[i].tag == "Call" or node[i].tag == "Invoke" or node[i].tag == "Dots"
    local value = literal(node[i]) or is_text and not (is_many and i == #node) and '"1"'
    if not value then return nil end
    list[#list + 1] = value
  end
  return table.concat(list, ", ")
end

local function is_name(text) return text and text:find "^[%a_][%w_]*$" ~= nil end

-- What was required under this variable's name: local numbers = require "numbers".
local function required(node)
  local value = node.tag == "Id" and node.var and tree.value(node.var)
  if not value or value.tag ~= "Call" or tree.path(value[1]) ~= "require" then return nil end
  return tree.text(value[2])
end

local function check_set(given, node)
  for i, target in ipairs(node[1]) do
    local name = target.tag == "Index" and tree.text(target[2])
    if target.tag == "Id" and global_path(given, target) then
      given.ask(node.line, ("%s = 1"):format(target[1]))
      given.globals[target[1]] = nil -- told once
    elseif is_name(name) and tree.is_chat(target[1]) then
      given.ask(node.line, (CHAT .. "chat.%s = 1"):format(name))
      given.seen[target] = true
    elseif is_name(name) and given.init and node[2][i] and required(target[1]) then
      given.ask(node.line, ("local module = require %q module.%s = 1"):format(required(target[1]),
        name))
    end
  end
end

local function check_call(given, node)
  local path = node.tag == "Call" and tree.path(node[1])
  if path == "require" and given.init and tree.text(node[2]) then
    given.ask(node.line, ("require %q"):format(tree.text(node[2]))) -- all there is was loaded
  elseif path and global_path(given, node[1]) then
    given.ask(node.line, ("if type(%s) == 'table' then %s() end"):format(path, path))
  end
  local method = node.tag == "Call" and node[1].tag == "Index" and tree.is_chat(node[1][1])
    and tree.text(node[1][2])
  if is_name(method) and not tree.is_chat(node[2]) then
    given.ask(node.line, (CHAT .. "chat.%s()"):format(method))
    given.seen[node[1]] = true
  end
end

-- chat:task "x", chat:continue "x", chat:hand_over(): whether init.lua has it.
local function check_target(given, node)
  local method, text = tree.chat_method(node), node[3] and tree.text(node[3])
  local list = METHODS[method]
  if list and text and not names.has(given.init[list], text) then
    given.ask(node.line, (CHAT .. "chat:%s(%q)"):format(method, text))
  elseif method == "hand_over" and not given.init.person then
    given.ask(node.line, CHAT .. "chat:hand_over()")
  end
end

local function check_index(given, node)
  if given.seen[node] then return end
  local name = tree.text(node[2])
  local path = node.tag == "Index" and global_path(given, node)
  if path and path:find "^config%." then
    -- Which settings there are is known of flows that load.
    return given.is_loaded and given.ask(node.line, "return " .. path, "is not declared")
  elseif path and not path:find "^_G" then
    given.ask(node.line, "return " .. path)
  elseif is_name(name) and tree.is_chat(node[1]) then
    given.ask(node.line, CHAT .. "return chat." .. name)
  elseif node.tag == "Invoke" and global_path(given, node[1]) and is_name(name) then
    local module = global_path(given, node[1])
    if not given.ask(node.line, "return " .. module)
      and not given.ask(node.line, ("return %s.%s"):format(module, name)) then
      given.say(node.line, ("write a dot: %s.%s(...), not %s:%s(...)"):format(module, name, module,
        name), true)
    end
  elseif node.tag == "Invoke" and is_name(name) and tree.is_text(node[1]) then
    given.ask(node.line, "return string." .. name)
  end
end

-- + between texts.
local function check_sum(given, node)
  for i = 2, 3 do
    local text, other = node[i].tag == "String" and node[i][1], node[5 - i]
    local path = tree.chat_path(other) or ""
    if text and not tonumber(text) and (tree.is_text(other) or path:find "^chat%.visitor%.") then
      return given.ask(node.line, 'return "a" + "b"')
    end
  end
end

local FIELDS = {
  ["chat.visitor"] = { "name", "email", "phone", "id", "time_zone", "country", "country_code" },
  ["chat.message"] = { "kind", "text", "at", "visitor", "place", "payload", "preview", "answers",
    "attachments", "meta", "cause" },
}
for path, list in pairs(FIELDS) do
  local set = {}
  for _, name in ipairs(list) do set[name] = true end
  FIELDS[path] = set
end

-- A field that is like one that visitors and messages have.
local function check_field(given, node)
  local path, name = tree.chat_path(node[1]), tree.text(node[2])
  local known = path and FIELDS[path]
  local near = known and name and not known[name] and given.nearest(name, known)
  if near then
    given.say(node.line, ("%s.%s is mostly nil; did you mean %s.%s?"):format(path, name, path,
      near))
  end
end

function names.check(given)
  given.seen = {}
  tree.walk(given.root, function(node)
    if node.tag == "Set" then check_set(given, node) end
    if node.tag == "Call" then check_call(given, node) end
    if node.tag == "Id" and global_path(given, node) then
      given.ask(node.line, "return " .. node[1])
    end
    if is_name(tree.chat_method(node)) then
      if given.init then check_target(given, node) end
      local with = given.init and literals(node)
      if with then
        given.ask(node.line, CHAT .. ("chat:%s(%s)"):format(tree.chat_method(node), with))
      end
    end
    if node.tag == "Index" or node.tag == "Invoke" then check_index(given, node) end
    if node.tag == "Index" then check_field(given, node) end
    if node.tag == "Op" and node[1] == "add" then check_sum(given, node) end
  end)
end

return names
