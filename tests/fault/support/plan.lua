-- tests/fault/support/plan.lua - which points are tried, and what came of them.
local layer = require "fault.support.layer"

local plan = {}

local SECOND = 4 -- each fourth point has a second kill, soon after the restart
local SOON = 80  -- points

-- All scenes (or those named: "callbacks/none,tokens/none"), each with its classes: { name, class,
-- count, weight }.
local function groups_of(world, only)
  local groups = {}
  for _, scene in ipairs(world.scenes) do
    local name, weight = scene[1], scene[2]
    if not only or ("," .. only .. ","):find("," .. name .. ",", 1, true) then
      local counts = world:count(name)
      for _, class in ipairs(layer.classes) do
        groups[#groups + 1] = { name = name, class = class, count = counts[class],
          weight = weight }
      end
    end
  end
  assert(#groups > 0, "no such scene")
  return groups
end

-- How many of each group: small ones whole, the others by their weight.
local function share(groups, wanted)
  local order, weight = table.move(groups, 1, #groups, 1, {}), 0
  table.sort(order, function(a, b) return a.count / a.weight < b.count / b.weight end)
  for _, group in ipairs(order) do weight = weight + group.weight end
  for _, group in ipairs(order) do
    group.take = math.min(group.count, math.floor(wanted * group.weight / weight))
    wanted, weight = wanted - group.take, weight - group.weight
  end
end

-- A number from 1 to `most` that is the same each time.
local function pick(seed, most)
  return (seed * 2654435761 % 4294967296) // 7 % most + 1
end

local function describe(group, at, number)
  local ways = { "keep", table.unpack(layer.ways) }
  local how = ways[pick(number, #ways)]
  if how == "some" then how = how .. ":" .. number % 1000 + 1 end
  local kills = ("%s:%d"):format(group.class, at)
  if number % SECOND == 0 then
    kills = ("%s,%s:%d"):format(kills, layer.classes[pick(number // SECOND, #layer.classes)],
      pick(number, SOON))
  end
  return ("%s/%s/%s"):format(group.name, how, kills)
end

-- The points of every group, evenly over a life. Other seeds give the points between, with
-- something else forgotten.
function plan.choose(world, wanted, seed, part, only)
  local groups, points = groups_of(world, only), {}
  local all = 0
  for _, group in ipairs(groups) do all = all + group.count end
  share(groups, wanted == "all" and all or tonumber(wanted))
  local nth, of = part:match "^(%d+)/(%d+)$"
  local number = 0
  for _, group in ipairs(groups) do
    local step = group.count / math.max(group.take, 1)
    for i = 1, group.take do
      number = number + 1
      local at = math.floor((i - 1) * step) + seed % math.max(math.floor(step), 1) + 1
      if number % tonumber(of) == tonumber(nth) % tonumber(of) then
        points[#points + 1] = describe(group, at, number + seed * 7919)
      end
    end
  end
  print(("# %d of %d points, KILL_SEED=%d"):format(#points, all, seed))
  return points
end

-- What broke: the first word of what the world says; "broken" is everything else.
local PROMISES = { "lost", "doubled", "unanswered", "broken" }

local function note(counts, word) counts[word] = (counts[word] or 0) + 1 end

local function broken_by(why)
  for _, promise in ipairs(PROMISES) do
    if tostring(why):find("^" .. promise) then return promise end
  end
  return "broken"
end

local function tell_failure(point, why, log)
  print(("not ok %s\n  %s\n  again: tests/fault/run point %s"):format(point,
    tostring(why):gsub("\n", "\n  "), point))
  print("  log of the engine:\n" .. log:sub(-4000):gsub("[^\n]+", "    %0"))
end

local SHOWN = 5 -- failures with all they have to tell

-- Tries the points; whether every promise was kept.
function plan.run(world, points)
  local counts, failed = {}, 0
  for _, point in ipairs(points) do
    local ok, died, where = pcall(world.run, world, point)
    if ok then
      note(counts, died and point:match "/(%l+):[%d,%l:]*$" or "not met")
      if os.getenv "KILL_VERBOSE" then print(("# %s %s"):format(point, where)) end
    else
      failed = failed + 1
      note(counts, broken_by(died))
      if failed <= SHOWN then tell_failure(point, died, world.usher:log())
      else print(("not ok %s: %s"):format(point, died)) end
      world.usher:stop "KILL"
    end
  end
  return failed == 0, plan.tell(counts, #points)
end

function plan.tell(counts, tried)
  local parts = {}
  for _, class in ipairs(layer.classes) do
    parts[#parts + 1] = ("%s %d"):format(class, counts[class] or 0)
  end
  for _, promise in ipairs(PROMISES) do
    parts[#parts + 1] = ("%s %d"):format(promise, counts[promise] or 0)
  end
  parts[#parts + 1] = ("not met %d"):format(counts["not met"] or 0)
  return ("%d points: %s"):format(tried, table.concat(parts, ", "))
end

return plan
