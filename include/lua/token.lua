---@meta
-- The credentials, never their tokens.

---@class token
token = {}

---@alias token.Name "default"|"salesiq"|"visitor"|"desk"

---@class token.Status
---@field state "absent"|"unknown"|"alive"|"refused"|"waiting"|"dead"
---@field reason? string why it is not alive
---@field hint? string what a person can do
---@field expires_at? integer Unix seconds

---How a credential is. An effect.
---@param name? token.Name "default" when missing
---@return token.Status status
function token.status(name) end

---Asks for a new token now; at most 5 are made in 10 minutes. An effect that waits.
---@param name? token.Name "default" when missing
---@return boolean? done nil: see the error
---@return usher.Error? err
function token.refresh(name) end
