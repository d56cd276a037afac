---@meta
-- The time and time zones. Only now() is an effect.

---@class clock
clock = {}

---@class clock.Date
---@field year integer
---@field month integer
---@field day integer
---@field hour? integer 12 when missing
---@field min? integer
---@field sec? integer

---@class clock.Fields
---@field year integer
---@field month integer
---@field day integer
---@field hour integer
---@field min integer
---@field sec integer
---@field wday integer 1 is Monday
---@field yday integer
---@field offset integer seconds east of UTC
---@field abbreviation string "IST"
---@field dst boolean

---Unix seconds, with a fraction. An effect: a replay sees the same time again.
---@return number now
function clock.now() end

---The name of a zone that is known, else nil. An old name ("Asia/Calcutta") gives the zone's name of
---today ("Asia/Kolkata").
---@param name any "Asia/Kolkata"
---@return string? zone
function clock.zone(name) end

---What a wall clock in the zone shows.
---@param unix number
---@param zone string
---@return clock.Fields fields
function clock.fields(unix, zone) end

---The moment at which a wall clock in the zone shows this. Fields out of range carry over.
---@param date clock.Date
---@param zone string
---@return integer unix
---@return "gap"|"fold"|nil note it never came, or came twice (the first is taken)
function clock.unix(date, zone) end
