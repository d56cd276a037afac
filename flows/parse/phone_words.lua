-- flows/parse/phone_words.lua - the words that tell which figures are a telephone number.
--
-- To teach the parser a word, add it to its line. Small letters, one language or many.

return {
  -- the figures behind these are something else: "order no. 1234567890"
  not_phone = "order orders ticket tickets account acct acc accounts invoice invoices case ref "
    .. "reference tracking track shipment parcel awb zip zipcode postcode postal pincode pin ssn "
    .. "card visa mastercard amex iban swift routing serial model sku version ver build release "
    .. "lat latitude long longitude lng id uid userid otp code token booking reservation pnr "
    .. "policy claim license licence passport aadhaar pan vat gst tax isbn ean upc transaction txn "
    .. "utr imei customer client member membership employee meter port ip receipt contract quote "
    .. "po rma omb iccid vin nric conta cuenta tarjeta pedido cartao commande konto bestellung "
    .. "rechnung factura",
  -- and these may stand between: "my account number is 1234567890"
  glue = "no number num nr nbr is was id code of the my for n\195\186mero numero ending credit "
    .. "debit card",
  -- the figures behind these are one: "mobile no. 415 555 2671"
  phone = "phone phones telephone tel mobile mob cell cellphone contact whatsapp call ring fone ph "
    .. "landline fixed home my handphone viber telegram text sms reach dial office direct",
  months = "jan january feb february mar march apr april may jun june jul july aug august sep sept "
    .. "september oct october nov november dec december",
  -- figures of no country's length are counted things before these
  counted = "users views items points people followers subscribers records rows km miles kg units "
    .. "pieces bytes times dollars rupees bucks euros pounds orders customers results lines steps "
    .. "files views downloads",
  -- figures in words
  figures = { zero = "0", oh = "0", o = "0", nought = "0", one = "1", two = "2", three = "3",
    four = "4",
    five = "5", six = "6", seven = "7", eight = "8", nine = "9" },
  twice = { double = 2, triple = 3 },
}
