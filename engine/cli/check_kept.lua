-- engine/cli/check_kept.lua - what a flow keeps where it must not: in the variables of its file,
-- which all visitors of a worker share and no restart keeps.
--
--   kept.check(root, report)   -> report(line, what, advice)
local tree = require "usher.cli.check_tree"

local kept = {}

local ADVICE = "visitors share it, and a restart or an edit empties it: keep it in chat.memory"
local CHANGES = { ["table.insert"] = true, ["table.remove"] = true, ["table.sort"] = true }
-- These call the function that they are given, and are done with it.
local AT_ONCE = { pcall = true, xpcall = true, ["table.sort"] = true, ["string.gsub"] = true }

-- The function that a node stands in, the file's own code as nil.
local function function_of(parents)
  for i = #parents, 1, -1 do
    if parents[i].tag == "Function" then return parents[i] end
  end
end

local function is_at_once(call)
  if not call then return false end
  if call.tag == "Invoke" then return tree.text(call[2]) == "gsub" end
  return call.tag == "Call" and AT_ONCE[tree.path(call[1]) or ""] == true
end

-- The call that this node is an argument of.
local function call_above(parents)
  local above = parents[#parents]
  return above and (above.tag == "Call" or above.tag == "Invoke") and above or nil
end

-- Functions that run while the file loads and never after: { [function] = true }. One that is only
-- ever called, and only from there.
local function loading_functions(root)
  local uses, functions, names, place = {}, {}, {}, {}
  tree.walk(root, function(node, parents)
    if node.tag == "Function" then
      functions[#functions + 1] = node
      place[node] = { within = function_of(parents), at_once = is_at_once(call_above(parents)),
        var = names[node] }
    elseif node.tag == "Localrec" then
      names[node[2][1]] = node[1][1].var
    elseif node.tag == "Id" and node.var and parents[#parents].tag ~= nil then
      local call = call_above(parents)
      uses[node.var] = uses[node.var] or {}
      table.insert(uses[node.var], { within = function_of(parents),
        is_call = call ~= nil and call[1] == node and call.tag == "Call" })
    end
  end)
  local loading = {}
  local function only_loading(node)
    local known = place[node]
    if known.at_once then return known.within == nil or loading[known.within] end
    if not known.var then return false end
    for _, use in ipairs(uses[known.var] or {}) do
      if not use.is_call then return false end
      if use.within and use.within ~= node and not loading[use.within] then return false end
    end
    return true
  end
  local changed = true
  while changed do
    changed = false
    for _, node in ipairs(functions) do
      if not loading[node] and only_loading(node) then loading[node], changed = true, true end
    end
  end
  return loading
end

-- Variables of the file itself.
local function file_variables(root)
  local variables = {}
  tree.walk(root, function(node, parents)
    if (node.tag == "Local" or node.tag == "Localrec") and not function_of(parents) then
      for _, id in ipairs(node[1]) do
        if id.var then variables[id.var] = true end
      end
    end
  end)
  return variables
end

local function base_of(node)
  while node.tag == "Index" or node.tag == "Paren" do node = node[1] end
  return node
end

-- What a node changes: { Id node, ... }.
local function changed_by(node)
  local list = {}
  if node.tag == "Set" or node.tag == "OpSet" then
    for _, target in ipairs(node[1]) do list[#list + 1] = base_of(target) end
  elseif node.tag == "Call" and CHANGES[tree.path(node[1]) or ""] and node[2] then
    list[1] = base_of(node[2])
  elseif node.tag == "Call" and tree.path(node[1]) == "table.move" and node[2] then
    list[1] = base_of(node[6] or node[2])
  end
  return list
end

function kept.check(root, report)
  local variables, loading, told = file_variables(root), loading_functions(root), {}
  tree.walk(root, function(node, parents)
    local within = function_of(parents)
    if not within or loading[within] then return end
    for _, id in ipairs(changed_by(node)) do
      local var = id.tag == "Id" and id.var
      if var and variables[var] and not told[var] and not tree.is_required(var) then
        told[var] = true
        report(node.line, ("the flow changes '%s', a variable of the whole file (line %d)"):format(
          var.name, var.node.line), ADVICE)
      end
    end
  end)
end

return kept
