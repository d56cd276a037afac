-- flows/parse/words_en.lua - the English words of the time parser.
--
-- To teach it a word or a typo, add it to the line of its meaning. Words are in small letters,
-- without the apostrophe of a genitive ("today's" is found as "today"), "_" for a space inside a
-- phrase; what a group is for stands above it. A word may stand in one place only; the specs say so
-- when it stands in two.

return {
  name = "en",

  -- What words say of the times in their clause; see time_clause.lua. They may stand in other
  -- groups as well.
  says = {
    wish = "call calls calling ring phone_me phone_us phone_back phone_him phone_her i'm_free "
    .. "i_am_free im_free am_free be_free are_free get_free free_to_talk "
      .. "you_phone "
      .. "someone_phone please_phone pls_phone callback callbacks call-back cal callme recall "
      .. "speak talk chat reach contact available availability avail works work_for suits "
      .. "suit convenient prefer preferred preferably schedule reschedule book slot slots let's "
      .. "lets meet try_me hit_me get_back_to get_in_touch be_in_touch text_me message_me "
      .. "email_me hear_from hoping was_hoping wondering was_wondering was_thinking possible "
      .. "best_time good_time better ideal ideally make_it move_it change_it need_to_talk zoom "
      .. "skype discuss be_called called_back get_called by_phone on_the_phone over_the_phone "
      .. "explain why_not why_don't_you why_dont_you i'm_open i_am_open im_open open_to "
      .. "change_my_call change_my_callback "
      .. "change_my_appointment move_my_call move_my_appointment is_fine is_good is_ok is_okay "
      .. "is_perfect is_great how_about what_about shout buzz ping get_hold give_me_a give_us_a "
      .. "connect hear_back follow_up followup touch_base catch_up dial so_phone then_phone "
      .. "just_phone and_phone discuss_it sort_it",
    tale = "invoice invoices bill bills billing receipt receipts order orders contract contracts "
      .. "warranty guarantee flight flights train bus ferry insurance policy plan subscription "
      .. "membership delivery deliveries parcel package shipment consignment payment payments "
      .. "instalment installment trial ticket tickets lease rent tenancy my_booking reservation "
      .. "statement debit refund recharge emi mortgage loan charge charges card licence license "
      .. "passport visa birthday anniversary webinar offer coupon voucher discount promo outage "
      .. "hotel arrival departure dentist doctor exam interview wedding technician plumber "
      .. "courier purchase transaction transfer withdrawal deposit salary cheque tax renewal "
      .. "email mail letter concert match movie my_appointment service_date repair battery upgrade "
      .. "installation pension holiday holidays seminar workshop course lecture gym conference "
      .. "reception laptop router meter parking entry admission menu eat rates wages wage "
      .. "payslip refunds what which where who "
      .. "how_many how_much how_long how_do how_does how_can",
    told = "i_get_back i_return who_works will_it it_only_works only_works it_works my_shift "
    .. "school_starts class_starts work_starts "
    .. "in_stock checkout "
    .. "check-out check-in check_in check_out i_work we_work "
    .. "have_a_dentist have_a_doctor have_a_doctor's have_an_exam have_an_interview "
    .. "have_a_meeting have_an_appointment have_class have_school have_training have_plans "
    .. "breakfast_is dinner_is lunch_is end ends expire expires expiring expiry expiration "
    .. "lapse lapses run_out runs_out "
      .. "running_out renew renews due valid has_not hasn't hasnt haven't havent has_been "
      .. "have_been arrive arrives arriving land lands landing depart departs departing leaves "
      .. "boards takes_off take_off fly flies flying happens takes lasts last_for waiting "
      .. "open opens opening close closes closing on_leave opening_hours your_hours the_hours "
      .. "business_hours office_hours store_hours shop_hours how_late what_time_do_you "
      .. "what_time_does what_time_is when_do_you when_does when_is when_will ship shows "
      .. "never_showed turns travel travels deliver do_you_work do_you_sell do_you_offer "
      .. "do_you_operate does_the does_your moving up_on how_do_i what_does each_time "
      .. "this_happens all_the_time why from_now drops goes_off how_can_i can_i_pick "
      .. "can_i_return is_coming are_coming does_it i'm_travelling i_am_travelling im_travelling "
      .. "i'm_traveling i_am_traveling",
    past = "ran ran_out was were wasn't wasnt weren't had hadn't did didn't didnt went gone came "
      .. "flew began broke got sent paid bought sold told left lost took made heard saw spoke "
      .. "wrote born stopped rang moved fell drove threw bit could_not couldn't couldnt "
      .. "might_have must_have",
    report = "he'd she'd said_he said_she said_it said_someone would_call would_ring "
    .. "did_you_call did_you_ring promised was_told were_told got_told been_told told_me "
    .. "told_us said_they they_said "
      .. "you_said he_said she_said supposed_to meant_to should_have would_have tried_to tried "
      .. "nobody no_one noone missed missed_call says your_call_on the_call_on",
    please = "please pls plz kindly can_you could_you",
    joint = "but so because cause coz then also therefore plus",
    since = "since",
    about = "about regarding concerning re reg",
    ["and"] = "and &",
    -- and what ends so and tells nothing
    ending = "ed",
    plain = "is_it_possible need needed indeed interested tired worried excited confused "
    .. "retired based located "
      .. "speed feed red bed wed delighted requested wanted unlimited limited married used "
      .. "supposed united allowed required pleased concerned proposed no_call no_calls "
      .. "don't_call dont_call do_not_call not_call never_call don't_ring dont_ring never_ring "
      .. "can't_talk cant_talk can't_speak not_free not_available seed weed shed exceed proceed "
      .. "succeed as_promised as_told as_said as_you_said as_they_said changed_to "
      .. "changed_my_mind updated",
  },

  -- 1 is Monday
  weekday = {
    { "monday mondays mon monady munday modnay mondy moday monay mondey mnday "
      .. "modnya mondya moonday monnday mondat mond", 1 },
    { "tuesday tuesdays tue tues tuseday teusday tuesay tusday tueday thuesday tuesdy "
      .. "tuedsay tuesdya tuesdat tuessday tuesdey tuseay toosday tuesady tuesd tsday tuesdee", 2 },
    { "wednesday wednesdays wed weds wensday wednsday wendsday wednesdy wedensday "
      .. "wenesday wednesay wedneday wednesdey wednesdsy wensdy "
      .. "wednesdat wedesday wednessday wenedsday wednsday's wednesady wednesdya wednasday "
      .. "wendesday wedensday's weddnesday wedsday wednes wedns wedn wendnesday", 3 },
    { "thursday thursdays thu thur thurs thrusday thurday thursdy thursay thirsday "
      .. "thersday thrs thursdya thursdat thurssday thrusdey thursady thurdsday "
      .. "thorsday thurdsay thusday thurs_day thursd thurz thirs thrsd", 4 },
    { "friday fridays fri firday fridy friady freeday frieday frday fridya "
      .. "fridat fridday fryday firdya friaday fraiday frid frii fridee", 5 },
    { "saturday saturdays sat saterday satruday saturdy satday saturady satuday "
      .. "satrday saurday saturdey sataday satarday satorday saturdat saturdya saturaday "
      .. "sarurday satueday satudray saturd satdy", 6 },
    { "sunday sundays sun sundy snday sunay sundey sunady "
      .. "sundya sundat sanday sonday sudnay sunnday sund", 7 },
  },

  -- words whose typos need not be written down: one letter left out, doubled, swapped, hit beside
  typos = "monday tuesday wednesday thursday friday saturday sunday tomorrow tomorow tommorow "
    .. "tonight morning afternoon evening",

  -- names of weekdays that are other words behind these: "the sun", "we sat"; months and zones that
  -- are other words unless a figure stands beside them
  homonyms = {
    sun = "the a in under like no and hot strong bright morning",
      sat = "i we he she they it who cat just",
    wed = "to be newly we they i just get", mon = "pok\195\169", may = "",
    eat = "", met = "", cat = "", wet = "", west = "", art = "", et = "", pt = "", ct = "", z = "",
  },

  month = {
    { "january jan januray janurary", 1 },
    { "february feb febuary feburary", 2 },
    { "march mar", 3 },
    { "april apr aprl", 4 },
    { "may", 5 },
    { "june jun", 6 },
    { "july jul", 7 },
    { "august aug agust", 8 },
    { "september sep sept septmber setember", 9 },
    { "october oct ocober", 10 },
    { "november nov novmber", 11 },
    { "december dec decmber", 12 },
  },

  -- days from today
  day = {
    { "today todays tdy 2day todya tody toady 2dy todai todat todey tday tdai 2dai tooday todsy"
      .. " toay", 0 },
    { "tomorrow tomorrows tomorow tommorow tommorrow tomorrw tomorro tommorro tomoro tomoz tmrw "
      .. "tmr tmrrw tmw tmorrow tomorrrow tomrrow tomarrow tomarow tomo tom 2moro 2mrw 2morrow "
      .. "2moz tomm tmro tommorrw tomorow's tomorroww tmmrw tmoro morrow tmoz tmz tomz 2mro"
      .. " 2morow 2moroz 2mara tmra tmrow tmwr tmmr tml tomorrowe tmoroz", 1 },
    { "overmorrow", 2 },
    { "yesterday yday yesterdays ystrday", -1 },
  },
  tonight = { { "tonight tonite 2nite 2night tongiht tonigth tonght tnite 2nt tonihgt 2nyt"
    .. " tonyt tonit tnght 2nigt 2nght 2nyte", "night" } },

  -- the parts of a day; their hours stand in words_parts.lua
  part = {
    { "morning mornings morn mrng mornin mornng mng moring morining mornig mrn morng "
      .. "mrnin", "morning" },
    { "afternoon afternoons aftrnoon afternon aftn arvo afernoon aftenoon aftrn aft afto avo"
      .. " afnoon afternun arv", "afternoon" },
    { "evening evenings evng evenin eveing evning evenning evng's eveninng eving", "evening" },
    { "night nights nite nght nigth nyt niht", "night" },
  },
  -- said as a time only after "after", "before" or "at", or together with a day or "time"
  meal = {
    { "breakfast brekkie", "breakfast" },
    { "lunch lunchtime lunchbreak lunch_break lunch_hour", "lunch" },
    { "teatime", "tea" },
    { "dinner supper dinnertime", "dinner" },
    { "work office", "work" },
    { "school", "school" },
  },
  -- hours of the day with a name
  noon = {
    { "noon midday mid-day mid_day noonish nooon noontime high_noon 12n 12_n", 12 },
    { "midnight midnite mid-night mid_night midnt", 0 },
  },
  -- the same right behind a figure: "12nn", "12:00 mn"
  letter_noon = { { "nn", 12 }, { "mn", 0 } },

  unit = {
    { "second's seconds sec secs", "second" },
    { "minute minutes min mins minuts mintues minits minuite minuites mnts", "minute" },
    { "hour hours hr hrs hous horus houre", "hour" },
    { "day days", "day" },
    { "month months mo mos mth mths", "month" },
  },
  years = { { "year years yr yrs", "year" } },
  weeks = { { "week weeks wk wks cw w/c w/b w/e calendar_week week_ending", "week" },
    { "fortnight fortnights", "fortnight" } },
  -- units when they stand right behind a figure: "16h", "5m", "1d"
  letter_unit = { { "h", "hour" }, { "m", "minute" }, { "d", "day" }, { "w", "week" }, { "s",
    "second" } },

  number = {
    { "zero", 0 }, { "one", 1 }, { "two", 2 }, { "three", 3 }, { "four", 4 }, { "five", 5 },
    { "six", 6 }, { "seven", 7 }, { "eight", 8 }, { "nine", 9 }, { "ten", 10 }, { "eleven", 11 },
    { "twelve", 12 }, { "thirteen", 13 }, { "fourteen", 14 }, { "fifteen", 15 }, { "sixteen", 16 },
    { "seventeen", 17 }, { "eighteen", 18 }, { "nineteen", 19 },
  },
  tens = { { "twenty", 20 }, { "thirty", 30 }, { "forty fourty", 40 }, { "fifty", 50 },
    { "sixty", 60 }, { "seventy", 70 }, { "eighty", 80 }, { "ninety", 90 } },
  thousand = { { "thousand", 1000 } },
  ordinal = {
    { "first", 1 }, { "second", 2 }, { "third", 3 }, { "fourth", 4 }, { "fifth", 5 },
    { "sixth", 6 }, { "seventh", 7 }, { "eighth", 8 }, { "ninth", 9 }, { "tenth", 10 },
    { "eleventh", 11 }, { "twelfth", 12 }, { "thirteenth", 13 }, { "fourteenth", 14 },
    { "fifteenth", 15 }, { "sixteenth", 16 }, { "seventeenth", 17 }, { "eighteenth", 18 },
    { "nineteenth", 19 }, { "twentieth", 20 }, { "thirtieth", 30 },
  },
  -- between a count and its unit: "2 more minutes"
  more = { { "more additional further extra full whole" } },
  -- about how many
  some = { { "couple pair", 2 }, { "few", 3 }, { "several", 4 } },

  holiday = {
    { "christmas xmas", "christmas" },
    { "thanksgiving", "thanksgiving" },
    { "halloween", "halloween" },
    { "easter easter_sunday", "easter" },
    { "good_friday", "good friday" }, { "easter_monday", "easter monday" },
    { "valentines valentine's_day valentines_day valentine_day", "valentine's day" },
    { "boxing_day", "boxing day" },
    { "black_friday", "black friday" }, { "cyber_monday", "cyber monday" },
    { "labor_day labour_day", "labor day" }, { "memorial_day", "memorial day" },
    { "independence_day", "independence day" }, { "veterans_day", "veterans day" },
    { "mother's_day mothers_day", "mother's day" }, { "father's_day fathers_day", "father's day" },
    { "mlk_day martin_luther_king_day", "mlk day" }, { "presidents_day president's_day "
      .. "presidents'_day", "presidents day" },
    { "juneteenth", "juneteenth" }, { "columbus_day", "columbus day" },
    { "april_fools april_fool's_day april_fools_day", "april fools" },
    { "anzac_day", "anzac day" }, { "australia_day", "australia day" },
    { "canada_day", "canada day" }, { "remembrance_day", "remembrance day" },
    { "pancake_day shrove_tuesday", "pancake day" }, { "bonfire_night", "bonfire night" },
    { "st_patrick's_day st_patricks_day st._patrick's_day", "st patrick's day" },
  },

  -- the little words
  at = { { "at @ during" } },
  around = { { "around round 'round about approx approximately circa ca roughly near nearly say "
    .. "sometime arnd abt arround exactly sharp latest maybe only just" } },
  on = { { "on" } },
  ["in"] = { { "in within" } },
  of = { { "of" } },
  the = { { "the that" } },
  article = { { "a an" } },
  -- "the week beginning 4 May" is the one that this day is in, "a week from 4 May" the one after
  from = { { "from frm" }, { "starting beginning commencing", "beginning" } },
  to = { { "to through thru upto" }, { "until till til untill", "until" } },
  after = { { "after aftr past afterwards" } },
  before = { { "before b4 befor beforehand" } },
  by = { { "by" } },
  between = { { "between betwen btw btwn b/w" } },
  ["and"] = { { "and n" } },
  ["or"] = { { "or or_else otherwise if_not failing_that alternatively" } },
  next = { { "next nxt following" } },
  this = { { "this coming upcoming dis ths comming" } },
  last = { { "last previous" } },
  half = { { "half", 30 } },
  quarter = { { "quarter quarters qtr" } },
  -- those of the second line speak of all calls, not of this one
  ["not"] = { { "not cancel_the cancel_my cancel_my_call cancel_the_call cancel_my_callback "
    .. "cancel_the_callback ignore_the scrap_the skip not_able_to unable_to not_reachable "
    .. "except cant "
    .. "can't cannot dont don't "
    .. "won't wont isn't isnt avoid "
    .. "excluding any_time_but_not anytime_but_not doesn't doesnt any_day_but any_morning_but "
    .. "any_afternoon_but any_evening_but "
    .. "any_time_but anything_but every_day_but "
    .. "everyday_but anyday_but all_days_but can't_make cant_make cannot_make can't_make_it "
    .. "cant_make_it cannot_make_it won't_make_it wont_make_it anytime_but apart_from other_than "
    .. "forget" },
    { "never don't_you_dare dont_you_dare under_no_circumstances refrain_from_calling no_call "
    .. "no_calls no_phone_call "
      .. "no_phone_calls no_phonecalls no_callbacks stop_calling "
    .. "stop_ringing stop_phoning stop_contacting quit_calling", "rule" } },
  -- what was said before it is refused: "mondays are bad"
  bad = { { "bad impossible is_taken unsuitable inconvenient no_good no_go is_out are_out "
    .. "too_early "
    .. "too_late "
    .. "too_soon out_of_the_question rubbish useless hopeless terrible" } },
  -- "busy until 4": after 4
  busy = { { "busy unreachable i'm_away i_am_away im_away be_away away_on i'm_off i_am_off "
    .. "im_off be_off "
    .. "day_off off_on not_around not_in not_home not_at_home unavailable occupied "
    .. "engaged tied_up in_a_meeting in_meetings in_meeting" } },
  -- as well, but no "not" of the day behind it
  engaged = { { "working driving travelling traveling out meetings at_work in_class teach "
    .. "at_school "
    .. "in_school in_office in_the_office at_the_office at_office have_work got_work "
    .. "at_the_dentist at_the_doctor at_the_gym at_uni at_college at_lectures on_shift "
    .. "on_a_call on_calls on_the_phone on_the_road hold_off "
    .. "teaching studying training commuting flying i_work we_work" },
    { "asleep sleeping in_bed", "asleep" } },
  like = { { "like" } },
  same = { { "same" } },
  no = { { "no nope nah" } },
  now = { { "now rightnow" } },
  right = { { "right straight" } },
  away = { { "away" } },
  asap = { { "asap as_soon_as_you_can as_soon_as_u_can immediately immediatly "
    .. "straightaway urgently instantly" } },
  soon = { { "soon" } },
  as = { { "as" } },
  possible = { { "possible" } },
  later = { { "later latr hence ahead" } },
  ago = { { "ago back" } },
  earlier = { { "earlier sooner" } },
  than = { { "than" } },
  early = { { "early erly" } },
  late = { { "late" } },
  mid = { { "mid middle" } },
  ["end"] = { { "end eod cob eob eop close_of_business end_of_business close_of_play"
    .. " end_of_play close_of_day" } },
  ["for"] = { { "for" } },
  oclock = { { "oclock o'clock o'clk oclck oc clock" } },
  hundred = { { "hundred" } },
  every = { { "every each" } },
  weekend = { { "weekend weekends week-end week-ends wkend wknd wkends" } },
  workday = { { "weekday weekdays workday workdays" } },
  time = { { "time tym" } },
  whose = { { "my our local" } },
  -- the clocks of those who will call: context.hours_zone
  zone = { { "your_time your_timezone your_time_zone your_end", "office" } },
  ish = { { "ish" } },
  good = { { "good gud gd happy nice great lovely wonderful gm" } },
  new = { { "new" } },
  eve = { { "eve", "evening" } },
  -- "first thing", "first up"
  thing = { { "thing up off" } },
  -- "give me 10 minutes"
  give = { { "give gimme" } },
  -- the one before was wrong: "3pm, no wait, 4pm"
  rather = { { "wait actually sorry wrong on_second_thought on_second_thoughts apologies sry "
    .. "soz oops ooops whoops rather instead mean meant correction "
    .. "scratch scrap strike ignore forget_that forget_it never_mind nevermind nvm typo edit "
    .. "edited "
    .. "my_bad my_mistake hang_on hold_on disregard delete_that cancel_that got_that_wrong "
    .. "come_to_think_of_it let_me_rephrase should_have_said needs_to_be update updated "
    .. "changed_my_mind changed_to shift "
    .. "should_be should_read should_say er erm "
    .. "take_that_back make "
    .. "better "
    .. "prefer" },
    -- behind these, "from 2 to 4" ends with what is meant
    { "change move reschedule push switch postpone", "move" } },

  -- a figure behind one of these is no time: "order 1230", "chapter 12, page 3"
  label = { { "ends_in ending_in order ticket account acct invoice case ref reference id page "
    .. "chapter version ver v "
    .. "room building bldg suite apt apartment flat unit floor gate item items product model sku "
    .. "level part section article line code pin zip otp policy booking tracking step option "
    .. "extension ext x release build ios macos number nr num question answer student employee "
    .. "table seat "
    .. "row size score ratio route bus platform track grade class rs inr usd eur gbp $ age aged "
    .. "episode season volume vol rat iphone windows android python rating satisfaction" } },
  -- a month before one of these is a part of an address: "10 May Road"
  street = { { "street road avenue lane boulevard blvd drive crescent terrace" } },
  -- words that may stand behind a bare hour without making it a count: "tomorrow 3 please"
  filler = { { "i_am take_calls take_a_call take_any_calls take_the_call please pls plz plss "
    .. "thanks thank thx ty ok okay works work's "
    .. "would will is was are "
    .. "should could can if call ring me us you i im i'm it that's its it's fine suits suit be "
    .. "best but so then your mine nmbr phone mobile cell with when want need let lets let's do "
    .. "does also mate sir madam dear guys sure yes yeah yep perfect ideal ideally 24/7 24x7 "
    .. "preferably anytime any there here though available avail able kindly hi hey hello "
    .. "meeting t don't_forget dont_forget not_forget don't_hesitate dont_hesitate not_hesitate "
    .. "why_not why_don't_you why_dont_you can't_you cant_you no_problem no_worries no_rush "
    .. "not_a_problem not_urgent don't_mind dont_mind can't_wait cant_wait not_too_late "
    .. "not_too_early "
    .. "home reachable certain know promise attend manage don't_worry dont_worry "
    .. "before_i_forget until_then till_then by_then "
    .. "until_now till_now by_now for_now for_your_time if_it's_not if_its_not if_it_isn't "
    .. "if_that_isn't if_that's_not if_this_isn't not_sure talk speak chat free convenient "
    .. "suitable doable hmm ah oh" } },
}
