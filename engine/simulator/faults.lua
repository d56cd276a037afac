-- Failure modes that can be switched on, per operation.
--
-- A fault: { operation, kind, times = how often it still strikes (nil: until cleared), and what its
-- kind uses: status, body, delay_ms, retry_after, field, written }. written says whether the
-- operation is carried out before its answer is spoilt.
local faults = {}
faults.__index = faults

-- Where each kind makes sense: a family, "api" (SalesIQ and Desk), or "" for everywhere.
faults.KINDS = {
  timeout = "", drop_before = "", drop_after = "", status = "", slow = "", garbage = "",
  truncated = "", empty = "", rate_limited = "",
  invalid_code = "accounts", invalid_client = "accounts", invalid_client_secret = "accounts",
  general_error = "accounts", access_denied = "accounts",
  expire_token = "api", scope = "api", org_token = "api",
  credits = "desk", org_mismatch = "desk", forbidden = "desk", license = "desk",
  refuse_field = "desk", no_operators = "salesiq",
}

local WRITTEN = { drop_after = true, truncated = true }

function faults.new() return setmetatable({ list = {} }, faults) end

local function applies(kind, operation)
  local place, family = faults.KINDS[kind], operation:match "^[^.*]*"
  if place == "" or family == "" then return true end
  if place == "api" then return family == "desk" or family == "salesiq" end
  return place == family
end
faults.applies = applies

function faults:add(fault)
  if fault.written == nil then fault.written = WRITTEN[fault.kind] or false end
  if fault.kind == "drop_before" then fault.written = false end
  self.list[#self.list + 1] = fault
end

local function matches(fault, operation)
  local aim = fault.operation
  if aim ~= "*" and aim ~= operation and aim ~= operation:match "^[^.]*" .. ".*" then
    return false
  end
  return applies(fault.kind, operation)
end

-- The fault that strikes this operation now, or nil; one of its times is used up.
function faults:take(operation)
  for i, fault in ipairs(self.list) do
    if matches(fault, operation) then
      if fault.times then
        fault.times = fault.times - 1
        if fault.times <= 0 then table.remove(self.list, i) end
      end
      return fault
    end
  end
end

-- Clears the faults aimed at `operation`, or all (nil). Returns how many there were.
function faults:clear(operation)
  local kept = {}
  for _, fault in ipairs(self.list) do
    if operation and fault.operation ~= operation then kept[#kept + 1] = fault end
  end
  local cleared = #self.list - #kept
  self.list = kept
  return cleared
end

return faults
