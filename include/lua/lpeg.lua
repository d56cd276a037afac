---@meta lpeg
-- Parsing: local lpeg = require "lpeg", as in www.inf.puc-rio.br/~roberto/lpeg. Its matching is not
-- bounded as that of string.find is: a grammar should not backtrack over long messages.

---@class lpeg
local lpeg = {}

---@class lpeg.Pattern: userdata
---@operator add(lpeg.Operand): lpeg.Pattern
---@operator sub(lpeg.Operand): lpeg.Pattern
---@operator mul(lpeg.Operand): lpeg.Pattern
---@operator div(any): lpeg.Pattern
---@operator pow(integer): lpeg.Pattern
---@operator len: lpeg.Pattern
---@operator unm: lpeg.Pattern
local pattern = {}

---@alias lpeg.Operand lpeg.Pattern|string|integer|boolean|table|function

---@param subject string
---@param init? integer
---@param ... any extra arguments, for lpeg.Carg
---@return any ... captures, or the position after the match; nil where it fails
function pattern:match(subject, init, ...) end

---@param value lpeg.Operand
---@param subject string
---@param init? integer
---@param ... any
---@return any ...
function lpeg.match(value, subject, init, ...) end

---@param value any
---@return "pattern"|nil
function lpeg.type(value) end

---@return string
function lpeg.version() end

---A table of the classes alpha, digit, space, ...
---@param into? table
---@return table
function lpeg.locale(into) end

---@param value lpeg.Operand
---@return lpeg.Pattern
function lpeg.P(value) end

---Any of these characters.
---@param set string
---@return lpeg.Pattern
function lpeg.S(set) end

---Any character in these ranges: "az".
---@param ... string
---@return lpeg.Pattern
function lpeg.R(...) end

---Matches the pattern behind the present position.
---@param value lpeg.Operand
---@return lpeg.Pattern
function lpeg.B(value) end

---A rule of a grammar.
---@param name any
---@return lpeg.Pattern
function lpeg.V(name) end

---@param value lpeg.Operand
---@return lpeg.Pattern
function lpeg.C(value) end

---@param n integer
---@return lpeg.Pattern
function lpeg.Carg(n) end

---@param name any
---@return lpeg.Pattern
function lpeg.Cb(name) end

---@param ... any
---@return lpeg.Pattern
function lpeg.Cc(...) end

---@param value lpeg.Operand
---@param fold function
---@return lpeg.Pattern
function lpeg.Cf(value, fold) end

---@param value lpeg.Operand
---@param name? any
---@return lpeg.Pattern
function lpeg.Cg(value, name) end

---@return lpeg.Pattern
function lpeg.Cp() end

---@param value lpeg.Operand
---@return lpeg.Pattern
function lpeg.Cs(value) end

---@param value lpeg.Operand
---@return lpeg.Pattern
function lpeg.Ct(value) end

---@param value lpeg.Operand
---@param check fun(subject: string, position: integer, ...: any): any
---@return lpeg.Pattern
function lpeg.Cmt(value, check) end

return lpeg
