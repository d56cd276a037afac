-- flows/parse/phone_stored.lua - telephone numbers as people wrote them into other records.
--
--   stored.same("(098765) 43210 x12", "+919876543210")   -> { national = true, ext = "12" }
--   stored.terms("+919876543210")   -> { "+919876543210", "919876543210", ..., "*43210*", ... }
--
-- same(text, value, region): whether a stored text means the number `value`, as phone.lua gives it;
-- else nil. `national`: no country code stands in it; such figures are taken for a number of the
-- country of `value`, unless `region`, the country of the record, is known and is another one.
-- `ext`: the extension. Of several numbers in one text ("030 1234567 / 0171 2345678") each counts.
--
-- terms(value): at most 30 texts to search for where a search knows the stored text only, `*` being
-- any text: the number as a whole in its usual forms, its last five figures, and its last five or
-- six where a blank, dash or dot parts them. It finds others, too: `same` tells them apart.

local countries = require "parse.countries"
local groups = require "parse.phone_groups"
local plain_text = require "parse.text"

local stored = {}

-- Reading -----------------------------------------------------------------------------------------

-- Behind these an extension stands, at the end.
local EXTENSIONS = { "^(.*%d%D-)ext%a*[.:=%s]*(%d+)%D*$", "^(.*%d[%s)]*)x%.?%s*(%d+)%D*$",
  "^(.*%d%s*)[#;,]+%s*(%d+)%D*$" }
local EXTENSION_MOST = 6

local function without_extension(text)
  for _, pattern in ipairs(EXTENSIONS) do
    local number, ext = text:match(pattern)
    if ext and #ext <= EXTENSION_MOST then return number, ext end
  end
  return text
end

-- What is dialled before the code of a country, anywhere.
local international = { "00" }
do
  local known = { ["00"] = true }
  for _, country in pairs(countries.regions) do
    local prefix = country.international
    if prefix and not known[prefix] then
      known[prefix] = true
      international[#international + 1] = prefix
    end
  end
  table.sort(international)
end

-- Numbers that were lengthened or are written in two ways, each as the one that is dialled from
-- abroad today; for Argentina and Mexico without the figure that only tells a mobile.
local canonical = {}

canonical["54"] = function(own) return own:match "^9(%d%d%d%d%d%d%d%d%d%d)$" or own end
canonical["52"] = function(own) return own:match "^1(%d%d%d%d%d%d%d%d%d%d)$" or own end

canonical["55"] = function(own)
  local area, mobile = own:match "^(%d%d)([6-9]%d%d%d%d%d%d%d)$"
  return area and area .. "9" .. mobile or own
end

canonical["229"] = function(own) return #own == 8 and "01" .. own or own end

-- Ivory Coast, 2021: the second figure of a mobile, the third of a fixed line told the network.
canonical["225"] = function(own)
  if #own ~= 8 then return own end
  if own:find "^[23]" then
    local network = own:sub(3, 3)
    return (network == "8" and "21" or network == "0" and "25" or "27") .. own
  end
  local network = own:sub(2, 2)
  return (network < "4" and "01" or network < "7" and "05" or "07") .. own
end

local function is_number(country, own, wanted)
  local change = canonical[country.code]
  own = countries.without_habit(country, own)
  return (change and change(own) or own) == wanted
end

-- Whether figures, as dialled inside the country, are this number.
local function is_dialled(country, figures, wanted)
  if is_number(country, figures, wanted) then return true end
  for _, trunk in ipairs(countries.trunks(country, figures)) do
    if figures:sub(1, #trunk) == trunk and is_number(country, figures:sub(#trunk + 1), wanted) then
      return true
    end
  end
  return false
end

-- Whether figures begin with `prefix`, the country's code, and go on with this number.
local function is_abroad(country, figures, wanted, prefix)
  local head = prefix .. country.code
  return figures:sub(1, #head) == head and is_dialled(country, figures:sub(#head + 1), wanted)
end

-- The country whose number some figures are for sure, as "00" and its code stand before them.
local function country_after_00(figures)
  local country = figures:find "^00" and countries.of_number(figures:sub(3))
  return country and countries.fits(country, figures:sub(3 + #country.code)) and country
end

-- "international", "national" or nil.
local function kind_of(country, figures, wanted)
  local certain = country_after_00(figures)
  if certain and certain.code ~= country.code then return nil end
  for _, prefix in ipairs(international) do
    if is_abroad(country, figures, wanted, prefix) then return "international" end
  end
  if figures:find "^00" then return nil end
  if is_dialled(country, figures, wanted) then return "national" end
  return is_abroad(country, figures, wanted, "") and "international" or nil
end

-- Whether figures are a whole number of a country, as dialled inside it.
local function is_whole(country, figures)
  if countries.fits(country, figures) then return true end
  for _, trunk in ipairs(countries.trunks(country, figures)) do
    if figures:sub(1, #trunk) == trunk and countries.fits(country, figures:sub(#trunk + 1)) then
      return true
    end
  end
  return false
end

-- A value without a country: the same figures, or the last ten or more of more.
local function is_tail(text, value)
  local one, other = text:gsub("%D", ""), value:gsub("%D", "")
  if #one > #other then one, other = other, one end
  return #one >= 7 and (one == other or #one >= 10 and other:sub(-#one) == one)
end

local function country_of(value)
  local country = value:sub(1, 1) == "+" and countries.of_number(value:sub(2))
  if not country then return nil end
  local own = value:sub(2 + #country.code)
  local change = canonical[country.code]
  return country, own, change and change(own) or own
end

-- With how many figures a text is more than a country's code and an area.
local function least_of(text, figures)
  local abroad = text:find "^%D*%+" and figures or figures:match "^00(.+)$"
  local country = abroad and countries.of_number(abroad)
  if country then return #figures - #abroad + #country.code + 6 end
  return figures:find "^0" and 7 or 6
end

-- The numbers of a text that has several. A short one before a slash or the like is an area:
-- "030/1234567 / 0171/2345678" has two.
local function numbers_in(text)
  local list, area = {}, ""
  text = text:gsub("(%d[%s)]*)e?xt?%a*[.:=%s]*%d+", "%1\n") -- extensions are none
  for piece, mark in (text .. "\n"):gmatch "([^%a/,;|\n]*)([%a/,;|\n])" do
    local number = area .. piece
    local figures = number:gsub("%D", "")
    local is_area = #figures < least_of(number, figures)
    area = ""
    if is_area and mark:find "[/,;|]" then area = number .. mark
    elseif figures ~= "" then list[#list + 1] = number end
  end
  return list
end

local function same_one(text, value, region)
  local country, _, wanted = country_of(value)
  if not country then return is_tail(text, value) and {} or nil end
  local figures = text:gsub("%D", "")
  if text:find "^%D*%+" then
    return is_abroad(country, figures, wanted, "") and { national = false } or nil
  end
  local kind = kind_of(country, figures, wanted)
  local home = kind and region and countries.regions[region]
  if home and home.code ~= country.code and (kind == "national" or is_whole(home, figures)) then
    return nil
  end
  return kind and { national = kind == "national" }
end

function stored.same(text, value, region)
  if type(text) ~= "string" then return nil end
  local number, ext = without_extension(plain_text.read(text))
  local found = same_one(number, value, region)
  if found then
    found.ext = ext
    return found
  end
  for _, each in ipairs(numbers_in(number)) do
    found = same_one(each, value, region)
    if found then return found end
  end
end

-- Searching ---------------------------------------------------------------------------------------

-- How a number's last figures may be parted. Where in a short number a bracket may part them, as in
-- "(275) 638", which Desk forbids in what is searched for, `loose` has any text between them.
local SPLITS = { { 2, 4, loose = 8 }, { 3, 3 }, { 4, 2 }, { 2, 2, 2 }, { 3, 2 }, { 2, 3 } }
local SHORT_SPLITS = { { 4 }, { 2, 2 }, { 3, 2, loose = 7 }, { 2, 3, loose = 7 } }
local SHORT = 7 -- figures
local BETWEEN = { " ", "-", "." }
local MIXED = { { "(%d%d)(%d%d)(%d%d)$", "%1 %2-%3" }, { "(%d%d)(%d%d%d%d)$", "%1 - %2" } }

-- "*54 3210*": the last figures, parted.
local function grouped(figures, lengths, between)
  local parts, to = {}, #figures
  for i = #lengths, 1, -1 do
    parts[i] = figures:sub(to - lengths[i] + 1, to)
    to = to - lengths[i]
  end
  return "*" .. table.concat(parts, between) .. "*"
end

-- The forms of the whole number, and its figures without the country's code.
local function whole_forms(value)
  local country, own = country_of(value)
  if not country then return { value }, (value:gsub("%D", "")) end
  local code, trunk = country.code, country.trunk or ""
  local usual = groups.of(code, own)
  return { value, code .. own, "00" .. code .. own, own, trunk .. own,
    "+" .. code .. " " .. usual, usual, trunk .. usual }, own
end

function stored.terms(value)
  local list, known = {}, {}
  local function add(term)
    if not known[term] then
      known[term] = true
      list[#list + 1] = term
    end
  end
  local forms, own = whole_forms(value)
  for _, form in ipairs(forms) do add(form) end
  add("*" .. own:sub(-5) .. "*")
  for _, lengths in ipairs(#own <= SHORT and SHORT_SPLITS or SPLITS) do
    for _, between in ipairs(BETWEEN) do add(grouped(own, lengths, between)) end
    if #own <= (lengths.loose or 0) then add(grouped(own, lengths, "*")) end
  end
  for _, mixed in ipairs(#own > SHORT and MIXED or {}) do
    add("*" .. own:sub(-6):gsub(mixed[1], mixed[2]) .. "*")
  end
  return list
end

return stored
