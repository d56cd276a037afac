-- flows/parse/phone_grammar.lua - where figures in a message could be a telephone number.
--
-- Matching gives a list of candidates. Each is a list of places: where it begins; where each run of
-- figures begins and ends; where it ends. Its fields: plus; open, a bracket before it; ext and to,
-- an extension and where that ends; denied and counted, what is said behind it. The text is in
-- small letters and as text.lua leaves it.

local lpeg = require "lpeg"
local plain_text = require "parse.text"
local any_word, phrases = plain_text.any_word, plain_text.phrases
local vocabulary = require "parse.phone_words"

local B, P, R, S, V, C, Cc, Cg, Cp, Ct = lpeg.B, lpeg.P, lpeg.R, lpeg.S, lpeg.V, lpeg.C, lpeg.Cc,
  lpeg.Cg, lpeg.Cp, lpeg.Ct

local digit, letter, wide = R "09", R "az", R "\128\255"
local alnum = digit + letter
local space = S " \t"
local one_or_two, two, three = digit * digit ^ -1, digit * digit, digit * digit * digit
local four = two * two

local function words(written)
  return any_word(phrases(written)) * -alnum
end

-- Figures that are no number ----------------------------------------------------------------------

-- By how many figures come first; most groups of a telephone number are told by that, and by what
-- stands behind them.
local alone = -B(digit * S "/.-")            -- not the rest of "415-2019-2020"
local ends = -digit * -(S "/-." * digit)
local year = (P "19" + "20") * two
local dash = space ^ -1 * "-" * space ^ -1

-- "3/4/2025", "3/4", "3 4 2025"
local function numeric_date(mark)
  return -B(digit * P(mark)) * one_or_two * mark * one_or_two * mark * (year + two) * -digit
    * -(P(mark) * digit)
end
local date = numeric_date "/" + numeric_date "." + numeric_date "-"
  + alone * one_or_two * ("/" * one_or_two * ends + space * one_or_two * space * year * -digit)
local clock = one_or_two * (":" * two * (":" * two) ^ -1 * -digit
  + (S ":." * two) ^ -1 * space ^ 0 * S "ap" * P "." ^ -1 * space ^ -1 * "m" * -alnum
  + "h" * two * -alnum)
-- "21-19 21-17 15-21"
local score = one_or_two * "-" * one_or_two
local next_score = P "," ^ -1 * space * score
local scores = alone * score * next_score * next_score ^ -5 * -digit
  * -(space ^ -1 * P "-" ^ -1 * digit)
-- "00 10 4d e9"
local byte_pair = digit * R "af" + R "af" * digit
local bytes = two * S " :-" * (two * S " :-") ^ -6 * byte_pair * -alnum

local decimal = digit * digit ^ -2 * ("." * digit * two * two * digit ^ 0
    + ("," * three) ^ 1 * -digit * ("." * digit ^ 1) ^ -1)
  + R "19" * digit ^ -1 * ("." * three) ^ 2 * -digit * -(S ".-/ " * digit)
local byte = digit * digit ^ -2
local machine = byte * "." * byte * "." * byte * "." * byte
  * (-digit * -("." * digit) - two * "." * two * "." * two * "." * two + S ":/" * digit ^ 1)
-- The tax numbers of several countries
local tax = three * "." * three * "." * three * "-" * two * -digit
  + two * "." * three * "." * three * ("/" * four * "-" * two + "-" * digit) * -digit
-- "14.0.20250131": no number has a group that is 0 between points
local version = digit ^ 1 * (-P ".0." * "." * digit ^ 1) ^ -2 * ".0." * digit ^ 1
  * ("." * digit ^ 1) ^ 0

-- "2025-03-04", "2019/2020", "0900 - 1730"
local hour_minute = (S "01" * digit + "2" * S "0123") * S "012345" * digit
local of_year = year * S "/.-" * one_or_two * S "/.-" * one_or_two * -digit
  + alone * year * (dash + "/") * year * ends
  + alone * hour_minute * dash * hour_minute * ends
-- Whatever their check figures
local part = S " -" ^ -1
local card = R "36" * three * S " -" * (four * S " -" * four * S " -" * four * part * digit ^ -3
    + four * part * four * S " -" * three + two * four * S " -" * four * digit ^ -1) * -digit

-- "20250304 14:30", "1234.56"
local day, month = S "012" * digit + "3" * S "01", "0" * digit + "1" * S "012"
local long_date = year * month * day * (space + "t") * S "012" * digit * ":"
local long_decimal = two * two * digit ^ 1 * "." * digit * digit ^ -1 * -digit * -(S ".-" * digit)

local something_else = #(one_or_two * S "/.-:, aph\t") * (date + clock + scores + bytes)
  + #(one_or_two * digit ^ -1 * S ".,") * (decimal + machine + tax + version)
  + #(four * S "/.- ") * (of_year + card + version)
  + #(four * digit) * (long_date + long_decimal)
  + #(four * ".") * long_decimal

local currency_sign = P "$" + "\194\163" + "\226\130\172" + "\226\130\185" + "\194\165"
local currency = currency_sign + words(vocabulary.currency)
local amount = digit ^ 1 * (S ",.'-" * digit ^ 1) ^ 0
  * ((space * three) ^ 1 * -(S " .-" ^ 0 * digit)) ^ -1
local money = S " ." ^ 0 * amount
-- Behind figures: "7777%", "100$", "s666", "3333*2"; an extension may be glued on.
local extension_word = any_word(phrases(vocabulary.extension)) + "#"
local spoilt = digit ^ 1 * (S "%*=@" + "_" + space ^ -1 * (currency + S "%*=")
  + letter - extension_word * S ".: " ^ 0 * digit)

-- Candidates --------------------------------------------------------------------------------------

local mark = (S " \t/()-" + P "." * -(S " \t" ^ 1 * digit))
local separator = mark * mark ^ -3 * -S " \t./()-"
local group = Cp() * digit ^ 1 * Cp()
local another = separator * -(B(space) * V "something_else") * -V "spoilt" * group
local groups = group * V "another" ^ -12
local plus = P "+" ^ 1 * (space * -B(digit * P " + ")) ^ -1
local extension = space ^ 0 * S ",;" ^ -1 * space ^ 0 * extension_word * P "." ^ -1
  * (space ^ 0 * words "no number") ^ -1 * S " .:=" ^ 0
  * Cg(C(digit * digit ^ -6), "ext") * -alnum * Cg(Cp(), "to")
local bracket = P "(" * Cg(Cc(true), "open")

-- What a visitor says of the figures behind them: "isn't a phone number".
local article = words "a an the my our your his her their" * space ^ 1
local is = words "is was are were"
local not_t = P "n" * P "'" ^ -1 * "t" * -alnum
local is_not = (is * space ^ 1 * words "not no" + (P "is" + "was" + "are" + "were") * not_t
    + P "do" * P "es" ^ -1 * (not_t + " not") * " look like")
  * space ^ 1 * (article ^ -1 * words(vocabulary.itself) + "longer" * space ^ 1)
local denied = space ^ 1 * is_not
local said_behind = #(space ^ 0 * S "iwad") * #denied * Cg(Cc(true), "denied")
  + #(space ^ 1 * words(vocabulary.counted) + space ^ 0 * S "+*=" * space ^ 1 * digit)
    * Cg(Cc(true), "counted")

local candidate = Ct(Cp()
  * (bracket ^ -1 * -B(digit + P ")") * plus * Cg(Cc(true), "plus") * bracket ^ -1 + bracket ^ -1)
  * -V "something_else" * -V "spoilt" * #digit * groups
  * P ")" ^ -1 * Cp() * extension ^ -1
  * said_behind ^ -1)

-- The rest of the message -------------------------------------------------------------------------

-- What is told by a word before it, but not the phone number behind: "order 12 4155552671".
local longer = space * (digit ^ 9 + three * S "-. " * three * S "-. " * four * -digit)
local figures = digit ^ 1 * (-longer * S ",.- " * digit ^ 1) ^ 0
-- "1z 999 aa1 01 2345 6784"
local token = letter ^ -4 * digit * alnum ^ 0
local tokens = token * (-longer * S ",.- /" * token) ^ 0
local glue = P "'s" + S " :#.=-(/\t'\"" + "n\194\186" + "n\194\176" + words(vocabulary.glue)
local prefix = letter * letter ^ -3 * "-"
  + -(V "phoned" + words(vocabulary.plain)) * letter * letter * space
local told_between = words(vocabulary.number)
  * (space ^ 1 * -(V "phoned" + words "is was and or") * letter ^ 1 * -alnum) ^ -6
  * space ^ 1 * words "is was"
-- An iban begins with its country and two check figures: "gb29 nwbk 6016 1331 9268 19".
local four_more = space ^ -1 * alnum * alnum * alnum * alnum
local iban = letter * letter * two * four_more * four_more * four_more ^ -5
  * (space ^ -1 * alnum ^ -3) ^ -1 * -alnum
local one = (space ^ 1 * told_between) ^ -1 * glue ^ 0
  * (space ^ 0 * iban + prefix ^ -1 * tokens)
local listed = space ^ 0 * (S ",&" + "and" + "or") * space ^ 0 * P "#" ^ -1
local several = one * (listed * digit ^ 1 * -(S "-. " * digit)) ^ 0
local labelled = -alnum * (space * words "numbers nos codes ids" * several + one)
local coded = -alnum * glue ^ 0
  * (three * space * three * -digit + digit ^ 1 * ("-" * four * -digit) ^ -1)
-- "12 feb 2010 415 555 2671"
local of_month = S " .," ^ 1 * (one_or_two * (P "st" + "nd" + "rd" + "th") ^ -1 * S " ," ^ 1) ^ -1
  * year * -digit

-- Words that mean something here, in one tree: an ordinary word is told after a letter or two.
local special = {}
local function means(written, what_follows, ending)
  local list = phrases(written)
  for i, word in ipairs(list) do list[i] = word .. (ending or "") end
  plain_text.add_words(special, list, what_follows)
end
means(vocabulary.currency, V "money")
means(vocabulary.not_phone, V "labelled")
means(vocabulary.not_phone, V "labelled_all", "s")
means(vocabulary.code, V "coded")
means(vocabulary.months, V "of_month")
means(vocabulary.phone, V "telling")
means(vocabulary.plain, V "telling")
means("doi", ":" * (1 - S " \t\r\n") ^ 1)

local mixed = "v" * digit ^ 1 * ("." * digit ^ 1) ^ 1
  + (letter ^ 1 * digit + digit ^ 1 * letter) * alnum ^ 0
    * (S "-_" * alnum ^ 1 + "." * letter * alnum ^ 0) ^ 0
local web = (P "http" * P "s" ^ -1 * "://" + "www.") * (1 - S " \t\r\n") ^ 1
  + alnum * (alnum + S "._+-") ^ -40 * "@" * alnum ^ 1
local word = letter ^ 1 * -digit * P "-" ^ -1
-- "e-151673398", but "t-4155552671" is a phone
local lettered = (letter - S "tphmcwof") * "-" * figures
local named = letter ^ 1 * "_" * digit * alnum ^ 0
local formula = (P "*" + B(digit + P ")") * S "+=" + B(digit * P " ") * "=" * space)
  * S " (" ^ 0 * digit * (digit + S "-. ()+" * #S "0123456789()") ^ 0
local negative = space ^ 0 * "-" * figures
local coordinate = B(S " ,(") * "-" * digit ^ 1 * "." * digit ^ 1
local hash = (P "#" + "\227\128\146") * figures

-- Words and marks, and what stands where a candidate could begin and is none.
local blank = S " \t\r\n,!?" ^ 1
local plain_word = letter ^ 1 * (blank + -(digit + S "@._+-" + "://"))
local passed = blank
  + #letter * (V "special" + plain_word + lettered + iban + web + named
    + word + mixed)
  + currency_sign * money + formula + coordinate + hash + wide ^ 1 + (P(1) - S "+(" - digit)
local no_candidate = web + mixed + V "something_else" + digit ^ 1 + P(1)

-- What need not be read word by word: what no figures follow, and sentences without any.
local figures_follow = (1 - digit) ^ 0 * digit
local sentence = (letter + S " '") ^ 1 * S "!?;\r\n" ^ 1

-- No message has more runs of figures than this that matter; a longer one is read so far.
local MOST_RUNS = 40

-- The parts that stand in several places are rules, or each place would hold a copy.
return P {
  Ct(negative ^ -1 * V "run" ^ -MOST_RUNS),
  run = #figures_follow * sentence ^ 0 * passed ^ 0 * (candidate + no_candidate),
  another = another,
  something_else = something_else,
  spoilt = spoilt,
  special = plain_text.tree_pattern(special),
  money = -alnum * money,
  labelled = labelled,
  labelled_all = -alnum * several,
  coded = coded,
  of_month = of_month,
  phoned = words(vocabulary.phone),
  telling = -alnum * (space ^ 0 * (P "no" * -alnum + "#")) ^ -1 * P "-" ^ -1,
}
