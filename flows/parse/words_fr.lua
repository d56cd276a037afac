-- flows/parse/words_fr.lua - the French words of the time parser; see words_en.lua for the groups.
--
-- As words_es.lua: a message is read with these and the English words when it is French by its
-- `marks` and `signs`. What begins with "l'", "d'" or "qu'" is written out with it.

return {
  name = "fr",

  -- nine in the evening is 21 h
  hours24 = true,

  marks = "aujourd'hui aujourdhui demain après-demain apres-demain après_demain apres_demain hier "
    .. "lundi mardi mercredi jeudi vendredi samedi dimanche lundis mardis mercredis jeudis "
    .. "vendredis samedis dimanches matin matinée matinee midi après-midi apres-midi aprèm aprem "
    .. "dans l'après-midi soir soirée soiree minuit heure heures demi-heure semaine "
    .. "janvier "
    .. "février fevrier juin juillet août septembre octobre novembre décembre à maintenant "
    .. "prochain prochaine tantôt deux trois quatre cinq huit neuf dix quinze vingt après dès "
    .. "jusqu'à",
  signs = "je vous moi ma mes le la les un une de du des ou pas suis vers avant "
    .. "pour avec pouvez peux peut rappelez rappeler appelez appeler rappelle appelle "
    .. "m'appeler m'appelez me_rappeler svp s'il merci bonjour bonsoir salut dispo "
    .. "disponible plutôt plutot entre depuis c'est ça oui non sauf libre occupé "
    .. "que qui en ce partir demie "
    .. "quart mon votre notre au aux dans avril mars",

  says = {
    wish = "être_appelé être_rappelé etre_rappelé rappelez rappeler rappelle rappelez-moi "
      .. "rappelle-moi appelez appeler appelle "
      .. "appelez-moi appelle-moi m'appeler m'appelez joindre joignable contacter contactez "
      .. "contactez-moi téléphoner telephoner dispo disponible libre rendez-vous rdv rappel "
      .. "convient "
      .. "parler arrange",
    tale = "offre facture factures contrat commande commandes livraison colis vol train assurance "
      .. "garantie abonnement paiement forfait billet carte loyer anniversaire rendez-vous_chez",
    told = "je_déménage valable j'ai_un_rendez-vous j'ai_rendez-vous j'ai_rdv j'ai_un_rdv "
    .. "j'ai_une_réunion "
    .. "j'ai_cours expire termine finit ouvre ouvrez ouvert ouverts ferme fermez fermé fermés "
      .. "horaires il_y_a ça_fait ca_fait à_quelle_heure a_quelle_heure est_en_panne ne_marche "
      .. "ne_fonctionne commande_du facture_du",
    past = "est_passé appelé rappelé était etait étais a_été commandé acheté achete payé reçu "
    .. "recu arrivé "
      .. "arrive arrivée "
      .. "livré envoyé avais avait avons_eu est_parti est_venu est_tombé",
    report = "promis devait deviez personne_n'a personne_ne",
    please = "svp s'il_vous_plaît s'il_vous_plait",
    joint = "mais car donc parce_que parce_qu alors",
    since = "depuis",
    about = "pour concernant",
    ["and"] = "et",
  },

  weekday = {
    { "lundi lundis", 1 }, { "mardi mardis", 2 }, { "mercredi mercredis", 3 }, { "jeudi "
      .. "jeudis", 4 },
    { "vendredi vendredis", 5 }, { "samedi samedis", 6 }, { "dimanche dimanches", 7 },
  },
  homonyms = {},
  typos = "lundi mardi mercredi jeudi vendredi samedi dimanche demain",
  month = {
    { "janvier janv", 1 }, { "février fevrier fév fev févr", 2 }, { "mars", 3 }, { "avril avr", 4 },
    { "mai", 5 }, { "juin", 6 }, { "juillet juil", 7 }, { "août aout", 8 },
    { "septembre", 9 }, { "octobre", 10 }, { "novembre", 11 }, { "décembre decembre déc", 12 },
  },
  day = {
    { "aujourd'hui aujourdhui aujourd_hui auj", 0 }, { "demain dmain dem1 2main", 1 },
    { "après-demain apres-demain après_demain apres_demain", 2 },
    { "hier avant-hier avant_hier", -1 },
  },
  tonight = { { "cette_nuit", "night" } },
  part = {
    { "matin matinée matinee matins du_matin au_matin dans_la_matinée dans_la_matinee", "morning" },
    { "début_de_matinée en_début_de_matinée tôt_le_matin", "early morning" },
    { "fin_de_matinée en_fin_de_matinée fin_de_matinee en_fin_de_matinee", "late morning" },
    { "après-midi apres-midi après_midi apres_midi aprèm aprem aprèm' tantôt l'après-midi "
      .. "l'apres-midi d'après-midi de_l'après-midi de_l'apres-midi l'aprem", "afternoon" },
    { "début_d'après-midi en_début_d'après-midi debut_d'apres-midi", "early afternoon" },
    { "fin_d'après-midi en_fin_d'après-midi fin_d'apres-midi en_fin_d'apres-midi fin_d'aprem",
      "late afternoon" },
    { "soir soirée soiree soirs du_soir au_soir dans_la_soirée dans_la_soiree", "evening" },
    { "début_de_soirée en_début_de_soirée", "early evening" },
    { "nuit", "night" },
    { "fin_de_journée en_fin_de_journée fin_de_journee en_fin_de_journee", "day end" },
  },
  meal = { { "déjeuner dejeuner", "lunch" }, { "dîner diner", "dinner" } },
  noon = { { "midi", 12 }, { "minuit", 0 } },
  unit = {
    { "secondes", "second" }, { "minute minutes min mn", "minute" }, { "heure d'heure", "hour" },
    { "jour jours", "day" }, { "mois", "month" },
  },
  -- in "17 heures" the hour, in "dans 2 heures" how long
  letter_unit = { { "heures", "hour" } },
  weeks = { { "semaine semaines en_huit", "week" }, { "quinzaine", "fortnight" } },
  years = { { "année annees années ans", "year" } },
  number = {
    { "zéro", 0 }, { "deux", 2 }, { "trois", 3 }, { "quatre", 4 }, { "cinq", 5 }, { "six", 6 },
    { "sept", 7 }, { "huit", 8 }, { "neuf", 9 }, { "dix", 10 }, { "onze", 11 }, { "douze", 12 },
    { "treize", 13 }, { "quatorze", 14 }, { "quinze", 15 }, { "seize", 16 },
    { "dix-sept dix_sept", 17 }, { "dix-huit dix_huit", 18 }, { "dix-neuf dix_neuf", 19 },
    { "vingt_et_une vingt-et-une", 21 },
  },
  tens = { { "vingt", 20 }, { "trente", 30 }, { "quarante", 40 }, { "cinquante", 50 } },
  ordinal = { { "premier 1er", 1 } },
  some = { { "quelques", 3 } },
  at = { { "à a aux" } },
  around = { { "vers environ autour_de aux_alentours_de aux_environs_de sur_les_coups_de "
    .. "plus_ou_moins" } },
  on = { { "le les au" } },
  ["in"] = { { "dans d'ici" } },
  of = { { "de du des" } },
  the = { { "la" } },
  article = { { "un une", 1 } },
  from = { { "depuis" } },
  to = { { "jusqu'à jusqu'a jusqu'au jusque", "until" } },
  after = { { "après apres à_partir_de a_partir_de à_partir_du à_compter_de dès passé", "hour" } },
  before = { { "avant avant_le" } },
  by = { { "au_plus_tard" } },
  between = { { "entre" } },
  ["and"] = { { "et" } },
  ["or"] = { { "ou ou_bien" } },
  next = { { "prochain prochaine prochains qui_vient suivant suivante" } },
  this = { { "ce cet cette" } },
  last = { { "dernier dernière derniere passée" } },
  half = { { "demi demie", 30 } },
  quarter = { { "quart quarts" } },
  minus = { { "moins moins_le" } },
  ["not"] = { { "pas sauf excepté ni plutôt_que plutot_que au_lieu_de plutôt_qu' "
    .. "tous_les_jours_sauf" },
    { "jamais", "rule" } },
  bad = { { "impossible exclu trop_tôt trop_tot trop_tard" } },
  busy = { { "occupé occupée pris prise en_réunion en_reunion en_rdv" } },
  engaged = { { "travaille je_travaille au_travail" } },
  now = { { "maintenant tout_de_suite" } },
  asap = { { "dès_que_possible des_que_possible au_plus_vite le_plus_tôt_possible immédiatement "
    .. "rapidement le_plus_rapidement_possible le_plus_vite_possible" } },
  later = { { "plus_tard" } },
  ago = { { "il_y_a ça_fait ca_fait" } },
  than = { { "que qu'" } },
  earlier = { { "plus_tôt plus_tot" } },
  early = { { "tôt tot" } },
  late = { { "tard" } },
  every = { { "chaque tous_les" } },
  weekend = { { "week-end weekend fin_de_semaine" } },
  good = { { "bon bonne" } },
  no = { { "non" } },
  rather = { { "plutôt plutot pardon désolé désolée finalement correction erratum oups enfin "
    .. "je_veux_dire je_voulais_dire excusez-moi excusez oubliez oublie" } },
  filler = { { "là chez_moi sûr joignable jusque_là si_ça_ne svp stp merci bonjour bonsoir oui "
    .. "je j'ai suis vous moi me m' mon rappelez "
    .. "rappeler "
    .. "rappelle appelez appeler appelle m'appeler m'appelez pouvez-vous pouvez peux peut "
    .. "dispo disponible libre possible serait est c'est bien rappelez-moi appelez-moi "
    .. "s'il_vous_plaît s'il_vous_plait ne n' n'est ça va convient" } },
}
