---@meta cjson
-- JSON: local json = require "cjson". Answers of http and zoho are decoded already.

---@class cjson
local cjson = {}

---What JSON's null is when decoded; cannot be kept in chat.memory.
---@type lightuserdata
cjson.null = nil

---The value of a JSON text. Whole numbers are integers. Raises on what is no JSON.
---@param text string
---@return any value
function cjson.decode(text) end

---The JSON of plain data, members in the order of their names. An empty table is {}.
---@param value any
---@return string text
function cjson.encode(value) end

return cjson
