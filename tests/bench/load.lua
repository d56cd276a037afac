-- tests/bench/load.lua - for wrk: wrk ... -s load.lua URL -- LOAD CONVERSATIONS
--
-- The requests are made beforehand, so that wrk costs little. Names and ids vary, as in life.
-- luacheck: globals wrk init request done
local MESSAGES = {
  w1 = [["text":"hello"]],
  w2 = [["text":"Instant Chat","payload":"1"]],
  w3 = [["text":"Phone: 5551234567\nTime: tomorrow at 3 PM"]],
}
local BODY = [[{"handler":"message","operation":"chat","visitor":{"name":"%s",]]
  .. [["email":"%s@example.com","active_conversation_id":"%d-%d"},"message":{%s}}]]

local requests, at = {}, 0

local function name()
  local letters = {}
  for i = 1, math.random(3, 14) do letters[i] = string.char(math.random(97, 122)) end
  return table.concat(letters)
end

function init(arguments)
  wrk.method = "POST"
  wrk.headers["Content-Type"] = "application/json"
  math.randomseed(7)
  for i = 1, tonumber(arguments[2]) do
    local visitor = name()
    requests[i] = wrk.format(nil, nil, nil, BODY:format(visitor, visitor,
      math.random(1000000, 999999999), i, MESSAGES[arguments[1]]))
  end
end

function request()
  at = at % #requests + 1
  return requests[at]
end

function done(summary, latency)
  local errors = summary.errors
  print(("@ %d %d %d %d %d"):format(summary.requests, summary.duration, latency:percentile(50),
    latency:percentile(99), errors.connect + errors.read + errors.write + errors.status
    + errors.timeout))
end
