-- flows/parse/zone_ids.lua - IANA's names of zones in small letters: "europe/paris".
--
--   ids.areas                     the first part of such names -> as it is written
--   ids.name("europe", "paris")   "Europe/Paris", or nil if there is no such zone
--   ids.looks_meant(area, place)  was it meant as one, though there is none?

local ids = { areas = {} }

-- Behind those with "=", which are other words as well, a place that no zone has means nothing.
local is_word = {}
for area, mark in ("Africa America Antarctica Arctic Asia Atlantic= Australia Brazil= Canada= "
    .. "Chile= Etc= Europe Indian= Mexico= Pacific= US="):gmatch "(%a+)(=?)" do
  local small = area:lower()
  ids.areas[small], is_word[small] = area, mark == "="
end

local SMALL = { of = "of", au = "au", es = "es" }
local function capital(part) return SMALL[part] or part:sub(1, 1):upper() .. part:sub(2) end

function ids.name(area, place)
  local before = ids.areas[area] .. "/"
  -- "Etc/GMT+5", "Australia/NSW" are all in capitals
  return clock.zone(before .. place:gsub(" ", "_"):gsub("%a+", capital))
    or clock.zone(before .. place:upper())
end

-- "europe/londn" was meant as one, "europe/asia" was not.
function ids.looks_meant(area, place)
  return not is_word[area] and not ids.areas[place]
end

return ids
