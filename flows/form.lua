-- flows/form.lua - whether a message is a filled-in form, which is meant as it stands there:
--
--   Phone: 98765 43210        or in one line: Number: 98765 43210, When: tomorrow at 3 PM
--   Time: tomorrow at 3 PM
--
--   form.is_filled(text, number, moment)   both found in it, each behind a label of its own
--
-- The labels are in words.lua.
local words = require "words"

local SEPARATORS = "[\n,;|]"
local LABEL = "^[%s*•-]*([%a\128-\255 ./]-)%s*[:=-]"

local form = {}

-- "Preferred time" is a label of the list with "time" in it.
local function is_label(list, label)
  local has_one = false
  for word in label:lower():gmatch "[%w\128-\255]+" do
    local is_one = words.meant({ word }, table.concat(list, " "))
    if not is_one and not words.meant(words.label_beside, word) then return false end
    has_one = has_one or is_one
  end
  return has_one
end

-- What the last label before a place in the text asks for: "number", "time", "other", or nil.
local function field_of(text, place)
  local from, field = 1, nil
  while from and from <= place do
    local label = text:match(LABEL, from)
    if label and is_label(words.number_label, label) then
      field = "number"
    elseif label and is_label(words.time_label, label) then
      field = "time"
    elseif label then
      field = "other"
    end
    from = text:find(SEPARATORS, from)
    from = from and from + 1
  end
  return field
end

function form.is_filled(text, number, moment)
  if not (number and moment and number.from and moment.from) then return false end
  if text:find "%?" or words.meant(words.doubt, text) then return false end
  return field_of(text, number.from) == "number" and field_of(text, moment.from) == "time"
end

return form
