-- engine/cli/check_routes.lua - what init.lua says about who answers what, as a whole.
local routes_of = {}

-- init: what init.lua returned, functions as true. normal: chat.lua's.
-- Gives { handles(label, value), shadowed = { { phrase, flow, by, by_phrase } } }.
function routes_of.read(init, normal)
  local forms, triggers, routes = {}, {}, { shadowed = {} }
  for _, entry in ipairs(type(init) == "table" and init.flows or {}) do
    if entry.button then
      local value, label = entry.button[1], entry.button[2]
      for _, form in ipairs { entry[1], value, label, normal(label) } do forms[form] = true end
      if value:find "^%d+$" then forms["option_" .. value] = true end -- as some channels send it
    end
    for _, trigger in ipairs(entry.triggers or {}) do
      if type(trigger) == "string" then
        local exact = trigger:sub(1, 1) == "="
        triggers[#triggers + 1] = { flow = entry[1], exact = exact, text = trigger,
          phrase = normal(exact and trigger:sub(2) or trigger) }
      else
        routes.dynamic = true -- a function: nobody knows what it takes
      end
    end
  end

  local function takes(trigger, phrase)
    if trigger.exact then return trigger.phrase == phrase end
    return (" " .. phrase .. " "):find(" " .. trigger.phrase .. " ", 1, true) ~= nil
  end

  -- Whatever holds this phrase holds an earlier flow's phrase too: that flow always wins.
  for i, trigger in ipairs(triggers) do
    for j = 1, i - 1 do
      local earlier = triggers[j]
      local wins = takes(earlier, trigger.phrase) and not (earlier.exact and not trigger.exact)
      if wins and earlier.flow ~= trigger.flow then
        routes.shadowed[#routes.shadowed + 1] = { text = trigger.text, flow = trigger.flow,
          by = earlier.flow, by_text = earlier.text }
        break
      end
    end
  end

  function routes.handles(label, value)
    if routes.dynamic or forms[label] or forms[normal(label)] or value and forms[value] then
      return true
    end
    for _, trigger in ipairs(triggers) do
      if takes(trigger, normal(label)) then return true end
    end
    return false
  end

  return routes
end

return routes_of
