-- flows/words.lua - the words by which visitors get somewhere. Add yours; init.lua uses the lists.
--
-- A line is looked for as whole words anywhere in a message; "=line" must be the whole message.
-- Capitals, punctuation and emoji do not count.

local words = {}

-- All of several lists, for one flow.
function words.all(...)
  local list = {}
  for _, each in ipairs { ... } do
    table.move(each, 1, #each, #list + 1, list)
  end
  return list
end

-- They want a person. The second list also leads out of a question, so it has whole messages only.
words.person = {
  "agent", "human", "operator", "representative", "real person", "live person", "a person",
  "live chat", "live support", "talk to someone", "speak to someone", "speak with someone",
  "talk with someone", "chat with someone", "talk to somebody", "speak to somebody", "connect me",
  "transfer me", "customer service", "customer care", "customer support", "support team",
  "technical support", "your colleague", "a colleague", "your manager", "a manager", "supervisor",
  "talk to support", "contact support", "chat instead", "rather chat", "prefer to chat",
  "prefer a chat", "prefer chat", "=support", "=help", "=person", "=chat",
}
words.person_now = {
  "agent", "human", "person", "operator", "representative", "support", "live chat", "real person",
  "talk to a human", "talk to human", "talk to an agent", "talk to agent", "talk to a person",
  "speak to an agent", "speak to a human", "speak to a person", "connect me to an agent",
  "i want an agent", "i want a human", "get me a human", "human please", "agent please",
}

-- Something is still broken.
words.trouble = {
  "not working", "isn't working", "isnt working", "doesn't work", "doesnt work", "does not work",
  "didn't work", "didnt work", "did not work", "won't work", "stopped working", "not resolved",
  "unresolved", "not solved", "not fixed", "isn't fixed", "still broken", "same problem",
  "same issue", "issue persists", "problem persists", "did not help", "didn't help", "didnt help",
  "not helpful", "no luck", "still not", "not yet resolved",
}

-- The same, told while a call is being arranged.
words.problem = { "error", "errors", "broken", "problem", "issue", "defect", "crashed", "crashes" }
table.move(words.trouble, 1, #words.trouble, #words.problem + 1, words.problem)

-- They want to be called.
words.callback = {
  "call me", "calls me", "calling me", "call back", "called back", "callback", "callbacks",
  "call us", "ring me", "phone me", "phone call", "telephone call", "a call with", "on the phone",
  "over the phone", "by phone", "give me a call", "schedule a call", "book a call",
  "request a call", "arrange a call", "set up a call", "call to me", "want a call", "need a call",
  "like a call", "have a call", "get a call", "want the call", "someone call", "somebody call",
  "anybody call", "anyone call", "call again", "book again", "rebook", "i do want it",
  "reach me on", "reach me at", "llámame", "llamame", "me llamen", "me llame", "llámenme",
  "llamenme", "una llamada", "=call", "=phone", "=please call", "=call please", "=pls call",
  "=call pls", "book it again", "book the call", "book that again", "please call",
  "plz call", "pls call", "kindly call", "can you call", "could you call", "can u call", "call my",
}

words.to_call = { "call", "calls", "ring", "phone" }

-- They want a booked call otherwise.
words.change = {
  "reschedule", "postpone", "change my call", "change the call", "move my call", "move the call",
  "my callback", "change the time", "change my number", "change the number", "change the date",
  "make it", "wrong number", "wrong time", "other number", "second number", "different number",
  "different time", "different day", "another time", "another number", "another day",
  "=change", "=change it", "=edit",
}
-- They want to know what was booked.
words.show = {
  "when will you call", "when do you call", "when are you calling", "what did i book",
  "did i book", "have i booked", "my booking", "my appointment", "my call", "when is the call",
  "what time is the call", "=when", "which number will you", "which number do you",
}

-- The same, where a call is booked or is being arranged.
words.about_call = {
  "is it booked", "is that booked", "am i booked", "is it confirmed", "is that confirmed",
  "did that work", "did it work", "number do you have", "when exactly", "when is it",
  "still waiting", "have waited", "waiting for", "number again", "is it today", "is it tomorrow",
  "is it going to be", "will it be today", "will it be tomorrow",
}
-- Nobody has called.
words.missed = {
  "nobody called", "nobody has called", "nobody rang", "no one called", "no one has called",
  "noone called", "never called", "didn't call", "didnt call", "did not call", "hasn't called",
  "haven't called", "havent called", "have not called", "where is my call", "where's my call",
  "missed the call", "missed your call", "missed my call",
}

-- They say what is not right with a booked call, or that it stays.
words.wrong = {
  "wrong", "not right", "incorrect", "mistake", "change", "different", "other", "another", "not",
  "can't", "cant", "cannot", "earlier", "later", "sooner", "too", "move", "instead", "doesn't work",
  "old number", "suit",
}
words.keep = {
  "keep", "leave it", "as it is", "as is", "as it was", "stays", "nothing", "don't change",
  "dont change", "do not change", "no change", "no changes", "no need to change",
}

-- They ask for a second call while one is booked.
words.second_call = {
  "another call", "second call", "one more call", "additional call", "another callback",
  "second callback", "new call", "new callback",
}

-- What is heard only while a call is being arranged: which part of it they mean ...
words.number = {
  "number", "number's", "phone", "mobile", "cell", "country code", "area code", "fax",
}
words.day = {
  "day", "date", "today", "tonight", "tomorrow", "monday", "tuesday", "wednesday", "thursday",
  "friday", "saturday", "sunday", "week", "mon", "tue", "tues", "wed", "thu", "thur", "thurs",
  "fri", "sat", "sun",
}
words.earlier = { "earlier", "sooner", "too late", "so late" }
words.later = { "later", "too early", "so early" }
words.hour = words.all({ "time", "hour" }, words.earlier, words.later)
-- ... only its name ...
words.parts = {
  "=number", "=the number", "=phone", "=phone number", "=the phone number", "=my number", "=time",
  "=the time", "=date", "=the date", "=day", "=the day", "=hour", "=the hour",
}
-- ... that they want it otherwise ...
words.otherwise = words.all(words.parts, words.earlier, words.later, {
  "not on", "not at", "not in", "not good", "i can't", "i cant",
  "i cannot", "busy", "instead", "driving", "a meeting", "not free", "not available", "=can't",
  "=cant", "i won't be", "i wont be", "not be able", "unable to", "can't make", "cant make",
  "cannot make", "doesn't suit", "doesnt suit", "does not suit", "not suit", "won't suit",
  "other day", "move it", "move that", "postpone it", "push it", "push that", "push the call",
  "old number", "my fax", "a fax",
})
for _, day in ipairs(words.day) do words.otherwise[#words.otherwise + 1] = "not " .. day end
-- ... that something has happened: a time that is over is no wish then, ...
words.tale = { "ago", "yesterday", "last", "since", "bought", "ordered", "was", "happened" }
-- ... that they leave open which of two, ...
words.either = { "or", "maybe", "alternatively", "otherwise", "if not", "o" }
-- ... that they do not mean what they name, ...
words.not_so = { "not", "isn't", "don't", "can't", "if", "but", "unless", "maybe" }
-- ... which of two that were offered, ...
words.first = { "first", "former", "either", "any", "both" }
words.second = { "second", "latter", "last" }
words.kinds = {
  "home", "house", "landline", "mobile", "cell", "cellphone", "office", "work", "desk", "mine",
  "wife", "husband", "private", "new", "old",
}
-- ... that the number stays, ...
words.same = { "same number", "same one", "same phone", "that number", "this number", "the same" }
-- ... the hour of the call before, ...
words.same_time = { "same time", "same hour" }
-- ... who they are, ...
words.name = { "name", "my name", "name is" }
-- ... that they are there again, ...
words.back = {
  "i was away", "i'm back", "im back", "i am back", "back now", "sorry for the delay",
  "sorry for the wait", "sorry i was",
}
-- ... the figures that are missing before a number, ...
words.area = { "area code", "code", "prefix", "std code", "std" }
-- ... that the yes before it is none, ...
words.reservation = {
  "but", "except", "apart from", "however", "wrong", "besides",
}
-- ... that they need a moment, ...
words.patience = {
  "let me check", "let me see", "let me think", "let me look", "have to check", "need to check",
  "=wait", "=hold on", "=hang on", "=one moment", "=a moment", "=moment", "=one sec",
  "=just a sec", "=one second", "=just a second", "=one minute", "=give me a minute",
  "=give me a moment", "=hmm",
}
-- ... that the bot shall propose a time, and that any time will do.
words.no_idea = {
  "suggest", "propose", "don't know", "dont know", "do not know", "no idea", "dunno", "not sure",
  "undecided", "what's possible", "what is possible",
}
words.anytime = {
  "anytime", "any time", "whenever", "whatever", "no preference", "you decide", "you choose",
  "up to you", "does not matter", "doesn't matter", "doesnt matter", "don't care", "dont care",
  "don't mind", "as you like", "when you can", "when you have time", "all day",
}
words.earliest = { "earliest", "soonest", "first available" }

-- The labels of a filled-in form, see form.lua, what may stand beside them ("my phone no.:"), and
-- what makes it none.
words.number_label = {
  "phone", "ph", "telephone", "tel", "mobile", "mob", "cell", "cellphone", "number", "contact",
  "whatsapp", "teléfono", "telefono", "móvil", "movil", "número", "numero",
}
words.time_label = {
  "time", "when", "date", "day", "slot", "hour", "schedule", "hora", "fecha", "cuándo", "cuando",
  "día", "dia",
}
words.label_beside = {
  "my", "the", "your", "a", "and", "no", "nr", "for", "to", "of", "call", "callback", "preferred",
  "best", "good", "suitable", "convenient", "y", "mi", "de",
}
words.doubt = {
  "or", "maybe", "perhaps", "if", "unless", "about", "around", "not sure", "probably", "possibly",
}

-- They want no call, or out of a question.
words.cancel_call = {
  "cancel my", "cancel the", "cancel this", "to cancel", "cancel everything", "just cancel",
  "don't call", "dont call", "do not call", "no need to call", "no need for a call",
  "don't want a call", "do not want a call", "don't want the call", "don't need the call",
  "don't need a call", "do not need the call", "do not need a call", "dont need the call",
  "dont need a call", "don't need it anymore", "no longer need", "call it off", "call off",
  "drop the call",
  "forget it", "forget about it", "forget the call", "never mind", "nevermind",
}
words.cancel = {
  "cancel", "cancel it", "cancel that", "cancel this", "please cancel", "cancel please", "stop",
  "quit", "exit", "abort", "never mind", "nevermind", "nvm", "forget it", "forget about it",
  "leave it", "drop it", "no thanks", "no thank you", "not interested", "changed my mind",
  "i changed my mind", "i don't want it anymore", "cancel my callback", "cancel the callback",
  "cancel my call", "cancel the call", "don't call me", "dont call me", "do not call me",
}

-- They are annoyed: once in a talk the bot says that it is sorry.
words.angry = {
  "fuck", "fucking", "fucked", "wtf", "ffs", "shit", "shitty", "bullshit", "crap", "damn", "idiot",
  "idiots", "stupid", "moron", "morons", "useless", "garbage", "ridiculous", "pathetic",
  "unbelievable", "unacceptable", "terrible", "horrible", "worst", "taking forever", "stop asking",
  "waste of time", "wasting my time", "fed up", "hate this", "hate you", "a joke", "been waiting",
  "you suck", "it sucks", "this sucks", "screw you", "shut up", "annoying",
}

-- Small talk: each list is answered in small_talk.lua. "thank" and "goodbye" are for short messages
-- that nothing else answers.
words.thank = { "thank you", "thanks", "thank u", "thx", "thnx", "ty", "gracias", "merci", "danke",
  "dhanyavaad", "dhanyavad", "dhanyawad", "shukriya", "🙏" }
words.goodbye = {
  "bye", "goodbye", "good bye", "see you", "see ya", "cya", "have a nice day", "have a good day",
  "have a great day",
}
words.thanks = {
  "=thanks", "=thank you", "=thank you so much", "=thank you very much", "=thanks a lot", "=thx",
  "=ty", "=many thanks", "=much appreciated", "=thanks so much", "=ok thanks", "=ok thank you",
  "=okay thanks", "=okay thank you", "=great thanks", "=perfect thanks", "=cheers",
}
words.fine = {
  "=ok", "=okay", "=k", "=kk", "=alright", "=all right", "=fine", "=great", "=cool", "=nice",
  "=good", "=perfect", "=awesome", "=super", "=got it", "=understood", "=i see", "=sure", "=yes",
  "=no", "=yep", "=nope", "=that's all", "=thats all", "=that is all", "=nothing else",
  "=all good", "=it works", "=it works now", "=solved", "=resolved", "=fixed", "=lol", "=haha",
}
words.bye = {
  "=bye", "=bye bye", "=goodbye", "=good bye", "=see you", "=see ya", "=have a nice day",
  "=have a good day", "=good night", "=take care",
}

-- A greeting and nothing else: "hi", "hello there", "hey, good morning", "hi, I need help".
words.greeting = {}
for _, hello in ipairs { "hi", "hello", "hey", "hiya", "hallo", "hola", "namaste", "greetings",
    "good morning", "good afternoon", "good evening", "good day", "morning", "howdy", "yo" } do
  for _, rest in ipairs { "", " there", " again", " all", " everyone", " team", " bot", " sir",
      " madam", " good morning", " good afternoon", " good evening", " hello", " hi",
      " how are you", " how are you doing", " i need help", " i need some help",
      " can you help me", " can you help", " help me", " anyone there", " is anyone there" } do
    words.greeting[#words.greeting + 1] = "=" .. hello .. rest
  end
end
for _, start in ipairs { "=start", "=begin", "=menu", "=is anyone there", "=anyone there",
    "=can you help me", "=i need help", "=how are you", "=what's up", "=whats up" } do
  words.greeting[#words.greeting + 1] = start
end

-- As the lists are compared: small letters, one space between words, no other signs.
local function plain(text)
  return " " .. text:lower():gsub("[^%w'\128-\255]+", " "):match "^ ?(.-) ?$" .. " "
end

-- Does a list have a line for this message?
function words.meant(list, text)
  text = plain(text)
  for _, line in ipairs(list) do
    if line:sub(1, 1) == "=" then
      if text == " " .. line:sub(2) .. " " then return true end
    elseif text:find(" " .. line .. " ", 1, true) then
      return true
    end
  end
  return false
end

-- What stands behind the last of a list's words in a message; "" without one.
function words.behind(list, text)
  text = plain(text)
  local last
  for _, line in ipairs(list) do
    local from = 1
    while from do
      local _, to = text:find(" " .. line .. " ", from, true)
      if to and (not last or to > last) then last = to end
      from = to
    end
  end
  return last and text:sub(last) or ""
end

return words
