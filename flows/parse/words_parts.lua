-- flows/parse/words_parts.lua - the parts of a day: minutes after midnight { from, to, for short }.

local h = 60

return {
  morning = { 6 * h, 12 * h, 9 * h },
  ["early morning"] = { 5 * h, 10 * h, 8 * h },
  ["late morning"] = { 570, 750, 11 * h },
  ["mid morning"] = { 9 * h, 12 * h, 10 * h },
  lunch = { 690, 870, 750 },
  afternoon = { 12 * h, 18 * h, 14 * h },
  ["early afternoon"] = { 12 * h, 15 * h, 13 * h },
  ["mid afternoon"] = { 14 * h, 17 * h, 15 * h },
  ["late afternoon"] = { 15 * h, 18 * h, 16 * h },
  evening = { 16 * h, 22 * h, 18 * h },
  ["early evening"] = { 16 * h, 19 * h, 17 * h },
  ["late evening"] = { 19 * h, 23 * h, 20 * h },
  night = { 17 * h, 24 * h, 20 * h },
  ["early night"] = { 17 * h, 21 * h, 19 * h },
  ["late night"] = { 20 * h, 24 * h, 21 * h },
  -- "early", "late" and "first thing" beside a day
  early = { 5 * h, 10 * h, 8 * h },
  late = { 17 * h, 22 * h, 18 * h },
  ["day end"] = { 16 * h, 18 * h, 17 * h },
  -- around meals
  breakfast = { 7 * h, 10 * h, 8 * h },
  tea = { 15 * h, 19 * h, 17 * h },
  dinner = { 18 * h, 21 * h, 19 * h },
  work = { 9 * h, 17 * h, 9 * h },
  school = { 9 * h, 15 * h, 9 * h },
  ["after breakfast"] = { 9 * h, 12 * h, 10 * h },
  ["after lunch"] = { 12 * h, 17 * h, 14 * h },
  ["after tea"] = { 17 * h, 21 * h, 18 * h },
  ["after dinner"] = { 19 * h, 22 * h, 20 * h },
  ["after work"] = { 17 * h, 21 * h, 18 * h },
  ["after school"] = { 15 * h, 18 * h, 16 * h },
  ["before breakfast"] = { 6 * h, 9 * h, 8 * h },
  ["before lunch"] = { 9 * h, 12 * h, 11 * h },
  ["before tea"] = { 13 * h, 16 * h, 15 * h },
  ["before dinner"] = { 15 * h, 18 * h, 17 * h },
  ["before work"] = { 7 * h, 9 * h, 8 * h },
  ["before school"] = { 7 * h, 9 * h, 8 * h },
}
