-- flows/parse/phone_words.lua - the words that tell which figures are a telephone number.
--
-- To teach the parser a word, add it to its line. Small letters, one language or many; words that
-- belong together are joined by "_" here. Where the figures behind a word are something else, its
-- plural with an "s" is known as well.

return {
  -- the figures behind these are something else: "order no. 1234567890"
  not_phone = "order ticket account acct acc a/c invoice inv case ref reference tracking track "
    .. "shipment parcel consignment waybill awb docket challan box locker gate booking "
    .. "reservation confirmation conf pnr policy claim contract quote receipt po rma purchase "
    .. "payment deposit transaction txn trx utr rrn request incident issue bug error err fault "
    .. "job batch lot asset customer client member membership employee emp staff student roll "
    .. "enrollment badge loyalty flyer patient applicant licence license lic passport "
    .. "registration reg vehicle chassis engine serial part item product catalog model sku "
    .. "version ver build release meter device barcode imei imsi iccid meid esn mac hex uuid "
    .. "guid hash timestamp epoch unix port ip id uid userid user username token coupon "
    .. "voucher promo meeting webinar zoom score frame lottery lotto jackpot page pp lat "
    .. "latitude long longitude lng coordinate coord card visa mastercard amex "
    .. "american_express maestro discover diners jcb rupay iban bic swift ifsc bsb aba sort "
    .. "routing micr upi ssn sin ein tin itin tfn abn acn nhs nino medicare medicaid npi mrn "
    .. "dea pan aadhaar aadhar vid vat gst gstin tax cin duns cpf cnpj rg curp rfc rut dni nie "
    .. "cif nif siren siret pesel hkid nric vin nin bvn crn omb ird trn tva ust iva nip regon "
    .. "bsn cnic pps isbn issn ean upc gtin asin conta cuenta tarjeta pedido cartao "
    .. "cart\195\163o carte commande facture dossier konto kunde kundennummer kundennr "
    .. "bestellnummer rechnungsnummer vertragsnummer steuernummer bestellung rechnung vorgang "
    .. "factura fattura ordine tessera auftrag auftragsnummer vertrag social sociale code loan "
    .. "mortgage lease permit warranty subscription sub prescription rx cheque plate room row "
    .. "process pid dob folio blz grievance complaint application sr tt srn fir petition dispute "
    .. "consumer subscriber connection khata challan acknowledgement ack agreement bond "
    .. "certificate refund return mandate umrn arn prn eb cheque sim eticket "
    .. "expediente protocolo matricula chamado processo solicitud reclamo reclamaci\195\179n "
    .. "siniestro boleto apolice ap\195\179lice poliza p\195\179liza contrato contrat "
    .. "abonnement police sinistre pratica contratto vorgangs antrag fall schaden z\195\164hler "
    .. "reklamation sendung shikayat incidencia nota fiscal matr\195\173cula "
    .. "r\195\169f mpan mprn policyholder z\195\164hlerstand vertragskonto aktenzeichen recharge "
    .. "cuit cuil nit cedula c\195\169dula ic cpr personnummer firmware boleto uan "
    .. "folio radicado legajo padron suministro contribuinte nipc utente niss cnh renavam "
    .. "instala\195\167\195\163o grahak graahak upbhokta shikayat_sankhya khata_sankhya "
    .. "grahak_sankhya kramank",
  -- the same, where it is six figures or so and more may follow: "zip 94105 415 555 2671"
  code = "zip zipcode zip-code postcode postal pin pincode plz cep cvv cvc otp passcode "
    .. "password",
  -- these may stand between: "my account number is 1234567890"
  glue = "no number num nr nbr nos is was are id code key of the my our for with on as ending "
    .. "in credit debit card n\195\186mero numero nummer es \195\169 est ist el le o il die der",
  -- the number of something, told by the words between: "order number you gave me is 1234567890"
  number = "no number num nr id code nbr nos numbers n\194\186 n\194\176 numero n\195\186mero "
    .. "num\195\169ro nummer numara",
  -- these may stand between a word and the figures that it tells of
  between = "were be been being has have had a an the got it which that hai h tha ka ke ki "
    .. "el la le il o os "
    .. "as der die das den",
  -- behind these figures are said to be something
  is = "is was are ist war es est",
  -- and before these that is over: "98765 43210 is the number for my order"
  ends = "of for to in with and or but from",
  -- "the number of my order", "call me on", "a question about"
  of = "of de del di du da d'",
  by = "on at via using auf unter au",
  about = "about regarding re concerning wegen concernant sobre",
  -- said right behind figures, these tell what has come of them, or what shall: they are no phone
  -- number, or may be none: "98765 43210 is still open"
  state = "open pending closed dead down rejected raised denied cancelled canceled expired "
    .. "credited debited failed blocked dispatched shipped delivered received resolved solved "
    .. "approved processed deactivated suspended lost stuck missing delayed "
    .. "declined refused overdue unpaid escalated reopened submitted applied filed lodged "
    .. "returned refunded updated status check track trace verify update balance wrong "
    .. "invalid inactive "
    .. "due bill faulty offline broken unresolved unsolved shows says "
    .. "gesperrt offen abgelehnt storniert gek\195\188ndigt k\195\188ndigen geschlossen falsch "
    .. "ung\195\188ltig fehlt defekt parado pendiente pendente cerrado fechado rechazado abierto "
    .. "abierta cerrada rechazada cancelada bloqueada caducada vencida recusado recusada "
    .. "cancelado bloqueado negado atrasado vencido bloqu\195\169 refus\195\169 annul\195\169 "
    .. "perdu expir\195\169 band atka",
  -- these may stand between
  still = "still already yet again since keeps immer noch noch toujours todav\195\173a "
    .. "todavia sigue continua encore abhi ab abhi_tak tak just now currently",
  -- with these nothing has come of them: "98765 43210 no reply"
  negation = "no not never cannot cant wont dont doesnt didnt isnt wasnt hasnt without nothing "
    .. "neither unable nicht kein keine ohne nie sin sem sans pas ne n\195\163o nao nahi nahin "
    .. "nai non",
  -- the figures behind these are one: "mobile no. 415 555 2671"
  phone = "phone telephone tel telefon telefone telefono tel\195\169fono mobile mob cell "
    .. "cellphone cellular contact whatsapp call ring fone ph phones calls landline fixed home "
    .. "handphone viber signal telegram text sms reach dial office direct fax hotline helpline "
    .. "celular movil m\195\179vil handy cellulare portable wa reachable ping msg message "
    .. "telefoon gsm ruf r\195\188ckruf mobil festnetz mobiel liga ligar ligue llamar llamen llame "
    .. "llamarme appeler appelez rappelez joindre erreichbar anrufen rufen "
    .. "t\195\169l\195\169phone voicemail hp cp voice mpesa gcash momo skype facetime imo "
    .. "botim zalo wechat line kontakt contacto "
    .. "contato texts messages mobiele callback call-back",
  -- no name of a thing that has a number: "my no. 98765 43210", "just in case 98765 43210"
  plain = "my our your his her their this that the these those me us at on to is or and same "
    .. "new old other alternate alternative alt second another main work personal private "
    .. "correct right wrong local regd registered given following below above her him them "
    .. "secondary different calling working existing nd st rd linked updated verified "
    .. "registered primary current active backup spare emergency temporary permanent usual "
    .. "preferred best daytime only brand jio airtel vodafone vi bsnl lebara giffgaff ee o2 "
    .. "telkom safaricom mtn glo claro tim vivo tigo movistar orange telcel "
    .. "note take save add update give send put share keep got have find here "
    .. "father mother brother sister son daughter friend boss manager assistant secretary "
    .. "neighbour neighbor colleague uncle aunt partner driver owner shop store desk reception "
    .. "landlord girlfriend boyfriend papa mama bhai didi "
    .. "mein meine meiner unser unsere mi mis mon ma notre mio mia nostro nuestro meu minha nosso "
    .. "mera meri mere hamara apna mijn ons mitt mit min het neue nuevo nouveau novo nuovo privat "
    .. "gesch\195\164fts dienst b\195\188ro gleiche ye yeh iss "
    .. "wife husband mum mom dad in_case country_code area_code dial_code std_code isd_code "
    .. "calling_code phone_code city_code",
  -- where figures stand behind another word, they fit a country or are no number; not behind these
  before = "hi hello hey ok okay yes yeah yep sure thanks thx please pls it its it's im i'm i "
    .. "that's here try use using via so then now also but just still only actually sorry best "
    .. "good sir madam dear today tomorrow tonight am pm morning afternoon evening night noon "
    .. "monday tuesday wednesday thursday friday saturday sunday week day days hour hours "
    .. "minute minutes min mins weeks like around anytime asap after before by until "
    .. "from with instead between not no uk us usa american india uae dubai "
    .. "german french mexican swiss dutch foreign international mind interested preferred "
    .. "needed wanted "
    .. "asked tried called requested ordered bought purchased "
    .. "worried confused disappointed rush hurry worries problem problems spam matter later "
    .. "late avant apr\195\168s antes "
    .. "despu\195\169s despues depois vor nach pehle baad",
  -- between two numbers these take the first one back: "X, no wait, Y"
  rather = "no_wait wait sorry actually i_mean i_meant meant correction scratch_that wrong typo "
    .. "my_bad oops ignore_that forget_that make_that",
  -- right before one of several numbers these say that it is not the one
  refused = "not not_on not_at not_to not_my not_the not_number old my_old old_number old_one "
    .. "instead_of rather_than",
  currency = "usd inr eur gbp aud cad nzd sgd aed zar ngn brl mxn jpy chf rs rupees dollars "
    .. "euro euros pounds quid bucks naira rand reais pesos yen dirhams",
  months = "jan january feb february mar march apr april may jun june jul july aug august sep "
    .. "sept september oct october nov november dec december",
  -- figures of no country's length are counted things before these
  counted = "users views items points people persons employees inhabitants residents copies "
    .. "seats followers subscribers likes shares comments visits visitors hits clicks "
    .. "impressions records rows km miles meters metres kg grams tons tonnes litres liters "
    .. "units pieces bytes bits mb gb kb ms times dollars rupees bucks euros pounds pesos "
    .. "reais yen naira rand orders customers results lines steps files downloads calories "
    .. "kcal percent seconds million billion lakh crore",
  -- a number to dial inside follows these, spaced or glued: "ext. 21", "x21"
  extension = "extension extensi\195\179n extn ext x int interno poste ramal anexo durchwahl "
    .. "dw klappe toestel",
  -- what a visitor calls a phone number: "1234567 is not a phone number"
  itself = "phone telephone mobile cell number numbers phones",
  -- figures in words
  figures = { ["0"] = "zero oh o nought null cero z\195\169ro shunya sunya nul",
    ["1"] = "one eins uno un um une ek",
    ["2"] = "two zwei zwo dos deux dois do",
    ["3"] = "three drei tres trois tr\195\170s teen",
    ["4"] = "four vier cuatro quatre quatro char chaar",
    ["5"] = "five f\195\188nf cinco cinq paanch panch",
    ["6"] = "six sechs seis meia chhe chhah",
    ["7"] = "seven sieben siete sept sete saat",
    ["8"] = "eight acht ocho huit oito aath",
    ["9"] = "nine neun nueve neuf nove nau" },
  twice = { double = 2, triple = 3, doppel = 2, doble = 2 },
}
