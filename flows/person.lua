-- flows/person.lua - who the visitor is, from what SalesIQ tells about them.

local person = {}

-- Cuts a text to at most `most` bytes, between two characters.
function person.cut(text, most)
  if #text <= most then return text end
  while most > 0 and text:byte(most + 1) & 0xC0 == 0x80 do most = most - 1 end
  return text:sub(1, most)
end

-- SalesIQ calls who has not told a name "Visitor 48213" or "Guest"; that is none.
function person.name(visitor)
  local name = type(visitor.name) == "string" and visitor.name:match "^%s*(.-)%s*$" or ""
  local first = name:lower():match "^%a+"
  if name == "" or first == "visitor" or first == "guest" then return nil end
  return name
end

-- The e-mail address, if it looks like one.
function person.email(visitor)
  local email = tostring(visitor.email or ""):match "^%s*([^%s@,]+@[^%s@,]+%.[^%s@,]+)%s*$"
  return email and #email <= 255 and email or nil
end

-- Something that stays the same for this visitor.
function person.id(visitor)
  return tostring(visitor.email or visitor.phone or visitor.active_conversation_id or visitor.id
    or visitor.visitor_id or "visitor-" .. math.random(1, 999999999))
end

-- First and last name; Desk demands a last one.
function person.names(name)
  local first, last = name:match "^(.*)%s+(%S+)$"
  if not first then return nil, person.cut(name, 200) end
  return person.cut(first, 40), person.cut(last, 200)
end

return person
