-- flows/words.lua - the words by which visitors get somewhere. Add yours; init.lua uses the lists.
--
-- A line is looked for as whole words anywhere in a message; "=line" must be the whole message.
-- Capitals, punctuation and emoji do not count.

local words = {}

-- They want a person. The second list also leads out of a question, so it has whole messages only.
words.person = {
  "agent", "human", "operator", "representative", "real person", "live person", "a person",
  "live chat", "live support", "talk to someone", "speak to someone", "speak with someone",
  "talk with someone", "chat with someone", "talk to somebody", "speak to somebody", "connect me",
  "transfer me", "customer service", "customer care", "customer support", "support team",
  "technical support", "your colleague", "a colleague", "your manager", "a manager", "supervisor",
  "talk to support", "contact support", "=support", "=help", "=person", "=chat",
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

-- They want to be called.
words.callback = {
  "call me", "calls me", "calling me", "call back", "called back", "callback", "callbacks",
  "call us", "ring me", "phone me", "phone call", "on the phone", "over the phone", "by phone",
  "give me a call", "schedule a call", "book a call", "request a call", "arrange a call",
  "set up a call", "=call", "=phone",
}

-- They want a booked call otherwise.
words.change = {
  "reschedule", "postpone", "change my call", "change the call", "move my call", "move the call",
  "my callback", "change the time", "change my number", "change the number", "change the date",
  "make it", "wrong number", "wrong time", "other number", "second number", "different number",
  "different time", "different day", "another time", "another number", "another day",
  "when will you call", "when do you call", "when are you calling", "=change", "=change it",
  "=edit",
}

-- Which part of a call they mean, and that any time will do; heard while a call is being arranged.
words.part = {
  "=number", "=the number", "=phone", "=phone number", "=the phone number", "=my number", "=time",
  "=the time", "=date", "=the date", "=day", "=the day", "=hour", "=the hour",
}
words.anytime = {
  "anytime", "any time", "whenever", "no preference", "you decide", "you choose", "up to you",
  "does not matter", "doesn't matter", "doesnt matter", "don't care", "dont care", "don't mind",
  "as you like", "when you can", "when you have time", "all day", "first available",
}

-- They want no call, or out of a question.
words.cancel_call = {
  "cancel my", "cancel the", "cancel this", "to cancel", "cancel everything", "just cancel",
  "don't call", "dont call", "do not call", "no need to call", "no need for a call",
  "don't want a call", "do not want a call",
}
words.cancel = {
  "cancel", "cancel it", "cancel that", "cancel this", "please cancel", "cancel please", "stop",
  "quit", "exit", "abort", "never mind", "nevermind", "nvm", "forget it", "forget about it",
  "leave it", "drop it", "no thanks", "no thank you", "not interested", "changed my mind",
  "i changed my mind", "i don't want it anymore", "cancel my callback", "cancel the callback",
  "cancel my call", "cancel the call", "don't call me", "dont call me", "do not call me",
}

-- Small talk: each list is answered in small_talk.lua.
words.thanks = {
  "=thanks", "=thank you", "=thank you so much", "=thank you very much", "=thanks a lot", "=thx",
  "=ty", "=many thanks", "=much appreciated", "=thanks so much", "=ok thanks", "=ok thank you",
  "=okay thanks", "=okay thank you", "=great thanks", "=perfect thanks", "=thanks bye", "=cheers",
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

-- All of several lists, for one flow.
function words.all(...)
  local list = {}
  for _, each in ipairs { ... } do
    table.move(each, 1, #each, #list + 1, list)
  end
  return list
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

return words
