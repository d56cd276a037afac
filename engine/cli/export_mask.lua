-- engine/cli/export_mask.lua - takes out of a talk who its visitor was: name, phone numbers, e-mail
-- addresses. Each is another one, the same everywhere, and is read as before: a number keeps its
-- form, its country and its length. What the bot said first is its own and stays: examples, the
-- office's number.
--
--   local mask = require "usher.cli.export_mask"(person)
--   mask.bot(text, inputs)  learns from what the bot said behind all these texts of the visitor, in
--                           the order of the talk; then
--   mask.visitor(text)      from what the visitor wrote
--   mask.clean(text)        -> the text without them
local spoken = require "usher.cli.export_spoken"

local NAME, FIRST, LAST = "Robin Doe", "Robin", "Doe"
local KEY, LEAST, MOST = 7, 7, 15 -- digits: that tell a number, and that one has

-- Names that are words, too: alone they tell little, and a sentence without them is another one.
local WORDS = {}
for word in ([[will may mark grace hope joy april june august rose bill frank art dean miles
  rich pat sue guy son lee sunny day monday friday sunday summer autumn winter dawn price long
  short young
  noon case home best good early page hall king major chance chase call ring phone office van
  jan agent human person help thanks hello bye morning evening night today]]):gmatch "%a+" do
  WORDS[word] = true
end

-- ---- digits ----

-- The value and the bytes of the digit at a place, and the zero of its script: Latin, Arabic,
-- Persian, Devanagari, full width.
local FIRST_DIGITS = { 0x30, 0x660, 0x6F0, 0x966, 0xFF10 }

local function digit_at(text, at)
  local fine, code = pcall(utf8.codepoint, text, at)
  if not fine then return nil, 1 end
  for _, zero in ipairs(FIRST_DIGITS) do
    if code >= zero and code <= zero + 9 then return code - zero, #utf8.char(code), zero end
  end
  return nil, #utf8.char(code)
end

local GAP = {}
for sign in (" -.()/\u{A0}\u{2009}\u{202F}\u{2011}\u{2013}"):gmatch(utf8.charpattern) do
  GAP[sign] = true
end

-- The runs of digits with gaps of three signs at most: { { digits = "...", places = { at, ... },
-- from, to }, ... }
local function runs_of(text)
  local runs, run, gap, at = {}, nil, 0, 1
  while at <= #text do
    local value, size, zero = digit_at(text, at)
    if value then
      run = run or { digits = "", places = {}, from = at }
      run.digits = run.digits .. value
      run.places[#run.places + 1] = { at = at, size = size, zero = zero }
      run.to, gap = at + size - 1, 0
    elseif run and GAP[text:sub(at, at + size - 1)] and gap < 3 then
      gap = gap + 1
    elseif run then
      runs[#runs + 1] = run
      run, gap = nil, 0
    end
    at = at + size
  end
  if run then runs[#runs + 1] = run end
  return runs
end

-- ---- numbers ----

local HOUR = { "^%s?[ap]%.?m", "^:%d", "^%s?h%f[%A]", "^%s?uhr", "^%s?o'?clock", "^%s?noon" }

local function is_date(text)
  return text:find "^%d%d%d%d[%-%./]%d%d?[%-%./]%d%d?$"
    or text:find "^%d%d?[%-%./]%d%d?[%-%./]%d%d%d%d$"
end

-- The digits of a run without the hour behind them: "98765 43210 5 pm".
local function number_of(text, run)
  local behind = text:sub(run.to + 1):lower()
  local digits = run.digits
  if is_date(text:sub(run.from, run.to)) then return nil end
  for _, hour in ipairs(HOUR) do
    if behind:find(hour) then
      local tail = text:sub(run.from, run.to):match "[ ,](%d%d?)$"
        or text:sub(run.from, run.to):match " (%d%d?%.%d%d)$"
      digits = tail and digits:sub(1, #digits - #tail:gsub("%D", "")) or digits
      break
    end
  end
  if #digits >= LEAST and #digits <= MOST then return digits end
end

-- Runs that are apart stay so.
local function digits_of(text)
  local list = {}
  for i, run in ipairs(runs_of(spoken.figures(text))) do list[i] = run.digits end
  return table.concat(list, " ")
end

local function is_in(part, texts, plain)
  for _, text in ipairs(texts) do
    if plain(text):find(part, 1, true) then return true end
  end
end

-- ---- the mask ----

local EMAIL = "[%w%.%_%%%+%-]+@[%w%-]+%.[%w%.%-]*%w"

local function escaped(text) return (text:gsub("[%^%$%(%)%%%.%[%]%*%+%-%?]", "%%%0")) end

-- Words in any case, as whole words.
local function word_pattern(word)
  local pattern = escaped(word):gsub("%a", function(c)
    return ("[%s%s]"):format(c:lower(), c:upper())
  end)
  return "%f[%w\128-\255]" .. pattern .. "%f[^%w\128-\255]"
end

local function add_part(names, part, fake)
  if part and #part > 2 and not WORDS[part:lower()] then
    names[#names + 1] = { word_pattern(part), fake }
  elseif part then -- where somebody is spoken to
    names[#names + 1] = { "%f[%w\128-\255]" .. escaped(part) .. "%f[,!]", fake }
  end
end

local function names_of(person)
  local names, called = {}, person.name or ""
  local is_anybody = called:lower():find "^visitor" or called:lower():find "^guest"
  if called == "" or is_anybody then return names end
  local first, last = called:match "^(%S+)%s+.*%f[%S](%S+)$"
  if first then names[1] = { word_pattern(called), NAME } end
  add_part(names, first or called, FIRST)
  add_part(names, last, LAST)
  return names
end

return function(person)
  local mask = {}
  local names = names_of(person)
  local phones, emails, phone_count, email_count = {}, {}, 0, 0
  local own = {} -- what the bot said first

  local function add_phone(digits)
    local key = digits:sub(-KEY)
    if own[key] or phones[key] then return end
    phone_count = phone_count + 1
    phones[key] = ("%06d"):format(100 + phone_count)
  end

  local function add_email(address)
    address = address:lower()
    if own[address] or emails[address] then return end
    email_count = email_count + 1
    emails[address] = ("visitor%s@example.com"):format(email_count > 1 and email_count or "")
  end

  local function is_known(digits)
    for _, keys in ipairs { phones, own } do
      for key in pairs(keys) do
        if digits:find(key, 1, true) then return true end
      end
    end
  end

  function mask.visitor(text)
    text = spoken.figures(text)
    for address in text:gmatch(EMAIL) do add_email(address) end
    for _, run in ipairs(runs_of(text)) do
      local digits = not is_known(run.digits) and number_of(text, run)
      if digits then add_phone(digits) end
    end
  end

  -- Bots write a number plainly. One that the visitor wrote before is the visitor's, whatever stood
  -- around it.
  function mask.bot(text, inputs)
    text = spoken.figures(text)
    for address in text:gmatch(EMAIL) do
      address = address:lower()
      if is_in(address, inputs, string.lower) then add_email(address) else own[address] = true end
    end
    for _, run in ipairs(runs_of(text)) do
      local key = run.digits:sub(-KEY)
      if #run.digits >= LEAST and not phones[key] then
        if is_in(key, inputs, digits_of) then add_phone(key) else own[key] = true end
      end
    end
  end

  local function clean_run(text, run)
    for key, fake in pairs(phones) do
      local at = run.digits:find(key, 1, true)
      for i = 1, at and #fake or 0 do
        local place = run.places[at + i]
        run.changed = run.changed or {}
        run.changed[place] = utf8.char(place.zero + tonumber(fake:sub(i, i)))
      end
    end
    if not run.changed then return text:sub(run.from, run.to) end
    local parts, from = {}, run.from
    for _, place in ipairs(run.places) do
      parts[#parts + 1] = text:sub(from, place.at - 1)
      parts[#parts + 1] = run.changed[place] or text:sub(place.at, place.at + place.size - 1)
      from = place.at + place.size
    end
    return table.concat(parts)
  end

  local function clean_numbers(text)
    local parts, from = {}, 1
    for _, run in ipairs(runs_of(text)) do
      parts[#parts + 1] = text:sub(from, run.from - 1)
      parts[#parts + 1] = clean_run(text, run)
      from = run.to + 1
    end
    return table.concat(parts) .. text:sub(from)
  end

  function mask.clean(text)
    text = text:gsub(EMAIL, function(address) return emails[address:lower()] end)
    text = spoken.replace(clean_numbers(text), clean_numbers)
    for _, name in ipairs(names) do text = text:gsub(name[1], name[2]) end
    return text
  end

  function mask.name() return names[1] and NAME or person.name end

  return mask
end
