-- flows/parse/words_holidays.lua - when the holidays are whose names stand in `holiday` of the
-- words of a language.

return {
  -- the month and the day
  fixed = {
    christmas = { 12, 25 }, ["new year"] = { 1, 1 }, halloween = { 10, 31 },
    ["valentine's day"] = { 2, 14 }, ["st patrick's day"] = { 3, 17 },
    ["independence day"] = { 7, 4 }, ["veterans day"] = { 11, 11 }, ["boxing day"] = { 12, 26 },
    juneteenth = { 6, 19 }, ["april fools"] = { 4, 1 }, ["anzac day"] = { 4, 25 },
    ["australia day"] = { 1, 26 }, ["canada day"] = { 7, 1 }, ["remembrance day"] = { 11, 11 },
    ["bonfire night"] = { 11, 5 },
  },
  -- which weekday of a month (monday is 1, the last week -1), and how many days behind it: black
  -- friday is a day after the fourth thursday of november
  moving = {
    thanksgiving = { 11, 4, 4, 0 }, ["black friday"] = { 11, 4, 4, 1 },
    ["cyber monday"] = { 11, 4, 4, 4 }, ["labor day"] = { 9, 1, 1, 0 },
    ["memorial day"] = { 5, -1, 1, 0 }, ["mlk day"] = { 1, 3, 1, 0 },
    ["presidents day"] = { 2, 3, 1, 0 }, ["columbus day"] = { 10, 2, 1, 0 },
    ["mother's day"] = { 5, 2, 7, 0 }, ["father's day"] = { 6, 3, 7, 0 },
  },
  -- days after easter
  easter = {
    easter = 0, ["good friday"] = -2, ["easter monday"] = 1, ["pancake day"] = -47,
  },
}
