-- Each number of SalesIQ's cards from both sides: what is at the limit is taken, one more is not.
local cards = assert(loadfile "engine/lua/cards.lua")()

local function many(count, length)
  local list = {}
  for i = 1, count do list[i] = ("%0" .. (length or 3) .. "d"):format(i) end
  return list
end

local function labels(count, length)
  local list = {}
  for i, label in ipairs(many(count, length)) do list[i] = { value = "v", label = label } end
  return list
end

-- What is wrong with the card, in one text; "" where nothing is.
local function wrong(kind, card, channel)
  local said = {}
  local function report(where, message) said[#said + 1] = where .. " " .. message end
  local check = kind == "input" and cards.check_input or cards.check_reply
  check(card, kind, report, { reply_max = 1000, channel = channel })
  return table.concat(said, "; ")
end

local function select_of(options) return { type = "select", options = options } end
local function actions(count, length)
  local list = {}
  for i, label in ipairs(many(count, length)) do
    list[i] = { type = "url", label = label, name = "n", link = "https://example.com/" }
  end
  return { text = "Choose", actions = list }
end
local function location(radius) return { type = "location", radius = radius } end
local function stars(level) return { type = "star-rating", level = level } end
local function slots(time)
  return { type = "timeslots", date = "25/03/2026", slots = { "00:00", time },
    time_zone_id = "UTC" }
end
local function suggestions(text)
  return { type = "suggestions", text = text, phrases = { { text = "A" } } }
end

describe("cards", function()
  for name, case in pairs {
    ["options of a select"] = { "input", select_of(many(20)), select_of(many(21)), "more than 20" },
    ["a select's letters"] = { "input", select_of(many(2, 80)), select_of(many(2, 81)),
      "options[1] is longer than 80" },
    ["options on facebook"] = { "input", select_of(many(13, 20)), select_of(many(14, 20)),
      "more than 13", "facebook" },
    ["letters on facebook"] = { "input", select_of(many(2, 20)), select_of(many(2, 21)),
      "longer than 20", "Facebook" },
    ["options on instagram"] = { "input", select_of(many(13)), select_of(many(14)), "than 13",
      "instagram" },
    ["letters on instagram"] = { "input", select_of(many(2, 20)), select_of(many(2, 21)),
      "than 20", "instagram" },
    ["options on whatsapp"] = { "input", select_of(many(10)), select_of(many(11)), "than 10",
      "whatsapp" },
    ["letters on whatsapp"] = { "input", select_of(many(2, 20)), select_of(many(2, 21)),
      "than 20", "whatsapp" },
    ["options on telegram"] = { "input", select_of(many(20)), select_of(many(21)), "than 20",
      "telegram" },
    ["letters on telegram"] = { "input", select_of(many(2, 40)), select_of(many(2, 41)),
      "than 40", "telegram" },
    ["several to choose"] = { "input", { type = "multiple-select", options = many(20) },
      { type = "multiple-select", options = many(21) }, "more than 20" },
    ["entries of a drop-down"] = { "input", { type = "drop-down", options = labels(20) },
      { type = "drop-down", options = labels(21) }, "more than 20" },
    ["letters of a drop-down"] = { "input", { type = "drop-down", options = labels(2, 30) },
      { type = "drop-down", options = labels(2, 31) }, "longer than 30" },
    ["values of a slider"] = { "input", { type = "slider", values = many(10) },
      { type = "slider", values = many(11) }, "more than 10" },
    ["letters of a slider"] = { "input", { type = "range-slider", values = many(2, 10) },
      { type = "range-slider", values = many(2, 11) }, "longer than 10" },
    ["a label to pick"] = { "input", { type = "calendar", select_label = ("x"):rep(20) },
      { type = "calendar", select_label = ("x"):rep(21) }, "at most 20" },
    ["letters are no bytes"] = { "input", { type = "calendar", select_label = ("é"):rep(20) },
      { type = "location", select_label = ("é"):rep(21) }, "at most 20" },
    ["a narrow place"] = { "input", location "2 kms", location "1 kms", "'radius'" },
    ["a wide place"] = { "input", location "500 miles", location "501 miles", "'radius'" },
    ["a place in metres"] = { "input", location "3 kms", location "3 m", "'radius'" },
    ["few stars"] = { "input", stars(3), stars(2), "'level'" },
    ["many stars"] = { "input", stars "10", stars "11", "'level'" },
    ["smileys"] = { "input", { type = "happiness-rating", level = 5 },
      { type = "happiness-rating", level = 10 }, "'level'" },
    ["hours"] = { "input", slots "23:00", slots "24:00", "slots[2] must be a time" },
    ["minutes"] = { "input", slots "23:59", slots "23:60", "slots[2] must be a time" },
    ["a day of slots"] = { "input",
      { type = "date-timeslots", label = "l", time_zone_id = "UTC",
        slots = { ["25/03/2026"] = { "09:00" } } },
      { type = "date-timeslots", label = "l", time_zone_id = "UTC",
        slots = { ["25/03/2026"] = { "09:00", "25:00" } } }, "[2] must be a time" },
    ["days of a calendar"] = { "input", { type = "range-calendar", from = "-5", to = 86400000 },
      { type = "range-calendar", from = "-5", to = "soon" }, "'to' must be days" },
    ["a tel's error"] = { "input", { type = "tel", placeholder = "p", error = { "No." } },
      { type = "tel", placeholder = "p", error = "No." }, "error must be an array" },
    ["fields of a card"] = { "input", { type = "name", placeholder = "p", value = "v" },
      { type = "name", placeholder = "p", country_code = true }, "has no 'country_code'" },
    ["a text's length"] = { "card", { text = ("x"):rep(1000) }, { text = ("x"):rep(1001) },
      "longer than 1000" },
    ["a suggestion's length"] = { "card", suggestions(("é"):rep(1000)),
      suggestions(("é"):rep(1001)), "longer than 1000" },
    ["buttons on facebook"] = { "card", actions(3), actions(4), "more than 3", "facebook" },
    ["letters of buttons there"] = { "card", actions(3, 80), actions(3, 81), "longer than 80",
      "facebook" },
    ["what a button needs"] = { "card", actions(1), { text = "x", actions = { { type = "url",
      label = "l", name = "n" } } }, "needs the text 'link'" },
    ["a button of the site"] = { "card", { text = "x", actions = { { type = "client_action",
      label = "l", name = "n", clientaction_name = "c" } } }, { text = "x", actions = { {
      type = "client_action", label = "l", name = "n" } } }, "'clientaction_name'" },
    ["buttons beside"] = { "card", actions(1), { type = "links", text = "x",
      links = { { url = "u", text = "t" } }, actions = actions(1).actions },
      "work on text replies" },
    ["links"] = { "card", { type = "links", text = "x", links = { { url = "u", text = "t" } } },
      { type = "links", text = "x", links = { { url = "u", text = "t" }, { url = "u" } } },
      "links[2] needs the text 'text'" },
    ["a file"] = { "card", { type = "file", url = "u" }, { type = "file" }, "'url'" },
    ["articles"] = { "card", { type = "articles", text = "x", articles = {} },
      { type = "articles" }, "'text'" },
    ["a picture alone"] = { "card", { image = "u", image_position = "fill" },
      { image = "u", image_position = "middle" }, "fit or fill" },
    ["a check of answers"] = { "card", { text = "x", validate = { format = "number(3,5)" } },
      { text = "x", validate = { format = "numbers" } }, "is not known" },
    ["a delay"] = { "card", { text = "x", delay_config = { time = 3, type = "random" } },
      { text = "x", delay_config = { time = "3", type = "random" } }, "number of seconds" },
    ["a delay's kind"] = { "card", { text = "x", delay_config = { type = "all" } },
      { text = "x", delay_config = { type = "some" } }, "all or random" },
    ["a product"] = { "card", { text = "x", title = "t", elements = { { id = "1", image = "i" } } },
      { text = "x", elements = { { id = "1", image = "i" } } }, "needs the text 'title'" },
  } do
    it("have an end: " .. name, function()
      local kind, taken, refused, why, channel = table.unpack(case)
      assert.equal("", wrong(kind, taken, channel))
      local said = wrong(kind, refused, channel)
      assert.truthy(said:find(why, 1, true), said)
    end)
  end

  it("on facebook have no client actions", function()
    local card = { text = "x", actions = { { type = "client_action", label = "l", name = "n",
      clientaction_name = "c" } } }
    assert.equal("", wrong("card", card, "whatsapp"))
    assert.truthy(wrong("card", card, "facebook"):find "no client actions")
  end)

  it("tell the first thing that is wrong, with its part", function()
    assert.equal("options[1]: is longer than 80 characters", cards.wrong("input",
      select_of { ("x"):rep(81), ("x"):rep(82) }))
    assert.equal("must be one object", cards.wrong("input", { { type = "like" } }))
    assert.is_nil(cards.wrong("input", { type = "like" }))
    assert.truthy(cards.misnamed("card", { type = "link" }):find "'link' is not known")
    assert.truthy(cards.misnamed("input", { type = "like", stars = 5 }):find "no 'stars'")
    assert.is_nil(cards.misnamed("input", { type = "select" }))
    assert.is_nil(cards.misnamed("card", { elements = {}, odd = 1 }))
  end)
end)
