-- tests/lua/support/answers.lua - what visitors answer, and what it means. See tests/lua/answers.
local answers = {}

-- To "Shall we do that?" and to "Shall we call you tomorrow at 3?" alike.
answers.both = {
  yes = {
    "yes", "Yes.", "YES!!", "yep", "yesssss", "yeah sure", "ok", "okay then", "sure, why not",
    "why not", "why not?", "go ahead", "yes please", "yes, thank you", "ok thanks", "sounds good",
    "yes boss", "yes my friend", "bro yes", "👍", "👍🏽", "👍 thanks", "yes 👍", "✅", "💯", "✓", "100%",
    "100 % sure", "I don't mind", "don't mind", "whatever", "up to you", "as you like",
    "you decide", "anytime", "no problem", "no objections", "I'm fine with that",
    "I am good with that", "yes-", "_yes_", "*yes*", "&yes", "#yes", "@yes", "yes@", "'yes'",
    "yes…", "O.K.", "o.k", "okie dokie", "mhm", "uh huh", "no changes", "no need to change",
    "no need to change anything", "leave it as is", "don't change anything", "don't change it",
    "keep it as it is", "yes, have a nice day", "ok bye", "na klar", "selbstverständlich", "gern",
    "geht klar", "jo", "ja bitte", "hanji", "haan ji", "sí", "claro que sí", "perfect for me",
  },
  no = {
    "no", "No!", "nope", "nooo", "no, sorry", "not now", "not today", "👎", "👎🏼", "❌", "no 👎",
    "don't", "I don't think so", "I can't", "i cannot", "sorry, I can't", "I can't confirm",
    "i can't do that", "not available", "I am not available", "I am busy then", "I'm busy",
    "I disagree", "reject", "rejected", "decline", "refuse", "not yes", "not confirmed",
    "nein", "nein, das passt nicht", "bitte nicht", "lieber nicht", "claro que no",
    "por supuesto que no", "de ninguna manera", "bilkul nahi", "mat karo", "nahi",
    "change it",
  },
  unclear = {
    "yes?", "Yes, please?", "yes 👎", "👎 yes", "yes, please 👎", "no 👍", "👍 no", "👍👎", "yes 🤔",
    "yes no", "yes or no", "my boss said yes", "my friend said ok", "my wife says ok", "say yes",
    "boss says yes", "my friend is ok", "I guess", "I guess so", "I think so", "i suppose so",
    "I hope so", "perfect day", "nice day", "good one", "good for you", "nice of you", "-1",
    "👍 2", "I am good", "i'm good", "not sure", "I can't say no", "I'm not busy", "can't wait",
    "Nein Nguyen", "Noah", "n/a", "N/A", "no answer", "no name", "y.kumar@gmail.com", "Yes Bank",
    "yes-man", "yes_bank", "maybe", "only", "yes if it is free", "yes unless I am ill",
    "yes and call my wife", "ja, aber nur kurz", "sí, pero no sé", "haan lekin", "hmm", "🙂", "🙏",
  },
}

-- Conditions, limits, goodbyes and guesses beside the time that was offered.
answers.never_booked = {
  "have a nice day", "have a good day", "have a great day", "have a great one",
  "have a very nice day", "see you tomorrow", "see you tomorrow at 3 pm", "talk to you tomorrow",
  "speak tomorrow", "bye see you tomorrow", "bye, call me tomorrow at 3 pm", "maybe tomorrow",
  "yes but only tomorrow", "yes only tomorrow", "tomorrow only if it is free",
  "if tomorrow then yes", "yes if it's tomorrow", "yes unless tomorrow is a holiday",
  "yes but only after 3", "yes but not before 3", "yes but only on tuesday", "perhaps tuesday",
  "my boss said tomorrow at 3", "I guess tomorrow", "I can't tomorrow", "busy tomorrow at 3",
  "ja, nur morgen", "ja, aber morgen", "si, pero mañana", "haan lekin kal", "tomorrow?",
  "yes, tomorrow at 3?", "not tomorrow", "yes, before 3 pm tomorrow", "the first",
  "I don't care about this", "the earliest", "tomorrow 👎", "no tomorrow at 3",
}

answers.said_again = {
  "ok tomorrow", "yes, tomorrow at 3", "tomorrow at 3 pm", "yes, tuesday 3 pm", "tuesday is fine",
  "yes please call me tomorrow at 3 pm", "ok, see you tomorrow", "perfect, tomorrow 3 pm 👍",
  "ja, morgen", "tomorrow works for me", "1️⃣",
}

answers.no_cancel = {
  "have a nice day", "have a great one", "my boss said yes", "I guess", "leave it as is",
  "no need to change", "don't change anything", "no", "keep it", "I can't", "yes 👎", "n/a",
  "I think so", "nice day",
}

return answers
