-- engine/cli/chat.lua - the terminal's side of `usher chat`: what a typed line means, and what an
-- answer looks like. Run in an ordinary state.
--
--   local chat = require "usher.cli.chat" { colours = true, zone = "UTC", simulator = true }
--   chat.line(text) -> { send = json } | { print = text } | { quit = true }
--                      | { zoho = { method, path, body, what } }
--   chat.answer(json, ms) -> text      chat.call(event) -> text     chat.zoho(what, body) -> text
--   chat.web(method, url, body)        what a host that is not Zoho's answers; nil: it is asked, or
--                                      with a file, web = "shop.lua", nobody
--   chat.asked() -> text               about that call
--   chat.look() -> text                the file was edited
local cjson = require "cjson.safe"
local check = require "simulator.salesiq_check"
local simulated = require "simulator.visitor"
local web_file = require "usher.cli.chat_web"

local HELP = [=[
  /new            another visitor comes; /new stranger: one of whom SalesIQ knows nothing;
                  /new name=Asha Rao email=asha@example.com phone=+911234567890: just that
  /records        what stands in the simulated Zoho
  /fail KIND [OPERATION [TIMES]]
                  Zoho fails: timeout, status, rate_limited, expire_token, no_operators, ...
  /works          Zoho works again
  /quit           ends (also Ctrl-D)
A number clicks that button; anything else is said.]=]

local STATES = {
  operator = "a person has the chat now; /new begins another one", missed = "nobody is there; /new",
  closed = "the chat has ended; /new begins another one", blocked = "the visitor is blocked; /new",
  waiting = "the bot answers later",
}

local USUAL = { name = "Robin Doe", email = "robin@example.com" }
local KNOWN = { name = true, email = true, phone = true }

-- Who comes by "/new ...": what SalesIQ knows; and whether there is more that is not understood.
local function known_of(arguments)
  if arguments == "" then return USUAL end
  if arguments == "stranger" then return {} end
  local known, rest, name = {}, false, nil
  for word in arguments:gmatch "%S+" do
    local key, value = word:match "^(%l+)=(.*)$"
    if KNOWN[key] then
      name, known[key] = key, value
    elseif name then
      known[name] = known[name] .. " " .. word
    else
      rest = true
    end
  end
  return known, rest
end

return function(options)
  local chat, talk, talks = {}, nil, 0
  local web = options.web and web_file(options.web)
  local asked

  local function dim(text)
    return options.colours and "\27[2m" .. text .. "\27[0m" or text
  end
  local function bold(text)
    return options.colours and "\27[1m" .. text .. "\27[0m" or text
  end
  local function red(text)
    return options.colours and "\27[31m" .. text .. "\27[0m" or text
  end

  local function arrive(known)
    talks = talks + 1
    talk = simulated.enters {
      conversation_id = ("%d%03d"):format(options.number, talks),
      request_id = ("chat-%d-%d"):format(options.number, talks),
      person = {
        name = known.name or false, email = known.email or false, phone = known.phone or false,
        time_zone = options.zone,
        country = options.country or false, city = false, state = false, ip = "203.0.113.9",
      },
    }
  end

  local function shown(lines)
    local first = bold "bot: "
    local text = {}
    for _, line in ipairs(lines) do
      line = line:gsub("[\0-\8\11-\31\127]", "?") -- nothing that is said steers the terminal
      text[#text + 1] = first .. line:gsub("\n", "\n     ")
      first = "     "
    end
    return text
  end

  local function with_buttons(text)
    local labels = {}
    for i, label in ipairs(talk.buttons) do labels[i] = ("[%d] %s"):format(i, label) end
    if labels[1] then text[#text + 1] = "     " .. table.concat(labels, "   ") end
    if STATES[talk.state] then text[#text + 1] = dim("     (" .. STATES[talk.state] .. ")") end
    return table.concat(text, "\n")
  end

  local commands = {}

  function commands.quit() return { quit = true } end
  function commands.help() return { print = HELP } end

  function commands.new(arguments)
    local known, odd = known_of(arguments)
    if odd then
      return { print = "Use: /new, /new stranger, or /new name=Asha Rao email=asha@example.com "
        .. "phone=+911234567890, of these what SalesIQ shall know" }
    end
    arrive(known)
    return { print = dim(next(known) and "(another visitor)" or "(a stranger)") }
  end

  local function ask(method, path, body, what)
    if not options.simulator then
      return { print = "That is for the built-in simulator; with --url there is none here." }
    end
    return { zoho = { method, path, body and cjson.encode(body) or "", what } }
  end

  function commands.records() return ask("GET", "/_records", nil, "records") end
  function commands.works() return ask("DELETE", "/_fault", nil, "works") end

  function commands.fail(arguments)
    local kind, operation, times = arguments:match "^(%S+)%s*(%S*)%s*(%d*)$"
    if not kind then
      return { print = "Use: /fail KIND [OPERATION [TIMES]], as in /fail timeout desk.*" }
    end
    return ask("POST", "/_fault", {
      kind = kind, operation = operation ~= "" and operation or "*", times = tonumber(times),
    }, "fail")
  end

  function chat.line(text)
    local name, arguments = text:match "^%s*/(%a+)%s*(.-)%s*$"
    if name then
      local command = commands[name]
      if command then return command(arguments) end
      return { print = ("There is no /%s.\n%s"):format(name, HELP) }
    end
    if not text:find "%S" then return { print = "" } end
    local number = tonumber(text:match "^%s*(%d+)%s*$")
    local said = number and talk.buttons[number] or text
    local body, questions = talk:says(said)
    if body then return { send = simulated.json(body) } end
    if not questions then
      return { print = dim("(" .. (STATES[talk.state] or "nobody hears that") .. ")") }
    end
    return { print = with_buttons(shown(questions)) }
  end

  function chat.answer(text, ms)
    local problems, answer = check.check(text, 200)
    if not answer then return red("no JSON came: " .. text) end
    talk:hears(answer)
    local lines = with_buttons(shown(talk.shown))
    for _, problem in ipairs(problems) do
      lines = lines .. "\n" .. red("     SalesIQ would not take that: " .. problem)
    end
    if ms and ms >= 1000 then
      lines = lines .. "\n" .. dim(("     (after %.1f s)"):format(ms / 1000))
    end
    return lines
  end

  function chat.call(event)
    local outcome = tostring(event.status)
    if event.kind ~= "" then
      outcome = event.kind .. (event.status > 0 and " " .. event.status or "")
    end
    return dim(("     · %s %s, %d ms"):format(event.operation, outcome, event.ms))
  end

  function chat.note(text) return dim("     ! " .. text) end

  function chat.web(method, url, body)
    local call = ("     · %s %s "):format(method, url)
    if not web then
      asked = call .. "(for real)"
      return nil
    end
    local answer, missing = web.find(method, url, body)
    asked = answer and call .. (answer.hang and "hangs" or answer.drop and "drops" or answer.status)
      or ("%snobody: add to %s: %s"):format(call, options.web, missing)
    return answer
  end

  function chat.asked() return dim(asked) end

  function chat.look()
    local note = web and web.look()
    return note and chat.note(note)
  end

  -- The fields that say something, in the order of their names.
  local function record_text(record)
    local parts = {}
    for name, value in pairs(record) do
      local nothing = value == cjson.null or value == false
      local empty = type(value) == "table" and not next(value)
      if not nothing and not empty and name ~= "webUrl" then
        local json = cjson.encode(value):gsub("\\/", "/")
        parts[#parts + 1] = name .. "=" .. json
      end
    end
    table.sort(parts)
    return table.concat(parts, " ")
  end

  local function records_text(body)
    local lines = {}
    for _, kind in ipairs { "calls", "contacts", "tickets", "conversations", "messages" } do
      for _, record in ipairs(type(body[kind]) == "table" and body[kind] or {}) do
        lines[#lines + 1] = ("     %s: %s"):format(kind:sub(1, -2), record_text(record))
      end
    end
    return #lines > 0 and table.concat(lines, "\n") or "     (nothing yet)"
  end

  function chat.zoho(what, status, body)
    local value = cjson.decode(body)
    if status >= 400 then return red("     the simulator says: " .. body) end
    if what == "records" and type(value) == "table" then return records_text(value) end
    return dim(what == "fail" and "     (Zoho fails now; /works ends it)" or "     (done)")
  end

  arrive(USUAL)
  return chat
end
