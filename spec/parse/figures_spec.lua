-- spec/parse/figures_spec.lua: figures that may be an hour or a date are what their neighbours make
-- them. It is Wednesday 5 March 2025, 10:15 in New York.
local support = require "spec.parse.support"
local time = require "parse.time"

local READERS = {
  US = support.reader(time, "America/New_York", "US"),
  GB = support.reader(time, "Europe/London", "GB"),
  IN = support.reader(time, "Asia/Kolkata", "IN"), DE = support.reader(time, "Europe/Berlin", "DE"),
  ES = support.reader(time, "Europe/Madrid", "ES"), FR = support.reader(time, "Europe/Paris", "FR"),
  BR = support.reader(time, "America/Sao_Paulo", "BR"),
}

local function they_are(what, cases)
  describe("figures are " .. what, function()
    for region, texts in pairs(cases) do
      for text, expected in pairs(texts) do
        it(region .. ": " .. text, function()
          assert.equal(expected, READERS[region](text))
        end)
      end
    end
  end)
end

they_are("a day and its month where an hour stands beside them", {
  IN = { ["7.3 at 11am"] = "2025-03-07 11:00", ["11am on 7.3"] = "2025-03-07 11:00",
    ["19-3 at 3pm"] = "2025-03-19 15:00", ["3pm 19-3"] = "2025-03-19 15:00",
    ["07-03 11 am"] = "2025-03-07 11:00?", ["07.03 at 2.30pm"] = "2025-03-07 14:30" },
  GB = { ["3pm, 7.3."] = "2025-03-07 15:00", ["7.3 noon"] = "2025-03-06 12:00?",
    ["7.3 in the morning at 10"] = "2025-03-07 10:00", ["15.3 10.15am"] = "2025-03-15 10:15",
    ["4:30pm 14-3"] = "2025-03-14 16:30" },
  DE = { ["7.3. um 14:30"] = "2025-03-07 14:30", ["7.3. gegen 9 Uhr"] = "2025-03-07 09:00",
    ["am 7.3. um 14.30"] = "2025-03-07 14:30", ["12.3. 16.30 Uhr"] = "2025-03-12 16:30",
    ["Freitag 7.3. 11 Uhr"] = "2025-03-07 11:00", ["18.03., 15 Uhr"] = "2025-03-18 15:00" },
  FR = { ["le 7.3 à 11h"] = "2025-03-07 11:00" },
  BR = { ["19-03 às 15h"] = "2025-03-19 15:00",
    ["o contrato acaba a 30 de junho, ligue quinta às 11h"] = "2025-03-06 11:00" },
  US = { ["12-15 2:30pm"] = "2025-12-15 14:30", ["10am, 3-19"] = "2025-03-19 10:00",
    ["on 5-6 at 5-6pm"] = "2025-05-06 17:00?" },
})

they_are("a day of the month beside a weekday, or a part of a day with its hour", {
  US = { ["Fri 14 at 10am"] = "2025-03-14 10:00", ["3pm tue 18"] = "2025-03-18 15:00",
    ["sat 15 noon"] = "2025-03-15 12:00", ["tue 18 3pm"] = "2025-03-18 15:00",
    ["mon 10 afternoon"] = "2025-03-10 14:00" },
  GB = { ["friday 14 after 3pm"] = "2025-03-14 15:00", ["friday 14, 3pm"] = "2025-03-14 15:00",
    ["17th morning 10"] = "2025-03-17 10:00",
    ["wed 12 at 2"] = "2025-03-12 14:00?", ["fri 14 between 4 and 5pm"] = "2025-03-14 16:00" },
  IN = { ["17 ko subah 10 baje"] = "2025-03-17 10:00", ["fri 14 1530 hrs"] = "2025-03-14 15:30" },
  ES = { ["el martes 18 a las 11"] = "2025-03-18 11:00" },
  FR = { ["lundi 17 à 10h"] = "2025-03-17 10:00" },
  DE = { ["Mittwoch, den 12. um 10 Uhr"] = "2025-03-12 10:00",
    ["12. Mai 1430 Uhr"] = "2025-05-12 14:30", ["Freitag 14. um 10"] = "2025-03-14 10:00",
    ["Dienstag 18, 15 Uhr"] = "2025-03-18 15:00" },
})

they_are("an hour where the day is told, or nothing else is", {
  US = { ["5-6 tomorrow"] = "2025-03-06 17:00?", ["friday 12-2"] = "2025-03-07 12:00?",
    ["friday 12 noon"] = "2025-03-07 12:00", ["friday 4 30pm"] = "2025-03-07 16:30",
    ["12-2pm friday"] = "2025-03-07 12:00", ["7 march 6.30"] = "2025-03-07 18:30?",
    ["tomorrow 17hrs"] = "2025-03-06 17:00" },
  GB = { ["10.12 tomorrow"] = "2025-03-06 10:12", ["7 march 5-6pm"] = "2025-03-07 17:00",
    ["monday 8 to 9pm"] = "2025-03-10 20:00", ["14 march 1630 hrs"] = "2025-03-14 16:30",
    ["20 may, 0930 hrs"] = "2025-05-20 09:30" },
  ES = { ["de 9 a 11 el viernes"] = "2025-03-07 09:00",
    ["el viernes de 16 a 18"] = "2025-03-07 16:00" },
  DE = { ["Freitag 14.30 Uhr"] = "2025-03-07 14:30", ["morgen 9-11 Uhr"] = "2025-03-06 09:00" },
})

they_are("nothing beside an hour and its day", {
  US = { ["a 1:1 friday at 3pm"] = "2025-03-07 15:00",
    ["a 1:1 tomorrow at 3pm"] = "2025-03-06 15:00",
    ["version 7.3, call tomorrow 3pm"] = "2025-03-06 15:00",
    ["tomorrow at 3pm for 2 hours"] = "2025-03-06 15:00" },
})
