require "spec.parse.support"
local yes_no = require "parse.yes_no"

local CASES = {
  yes = { "yes", "Yes.", "YES!!", "y", "yep", "yup", "yeah sure", "sure", "sure, why not", "ok",
    "okay then", "k",
    "go ahead", "please do", "correct", "That is correct", "that's right", "right", "exactly",
      "of course",
    "absolutely", "sounds good to me", "hmm ok", "well yes", "no problem", "no worries", "book it",
      "👍", "✅ thanks",
    "yes, tomorrow at 3", "no wait, yes", "sí", "SÍ", "fine by me", "perfect, thank you", "ok?",
    "yes and please don't be late", "yes, I am", "it is", "I do", "good idea", "great, see you",
    "great see you then", "yse", "that'll work for me", "you got it", "10-4", "if you must",
    "go on then", "no changes", "nothing to change", "perfect 👍", "alright then", "true" },
  no = { "no", "No!", "n", "nope", "nah", "no thanks", "no thank you", "not really", "not at all",
    "wrong",
    "that's wrong", "that is wrong", "incorrect", "not correct", "cancel", "cancel that please",
      "stop", "never mind",
    "forget it", "don't", "do not call me", "I don't think so", "of course not", "absolutely not",
      "yeah, no", "👎",
    "no, make it 5", "yes, wait no", "fuck off", "please don't do it", "don't call me",
      "no that is wrong", "not now", "I changed my mind", "nein" },
  [false] = { "", "hello", "what time?", "are you sure?", "is that correct?", "I'm not sure",
    "no idea", "I don't know",
    "my phone has no signal since yesterday evening", "maybe", "right now please", "tomorrow at 3",
      "415 555 2671",
    "the order that I placed with you last week is still not here", "why do you ask?", "noon",
    "good question", "I am in Dubai", "it is my birthday",
      "I would like to know more first", "no, that's right", "no that's fine", "nice try",
      "good morning", "I do not know yet",
      "yesterday", "okra" },
}

describe("yes and no", function()
  for answer, texts in pairs(CASES) do
    for _, text in ipairs(texts) do
      it(("in \"%s\" is %s"):format(text, answer or "nothing"), function()
        assert.equal(answer or nil, yes_no.find(text))
      end)
    end
  end
end)
