-- flows/parse/time_combine.lua - puts the pieces of a message together into times.
--
--   combine(tokens, pieces, asked) -> list of { date, clock, part, zone, moment, first, last, ... }
--     and the pieces that were what they looked like, of which those are `used` that went into one
--
-- A time has at most one piece a slot; what does not fit begins the next time. Which words stand
-- between two pieces decides what the second is: the end of a span, another choice, a correction.
-- A time knows: excluded ("not monday"), choice ("or friday"), correction ("no wait, 4pm").

local judge = require "parse.time_clause"
local give_zones = require("parse.time_zone").give
local gap = require "parse.time_gap"
local lexer = require "parse.lexer"
local parts = require "parse.words_parts"
local sift = require "parse.time_sift"

local kinds = lexer.kinds
local all_of, is_beside, is_near = gap.all_of, gap.is_beside, gap.is_near

local says_bad = lexer.set_of "filler meal possible good article"

local function has_stop(tokens, from, to)
  for i = from, to - 1 do
    if tokens.list[i] == "," or tokens.list[i] == "." then return true end
  end
  return false
end

-- Two dates that are one, by how they were said; each rule gives the one, or nil.
local merge = {}

-- "Fri, Sep 20"
local function check_weekday(day, date)
  if day.day then return nil end
  date.check_weekday = day.weekday
  return date
end
merge["weekday month_day"], merge["weekday pair"], merge["weekday holiday"] =
  check_weekday, check_weekday, check_weekday

-- "Friday, the 26th"
merge["weekday dom"] = function(day, dom)
  if day.day then return nil end
  day.day = dom.day
  return day
end

-- The weekday of the week that another date is in.
local function in_week(day, base)
  return { slot = "date", how = "in_week", weekday = day.weekday, base = base,
    first = math.min(day.first, base.first), last = math.max(day.last, base.last) }
end

-- "next week ... on Wednesday", "Wednesday of week 12"
merge["weekday span"] = function(day, span)
  if day.which or day.of_week or span.unit ~= "week" then return nil end
  if span.number or span.base then return day.day and day or in_week(day, span) end
  day.of_week = span.which
  return day
end

-- "Monday two weeks from now"
merge["weekday counted"] = function(day, counted)
  if day.which or counted.days < 7 or counted.days % 7 ~= 0 then return nil end
  return in_week(day, counted)
end

-- "the first Monday ... of next month", "the 14th of next month"
local function in_month(day, span)
  if span.unit ~= "month" or day.month or day.in_month then return nil end
  day.in_month = span.which
  return day
end
merge["nth_weekday span"], merge["dom span"] = in_month, in_month

-- "today, Friday": the one that says more
merge["relative weekday"] = function(relative, weekday, tokens)
  return tokens.fits(relative, weekday.weekday) and relative or nil
end
merge["same_day span"] = function(_, span)
  span.same = true
  return span
end
-- "week 12, 17/3", "today, 5 March": the date alone
local function date_alone(_, date) return date end
merge["relative month_day"], merge["relative pair"] = date_alone, date_alone
merge["span month_day"], merge["span pair"] = date_alone, date_alone
merge["in_week month_day"], merge["in_week pair"] = date_alone, date_alone
merge["in_week dom"] = date_alone

-- With other words between them only few go together.
local function may_stand_apart(a, b)
  if a.how == "span" and a.unit == "week" then
    return b.how == "weekday" and not b.which and b.first - a.last <= 6
  end
  -- "wednesday 4pm, week 30"
  if a.how == "weekday" and b.number then return b.first - a.last <= 6 end
  return a.how == "nth_weekday" and b.how == "span" and b.unit == "month"
end

local function one_date(tokens, a, b, joined)
  if not joined and not is_near(tokens, a, b) then
    if not may_stand_apart(a, b) then return nil end
    a.several = true
  end
  local rule = merge[a.how .. " " .. b.how]
  if rule then return rule(a, b, tokens) end
  rule = a.how ~= "relative" and b.how ~= "relative" and merge[b.how .. " " .. a.how]
  return rule and rule(b, a, tokens) or nil
end

-- Putting together. The state: tokens, times; time (the one being put together), last (the piece
-- before), link and link_piece (what stood since), refused (a "not" is in force).

-- "3:00, 3:30 or 4:00 tomorrow"
local function is_listed(state, piece)
  local last = state.last
  return last and piece.first - last.last == 1 and state.tokens.list[last.last] == ","
end

-- It speaks of what stands before it, too: "3pm*", "... 11am I mean". A star is none of a choice.
local function correct(state, piece)
  local last, tokens = state.last, state.tokens
  local is_star, next_one = tokens.list[piece.first] == "*", tokens.list[piece.last]
  if state.time and not state.time.choice and (is_star and last.last == piece.first
      or not is_star and (not next_one or gap.ends[next_one])
      and all_of(tokens, gap.refusing, last.last, piece.first)) then
    state.time.correction = true
  end
  -- "wait until 3pm"
  state.prefers = true
  piece.used, state.moves = is_star or piece.last - piece.first > 1, piece.moves or state.moves
  if not (is_star and state.link) then state.link, state.link_piece = "rather", piece end
end

local function open(state, piece)
  state.time = { first = piece.first, last = piece.last, excluded = state.refused,
    tale = piece.tale,
    choice = state.link == "or" or state.link == "and", listed = is_listed(state, piece),
    correction = state.link == "rather" }
  state.times[#state.times + 1] = state.time
end

local function put(state, piece)
  local time = state.time
  if not time or state.refused ~= time.excluded then open(state, piece) end
  time = state.time
  time[piece.slot], piece.used = piece, not piece.bad
  time.called, time.doubted = time.called or piece.called, time.doubted or piece.doubted
  if piece.slot == "clock" and piece.zone then time.zone = { slot = "zone", zone = piece.zone } end
  if piece.last > time.last then time.last = piece.last end
  if piece.first < time.first then time.first = piece.first end
end

local add = {}

-- Its time is found when all are known.
function add.zone() end

-- "Oct 26 11:00 2023"
function add.year(state, piece)
  local time = state.time
  if time and time.date and time.date.how == "month_day" and not time.date.year
      and is_near(state.tokens, state.last, piece) then
    time.date.year, time.last, piece.used = piece.year, piece.last, true
  end
end

add.past = put

-- A second date that is the first one said again: true when it went into it.
local function add_to_date(state, held, piece)
  local tokens, link = state.tokens, state.link
  local is_dash = link == "to" and tokens.list[state.link_piece.first] == "-"
  local is_dashed_day = is_dash and held.how == "weekday" and piece.how ~= "weekday"
  if link and not is_dashed_day then return false end
  local one = one_date(tokens, held, piece, is_dash)
  if one then state.time.date, state.time.last, piece.used = one, piece.last, true end
  return one ~= nil
end

-- The end of a span: only its year is of use, and its hour for who wants to know when it is over.
local function add_to_span(state, held, piece)
  if piece.slot == "date" and held.how == "month_day" and not held.year then
    held.year = piece.year
  elseif piece.slot == "clock" then
    held.until_minute = piece.minute
  end
  state.time.range_to, state.time.last, piece.used = true, piece.last, true
  if state.link_piece then state.link_piece.used = true end
end

-- "late friday afternoon"; true when the second part of the day belongs to the first.
local function add_to_part(state, held, piece)
  if not is_near(state.tokens, state.last, piece) then return false end
  local graded = held.weak == "grade" and held.name .. " " .. piece.name
  if graded and parts[graded] then held.name, state.time.last = graded, piece.last end
  piece.used = true
  return true
end

-- "after 9:30 but before 11:00"
local function ends_bound(state, piece)
  local held = state.time.clock
  return held and piece.slot == "clock" and held.bound == "after"
    and (piece.bound == "before" or piece.bound == "by")
    and (not state.link or state.link == "and") and is_near(state.tokens, held,
      state.link_piece or piece)
end

local function ends_span(state, piece)
  if ends_bound(state, piece) then return true end
  if state.link == "to" then return state.link_piece.last >= piece.first end
  return state.time.range_to and not state.link and is_near(state.tokens, state.last, piece)
end

-- "tonight" holds a day: "tonight or tomorrow".
local function is_other_day(time, piece)
  return time and not time.date and time.part and time.part.which == "this"
    and piece.how == "relative" and piece.days ~= 0
end

function add.date(state, piece)
  local held = state.time and state.time.date
  if held and add_to_date(state, held, piece) then return end
  if held and ends_span(state, piece) then return add_to_span(state, held, piece) end
  if held or is_other_day(state.time, piece) then open(state, piece) end
  put(state, piece)
end

-- "noon 12.30": the second says it more exactly
local function says_hour_again(state, held, piece)
  return piece.slot == "clock" and held.named and held.minute // 60 == piece.minute // 60
    and not state.link and is_near(state.tokens, held, piece)
end

-- "thursday 4pm. scrap that, friday same time"
local function take_hour(state, piece)
  for _, time in ipairs(state.times) do
    local told = time.clock
    if told then
      piece.minute, piece.second, piece.half = told.minute, told.second, told.half
      piece.known, piece.same = told.known or told.minute >= 780, nil
    end
  end
end

-- "change it from 2 to 4pm": the second hour is the wish
local function add_hour(state, piece)
  if piece.slot == "clock" and piece.same then take_hour(state, piece) end
  if state.moves and piece.until_minute then
    piece.minute, piece.until_minute, state.moves = piece.until_minute, nil, nil
  end
  local held = state.time and state.time[piece.slot]
  -- "no calls before 9 or after 5"
  if held and held.limit and state.link == "or" and piece.bound then
    piece.limit, piece.bound = held.limit, piece.bound == "before" and "after" or "by"
  end
  if held and says_hour_again(state, held, piece) then return put(state, piece) end
  if held and ends_span(state, piece) then return add_to_span(state, held, piece) end
  if held and piece.slot == "part" and add_to_part(state, held, piece) then return end
  if held then
    local told, date = state.time, state.time.date
    open(state, piece)
    -- "we eat at 7, call tomorrow at 3pm"
    local tokens = state.tokens
    local is_apart = date and (held.limit or not is_beside(tokens, held, date)
      or has_stop(tokens, held.last, date.first) and not has_stop(tokens, date.last, piece.first))
    if is_apart and date.first >= held.last and is_beside(tokens, date, piece) then
      state.time.date, told.date, told.called = date, nil, held.called
    end
  end
  put(state, piece)
end
add.clock, add.part, add.moment = add_hour, add_hour, add_hour

-- "not monday" refuses what follows, "monday does not work" and "lunes no" what was said.
local function refuse(state, piece, behind)
  local tokens, time, last = state.tokens, state.time, state.last
  local words = piece.behind or tokens.words.not_behind
  if piece.than and not state.prefers then return end      -- "better tuesday than monday"
  local follows = behind and behind.first == piece.last
  local next_one = tokens.list[piece.last]
  local is_bad = says_bad[next_one] or not next_one or gap.ends[next_one]
  -- "mondays are bad", but not "tomorrow 3pm. bad experience so far", "is 3pm bad?"
  if piece.behind then is_bad = next_one ~= kinds.unknown and next_one ~= "?" end
  if time and last and (not follows and is_bad or tokens.words.not_behind)
      and all_of(tokens, words and gap.correcting or gap.refusing, last.last, piece.first) then
    time.excluded, piece.used = true, true
  elseif behind and not behind.link and not piece.behind
      and all_of(tokens, gap.refusing, piece.last, behind.first) then
    -- "friday not thursday, 10am" goes on with friday
    state.refused, state.kept, state.time, piece.used = true, state.time, nil, true
  elseif time and last and gap.ends[next_one]
      and all_of(tokens, gap.polite, last.last, piece.first) then
    -- "a las 10, no, a las 11"
    state.link, state.link_piece, piece.used = "rather", piece, true
  end
end

-- "not today tomorrow 6pm"
local function is_another(state, piece)
  local held = not state.link and state.time[piece.slot]
  return held and (piece.slot == "clock" or piece.slot == "date" and held.how == "relative")
end

-- What is refused ends where the sentence goes on.
local function end_refusal(state, piece)
  if not state.refused or not state.time then return end
  local tokens, last = state.tokens, state.last
  -- "not thursday or friday"
  if state.link == "or" and piece.slot == last.slot and piece.slot == "date" then return end
  if not is_beside(tokens, last, piece) or has_stop(tokens, last.last - 1, piece.first)
        or is_another(state, piece) then
    local kept = state.kept
    state.refused, state.time = false, kept and not kept[piece.slot] and kept or nil
  end
end

local function combine(tokens, pieces, asked)
  pieces = sift(tokens, pieces, asked)
  judge(tokens, pieces)
  local state = { tokens = tokens, times = {}, refused = false, is_tale = false }
  for i, piece in ipairs(pieces) do
    local link = piece.link and not piece.tale and piece.slot
    if link == "not" then
      refuse(state, piece, pieces[i + 1])
    elseif link == "rather" then
      correct(state, piece)
    elseif link and link ~= "side" then
      if link == "to" and state.moves then link, state.moves = "rather", nil end
      -- the dash of "no - just Friday" is no "until"
      if state.link ~= "rather" or link ~= "to" then
        state.link, state.link_piece = link, piece
      end
    elseif not piece.link then
      end_refusal(state, piece)
      if piece.tale ~= nil and (piece.tale and true) ~= state.is_tale then
        state.is_tale, state.time, state.other = not state.is_tale, state.other, state.time
      end
      add[piece.slot](state, piece)
      state.last, state.link, state.link_piece = piece, nil, nil
    end
  end
  give_zones(tokens, pieces, state.times, is_near)
  return state.times, pieces
end

return combine
