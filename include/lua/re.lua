---@meta re
-- lpeg with patterns as text: local re = require "re".

---@class re
local re = {}

---@param pattern string
---@param definitions? table
---@return lpeg.Pattern
function re.compile(pattern, definitions) end

---@param subject string
---@param pattern string|lpeg.Pattern
---@param init? integer
---@return any ... captures, or the position after the match
function re.match(subject, pattern, init) end

---@param subject string
---@param pattern string|lpeg.Pattern
---@param init? integer
---@return integer? first
---@return integer? last
function re.find(subject, pattern, init) end

---@param subject string
---@param pattern string|lpeg.Pattern
---@param replacement any
---@return string
function re.gsub(subject, pattern, replacement) end

return re
