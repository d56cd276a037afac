-- flows/parse/words_de.lua - the German words of the time parser; see words_en.lua for the groups.
--
-- As words_es.lua: a message is read with these and the English words when it is German by its
-- `marks` and `signs`.

return {
  name = "de",

  -- nine in the evening is 21 Uhr
  hours24 = true,

  marks = "heute morgen übermorgen uebermorgen gestern montag dienstag mittwoch donnerstag freitag "
    .. "samstag sonntag uhr stunde stunden std vormittag vormittags nachmittag nachmittags abend "
    .. "abends mittags wochenende januar februar märz maerz oktober dezember jetzt nächste "
    .. "nächsten nächster naechste naechsten woche wochen tagen minuten mittag nacht mitternacht "
    .. "sofort möglich juni juli halbe halben viertel vorgestern zwei drei vier fünf sechs sieben "
    .. "acht neun zehn elf zwölf um halb viertelstunde",
  signs = "ich mich mir sie bitte das dem den der ein eine einen ab und oder nicht kein "
    .. "rufen rufe ruf anrufen können koennen zurück rückruf nach vor zwischen bis seit "
    .. "mein meine meinen rechnung vertrag läuft ist fällig haben sind danke hallo guten gerne "
    .. "gern wäre "
    .. "passt geht erst lieber doch auf mit von gegen "
    .. "spätestens",

  says = {
    wish = "angerufen_werden anrufen anruf rückruf rueckruf rufen rufe ruf telefonieren sprechen "
      .. "melden "
      .. "erreichbar erreichen zeit passt passen frei verfügbar gesprächstermin zurückrufen "
      .. "zurueckrufen",
    tale = "rechnung rechnungen vertrag bestellung lieferung paket flug zug versicherung "
      .. "garantie abo angebot zahlung rate ticket mahnung miete tarif geburtstag karte "
      .. "buchung sendung "
      .. "überweisung",
    told = "ziehe beim_arzt beim_zahnarzt einen_termin gilt läuft laeuft endet abläuft ablaeuft "
    .. "gültig gueltig fällig faellig habe_ich "
      .. "ist_am kommt fliege fliegt landet geöffnet geoeffnet offen öffnen oeffnen "
      .. "öffnet schließen schliessen schließt schliesst geschlossen öffnungszeiten "
      .. "oeffnungszeiten verlängert wann_haben wann_ist wie_lange ab_wann wann_macht "
      .. "wann_machen habt_ihr",
    past = "angerufen endete war waren hatte hatten wurde wurden bestellt gekauft bezahlt gekommen "
      .. "geliefert kam ging geboren abgebucht erhalten",
    report = "versprochen zugesagt sollte sollten niemand keiner gesagt hieß",
    please = "bitte",
    joint = "aber denn weil deshalb also daher",
    since = "seit",
    about = "wegen bezüglich betreff betrifft",
    ["and"] = "und",
  },

  weekday = {
    { "montag montags mo", 1 }, { "dienstag dienstags di", 2 },
    { "mittwoch mittwochs mi", 3 }, { "donnerstag donnerstags do", 4 },
    { "freitag freitags fr", 5 }, { "samstag samstags sonnabend sa", 6 },
    { "sonntag sonntags", 7 },
  },
  homonyms = { ["do"] = "i you we they to can "
    .. "please", di = "", mi = "", mo = "", fr = "", sa = "" },
  typos = "montag dienstag mittwoch donnerstag freitag samstag sonntag",
  month = {
    { "januar", 1 }, { "februar", 2 }, { "märz maerz", 3 }, { "april", 4 }, { "mai", 5 },
    { "juni", 6 }, { "juli", 7 }, { "august", 8 }, { "september", 9 }, { "oktober", 10 },
    { "november", 11 }, { "dezember", 12 },
  },
  day = { { "heute", 0 }, { "morgen", 1 }, { "übermorgen uebermorgen", 2 },
    { "gestern vorgestern", -1 } },
  tonight = { { "heute_abend heute_nacht", "night" } },
  part = {
    { "früh frueh morgens vormittag vormittags am_morgen am_vormittag", "morning" },
    { "nachmittag nachmittags am_nachmittag", "afternoon" }, { "abend abends am_abend", "evening" },
    { "nacht nachts in_der_nacht", "night" },
  },
  -- a day and its part in one word are asked about
  odd = {
    { "montagvormittag montagmittag montagnachmittag montagabend montagnacht montagmorgen "
      .. "montagfrüh dienstagvormittag dienstagmittag dienstagnachmittag dienstagabend "
      .. "dienstagnacht dienstagmorgen dienstagfrüh mittwochvormittag mittwochmittag "
      .. "mittwochnachmittag mittwochabend mittwochnacht mittwochmorgen mittwochfrüh "
      .. "donnerstagvormittag donnerstagmittag donnerstagnachmittag donnerstagabend "
      .. "donnerstagnacht donnerstagmorgen donnerstagfrüh freitagvormittag freitagmittag "
      .. "freitagnachmittag freitagabend freitagnacht freitagmorgen freitagfrüh "
      .. "samstagvormittag samstagmittag samstagnachmittag samstagabend samstagnacht "
      .. "samstagmorgen samstagfrüh sonntagvormittag sonntagmittag sonntagnachmittag "
      .. "sonntagabend sonntagnacht sonntagmorgen sonntagfrüh" },
  },
  noon = { { "mittag mittags am_mittag", 12 }, { "mitternacht", 0 } },
  unit = {
    { "sekunde sekunden", "second" }, { "minute minuten min", "minute" },
    { "stunde stunden std", "hour" },
    { "viertelstunde viertelstunden", "quarter" }, { "tag tage tagen", "day" },
    { "monat monate monaten", "month" },
  },
  weeks = { { "woche wochen kw kalenderwoche", "week" } },
  years = { { "jahr jahre jahren", "year" } },
  number = {
    { "eins", 1 }, { "zwei", 2 }, { "drei", 3 }, { "vier", 4 }, { "fünf fuenf", 5 },
    { "sechs", 6 }, { "sieben", 7 }, { "acht", 8 }, { "neun", 9 }, { "zehn", 10 }, { "elf", 11 },
    { "zwölf zwoelf", 12 },
  },
  some = { { "paar", 3 }, { "anderthalb eineinhalb", 1.5 }, { "zweieinhalb", 2.5 } },
  ordinal = { { "erste ersten", 1 }, { "zweite zweiten", 2 }, { "dritte dritten", 3 } },
  at = { { "um" } },
  around = { { "gegen ungefähr ungefaehr etwa circa ca so" } },
  on = { { "am" } },
  ["in"] = { { "in innerhalb" } },
  of = { { "des" } },
  the = { { "der die das den dem" } },
  article = { { "ein eine einen einer einem" } },
  from = { { "von vom" } },
  to = { { "bis" } },
  after = { { "nach danach ab frühestens fruehestens frühestens_um", "hour" } },
  before = { { "vor davor vorher" } },
  by = { { "spätestens spaetestens spätestens_um" } },
  between = { { "zwischen" } },
  ["and"] = { { "und" } },
  ["or"] = { { "oder" } },
  next = { { "nächste nächsten nächster nächstes naechste naechsten" },
    { "kommende kommenden kommender", "coming" },
    { "übernächste übernächsten uebernaechste uebernaechsten", "after next" } },
  this = { { "diese diesen dieser dieses" } },
  last = { { "letzte letzten vorige vorigen" } },
  -- "halb vier" is half past three
  half = { { "halb halbe halben", -30 }, { "dreiviertel", -15 } },
  quarter = { { "viertel" } },
  than = { { "als" } },
  bad = { { "unmöglich unmoeglich schlecht ungünstig zu_früh zu_frueh zu_spät zu_spaet" } },
  busy = { { "beschäftigt beschaeftigt im_meeting in_einem_meeting im_termin in_besprechung "
    .. "in_einer_besprechung" } },
  engaged = { { "arbeite ich_arbeite arbeiten unterwegs im_büro im_buero bei_der_arbeit "
    .. "auf_der_arbeit auf_arbeit in_der_arbeit in_der_schule in_der_uni" } },
  no = { { "nein nee ne" } },
  ["not"] = { { "nicht nicht_mehr kein keine keinen außer ausser statt anstatt anstelle_von" },
    { "nie niemals auf_keinen_fall keine_anrufe kein_anruf", "rule" } },
  now = { { "jetzt" } },
  asap = { { "sofort umgehend schnellstmöglich so_schnell_wie_möglich so_bald_wie_möglich" } },
  later = { { "später spaeter" } },
  oclock = { { "uhr" } },
  weekend = { { "wochenende" } },
  good = { { "guten gute schönen schoenen" } },
  rather = { { "stattdessen lieber doch sondern sorry entschuldigung entschuldige verzeihung "
    .. "quatsch "
    .. "ich_meine ich_meinte meine_ich vergessen_sie_das vergiss_das korrektur vielmehr besser" } },
  filler = { { "da zuhause zu_hause daheim sicher bis_jetzt bis_dann bis_dahin guten_morgen "
    .. "guten_tag guten_abend bitte danke ja ich bin rufen sie mich mir an "
    .. "anrufen rufe zurück zurueck können koennen kann kannst könnte habe passt geht gern gerne "
    .. "würde wuerde wäre waere "
    .. "gut hallo rückruf mal dann ist er erreichbar" } },
}
