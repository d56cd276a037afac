-- flows/choices.lua - which of two things that were offered an answer means, said in words.
--
--   choices.number(numbers, text)                 "the second", "mobile"
--   choices.moment(text, step, picks, zone)       "pm", "in the morning", "the later one"
--   choices.same_moment(heard, step, picks)       "3 pm", where that is one of them
--   choices.day(text, heard, step, picks, zone)   "tomorrow", where one of them is then
--
-- Each gives nil where none is meant. step holds the labels from its second entry on, picks the
-- moment of each label.
local words = require "words"

local choices = {}

-- Of two numbers the one that an answer means: "the second", "mobile", its figures.
function choices.number(phones, text)
  if words.meant(words.first, text) then return phones[1] end
  if words.meant(words.second, text) then return phones[2] end
  for _, kind in ipairs(words.kinds) do
    for _, number in ipairs(phones) do
      if words.meant({ kind }, text) and words.meant({ kind }, number.said) then return number end
    end
  end
end

-- "am", "am is better", but not "I am good".
local function says_am(text)
  local behind = text:gsub(" i am ", " "):match " am (.*)$"
  if not behind then return false end
  return behind == "" or behind:find "^is " or behind:find "^please "
end

-- Which of two moments "the second", "pm" or "in the morning" means.
function choices.moment(said, step, picks, zone)
  if said:find "%?" or words.meant(words.not_so, said) then return nil end
  local text = " " .. said:lower():gsub("[^%w]+", " ") .. " "
  if words.meant(words.first, text) or text:find " earlier " then return step[2] end
  if words.meant(words.second, text) or text:find " later " then return step[3] end
  if said:find "%d" then return nil end -- "5 pm" is an hour of its own
  local is_am = says_am(text) or text:find " morning "
  local is_pm = text:find " pm " or text:find " afternoon " or text:find " evening "
  if (is_am and is_pm) or not (is_am or is_pm) then return nil end
  local fitting
  for i = 2, 3 do
    local hour = clock.fields(math.floor(picks[step[i]]), zone).hour
    if (hour < 12) == (is_am ~= nil) then
      if fitting then return nil end
      fitting = step[i]
    end
  end
  return fitting
end

-- The button of the only moment on a day that was named without an hour. "Monday" means the Monday
-- that was offered, be it this week's or not.
function choices.day(said, heard, step, picks, zone)
  if not heard.time or said:find "%d" or not words.meant(words.day, said) then return nil end
  local day = clock.fields(math.floor(heard.time.value.at), zone)
  local fitting, count = nil, 0
  for i = 2, #step do
    local at = picks[step[i]]
    local f = at and clock.fields(math.floor(at), zone)
    if f and f.wday == day.wday then fitting, count = step[i], count + 1 end
  end
  return count == 1 and fitting or nil
end

-- The button that a time means, where it is one of those that were offered.
function choices.same_moment(heard, step, picks)
  if not heard.time or heard.phone or heard.time.value.readings then return nil end
  for i = 2, #step do
    if picks[step[i]] == heard.time.value.at then return step[i] end
  end
end

return choices
