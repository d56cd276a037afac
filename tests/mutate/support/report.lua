-- tests/mutate/support/report.lua NUMBERS [ROOM|FILE] - what became of the bugs with these numbers,
-- by room; last, those of the room or file that were not tried, for nobody could notice them. Ends
-- with 0 where at least 90 of a hundred are caught in every room and 95 over all.
package.path = "tests/mutate/support/?.lua;" .. package.path
local caught = require "caught"
local list = require "list"

local bugs, rooms, order = list.read(os.getenv "MUTATE_LISTS"), {}, {}
local by_level, total, unreached = {}, { caught = 0, all = 0 }, 0
local function print_bug(what, bug, by)
  print(("%-9s %s %s: `%s` => `%s`: %s%s"):format(what:upper(), bug.at, bug.file, bug.old, bug.new,
    bug.why, by))
end

for line in io.lines(arg[1]) do
  local number = tonumber(line)
  local bug = bugs[number]
  local what, by, case = caught.result(number)
  if not what then what, by = "broken", "no result" end
  local room = rooms[bug.room]
  if not room then
    room = { caught = 0, all = 0 }
    rooms[bug.room], order[#order + 1] = room, bug.room
  end
  for _, sum in ipairs { room, total } do
    sum.all = sum.all + 1
    if what == "caught" then sum.caught = sum.caught + 1 end
  end
  if what == "caught" then
    local level = by:match "^[^/]+"
    by_level[level] = (by_level[level] or 0) + 1
    print(("caught    %-50s %s: %s"):format(bug.at, by, case))
  else
    print_bug(what, bug, " (" .. by .. ")")
    if what == "unreached" then unreached = unreached + 1 end
  end
end
print()
local enough = total.all > 0
local function score(name, sum, least)
  local share = 100 * sum.caught / sum.all
  enough = enough and share >= least
  print(("%-13s %3d of %3d  %5.1f %%%s"):format(name, sum.caught, sum.all, share,
    share < least and "  (at least " .. least .. ")" or ""))
end
for _, name in ipairs(order) do score(name, rooms[name], 90) end
if total.all > 0 then score("all", total, 95) end
for level, count in pairs(by_level) do print(("  by %-8s %3d"):format(level, count)) end
if unreached > 0 then
  print(([[
%d unreached: no test runs the place; or none did when that was found out, as where a function
has another name since. Delete build/mutate/facts and run again: what is unreached then has no
test.]]):format(unreached))
end
for _, bug in ipairs(bugs) do
  if bug.equivalent and list.is_of(bug, arg[2] or "") then print_bug("not tried", bug, "") end
end
if os.getenv "MUTATE_LISTS" == "tests/mutate" then caught.write(bugs) end
os.exit(enough)
