-- spec/parse/clause_spec.lua: a time of a tale is no wish, and of two times the wish is meant.
local support = require "spec.parse.support"
local time = require "parse.time"

local function find(text, changes)
  return time.find(text, support.context(changes))
end

local function found_at(text)
  local found = find(text)
  return found and support.shown(found.value.at), found and found.sure
end

describe("a time of a tale is no wish", function()
  for _, text in ipairs {
    "your invoice of 2 January is wrong", "warranty till 14 feb, is it valid",
    "my flight is at 7pm tomorrow, is it confirmed?", "order of 12 February has not come",
    "my subscription renews on 5 april", "delivery was promised for today 3pm, where is it",
    "your agent promised to call me on monday at 10am", "the router was installed friday 3pm",
    "the 10:15 bus never showed up", "in 2 days my trial ends, how do I cancel",
    "which offers end with you tomorrow at 3pm?",
    "what time do you close on friday?", "are you open on sunday?", "how late are you open tonight",
    "the meeting on monday went well", "charged on 3 May and 5 May, why",
    "mon contrat se termine le 30 avril", "when I came home yesterday at 5",
    "minha fatura de 3 de abril está errada",
    "mi pedido del 10 de mayo no ha llegado", "Haben Sie am Samstag offen?",
    "kal 3 baje se net band hai", "my invoice: 12 April",
    "call me about the invoice of 2 april",
    "I read your mail from tuesday",
    "yesterday at 5pm the router died", "I've been trying to call since 9am",
    "your agent said she would call me at 3pm", "I work monday to friday",
    "mañana a las 15 tengo médico", "demain à 15h j'ai un rendez-vous",
    "why did you call at 8am?", "can't take a call at 3pm tomorrow",
    "please cancel my call tomorrow at 3pm",
  } do
    it(text, function()
      local found, err = find(text)
      assert.is_nil(found)
      assert.is_truthy(err.reason == "nothing" or err.reason == "past")
    end)
  end

  it("not even where a time was asked for", function()
    assert.is_nil(find("my order of 12 April is late", { asked = "time" }))
  end)
end)

describe("of two times the wish is meant", function()
  for _, case in ipairs {
    { "my plan ends 31/3, ring me thursday 9am", "2025-03-06 09:00" },
    { "my insurance runs out on April 15 at 12, phone me today at 5pm", "2025-03-05 17:00" },
    { "the engineer comes today at 4pm, call me at 2pm the same day", "2025-03-05 14:00" },
    { "I get back on sunday night, monday 11am", "2025-03-10 11:00" },
    { "flight leaves saturday 6am so call me friday at 4pm", "2025-03-07 16:00" },
    { "I fly at 6pm tomorrow so call me at 7pm", "2025-03-06 19:00" },
    { "call me at 3pm today, the invoice of 2 april is wrong", "2025-03-05 15:00" },
    { "please call tomorrow at 3pm about the invoice of 2 april", "2025-03-06 15:00" },
    { "charged on 1 May and again 2 May, please call 7 March at 11am", "2025-03-07 11:00" },
    { "I was told monday. Tomorrow 3pm works", "2025-03-06 15:00" },
    { "I'm travelling until friday, call me monday 10am", "2025-03-10 10:00" },
    { "we eat at 7pm, call tomorrow at 3pm", "2025-03-06 15:00" },
    { "no antes de las 14; mañana a las 14:30", "2025-03-06 14:30" },
    { "exam on friday morning so friday at 3pm please", "2025-03-07 15:00" },
    { "my exam was yesterday, tomorrow at 3pm is fine", "2025-03-06 15:00" },
    { "Der Vertrag endet am 31.3., bitte morgen um 14 Uhr anrufen", "2025-03-06 14:00" },
    { "el contrato vence el 30 de junio, llámame mañana a las 14", "2025-03-06 14:00" },
  } do
    it(case[1], function() assert.same({ case[2], true }, { found_at(case[1]) }) end)
  end

  it("but where no word says so, it is asked", function()
    local found = find "monday 3pm. friday 5pm"
    assert.is_false(found.sure)
    assert.equal(2, #found.value.readings)
    assert.same({ "two" }, found.assumed)
  end)

  it("and an hour of the day of a tale is not sure, unless that is a day like tomorrow", function()
    local at, sure = found_at "my train leaves friday at 3pm, call me at 5pm"
    assert.same({ "2025-03-07 17:00", false }, { at, sure })
  end)
end)

describe("a thing or a tale in a message makes no other time a tale", function()
  for _, text in ipairs {
    "I'd like a call about my invoice tomorrow at 3pm", "my order is late, call me tomorrow 3pm",
    "tomorrow 3pm, it is about my bill", "I was charged twice. Tomorrow 3pm please",
    "can't talk right now, tomorrow 3pm", "tomorrow 3pm but I may not pick up right away",
    "I was hoping for tomorrow at 3pm", "my internet crashed please call tomorrow 3pm",
    "you called me but I was busy, tomorrow at 3pm works",
    "tomorrow 3pm since monday doesn't work", "about my order: tomorrow 3pm please",
    "tomorrow 3pm, kids are noisy before that", "we are closed on mondays, tomorrow 3pm works",
    "tomorrow 3pm it's about a refund I never got", "had a rough night, tomorrow 3pm please",
    "as promised call me tomorrow 3pm", "a call for 6 march 3pm about my renewal",
    "I am worried about the loan, can we talk tomorrow at 3pm",
  } do
    it(text, function() assert.same({ "2025-03-06 15:00", true }, { found_at(text) }) end)
  end

  it("but a length beside a day and its hour is not sure", function()
    assert.same({ "2025-03-06 15:00", false }, { found_at "after 2 hours on hold: tomorrow 3pm" })
  end)

  it("but a day alone behind a tale is not sure", function()
    local _, sure = found_at "are you open on monday? it's a holiday then, tuesday?"
    assert.is_false(sure)
  end)

  it("but among words of both it is not sure", function()
    for _, text in ipairs { "my delivery tomorrow at 3pm works for me" } do
      assert.same({ "2025-03-06 15:00", false }, { found_at(text) })
    end
  end)
end)

describe("what a word says of times", function()
  for _, language in ipairs { "en", "es", "de", "hi" } do
    it("stands once and is known: " .. language, function()
      local known = { wish = true, tale = true, told = true, past = true, report = true,
        please = true, joint = true, ["and"] = true, ending = true, plain = true,
        since = true, about = true }
      local seen = {}
      for what, list in pairs(require("parse.words_" .. language).says) do
        assert.is_true(known[what], what)
        for word in list:gmatch "%S+" do
          assert.is_nil(seen[word], word)
          seen[word] = what
        end
      end
    end)
  end
end)
