-- spec/parse/unread_spec.lua: a time is sure only where nothing beside it was left unread.
local time = require "parse.time"

local NOW = 1741187700                             -- Wednesday 5 March 2025, 10:15 in New York

local function find(text, region)
  return time.find(text, { now = NOW, zone = "America/New_York", region = region or "US" })
end

local function unread_in(text, region)
  local found, err = find(text, region)
  return found and found.sure, (found or err).unread
end

describe("what looks like part of a time and was not understood", function()
  for text, piece in pairs {
    ["dzwon 27.5 o 13:30"] = "27.5", ["Samstagabend, 10 Uhr 20"] = "Samstagabend",
    ["tomorrow 3pm 1.2.3"] = "1.2.3", ["tomorrow 3pm, 44/45"] = "44/45",
    ["tomorrow 3pm until"] = "until", ["tomorrow 3pm before the meeting"] = "before",
    ["call me tomorrow at 3pm, 25:71"] = "25:71", ["tomorrow 3pm Europe/Londn"] = "Europe/Londn",
    ["tomorrow 3pm, not home"] = "not home", ["tomorrow 3pm, I can't"] = "can't",
    ["2026 week 20"] = "2026", ["tomorrow 3pm, I'm in London"] = "London",
    ["the Asia/Tokyo/Europe/Rome team, tomorrow 3pm"] = "Asia/Tokyo/Europe/Rome",
  } do
    it("is named and makes the time unsure: " .. text, function()
      local sure, unread = unread_in(text)
      assert.is_false(sure)
      assert.same({ piece }, unread)
    end)
  end

  it("is what is assumed to change nothing", function()
    local found = find "tomorrow 3pm 1.2.3"
    assert.equal("unread", found.assumed[#found.assumed])
    assert.equal("what was not understood changes nothing", time.assumption "unread")
  end)

  it("is told where there is no time", function()
    local _, unread = unread_in "1.2.3 not monday"
    assert.same({ "1.2.3" }, unread)
  end)

  it("is as the visitor wrote it", function()
    local _, unread = unread_in "Tomorrow 3PM \226\128\147 BEFORE the meeting"
    assert.same({ "BEFORE" }, unread)
  end)
end)

describe("what is no part of a time", function()
  for _, text in ipairs {
    "I fly out on the 12th so ring me thursday 10am before that",
    "call me tomorrow at 3pm bro", "tomorrow 3pm for 2 laptops",
    "order 12.30 is late, call me at 3pm", "tomorrow at 3pm for a 1:1",
    "tomorrow 3pm for 30 minutes", "I can't log in, call me tomorrow at 3pm",
    "may I get a call tomorrow at 3pm", "the sun shines, call me tomorrow at 3pm",
    "tomorrow 3pm to discuss the $ 5.50", "Good morning! Tomorrow 3pm",
    "tomorrow 3pm for the europe/asia team", "we eat out, call tomorrow at 3pm",
    "tomorrow 3pm, I can't talk long", "tomorrow 3pm and not by email", "tomorrow 3pm before I go",
    "my name is April, tomorrow 3pm", "tomorrow 3pm, between meetings",
    "tomorrow 3pm. Do not text", "tomorrow 3pm thanks, Jan", "tomorrow 3pm, house no. 12",
    "tomorrow 3pm, until then I'll try myself",
    "we are 12, call tomorrow at 3pm", "tomorrow 3pm, version 1.2.3",
  } do
    it("leaves the time sure: " .. text, function()
      local sure, unread = unread_in(text)
      assert.same({}, unread)
      assert.is_true(sure)
    end)
  end
end)
