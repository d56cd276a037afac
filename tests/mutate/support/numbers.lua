-- tests/mutate/support/numbers.lua [ROOM|FILE] - the numbers of the bugs to try, in order; those
-- that do not fit the code are told and left out, those that nobody can notice are left out.
package.path = "tests/mutate/support/?.lua;" .. package.path
local list = require "list"

local wanted = arg[1] or ""
for number, bug in ipairs(list.read(os.getenv "MUTATE_LISTS")) do
  if list.is_of(bug, wanted) and not bug.equivalent then
    local why = bug.wrong
    if not why then
      local first, missing = list.find(bug, list.read_file(bug.file))
      why = not first and missing
    end
    if why then io.stderr:write(bug.at, ": ", why, "\n") else print(number) end
  end
end
