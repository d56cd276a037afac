-- flows/texts/en.lua - English. Each file of this folder has the same names.
return {
  hello = "Hello! How can I help you?",
  switched = "All right, English it is.",
  hours_button = "🕘 Opening Hours",
  person_button = "💬 Talk to Us",
  hours = "We are open Monday to Friday from 9 to 18.",
  connecting = "One moment, please. I am calling a colleague.",
  which = "Gladly. What is it about, in a few words?",
  nobody = "Sorry, nobody is free to chat right now.",

  -- As visitors write it; see words.lua of the standard flows.
  switch_words = { "english", "in english", "inglés", "ingles" },
  hours_words = { "opening hours", "open", "closed" },
  person_words = { "agent", "human", "a person", "talk to someone" },
}
