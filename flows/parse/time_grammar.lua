-- flows/parse/time_grammar.lua - which runs of tokens are a date, a clock time, a part of a day ...
--
-- The grammar reads the string of token kinds (lexer.lua), not the text, so a rule names what
-- stands side by side and nothing else. A match is an *atom*: { kind, first, last (one past), ... }
-- with the places of its tokens under the names that the rule gives them. time_read.lua turns atoms
-- into values.

local lpeg = require "lpeg"
local lexer = require "parse.lexer"

local P, S, V, Cc, Cg, Cp, Ct = lpeg.P, lpeg.S, lpeg.V, lpeg.Cc, lpeg.Cg, lpeg.Cp, lpeg.Ct

-- Parts that stand in several places are rules, or each place would hold a copy.
local rules = {}
local function rule(name, pattern)
  rules[name] = pattern
  return V(name)
end

local t = {}
for name, byte in pairs(lexer.kinds) do t[name] = P(byte) end
t.unit = t.unit + t.weeks + t.years
t["and"] = t["and"] + t.plus

local function maybe(pattern) return pattern ^ -1 end
-- The place of a token (of the first one, where there are several), kept under a name.
local function at(name, pattern) return Cg(Cp(), name) * pattern end
-- Something that the rule itself says.
local function is(name, value) return Cg(Cc(value == nil and true or value), name) end
local function atom_of(pattern) return Ct(Cg(Cp(), "first") * pattern * Cg(Cp(), "last")) end
local function kind(name) return Cg(Cc(name), "kind") end
local function atom(name, pattern) return atom_of(kind(name) * pattern) end
local function group(name, pattern) return Cg(Ct(pattern), name) end

local dash, comma = P "-", P ","
-- "5pm -> 6pm", "~~10am~~ 11am", "*11am", "11am*"
local struck = (dash + "=") ^ 1 * P ">" + P "~~" + P "*"
-- between the ends of a range
local to = t.to + t.since + dash * maybe(dash) * -P ">" + P "~" * -P "~"

-- Numbers and lengths of time: "2 and a half hours", "1 day, 2 hours", "half an hour" -------------

local hour = t.int + t.number + t.tens
local count = hour + t.long * -(t.weeks * t.int) + t.decimal + t.pair
local any_unit = t.unit + t.letter_unit
local and_half = t["and"] * maybe(t.article) * t.half * is "half_more"
local of_an = maybe(t.of) * maybe(t.article)
local amount = rule("amount", Ct(
  at("count", count) * maybe(t.ish) * maybe(and_half) * maybe(t.more) * at("unit", any_unit)
    * maybe(and_half)
  + at("count", hour) * at("count_more", t.pair) * at("unit", any_unit)
  + at("count", t.pair) * of_an * at("unit", t.unit)
  + is("fraction", 1) * at("unit", t.unit) * and_half
  + at("count", hour) * (dash + t["or"] + t.to) * hour * at("unit", t.unit)
  + maybe(t.article) * at("some", t.some) * maybe(t.of) * at("unit", any_unit)
  + maybe(t.article) * at("half", t.half) * maybe(dash) * maybe(t.article)
    * at("unit", t.unit)
  + maybe(t.article) * is("fraction", 0.25) * t.quarter * of_an * at("unit", t.unit)
  + at("count", count) * maybe(dash) * is("fraction", 0.25) * t.quarter * of_an * at("unit", t.unit)
  + t.article * is("fraction", 1) * at("unit", t.unit) * maybe(and_half)))
-- "1 hour 10": the minutes of an hour
local loose_minutes = Ct(at("count", t.int + t.number + t.tens) * is "loose" * -(any_unit + t.ampm
  + t.oclock + t.unknown + t.month + t.weekday + t.int + t.number + t.to + t["or"] + S "-/:.$%"))
local length = rule("length", group("length", amount * (maybe(comma) * maybe(t["and"])
  * amount) ^ -3 * maybe(maybe(t["and"]) * loose_minutes)))
local one_unit = group("length", Ct(is("fraction", 1) * at("unit", t.unit)))

-- Clock times -------------------------------------------------------------------------------------

local ampm = at("ampm", maybe(t["in"]) * maybe(t.the) * t.ampm)
local ending = (maybe(dash) * t.oclock * is "said_clock" + t.ish * is "said_clock" + dash * t.ish
  * is "said_clock" + t.hundred * maybe(t.unit * is "said_clock")) ^ -2
  * maybe(ampm) * (t.oclock + t.ish) ^ -1
local minutes = at("minute", t.number + t.tens)
local point = rule("point",
  maybe((at("clock", t.clock) + at("decimal", t.decimal) + at("digits", t.long) + at("hour", hour))
    * t.oclock ^ -1 * maybe(ampm)) * at("named", t.noon + t.letter_noon)
  + at("digits", t.long) * -t.weeks * at("hour_unit", any_unit)
  + at("clock", t.clock) * any_unit
  + at("decimal", t.decimal) * at("hour_unit", any_unit)
  + (at("clock", t.clock) + at("decimal", t.decimal) + at("digits", t.long) * -(S "-/." * t.month))
    * -any_unit * ending
  + at("bad", t.bad_clock)
  + at("hour", t.int) * t.oclock * is "said_clock" * at("minute", t.int)
    * -(any_unit + t.oclock + t.unknown + t.int + t.of + S "-/:" + maybe(P ".") * t.month)
  + at("hour", hour) * at("minute", t.int) * ampm
  + at("hour", t.number) * maybe(dash) * minutes * -any_unit * ending
  + at("hour", hour) * at("hour_letter", t.letter_unit) * at("minute", t.int + t.number + t.tens)
    * -(any_unit + t.oclock + t.unknown + t.int + t.of + S "-/:" + maybe(P ".") * t.month)
  + at("hour", hour) * at("hour_letter", t.letter_unit)
  + at("hour", t.some) * t.oclock * is "said_clock"
  + at("hour", hour) * -(any_unit + S "%$" + t.some + t.month * t.street) * ending)
-- "half past 4", "20 minutes to 6", "half three"
local shifted =
  maybe(t.article) * t.half * is("offset", 30) * t.after * is("sign", 1) * point
  + (maybe(t.article) * t.quarter * is("offset", 15)
      + at("offset_count", hour) * maybe(at("offset_unit", t.unit)))
    * (t.after * is("sign", 1) + (t.to + t.before) * is("sign", -1)) * point
  + at("quarters", t.number) * t.quarter * t.after * is("sign", 1) * point
  + maybe(t.article) * t.quarter * t.of * is("offset", 15) * is("sign", -1) * at("hour", hour)
    * ending
  + at("offset_count", hour) * at("offset_unit", t.unit) * t.from * is("sign", 1) * point
  + at("half", t.half) * is("sign", 1) * at("hour", hour) * -any_unit * ending
  + (at("hour", hour) * (t.letter_unit + t.unit + t.oclock) ^ -1 + at("named", t.noon))
    * is "additive" * (t["and"] * is("sign", 1) * t.half * is("offset", 30)
      + t["and"] * maybe(t.article) * is("sign", 1) * t.quarter * is("offset", 15)
      + t.plus * is("sign", 1) * at("offset_count", t.number + t.tens + t.int)
      + t.minus * is("sign", -1) * maybe(t.the + t.on + t.article) * (t.quarter * is("offset", 15)
        + at("offset_count", t.number + t.tens + t.int)))
    * -any_unit * ending
local soft = rule("soft", (t.around + t.at + t.the + S "~'\"(") ^ -2)
local quote = S "'\"" ^ -1
local stop = soft * group("stop", point) * quote
local start = soft * group("start", point) * quote
local range = quote * start * Cg(Cp(), "link") * to * stop
-- "de 14h à 16h", "das 9 às 11"
local from_to = (t.from + t.of) * start * Cg(Cp(), "link") * t.at * stop
-- "a las 15 horas"
local at_hours = t.at * is "led" * group("start", (at("hour", hour) + at("hour", t.article))
  * at("hour_letter", t.unit) * -(t.before + t.after + t.from))
local between = t.between * start * Cg(Cp(), "link") * (t["and"] + to + t["or"]) * stop
local more = maybe(P "=")
local never = t["not"] + t.no
-- "no calls before", "I work until": a limit of the hour that is wished for, if one is told
local some_words = (t.filler + t.unknown + t.phone) ^ -5
local refusal = at("never", never)
local limit = (refusal * (t.before + t.earlier * t.than + t.to) * is("limit", "after")
    + refusal * some_words * (t.before * is("limit", "asked")
      + at("limit_to", t.to) * maybe(t.after) * is("limit", "after"))
    + t.busy * t.to * is("limit", "after")
    + at("engaged", t.engaged) * t.to * is("limit", "after")) * is("bound", "after")
  + (refusal * t.after * is("limit", "asked") + never * some_words * t.after * is("limit", "by"))
    * is("bound", "by")
  -- "before my bus at 7", "after I finish at 5"
  + (t.before * is("bound", "before") + t.after * is("bound", "after"))
    * (t.filler + t.unknown + t.whose + t.article) ^ 1 * is("limit", "event") * t.at
local bound = limit + (t.after + t.later * t.than + P ">" * more) * is("bound", "after")
  + (never * t.later * t.than + t.by) * is("bound", "by")
  + (t.before + t.earlier * t.than + P "<" * more + t.to) * is("bound", "before")
local first_lead = t.around + t.at + t["in"] + t.from
local lead = maybe(first_lead * maybe(first_lead) * is "led")
  * maybe((bound + (t.at + t.around + t.from + t.between + t["for"] + S "@~")) * is "led") * soft
local or_later = maybe(maybe(comma) * t["or"] * (t.later + t.after) * is("bound", "after")
  * -(t.at + t.clock + t.noon + hour))
-- "at 3 15": minutes without a mark, where the words before and behind leave no doubt
local spaced = t.at * is "led" * group("start", at("hour", t.int) * at("minute", t.int))
  * -(ampm + any_unit + t.unknown + t.month + t.int + t.to + t.of + S "-/:.")
-- "until 2pm I am in a meeting"
local until_free = t.to * is "led" * soft * group("start", point) * maybe(comma) * t.filler ^ -3
  * (t.busy + at("engaged", t.engaged)) * is("limit", "after") * is("bound", "after")
local clock = atom("clock", is "led" * maybe(first_lead) * between + spaced
  + from_to * is "led" + at_hours + until_free
  + lead * (range + group("start", shifted + point)
    -- "10 baje se pehle mat karna"
    * (at("bound_behind", t.bound) * maybe(t.filler ^ -2 * (never + t.busy)
      * is "limit_behind") + or_later)))

-- "6.3", "5-6": what they are is said by their neighbours
local ends_figure = -(ampm + any_unit + t.oclock + t.ish + t.hundred + t.noon + t.letter_noon + to
  + S "%$" + t.some + t.half + t.quarter)
local figures = atom("figures", maybe(t.on * is "on") * maybe(t.the)
  * (at("decimal", t.decimal) * maybe(P "." * -t.unknown * is "has_dot")
    + at("day", t.int) * dash * at("month", t.int)) * ends_figure)

-- Dates -------------------------------------------------------------------------------------------

local join = (S ".,/-" + t.of + t.the) ^ -2
local day = at("day", t.nth + t.ordinal + t.int + t.number + t.tens) * -(ampm + any_unit + t.oclock)
local year = (at("year", t.long) + P "'" * at("year", t.int)
    + at("thousands", t.number) * t.thousand * maybe(t["and"]) * at("year", t.number + t.tens)
    + at("century", t.tens) * at("year", t.number + t.tens))
  * -(ampm + any_unit + t.oclock)
local other_year = (t.next * is("years_on", 1) + t.this * is("years_on", 0)
  + t.last * is("years_on", -1)) * t.years
local month = at("month", t.month) * -t.street
local in_year = dash * at("year", t.int) * -(ampm + t.month) + maybe((S ".,/-" + t.of
  + t["in"]) ^ -2 * (year + other_year))
local to_day = maybe((to + t["and"] + t["or"]) * maybe(t.the) * (t.nth + t.int + t.ordinal)
  * -(ampm + P ":" + t.unit))
local month_day = rule("month_day", month * join * day * to_day * in_year
  + day * to_day * join * month * maybe(P ".") * in_year
  + at("day", t.ordinal + t.nth) * at("day_unit", t.unit) * t.of * maybe(t.the) * month * in_year
  + at("year", t.long) * join * month * join * day)
local weekday = at("weekday", t.weekday) * maybe(P ".") * -t.street
local which = (maybe(t.the) + t.on) * (at("next", t.next) * is("which", "next")
  + t.this * is("which", "this") + t.last * is("which", "last") + t.every * is("which", "this"))
local week = at("week", t.unit)
-- "week 12", "KW. 12", "week no. 12", "week 12 or 13"
local week_number = at("span", t.weeks) * maybe(t.no) * maybe(P ".") * at("week_number", t.int)
  * maybe((t["or"] + t["and"] + to) * t.int * -(ampm + t.oclock + P ":") * is "several")
  * -(ampm + any_unit + t.oclock + t.of + t.month + S ":/")
local ordinal = at("nth", t.nth + t.ordinal) + t.last * is "nth_last"
local holiday = at("holiday", t.holiday) * maybe(t.eve * is "eve") * maybe(t.unit) * maybe(year)
  + at("new_year", t.new * t.unit) * maybe(t.eve * is "eve") * maybe(t.unit) * maybe(year)
local in_month = (t.of + t["in"]) * (maybe(t.the) * month * in_year
  + (which + t.the) * at("in_month", t.unit))
local after_date = group("after", holiday + maybe(t.the) * month_day)
local exact_date = rule("exact_date", atom("date",
  at("iso", t.iso_date) + at("full", t.full_date)
  + maybe(t.the) * month_day
  + holiday
  + maybe(t.on) * maybe(t.the) * ordinal * weekday * (in_month + t.after * after_date)
  + maybe(t.the) * weekday * t.after * is("nth_after", 1) * after_date
  + maybe(t.on) * maybe(t.the) * t.last * at("month_end", t.unit) * (t.of + t["in"]) ^ -1
    * (month * in_year + which * at("in_month", t.unit) + t.the * at("in_month", t.unit))
  + weekday * t.after * t.next * is("which", "after next")
  + weekday * -week_number * week * is "week_on"
  + weekday * t.next * is("which", "coming") * -(any_unit + weekday)
  + maybe(which) * weekday * maybe(comma) * maybe(t.the) * at("day", t.nth + t.ordinal)
    * -(t.month + t.thing)
  + maybe(which) * weekday * maybe(comma) * t.the * at("day", t.int) * -(maybe(P ".") * t.month)
  + which * weekday
  + weekday
  + at("relative", t.day) * maybe(week)))
local numeric_date = rule("numeric_date", atom("date",
  maybe(t.on) * at("pair", t.pair) * -any_unit))
local day_of_month = atom("date",
  (maybe(t.on) * maybe(t.the) * at("dom", t.nth)
    + (t.the * at("dom", t.ordinal) * is "in_words" + t.on * t.the * at("dom", t.ordinal) * is "led"
      + t.on * maybe(t.the) * at("dom", t.int) * is "maybe_hour"
        * -(ampm + any_unit + t.oclock + dash * t.int)) * -t.part)
  * -(t.label + to_day * join * t.month + t.half + t.quarter + any_unit + t.number))

-- "the day after tomorrow", "2 days after next friday", "3 days from Tuesday"
local anchor = Cg(exact_date, "anchor") + Cg(numeric_date, "anchor")
local counted_date = atom("date",
  maybe(t.the) * one_unit * ((t.after + at("from", t.from)) * maybe(t.the)
      * (anchor + Cg(day_of_month, "anchor"))
    + t.before * is "backwards" * anchor)
  -- "week of the 4th of May"
  + maybe(t.the) * group("length", Ct(at("unit", t.weeks) * is("fraction", 1))) * maybe(t.of)
    * is "of_week" * maybe(t.the) * Cg(atom("date", month_day) + numeric_date, "anchor")
  + at("count", hour) * weekday * (t.from * t.now + t.later))
local nth_weekday = atom("date", maybe(t.on) * maybe(t.the) * ordinal * weekday)
local span = atom("date",
  maybe(t.by + t.at) * maybe(t.the) * t["end"] * t.of * is "span_end" * (which + t.the)
    * at("span", t.unit)
  + t.later * is "later" * (which + t["in"] * t.the) * at("span", t.unit)
  + week_number
  + which * at("span", t.unit)
  + maybe(t.the) * at("span", t.unit) * t.next * is("which", "next") * -(any_unit + t.weekday)
  + maybe(t.the) * at("span", t.unit) * t.after * t.next * is("which", "after next")
  -- counted from the day agreed on
  + maybe(t.the) * at("span", t.unit) * (t.after * is("steps", 1) + t.before * is("steps", -1))
  + t.same * at("same_day", t.unit)
  + maybe(which + t.the) * at("weekend", t.weekend)
  + maybe(t.every + t.on) * at("workday", t.workday))

-- Counted from now --------------------------------------------------------------------------------

local begins_length = #(count + t.article + t.some + t.half + t.quarter)
local from_now = t.from * (maybe(t.right) * t.now + at("from_day", t.day)) + t.later * is "later"
local relative = atom("relative",
  (t["in"] + t.after) * (t.around + t.the + t.next + t.at + t.like + t.more + P "~") ^ -2 * length
    * maybe(from_now) * maybe(t.time)
  + t["in"] * maybe(t.around) * group("length", Ct(at("clock", t.clock) * at("unit", t.unit)))
  + maybe(t["in"]) * maybe(t.the) * t.next * length
  + maybe(t.the) * at("next", t.next) * is "next_one" * one_unit
  + maybe(t.now) * P "+" * length
  + t.give * is "given" * maybe(t.filler) * (t.around + t.at) ^ -1 * length
  + t["in"] * maybe(t.around) * is "no_unit" * group("length", Ct(at("count", t.int + t.number)))
    * -(any_unit + ampm + t.the + t.month + t.weekday + dash + to + t.number))
-- What begins with a length is decided by what follows it.
local or_so = maybe(t["or"] * t.filler)
local after_length = maybe(t.the) * begins_length * atom_of(length * or_so * (
  (t.after + t.from + t.before * is "backwards") * maybe(t.the) * anchor * kind "date"
  + t.ago * kind "past" + t.earlier * kind "shift" + from_now * kind "relative"))
  + atom("relative", group("length", Ct(at("clock", t.clock) * maybe(any_unit))) * t.from * t.now)
-- "a week on friday", "two weeks tomorrow"
local week_length = group("length", Ct((at("count", count) + t.article * is("fraction", 1)
  + is("fraction", 1)) * at("unit", t.weeks)))
local week_on = atom("date", week_length * (t.on + #t.day) * anchor)
local past = atom("past", t.last * (length + t.unit + t.part)
  -- "kal se", in Hindi: since yesterday
  + ((t.day + t.weekday) * maybe(t.part) + t.part) * t.since * -(t.day + t.weekday)
  + t.this * t.after * (t.unit + t.weekend + t.weekday + t.part + t.number))
local bare_length = begins_length * atom("relative", length * is "only_length")
local same = atom("same", maybe(t.at) * maybe(t.the) * (t.same + t.this) * t.time)
local now = atom("now", maybe(t.right) * t.now + t.right * t.away + t.asap
  + t.as * (t.soon + t.early) * t.as * t.possible)

-- Parts of a day ----------------------------------------------------------------------------------

local grade = (t.early * is("grade", "early") + t.late * is("grade", "late")
  + t.mid * is("grade", "mid")) * maybe(dash)
local into = (t.around + t.on + t["in"] + t.at + t["for"] + t.by) * is "led"
local part = atom("part",
  maybe(into) * maybe(t.the + t.article) * (which + grade) ^ -2 * maybe(t.the * t["in"])
    * at("part", t.part + t.eve)
    * maybe(t.time)
  + maybe(t.at) * maybe(grade) * at("tonight", t.tonight)
  + (t.after * is("side", "after") + t.before * is("side", "before"))
    * maybe(t.the + t.on) * at("meal", t.meal)
  + (t.at + t.around + t["in"] + t.on) * maybe(t.the + t.whose) * at("meal", t.meal) * maybe(t.time)
    * is "led"
  + at("meal", t.meal) * maybe(t.time * is "led")
  + at("half_day", t.ampm) * -(t.unknown + t.filler + t.the + t.article)
  + t.ordinal * t.thing * is "first_thing" * maybe(t["in"] * t.the * t.part)
  + maybe(t.by + t.at) * maybe(t.the) * at("day_end", t["end"]) * maybe(maybe(t.of) * maybe(t.the)
    * t.unit)
  + grade)

-- Zones, and what stands between times ------------------------------------------------------------

local sign = P "+" * is("sign", 1) + dash * is("sign", -1)
local named_zone = (at("zone", t.zone_id) * is "firm" + at("zone", t.zone) * maybe(is "firm" * sign
    * (at("offset", t.int) + at("offset_clock", t.clock) + at("offset_digits", t.long))))
  * maybe(t.time)
local place_zone = maybe(t["in"]) * at("zone", t.place) * is "place"
  * maybe(t.zone + t.time * is "said_time")
local offset_zone = P "+" * is("sign", 1)
  * (at("offset_clock", t.clock) + at("offset_digits", t.long))
local zone = atom("zone", maybe(P "(") * (named_zone + place_zone + t.whose * t.time + offset_zone)
  * maybe(P ")"))
-- "I leave at 5, call before": of an hour that was told, "not later" of the one beside it
local side = atom("side", (never * is "never" * (t.before + t.after + t.later + t.earlier)
    + t.before * is("bound", "before") + t.after * is("bound", "after"))
  * maybe(at("that", t.the)) * #(t.filler + t.around + t["and"] + t.newline + S ".,!?;:)" + -P(1)))
  -- "not until friday": that day begins it
  + atom("side", (never * some_words + t.busy + t.engaged) * (t.before + t.to) * is "never"
    * #(maybe(t.the) * (which + t.weekday + t.day + t.nth + t.ordinal + t.month + t.full_date
      + t.pair + t.iso_date)))
local link = side + atom("or", t["or"] + P "/" * #(t.weekday + t.day + hour + t.clock))
  + atom("and", t["and"]) + atom("to", to)
  + atom("not", t.than * is "than" * #(maybe(t.the + t.on) * (t.weekday + t.day)))
  + atom("not", t.rather * (t.of + t.than) + t["not"] ^ 1 + t.busy * -t["in"] + t.bad * is "behind")
  + atom("rather", t.rather * maybe(t.filler ^ -2 * t.to
    + (t.filler + t.unknown + t.the) ^ -3 * (t.from + t.whose) * is "moves"
    + #(t.weekday + t.day + t.int + t.clock) * is "moves") + t.no)
-- "from 20 August", "Friday (20 Feb)": the figure is a day, not an hour.
local before_date = (t.between + t.from + t["for"] + t.after + t.before + t.by + t.at + t.to
    + P "(")
  * #(maybe(t.the) * (t.int + t.nth + t.ordinal) * join * t.month)
local greeting = t.good * (t.part + t.unit + t.weekend)

-- Tokens that begin nothing; "house no. 12" is none but one.
local idle = t.unknown * t.no * maybe(P ".") * t.int * -(ampm + any_unit + t.oclock)
  + t.unknown + t.more + t.like + t.engaged * -t.to + t.filler + t.phone + t.newline
  + t.label + t.big + t.odd + t.foreign

-- No message is read further than this, so that nobody can make it slow.
local MOST_STEPS = 140

rules[1] = Ct(V "step" ^ -MOST_STEPS)
rules.step = idle ^ 1 + atom("rather", struck)
  -- before the others: a month day would take the figure of "2 days after"
  + before_date + counted_date + week_on
  + after_length + greeting + exact_date * -(t.ago + maybe(t.part) * t.since) + past + relative
  + now + same
  + figures + clock + bare_length + nth_weekday + day_of_month + numeric_date + span + part + zone
  + atom("year", maybe(comma) * at("year", t.long) * -any_unit) + link + 1
return P(rules)
