-- engine/cli/check_results.lua - tasks that return nothing, while a flow reads what they returned.
--
--   check_results.check(files, has_task, add)   files: { { path, name, root }, ... }, chat marked
local tree = require "usher.cli.check_tree"

local check_results = {}

local function value_of(node)
  return node and (node.tag == "Id" and node.var and tree.value(node.var) or node)
end

-- The task's name where the node is chat:task("name", ...):wait(...), or stands for it.
local function waited_for(node)
  local wait = value_of(node)
  if not wait or wait.tag ~= "Invoke" or tree.text(wait[2]) ~= "wait" then return nil end
  local task = value_of(wait[1])
  return task and task.tag == "Invoke" and tree.chat_method(task) == "task" and tree.text(task[3])
end

local function readers_of(files)
  local readers = {}
  for _, file in ipairs(files) do
    if file.root then
      tree.walk(file.root, function(node)
        local name = node.tag == "Index" and tree.text(node[2]) == "value" and waited_for(node[1])
        if name then readers[name] = readers[name] or ("%s:%d"):format(file.path, node.line) end
      end)
    end
  end
  return readers
end

-- Whether the function returns a value anywhere; those inside of it are others.
local function gives(node)
  if node.tag == "Return" then return node[1] ~= nil and node[1].tag ~= "Nil" end
  for _, child in ipairs(node) do
    if type(child) == "table" and child.tag ~= "Function" and gives(child) then return true end
  end
  return false
end

local function main_of(root)
  local last = root[#root]
  local main = last and last.tag == "Return" and value_of(last[1])
  return main and main.tag == "Function" and main or nil
end

function check_results.check(files, has_task, add)
  local readers = readers_of(files)
  for _, file in ipairs(files) do
    local main = readers[file.name] and has_task(file.name) and file.root and main_of(file.root)
    if main and not gives(main[2]) then
      add(file.path, main.line, "the task returns nothing, so that its result has no value",
        { ("%s reads it: end with return { ... }"):format(readers[file.name]) })
    end
  end
end

return check_results
