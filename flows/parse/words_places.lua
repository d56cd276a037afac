-- flows/parse/words_places.lua - zones and places by whose clocks people name a time: "3pm ET",
-- "3pm London time".
--
-- Letters lead to an IANA zone, where the clocks of a place are meant ("ET", "CET"), or to seconds
-- east of UTC, where they say which half of the year is meant ("EST", "EDT"). Those that stand for
-- several zones mean what an international visitor most often means by them; IST is India's, CST is
-- America's. They count only right beside a time.
--
-- Places need "time" behind them, or an hour before them. "_" stands for a space. First those that
-- IANA has as Area/City, then others by the zone that they are in. A name that is a word or a
-- person's, too ("jordan"), had better stay away.

local H = 3600

return {
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
  cities = {
    Europe = "london dublin lisbon madrid paris brussels amsterdam luxembourg berlin zurich vienna"
      .. " rome prague budapest warsaw copenhagen oslo stockholm helsinki athens bucharest sofia"
      .. " belgrade zagreb kyiv minsk moscow istanbul tallinn riga vilnius malta",
    America = "new_york chicago denver los_angeles toronto vancouver winnipeg edmonton"
      .. " halifax anchorage mexico_city bogota lima caracas santiago la_paz panama costa_rica"
      .. " guatemala havana puerto_rico jamaica sao_paulo montevideo",
    Asia = "dubai qatar bahrain kuwait riyadh baghdad tehran jerusalem beirut karachi kabul"
      .. " tashkent almaty colombo kathmandu dhaka kolkata yangon bangkok jakarta singapore"
      .. " kuala_lumpur manila hong_kong taipei shanghai seoul tokyo",
    Africa = "cairo casablanca lagos accra nairobi johannesburg algiers tunis addis_ababa kampala"
      .. " harare",
    Australia = "sydney melbourne brisbane perth adelaide darwin hobart",
    Pacific = "auckland honolulu fiji",
  },
  others = {
    ["America/New_York"] = "eastern boston miami atlanta philadelphia washington nyc ny"
      .. " new_york_city east_coast florida eastern_standard eastern_daylight",
    ["America/Chicago"] = "central dallas houston texas central_standard central_daylight",
    ["America/Denver"] = "mountain colorado mountain_standard mountain_daylight",
    ["America/Los_Angeles"] = "pacific california seattle san_francisco san_diego las_vegas"
      .. " west_coast portland pacific_standard pacific_daylight",
    ["America/Phoenix"] = "arizona", ["Pacific/Honolulu"] = "hawaii",
    ["America/Toronto"] = "ottawa montreal",
    ["America/Sao_Paulo"] = "brasilia rio_de_janeiro",
    ["America/Argentina/Buenos_Aires"] = "argentina buenos_aires",
    ["Europe/London"] = "uk british england scotland edinburgh british_summer",
    ["Europe/Dublin"] = "irish ireland",
    ["Europe/Berlin"] = "german germany munich frankfurt hamburg",
    ["Europe/Paris"] = "french france central_european",
    ["Europe/Athens"] = "greece eastern_european", ["Europe/Kyiv"] = "kiev ukraine",
    ["Europe/Madrid"] = "spain spanish barcelona",
    ["Europe/Rome"] = "italy milan", ["Europe/Lisbon"] = "portugal", ["Europe/Warsaw"] = "poland",
    ["Europe/Zurich"] = "geneva swiss switzerland",
    ["Asia/Kolkata"] = "india indian delhi new_delhi mumbai bangalore bengaluru chennai pune"
      .. " hyderabad indian_standard",
    ["Asia/Dubai"] = "uae abu_dhabi", ["Asia/Riyadh"] = "saudi saudi_arabia",
    ["Asia/Karachi"] = "pakistan lahore", ["Asia/Kathmandu"] = "nepal",
    ["Asia/Dhaka"] = "bangladesh", ["Asia/Jerusalem"] = "tel_aviv israel", ["Asia/Tokyo"] = "japan",
    ["Asia/Seoul"] = "korea", ["Asia/Shanghai"] = "beijing china",
    ["Africa/Johannesburg"] = "cape_town south_africa", ["Africa/Nairobi"] = "kenya",
    ["Africa/Lagos"] = "nigeria abuja", ["Africa/Cairo"] = "egypt",
    ["Australia/Sydney"] = "canberra",
  },
}
