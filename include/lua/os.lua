---@meta
-- The harmless part of Lua's os. The machine's time zone plays no part: everything is UTC, with
-- and without "!"; for other zones there is clock.

---@class oslib
os = {}

---Unix seconds: now (an effect), or of fields in UTC, as Lua's os.time.
---@param date? osdateparam
---@return integer unix
function os.time(date) end

---As Lua's os.date. An effect where no time is given.
---@param format? string
---@param time? integer
---@return string|osdate
function os.date(format, time) end

---Seconds that never go back, to measure how long something took. An effect.
---@return number seconds
function os.clock() end

---@param later number
---@param earlier number
---@return number seconds
function os.difftime(later, earlier) end

---@class osdateparam
---@field year integer
---@field month integer
---@field day integer
---@field hour? integer 12 when missing
---@field min? integer
---@field sec? integer

---@class osdate: osdateparam
---@field wday integer 1 is Sunday
---@field yday integer
---@field isdst boolean always false
