-- flows/parse/yes_no.lua - whether an answer says yes or no.
--
--   local yes_no = require "parse.yes_no"
--   yes_no.find("yep, go ahead")    -> "yes"
--   yes_no.find("not really")       -> "no"
--   yes_no.find("what time?")       -> nil
--
-- The answer counts at the start of a message, behind polite or hesitating words, or anywhere in a
-- message of a few words. "no wait, yes" is its last word. To teach it a phrase, add it below:
-- small letters, "_" for a space inside a phrase.

local lpeg = require "lpeg"
local plain_text = require "parse.text"

local P, R, S, V, Cc, Ct = lpeg.P, lpeg.R, lpeg.S, lpeg.V, lpeg.Cc, lpeg.Ct

local PHRASES = {
  yes = "y ya yah ye yes yess yesss yse yea yeah yeahh yeh yep yepp yeps yup yupp yus aye "
    .. "affirmative sure sure_thing surely ok okay okey okie oki okk k kk okey_dokey all_right "
    .. "sounds_good looks_good all_good indeed absolutely definitely certainly totally of_course "
    .. "ofcourse for_sure by_all_means why_not go_ahead go_for_it go_on_then do_it please_do do_so "
    .. "proceed continue confirm confirmed i_confirm book_it book_that please_book that_works "
    .. "that'll_work that_will_work works_for_me agreed i_agree accept accepted deal done roger "
    .. "no_problem no_worries no_issue no_issues not_a_problem not_bad no_objection no_doubt "
    .. "nothing_to_change nothing_else i_think_so i_guess i_guess_so i_suppose_so if_you_must "
    .. "yes_please you_got_it 10-4 exactly precisely si sí claro vale correcto de_acuerdo oui ja "
    .. "haan han ji haanji theek_hai da sim",
  -- as much a yes, unless a word behind makes them something else: "good question", "I am in Dubai"
  nod = "good great perfect cool nice awesome lovely excellent wonderful brilliant right true fine "
    .. "alright works i_am it_is i_do i_would",
  -- these may stand behind such a word
  behind = "idea one thing to with by for then see talk speak thanks thank i we let lets let's "
    .. "call do at on stuff enough",
  -- a yes, but behind a "no" neither the one nor the other
  right = "correct that's_correct thats_correct that_is_correct that's_right thats_right "
    .. "that_is_right it's_right its_right it_is_right that's_fine thats_fine that_is_fine",
  no = "n no noo nooo nop nope nopes nah naah nay negative no_thanks no_thank_you no_way "
    .. "not_really not_at_all not_now not_yet not_today not_right not_correct not_quite "
    .. "not_exactly not_ok not_okay not_good not_sure_about_that isn't_right isnt_right "
    .. "isn't_correct isnt_correct is_not_right is_not_correct not_that never wrong incorrect "
    .. "that's_wrong thats_wrong false mistake cancel cancel_it cancel_that stop abort forget_it "
    .. "forget_that never_mind nevermind nvm leave_it drop_it don't_do_it fuck_off "
    .. "piss_off get_lost i_don't_think_so i_dont_think_so i_do_not_think_so i_don't i_dont "
    .. "i'm_not im_not i_am_not i'd_rather_not rather_not of_course_not absolutely_not "
    .. "definitely_not certainly_not better_not doesn't_work doesnt_work does_not_work won't_work "
    .. "wont_work change_it i_changed_my_mind hard_pass nein non nahi nahin não nao",
  -- a no, unless it comes behind a yes and goes on: "yes, and don't be late"
  dont = "don't dont do_not please_don't please_dont",
  -- neither: it hides a word of the lists above
  unsure = "not_sure i'm_not_sure im_not_sure i_am_not_sure no_idea i_don't_know i_dont_know "
    .. "i_do_not_know don't_know dont_know right_now right_away right_after right_before ok_so "
    .. "ok_but i_do_not_understand i_don't_understand i_dont_understand no_one no_signal do_i "
    .. "do_you can_you no_sé no_se y_cuándo",
  -- may stand before the answer
  lead = "um umm uh uhm er hmm hm mm oh ah well so hey hi hello please pls thanks thank_you it's "
    .. "its that_is that's thats this_is it_is i_think i_guess i_say the_answer_is lol haha "
    .. "actually honestly yeah_no just then and but i'd_say my_answer_is everything_is all_is "
    .. "everything that_looks it_looks looks that_sounds",
  rather = "wait sorry actually hold_on oops i_mean",
  -- say how sure, not what
  strong = "absolutely definitely certainly of_course totally very quite really",
}
local PICTURES = { yes = { "👍", "✅", "👌", "✔", "☑", "🙂", "😀", "🆗", "💯", "🙏" }, no = { "👎", "❌",
  "🚫", "✖", "🙅", "⛔" } }

local letter = R("az", "09", "\128\255") + S "'"

local function phrase(name)
  return plain_text.any_word(plain_text.phrases(PHRASES[name])) * -letter
end

local function picture(list)
  local pattern = P(false)
  for _, one in ipairs(list) do pattern = pattern + P(one) end
  return pattern * P "\239\184\143" ^ -1
end

local gap = S " \t\r\n,.!?;:-\"()*~" ^ 0
local yes, no, nod, right = V "yes", V "no", V "nod", V "right"
local lead, rather, strong, unsure = V "lead", V "rather", V "strong", V "unsure"

local token = Cc "no" * picture(PICTURES.no) + Cc "yes" * picture(PICTURES.yes)
  + Cc "no" * strong * gap * P "not" * -letter
  + Cc "rather" * rather * #(gap * letter)
  + Cc "yes" * (P "no" * S " " ^ 1 * (P "problem" + "worries" + "issues" + "issue" + "objection"
    + "doubt" + "changes" + "change") * -letter)
  + Cc "other" * unsure
  + Cc "right" * right
  + Cc "no" * no + Cc "yes" * yes
  + Cc "dont" * V "dont" * V "goes_on" + Cc "no" * V "dont"
  + Cc "yes" * nod * -V "goes_on"
  + Cc "lead" * lead
  + Cc "other" * (letter ^ 1 + P(1))

-- The words are rules, or each place would hold a copy of them.
local rules = {
  Ct(gap * (V "token" * gap) ^ -24),
  token = token,
  goes_on = #(S " \t" ^ 1 * (letter ^ 1 - V "known")),
  known = yes + no + nod + right + V "behind" + unsure + lead + rather + strong,
}
for name in pairs(PHRASES) do rules[name] = phrase(name) end
local tokens = P(rules)

local FEW = 6          -- words of a message in which yes or no counts wherever it stands

local yes_no = {}

local MEANS = { yes = "yes", right = "yes", no = "no", dont = "no" }

function yes_no.find(text)
  local list = lpeg.match(tokens, (plain_text.plain(text:sub(1, 400))):lower())
  local answer, replaced, led, others = nil, false, true, 0
  for _, kind in ipairs(list) do
    local means = MEANS[kind]
    if means then
      -- "no, that's right" may be either
      if answer == "no" and kind == "right" and not replaced then return nil end
      if not answer and (led or #list <= FEW) or replaced then answer, replaced = means, false end
      -- "yeah, no": the doubt wins over the polite yes
      if answer == "yes" and kind == "no" and others == 0 then answer = "no" end
    elseif kind == "rather" then
      replaced = answer ~= nil
    elseif kind == "other" then
      led, others = false, others + 1
    end
  end
  -- "is that correct?" asks
  if answer and others > 0 and text:find "%?%s*$" then return nil end
  -- a question or a tale that happens to begin with such a word
  if answer and others > 14 then return nil end
  return answer
end

return yes_no
