package.path = "tests/simulator/?.lua;" .. package.path
require "support"
local json = require "simulator.json"
local salesiq_check = require "simulator.salesiq_check"

local function check(answer, options, status, content_type)
  local text = type(answer) == "table" and json.encode(answer) or answer
  return salesiq_check.check(text, status or 200, content_type or "application/json", options)
end

local function reply(extra)
  local answer = { action = "reply", replies = { "Hello" } }
  for name, value in pairs(extra or {}) do answer[name] = value end
  return answer
end

local function card(object) return reply { input = object } end

local function many(count, text)
  local list = {}
  for i = 1, count do list[i] = (text or "option ") .. i end
  return list
end

describe("salesiq_check", function()
  for name, case in pairs {
    ["plain texts"] = reply(),
    ["suggestions as texts"] = reply { suggestions = { "Talk to a person", "Call me back" } },
    ["suggestions as objects"] = reply { suggestions = {
      { text = "📞 Instant Chat", action_type = "reply", action_value = "1" } } },
    ["many suggestions on the web"] = reply { suggestions = many(40, ("long "):rep(10)) },
    ["a forward"] = { action = "forward", replies = { "One moment." },
      department = "310000000002013", operators = { "max@example.com" } },
    ["operator_busy"] = { action = "operator_busy", replies = { "Nobody is free." } },
    ["pending"] = { action = "pending", replies = { "Let me check." } },
    ["a silent end"] = { action = "end" },
    ["block"] = { action = "block", replies = { "Bye." } },
    ["extra keys"] = reply { session_id = "x" },
    ["an image"] = reply { replies = { { text = "Look", image = "https://example.com/a.png",
      image_position = "fit" } } },
    ["a typing delay"] = reply { replies = { { text = "Hi", delay_config = { enabled = true,
      time = 5, type = "all", info_messages = { "Loading" } } } } },
    ["links"] = reply { replies = { { type = "links", text = "Manuals", links = {
      { url = "https://example.com/m", text = "Printer" } } } } },
    ["a file"] = reply { replies = { { type = "file", text = "r", url = "https://example.com" } } },
    ["phrases"] = reply { replies = { { type = "suggestions", text = "Topics",
      phrases = { { text = "Billing" } } } } },
    ["call to action"] = reply { replies = { { text = "Choose", actions = {
      { type = "url", label = "See", name = "more", link = "https://example.com/" } } } } },
    ["a validated question"] = reply { replies = { { text = "Mail?", field_name = "siq_email",
      validate = { format = "email", error = { "No." } } } } },
    ["a product"] = reply { replies = { { text = "Look", title = "Printer", elements = {
      { id = "1", image = "https://example.com/p.png" } } } } },
    ["select"] = card { type = "select", options = many(20) },
    ["drop-down"] = card { type = "drop-down", options = { { value = "0", label = "Premium" } } },
    ["slider"] = card { type = "slider", values = many(10, "v") },
    ["tel"] = card { type = "tel", placeholder = "Number", error = { "No." } },
    ["calendar"] = card { type = "calendar", time = true, from = "+1", to = "+14" },
    ["timeslots"] = card { type = "timeslots", date = "25/03/2026", slots = { "09:00" },
      time_zone_id = "Asia/Calcutta" },
    ["date-timeslots"] = card { type = "date-timeslots", label = "Pick",
      time_zone_id = "Asia/Calcutta", slots = { ["25/03/2026"] = { "09:00", "14:30" } } },
    ["stars"] = card { type = "star-rating", level = "5" },
    ["smileys"] = card { type = "happiness-rating", level = 3 },
    ["location"] = card { type = "location", radius = "2 kms", select_label = "Here" },
    ["a context"] = { action = "context", context_id = "form", questions = {
      { name = "phone", replies = { "Which number?" } },
      { name = "topic", replies = { "What about?" }, suggestions = { "A", "B" },
        skippable = "true" } } },
  } do
    it("takes " .. name, function() assert.same({}, (check(case))) end)
  end

  local long = ("x"):rep(1001)
  for name, case in pairs {
    ["no action"] = { { replies = { "x" } }, "action: 'nil' is not known" },
    ["an unknown action"] = { { action = "answer", replies = { "x" } }, "is not known" },
    ["transfer"] = { { action = "transfer", replies = { "x" } },
      "action type transfer is invalid" },
    ["no replies"] = { { action = "reply" }, "replies: are missing" },
    ["empty replies"] = { '{"action":"reply","replies":[]}', "replies: must be an array" },
    ["one reply that is no list"] = { { action = "reply", replies = "Hi" }, "replies: must be" },
    ["replies as an object"] = { '{"action":"reply","replies":{}}', "not an object" },
    ["an empty text"] = { { action = "reply", replies = { " " } }, "replies[1]: is an empty" },
    ["a number"] = { { action = "reply", replies = { 5 } }, "replies[1]: must be a text" },
    ["a long reply"] = { { action = "reply", replies = { long } }, "longer than 1000" },
    ["a long object"] = { { action = "reply", replies = { { text = long } } }, "longer than" },
    ["other key names"] = { { action = "reply", replies = { { type = "text", value = "Hi" } } },
      "type 'text' is not known" },
    ["an object without text"] = { { action = "reply", replies = { { value = "Hi" } } },
      "needs 'text'" },
    ["suggestions as an object"] = { '{"action":"reply","replies":["x"],"suggestions":{}}',
      "suggestions: must be an array" },
    ["suggestions that are one text"] = { reply { suggestions = "A" }, "must be an array" },
    ["a suggestion without text"] = { reply { suggestions = { { label = "A" } } },
      "suggestions[1]: has no text" },
    ["a suggestion with a number"] = { reply { suggestions = { { text = "A",
      action_value = 1 } } }, "'action_value' must be a text" },
    ["two equal suggestions"] = { reply { suggestions = { "A", { text = "A" } } }, "twice" },
    ["input beside suggestions"] = { reply { suggestions = { "A" },
      input = { type = "like" } }, "input: comes with suggestions" },
    ["two input cards"] = { reply { input = { { type = "like" } } }, "must be one object" },
    ["an unknown card"] = { card { type = "wheel" }, "'wheel' is not known" },
    ["too many options"] = { card { type = "select", options = many(21) }, "more than 20" },
    ["long options"] = { card { type = "select", options = { ("x"):rep(81) } }, "than 80" },
    ["options that are objects"] = { card { type = "select", options = { {} } },
      "must be a text" },
    ["no options"] = { card { type = "multiple-select" }, "input.options: must be" },
    ["a drop-down without values"] = { card { type = "drop-down",
      options = { { label = "A" } } }, "needs the text 'value'" },
    ["long drop-down labels"] = { card { type = "drop-down",
      options = { { value = "1", label = ("x"):rep(31) } } }, "longer than 30" },
    ["a long slider"] = { card { type = "slider", values = many(11) }, "more than 10" },
    ["a card without placeholder"] = { card { type = "email" }, "placeholder" },
    ["slots without day"] = { card { type = "timeslots", slots = { "09:00" },
      time_zone_id = "UTC", date = "2026-03-25" }, "dd/mm/yyyy" },
    ["slots in 12 hours"] = { card { type = "timeslots", slots = { "9 pm" },
      time_zone_id = "UTC", date = "25/03/2026" }, "hh:mm" },
    ["slots without zone"] = { card { type = "date-timeslots", label = "x",
      slots = { ["25/03/2026"] = { "09:00" } } }, "time_zone_id" },
    ["slots as a list"] = { card { type = "date-timeslots", label = "x", time_zone_id = "UTC",
      slots = { "09:00" } }, "object of days" },
    ["two stars"] = { card { type = "star-rating", level = "2" }, "'level' must be" },
    ["four smileys"] = { card { type = "happiness-rating", level = 4 }, "'level' must be" },
    ["a wide radius"] = { card { type = "location", radius = "501 kms" }, "'radius'" },
    ["a long button"] = { card { type = "calendar", select_label = ("x"):rep(21) }, "20" },
    ["an odd range"] = { card { type = "calendar", from = "tomorrow" }, "'from' must be days" },
    ["a link without address"] = { reply { replies = { { type = "links", text = "x",
      links = { { text = "y" } } } } }, "needs the text 'url'" },
    ["an unknown format"] = { reply { replies = { { text = "x",
      validate = { format = "iban" } } } }, "'iban' is not known" },
    ["an unknown button"] = { reply { replies = { { text = "x",
      actions = { { type = "call", label = "l", name = "n" } } } } }, "'call' is not known" },
    ["a product without image"] = { reply { replies = { { text = "x", title = "y",
      elements = { { id = "1" } } } } }, "needs the text 'image'" },
    ["an odd image position"] = { reply { replies = { { text = "x",
      image_position = "left" } } }, "fit or fill" },
    ["a context without id"] = { { action = "context", questions = {
      { name = "a", replies = { "x" } } } }, "context_id: is missing" },
    ["a context without questions"] = { { action = "context", context_id = "c" },
      "questions: must be" },
    ["a question without name"] = { { action = "context", context_id = "c", questions = {
      { replies = { "x" } } } }, "questions[1]: has no name" },
    ["two questions of one name"] = { { action = "context", context_id = "c", questions = {
      { name = "a", replies = { "x" } }, { name = "a", replies = { "y" } } } }, "earlier" },
    ["a question without text"] = { { action = "context", context_id = "c", questions = {
      { name = "a" } } }, "questions[1].replies: are missing" },
    ["a department that is no id"] = { { action = "forward", replies = { "x" },
      department = "Support" }, "department: must be an id" },
    ["operators that are no list"] = { { action = "forward", replies = { "x" },
      operators = "max@example.com" }, "operators: must be an array" },
    ["operators without addresses"] = { { action = "forward", replies = { "x" },
      operators = { "Max" } }, "operators[1]: must be" },
    ["text"] = { "Hello", "no JSON object" }, ["a list"] = { "[]", "no JSON object" },
    ["half an answer"] = { '{"action":"reply"', "no JSON object" },
    ["nothing"] = { "", "no JSON object" },
    ["broken UTF-8"] = { '{"action":"reply","replies":["\255"]}', "is not UTF-8" },
  } do
    it("reports " .. name, function()
      local problems = table.concat((check(case[1])), "\n")
      assert.truthy(problems:find(case[2], 1, true), problems)
    end)
  end

  it("reports any status but 200 and any type but JSON", function()
    assert.same({ "status: is 500, not 200" }, (check(reply(), nil, 500)))
    assert.truthy(check(reply(), nil, 200, "text/html")[1]:find "text/html")
    assert.same({}, (check(reply(), nil, 200, "application/json; charset=utf-8")))
  end)

  it("reports a forward that answers a failure", function()
    local forward = { action = "forward", replies = { "x" } }
    assert.same({}, (check(forward, { handler = "message" })))
    assert.truthy(check(forward, { handler = "failure" })[1]:find "loop")
  end)

  for _, case in ipairs {
    { "WhatsApp", 10, 20 }, { "Facebook", 13, 20 }, { "Instagram", 13, 20 },
    { "Telegram", 20, 40 },
  } do
    it("knows how much " .. case[1] .. " shows", function()
      local channel = { channel = case[1] }
      local function problems(list)
        return #check(reply { suggestions = list }, channel)
          + #check(card { type = "select", options = list }, channel)
      end
      assert.equal(0, problems(many(case[2], "")))
      assert.equal(2, problems(many(case[2] + 1, "")))
      assert.equal(0, problems { ("é"):rep(case[3]) })
      assert.equal(2, problems { ("é"):rep(case[3] + 1) })
    end)
  end

  it("knows which actions a channel lacks", function()
    assert.equal(1, #check({ action = "block", replies = { "x" } }, { channel = "whatsapp" }))
    assert.equal(1, #check({ action = "pending", replies = { "x" } }, { channel = "Instagram" }))
    assert.equal(1, #check(reply { replies = { { text = "x", actions = {
      { type = "client_action", label = "l", name = "n", clientaction_name = "c" } } } } },
      { channel = "Facebook" }))
  end)

  it("hands back the decoded answer", function()
    local _, answer = check(reply())
    assert.same({ "Hello" }, answer.replies)
  end)
end)
