-- spec/parse/refuse_spec.lua: what is refused or limited is no wish, and what is put right counts.

local support = require "spec.parse.support"
local time = require "parse.time"

-- It is Wednesday 5 March 2025, 10:15 in New York, a quarter past three in London.
local function reads(zone, region, list)
  local read = support.reader(time, zone, region)
  for _, case in ipairs(list) do
    it(("%s: %s"):format(case[1], case[2]), function() assert.equal(case[2], read(case[1])) end)
  end
end

describe("a time that is refused", function()
  reads("America/New_York", "US", {
    { "not on thursday or friday", "nothing" },
    { "never call at night", "nothing" }, { "don't call me on monday", "nothing" },
    { "but never on a sunday", "nothing" }, { "no calls on friday please", "nothing" },
    { "please stop calling me at 7am", "nothing" }, { "any day but friday", "nothing" },
    { "between 9 and 12 is impossible", "nothing" }, { "no phone calls after 6pm", "nothing" },
    { "can't do 3, 4pm works", "2025-03-05 16:00" },
    { "mondays are bad, tuesday 11am ok", "2025-03-11 11:00" },
    { "after 7pm is too late, 6pm is grand", "2025-03-05 18:00" },
    { "never on sundays. saturday 11am is alright", "2025-03-08 11:00" },
    { "tomorrow 3pm doesn't work, 4pm does", "2025-03-06 16:00" },
    { "friday not thursday, 10:30am", "2025-03-07 10:30" },
    { "friday 10am (not 11)", "2025-03-07 10:00" },
    { "today 6pm, not today tomorrow 6pm", "2025-03-06 18:00" },
    { "can't make 3pm, can we do 4pm", "2025-03-05 16:00" },
    { "I'm off on thursday", "nothing" }, { "every day but sunday", "nothing" },
    { "I can not talk today, 10:30am tomorrow", "2025-03-06 10:30" },
    { "do not call after 8pm or before 9am", "nothing" },
    { "can we do 11am instead of 10am on friday", "2025-03-07 11:00" },
    { "I am not able to talk at 3pm, try 5pm", "2025-03-05 17:00" },
    { "thursday not friday 4pm", "2025-03-06 16:00" },
    { "do not under any circumstances call me after 9pm", "nothing" },
    -- these refuse nothing
    { "is tomorrow 3pm bad?", "2025-03-06 15:00" },
    { "tomorrow 3pm. bad experience so far", "2025-03-06 15:00" },
    { "tomorrow 10am, if not then friday 10am", "2025-03-06 10:00" },
    { "not until friday", "2025-03-07 09:00" }, { "don't call before friday", "2025-03-07 09:00" },
    { "don't forget to call me at 3pm", "2025-03-05 15:00" },
    { "why not tomorrow at 3pm", "2025-03-06 15:00" },
    { "no problem, tomorrow 3pm", "2025-03-06 15:00" },
  })
  reads("Europe/Berlin", "DE", {
    { "niemals abends anrufen", "nothing" }, { "keine Anrufe am Sonntag bitte", "nothing" },
    { "Dienstag statt Montag, 10 Uhr", "2025-03-11 10:00" }, { "jamais le dimanche", "nothing" },
    { "kal 4 baje... nahi nahi 17:30", "2025-03-06 17:30" },
  })
end)

describe("a limit", function()
  reads("America/New_York", "US", {
    -- tells of which half of the day the hour is that is wished for
    { "no calls before 10 please, tomorrow 10:30 is fine", "2025-03-06 10:30" },
    { "call after 7:30, I work until 7", "2025-03-05 19:30" },
    { "don't ring before 11, friday at 2 is good", "2025-03-07 14:00" },
    { "I'm at work till 6, call me 6:30", "2025-03-05 18:30" },
    { "until 2pm I'm in a meeting, 2:30 is fine", "2025-03-05 14:30" },
    { "do not ring before 8am. thursday 10:15am is good", "2025-03-06 10:15" },
    { "asleep until 8, call me at 9:15am", "2025-03-06 09:15" },
    -- is of this call or of all
    { "not after 6pm", "2025-03-05 18:00?" },
    -- is not known to be one
    { "I'm swimming until 4pm", "2025-03-05 15:00?" },
    -- is all that was said of the hour
    { "I have work until 5pm and then I'm free", "2025-03-05 17:00" },
    { "call before 11am or after 4pm", "2025-03-05 10:37" },
    { "I'm at work till 6 tomorrow", "2025-03-06 18:00" },
    { "tomorrow but not before 11am", "2025-03-06 11:00" },
    { "I am not free until 4pm", "2025-03-05 16:00" },
    { "please don't ring before 8am", "2025-03-06 08:00?" },
    { "never ring me before 9am", "nothing" },
    -- of an hour that was told
    { "I leave at 5pm, call before", "2025-03-05 16:00" },
    { "3pm PST tomorrow, no wait 4pm", "2025-03-06 19:00" },
    { "better friday than monday at 9am", "2025-03-07 09:00" },
    { "I finish at 5pm, so ring after that", "2025-03-05 17:00" },
    { "my flight leaves at 7pm tomorrow, call me before", "2025-03-06 18:00" },
    { "call before I leave at 5pm", "2025-03-05 16:00" },
    { "I'm free until 5pm tomorrow, not after", "2025-03-06 16:00" },
    { "ring me thursday 9am before it does", "2025-03-06 09:00" },
    -- and "before" a thing without an hour is still not understood
    { "tomorrow 3pm before the meeting", "2025-03-06 15:00?" },
  })
  reads("Europe/Paris", "FR", {
    { "bitte nicht vor 9 Uhr, morgen 9:30 passt", "2025-03-06 09:30" },
    { "pas avant 10h, demain 11h c'est bien", "2025-03-06 11:00" },
    { "ich arbeite bis 18 Uhr, bitte erst danach", "2025-03-05 18:00" },
    { "occupé jusqu'à 18h, 19h ok", "2025-03-05 19:00" },
    { "5 baje tak busy hu, uske baad", "2025-03-05 17:00?" },
    { "trabajo hasta las 18, llámame después", "2025-03-05 18:00" },
    { "não ligue antes das 9h, amanhã às 10h pode", "2025-03-06 10:00" },
    { "kal 10 baje se pehle mat karna, 11 baje karna", "2025-03-06 11:00" },
  })
end)

describe("an hour beside one that is refused or put right", function()
  for _, case in ipairs { { "not 3, 4", "16:00" }, { "4 not 5", "16:00" }, { "3 *4", "16:00" },
    { "5 is bad, 6", "18:00" }, { "not 4 but 5", "17:00" }, { "change from 3 to 4", "16:00" } } do
    it("answers when a time was asked for: " .. case[1], function()
      local found = assert(time.find(case[1], support.context { asked = "time" }))
      assert.equal("2025-03-05 " .. case[2], support.shown(found.value.at))
    end)
  end
end)

describe("a correction", function()
  reads("America/New_York", "US", {
    { "9am tmrw... scratch that, 10.30am", "2025-03-06 10:30" },
    { "1pm tomorrow *2pm", "2025-03-06 14:00" }, { "tomorrow 2pm\n3pm*", "2025-03-06 15:00" },
    { "5pm -> 6pm", "2025-03-05 18:00" }, { "friday 3pm → 4pm", "2025-03-07 16:00" },
    { "tues 10am --> weds 10am", "2025-03-12 10:00" },
    { "mon ~~10am~~ 11am", "2025-03-10 11:00" },
    { "tomorrow 11am sry 12pm", "2025-03-06 12:00" },
    { "friday 2pm. Forget that, monday 9am", "2025-03-10 09:00" },
    { "2pm today, never mind, 4pm", "2025-03-05 16:00" },
    { "thurs 4pm. scrap that - friday same time", "2025-03-07 16:00" },
    { "change it from 2pm to 4pm tomorrow", "2025-03-06 16:00" },
    { "move it from friday 2pm to monday 2pm", "2025-03-10 14:00" },
    { "can we move the call from 2pm to 3pm", "2025-03-05 15:00" },
    { "change my 11am to 2pm", "2025-03-05 14:00" },
    { "tomorrow 10am... 11am i mean", "2025-03-06 11:00" },
    { "tomorrow 3am, I mean pm", "2025-03-06 15:00" },
    { "please push friday 10am to monday 9am", "2025-03-10 09:00" },
    { "10am friday, changed my mind, 11am", "2025-03-07 11:00" },
    { "tomorrow 3pm. No - 4.", "2025-03-06 16:00" },
    { "my 3pm call needs to be 4pm", "2025-03-05 16:00" },
    { "wait until 3pm please", "2025-03-05 15:00" },
    -- stars that mark what matters, and what is sorry about something else
    { "call me *friday* at *3pm*", "2025-03-07 15:00" }, { "*tomorrow 3pm*", "2025-03-06 15:00" },
    { "sorry for the wait, tomorrow 3pm works", "2025-03-06 15:00" },
    { "3pm ~ 5pm", "2025-03-05 15:00" },
  })
  reads("Europe/Paris", "FR", {
    { "morgen um 9, nein, um 10 Uhr", "2025-03-06 10:00" },
    { "demain 9h, pardon, 10h", "2025-03-06 10:00" },
    { "demain 15h, oubliez, 16h", "2025-03-06 16:00" },
    { "mañana a las 15, ay no, a las 16", "2025-03-06 16:00" },
    { "viernes a las 10, no, a las 11", "2025-03-07 11:00" },
    { "mañana a las 16, digo, a las 17", "2025-03-06 17:00" },
    { "amanhã às 9h, ou melhor, às 10h", "2025-03-06 10:00" },
  })
end)
