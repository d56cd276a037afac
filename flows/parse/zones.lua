-- flows/parse/zones.lua - time zones as people write them behind a time.
--
-- A name leads to an IANA zone, where the clocks of a place are meant ("ET", "CET", "London time"),
-- or to seconds east of UTC, where the letters say which half of the year is meant ("EST", "EDT").
-- An IANA name itself is read, too: "Europe/Paris". Letters that stand for several zones mean what
-- an international visitor most often means by them; IST is India's, CST is America's.

local H = 3600

-- Short forms; they count only right beside a time.
local letters = {
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
}

local places, words = {}, require "parse.words_places"
for area, cities in pairs(words.cities) do
  for city in cities:gmatch "%S+" do
    places[city] = area .. "/" .. ("_" .. city):gsub("_%a", string.upper):sub(2)
  end
end
for zone, names in pairs(words.others) do
  for name in names:gmatch "%S+" do places[name] = zone end
end

return { letters = letters, places = places }
