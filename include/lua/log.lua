---@meta
-- The log of the engine. Lines say where in the flow they come from; phone numbers, addresses and
-- secrets are masked. Silent while a replay goes over what was logged before.

---@class log
log = {}

---@param message any at most 1000 bytes
---@param fields? table<string, any> at most 12
function log.info(message, fields) end

---@param message any at most 1000 bytes
---@param fields? table<string, any> at most 12
function log.warn(message, fields) end

---@param message any at most 1000 bytes
---@param fields? table<string, any> at most 12
function log.error(message, fields) end
