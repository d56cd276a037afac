-- engine/lua/texts.lua - what a visitor is to read, and what none should: "nil", "table", "%s".
--
-- A text with such a hole raises where its author looks on (engine.strict(): specs, `usher chat`).
-- In service it is said without the hole, closed up so that it still reads well, and the line is
-- logged. Whatever is wrong, the message names the author's line, what was written there, and what
-- to write.
local engine = ...

local REPLY_MAX = 1000 -- bytes; SalesIQ's own bound is not published, longer texts are split
local HOLE = "\1" -- stands for one while the text is put together
-- Without the flag " ": "50% off" is no number.
local CONVERSION = "^%%[-+#0]*%d?%d?%.?%d?%d?[acdefgioqsxAEGX]"

local texts = {}

-- ---- messages ----

local function place()
  local path, line = engine.author()
  return path and ("%s:%d: "):format(path, line) or "", path, line
end

-- A misuse that leaves nothing to say or do.
function texts.misuse(format, ...)
  local message = select("#", ...) > 0 and format:format(...) or format
  error((place()) .. message, 0)
end

-- A misuse that can be gone over in service.
function texts.blemish(format, ...)
  local message = (place()) .. format:format(...)
  if engine.strict() then error(message, 0) end
  engine.hole(message)
end

-- ---- what the author has written as the arguments of a call ----

local CLOSES = { ["("] = ")", ["{"] = "}", ["["] = "]" }

-- Behind a string, a comment or a bracket's inside that begins at `at`; else nil.
local function behind(code, at)
  local c = code:sub(at, at)
  if c == '"' or c == "'" then
    repeat
      at = code:find("[\\" .. c .. "]", at + 1)
      if not at then return #code + 1 end
      local escaped = code:sub(at, at) == "\\"
      if escaped then at = at + 1 end
    until not escaped
    return at + 1
  end
  if code:find("^%[=*%[", at) then
    local equals = code:match("^%[(=*)%[", at)
    local _, last = code:find("]" .. equals .. "]", at, true)
    return (last or #code) + 1
  end
  if code:find("^%-%-", at) then return (code:find("\n", at, true) or #code) end
  if CLOSES[c] then
    at = at + 1
    while at <= #code and code:sub(at, at) ~= CLOSES[c] do at = behind(code, at) or at + 1 end
    return at + 1
  end
end

local function trimmed(code)
  code = code:gsub("%-%-[^\n]*", ""):gsub("%s+", " "):match "^ ?(.-) ?$"
  return code ~= "" and #code <= 60 and code or false
end

-- Splits "(a, b)" or "{ a, b, c = d }" at its commas; what has a name is left out.
local function split(code)
  local list, from, at = {}, 2, 2
  local function add(last)
    local part = code:sub(from, last)
    if not part:find "^%s*[%w_]+%s*=[^=]" then list[#list + 1] = trimmed(part) end
  end
  while at < #code do
    if code:sub(at, at) == "," then
      add(at - 1)
      from, at = at + 1, at + 1
    else
      at = behind(code, at) or at + 1
    end
  end
  add(#code - 1)
  return list
end

-- The expressions given to the one call of `method` that begins on the author's line, or those in
-- the table that is given; nil where that is not certain.
local function arguments_of(method)
  local _, path, line = place()
  local code = path and engine.code(path, line)
  if not code then return nil end
  local first = code:match "^[^\n]*"
  local _, count = first:gsub("[:.]%s*" .. method .. "%f[^%w_]", "")
  local at = code:match("[:.]%s*" .. method .. "%s*()[({]")
  if count ~= 1 or not at then return nil end
  local call = code:sub(at, behind(code, at) - 1)
  local list = split(call)
  if #list == 1 and list[1] and list[1]:find "^{" then return split(list[1]) end
  return list
end

local CONSTANT = { ["nil"] = true, ["true"] = true, ["false"] = true }

-- What is written as the n-th argument of the method (a text is the first), where that is more than
-- its value tells.
function texts.written(method, n)
  local list = arguments_of(method)
  local code = list and list[n]
  if code and not CONSTANT[code] and not code:find "^[\"'%d.]" then return code end
end

-- "a table", "an integer"
local function a(kind)
  return (kind:find "^[aeiou]" and "an " or "a ") .. kind
end

local function kind_of(value)
  if value == nil then return "nil" end
  if value ~= value or value == 1 / 0 or value == -1 / 0 then return "no number" end
  return a(type(value) == "userdata" and tostring(value) == "[secret]" and "secret" or type(value))
end

-- "chat.visitor.surname is nil", or "the first value is nil"
local function what_is(method, n, value, otherwise)
  return ("%s is %s"):format(texts.written(method, n) or otherwise, kind_of(value))
end

-- What to write instead of a value that no text shows.
local function remedy(method, n, value)
  local code = texts.written(method, n) or "value"
  if value == nil then
    return ("say something else where it may be missing: %s"):format(
      code:find "^[%w_.:]+$" and ('(%s or "...")'):format(code) or '(value or "...")')
  elseif type(value) == "boolean" then
    return ('say what it means: (%s and "yes" or "no")'):format(code)
  elseif type(value) == "table" then
    return "name the entry that is meant, such as value.name"
  elseif type(value) == "function" then
    return "call it: " .. (code == "value" and "value()" or code .. "()")
  elseif type(value) == "number" then
    return "say something else where there is no number"
  end
  return "no visitor may read it"
end

-- ": chat.memory.note; say something else where it may be missing: ..." for the n-th text, which is
-- nil.
function texts.instead(method, n)
  local code = texts.written(method, n)
  return ("%s; %s"):format(code and ": " .. code or "", remedy(method, n, nil))
end

-- Why the n-th argument (the first) is not the text it should be: ", and chat.memory.name is nil".
function texts.but(method, spec, n)
  local value = spec
  if type(spec) == "table" then value = spec[n or 1] end
  local code = texts.written(method, n or 1)
  if not code then return "" end
  if n then return ": " .. code end
  return (", and %s is %s"):format(code, kind_of(value))
end

-- nil, or a value of another kind where chat:METHOD needs a text.
function texts.no_text(method, value, n, what)
  local code = texts.written(method, n)
  if value == nil and not code then
    texts.misuse('chat:%s has no text, but nil: chat:%s "Hello"', method, method)
  elseif value == nil then
    texts.misuse("chat:%s has no text: %s is nil here; %s", method, code, remedy(method, n, value))
  elseif type(value) == "number" then
    texts.misuse('chat:%s needs a text, and %s is a number: ("%%s"):format(%s) makes one of it',
      method, code or what, code or value)
  end
  texts.misuse("chat:%s needs a text, and %s is %s: %s", method, code or what, kind_of(value),
    remedy(method, n, value))
end

-- ---- closing up ----

local function begins(before, letter) return before .. letter:upper() end

-- "Hello <hole>, how" -> "Hello, how"; "Thank you, <hole>!" -> "Thank you!"
local function closed_up(text)
  text = text:gsub("\1's%f[%W]", HOLE):gsub("\1\226\128\153s%f[%W]", HOLE) -- "<hole>'s order"
  text = text:gsub("[%(%[\"'][ \t]*\1[ \t]*[%)%]\"']", HOLE)
  repeat
    local count
    text, count = text:gsub("\1[ \t,]*\1", HOLE)
  until count == 0
  text = text:gsub("[ \t]*,?[ \t]*\1[ \t]*\n", "\n"):gsub("[ \t]*,?[ \t]*\1[ \t]*$", "")
  -- What stood behind it begins the sentence now.
  text = text:gsub("^()[ \t]*\1[ \t,;:.!?]*(%l?)", function(_, letter) return letter:upper() end)
  text = text:gsub("(\n)[ \t]*\1[ \t,;:.!?]*(%l?)", begins)
  text = text:gsub("([.!?][ \t]+)\1[ \t,;:]*(%l?)", begins)
  text = text:gsub("[ \t]*[,:][ \t]*\1[ \t]*([,.!?;:])", "%1")
  text = text:gsub("[ \t]*\1[ \t]*([,.!?;:])", "%1")
  text = text:gsub("([ \t])\1[ \t]+", "%1"):gsub(HOLE, "")
  return text
end

-- ---- text with values ----

local ORDINAL = { "first", "second", "third", "fourth", "fifth" }

local function the(n) return "the " .. (ORDINAL[n] or n .. "th") .. " value" end

local function is_readable(value)
  if type(value) == "number" then return value == value and value ~= 1 / 0 and value ~= -1 / 0 end
  if type(value) == "table" then
    local meta = getmetatable(value)
    return type(meta) == "table" and rawget(meta, "__tostring") ~= nil
  end
  return type(value) == "string"
end

-- The value as its directive wants it: 3.0 is read as 3.
local function shown(directive, value, n)
  if not is_readable(value) then
    texts.blemish("chat:say would show %s for %s: %s; %s", value == nil and "nil" or kind_of(value),
      directive, what_is("say", n + 1, value, the(n)), remedy("say", n + 1, value))
    return HOLE
  end
  local kind = directive:sub(-1)
  if type(value) == "number" and kind:find "[sq]" then value = math.tointeger(value) or value end
  local fine, text = pcall(string.format, directive, value)
  if fine then return text end
  texts.blemish("chat:say shows no number for %s: %s; write %%s for a text, %%.1f for a number "
    .. "with a fraction, %%%% for the sign %%", directive, what_is("say", n + 1, value, the(n)))
  return tostring(value)
end

-- A format in its parts: texts, { directive } and, for a sign that is none, false.
local function parts_of(format)
  local parts, from = {}, 1
  while true do
    local at = format:find("%", from, true)
    parts[#parts + 1] = format:sub(from, (at or 0) - 1)
    if not at then return parts end
    local _, last = format:find(CONVERSION, at)
    if format:sub(at + 1, at + 1) == "%" then
      parts[#parts + 1], from = "%", at + 2
    elseif last then
      parts[#parts + 1], from = { format:sub(at, last) }, last + 1
    else
      parts[#parts + 1], from = false, at + 1
    end
  end
end

local function quoted(text)
  if #text > 80 then text = text:sub(1, utf8.offset(text, 0, 77) - 1) .. "..." end
  return '"' .. text:gsub("\n", "\\n") .. '"'
end

-- In service the sign stands as it is.
local function bad_percent(parts)
  local right = {}
  for i, part in ipairs(parts) do
    right[i] = (not part or part == "%") and "%%" or type(part) == "table" and part[1] or part
    parts[i] = part or "%"
  end
  texts.blemish("in a text with values behind it the sign %% is written %%%%: %s",
    quoted(table.concat(right)))
end

local function check_count(format, given, wanted)
  if given <= wanted then return end
  texts.blemish("chat:say is given %d value%s, and %s has %s", given, given == 1 and "" or "s",
    quoted(format), wanted == 0 and "no %s for it" or ("only %d %%s"):format(wanted))
end

-- "%s at %s" with its values.
function texts.fill(format, ...)
  local given, n = select("#", ...), 0
  local values, parts = { ... }, parts_of(format)
  for _, part in ipairs(parts) do
    if part == false then
      bad_percent(parts)
      break
    end
  end
  for i, part in ipairs(parts) do
    if type(part) == "table" then
      n = n + 1
      if n <= given then
        parts[i] = shown(part[1], values[n], n)
      else
        texts.blemish("chat:say has no value for the %s %s of %s", ORDINAL[n] or n .. "th",
          part[1], quoted(format))
        parts[i] = HOLE
      end
    end
  end
  check_count(format, given, n)
  local text = table.concat(parts)
  return text:find(HOLE, 1, true) and closed_up(text) or text
end

-- ---- texts as they come ----

-- "%s", "%d", "%.2f" as a word of its own, not in an address.
local function directive_in(text)
  for from, word in text:gmatch "()(%S+)" do
    if word:find("%", 1, true) and not word:find("://", 1, true) then
      local at, directive, last = word:match "()(%%%.?%d*[sdifq])%f[^%w%%]()"
      if not at then at, directive, last = word:match "()(%%%%)()" end
      if at then return directive, from + at - 1, from + last - 1 end
    end
  end
end

-- A text that nothing is put into, as of init.lua: as it may be read; and what was wrong with it.
function texts.bare(text)
  local directive, first, last = directive_in(text)
  if not directive then return text:find(HOLE, 1, true) and closed_up(text) or text end
  local put = directive == "%%" and "%" or HOLE
  return (texts.bare(text:sub(1, first - 1) .. put .. text:sub(last))), directive
end

local function message_of(chat) return chat.message end

-- In `usher check` there is nobody.
local function visitor_said(chat, words, is_pattern)
  local is_there, message = pcall(message_of, chat)
  return is_there and message.text:find(words, 1, not is_pattern) ~= nil
end

local function without_directives(chat, text, method)
  local directive, first, last = directive_in(text)
  if not directive or visitor_said(chat, directive) then return text end
  if directive == "%%" then
    texts.blemish("chat:%s would show %%%%: without values behind the text one %% is enough",
      method)
    return (text:gsub("%%%%", "%%"))
  end
  texts.blemish('chat:%s would show %s: nothing is given for it; write %s', method, directive,
    method == "say" and ('chat:say("... %s ...", value)'):format(directive)
    or ('("... %s ..."):format(value)'):format(directive))
  return without_directives(chat, text:sub(1, first - 1) .. HOLE .. text:sub(last), method)
end

-- Whether a text of the author's file has the word, or of one that texts may come from.
local function is_written(word, author)
  for name in pairs(engine.names()) do
    local path = ("%s/%s.lua"):format(engine.folder, name:gsub("%.", "/"))
    if (path == author or engine.kind(name) ~= "function") and engine.is_written(word, path) then
      return true
    end
  end
end

local REMEDY = {
  ["nil"] = 'say something else where there is no value: (value or "...")',
  table = "name the entry that is meant, such as value.name",
  other = "no visitor may read it",
}
for _, word in ipairs { "nan", "-nan", "inf", "-inf" } do
  REMEDY[word] = "say something else where there is no number"
end

-- What a word is found by: whole, as it is or in capitals ("nil", "Nil", "NIL").
local function patterns_of(word)
  local list, known = {}, {}
  for _, form in ipairs { word, word:upper(), (word:gsub("^%l", string.upper)) } do
    local pattern = form:gsub("^%w", "%%f[%%w]%0"):gsub("^%[", "%%f[%%[]%%["):gsub("^%-", "%%-")
      :gsub("%]$", "%%]"):gsub("%w$", "%0%%f[%%W]")
    if not known[pattern] then list[#list + 1] = pattern end
    known[pattern] = true
  end
  return list
end

-- "EURnil", "nilkg": what is grown together with the word, figures or the end of a text that the
-- author wrote in front of it, the beginning of one behind.
local function is_part(part, path, where)
  return not part:find "%D" or engine.is_written(part, path, where)
end

local function without_glued(text, word, path)
  return (text:gsub("%w+", function(whole)
    local first, last = whole:find(word, 1, true)
    if not first or #whole == #word then return nil end
    local front, back = whole:sub(1, first - 1), whole:sub(last + 1)
    if is_part(front, path, "end") and is_part(back, path, "begin") then
      return front .. HOLE .. back
    end
  end))
end

local function without_word(chat, text, word, path)
  local better = text
  for _, pattern in ipairs(patterns_of(word)) do
    if text:find(pattern) and not visitor_said(chat, pattern, true)
      and not is_written(word, path) then
      better = better:gsub(pattern, HOLE)
    end
  end
  return path ~= "" and word:find "^%l+$" and without_glued(better, word, path) or better
end

local function without_made(chat, text, method)
  for _, made in ipairs(engine.made() or {}) do
    local word, path, line = table.unpack(made)
    local _, author = place()
    local better = without_word(chat, text, word, author or path)
    if better ~= text then
      texts.blemish('chat:%s would show "%s", of which a text was made%s; %s', method, word,
        path ~= "" and (" in %s:%d"):format(path, line) or "", REMEDY[word] or REMEDY.other)
      text = better
    end
  end
  return text
end

-- The text as a visitor may read it. is_filled: it went through fill, and what looks like "%s" in
-- it is one of the values.
function texts.readable(chat, text, method, is_filled)
  local better = text
  if not is_filled and text:find("%", 1, true) then
    better = without_directives(chat, better, method)
  end
  if engine.made() then better = without_made(chat, better, method) end
  return better:find(HOLE, 1, true) and closed_up(better) or better
end

-- The texts inside a card, as a visitor may read them.
local function readable_card(chat, method, card)
  if type(card) == "string" then return texts.readable(chat, card, method) end
  if type(card) ~= "table" then return card end
  local better = {}
  for name, value in pairs(card) do better[name] = readable_card(chat, method, value) end
  return better
end

-- What SalesIQ does not take it would not show: better told than sent for nothing.
function texts.card(chat, method, kind, card)
  local why = engine.cards.wrong(kind, card)
  if why then texts.blemish("the %s of chat:%s: %s", kind, method, why) end
  return readable_card(chat, method, card)
end

-- Splits a text that is too long at a line's or a word's end.
function texts.pieces(text)
  local list = {}
  while #text > REPLY_MAX do
    local head = text:sub(1, REPLY_MAX)
    local cut = head:match("^.*()\n") or head:match("^.*() ")
    if not cut or cut < REPLY_MAX // 2 then
      cut = REPLY_MAX
      while cut > 1 and text:byte(cut + 1) & 0xC0 == 0x80 do cut = cut - 1 end
      list[#list + 1], text = text:sub(1, cut), text:sub(cut + 1)
    else
      list[#list + 1], text = text:sub(1, cut - 1), text:sub(cut + 1)
    end
  end
  list[#list + 1] = text
  return list
end

return texts
