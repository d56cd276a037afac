-- flows/parse/countries.lua - how telephone numbers of each country are built.
--
-- A line: country, calling code, figures of a national number without the trunk prefix ("10",
-- "8-9"), trunk prefix that people dial inside the country ("-" where there is none or it belongs
-- to the number, as in Italy). The first country of a calling code stands for the code. Lengths are
-- what is in use, not every rare service; a number of another length is still taken, but the
-- visitor is asked.

local LINES = [[
US 1 10 1
CA 1 10 1
PR 1 10 1
DO 1 10 1
JM 1 10 1
TT 1 10 1
BS 1 10 1
BB 1 10 1
EG 20 8-10 0
SS 211 9 0
MA 212 9 0
DZ 213 8-9 0
TN 216 8 -
LY 218 8-9 0
GM 220 7 -
SN 221 9 -
MR 222 8 -
ML 223 8 -
GN 224 8-9 -
CI 225 8-10 -
BF 226 8 -
NE 227 8 -
TG 228 8 -
BJ 229 8-10 -
MU 230 7-8 -
LR 231 7-9 0
SL 232 8 0
GH 233 9 0
NG 234 7-10 0
TD 235 8 -
CF 236 8 -
CM 237 8-9 -
CV 238 7 -
ST 239 7 -
GQ 240 9 -
GA 241 7-8 -
CG 242 9 -
CD 243 7-9 0
AO 244 9 -
GW 245 7-9 -
IO 246 7 -
SC 248 7 -
SD 249 9 0
RW 250 8-9 0
ET 251 9 0
SO 252 7-9 0
DJ 253 8 -
KE 254 7-10 0
TZ 255 9 0
UG 256 9 0
BI 257 8 -
MZ 258 8-9 -
ZM 260 9 0
MG 261 9 0
RE 262 9 0
ZW 263 5-10 0
NA 264 7-10 0
MW 265 7-9 0
LS 266 8 -
BW 267 7-8 -
SZ 268 8 -
KM 269 7 -
ZA 27 9 0
ER 291 7 0
AW 297 7 -
FO 298 6 -
GL 299 6 -
GR 30 10 -
NL 31 9 0
BE 32 8-9 0
FR 33 9 0
ES 34 9 -
GI 350 8 -
PT 351 9 -
LU 352 5-11 -
IE 353 7-9 0
IS 354 7-9 -
AL 355 8-9 0
MT 356 8 -
CY 357 8 -
FI 358 5-11 0
BG 359 7-9 0
HU 36 8-9 06
LT 370 8 8
LV 371 8 -
EE 372 7-8 -
MD 373 8 0
AM 374 8 0
BY 375 9 8
AD 376 6-9 -
MC 377 8-9 0
SM 378 6-10 -
UA 380 9 0
RS 381 7-9 0
ME 382 8-9 0
XK 383 8-9 0
HR 385 8-9 0
SI 386 8 0
BA 387 8-9 0
MK 389 8 0
IT 39 6-12 -
VA 39 6-12 -
RO 40 9 0
CH 41 9 0
CZ 420 9 -
SK 421 9 0
LI 423 7-9 -
AT 43 7-13 0
GB 44 9-10 0
GG 44 9-10 0
JE 44 9-10 0
IM 44 9-10 0
DK 45 8 -
SE 46 7-10 0
NO 47 8 -
PL 48 9 -
DE 49 6-11 0
FK 500 5 -
BZ 501 7 -
GT 502 8 -
SV 503 8 -
HN 504 8 -
NI 505 8 -
CR 506 8 -
PA 507 7-8 -
PM 508 6 0
HT 509 8 -
PE 51 8-9 0
MX 52 10 01
CU 53 8 0
AR 54 10-11 0
BR 55 10-11 0
CL 56 9 -
CO 57 10 0
VE 58 10 0
GP 590 9 0
BO 591 8 0
GY 592 7 -
EC 593 8-9 0
GF 594 9 0
PY 595 8-9 0
MQ 596 9 0
SR 597 6-7 -
UY 598 8 0
CW 599 7-8 -
MY 60 8-10 0
AU 61 9 0
ID 62 8-12 0
PH 63 8-10 0
NZ 64 8-10 0
SG 65 8 -
TH 66 8-9 0
TL 670 7-8 -
BN 673 7 -
NR 674 7 -
PG 675 7-8 -
TO 676 5-7 -
SB 677 5-7 -
VU 678 5-7 -
FJ 679 7 -
PW 680 7 -
WF 681 6 -
CK 682 5 -
NU 683 4-7 -
WS 685 5-7 -
KI 686 5-8 -
NC 687 6 -
TV 688 5-7 -
PF 689 6-8 -
TK 690 4-7 -
FM 691 7 -
MH 692 7 1
RU 7 10 8
KZ 7 10 8
- 800 8 -
- 808 8 -
JP 81 9-10 0
KR 82 8-10 0
VN 84 9-10 0
HK 852 8 -
MO 853 8 -
KH 855 8-9 0
LA 856 8-10 0
CN 86 10-11 0
- 870 9 -
- 878 12 -
BD 880 8-10 0
- 881 9 -
- 882 7-12 -
- 883 7-12 -
TW 886 8-9 0
- 888 11 -
TR 90 10 0
IN 91 10 0
PK 92 9-10 0
AF 93 9 0
LK 94 9 0
MM 95 7-10 0
MV 960 7 -
LB 961 7-8 0
JO 962 8-9 0
SY 963 8-9 0
IQ 964 8-10 0
KW 965 8 -
SA 966 8-9 0
YE 967 7-9 0
OM 968 8 -
PS 970 8-9 0
AE 971 8-9 0
IL 972 8-9 0
BH 973 8 -
QA 974 8 -
BT 975 7-8 -
MN 976 8 0
NP 977 8-10 0
- 979 9 -
IR 98 10 0
TJ 992 9 -
TM 993 8 8
AZ 994 9 0
GE 995 9 0
KG 996 9 0
UZ 998 9 -
]]

-- What is dialled before a calling code; "00" is understood everywhere.
local INTERNATIONAL = { US = "011", CA = "011", PR = "011", DO = "011", JM = "011", AU = "0011",
  JP = "010",
  RU = "810", HK = "001", SG = "001", KR = "001", TH = "001", ID = "001", TW = "002" }

-- National numbers of another length, such as free ones.
local SERVICE = { AU = "^1[38]00%d%d%d%d%d%d$", IN = "^18[06]0%d%d%d%d%d%d%d?$",
  SG = "^1800%d%d%d%d%d%d%d$", TR = "^444%d%d%d%d$", BR = "^[34]00[34]%d%d%d%d$" }

local countries = { regions = {}, codes = {} }

for line in LINES:gmatch "[^\n]+" do
  local region, code, least, most, trunk = line:match "^(%S+) (%d+) (%d+)%-?(%d*) (%S+)$"
  local country = {
    region = region, code = code, least = tonumber(least), most = tonumber(most) or tonumber(least),
    trunk = trunk ~= "-" and trunk or nil, international = INTERNATIONAL[region],
    service = SERVICE[region],
  }
  -- what is dialled there before a calling code, as likely as not
  country.prefixes = { "00" }
  if code == "1" then table.insert(country.prefixes, 1, "011")
  elseif country.international then table.insert(country.prefixes, 1, country.international) end
  if region ~= "-" then countries.regions[region] = country end
  countries.codes[code] = countries.codes[code] or country
end

-- Whether a national number, without its trunk prefix, has a length of its country.
function countries.fits(country, figures)
  local length = #figures
  return length >= country.least and length <= country.most
    or country.service ~= nil and figures:find(country.service) ~= nil
end

-- The country of the calling code that some figures begin with, or nil.
function countries.of_number(figures)
  for length = 3, 1, -1 do
    local country = countries.codes[figures:sub(1, length)]
    if country then return country end
  end
end

return countries
