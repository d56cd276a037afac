-- flows/parse/zones.lua - time zones as people write them behind a time.
--
-- A name leads to an IANA zone, where the clocks of a place are meant ("ET", "CET", "London time"),
-- or to seconds east of UTC, where the letters say which half of the year is meant ("EST", "EDT").
-- Letters that stand for several zones mean what an international visitor most often means by them;
-- IST is India's, CST is America's.

local H = 3600

return {
  -- short forms; they count only right behind a time
  letters = {
    utc = 0, gmt = 0, z = 0, zulu = 0, wet = 0,
    bst = H, west = H, wat = "Africa/Lagos",
    cet = "Europe/Paris", met = "Europe/Paris", cest = 2 * H, mez = "Europe/Berlin",
    mesz = 2 * H, cat = 2 * H, sast = 2 * H, eet = "Europe/Athens", eest = 3 * H,
    msk = 3 * H, eat = 3 * H, trt = 3 * H, gst = 4 * H, pkt = 5 * H, ist = 19800,
    npt = 20700, bdt = 6 * H, ict = 7 * H, wib = 7 * H, sgt = 8 * H, myt = 8 * H, hkt = 8 * H,
    pht = 8 * H, awst = 8 * H, jst = 9 * H, kst = 9 * H, acst = 34200, acdt = 37800,
    aest = 10 * H, aedt = 11 * H, aet = "Australia/Sydney", nzst = 12 * H, nzdt = 13 * H,
    nzt = "Pacific/Auckland", brt = -3 * H, art = -3 * H, ast = -4 * H, adt = -3 * H,
    est = -5 * H, edt = -4 * H, et = "America/New_York",
    cst = -6 * H, cdt = -5 * H, ct = "America/Chicago",
    mst = -7 * H, mdt = -6 * H, mt = "America/Denver",
    pst = -8 * H, pdt = -7 * H, pt = "America/Los_Angeles",
    akst = -9 * H, akdt = -8 * H, hst = -10 * H,
  },
  -- names; they need "time" behind them, or a time before them
  places = {
    eastern = "America/New_York", central = "America/Chicago", mountain = "America/Denver",
    pacific = "America/Los_Angeles", london = "Europe/London", uk = "Europe/London",
    british = "Europe/London", england = "Europe/London", dublin = "Europe/Dublin",
    irish = "Europe/Dublin", india = "Asia/Kolkata", indian = "Asia/Kolkata",
    delhi = "Asia/Kolkata", mumbai = "Asia/Kolkata", bangalore = "Asia/Kolkata",
    chennai = "Asia/Kolkata", dubai = "Asia/Dubai", uae = "Asia/Dubai",
    singapore = "Asia/Singapore", sydney = "Australia/Sydney", melbourne = "Australia/Melbourne",
    brisbane = "Australia/Brisbane", perth = "Australia/Perth", tokyo = "Asia/Tokyo",
    japan = "Asia/Tokyo", berlin = "Europe/Berlin", german = "Europe/Berlin",
    germany = "Europe/Berlin", paris = "Europe/Paris", french = "Europe/Paris",
    france = "Europe/Paris", madrid = "Europe/Madrid", spain = "Europe/Madrid",
    rome = "Europe/Rome", amsterdam = "Europe/Amsterdam", zurich = "Europe/Zurich",
    moscow = "Europe/Moscow", istanbul = "Europe/Istanbul", chicago = "America/Chicago",
    denver = "America/Denver", california = "America/Los_Angeles", seattle = "America/Los_Angeles",
    texas = "America/Chicago", boston = "America/New_York", toronto = "America/Toronto",
    vancouver = "America/Vancouver", nairobi = "Africa/Nairobi", lagos = "Africa/Lagos",
    johannesburg = "Africa/Johannesburg", cairo = "Africa/Cairo", karachi = "Asia/Karachi",
    dhaka = "Asia/Dhaka", manila = "Asia/Manila", jakarta = "Asia/Jakarta",
    bangkok = "Asia/Bangkok", shanghai = "Asia/Shanghai", beijing = "Asia/Shanghai",
    china = "Asia/Shanghai", new_york = "America/New_York", nyc = "America/New_York",
    ny = "America/New_York", east_coast = "America/New_York", west_coast = "America/Los_Angeles",
    los_angeles = "America/Los_Angeles", san_francisco = "America/Los_Angeles",
    miami = "America/New_York", dallas = "America/Chicago", houston = "America/Chicago",
    hong_kong = "Asia/Hong_Kong", new_delhi = "Asia/Kolkata", pune = "Asia/Kolkata",
    hyderabad = "Asia/Kolkata", kolkata = "Asia/Kolkata", sao_paulo = "America/Sao_Paulo",
    brasilia = "America/Sao_Paulo", tel_aviv = "Asia/Jerusalem", israel = "Asia/Jerusalem",
    kuala_lumpur = "Asia/Kuala_Lumpur", cape_town = "Africa/Johannesburg",
    mexico_city = "America/Mexico_City", riyadh = "Asia/Riyadh", kathmandu = "Asia/Kathmandu",
    nepal = "Asia/Kathmandu", pakistan = "Asia/Karachi", kenya = "Africa/Nairobi",
    nigeria = "Africa/Lagos", auckland = "Pacific/Auckland",
  },
}
