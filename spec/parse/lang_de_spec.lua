local support = require "spec.parse.support"
local time = require "parse.time"

-- Wednesday 5 March 2025, 16:15 in Berlin
describe("German", function()
  local read = support.reader(time, "Europe/Berlin", "DE")
  for _, case in ipairs {
    { "lieber Dienstag um 10 als Montag um 9", "2025-03-11 10:00" },
    { "heute passt es mir nicht, morgen 16 Uhr", "2025-03-06 16:00" },
    { "die Rechnung ist am 15.3. fällig", "nothing" },
    { "mein Vertrag läuft bis 31.12.2025", "nothing" },
    { "nächste Woche Dienstag 10 Uhr", "2025-03-11 10:00" }, { "Mo 10 Uhr", "2025-03-10 10:00" },
    { "uebermorgen um 11:15", "2025-03-07 11:15" }, { "donnerstg um 9", "2025-03-06 09:00" },
    { "morgen halb drei", "2025-03-06 14:30?" }, { "morgen dreiviertel acht", "2025-03-06 07:45" },
    { "Viertel nach neun am Freitag", "2025-03-07 09:15" },
    { "morgen um zwölf", "2025-03-06 12:00" },
    { "am 15. April um 10:30", "2025-04-15 10:30" }, { "morgen abend um 8", "2025-03-06 20:00" },
    { "kommenden Freitag um 9", "2025-03-07 09:00" },
    { "in anderthalb Stunden", "2025-03-05 17:45" },
    { "in einer Viertelstunde", "2025-03-05 16:30" }, { "übernächste Woche", "2025-03-17 09:00?" },
    { "in einer dreiviertel Stunde", "2025-03-05 17:00" },
    { "am Freitag, den 14. März um 14 Uhr", "2025-03-14 14:00" },
    { "ich habe am Montag angerufen", "past" },
    { "nicht vor 10 Uhr, bitte morgen", "2025-03-06 10:00" },
    { "von 10 bis 12 Uhr am Donnerstag", "2025-03-06 10:00" },
    { "Dienstag kann ich nicht, Freitag um 10 passt", "2025-03-07 10:00" },
    { "bitte nicht am Montag anrufen", "nothing" }, { "Dienstags kann ich nicht", "nothing" },
    { "gestern war das Internet weg", "past" }, { "seit gestern kein Netz", "past" },
    { "seit Montag geht nichts", "nothing" }, { "vor 2 Tagen bestellt", "nothing" },
    { "um, tomorrow at 3pm?", "2025-03-06 15:00" },
    { "do you have time Friday at 9 am", "2025-03-07 09:00" },
  } do
    it("is read: " .. case[1], function() assert.equal(case[2], read(case[1])) end)
  end
end)
