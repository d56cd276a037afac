-- flows/parse/zones.lua - time zones by the names that people give them.
--
--   zones.letters["est"], zones.places["london"]   an IANA zone, or seconds east of UTC, as in
--     words_places.lua
--   zones.areas                       the first part of IANA's names -> as it is written
--   zones.named("europe", "paris")    "Europe/Paris", or nil if there is no such zone
--   zones.looks_meant(area, place)    was it meant as one, though there is none?

local words = require "parse.words_places"

local zones = { letters = words.letters, places = {}, areas = {} }

for area, cities in pairs(words.cities) do
  for city in cities:gmatch "%S+" do
    zones.places[city] = area .. "/" .. ("_" .. city):gsub("_%a", string.upper):sub(2)
  end
end
for zone, names in pairs(words.others) do
  for name in names:gmatch "%S+" do zones.places[name] = zone end
end

-- Behind those with "=", which are other words as well, a place that no zone has means nothing.
local is_word = {}
for area, mark in ("Africa America Antarctica Arctic Asia Atlantic= Australia Brazil= Canada= "
    .. "Chile= Etc= Europe Indian= Mexico= Pacific= US="):gmatch "(%a+)(=?)" do
  local small = area:lower()
  zones.areas[small], is_word[small] = area, mark == "="
end

local SMALL = { of = "of", au = "au", es = "es" }
local function capital(part) return SMALL[part] or part:sub(1, 1):upper() .. part:sub(2) end

function zones.named(area, place)
  local before = zones.areas[area] .. "/"
  -- "Etc/GMT+5", "Australia/NSW" are all in capitals
  return clock.zone(before .. place:gsub(" ", "_"):gsub("%a+", capital))
    or clock.zone(before .. place:upper())
end

-- "europe/londn" was meant as one, "europe/asia" was not.
function zones.looks_meant(area, place)
  return not is_word[area] and not zones.areas[place]
end

return zones
