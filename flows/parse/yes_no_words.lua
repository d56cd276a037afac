-- flows/parse/yes_no_words.lua - the words of yes_no.lua, in small letters, "_" for a space inside
-- a phrase. To teach the bot a phrase, add it to its list: the longest that fits a place counts.
local words = {}

words.kinds = {
  -- English, then German, Spanish, Hindi, and a few of others
  yes = "yes yess ye ya yep yepp yeps yup yupp yus yse yees aye affirmative sure sure_thing surely "
    .. "indeed absolutely definitely certainly totally of_course ofcourse for_sure by_all_means "
    .. "why_not go_ahead go_for_it go_on_then do_it do_so please_do proceed continue confirm "
    .. "confirmed i_confirm book_it book_that please_book that_works works_for_me that'll_work "
    .. "that_will_work agreed i_agree agree accept accepted i_accept deal roger exactly precisely "
    .. "no_problem no_problems no_worries no_issue no_issues not_a_problem not_an_issue hell_yes "
    .. "let's_go lets_go not_bad no_objection no_objections no_doubt nothing_else mhm mhmm mm_hmm "
    .. "uh_huh whatever whenever anytime any_time up_to_you as_you_like as_you_wish as_you_prefer "
    .. "you_decide you_choose your_choice no_preference all_day i_don't_mind i_dont_mind "
    .. "i_do_not_mind don't_mind dont_mind do_not_mind doesn't_matter doesnt_matter "
    .. "does_not_matter won't_be_a_problem i_am_good_for "
    .. "i'm_good_for im_good_for "
    .. "i'm_good_to_go i_am_good_to_go if_you_must you_got_it 10-4 jawohl "
    .. "jep jup jo klar na_klar logisch selbstverständlich gern geht_klar passt_so genau stimmt "
    .. "gerne einverstanden in_ordnung auf_jeden_fall natürlich kein_problem passt doch machen_wir "
    .. "ja jaa sí si sip claro claro_que_sí vale correcto de_acuerdo por_supuesto exacto dale "
    .. "así_es cómo_no está_bien esta_bien no_hay_problema por_qué_no haan haanji haan_ji han_ji "
    .. "hanji han_jee ji_haan ji_han theek_hai thik_hai theek_h bilkul sahi_hai हाँ हां हाँ_जी "
    .. "हां_जी जी_हाँ जी_हां ठीक_है बिल्कुल सही_है oui",
  -- a yes, unless a no follows: "ok, no thanks"; behind a no neither the one nor the other
  yeah = "yeah yeahh yea yeh yah right true correct that's_correct thats_correct that_is_correct "
    .. "that's_right thats_right that_is_right it's_right its_right it_is_right i_am i_do it_is "
    .. "i_would richtig ji sahi जी सही",
  -- likewise, and where nobody asked it may be no more than politeness
  ok = "ok okay okey okie oki okk kk okey_dokey okie_dokie okie_dokey okey_dokie okeydokey "
    .. "all_right alright fine good great perfect cool nice awesome lovely excellent wonderful "
    .. "brilliant done works all_good sounds_good looks_good that's_fine thats_fine that_is_fine "
    .. "i'm_good_with im_good_with i_am_good_with i'm_fine_with im_fine_with i_am_fine_with "
    .. "i'm_ok_with im_ok_with i_am_ok_with i'm_okay_with im_okay_with gut prima super perfekt "
    .. "alles_klar bueno perfecto muy_bien accha acha achha theek thik अच्छा",
  -- these only alone: "n", but not "N. Kumar"; a sim is a card, too
  alone_yes = "y da sim han",
  alone_ok = "k",
  alone_no = "n",
  -- a no to what was proposed, alone; "can't" turns what follows, too
  unable = "busy driving unable unavailable in_a_meeting have_a_meeting have_another_meeting",
  cant = "can't cant cannot can_not i_can't i_cant i_cannot i_can_not won't wont",
  -- all shall stay as it is
  keep = "no_change no_changes no_changes_needed no_changes_please nothing_to_change "
    .. "no_need_to_change no_need_to_change_anything no_need_to_change_it don't_change "
    .. "dont_change do_not_change don't_change_it dont_change_it do_not_change_it "
    .. "don't_change_anything dont_change_anything do_not_change_anything no_need_for_a_change "
    .. "no_need_for_changes leave_it_as_is leave_it_as_it_is leave_it_like_this "
    .. "leave_it_like_that leave_as_is keep_it keep_that keep_as_is keep_it_as_is "
    .. "keep_it_as_it_is keep_it_like_that keep_it_like_this lass_es_so lassen_sie_es_so "
    .. "déjalo_así dejalo_asi",
  no = "no noo nop nope nopes nah naah nay negative not_yes not_confirmed not_available not_free "
    .. "not_possible impossible not_suitable doesn't_suit doesnt_suit does_not_suit disagree "
    .. "reject rejected decline declined refuse refused denied no_way no_need not_needed hell_no "
    .. "sure_not not_really not_at_all not_now not_yet not_today not_right not_correct not_quite "
    .. "not_exactly not_ok not_okay not_good not_sure_about_that isn't_right isnt_right "
    .. "isn't_correct isnt_correct is_not_right is_not_correct not_that never wrong incorrect "
    .. "that's_wrong thats_wrong false mistake cancel cancel_it cancel_that stop abort forget_it "
    .. "forget_that never_mind nevermind nvm leave_it drop_it don't_do_it fuck_off piss_off "
    .. "get_lost i_don't_think_so i_dont_think_so i_do_not_think_so say_no i'd_rather_not "
    .. "rather_not of_course_not absolutely_not definitely_not certainly_not better_not "
    .. "doesn't_work doesnt_work does_not_work won't_work wont_work change_it i_changed_my_mind "
    .. "hard_pass please_no yeah_no yeah_nah very_wrong no_no_no no_no nein nee nö falsch "
    .. "lieber_nicht bitte_nicht nicht_bitte geht_nicht kann_nicht ich_kann_nicht auf_keinen_fall "
    .. "stimmt_nicht passt_nicht nicht_richtig claro_que_no por_supuesto_que_no de_ninguna_manera "
    .. "de_ningún_modo no_puedo que_no no_es_correcto incorrecto nunca jamás para_nada mejor_no "
    .. "nahi nahin nahi_ji ji_nahi ji_nahin nai galat nahi_chahiye bilkul_nahi bilkul_nahin "
    .. "bilkul_nahi_ji mat_karo mat_karna mat_karein mat_kijiye नहीं नही जी_नहीं गलत non nao não",
  -- a no, whatever politeness follows: "no thanks, all good"
  no_thanks = "no_thanks no_thank_you no_thankyou no_thx nope_thanks nah_thanks nein_danke "
    .. "no_gracias non_merci",
  dont = "don't dont do_not i_don't i_dont i_do_not i'm_not im_not i_am_not please_don't "
    .. "please_dont please_do_not",
  -- turns what follows: "not wrong", "I can't say no"
  negation = "not couldn't wouldn't isn't isnt aren't wasn't "
    .. "nothing neither nor without never_say nicht kein keine sin",
  -- neither: it hides a word of the lists above
  unsure = "not_sure i'm_not_sure im_not_sure i_am_not_sure i_don't_know i_dont_know i_do_not_know "
    .. "don't_know dont_know do_not_know right_now right_away right_after right_before ok_so "
    .. "ok_but i_do_not_understand i_don't_understand i_dont_understand do_i do_you can_you why "
    .. "correct_the correct_my correct_it correct_that not_no no_sé no_se y_cuándo no_one no_idea "
    .. "good_question nice_try yeah_right i'm_good im_good i_am_good i'm_fine im_fine i_am_fine "
    .. "i'm_ok im_ok i_am_ok i'm_okay im_okay i_am_okay i'm_alright i'm_all_good im_all_good "
    .. "we're_good we_are_good we're_fine we_are_fine am_good no_answer no_response no_name "
    .. "no_number no_details no_information no_info can't_wait cant_wait cannot_wait i_can't_wait "
    .. "i_cant_wait can't_complain",
  -- what an answer may correct itself with
  rather = "wait actually hold_on oops i_mean warte halt espera perdón ruko",
  sorry = "sorry",
  -- somebody who is spoken to, where nothing is said about them
  vocative = "dear bro boss buddy mate man guys team bot friend everyone",
  -- changes nothing; a goodbye says less than a yes, but no more
  parting = "bye goodbye see_you see_ya cya talk speak soon take_care",
  filler = "please merci about pls plz plis kindly thanks thank_you thankyou thank_u thx ty tysm "
    .. "many cheers much appreciated appreciate a_lot lot so very quite really too well um umm "
    .. "uh uhm er hm hmm ha mm oh ah hey hi hello haha lol hehe yay wow and then also just "
    .. "sir ma'am maam madam mam "
    .. "there everything all both it it's its is that that's thats this these those the a an i "
    .. "i'm im i'd i'll we we'll you your you're my mine me us am are be being been was were "
    .. "will would should can could may shall do does did have has had want wanted like love "
    .. "need see understand understood got get give "
    .. "make makes go going by to for of on in at with from as here call calls calling callback "
    .. "book booking booked schedule scheduled arrange set fix plan number phone time slot date "
    .. "day appointment details detail info information answer my_answer_is back up one ready "
    .. "happy glad available free waiting forward i_say i_said "
    .. "look looking idea thing stuff enough timing please_don't_be_late please_dont_be_late "
    .. "don't_be_late dont_be_late do_not_be_late honestly looks sounds feels let lets let's "
    .. "bitte danke sehr so_machen_wir_das das ist es ich bin und der die den dann rufen rufe "
    .. "sie mich mir anruf termin gracias por favor muy eso está señor señora llame llamen mi "
    .. "la el hai kar_do kar_dijiye kijiye karo karein karna shukriya dhanyavaad dhanyavad bhai "
    .. "mujhe है करो कर_दो कीजिए धन्यवाद "
    .. "शुक्रिया कृपया",
}

-- Who is spoken to stands before one of these: "bro, yes".
words.spoken = { yes = true, yeah = true, ok = true, no = true }

-- Behind one of these a noun makes it none: "no reply", "non stop".
words.determiners = {}
for word in ("no non nao não nein nee nope nay nai"):gmatch "%S+" do
  words.determiners[word] = true
end

-- ... but these are no such nouns.
words.after_no = {}
for word in ([[change make move keep postpone try another other different instead
  better rather later earlier sooner tomorrow today tonight monday tuesday wednesday thursday friday
  saturday sunday mon tue wed thu fri sat sun morning afternoon evening noon next only because but
  if not he she they its there when what how who where which why too wait use send take put correct
  actually maybe perhaps a another thanks sorry wir wenn am um nächste
  mejor mañana hoy puedo quiero pero porque gracias morgen heute lieber
  aber]]):gmatch "%S+" do
  words.after_no[word] = true
end

-- What a word of praise may stand before without being a yes: "nice day", "good for you".
local function set(written)
  local list = {}
  for word in written:gmatch "%S+" do list[word] = true end
  return list
end
words.praise = set("good great perfect cool nice awesome lovely excellent wonderful brilliant fine "
  .. "super")
words.praised = set("day one evening night morning afternoon weekend week luck job work trip "
  .. "holiday holidays rest")
words.towards = set "for of on to"

-- Conditions and limits: beside one of these nothing that was offered is taken.
words.limits = set("but if unless only maybe perhaps possibly probably before after until till "
  .. "except provided depends not no never except otherwise guess think hope suppose aber nur "
  .. "wenn falls vielleicht erst ausser außer bevor vor nach nicht kein keine eventuell pero solo "
  .. "sólo quizás quizas tal antes después despues menos lekin magar agar sirf shayad tabhi "
  .. "mat nahi mais seulement peut-être")

-- A question with one of these is about an end or a change.
words.ending = set("cancel cancelled delete remove change stop end close replace move reschedule "
  .. "drop undo reset discard withdraw unsubscribe update overwrite löschen ändern stornieren "
  .. "absagen beenden cancelar borrar eliminar cambiar")

-- Pictures: all others change nothing.
words.pictures = {
  yes = { "👍", "✅", "👌", "✔", "✓", "☑", "🆗", "💯", "🙆" },
  no = { "👎", "❌", "🚫", "✖", "✗", "✘", "🙅", "⛔", "🛑" },
  doubt = { "🤔", "🤷", "😕", "😐", "🙄", "😡", "😠", "🤬", "😤",
    "❓", "❔", "😢", "😭", "💔", "🖕" },
}

return words
