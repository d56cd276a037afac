-- engine/cli/export.lua - a recorded conversation as the text of a spec file.
--
--   local export = require "usher.cli.export"
--   local text = export('{"key":"siq:1","turns":[{"flow":...,"input":{...},"answer":{...}}]}')
--
-- The visitor's name, phone numbers and e-mail addresses are replaced, each by the same everywhere,
-- so that the talk still makes sense. What else a visitor wrote about people
-- stays: look through it.
local cjson = require "cjson.safe"
local zones = require "usher.zone"

local NAME, FIRST, LAST = "Robin Doe", "Robin", "Doe"
local PAUSE = 60 -- seconds between two turns that are worth telling

-- ---- replacing ----

local function escaped(text) return (text:gsub("[%^%$%(%)%%%.%[%]%*%+%-%?]", "%%%0")) end

-- Words in any case, as whole words.
local function word_pattern(word)
  local pattern = escaped(word):gsub("%a", function(c)
    return ("[%s%s]"):format(c:lower(), c:upper())
  end)
  return "%f[%w\128-\255]" .. pattern .. "%f[^%w\128-\255]"
end

local function is_date(text)
  return text:find "^%d%d%d%d[%-%.]%d%d?[%-%.]%d%d?" or text:find "^%d%d?[%-%.]%d%d?[%-%.]%d%d%d%d"
end

local function scrubber(person)
  local emails, phones, email_count, phone_count = {}, {}, 0, 0
  local names = {}
  local called = (person.name or ""):lower()
  if called ~= "" and not called:find "^visitor" and not called:find "^guest" then
    local first, last = person.name:match "^(%S+)%s+.*%f[%S](%S+)$"
    names[#names + 1] = { word_pattern(person.name), NAME }
    names[#names + 1] = { word_pattern(first or person.name), FIRST }
    if last then names[#names + 1] = { word_pattern(last), LAST } end
  end

  local function email(address)
    address = address:lower()
    if not emails[address] then
      email_count = email_count + 1
      emails[address] = ("visitor%s@example.com"):format(email_count > 1 and email_count or "")
    end
    return emails[address]
  end

  -- The last six figures are others; the form stays, and what begins a number says its country.
  local function phone(written)
    local figures = written:gsub("%D", "")
    if #figures < 7 or #figures > 15 or is_date(written) then return nil end
    local key = figures:sub(-7)
    if not phones[key] then
      phone_count = phone_count + 1
      phones[key] = ("%06d"):format(100 + phone_count)
    end
    local fake = figures:sub(1, -7) .. phones[key]
    local at = 0
    return (written:gsub("%d", function()
      at = at + 1
      return fake:sub(at, at)
    end))
  end

  return function(text)
    text = text:gsub("[%w%.%_%%%+%-]+@[%w%-]+%.[%w%.%-]*%w", email)
    text = text:gsub("%+?%(?%d[%d%(%)%. %-]*%d", phone)
    for _, name in ipairs(names) do text = text:gsub(name[1], name[2]) end
    return text
  end
end

-- ---- writing Lua ----

local function quoted(text) return (("%q"):format(text):gsub("\\\n", "\\n"):gsub("\r", "\\r")) end

local function list_of(texts, indent)
  local parts = {}
  for i, text in ipairs(texts) do parts[i] = quoted(text) end
  local line = "{ " .. table.concat(parts, ", ") .. " }"
  if #line < 80 then return line end
  return ("{\n%s  %s,\n%s}"):format(indent, table.concat(parts, ",\n" .. indent .. "  "), indent)
end

local function time_text(at)
  local f = zones.fields(math.floor(at), "UTC")
  return ("%04d-%02d-%02d %02d:%02d:%02d"):format(f.year, f.month, f.day, f.hour, f.min, f.sec)
end

-- ---- the talk ----

local PERSON = {
  { "name", "name" }, { "email", "email" }, { "phone", "phone" }, { "time_zone", "zone" },
  { "country", "country" }, { "language", "language" }, { "channel", "channel" },
}

local function person_line(person, scrub)
  local parts = {}
  for _, pair in ipairs(PERSON) do
    local value = person[pair[1]]
    if type(value) == "string" and value ~= "" then
      value = pair[1] == "name" and (scrub(value) == value and value or NAME) or scrub(value)
      parts[#parts + 1] = ("%s = %s"):format(pair[2], quoted(value))
    elseif pair[2] ~= "language" and pair[2] ~= "channel" then
      parts[#parts + 1] = pair[2] .. " = false"
    end
  end
  return table.concat(parts, ", ")
end

local function label_of(item) return type(item) == "table" and item.text or item end

-- What the answer shows: texts, and the labels of its buttons.
local function shown(answer, scrub)
  local texts, buttons = {}, {}
  for _, reply in ipairs(type(answer.replies) == "table" and answer.replies or {}) do
    local text = label_of(reply)
    if type(text) == "string" then texts[#texts + 1] = scrub(text) end
  end
  for _, button in ipairs(type(answer.suggestions) == "table" and answer.suggestions or {}) do
    buttons[#buttons + 1] = scrub(label_of(button))
  end
  return texts, buttons
end

local function said(input, buttons, scrub)
  local text = scrub(input.text or "")
  if input.kind == "trigger" then return "talk:visits()" end
  if input.kind == "failure" then
    local cause = type(input.cause) == "table" and input.cause.desc or "execution_failure"
    return "talk:fails " .. quoted(cause)
  end
  if input.kind ~= "message" then return "-- a call of the kind " .. tostring(input.kind) end
  local file = type(input.files) == "table" and input.files[1]
  if file then
    local name = quoted(scrub(file.name or file.type))
    if text == "" then return "talk:sends_file " .. name end
    return ("talk:sends_file(%s, { text = %s })"):format(name, quoted(text))
  end
  for _, label in ipairs(buttons) do
    if label == text then return "talk:clicks " .. quoted(text) end
  end
  if type(input.payload) == "string" then
    return ("talk:says(%s, { payload = %s })"):format(quoted(text), quoted(scrub(input.payload)))
  end
  return "talk:says " .. quoted(text)
end

local function first_input(turns)
  for _, turn in ipairs(turns) do
    if turn.input then return turn.input end
  end
end

return function(json)
  local value = cjson.decode(json)
  local turns = type(value) == "table" and value.turns or {}
  local first = first_input(turns)
  if not first then
    error(turns[1] and turns[1].unreadable
      and "this version cannot read what the store has of this conversation; /readyz says more"
      or "the store has nothing of this conversation that could be exported", 0)
  end
  local person = first.visitor or {}
  local scrub = scrubber(person)
  local out = {
    "-- A recorded conversation. Its names, phones and e-mail addresses were replaced: look",
    "-- through it for others before you keep it, and say in the two names below what it is about.",
    'describe("a recorded conversation", function()',
    '  it("goes as it went", function()',
    ("    clock.at(%q)"):format(time_text(first.at)),
    ("    local talk = visitor.arrives { %s }"):format(person_line(person, scrub)),
  }
  local buttons, at = {}, first.at
  for _, turn in ipairs(turns) do
    if not turn.input then
      out[#out + 1] = turn.unreadable and "    -- here is a turn that this version cannot read"
        or "    -- here a turn ended in an error"
    else
      local pause = math.floor(turn.input.at - at)
      if pause >= PAUSE then out[#out + 1] = ("    talk:wait(%d)"):format(pause) end
      at = turn.input.at
      out[#out + 1] = "    " .. said(turn.input, buttons, scrub)
      local texts
      texts, buttons = shown(turn.answer or {}, scrub)
      if texts[1] then out[#out + 1] = "    talk:sees " .. list_of(texts, "    ") end
      if buttons[1] then
        out[#out + 1] = "    talk:sees_buttons " .. list_of(buttons, "    ")
      end
    end
  end
  out[#out + 1] = "  end)\nend)\n"
  return table.concat(out, "\n")
end
