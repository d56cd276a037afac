-- engine/cli/export.lua - a recorded conversation as the text of a spec file.
--
--   local export = require "usher.cli.export"
--   local text = export('{"key":"siq:1","turns":[{"flow":...,"input":{...},"answer":{...}}]}')
--
-- The visitor's name, phone numbers and e-mail addresses are replaced (export_mask.lua). What else
-- a visitor wrote about people stays: look through it. The spec has the settings that the flows
-- read, the answers of other hosts, and Zoho fails in it where it failed. Where the bot told an id
-- or a number that comes out anew each time (a ticket's, a task's), the spec has `...`.
local cjson = require "cjson.safe"
local new_given = require "usher.cli.export_given"
local new_mask = require "usher.cli.export_mask"
local zones = require "usher.zone"

local LINE = 100 -- what luacheck lets pass

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

local function person_line(first, mask)
  local person, parts = first.visitor or {}, {}
  for _, pair in ipairs(PERSON) do
    local value = person[pair[1]]
    if type(value) == "string" and value ~= "" then
      value = pair[1] == "name" and mask.name() or mask.clean(value)
      parts[#parts + 1] = ("%s = %s"):format(pair[2], quoted(value))
    elseif pair[2] ~= "language" and pair[2] ~= "channel" then
      parts[#parts + 1] = pair[2] .. " = false"
    end
  end
  if first.preview then parts[#parts + 1] = "preview = true" end
  return table.concat(parts, ", ")
end

local function text_of(item)
  local text = type(item) == "table" and item.text or item
  return type(text) == "string" and text or nil
end

-- What the answer shows: texts, and the labels of its buttons.
local function shown(answer)
  local texts, buttons = {}, {}
  for _, reply in ipairs(type(answer.replies) == "table" and answer.replies or {}) do
    texts[#texts + 1] = text_of(reply)
  end
  for _, button in ipairs(type(answer.suggestions) == "table" and answer.suggestions or {}) do
    buttons[#buttons + 1] = text_of(button)
  end
  return texts, buttons
end

local function all_clean(texts, mask, given)
  local list = {}
  for i, text in ipairs(texts) do list[i] = mask.clean(given.open(text)) end
  return list
end

-- What the visitor wrote in this turn.
local function written(input)
  local texts = { input.text }
  texts[#texts + 1] = type(input.payload) == "string" and input.payload or nil
  for _, file in ipairs(type(input.files) == "table" and input.files or {}) do
    texts[#texts + 1] = file.name
  end
  for _, answer in pairs(type(input.answers) == "table" and input.answers or {}) do
    texts[#texts + 1] = text_of(answer)
  end
  return texts
end

-- The mask knows the talk in its order before anything is written.
local function learn(turns, person)
  local mask, inputs = new_mask(person), {}
  for _, name in ipairs { "phone", "email" } do
    if type(person[name]) == "string" then inputs[#inputs + 1] = person[name] end
  end
  for _, turn in ipairs(turns) do
    for _, text in ipairs(turn.input and written(turn.input) or {}) do
      inputs[#inputs + 1] = text
    end
    local texts, buttons = shown(turn.answer or {})
    for _, text in ipairs(texts) do mask.bot(text, inputs) end
    for _, text in ipairs(buttons) do mask.bot(text, inputs) end
  end
  for _, text in ipairs(inputs) do mask.visitor(text) end
  return mask
end

-- ---- the world of the talk ----

-- Settings of the machine, and those that the simulator has of its own.
local NOT_OF_A_TALK = { "^SALESIQ_", "^DESK_", "^ZOHO_", "^OAUTH_", "^HOST$", "^PORT$", "^LOG_",
  "^FLOWS_DIR$", "^DATABASE_URL$", "^WORKERS$", "^WEBHOOK_", "^ADMIN_", "^RETENTION_",
  "^SUGGESTIONS$" }

local function is_of_a_talk(name)
  for _, pattern in ipairs(NOT_OF_A_TALK) do
    if name:find(pattern) then return false end
  end
  return true
end

local function settings_line(turns, first)
  local values, list = {}, {}
  local person, place = first.visitor or {}, type(first.place) == "table" and first.place or {}
  if type(person.time_zone) ~= "string" then values.TIME_ZONE = place.zone end
  if type(person.country) ~= "string" then values.DEFAULT_REGION = place.region end
  for _, turn in ipairs(turns) do
    for _, one in ipairs(turn.learned or {}) do
      local value = one.values[1]
      local is_set = one.name == "config" and value ~= nil and value ~= cjson.null
      if is_set and values[one.target] == nil and is_of_a_talk(one.target) then
        values[one.target] = value
      end
    end
  end
  for name, value in pairs(values) do
    list[#list + 1] = ("%s = %s"):format(name,
      type(value) == "string" and quoted(value) or tostring(value))
  end
  table.sort(list)
  return list[1] and ("    settings { %s }"):format(table.concat(list, ", "))
end

local FAULTS = { timeout = "timeout", deadline = "timeout", rate_limited = "rate_limited",
  scope = "scope", token = "scope" }

local function fault_of(err, operation)
  local message = type(err.message) == "string" and err.message:lower() or ""
  local nobody = err.kind == "rejected" or message:find("operator", 1, true)
  if nobody and operation:find "^salesiq" then return '{ kind = "no_operators" }' end
  local kind = FAULTS[err.kind]
  if kind then return ("{ kind = %q }"):format(kind) end
  local status = math.tointeger(tonumber(err.status)) or 0
  return ('{ kind = "status", status = %d }'):format(status >= 400 and status or 500)
end

-- What another host answered, as web.answers takes it; nil: there was no way to it.
local function host_answer(answer, err, mask)
  if type(answer) == "table" then
    local body = type(answer.body) == "string" and answer.body or ""
    return ("{ status = %d, body = %s, times = 1 }"):format(
      math.tointeger(tonumber(answer.status)) or 200, quoted(mask.clean(body)))
  end
  local kind = type(err) == "table" and err.kind
  if kind == "timeout" or kind == "deadline" then return "{ hang = true, times = 1 }" end
  return kind == "unclear" and "{ drop = true, times = 1 }" or nil
end

-- The lines before and behind what the visitor does in a turn.
local function world_of(turn, mask)
  local before, behind, known = {}, {}, {}
  local function fails(operation, fault)
    if known[operation] then return end
    known[operation] = true
    before[#before + 1] = ("    zoho.fails(%q, %s)"):format(operation, fault)
    behind[#behind + 1] = ("    zoho.works(%q)"):format(operation)
  end
  for _, one in ipairs(turn.learned or {}) do
    local value, err = one.values[1], one.values[2]
    local operation = one.name:match "^zoho%.(.+)$"
    if one.name == "http.request" then
      local answer = host_answer(value, err, mask)
      -- The newest answer is taken first.
      if answer then
        table.insert(before, 1, ("    web.answers(%s, %s)"):format(quoted(mask.clean(one.target)),
          answer))
      end
    elseif operation and type(err) == "table" then
      fails(operation, fault_of(err, operation))
    elseif one.name == "wait" and type(value) == "table" and not value.done then
      fails("desk.*", value.waiting == "person" and '{ kind = "scope" }' or '{ kind = "status" }')
    end
  end
  return before, behind
end

-- ---- the talk ----

-- The answers of a context, in the order of its questions.
local function context_lines(input, before, mask)
  local answers, lines = type(input.answers) == "table" and input.answers or {}, {}
  for _, question in ipairs(type(before.questions) == "table" and before.questions or {}) do
    local text = text_of(answers[question.name])
    lines[#lines + 1] = text and "    talk:says " .. quoted(mask.clean(text))
  end
  return table.concat(lines, "\n")
end

local function files_line(files, text, mask)
  local names, extra = {}, {}
  for i, file in ipairs(files) do
    names[i] = quoted(mask.clean(file.name or file.type))
    if files[2] and file.type ~= "file" then
      names[i] = ("{ name = %s, type = %s }"):format(names[i], quoted(file.type))
    end
  end
  local list = files[2] and "{ " .. table.concat(names, ", ") .. " }" or names[1]
  if text ~= "" then extra[1] = "text = " .. quoted(text) end
  if not files[2] and files[1].type ~= "file" then
    extra[#extra + 1] = "type = " .. quoted(files[1].type)
  end
  if not extra[1] then return "    talk:sends_file " .. list end
  return ("    talk:sends_file(%s, { %s })"):format(list, table.concat(extra, ", "))
end

local function said(input, buttons, before, mask, given)
  local text = mask.clean(input.text or "")
  if input.kind == "trigger" then return "    talk:visits()" end
  if input.kind == "failure" then
    local cause = type(input.cause) == "table" and input.cause.desc or "execution_failure"
    return "    talk:fails " .. quoted(cause)
  end
  if input.kind == "context" then return context_lines(input, before, mask) end
  if input.kind ~= "message" then return "    -- a call of the kind " .. tostring(input.kind) end
  local files = type(input.files) == "table" and input.files or {}
  if files[1] then return files_line(files, text, mask) end
  for number, label in ipairs(buttons) do
    if label == input.text then
      if given.open(label) ~= label then return ("    talk:clicks(%d)"):format(number) end
      return "    talk:clicks " .. quoted(text)
    end
  end
  if type(input.payload) == "string" then
    return ("    talk:says(%s, { payload = %s })"):format(quoted(text),
      quoted(mask.clean(input.payload)))
  end
  return "    talk:says " .. quoted(text)
end

local function first_input(turns)
  for _, turn in ipairs(turns) do
    if turn.input then return turn.input end
  end
end

-- Time goes by as it did, to the minute.
local function pause_line(from, to)
  if to > from and math.floor(from / 60) ~= math.floor(to / 60) then
    return ("    talk:wait(%d)"):format(to - from)
  end
end

local function add(out, lines)
  for _, line in ipairs(lines) do out[#out + 1] = line end
end

local function add_seen(out, verb, texts)
  if texts[1] then out[#out + 1] = ("    talk:%s %s"):format(verb, list_of(texts, "    ")) end
end

local function add_turns(out, turns, first, mask)
  local buttons, at, before, given = {}, math.floor(first.at), {}, new_given()
  for _, turn in ipairs(turns) do
    if not turn.input then
      out[#out + 1] = turn.unreadable and "    -- here is a turn that this version cannot read"
        or "    -- here a turn ended in an error"
    else
      local now = math.floor(turn.input.at)
      local pause = pause_line(at, now)
      local world, behind = world_of(turn, mask)
      if pause then out[#out + 1], at = pause, now end
      add(out, world)
      out[#out + 1] = said(turn.input, buttons, before, mask, given)
      given.known(written(turn.input))
      given.learn(turn.learned)
      before = turn.answer or {}
      local texts
      texts, buttons = shown(before)
      add_seen(out, "sees", all_clean(texts, mask, given))
      add_seen(out, "sees_buttons", all_clean(buttons, mask, given))
      add(out, behind)
    end
  end
end

local function is_wide(lines)
  for _, line in ipairs(lines) do
    for part in line:gmatch "[^\n]+" do
      if #part > LINE then return true end
    end
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
  local mask = learn(turns, first.visitor or {})
  local out = {
    "-- A recorded conversation. Its names, phones and e-mail addresses were replaced: look",
    "-- through it for others before you keep it, and say in the two names below what it is about.",
    'describe("a recorded conversation", function()',
    '  it("goes as it went", function()',
    ("    clock.at(%q)"):format(time_text(first.at)),
  }
  out[#out + 1] = settings_line(turns, first)
  out[#out + 1] = ("    local talk = visitor.arrives { %s }"):format(person_line(first, mask))
  add_turns(out, turns, first, mask)
  out[#out + 1] = "  end)\nend)\n"
  if is_wide(out) then table.insert(out, 3, "-- luacheck: no max line length") end
  return table.concat(out, "\n")
end
