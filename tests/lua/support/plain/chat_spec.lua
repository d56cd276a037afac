-- engine/cli/chat.lua: what `usher chat` makes of a typed line, and shows of an answer.
local cjson = require "cjson"
local names = { ["usher.cli.chat_web"] = "cli/chat_web", ["usher.web"] = "lua/web",
  ["usher.cards"] = "lua/cards" }
for _, name in ipairs { "salesiq_check", "visitor", "context", "json" } do
  names["simulator." .. name] = "simulator/" .. name
end
for name, path in pairs(names) do
  package.preload[name] = package.preload[name] or assert(loadfile("engine/" .. path .. ".lua"))
end
local new_chat = assert(loadfile "engine/cli/chat.lua")()

local WHICH = '{"action":"reply","replies":["Which?"],"suggestions":["Red","Blue"]}'

local function reply(...)
  return cjson.encode { action = "reply", replies = { ... } }
end

describe("usher chat", function()
  local chat
  before_each(function()
    chat = new_chat { zone = "Asia/Kolkata", country = "IN", simulator = true, number = 1 }
  end)

  it("lets nothing that is said steer the terminal", function()
    local shown = chat.answer(reply("a\27[31mb\rc\0d\127e", "two\nlines"), 0)
    assert.is_nil(shown:find "[\0-\8\11-\31\127]")
    assert.truthy(shown:find("bot: a?[31mb?c?d?e", 1, true))
    assert.truthy(shown:find("two\n     lines", 1, true))
  end)

  it("tells that an answer was slow, from a second on", function()
    assert.is_nil(chat.answer(reply "x", 999):find("after", 1, true))
    assert.truthy(chat.answer(reply "x", 1000):find("(after 1.0 s)", 1, true))
    assert.truthy(chat.answer(reply "x", 3540):find("(after 3.5 s)", 1, true))
  end)

  it("clicks the button of a number, and says other numbers", function()
    local function said(line) return cjson.decode(chat.line(line).send).message.text end
    assert.equal("2", said "2")
    chat.answer(WHICH, 0)
    assert.equal("Blue", said " 2 ")
    chat.answer(WHICH, 0)
    assert.equal("3", said "3")
  end)

  it("tells what SalesIQ would not take", function()
    local shown = chat.answer('{"action":"nothing"}', 0)
    assert.truthy(shown:find("SalesIQ would not take that: ", 1, true))
    assert.truthy(chat.answer("<html>", 0):find("no JSON came: <html>", 1, true))
  end)

  it("says nothing where nothing was typed", function()
    assert.same({ print = "" }, chat.line "  ")
    assert.same({ quit = true }, chat.line "/quit")
    assert.truthy(chat.line("/nothing").print:find("There is no /nothing.", 1, true))
  end)

  it("makes the simulator fail as it is told", function()
    local function fault(line)
      local ask = chat.line(line).zoho
      return ask and { ask[1], ask[2], ask[3] ~= "" and cjson.decode(ask[3]) or nil }
    end
    assert.same({ "POST", "/_fault", { kind = "timeout", operation = "*" } }, fault "/fail timeout")
    assert.same({ "POST", "/_fault", { kind = "status", operation = "desk.*", times = 2 } },
      fault "/fail status desk.* 2")
    assert.same({ "DELETE", "/_fault" }, fault "/works")
    assert.same({ "GET", "/_records" }, fault "/records")
    assert.truthy(chat.line("/fail").print:find "^Use: /fail")
  end)

  it("has no simulator behind another engine", function()
    chat = new_chat { zone = "UTC", simulator = false, number = 1 }
    assert.truthy(chat.line("/records").print:find("built-in simulator", 1, true))
  end)

  it("shows a call by what came of it", function()
    assert.equal("     · desk.list_calls 200, 12 ms",
      chat.call { operation = "desk.list_calls", kind = "", status = 200, ms = 12 })
    assert.equal("     · desk.list_calls offline 500, 3 ms",
      chat.call { operation = "desk.list_calls", kind = "offline", status = 500, ms = 3 })
    assert.equal("     · desk.list_calls timeout, 9 ms",
      chat.call { operation = "desk.list_calls", kind = "timeout", status = 0, ms = 9 })
  end)
end)
