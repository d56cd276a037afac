-- flows/parse/words_hi.lua - Hindi words of the time parser, in Latin letters as they are typed in
-- chats; see words_en.lua for the groups.
--
-- As words_es.lua: a message is read with these and the English words when it holds one of `marks`.

return {
  name = "hi",

  marks = "aaj kal parso parson baje bajey bje baad subah subha dopahar dopeher shaam "
    .. "ghante ghanta somvar somwar mangalvar mangalwar budhvar budhwar guruvar guruwar "
    .. "shukravar shukrawar shanivar shaniwar ravivar raviwar itwar",

  says = {
    wish = "karo karna kijiye kariye karen karein baat milte",
    told = "khatam band ka_hai ki_hai tak_nahi kholte khulta khuli khulega bandh se tareekh_ko",
    past = "tha thi aaya aayi aaye gaya gayi gaye hua hui",
    joint = "lekin isliye par to",
    ["and"] = "aur",
    plain = "mat_karna_call mat_karo_call call_mat",
  },

  weekday = {
    { "somvar somwar", 1 }, { "mangalvar mangalwar", 2 }, { "budhvar budhwar", 3 },
    { "guruvar guruwar", 4 }, { "shukravar shukrawar", 5 }, { "shanivar shaniwar", 6 },
    { "ravivar raviwar itwar", 7 },
  },
  homonyms = {},
  day = { { "aaj", 0 }, { "kal", 1 }, { "parso parson", 2 } },
  part = {
    { "subah subha", "morning" }, { "dopahar dopeher", "afternoon" }, { "shaam sham", "evening" },
    { "raat", "night" },
  },
  unit = { { "ghanta ghante ghanton", "hour" }, { "din dino", "day" } },
  weeks = { { "hafta hafte", "week" } },
  number = {
    { "ek", 1 }, { "teen", 3 }, { "char chaar", 4 }, { "panch paanch", 5 }, { "chhe", 6 },
    { "saat", 7 }, { "aath", 8 }, { "nau", 9 }, { "das dus", 10 }, { "gyarah", 11 },
    { "barah", 12 },
  },
  some = { { "aadhe aadha adhe adha", 0.5 }, { "dedh dedhh", 1.5 }, { "dhai adhai", 2.5 } },
  at = { { "ko pe" } },
  ["not"] = { { "mat nahi nahin" } },
  next = { { "agle agli" } },
  half = { { "sadhe saadhe" } },
  later = { { "baad baad_mein mein me" } },
  oclock = { { "baje bajey bje" } },
  now = { { "abhi" } },
  filler = { { "karo karna kar kijiye kariye karen dijiye aap mujhe mera mere hai ho ji sir bhai "
    .. "please call phone" } },
}
