local support = require "spec.parse.support"
local hours = require "parse.hours"
local time = require "parse.time"

local context, shown = support.context, support.shown

local function find(text, changes)
  local found, err = time.find(text, context(changes))
  return found and shown(found.value.at, changes and changes.zone) or err.reason, found, err
end

-- Said on Wednesday 5 March 2025 at 10:15 in New York.
local CASES = {
  ["a clock time"] = {
    { "15:00 hrs", "2025-03-05 15:00" }, { "half 3 tomorrow", "2025-03-06 15:30" },
    { "3 pm", "2025-03-05 15:00" }, { "9 am", "2025-03-06 09:00" }, { "15:30", "2025-03-05 15:30" },
    { "at 16h30", "2025-03-05 16:30" }, { "half past 4", "2025-03-05 16:30" },
    { "quarter to six", "2025-03-05 17:45" }, { "seven thirty p.m.", "2025-03-05 19:30" },
    { "at noon", "2025-03-05 12:00" }, { "midnight", "2025-03-06 00:00" },
    { "20 past 3pm", "2025-03-05 15:20" }, { "at 1030", "2025-03-05 10:30" },
    { "1400 hrs", "2025-03-05 14:00" }, { "5ish", "2025-03-05 17:00" },
    { "ten to five", "2025-03-05 16:50" }, { "5 to 4 in the afternoon", "2025-03-05 15:55" },
    { "15 to noon", "2025-03-05 11:45" },
    { "12:00 midnight", "2025-03-06 00:00" }, { "12nn tomorrow", "2025-03-06 12:00" },
    { "3pm tomorrow, London", "2025-03-06 10:00" }, { "Fri 14 at 10am", "2025-03-14 10:00" },
    { "Dec 9th 1630 hrs", "2025-12-09 16:30" },
    { "friday 12 nn", "2025-03-07 12:00" }, { "12:30 mn", "2025-03-06 00:30" },
    { "12 n tomorrow", "2025-03-06 12:00" }, { "twelve noon on friday", "2025-03-07 12:00" },
    { "12.30 noon tomorrow", "2025-03-06 12:30" }, { "tomorrow 2 noon", "2025-03-06 14:00" },
    { "12 o'clock midnight", "2025-03-06 00:00" },
    { "twenty to five", "2025-03-05 16:40" }, { "twenty-five to five", "2025-03-05 16:35" },
    { "4 : 30 pm", "2025-03-05 16:30" }, { "4;30 pm", "2025-03-05 16:30" },
    { "4-30 pm", "2025-03-05 16:30" }, { "16.30 hrs", "2025-03-05 16:30" },
    { "fifteen hundred hours", "2025-03-05 15:00" },
    { "mid day tomorrow", "2025-03-06 12:00" }, { "same time tomorrow", "2025-03-06 10:15" },
    { "three quarters past 2pm", "2025-03-05 14:45" }, { "at 4 20 please", "2025-03-05 16:20" },
    { "friday noon, 12:15", "2025-03-07 12:15" }, { "0:45 tonight", "2025-03-06 00:45" },
    { "same time next week", "2025-03-12 10:15" }, { "this time next month", "2025-04-05 10:15" },
  },
  ["a day"] = {
    { "tomorrow at 3pm", "2025-03-06 15:00" }, { "tmrw 3pm", "2025-03-06 15:00" },
    { "day after tomorrow noon", "2025-03-07 12:00" }, { "friday 2pm", "2025-03-07 14:00" },
    { "wed 3pm", "2025-03-05 15:00" }, { "wed 9am", "2025-03-12 09:00" },
    { "tmoz 3pm", "2025-03-06 15:00" }, { "tomorrwo 3pm", "2025-03-06 15:00" },
    { "thrsday 3pm", "2025-03-06 15:00" }, { "frisay afetrnoon 3", "2025-03-07 15:00" },
    { "montga 15 uhr, freitag", "2025-03-10 15:00" }, { "monetary, 3pm", "2025-03-05 15:00" },
    { "close of business friday", "2025-03-07 17:00" },
    { "wednesday 9:30", "2025-03-12 09:30" }, { "this wednesday at 9", "2025-03-12 09:00" },
    { "wednesday at 4", "2025-03-05 16:00" }, { "wednesday morning 8", "2025-03-12 08:00" },
    { "next friday 2pm", "2025-03-14 14:00" }, { "friday next week at 2pm", "2025-03-14 14:00" },
    { "3pm on march 7", "2025-03-07 15:00" }, { "7 march 10am", "2025-03-07 10:00" },
    { "jan 2 9am", "2026-01-02 09:00" }, { "the 14th at 3pm", "2025-03-14 15:00" },
    { "friday the 14th 3pm", "2025-03-14 15:00" }, { "2025-03-07T15:00", "2025-03-07 15:00" },
    { "25/12 5pm", "2025-12-25 17:00" }, { "a week from tomorrow at noon", "2025-03-13 12:00" },
    { "2 days after next friday at 9am", "2025-03-16 09:00" },
    { "first tuesday in october 1pm", "2025-10-07 13:00" }, { "xmas at 6 pm", "2025-12-25 18:00" },
    { "monday.com integration on monday 1pm", "2025-03-10 13:00" },
    { "3pm on the last day of april", "2025-04-30 15:00" },
    { "the last day of this month at 9am", "2025-03-31 09:00" },
    { "two days before thanksgiving at 3pm", "2025-11-25 15:00" },
    { "the monday after christmas at noon", "2025-12-29 12:00" },
    { "on the 2nd sunday of may at 4pm", "2025-05-11 16:00" },
    { "on the 14th, friday, at 3pm", "2025-03-14 15:00" }, { "31.3. at 3pm", "2025-03-31 15:00" },
    { "24.12. at 3pm", "2025-12-24 15:00" }, { "3pm on 14th april 26", "2026-04-14 15:00" },
    { "14th april 15", "2025-04-14 15:00" }, { "21-03-2025\n10:30 AM", "2025-03-21 10:30" },
    { "a call for one hour tomorrow at 10am", "2025-03-06 10:00" },
    { "the second day of june at 1pm", "2025-06-02 13:00" },
    { "2pm on the first friday of the month", "2025-03-07 14:00" },
    { "the last tuesday of the month, 3pm", "2025-03-25 15:00" },
    { "2026-jan-5 at 9am", "2026-01-05 09:00" }, { "noon on MLK day", "2026-01-19 12:00" },
    { "presidents' day 2pm", "2026-02-16 14:00" }, { "satarday 3pm", "2025-03-08 15:00" },
    { "this week-end at 2pm", "2025-03-08 14:00" }, { "later this week", "2025-03-06 09:00" },
    { "later in the week at 2pm", "2025-03-06 14:00" },
    { "memorial day eve at noon", "2025-05-25 12:00" },
    { "new year's eve 2026 at noon", "2026-12-31 12:00" },
    { "week today saturday 2026-03-04 at noon", "2026-03-04 12:00" },
    { "from 20 july to 23 july", "2025-07-20 09:00" }, { "friday (7 mar) 3pm", "2025-03-07 15:00" },
    { "2 may next year at 9am", "2026-05-02 09:00" },
    { "19 june twenty thirty", "2030-06-19 09:00" },
    { "monday first up", "2025-03-10 08:00" },
    { "thu 13 march 15.30h", "2025-03-13 15:30" }, { "16h tomorrow", "2025-03-06 16:00" },
    { "two weeks tomorrow at 3pm", "2025-03-20 15:00" },
  },
  ["a part of a day"] = {
    { "tomorrow afternoon", "2025-03-06 14:00" }, { "tonight", "2025-03-05 20:00" },
    { "tomorrow morning at 11", "2025-03-06 11:00" }, { "8 tomorrow evening", "2025-03-06 20:00" },
    { "during my lunch break", "2025-03-05 12:30" },
    { "late morning tomorrow", "2025-03-06 11:00" }, { "after lunch", "2025-03-05 14:00" },
    { "fri pm", "2025-03-07 14:00" }, { "weekday mornings", "2025-03-05 10:30" },
    { "this morning", "2025-03-05 10:30" }, { "tonight at 1", "2025-03-06 01:00" },
  },
  ["from now"] = {
    { "1h30 from now", "2025-03-05 11:45" }, { "in 2h30m", "2025-03-05 12:45" },
    { "in 1 hour 10", "2025-03-05 11:25" }, { "in 2hrs15", "2025-03-05 12:30" },
    { "in 2 1/2 hours", "2025-03-05 12:45" }, { "in 1½ hours", "2025-03-05 11:45" },
    { "in 1:30 hours", "2025-03-05 11:45" }, { "in 3/4 of an hour", "2025-03-05 11:00" },
    { "after 16:30 hrs", "2025-03-05 16:30" }, { "in 2 days at 3pm", "2025-03-07 15:00" },
    { "in 2 hours 30 people come", "2025-03-05 12:15" }, { "dedh ghante mein", "2025-03-05 11:45" },
    { "in anderthalb Stunden", "2025-03-05 11:45" }, { "en hora y media", "2025-03-05 11:45" },
    { "in 2 hours", "2025-03-05 12:15" }, { "in half an hour", "2025-03-05 10:45" },
    { "in 2 and a half hours", "2025-03-05 12:45" }, { "30 minutes from now", "2025-03-05 10:45" },
    { "in 1 day, 2 hours", "2025-03-06 12:15" }, { "now please", "2025-03-05 10:15" },
    { "ninety minutes from now", "2025-03-05 11:45" }, { "in 5-10 minutes", "2025-03-05 10:20" },
    { "in one or two hours", "2025-03-05 11:15" }, { "an hour or so from now", "2025-03-05 11:15" },
    { "in 1h45", "2025-03-05 12:00" }, { "in 10 more minutes", "2025-03-05 10:25" },
    { "in about ~2 hours", "2025-03-05 12:15" },
    { "in like an hour", "2025-03-05 11:15" }, { "as early as possible", "2025-03-05 10:15" },
    { "asap", "2025-03-05 10:15" }, { "in 3 days at 5pm", "2025-03-08 17:00" },
  },
  ["a span, by its start,"] = {
    { "tomorrow only between 2 and 4 in the afternoon, else monday", "2025-03-06 14:00" },
    { "between 3 and 5pm", "2025-03-05 15:00" }, { "11-1pm", "2025-03-05 11:00" },
    { "tomorrow from 3:30 to six p.m.", "2025-03-06 15:30" }, { "after 6 pm", "2025-03-05 18:00" },
    { "monday to friday after 6pm", "2025-03-10 18:00" }, { "not before 4pm", "2025-03-05 16:00" },
    { "before noon tomorrow", "2025-03-06 11:00" }, { "I am busy until 4", "2025-03-05 16:00" },
    { "in a meeting till 1pm", "2025-03-05 13:00" }, { "working until 6", "2025-03-05 18:00" },
    { "don't call before 3", "2025-03-05 15:00" },
    { "after 1:30 but before 5 on thursday", "2025-03-06 13:30" },
    { "from the 13th to the 15th of july at 3pm", "2025-07-13 15:00" },
    { "eighth to eleventh of october at 2pm", "2025-10-08 14:00" },
  },
  ["one of several times"] = {
    { "tomorrow 3pm or friday 5pm", "2025-03-06 15:00" }, { "3 or 4 pm", "2025-03-05 15:00" },
    { "at 3pm, no wait, 4pm", "2025-03-05 16:00" }, { "tomorrow at 3pm, sorry, 4pm",
      "2025-03-06 16:00" },
    { "at 8pm tonight, or tomorrow", "2025-03-05 20:00" },
    { "Mon/Tue 3pm", "2025-03-10 15:00" },
    { "tomorrow, or maybe saturday", "2025-03-06 09:00" },
    { "either 3 or 4 tomorrow", "2025-03-06 15:00" },
    { "not today, tomorrow 3pm", "2025-03-06 15:00" }, { "4pm instead of 3pm", "2025-03-05 16:00" },
    { "3:00, 3:30 or 4:00 tomorrow", "2025-03-06 15:00" },
    { "I can't do tomorrow, friday 3pm", "2025-03-07 15:00" },
    { "monday doesn't work, tuesday at 3pm", "2025-03-11 15:00" },
    { "4pm, actually make it 5", "2025-03-05 17:00" },
    { "my slot is 11am, can I change it to 1pm", "2025-03-05 13:00" },
    { "I get off work at 5, call me at 6pm", "2025-03-05 18:00" },
    { "I am not available tomorrow but friday 2pm works", "2025-03-07 14:00" },
    { "1) 415-555-2671 2) tomorrow 3pm", "2025-03-06 15:00" },
    { "we land at 5pm tomorrow, so ring at 6pm", "2025-03-06 18:00" },
    { "I rang you yesterday. My mobile is 415-555-2671. 4pm today", "2025-03-05 16:00" },
    { "friday first thing? no - just friday 11am", "2025-03-07 11:00" },
    { "tomorrow from 10 to 4 apart from 1pm", "2025-03-06 10:00" },
    { "I teach until 2pm", "2025-03-05 14:00" },
    { "I ordered it on monday, call me tomorrow at 1pm", "2025-03-06 13:00" },
    { "it broke yesterday at 5pm, call me tomorrow at 9am", "2025-03-06 09:00" },
  },
  ["a week by its number or one of its days"] = {
    { "wednesday 4pm, week 12", "2025-03-19 16:00" },
    { "week 12, tuesday 10am", "2025-03-18 10:00" }, { "wk 12 fri 3pm", "2025-03-21 15:00" },
    { "tuesday of week 7 at 3pm", "2026-02-10 15:00" },
    { "thursday cw12, 2pm", "2025-03-20 14:00" },
    { "KW 12 Dienstag 15 Uhr", "2025-03-18 15:00" },
    { "semana 12, martes 15:00", "2025-03-18 15:00" },
    { "week 10 friday 3pm", "2025-03-07 15:00" }, { "week 53 monday 3pm", "2026-12-28 15:00" },
    { "wk11 Thu 13/3/2025 at 9am", "2025-03-13 09:00" }, { "week 12", "2025-03-17 09:00" },
    { "w/c 17 march, tuesday 10am", "2025-03-18 10:00" },
    { "week commencing 3 march, friday 2pm", "2025-03-07 14:00" },
    { "2nd week of april, thursday 3pm", "2025-04-10 15:00" },
    { "a week from 17 march at 3pm", "2025-03-24 15:00" },
    { "last week of november, tuesday 3pm", "2025-11-25 15:00" },
    { "on week 6 of the trial, call friday 3pm", "2025-03-07 15:00" },
    { "thursday week 3pm", "2025-03-13 15:00" },
  },
  ["a zone in the text"] = {
    { "3pm PST", "2025-03-05 18:00" }, { "tomorrow 10am GMT", "2025-03-06 05:00" },
    { "noon PT tomorrow", "2025-03-06 15:00" }, { "3pm london time", "2025-03-06 10:00" },
    { "15:00 UTC+05:30 tomorrow", "2025-03-06 04:30" },
    { "2025-11-05T08:15:00-08:00", "2025-11-05 11:15" },
    { "Sat, 22 Mar 2025 11:50:48 -0500", "2025-03-22 12:50" },
    { "22 Mar 2025 04:12:00 +0000", "2025-03-22 00:12" }, { "3pm (New York)", "2025-03-05 15:00" },
    { "3pm west coast time", "2025-03-05 18:00" },
    { "tomorrow 2pm Europe/Paris", "2025-03-06 08:00" },
    { "10am Pacific/Auckland time", "2025-03-05 16:00" },
    { "tomorrow 3pm america/los angeles", "2025-03-06 18:00" },
    { "tomorrow 9:30am (America/Argentina/Buenos_Aires)", "2025-03-06 07:30" },
    { "3pm Etc/GMT+3 tomorrow", "2025-03-06 13:00" }, { "US/Pacific 3pm", "2025-03-05 18:00" },
    { "Europe/Madrid: friday 18:00", "2025-03-07 12:00" }, { "GMT-3 3pm", "2025-03-05 13:00" },
    { "EST 3pm tomorrow", "2025-03-06 15:00" }, { "tomorrow 3pm UTC+0530", "2025-03-06 04:30" },
    { "tomorrow 3pm UTC+530", "2025-03-06 04:30" }, { "tomorrow 3pm GMT-0300", "2025-03-06 13:00" },
    { "I am in Asia/Kolkata, call me friday at 3pm", "2025-03-07 04:30" },
    { "tomorrow at 3pm please, my clocks are GMT+1", "2025-03-06 09:00" },
    { "3pm Warsaw time tomorrow", "2025-03-06 09:00" },
    { "10am mountain standard time tomorrow", "2025-03-06 12:00" },
    { "we eat at 3pm PST", "2025-03-05 18:00" }, { "we met, 3pm tomorrow", "2025-03-06 15:00" },
    { "tomorrow 3pm for europe/asia and us/uk", "2025-03-06 15:00" },
  },
  ["Spanish"] = {
    { "mañana a las 3 de la tarde", "2025-03-06 15:00" }, { "pasado mañana a mediodía",
      "2025-03-07 12:00" },
    { "el lunes a las 10 de la mañana", "2025-03-10 10:00" }, { "en 2 horas", "2025-03-05 12:15" },
    { "el 5 de abril a las tres y media de la tarde", "2025-04-05 15:30" },
    { "MAÑANA A MEDIODÍA", "2025-03-06 12:00" },
    { "el miércoles que viene a mediodía", "2025-03-12 12:00" },
    { "la semana que viene", "2025-03-10 09:00" }, { "dentro de 2 días", "2025-03-07 09:00" },
  },
  ["Hindi in Latin letters"] = {
    { "kal 4 baje", "2025-03-06 16:00" }, { "aaj shaam 6 baje call karo", "2025-03-05 18:00" },
    { "parso subah 10 baje", "2025-03-07 10:00" }, { "sir tomorrow 11 baje", "2025-03-06 11:00" },
    { "somvar ko sadhe 4 baje", "2025-03-10 16:30" }, { "2 ghante baad", "2025-03-05 12:15" },
    { "10 minute baad", "2025-03-05 10:25" },
    { "shukrawar dopahar", "2025-03-07 14:00" }, { "kal mat karo", "nothing" },
  },
  ["German"] = {
    { "morgen um 15 Uhr", "2025-03-06 15:00" }, { "übermorgen nach 16 Uhr", "2025-03-07 16:00" },
    { "am Montag um halb vier bitte", "2025-03-10 15:30" },
    { "Freitag viertel nach drei", "2025-03-07 15:15" }, { "heute Abend", "2025-03-05 20:00" },
    { "am 4. April um 9:30 Uhr", "2025-04-04 09:30" }, { "in zwei Stunden", "2025-03-05 12:15" },
    { "nächsten Dienstag Nachmittag", "2025-03-11 14:00" }, { "morgen früh", "2025-03-06 09:00" },
    { "können Sie mich morgen zwischen 14 und 16 Uhr anrufen?", "2025-03-06 14:00" },
    { "Übermorgen um 15 Uhr", "2025-03-07 15:00" }, { "um 3 am Montag", "2025-03-10 15:00" },
    { "Montag 9am", "2025-03-10 09:00" }, { "am 7. um 15 Uhr", "2025-03-07 15:00" },
    { "morgen um 15 Uhr ist gut", "2025-03-06 15:00" }, { "in 30 Minuten", "2025-03-05 10:45" },
    { "am 7.3. um 15 Uhr", "2025-03-07 15:00" }, { "morgen 15 Uhr 05", "2025-03-06 15:05" },
    { "Montag at 3 am", "2025-03-10 03:00" }, { "um 15 Uhr 12. März", "2025-03-12 15:00" },
    { "in einer halben Stunde", "2025-03-05 10:45" },
    { "guten Morgen", "nothing" }, { "nicht heute, lieber morgen um 11 Uhr", "2025-03-06 11:00" },
  },
  ["no time"] = {
    { "hello", "nothing" }, { "Morning!", "nothing" }, { "the sun is hot", "nothing" },
    { "version 3.30", "nothing" }, { "I have 3 dogs", "nothing" }, { "order 1230", "nothing" },
    { "call 415-555-2671", "nothing" }, { "my order from 2024", "nothing" }, { "we are open 24/7",
      "nothing" },
    { "may I ask something", "nothing" }, { "3", "nothing" }, { "I have been waiting 2 hours",
      "nothing" },
    { "it is 2 late", "nothing" }, { "sat on hold", "nothing" },
    { "3 business days from now", "nothing" }, { "size 10 to 12", "nothing" },
    { "it has been like this for 4 days now", "nothing" }, { "so now it's broken", "nothing" },
    { "I'm just now in a meeting", "nothing" }, { "what happens now?", "nothing" },
    { "now it is 415-555-2671", "nothing" }, { "the one ending in 1130", "nothing" },
    { "why is it €8.50 now", "nothing" },
    { "flat 2, 12 may road", "nothing" }, { "my code is SUN20", "nothing" },
    { "we met on 3 june last year", "past" }, { "one hundred", "nothing" },
    { "enjoy, have a nice weekend", "nothing" },
    { "we are on the 2nd floor", "nothing" }, { "my rating is 8/10", "nothing" },
    { "I want 3 more", "nothing" },
    { "wed like a refund", "nothing" }, { "24:30", "invalid" },
    { "I called at 9am and nobody answered", "past" }, { "I ordered on friday", "past" },
    { "yesterday at 5pm", "past" }, { "2 hours ago", "past" }, { "this morning at 8", "past" },
    { "31 feb at 3pm", "impossible" }, { "30/02/2026", "impossible" }, { "25:00", "invalid" },
    { "13 pm", "invalid" },
  },
}

for what, cases in pairs(CASES) do
  describe(what, function()
    for _, case in ipairs(cases) do
      it(("is read from \"%s\""):format(case[1]), function() assert.equal(case[2],
        (find(case[1]))) end)
    end
  end)
end

describe("what the bot asked", function()
  it("makes a lone figure a time", function()
    assert.equal("2025-03-05 15:00", (find("3", { asked = "time" })))
    assert.equal("2025-03-05 15:00", (find("3 please", { asked = "time" })))
    assert.equal("2025-03-05 16:00", (find("like 4", { asked = "time" })))
    assert.equal("2025-03-05 10:25", (find("10 minutes", { asked = "time" })))
    assert.equal("2025-03-05 15:00", (find("3-4", { asked = "time" })))
    assert.equal("2025-03-05 15:30", (find("330", { asked = "time" })))
    assert.equal("nothing", (find("330", { asked = "both" })))
    assert.equal("2025-03-05 17:00", (find("5 or 6", { asked = "time" })))
    assert.equal("nothing", (find("5 or 6 people", { asked = "time" })))
  end)
end)

describe("an hour without am or pm", function()
  it("has two readings, the likely one first", function()
    local _, found = find "tomorrow at 3"
    assert.is_false(found.sure)
    assert.equal("2025-03-06 15:00", shown(found.value.readings[1]))
    assert.equal("2025-03-06 03:00", shown(found.value.readings[2]))
  end)

  it("is one of the morning where the span ends after noon", function()
    local at, found = find "tomorrow 9 to 5"
    assert.equal("2025-03-06 09:00", at)
    assert.is_true(found.sure)
    assert.equal("2025-03-05 22:00", (find "tonight 10 to 2"))
  end)

  it("is settled by the opening hours", function()
    local _, found = find("tomorrow at 3", { hours = hours.read "Mon-Fri 09:00-18:00" })
    assert.is_true(found.sure)
    assert.is_nil(found.value.readings)
  end)

  it("is settled by opening hours of another zone", function()
    -- Office hours in Kolkata are the night and the morning of New York.
    local changes = { hours = hours.read "Mon-Fri 09:00-18:00", hours_zone = "Asia/Kolkata" }
    assert.equal("2025-03-06 07:00", (find("tomorrow at 7", changes)))
    assert.equal("2025-03-06 05:00", (find("tomorrow at 5", changes)))
  end)

  it("has one reading when the other is over", function()
    local at, found = find "today at 9"
    assert.equal("2025-03-05 21:00", at)
    assert.is_true(found.sure)
  end)
end)

describe("your time", function()
  it("is that of the office", function()
    assert.equal("2025-03-05 12:00", (find("5pm your time", { hours_zone = "Europe/London" })))
    assert.equal("2025-03-05 17:00", (find("5pm your time")))
    assert.equal("2025-03-06 10:00", (find("tomorrow 3pm (your timezone)",
      { hours_zone = "Europe/London" })))
  end)
end)

describe("a closed hour", function()
  it("comes with the next open moment", function()
    local _, found = find("sunday 7pm", { hours = hours.read "Mon-Fri 09:00-18:00" })
    assert.equal("2025-03-10 09:00", shown(found.closed))
  end)

  it("is not chosen for a part of a day or a day", function()
    local open = { hours = hours.read "Mon-Fri 10:00-12:00, 15:00-18:00" }
    assert.equal("2025-03-06 15:00", (find("tomorrow afternoon", open)))
    assert.equal("2025-03-06 10:00", (find("tomorrow", open)))
  end)
end)

describe("a time agreed on before", function()
  local function agreed(text)
    return time.find(text, context())
  end

  it("keeps its day when the hour changes, and its half of the day", function()
    local previous = agreed "friday at 3pm"
    assert.equal("2025-03-07 17:00", (find("no, make it 5", { previous = previous })))
    assert.equal("2025-03-07 16:30", (find("4:30 instead", { previous = previous })))
    assert.equal("2025-03-07 09:00", (find("9am", { previous = previous })))
  end)

  it("changes its half of the day where nobody would be awake otherwise", function()
    local CHANGES = {
      { "friday at 11am", "make it 12", "12:00" }, { "friday at 11am", "make it 1", "13:00" },
      { "friday at 9am", "make it 5", "17:00" }, { "friday at 8pm", "make it 10", "22:00" },
      { "friday at 3pm", "make it 10", "10:00" }, { "friday at 3am", "make it 4", "04:00" },
      { "friday at 8am", "make it 7:30", "07:30" },
    }
    for _, case in ipairs(CHANGES) do
      assert.equal("2025-03-07 " .. case[3], (find(case[2], { previous = agreed(case[1]) })))
    end
  end)

  it("keeps its hour when the day changes", function()
    local previous = agreed "friday at 3pm"
    assert.equal("2025-03-10 15:00", (find("actually monday", { previous = previous })))
  end)

  it("is what \"earlier\" and \"later\" count from", function()
    local previous = agreed "friday at 3pm"
    assert.equal("2025-03-07 14:00", (find("an hour earlier", { previous = previous })))
    assert.equal("2025-03-07 16:00", (find("one hour later", { previous = previous })))
  end)

  it("is what days are counted from", function()
    local DAYS = {
      { "the following day", "2025-03-08 15:00" },
      { "same time the day after", "2025-03-08 15:00" },
      { "the day before", "2025-03-06 15:00" }, { "one day later", "2025-03-08 15:00" },
      { "a day earlier", "2025-03-06 15:00" }, { "same time next week", "2025-03-14 15:00" },
      { "same day next week", "2025-03-14 15:00" }, { "move it to monday", "2025-03-10 15:00" },
    }
    for _, case in ipairs(DAYS) do
      assert.equal(case[2], (find(case[1], { previous = agreed "friday at 3pm" })))
    end
    assert.equal("past", (find("the day before", { previous = agreed "today at 3pm" })))
    assert.equal("vague", (find("the day before, at 3pm")))
  end)

  it("is changed by an hour behind words that ask for it, whatever stands before", function()
    local HOURS = {
      { "move it to 5", "17:00" }, { "that is wrong you fools, make it 10", "10:00" },
      { "is 4 possible?", "16:00" }, { "or 4", "16:00" }, { "can't you make it 6?", "18:00" },
      { "am", "03:00" },
    }
    for _, case in ipairs(HOURS) do
      assert.equal("2025-03-07 " .. case[2], (find(case[1], { previous = agreed "friday at 3pm" })))
    end
    assert.equal("nothing", (find("3pm is too early", { previous = agreed "friday at 3pm" })))
    assert.equal("nothing", (find("give me a minute", { previous = agreed "friday at 3pm" })))
  end)

  it("gives way to a whole new time", function()
    local previous = agreed "friday at 3pm"
    assert.equal("2025-03-11 11:00", (find("tuesday 11am", { previous = previous })))
    assert.equal("2025-03-05 12:15", (find("in 2 hours", { previous = previous })))
  end)
end)

describe("daylight saving", function()
  it("moves a missing hour on and says so", function()
    local at, found = find("tomorrow at 2:30am", { now = 1741474800 })
    assert.equal("2025-03-09 03:30", at)
    assert.same({ "gap" }, found.assumed)
  end)

  it("takes the first of a doubled hour", function()
    local _, found = find("tomorrow 1:30am", { now = 1762041600 })
    assert.equal(1762061400, found.value.at)
    assert.same({ "fold" }, found.assumed)
  end)

  it("leaves the hour of another day that could be meant", function()
    local _, found = find "next friday at 3pm"
    assert.equal("2025-03-07 15:00", shown(found.value.readings[2]))
  end)
end)

describe("a time", function()
  it("is never before now, whatever the zone of the text", function()
    local found = time.find("tonight at 9pm PST", context())
    assert.is_true(found.value.at > support.NOW)
  end)

  it("in a week without a day, or at a midnight, is not sure", function()
    for _, text in ipairs { "week 12 at 3pm", "next week at 3pm", "first week of may",
        "week 12 or 13, monday 3pm", "week 2 is over, call friday 3pm", "friday at midnight" } do
      local _, found = find(text)
      assert.is_false(found.sure, text)
    end
  end)

  it("of a part of a weekday that is today may be today's, where that is not over", function()
    local _, found = find "wednesday evening"
    assert.same({ "2025-03-12 18:00", "2025-03-05 18:00" },
      { shown(found.value.readings[1]), shown(found.value.readings[2]) })
    local _, morning = find("wednesday morning", { now = 1741187700 + 3 * 3600 })
    assert.is_true(morning.sure)
  end)

  it("on a weekday whose hour is over is next week's, or today's evening", function()
    local _, found = find "wednesday 9:30"
    assert.same({ "2025-03-12 09:30", "2025-03-05 21:30" },
      { shown(found.value.readings[1]), shown(found.value.readings[2]) })
  end)

  it("names the zone that was said, where it is another", function()
    assert.equal("Europe/London", (time.find("3pm london time", context()).value.said_zone))
    assert.is_nil(time.find("3pm", context()).value.said_zone)
    assert.is_nil(time.find("3pm (New York)", context()).value.said_zone)
  end)

  it("of several hours of a day keeps the day for each", function()
    local list = time.find_all("tomorrow at 3 or 4pm", context())
    assert.equal("2025-03-06 15:00", shown(list[1].value.at))
    assert.equal("2025-03-06 16:00", shown(list[2].value.at))
  end)

  it("tells where it stood, in bytes of the original", function()
    local text = "📞 ok, tomorrow at ３ pm 👍"
    local _, found = find(text)
    assert.equal("tomorrow at ３ pm", text:sub(found.from, found.to))
  end)

  it("is a whole number of seconds", function()
    local texts = { "lunch tomorrow", "late morning tomorrow GMT+2", "friday lunch UTC-3" }
    for _, text in ipairs(texts) do
      assert.equal("integer", math.type(time.find(text, context()).value.at))
    end
  end)

  it("is read in another zone and another order of day and month", function()
    local changes = { now = 1750417800, zone = "Asia/Kolkata", region = "IN" }
    assert.equal("2025-07-05 16:00", (find("05/07 at 4pm", changes)))
  end)

  it("with points has the day first, where the visitor's country writes it so", function()
    local at, found = find("5.3.2026 3pm", { region = "DE" })
    assert.equal("2026-03-05 15:00", at)
    assert.is_true(found.sure)
  end)

  it("has one order of day and month where a weekday tells it", function()
    local at, found = find "tue 3/4 3pm"
    assert.equal("2026-03-04 15:00", at)
    assert.is_false(found.sure)
    at, found = find "fri 4/11 3pm"
    assert.equal("2025-04-11 15:00", at)
    assert.is_true(found.sure)
  end)

  it("is not read from bytes that are no text", function()
    for byte = 128, 255 do
      assert.equal("nothing", (find("5" .. string.char(byte) .. "x p " .. string.char(byte))))
    end
  end)

  it("does not mind an unknown zone", function()
    local found = time.find("tomorrow 3pm", context { zone = "Mars/Base" })
    assert.equal("2025-03-06 15:00", shown(found.value.at, "UTC"))
  end)

  it("says which date does not exist", function()
    local _, _, err = find "31 february at 3pm"
    assert.equal("31 February does not exist.", err.message)
    assert.equal("invalid", err.kind)
  end)

  it("is found beside a phone number", function()
    assert.equal("2025-03-06 15:00", (find "415-555-2671 / tomorrow / 3pm"))
    assert.equal("nothing", (find "at 650-650-6500"))
    assert.equal("nothing", (find "call me at 415 five five five 2671"))
  end)

  it("comes in order with others in find_all", function()
    local list = time.find_all("monday 3pm or tuesday 4pm", context())
    assert.equal("2025-03-10 15:00", shown(list[1].value.at))
    assert.equal("2025-03-11 16:00", shown(list[2].value.at))
    assert.equal(2, #list)
  end)
end)

describe("time.text", function()
  it("shows weekday, date, time and zone", function()
    local _, found = find "tomorrow at 3pm"
    assert.equal("Thursday 6 March at 3:00 PM EST", time.text(found.value))
    assert.equal("Friday 7 March at 1:30 AM IST", time.text(found.value, { zone = "Asia/Kolkata" }))
    assert.equal("Friday 7 March at 1:45 AM GMT+5:45", time.text(found.value,
      { zone = "Asia/Kathmandu" }))
  end)

  it("shows no hour where none was said", function()
    local _, found = find "monday"
    assert.equal("Monday 10 March", time.text(found.value))
  end)

  it("shows the year of a far date", function()
    local _, found = find "3pm on 1 march"
    assert.equal("Sunday 1 March 2026 at 3:00 PM EST", time.text(found.value, context()))
  end)
end)

describe("an assumption", function()
  it("has words for people", function()
    local seen = {}
    for _, text in ipairs { "tomorrow at 3", "9am", "march 1", "3/4 5pm", "in 5", "tonight",
        "3-4pm", "before noon" } do
      local _, found = find(text)
      for _, key in ipairs(found.assumed) do
        assert.is_string(time.assumption(key))
        seen[key] = true
      end
    end
    assert.is_true(seen.half and seen.year and seen.order)
  end)
end)
