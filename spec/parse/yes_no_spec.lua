require "spec.parse.support"
local yes_no = require "parse.yes_no"
local vocabulary = require "parse.yes_no_words"

-- What visitors write to "Is that right?" and "Shall we book it?".
local CASES = {
  yes = {
    "yes", "Yes.", "YES!!", "y", "Y", "yep", "yess", "yesssss", "yeees", "yeah sure", "sure",
    "sure, why not", "why not", "why not?", "ok", "okay then", "k", "kk thanks", "go ahead",
    "yes yes", "yes yes yes!!!", "yes please", "yes pls", "yes, thank you so much", "yes sir",
    "yes please go ahead and book it", "yes, please call me", "yes that is my number",
    "yes, I confirm", "yes that works for me", "ok thanks", "ok bye", "please do", "correct",
    "That is correct", "that's right", "yes that's right", "yes, I'm available", "exactly",
    "absolutely", "of course!", "sounds good to me", "hmm ok", "well yes", "no problem",
    "no worries", "no no wait, yes", "no wait, yes", "👍", "👍🏻", "👍🏿", "👍🏽👍🏽", "👍 thanks",
    "✅",
    "✅ thanks", "✔️", "👌", "👌🏾", "💯", "yes 🙏", "yes 😀🎉", "yes🙂", "yes👍", "sí",
    "SÍ, gracias",
    "claro que sí", "vale", "de acuerdo", "por supuesto", "ja", "Ja, bitte", "jawohl",
    "klar, gerne", "passt mir", "kein Problem", "haan", "haan ji", "theek hai", "ji haan bhai",
    "bilkul", "हाँ", "ठीक है", "जी हाँ, धन्यवाद", "oui", "fine by me", "I'm good with that",
    "perfect, thank you",
    "10-4", "yes and please don't be late", "'yes'", "\"yes\"", "yes - thanks", "yup", "right",
    "of course", "book it", "SÍ", "yes, I am", "it is", "I do", "good idea", "great, see you",
    "great see you then", "yse", "that'll work for me", "you got it", "if you must", "go on then",
    "no changes", "not an issue", "oui merci",
    "nothing to change", "perfect 👍", "alright then", "true", "yes boss", "bro, yes", "_yes_",
    "@yes",
    "yes…", "100%", "O.K.", "mhm", "okie dokie", "leave it as it is", "don't change it",
    "up to you", "I don't mind", "na klar", "geht klar", "hanji", "yes, have a very nice day",
  },
  no = {
    "no", "No!", "n", "N.", "nope", "nooo", "nah", "no no", "no no no", "no thanks",
    "no, thank you", "no thanks, all good", "ok, no thanks", "not really", "not now", "not yet",
    "not today", "no way", "wrong", "that's wrong", "no, that is wrong", "not correct",
    "no friday", "no, make it 5", "no, tomorrow at 3", "nope, later", "don't", "don't call me",
    "please don't do it", "I don't think so", "of course not", "yeah, no", "yeah nah",
    "yes, wait no", "👎", "👎🏼", "❌", "🙅‍♀️", "nein", "Nein danke", "lieber nicht",
    "no, gracias",
    "nahi", "nahi ji", "नहीं", "ji nahi", "I changed my mind", "no thank you",
    "not needed", "hell no",
    "not at all",
    "that is wrong", "incorrect", "cancel", "cancel that please", "stop", "never mind",
    "forget it", "do not call me", "absolutely not", "fuck off", "no that is wrong",
    "not yes", "not confirmed", "I can't", "i cannot, sorry", "I am busy then", "not available",
    "I disagree", "rejected", "bitte nicht", "claro que no", "de ninguna manera", "mat karo",
    "no, keep it",
  },
  -- To be asked again: a condition, a correction, both, a question, somebody's name or address.
  unclear = {
    "", "?", "sure?", "ok?", "yes?", "really?", "are you sure?", "is that correct?",
    "yes but only tomorrow", "yes but not now", "yes if it is free", "yes only tomorrow",
    "only tomorrow", "correct the number", "Noah Smith", "yes i can't", "yes (but not today)",
    "this is Yash", "ok computer", "yes at 5 instead", "yes, tomorrow at 3", "yes later",
    "yes maybe", "maybe",
    "later", "ok but later", "👍 but later", "👍 in the evening", "👍👎", "yes, not today",
    "yes, on my other number", "yes call my wife", "yes the number is wrong",
    "yes I want to change it", "yes except the time", "yes or no", "yes/no", "yes no", "no yes",
    "no no yes", "not no", "I don't say no", "I can't say no", "not wrong",
    "nothing wrong", "no, that's right", "no that's fine", "y.kumar@gmail.com", "yes@no.com",
    "ok@gmail.com", "my email is y.kumar@gmail.com", "n.rao@example.in", "y@x.com", "okcupid.com",
    "yesbank.in", "www.yes.com", "https://yes.com/no", "ok.ru/yes", "yes bank", "Yes Bank",
    "Noah", "Noor", "Yash", "Jana", "Jan Sure", "Ja'far", "Si Woo", "Da Silva", "N. Kumar",
    "Y. Rao", "K. Singh", "y kumar", "Nora No", "no reply", "no-reply", "noreply", "no one",
    "no idea", "no signal", "no. 12, MG Road", "no 5", "1", "2", "5", "+91 98765 43210",
    "I'm good", "I'm good, thanks", "we're good", "I'm fine", "yeah right", "ok.thanks.in",
    "yes-man", "yes_bank", "I'm not sure", "not sure", "I don't know", "right now please",
    "good question", "good morning", "I am in Dubai", "it is my birthday", "noon", "okra",
    "yesterday", "hello", "thanks", "🙏", "🙂", "🤔", "🤷‍♂️", "yes 🤔",
    "what time?",
    "yes what time?", "sí pero mañana", "ja, aber erst morgen", "haan lekin kal", "haha", "ha ha",
    "please", "Sim card", "why?", "can you call now?",
    "my phone has no signal since yesterday evening", "tomorrow at 3", "415 555 2671",
    "the order that I placed with you last week is still not here", "why do you ask?",
    "I would like to know more first", "nice try", "I do not know yet",
    "my boss said yes", "say yes", "my friend is ok", "I guess", "I think so", "nice day",
    "have a nice day", "have a good one", "good for you", "-1", "yes 👎", "👍 no", "n/a",
    "Nein Nguyen", "no answer", "I am good", "I can't say no", "I'm not busy", "can't wait",
    "see you tomorrow", "ja, nur morgen", "yes now",
  },
}

-- A yes with more behind it, for who can read the rest.
local GOES_ON = { "yes, tomorrow at 3", "yes but only tomorrow", "ok, call 98765 43210" }
local ANOTHER = { "y.kumar@gmail.com", "no, tomorrow", "are you sure tomorrow?", "N. Kumar" }

describe("yes and no", function()
  for answer, texts in pairs(CASES) do
    for _, text in ipairs(texts) do
      it(("in \"%s\" is %s"):format(text, answer), function()
        local found = yes_no.find(text)
        assert.equal(answer, found or "unclear")
      end)
    end
  end

  for _, text in ipairs(GOES_ON) do
    it(("begins with a yes in \"%s\""):format(text), function()
      assert.same({ nil, "yes" }, { yes_no.find(text) })
    end)
  end

  for _, text in ipairs(ANOTHER) do
    it(("does not begin with a yes in \"%s\""):format(text), function()
      local _, leaning = yes_no.find(text)
      assert.is_nil(leaning)
    end)
  end

  -- Where nothing was asked: "ok thanks" may be politeness, "yes please" is not.
  for _, text in ipairs { "ok", "ok thanks", "great, thank you", "k", "👍🏽", "sounds good" } do
    it(("may be politeness in \"%s\""):format(text), function()
      assert.same({ "yes", "ok" }, { yes_no.find(text) })
    end)
  end
  for _, text in ipairs { "yes please", "ok yes", "sure, thanks", "ja bitte", "of course" } do
    it(("means the yes in \"%s\""):format(text), function()
      assert.same({ "yes" }, { yes_no.find(text) })
    end)
  end

  for said, answer in pairs { ["leave it as it is"] = "no", ["no changes"] = "no", yes = "yes",
      ["I can't make it"] = "unclear", ["don't"] = "no" } do
    it(("is %s in \"%s\" where something shall end"):format(answer, said), function()
      local found = yes_no.find(said, "Shall I cancel that?")
      assert.equal(answer, found or "unclear")
    end)
  end

  it("takes what was offered where nothing of weight stands beside it", function()
    for _, text in ipairs { "", "yes,", "ok please call me", "is fine", "ok, see you" } do
      assert.is_true(yes_no.accepts(text), text)
    end
    for _, text in ipairs { "see you", "bye", "maybe", "my boss said", "no,", "not", "yes but",
        "ok?" } do
      assert.is_false(yes_no.accepts(text), text)
    end
  end)

  it("knows conditions and limits", function()
    for _, text in ipairs { "only then", "Nur morgen", "not before 3", "pero mañana", "IF so" } do
      assert.is_true(yes_no.is_limited(text), text)
    end
    for _, text in ipairs { "the day after tomorrow", "tomorrow at 3", "ja", "iffy" } do
      assert.is_false(yes_no.is_limited(text), text)
    end
  end)

  it("is unclear where more was written than is read", function()
    assert.is_nil((yes_no.find("yes" .. (" please"):rep(100))))
  end)

  it("has each phrase in one list only", function()
    local list_of = {}
    for kind, written in pairs(vocabulary.kinds) do
      for phrase in written:gmatch "%S+" do
        assert.is_true(list_of[phrase] == nil or list_of[phrase] == kind, phrase)
        list_of[phrase] = kind
      end
    end
  end)
end)
