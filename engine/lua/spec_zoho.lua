-- engine/lua/spec_zoho.lua - Zoho, which is the simulator in this process, and the rest of the web,
-- which is what the spec says.
--
--   zoho.fails("desk.create_call", { kind = "timeout", times = 1 })   (engine/simulator/README.md)
--   zoho.works "desk.create_call"                  or zoho.works(): all is well again
--   zoho.slow("desk.*", 20)                        answers after 20 seconds
--   zoho.switch { operators_available = false }
--   zoho.token { credential = "default", expire = "access" }
--   zoho.contact { lastName = "Rao", email = "asha@example.com" }
--   zoho.records().calls                           contacts, tickets, conversations, messages, ...
--   zoho.requests()                                what was asked, in order
--
--   web.answers("GET https://api.example.com/orders", { json = { state = "sent" } })
--   web.requests()                                 { { method, url, body }, ... }
local cjson = require "cjson.safe"
local door = require "usher.spec_door"
local stages = require "usher.spec_stage"

local zoho, web = {}, {}

-- "desk.create_call", as flows write it, is the simulator's "desk.createCall".
local function operation_of(name)
  return (name:gsub("_(%l)", string.upper))
end

local function ask(method, path, body)
  local status, answer = stages.current():zoho(method, path, body and cjson.encode(body))
  local value = cjson.decode(answer)
  if status >= 400 then
    local why = type(value) == "table" and (value.error or value.message) or answer
    if type(why) == "table" then why = cjson.encode(why) end
    error("the simulator refuses that: " .. tostring(why), 0)
  end
  return value
end

function zoho.fails(operation, fault)
  local given = { operation = operation_of(operation) }
  for name, value in pairs(fault or { kind = "status" }) do given[name] = value end
  ask("POST", "/_fault", given)
end

function zoho.works(operation)
  ask("DELETE", "/_fault" .. (operation and "?operation=" .. operation_of(operation) or ""))
end

function zoho.slow(operation, seconds)
  ask("POST", "/_delay", { operation = operation_of(operation), ms = seconds * 1000 })
end

function zoho.switch(switches) ask("POST", "/_switch", switches) end
function zoho.token(what) return ask("POST", "/_token", what) end
function zoho.contact(fields) return ask("POST", "/_contact", fields) end
function zoho.records() return ask("GET", "/_records") end

function zoho.requests()
  local list = ask("GET", "/_requests")
  return list.requests or list
end

-- ---- other hosts ----

function web.answers(what, answer) stages.now().book.answers(what, answer) end
function web.requests() return stages.now().book.requests() end

door.functions("zoho", zoho, {
  fails = { 'zoho.fails("desk.create_call", { kind = "timeout" })', "text", "table?" },
  works = { 'zoho.works "desk.create_call"', "text?" },
  slow = { 'zoho.slow("desk.*", 20)', "text", "number" },
  switch = { "zoho.switch { operators_available = false }", "table" },
  token = { 'zoho.token { credential = "default", expire = "access" }', "table" },
  contact = { 'zoho.contact { lastName = "Rao" }', "table" },
  records = { "zoho.records()" },
  requests = { "zoho.requests()" },
})
door.functions("web", web, {
  answers = { 'web.answers("GET https://host/path", { json = {} })', "any", "any" },
  requests = { "web.requests()" },
})

return { zoho = zoho, web = web }
