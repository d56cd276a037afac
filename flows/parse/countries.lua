-- flows/parse/countries.lua - how telephone numbers of each country are built and written.
--
-- A line: country, calling code, figures of a national number without the trunk prefix ("10",
-- "8-9"), trunk prefix that people dial inside the country ("-" where there is none or it belongs
-- to the number, as in Italy), its name. The first country of a calling code stands for the code.
-- Lengths are what is in use, not every rare service; a number of another length is still taken,
-- but the visitor is asked.

local LINES = [[
US 1 10 1 United States
CA 1 10 1 Canada
PR 1 10 1 Puerto Rico
DO 1 10 1 Dominican Republic
JM 1 10 1 Jamaica
TT 1 10 1 Trinidad and Tobago
BS 1 10 1 Bahamas
BB 1 10 1 Barbados
EG 20 8-10 0 Egypt
SS 211 9 0 South Sudan
MA 212 9 0 Morocco
DZ 213 8-9 0 Algeria
TN 216 8 - Tunisia
LY 218 8-9 0 Libya
GM 220 7 - Gambia
SN 221 9 - Senegal
MR 222 8 - Mauritania
ML 223 8 - Mali
GN 224 8-9 - Guinea
CI 225 8-10 - Ivory Coast
BF 226 8 - Burkina Faso
NE 227 8 - Niger
TG 228 8 - Togo
BJ 229 8-10 - Benin
MU 230 7-8 - Mauritius
LR 231 7-9 0 Liberia
SL 232 8 0 Sierra Leone
GH 233 9 0 Ghana
NG 234 7-10 0 Nigeria
TD 235 8 - Chad
CF 236 8 - Central African Rep.
CM 237 8-9 - Cameroon
CV 238 7 - Cape Verde
ST 239 7 - Sao Tome and Principe
GQ 240 9 - Equatorial Guinea
GA 241 7-8 - Gabon
CG 242 9 - Congo
CD 243 7-9 0 DR Congo
AO 244 9 - Angola
GW 245 7-9 - Guinea-Bissau
IO 246 7 - British Indian Ocean Territory
SC 248 7 - Seychelles
SD 249 9 0 Sudan
RW 250 8-9 0 Rwanda
ET 251 9 0 Ethiopia
SO 252 7-9 0 Somalia
DJ 253 8 - Djibouti
KE 254 7-10 0 Kenya
TZ 255 9 0 Tanzania
UG 256 9 0 Uganda
BI 257 8 - Burundi
MZ 258 8-9 - Mozambique
ZM 260 9 0 Zambia
MG 261 9 0 Madagascar
RE 262 9 0 Reunion
ZW 263 5-10 0 Zimbabwe
NA 264 7-10 0 Namibia
MW 265 7-9 0 Malawi
LS 266 8 - Lesotho
BW 267 7-8 - Botswana
SZ 268 8 - Eswatini
KM 269 7 - Comoros
ZA 27 9 0 South Africa
ER 291 7 0 Eritrea
AW 297 7 - Aruba
FO 298 6 - Faroe Islands
GL 299 6 - Greenland
GR 30 10 - Greece
NL 31 9 0 Netherlands
BE 32 8-9 0 Belgium
FR 33 9 0 France
ES 34 9 - Spain
GI 350 8 - Gibraltar
PT 351 9 - Portugal
LU 352 5-11 - Luxembourg
IE 353 7-9 0 Ireland
IS 354 7-9 - Iceland
AL 355 8-9 0 Albania
MT 356 8 - Malta
CY 357 8 - Cyprus
FI 358 5-11 0 Finland
BG 359 7-9 0 Bulgaria
HU 36 8-9 06 Hungary
LT 370 8 8 Lithuania
LV 371 8 - Latvia
EE 372 7-8 - Estonia
MD 373 8 0 Moldova
AM 374 8 0 Armenia
BY 375 9 8 Belarus
AD 376 6-9 - Andorra
MC 377 8-9 0 Monaco
SM 378 6-10 - San Marino
UA 380 9 0 Ukraine
RS 381 7-9 0 Serbia
ME 382 8-9 0 Montenegro
XK 383 8-9 0 Kosovo
HR 385 8-9 0 Croatia
SI 386 8 0 Slovenia
BA 387 8-9 0 Bosnia and Herzegovina
MK 389 8 0 North Macedonia
IT 39 6-12 - Italy
VA 39 6-12 - Vatican City
RO 40 9 0 Romania
CH 41 9 0 Switzerland
CZ 420 9 - Czech Republic
SK 421 9 0 Slovakia
LI 423 7-9 - Liechtenstein
AT 43 7-13 0 Austria
GB 44 9-10 0 United Kingdom
GG 44 9-10 0 Guernsey
JE 44 9-10 0 Jersey
IM 44 9-10 0 Isle of Man
DK 45 8 - Denmark
SE 46 7-10 0 Sweden
NO 47 8 - Norway
PL 48 9 - Poland
DE 49 6-11 0 Germany
FK 500 5 - Falkland Islands
BZ 501 7 - Belize
GT 502 8 - Guatemala
SV 503 8 - El Salvador
HN 504 8 - Honduras
NI 505 8 - Nicaragua
CR 506 8 - Costa Rica
PA 507 7-8 - Panama
PM 508 6 0 Saint Pierre and Miquelon
HT 509 8 - Haiti
PE 51 8-9 0 Peru
MX 52 10 01 Mexico
CU 53 8 0 Cuba
AR 54 10-11 0 Argentina
BR 55 10-11 0 Brazil
CL 56 9 - Chile
CO 57 10 0 Colombia
VE 58 10 0 Venezuela
GP 590 9 0 Guadeloupe
BO 591 8 0 Bolivia
GY 592 7 - Guyana
EC 593 8-9 0 Ecuador
GF 594 9 0 French Guiana
PY 595 8-9 0 Paraguay
MQ 596 9 0 Martinique
SR 597 6-7 - Suriname
UY 598 8 0 Uruguay
CW 599 7-8 - Curacao
MY 60 8-10 0 Malaysia
AU 61 9 0 Australia
ID 62 8-12 0 Indonesia
PH 63 8-10 0 Philippines
NZ 64 8-10 0 New Zealand
SG 65 8 - Singapore
TH 66 8-9 0 Thailand
TL 670 7-8 - Timor-Leste
BN 673 7 - Brunei
NR 674 7 - Nauru
PG 675 7-8 - Papua New Guinea
TO 676 5-7 - Tonga
SB 677 5-7 - Solomon Islands
VU 678 5-7 - Vanuatu
FJ 679 7 - Fiji
PW 680 7 - Palau
WF 681 6 - Wallis and Futuna
CK 682 5 - Cook Islands
NU 683 4-7 - Niue
WS 685 5-7 - Samoa
KI 686 5-8 - Kiribati
NC 687 6 - New Caledonia
TV 688 5-7 - Tuvalu
PF 689 6-8 - French Polynesia
TK 690 4-7 - Tokelau
FM 691 7 - Micronesia
MH 692 7 1 Marshall Islands
RU 7 10 8 Russia
KZ 7 10 8 Kazakhstan
- 800 8 -
- 808 8 -
JP 81 9-10 0 Japan
KR 82 8-10 0 South Korea
VN 84 9-10 0 Vietnam
HK 852 8 - Hong Kong
MO 853 8 - Macau
KH 855 8-9 0 Cambodia
LA 856 8-10 0 Laos
CN 86 10-11 0 China
- 870 9 -
- 878 12 -
BD 880 8-10 0 Bangladesh
- 881 9 -
- 882 7-12 -
- 883 7-12 -
TW 886 8-9 0 Taiwan
- 888 11 -
TR 90 10 0 Turkey
IN 91 10 0 India
PK 92 9-10 0 Pakistan
AF 93 9 0 Afghanistan
LK 94 9 0 Sri Lanka
MM 95 7-10 0 Myanmar
MV 960 7 - Maldives
LB 961 7-8 0 Lebanon
JO 962 8-9 0 Jordan
SY 963 8-9 0 Syria
IQ 964 8-10 0 Iraq
KW 965 8 - Kuwait
SA 966 8-9 0 Saudi Arabia
YE 967 7-9 0 Yemen
OM 968 8 - Oman
PS 970 8-9 0 Palestine
AE 971 8-9 0 United Arab Emirates
IL 972 8-9 0 Israel
BH 973 8 - Bahrain
QA 974 8 - Qatar
BT 975 7-8 - Bhutan
MN 976 8 0 Mongolia
NP 977 8-10 0 Nepal
- 979 9 -
IR 98 10 0 Iran
TJ 992 9 - Tajikistan
TM 993 8 8 Turkmenistan
AZ 994 9 0 Azerbaijan
GE 995 9 0 Georgia
KG 996 9 0 Kyrgyzstan
UZ 998 9 - Uzbekistan
]]

-- How people write numbers. A line: calling code, what the national number begins with ("-":
-- anything), lengths of its groups. The first line that fits begin and length counts.
local GROUPS = [[
1 - 3 3 4
7 - 3 3 2 2
20 - 3 3 4
27 - 2 3 4
30 - 3 3 4
31 6 1 2 2 2 2
31 - 2 3 4
32 4 3 2 2 2
32 - 1 3 2 2
33 - 1 2 2 2 2
34 - 3 3 3
351 - 3 3 3
353 8 2 3 4
353 1 1 3 4
39 - 3 3 4
41 - 2 3 2 2
43 - 3 3 4
44 2 2 4 4
44 7 4 6
44 1 4 6
44 - 3 3 4
45 - 2 2 2 2
46 - 2 3 2 2
47 - 3 2 3
48 - 3 3 3
49 15 4 7
49 1 3 7
49 1 3 8
49 30 2 4 4
49 30 2 3 3
52 - 2 4 4
55 - 2 5 4
55 - 2 4 4
60 - 2 3 4
61 4 3 3 3
61 - 1 4 4
62 - 3 4 4
63 - 3 3 4
64 2 2 3 4
64 - 1 3 4
65 - 4 4
66 - 2 3 4
81 - 2 4 4
81 - 1 4 4
82 - 2 4 4
852 - 4 4
86 - 3 4 4
880 - 4 6
90 - 3 3 2 2
91 11 2 4 4
91 20 2 4 4
91 22 2 4 4
91 33 2 4 4
91 40 2 4 4
91 44 2 4 4
91 - 5 5
92 - 3 7
94 - 2 3 4
966 - 2 3 4
971 5 2 3 4
971 - 1 3 4
972 - 2 3 4
234 - 3 3 4
254 - 3 3 3
]]

-- What is dialled before a calling code; "00" is understood everywhere.
local INTERNATIONAL = { US = "011", CA = "011", PR = "011", DO = "011", JM = "011", AU = "0011",
  JP = "010",
  RU = "810", HK = "001", SG = "001", KR = "001", TH = "001", ID = "001", TW = "002" }

-- Where people dial, or dialled, other figures before a number than the table says.
local TRUNKS = { ["36"] = { "06", "0" }, ["52"] = { "01", "044", "045", "0", "1" },
  ["57"] = { "0", "03" }, ["370"] = { "8", "0" }, ["375"] = { "80", "8", "0" },
  ["380"] = { "0", "80" } }

-- What else stands before the number of a mobile or names who carries the call.
local HABITS = {
  -- Argentina: "0 11 15 1234 5678" is a mobile, +54 9 11 1234 5678
  ["54"] = function(own)
    local nine, rest = string.match(own, "^(9?)0?([123].*)$")
    if not rest or #rest ~= 12 then return rest and nine .. rest or own end
    for area = 2, 4 do
      if string.sub(rest, area + 1, area + 2) == "15" then
        return "9" .. string.sub(rest, 1, area) .. string.sub(rest, area + 3)
      end
    end
    return own
  end,
  -- Brazil: "0 21 11 98765 4321"
  ["55"] = function(own)
    return string.match(own, "^0%d%d(%d%d%d%d%d%d%d%d%d%d%d?)$") or own
  end,
}

-- National numbers of another length, such as free ones.
local SERVICE = { AU = "^1[38]00%d%d%d%d%d%d$", IN = "^18[06]0%d%d%d%d%d%d%d?$",
  SG = "^1800%d%d%d%d%d%d%d$", TR = "^444%d%d%d%d$", BR = "^[34]00[34]%d%d%d%d$" }

-- Other names of countries, as they stand in records.
local names = {
  usa = "US", ["united states of america"] = "US", uk = "GB", ["great britain"] = "GB",
  england = "GB", scotland = "GB", wales = "GB", deutschland = "DE", schweiz = "CH",
  ["\u{F6}sterreich"] = "AT", ["espa\u{F1}a"] = "ES", italia = "IT", brasil = "BR",
  holland = "NL", uae = "AE", czechia = "CZ", ["t\u{FC}rkiye"] = "TR", bharat = "IN",
  ["cote d'ivoire"] = "CI", ["c\u{F4}te d'ivoire"] = "CI", ["russian federation"] = "RU",
  korea = "KR", ["viet nam"] = "VN",
}

local countries = { regions = {}, codes = {}, groups = {} }

for line in LINES:gmatch "[^\n]+" do
  local region, code, least, most, trunk, name =
    line:match "^(%S+) (%d+) (%d+)%-?(%d*) (%S+) ?(.*)$"
  local country = {
    region = region, code = code, least = tonumber(least), most = tonumber(most) or tonumber(least),
    trunk = trunk ~= "-" and trunk or nil,
    trunks = TRUNKS[code] or trunk ~= "-" and { trunk } or nil,
    international = INTERNATIONAL[region],
    service = SERVICE[region],
  }
  -- what is dialled there before a calling code, as likely as not
  country.prefixes = { "00" }
  if code == "1" then table.insert(country.prefixes, 1, "011")
  elseif country.international then table.insert(country.prefixes, 1, country.international) end
  if region ~= "-" then
    countries.regions[region] = country
    names[name:lower()] = region
  end
  countries.codes[code] = countries.codes[code] or country
end

for line in GROUPS:gmatch "[^\n]+" do
  local code, begin, lengths = line:match "^(%d+) (%S+) (.+)$"
  local entry = { begin = begin ~= "-" and begin or "", sum = 0 }
  for length in lengths:gmatch "%d+" do
    entry[#entry + 1] = tonumber(length)
    entry.sum = entry.sum + tonumber(length)
  end
  countries.groups[code] = countries.groups[code] or {}
  table.insert(countries.groups[code], entry)
end

-- Whether a national number, without its trunk prefix, has a length of its country.
function countries.fits(country, figures)
  local length = #figures
  return length >= country.least and length <= country.most
    or country.service ~= nil and figures:find(country.service) ~= nil
end

local NONE, UNNEEDED = {}, { "0" }

-- What may stand before a national number, the most usual first. An unneeded 0 is forgiven where no
-- number begins so.
function countries.trunks(country, figures)
  return country.trunks or countries.fits(country, figures) and NONE or UNNEEDED
end

-- A number without what people dial beside its trunk.
function countries.without_habit(country, figures)
  local habit = HABITS[country.code]
  return habit and habit(figures) or figures
end

-- The region ("IN") of a country's name or code as a record has it, or nil.
function countries.named(text)
  if type(text) ~= "string" then return nil end
  local name = text:match "^%s*(.-)%s*$"
  local region = name:upper()
  return countries.regions[region] and region or names[name:lower()]
end

-- The country of the calling code that some figures begin with, or nil.
function countries.of_number(figures)
  for length = 3, 1, -1 do
    local country = countries.codes[figures:sub(1, length)]
    if country then return country end
  end
end

return countries
