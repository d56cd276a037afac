local support = require "spec.parse.support"
local time = require "parse.time"

-- Wednesday 5 March 2025, 16:15 in Paris
describe("French", function()
  local read = support.reader(time, "Europe/Paris", "FR")
  for _, case in ipairs {
    { "après-demain à 11h15", "2025-03-07 11:15" }, { "apres demain à 11h", "2025-03-07 11:00" },
    { "aujourd'hui 16h45", "2025-03-05 16:45" }, { "Aujourd’hui à 17 h 30", "2025-03-05 17:30" },
    { "le 16 mars à 14h", "2025-03-16 14:00" }, { "le 1er avril à 9h", "2025-04-01 09:00" },
    { "samedi 15 mars à 10h", "2025-03-15 10:00" }, { "mardi prochain à 9h", "2025-03-11 09:00" },
    { "lundi en huit à 9h", "2025-03-17 09:00" }, { "mecredi à 15h", "2025-03-12 15:00" },
    { "dans une demi-heure", "2025-03-05 16:45" }, { "dans 2 heures", "2025-03-05 18:15" },
    { "dans une heure et demie", "2025-03-05 17:45" }, { "dans 15 min", "2025-03-05 16:30" },
    { "dans deux jours à 10h", "2025-03-07 10:00" },
    { "dans trois quarts d'heure", "2025-03-05 17:00" }, { "après 18h", "2025-03-05 18:00" },
    { "je vous ai appelé lundi", "past" }, { "après le déjeuner demain", "2025-03-06 14:00" },
    { "demain à 15h car avant je travaille", "2025-03-06 15:00" },
    { "demain à 15h, je ne peux pas parler longtemps", "2025-03-06 15:00" },
    { "demain à midi", "2025-03-06 12:00" }, { "vendredi à midi et demi", "2025-03-07 12:30" },
    { "demain à dix heures et quart", "2025-03-06 10:15" },
    { "demain quinze heures", "2025-03-06 15:00" }, { "demain 17 heures 30", "2025-03-06 17:30" },
    { "demain à neuf heures moins le quart", "2025-03-06 08:45" },
    { "demain à une heure", "2025-03-06 13:00?" }, { "demain soir à 8h", "2025-03-06 20:00" },
    { "jeudi après-midi vers 15h", "2025-03-06 15:00" }, { "ce soir", "2025-03-05 18:00" },
    { "demain en fin de matinée", "2025-03-06 11:00" },
    { "pouvez-vous m'appeler demain matin ?", "2025-03-06 09:00" },
    { "vendredi entre 14h et 16h", "2025-03-07 14:00" },
    { "jeudi de 14h à 16h", "2025-03-06 14:00" },
    { "je suis dispo samedi à partir de 10h", "2025-03-08 10:00" },
    { "demain, pas avant 10h", "2025-03-06 10:00" }, { "lundi avant midi", "2025-03-10 11:00" },
    { "rappelez moi a 18h", "2025-03-05 18:00" }, { "dès que possible svp", "2025-03-05 16:15" },
    { "ne m'appelez pas lundi", "nothing" }, { "pas le matin", "nothing" },
    { "hier à 10h j'ai appelé", "past" }, { "il y a 2 jours", "nothing" },
    { "Sept 25 at 11 am works", "2025-09-25 11:00" },
    { "call me tomorrow at 3pm, merci", "2025-03-06 15:00" },
  } do
    it("is read: " .. case[1], function() assert.equal(case[2], read(case[1])) end)
  end
end)
