-- tests/match/library.lua - what a flow has of Lua's own library, on all small arguments.
--
-- Is run as a flow and as a program of stock Lua. Returns a text of all that was done: a line for
-- each call, with what it gave or what it raised. Messages are compared without the names of
-- functions, which Lua finds in a table that flows have not got.

local out = {}

local function short(value)
  local kind = type(value)
  if kind == "table" or kind == "function" then return kind end
  return (math.type(value) or kind) .. "<" .. tostring(value) .. ">"
end

local function short_all(n, ...)
  local all = {}
  for i = 1, n do all[i] = short((select(i, ...))) end
  return table.concat(all, " ")
end

local function write(name, given, ok, ...)
  local gave = short_all(select("#", ...), ...)
  if not ok then gave = gave:gsub("^(%w+<)[^ ]*:%d+: ", "%1"):gsub("'[%w.?]*'", "?") end
  out[#out + 1] = name .. " " .. given .. (ok and " = " or " raises ") .. gave
end

local function try(name, f, ...)
  write(name, short_all(select("#", ...), ...), pcall(f, ...))
end

-- All rows of one value of each list.
local function product(done, first, ...)
  if not first then return done() end
  local others = table.pack(...)
  for i = 1, first.n or #first do
    product(function(...) return done(first[i], ...) end, table.unpack(others, 1, others.n))
  end
end

local function all(library, name, ...)
  local f = library[name]
  product(function(...) try(name, f, ...) end, ...)
end

local NONE = { n = 1 }
local PLACES = { n = 13, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5, math.maxinteger, math.mininteger, nil }
local ODD = { n = 6, "2", 2.0, 2.5, "x", true, {} }
local TEXTS = { "", "a", "ab", "a\0B", "é€", "aab" }
local NUMBERS = { 0, 1, -1, 2, 3, 7, 10, 255, 0.5, -0.5, 1.5, -2.5, 2.0, 1e15, 1e100, 1 / 0, -1 / 0,
  math.maxinteger, math.mininteger, 2 ^ 53, "10", "0x10", "1e1", "x", "" }
local FEW = { 0, 1, -1, 3, 255, -2.5, 2.0, -1 / 0, math.maxinteger, math.mininteger, "10", "x" }
local ANY = { n = 11, nil, true, false, 0, -7, 1.5, 1e100, "", "a", "10", " 0x1p4 " }

local function strings()
  for _, name in ipairs { "sub", "byte" } do
    all(string, name, TEXTS, PLACES, PLACES)
    all(string, name, TEXTS, ODD)
  end
  for _, name in ipairs { "lower", "upper", "reverse", "len" } do
    all(string, name, { n = 10, "", "a", "aB", "\0aZ", "é\255", ("xY"):rep(40), 12, 1.5, true,
      nil })
  end
  for byte = -1, 256 do try("char", string.char, byte) end
  all(string, "char", NONE, { 65, "66", 1.5 }, { n = 2, 97, nil })
  try("char", string.char)
  all(string, "rep", { "", "a", "ab" }, { -1, 0, 1, 2, 3, "2", 2.0, 1.5 }, { n = 3, nil, "", "--" })
  try("rep", string.rep, "x") try("rep", string.rep, nil, 1) try("rep", string.rep, "x", 2, {})
end

-- Where the texts are longer than a step of what looks for them.
local function long_texts()
  for length = 60, 68 do
    for _, needle in ipairs { "", "n", "nm", "xn" } do
      for _, at in ipairs { 0, 1, length - 1, length } do
        local text = ("x"):rep(at) .. needle .. ("x"):rep(length - at - #needle)
        try("find", string.find, text, needle)
        try("find", string.find, text, needle, at + 1, true)
        try("find", string.find, text, needle, at + 2, true)
      end
    end
  end
  for length = 12, 20 do
    for at = 0, length do
      local with = ("-"):rep(at) .. "%1" .. ("="):rep(length - at)
      try("gsub", string.gsub, "a b", "(%w)", with)
    end
  end
end

local function classes()
  local bytes = {}
  for byte = 0, 255 do bytes[byte + 1] = string.char(byte) end
  bytes = table.concat(bytes)
  for letter in ("acdglpsuwxACDGLPSUWX.y"):gmatch "." do
    try(letter, string.gsub, bytes, "%" .. letter, "")
    try(letter, string.gsub, bytes, "[^%" .. letter .. "]", "")
  end
  all(string, "find", { "", "a", "ab", "-a", "]", "^" },
    { "[a-b]", "[a-]", "[-a]", "[]]", "[^]]", "[^^]", "[^a-b]", "[b-a]", "[%]]", "%f[a]", "a$", "$",
      "^", "^^", "a-b", "a-$", "a?b", "(a*)()", "%b-a", "[a", "%", "(a", "a)", "%1", "(a)%1" },
        PLACES)
end

-- All patterns of up to three of these.
local function patterns()
  local parts = { "a", "b", ".", "%a", "[b]", "*", "-", "?", "+", "(", ")", "$", "^", "%1" }
  for size = 0, 3 do
    local lists = {}
    for i = 1, size do lists[i] = parts end
    product(function(...)
      local pattern = table.concat { ... }
      try("match", string.match, "aab", pattern)
      if size < 3 then
        try("find", string.find, "bab", pattern, 2)
        try("gsub", string.gsub, "aba", pattern, "<%0>")
      end
    end, table.unpack(lists))
  end
end

local function replacements()
  local with = { n = 17, "", "%0", "%1%1", "%2", "%%", "%", "%x", 7, 1.5, { a = 1, b = false },
    function(x) return x .. x end, function() end, function() return false end,
    function() return {} end, true, { a = {} }, nil }
  all(string, "gsub", { "", "a", "aba" }, { "", "a", "(a)", "()", "^a", "a*", "(a)(b)" }, with,
    { n = 6, -1, 0, 1, 2, nil, "1" })
  for _, place in ipairs { -2, -1, 0, 1, 2, 3, 4, 5 } do
    for _, pattern in ipairs { "", "a", "^a", "a*", "()", "(a)(.?)" } do
      for one, two in string.gmatch("aba", pattern, place) do
        write("gmatch", short_all(2, pattern, place), true, one, two)
      end
    end
  end
end

local function formats()
  local values = { n = 16, 0, 1, -1, 65, 255, 1.5, 2.0, -0.0, 1e100, math.mininteger, "10", "x",
    "a\0b\n\"\r", true, nil, 1 / 0 }
  for letter in ("dicuoxXeEfFgGaAqsp%zt"):gmatch "." do
    if letter ~= "p" then
      for _, flags in ipairs { "", "5", "-5", "05", "+", " #", ".0", "8.3", "100" } do
        all(string, "format", { "<%" .. flags .. letter .. ">" }, values)
      end
    end
  end
  for _, format in ipairs { "%", "%%", "%%s", "%s%s", "%s%%%s", "%d", "a%sb%dc", "%5", "\0%s\0" } do
    try("format", string.format, format)
    try("format", string.format, format, "x")
    try("format", string.format, format, "x", 7)
    try("format", string.format, format, nil, 7, false)
  end
  try("format", string.format) try("format", string.format, 7) try("format", string.format, {})
end

local function numbers()
  for _, value in ipairs(NUMBERS) do try("tostring", tostring, value) end
  all({ tostring = tostring }, "tostring", ANY) try("tostring", tostring)
  all({ tonumber = tonumber }, "tonumber", ANY) try("tonumber", tonumber)
  all({ tonumber = tonumber }, "tonumber", { n = 15, "", "0", "1", "10", "-10", " 7 ", "z", "Z",
    "8",
    "1.5", "0x", "1 1", "\0", 10, nil }, { n = 9, 2, 8, 10, 16, 35, 36, 1, 37, "10" })
  local two = { max = true, min = true, fmod = true, pow = true, ult = true, log = true,
    atan = true }
  for _, name in ipairs { "abs", "ceil", "floor", "sqrt", "exp", "log", "sin", "cos", "tan", "asin",
    "acos", "atan", "deg", "rad", "modf", "tointeger", "type", "max", "min", "fmod", "ult" } do
    all(math, name, NUMBERS)
    try(name, math[name])
    try(name, math[name], nil)
    if two[name] then all(math, name, FEW, FEW) end
  end
  for _, name in ipairs { "pi", "huge", "maxinteger", "mininteger" } do
    out[#out + 1] = short(math[name])
  end
  for _, value in ipairs { "10", "0x10", "1.5", "x", "" } do
    try("*", function(text) return text * 2, text + 1, -text end, value)
    try("..", function(text) return 1 .. text, 1.5 .. text end, value)
  end
end

local function letters()
  local texts = { "", "a", "aé", "é€a", "€𐍈", "\xC3", "a\x80", "\xED\xA0\x80",
    "\xF4\x90\x80\x80", "\0é" }
  local places = { n = 8, -4, -1, 0, 1, 2, 3, 9, nil }
  local lax = { n = 2, nil, true }
  all(utf8, "len", texts, places, places, lax)
  all(utf8, "codepoint", texts, places, places, lax)
  all(utf8, "offset", texts, { -3, -2, -1, 0, 1, 2, 3 }, places)
  all(utf8, "char", { n = 12, 0, 65, 0x7F, 0x80, 0x7FF, 0x800, 0xFFFF, 0x10000, 0x7FFFFFFF, -1,
    1.5, "x" })
  all(utf8, "char", { 65, 233 }, { 8364, 66 })
  try("char", utf8.char) try("codes", utf8.codes)
  for _, text in ipairs(texts) do
    for _, loose in ipairs { false, true } do
      try("codes", function(s)
        local found = {}
        for place, code in utf8.codes(s, loose) do found[#found + 1] = place .. "=" .. code end
        return table.concat(found, " ")
      end, text)
    end
    for letter in text:gmatch(utf8.charpattern) do out[#out + 1] = letter end
  end
end

local function packed()
  for _, format in ipairs { "b", "B", "<h", ">h", "<i3", ">I8", "j", "n", "<d", "z", "s1", "<s2",
    "c3",
    "!4 i1 i4", "x", "Xi4", "b b", "", "i17", "q", "c" } do
    try("packsize", string.packsize, format)
    for _, value in ipairs { 0, 1, -1, 127, 128, 300, 1.5, "a", "abc", "abcd", "" } do
      try("pack", string.pack, format, value, 2)
      local ok, bytes = pcall(string.pack, format, value, 2)
      for _, place in ipairs { -1, 0, 1, 2, 9 } do
        if ok then try("unpack", string.unpack, format, bytes, place) end
      end
      if ok then try("unpack", string.unpack, format, bytes) end
    end
  end
end

local function base()
  for _, n in ipairs { "#", 0, 1, 2, 3, 4, -1, -2, -3, -4, "2", "x", 1.5 } do
    try("select", select, n) try("select", select, n, "a") try("select", select, n, "a", nil, "c")
  end
  local own = { type = type, rawequal = rawequal, rawlen = rawlen, rawget = rawget, assert = assert,
    error = error, ipairs = ipairs, pcall = pcall, xpcall = xpcall,
    setmetatable = setmetatable, getmetatable = getmetatable }
  local function same(...) return ... end
  local more = { n = 6, nil, false, 1, "a", {}, same }
  for _, name in ipairs { "type", "rawequal", "rawlen", "rawget", "assert", "error", "ipairs",
    "pcall", "xpcall", "setmetatable", "getmetatable" } do
    if name ~= "getmetatable" then try(name, own[name]) all(own, name, more, more) end
    if name ~= "getmetatable" then all(own, name, { n = 5, nil, false, 1, {}, same }) end
  end
  for level = 0, 3 do
    write("error", level, pcall(function() error("why", level) end))
  end
  write("xpcall", "", xpcall(error, function(why) return "<" .. why .. ">", 2 end, "why"))
  write("xpcall", "", xpcall(function(...) return select("#", ...), ... end, type, 1, nil, 3, nil))
  write("pcall", "", pcall(function(...) return select("#", ...), ... end, 1, nil, 3, nil))
  write("pcall", "", pcall(error, nil))
  write("pcall", "", pcall(pcall, error, "x"))
  for i, value in ipairs { 1, 2, nil, 4 } do out[#out + 1] = i .. value end
  for _, code in ipairs { "", "return 1", "return ...", "return 1,", "x =", "\27Lua",
    "return _ENV" } do
    for _, mode in ipairs { "t", "bt" } do
      if mode == "t" then
        local f, why = load(code, "=c", mode, {})
        write("load", code, f ~= nil, f and f(1, 2) or why)
      end
    end
  end
end

strings() long_texts() classes() patterns() replacements() formats() numbers() letters() packed()
base()
return table.concat(out, "\1")
