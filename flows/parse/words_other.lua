-- flows/parse/words_other.lua - days, months and parts of a day in languages that are not read.
--
-- A time beside one of them is not sure: "domani alle 15:00" would else be today at three. Only
-- words that are no names and no words of English; "_" stands for a space inside a phrase. A
-- language that gets a file of its own (see words_es.lua) leaves this one. What is written in
-- another script than ours and Hindi's needs no list.

return {
  italian = "oggi domani dopodomani ieri stasera stamattina lunedì lunedi martedì martedi "
    .. "mercoledì "
    .. "mercoledi giovedì giovedi venerdì venerdi sabato domenica gennaio febbraio maggio giugno "
    .. "luglio settembre ottobre dicembre mattina mattino pomeriggio mezzogiorno mezzanotte "
    .. "mezz'ora mezzora prossima prossimo",
  dutch = "vandaag gisteren overmorgen maandag dinsdag woensdag donderdag vrijdag zaterdag zondag "
    .. "januari februari maart juni juli augustus uur vanmiddag vanavond vanochtend vanmorgen "
    .. "morgenochtend morgenmiddag morgenavond ochtend middag avond kwart om_half over_een "
    .. "volgende "
    .. "komende",
  polish = "dziś dzis dzisiaj jutro pojutrze wczoraj poniedziałek poniedzialek wtorek środa środę "
    .. "sroda srode czwartek piątek piatek sobota sobotę sobote niedziela niedzielę niedziele "
    .. "stycznia lutego marca kwietnia czerwca lipca sierpnia września października listopada "
    .. "grudnia południe południu poludniu wieczorem godz godzinie przyszły",
  czech = "dnes zítra zitra pozítří pozitri včera pondělí pondeli úterý utery středa středu "
    .. "čtvrtek "
    .. "ctvrtek pátek patek sobotu neděle neděli večer odpoledne dopoledne hodin zajtra pozajtra "
    .. "pondelok utorok štvrtok piatok nedeľa nedeľu",
  turkish = "bugün bugun yarın yarin dün pazartesi salı çarşamba carsamba perşembe persembe "
    .. "cuma cumartesi pazar ocak şubat subat nisan mayıs haziran temmuz ağustos eylül ekim kasım "
    .. "aralık akşam aksam öğleden öğle sabahı haftaya buçuk bucuk",
  swedish = "idag imorgon i_morgon övermorgon overmorgon igår måndag mandag tisdag onsdag torsdag "
    .. "fredag lördag lørdag söndag søndag januari maj augusti klockan halv kvart förmiddag "
    .. "eftermiddag eftermiddagen kväll ikväll formiddag ettermiddag i_kveld aften imorgen "
    .. "i_morgen "
    .. "overmorgen i_overmorgen nästa neste næste",
  finnish = "tänään tanaan huomenna ylihuomenna eilen maanantai maanantaina tiistai tiistaina "
    .. "keskiviikko keskiviikkona torstai torstaina perjantai perjantaina lauantai lauantaina "
    .. "sunnuntai sunnuntaina aamulla illalla iltapäivällä",
  hungarian = "holnap holnapután tegnap hétfő hétfőn hetfo kedd kedden szerda szerdán csütörtök "
    .. "csütörtökön péntek pénteken szombat szombaton vasárnap reggel délután délelőtt óra "
    .. "órakor",
  romanian = "astăzi astazi mâine maine poimâine poimaine marți miercuri vineri sâmbătă sambata "
    .. "duminică duminica ianuarie februarie martie aprilie iunie iulie septembrie octombrie "
    .. "noiembrie decembrie dimineața dimineata seara",
  indonesian = "besok lusa kemarin senin selasa rabu kamis jumat jum'at sabtu minggu_depan januari "
    .. "februari maret juni juli agustus desember pagi siang malam hari_ini jam_setengah pukul "
    .. "esok "
    .. "isnin khamis jumaat petang",
  filipino = "bukas mamaya ngayong ngayon kahapon miyerkules huwebes biyernes linggo umaga "
    .. "tanghali "
    .. "hapon samakalawa",
  vietnamese = "ngày_mai hôm_nay hôm_qua ngày_kia thứ_hai thứ_ba thứ_tư thứ_năm thứ_sáu thứ_bảy "
    .. "chủ_nhật sáng chiều tối tuần_sau",
  swahili = "kesho_kutwa kesho jumatatu jumanne jumatano alhamisi ijumaa jumamosi jumapili asubuhi "
    .. "mchana jioni",
  catalan = "avui demà dilluns dimarts dimecres dijous divendres dissabte diumenge",
  croatian = "danas prekosutra jučer jucer ponedjeljak ponedeljak utorak srijeda sreda "
    .. "četvrtak cetvrtak petak subota subotu nedjelja",
  -- of India, in Latin letters
  tamil = "nalai naalai naalaiku nalaiku indru inru kaalai maalai",
  telugu = "repu ellundi ivala eeroju sayantram",
  bengali = "kalke aajke ajke agamikal porshu sombar mongolbar budhbar brihospotibar shukrobar "
    .. "shonibar robibar shokal bikel",
  marathi = "udya somvari mangalvari shukravari sakali sandhyakali dupari",
  others = "naale nale bhalke aavtikale kaal_subah",
}
