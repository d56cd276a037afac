-- flows/parse/phone_grammar.lua - where figures in a message could be a telephone number.
--
-- Matching gives a list of candidates: { from, plus, groups, ext, to }. groups are the runs of
-- figures and what stands between them: place, figures, place behind them, separator, place,
-- figures ... The text is in small letters and as text.lua leaves it.

local lpeg = require "lpeg"
local any_word = require("parse.text").any_word
local vocabulary = require "parse.phone_words"

local B, P, R, S, V, C, Cc, Cg, Cp, Ct = lpeg.B, lpeg.P, lpeg.R, lpeg.S, lpeg.V, lpeg.C, lpeg.Cc,
  lpeg.Cg, lpeg.Cp, lpeg.Ct

local digit, letter, wide = R "09", R "az", R "\128\255"
local alnum = digit + letter
local space = S " \t"
local one_or_two, two = digit * digit ^ -1, digit * digit

local function words(written)
  local list = {}
  for word in written:gmatch "%S+" do list[#list + 1] = word end
  return any_word(list) * -alnum
end

-- Figures that are no number ----------------------------------------------------------------------

local year = (P "19" + "20") * two
local function numeric_date(mark)
  return -B(digit * P(mark)) * one_or_two * mark * one_or_two * mark * (year + two) * -digit
    * -(P(mark) * digit)
end
local hour_minute = (S "01" * digit + "2" * S "0123") * S "012345" * digit
local date = year * S "/.-" * one_or_two * S "/.-" * one_or_two * -digit
  + numeric_date "/" + numeric_date "." + numeric_date "-"
  + -B(digit * P "/") * one_or_two * "/" * one_or_two * -digit * -(S "/-." * digit)
  + one_or_two * space * one_or_two * space * year * -digit
  + year * space ^ -1 * "-" * space ^ -1 * year * -digit
  + hour_minute * "-" * hour_minute * -digit * -(S "/-." * digit)
local clock = one_or_two * ":" * two * (":" * two) ^ -1 * -digit
  + one_or_two * (S ":." * two) ^ -1 * space ^ 0 * S "ap" * P "." ^ -1 * space ^ -1 * "m" * -alnum
  + one_or_two * "h" * two * -alnum
local decimal = digit * digit ^ -2 * "." * digit * two * two * digit ^ 0
  + two * two * digit ^ 1 * "." * digit * digit ^ -1 * -digit * -(S ".-" * digit)
  + digit * digit ^ -2 * ("," * digit * two) ^ 1 * -digit * ("." * digit ^ 1) ^ -1
local byte_group = digit * digit ^ -2
local machine = byte_group * "." * byte_group * "." * byte_group * "." * byte_group * -digit
  * -("." * digit)
  - two * "." * two * "." * two * "." * two
local currency = P "$" + "\194\163" + "\226\130\172" + "\226\130\185" + "\194\165"
  + words "usd inr eur gbp aud cad rs rupees dollars"
local more_figures = digit ^ 1 * (S ",.- " * #digit * digit ^ 1) ^ 0
local money = currency * S " ." ^ 0 * more_figures
local something_else = date + clock + decimal + machine
-- Behind figures: "7777%", "100$", "s666", "3333*2"; an extension may be glued on.
local extension_word = P "extension" + "extn" + "ext" + "x" + "int" + "#"
local spoilt = digit ^ 1 * (S "%*=@" + "_" + space ^ -1 * currency + letter - extension_word
  * S ".: " ^ 0 * digit)

-- Candidates --------------------------------------------------------------------------------------

local mark = (S " \t/()-" + P "." * -(S " \t" ^ 1 * digit))
local separator = mark * mark ^ -3 * -S " \t./()-"
local group = Cp() * C(digit ^ 1) * Cp()
local another = C(separator) * -V "something_else" * -V "spoilt" * group
local groups = Ct(group * V "another" ^ -12)
local plus = P "+" ^ 1 * space ^ -1
local extension = space ^ 0 * S ",;" ^ -1 * space ^ 0 * extension_word * P "." ^ -1 * S " :=" ^ 0
  * Cg(C(digit * digit ^ -6), "ext") * -alnum * Cg(Cp(), "to")
local bracket = P "(" * Cg(Cc(true), "open")
local candidate = Ct(Cg(Cp(), "from")
  * (bracket ^ -1 * -B(digit + P ")") * plus * Cg(Cc(true), "plus") * bracket ^ -1 + bracket ^ -1)
  * -V "something_else" * -V "spoilt" * #digit * Cg(groups, "groups")
  * (P ")" * Cg(Cc(true), "closed")) ^ -1 * Cg(Cp(), "tail") * extension ^ -1
  * (#(space ^ 1 * words(vocabulary.counted)) * Cg(Cc(true), "counted")) ^ -1)

-- The rest of the message -------------------------------------------------------------------------

local glue = S " :#.=-\t" + "n\194\186" + words(vocabulary.glue)
local labelled = words(vocabulary.not_phone) * glue ^ 0 * (letter * letter ^ -3 * "-") ^ -1
    * more_figures
  + P "iban" * (S " :" ^ 1 * letter ^ -2 * digit ^ 1) ^ 1
-- "12 feb 2010 415 555 2671"
local of_month = words(vocabulary.months) * S " .," ^ 1
  * (one_or_two * (P "st" + "nd" + "rd" + "th") ^ -1 * S " ," ^ 1) ^ -1 * year * -digit
local phone_word = words(vocabulary.phone) * (space ^ 0 * (P "no" * -alnum + "#")) ^ -1
local numbered = letter ^ 1 * space ^ 1 * "no" * (P "." + #S " :#") * S " :#" ^ 0 * more_figures
local mixed = (letter ^ 1 * digit + digit ^ 1 * letter) * alnum ^ 0 * (S "-_" * alnum ^ 1) ^ 0
local web = (P "http" * P "s" ^ -1 * "://" + "www.") * (1 - S " \t\r\n") ^ 1
  + alnum * (alnum + S "._+-") ^ 0 * "@" * alnum ^ 1
local word = letter ^ 1 * -digit * P "-" ^ -1
local formula = (P "*" + B(digit + P ")") * S "+=") * S " (" ^ 0 * digit * (digit + S "-. ()+"
  * #S "0123456789()") ^ 0
local negative = space ^ 0 * "-" * more_figures
local coordinate = B(S " ,(") * "-" * digit ^ 1 * "." * digit ^ 1
local hash = P "#" * more_figures

-- Words and marks, and what stands where a candidate could begin and is none.
local blank = S " \t\r\n,!?" ^ 1
local number_word = space ^ 1 * "no" * (P "." + #S " :#")
local plain_word = letter ^ 1 * -(digit + S "@._+-" + "://" + number_word)
local passed = blank
  + #letter * (money + labelled + of_month + phone_word + plain_word + numbered + web + word
    + mixed)
  + money + formula + coordinate + hash + wide ^ 1 + (P(1) - S "+(" - digit)
local no_candidate = web + mixed + V "something_else" + digit ^ 1 + P(1)

-- No message has more runs of figures than this that matter; a longer one is read so far.
local MOST_RUNS = 40

-- The parts that stand in several places are rules, or each place would hold a copy.
return P {
  Ct(negative ^ -1 * V "run" ^ -MOST_RUNS),
  run = passed ^ 0 * (candidate + no_candidate),
  another = another,
  something_else = something_else,
  spoilt = spoilt,
}
