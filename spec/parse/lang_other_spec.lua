local support = require "spec.parse.support"
local time = require "parse.time"
local words_en = require "parse.words_en"
local words_other = require "parse.words_other"

-- Wednesday 5 March 2025, 16:15 in Paris
describe("a clock in a language that is not read", function()
  local read = support.reader(time, "Europe/Paris", "FR")
  for _, case in ipairs {
    { "domani alle 17:00", "2025-03-05 17:00?" }, { "overmorgen om 17:00", "2025-03-05 17:00?" },
    { "jutro o 17:00", "2025-03-05 17:00?" }, { "yarın saat 17:00", "2025-03-05 17:00?" },
    { "besok jam 17:00", "2025-03-05 17:00?" }, { "repu 5pm call cheyandi", "2025-03-05 17:00?" },
    { "ngày mai lúc 17:00", "2025-03-05 17:00?" }, { "завтра в 17:00", "2025-03-05 17:00?" },
    { "αύριο στις 17:00", "2025-03-05 17:00?" }, { "מחר ב-17:00", "2025-03-05 17:00?" },
    { "غدا الساعة 17:00", "2025-03-05 17:00?" }, { "நாளை 17:00", "2025-03-05 17:00?" },
    { "明日の17:00にお電話ください", "2025-03-05 17:00?" }, { "내일 17:00", "2025-03-05 17:00?" },
    { "bel me niet op maandag", "nothing" }, { "не звоните до 10", "nothing" },
  } do
    it("is not sure: " .. case[1], function() assert.equal(case[2], read(case[1])) end)
  end
end)

describe("a name or a picture beside a time", function()
  local read = support.reader(time, "Europe/London", "GB")
  for _, text in ipairs { "call me tomorrow at 3pm, Анна", "tomorrow 3pm 👍",
    "I am Åsa Öberg, call tomorrow at 3pm", "Nguyễn here, tomorrow at 3pm" } do
    it("leaves it sure: " .. text, function() assert.equal("2025-03-06 15:00", read(text)) end)
  end
end)

describe("the days of languages that are not read", function()
  it("are no words of English", function()
    local english = {}
    for _, entries in pairs(words_en) do
      for _, entry in ipairs(type(entries) == "table" and entries or {}) do
        for word in entry[1]:gmatch "%S+" do english[word] = true end
      end
    end
    for language, written in pairs(words_other) do
      for word in written:gmatch "%S+" do assert.is_nil(english[word], language .. ": " .. word) end
    end
  end)
end)
