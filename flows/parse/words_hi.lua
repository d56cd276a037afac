-- flows/parse/words_hi.lua - Hindi words of the time parser, in Latin letters as they are typed in
-- chats, and in Devanagari; see words_en.lua for the groups.
--
-- As words_es.lua: a message is read with these and the English words when it is Hindi by its
-- `marks` and `signs`.

return {
  name = "hi",

  -- "aaj nahi, kal": what is refused stands before it
  not_behind = true,

  marks = "aaj kal parso parson baje bajey bje baad subah subha dopahar dopeher dopehar shaam "
    .. "ghante ghanta somvar somwar mangalvar mangalwar budhvar budhwar guruvar guruwar veervar "
    .. "shukravar shukrawar shanivar shaniwar ravivar raviwar itwar abhi raat hafte "
    .. "आज कल परसों परसो बजे सुबह दोपहर शाम रात घंटे घंटा घण्टे मिनट अभी सोमवार मंगलवार बुधवार "
    .. "गुरुवार "
    .. "गुरूवार बृहस्पतिवार वीरवार शुक्रवार शनिवार रविवार इतवार हफ्ते हफ़्ते सप्ताह जनवरी फरवरी "
    .. "फ़रवरी मार्च "
    .. "अप्रैल मई जून जुलाई अगस्त सितंबर सितम्बर अक्टूबर अक्तूबर नवंबर नवम्बर दिसंबर दिसम्बर "
    .. "तारीख karo karna kijiye kijiyega kariye somvaar somwaar budhvaar guruvaar shukravaar "
    .. "shukrvar shanivaar raviwaar करो करना कीजिए",
  signs = "ko hai mujhe mera mere meri karen karein dijiye "
    .. "aap mat nahi nahin ke ka ki se pe tak ji bhai hoga hogi thi tha gaya gayi rahega "
    .. "phir aur lekin sakte lena dena mein kab को है हैं मुझे मेरा मेरे मेरी "
    .. "करें कीजिये करिए दीजिए आप मत नहीं के का की पर तक जी में था थी हो और या कॉल "
    .. "फोन फ़ोन बात sham savere se से",

  says = {
    tale = "ऑर्डर बिल रिचार्ज पैकेज फ्लाइट "
      .. "ट्रेन प्लान पॉलिसी भुगतान",
    wish = "karo karna kijiye kariye karen karein baat milte करो करना करें कीजिए कीजिये करिए बात",
    told = "khatam band ka_hai ki_hai tak_nahi rehta khula khule kholte khulta khuli khulega "
    .. "bandh tareekh_ko "
      .. "khulti kitne_baje खत्म बंद चल_रहा खुलता "
      .. "खुलेगा का_है की_है",
    past = "tha thi aaya aayi aaye gaya gayi gaye hua hui था थी थे आया आई आए गया गई गए हुआ हुई",
    report = "call_kyu call_kyun call_kyon कॉल_क्यों kyu kyun kyon क्यों call_aaya call_aayi "
    .. "call_aya call_ayi phone_aaya "
    .. "call_nahi_aaya call_kiya कॉल_आया "
      .. "फोन_आया कॉल_आई",
    joint = "lekin isliye par to लेकिन इसलिए पर तो",
    ["and"] = "aur और",
    plain = "mat_karna_call mat_karo_call call_mat मत_करना मत_करो मत_कीजिए",
  },

  weekday = {
    { "somvar somwar somvaar somwaar सोमवार", 1 },
    { "mangalvar mangalwar mangalvaar mangal_var मंगलवार मंगल", 2 },
    { "budhvar budhwar budhvaar budhwaar बुधवार बुध", 3 },
    { "guruvar guruwar guruvaar veervar veerwar brihaspativar गुरुवार गुरूवार बृहस्पतिवार "
      .. "वीरवार", 4 },
    { "shukravar shukrawar shukravaar shukrvar शुक्रवार शुक्र", 5 },
    { "shanivar shaniwar shanivaar शनिवार", 6 }, { "ravivar raviwar ravivaar itwar itvar रविवार "
      .. "इतवार", 7 },
  },
  -- "15 tarikh" is a day of the month that is not read
  odd = { { "tarikh tareekh तारीख" } },
  homonyms = {},
  typos = "somvar mangalvar budhvar guruvar shukravar shanivar ravivar",
  month = {
    { "जनवरी", 1 }, { "फरवरी "
      .. "फ़रवरी", 2 }, { "मार्च", 3 }, { "अप्रैल", 4 }, { "मई", 5 }, { "जून", 6 },
    { "जुलाई", 7 }, { "अगस्त", 8 }, { "सितंबर सितम्बर", 9 }, { "अक्टूबर अक्तूबर", 10 },
    { "नवंबर नवम्बर", 11 }, { "दिसंबर दिसम्बर", 12 },
  },
  day = { { "aaj aj आज", 0 }, { "kal कल", 1 }, { "parso parson परसों परसो", 2 } },
  tonight = { { "aaj_raat aaj_raat_ko आज_रात", "night" } },
  part = {
    { "subah subha subeh savere सुबह सवेरे", "morning" },
    { "dopahar dopeher dopehar दोपहर", "afternoon" }, { "shaam sham शाम", "evening" },
    { "raat रात", "night" },
  },
  unit = {
    { "ghanta ghante ghanton घंटा घंटे घंटों घण्टे", "hour" }, { "din dino दिन दिनों", "day" },
    { "मिनट मिनिट", "minute" }, { "mahina mahine महीना महीने", "month" },
  },
  weeks = { { "hafta hafte हफ्ता हफ्ते हफ़्ता हफ़्ते सप्ताह", "week" } },
  number = {
    { "ek एक", 1 }, { "do_baje दो", 2 }, { "teen तीन", 3 }, { "char chaar चार", 4 },
    { "panch paanch पांच पाँच", 5 }, { "chhe che chah छह छः छे", 6 }, { "saat सात", 7 },
    { "aath आठ", 8 }, { "nau नौ", 9 }, { "das dus दस", 10 }, { "gyarah gyara ग्यारह", 11 },
    { "barah bara बारह", 12 }, { "pandrah पंद्रह पन्द्रह", 15 }, { "bees बीस", 20 }, { "tees "
      .. "तीस", 30 },
  },
  some = {
    { "aadhe aadha adhe adha आधे आधा", 0.5 }, { "dedh dedhh डेढ़ डेढ", 1.5 },
    { "dhai adhai dhaai ढाई", 2.5 },
  },
  at = { { "ko pe par को पर पे" } },
  around = { { "karib kareeb lagbhag ke_aaspaas ke_aas_paas ke_beech beech के_बीच बीच करीब "
    .. "लगभग" } },
  of = { { "ki ka के की का" } },
  -- behind the hour: "4 baje ke baad"
  bound = {
    { "ke_baad के_बाद", "after" }, { "tak तक", "by" }, { "se_pehle pehle से_पहले पहले", "before" },
  },
  -- behind a day since when, behind an hour from when: "10 se 12 baje"
  since = { { "se से" } },
  ["or"] = { { "ya या" } },
  ["and"] = { { "aur और" } },
  ["not"] = { { "mat nahi nahin मत नहीं नही" } },
  rather = { { "matlab balki मतलब बल्कि" } },
  next = { { "agle agli agla अगले अगली" } },
  this = { { "iss इस" } },
  half = { { "sadhe saadhe saade साढ़े साढे", 30 }, { "sava sawa savaa सवा", 15 },
    { "paune pone पौने", -15 } },
  later = { { "baad baad_mein mein me बाद में" } },
  oclock = { { "baje bajey bje बजे" } },
  now = { { "abhi अभी" } },
  asap = { { "jaldi jaldi_se turant जल्दी तुरंत" } },
  filler = { { "ghar koi_jaldi_nahi jaldi_nahi abhi_tak abhi_bhi अभी_तक अभी_भी karo karna kar "
    .. "kijiye kariye karen karein dijiye "
    .. "aap mujhe mera mere hai ho ji sir "
    .. "bhai please call phone करो करना कर कीजिए करें आप मुझे मेरा मेरे "
    .. "है हो जी सर कॉल फोन फ़ोन "
    .. "कृपया" } },
}
