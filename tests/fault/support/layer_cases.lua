-- tests/fault/support/layer_cases.lua - what the layer forgets and what it keeps: the harness's own
-- test, with a program of a few system calls in the engine's stead.
local engine = require "support.engine"
local layer = require "fault.support.layer"
local quoted, same = engine.quoted, engine.same

local BEGIN = [[
import os
class Place:
    def __init__(self, path):
        self.folder, self.path = os.path.dirname(path), path
    def open(self, more=0, end=""):
        return os.open(self.path + end, os.O_RDWR | more, 0o600)
    def sync_folder(self):
        os.fsync(os.open(self.folder, os.O_RDONLY))
env = Place(os.environ["FAULT_ENV"])
def new_file(is_synced):
    fd = env.open(os.O_CREAT | os.O_EXCL, ".usher-new")
    os.write(fd, b"new")
    if is_synced: os.fsync(fd)
    os.rename(env.path + ".usher-new", env.path)
]]
local DIE = "\nos.kill(os.getpid(), 9)\n"

-- { what, program, what is forgotten, what `.env` is then }; it was "old".
local cases = {
  { "a write that was not synced is gone", "os.pwrite(env.open(), b'new', 0)", "all", "old" },
  { "... or there", "os.pwrite(env.open(), b'new', 0)", "data", "new" },
  { "a write that was synced stays", "fd = env.open(); os.pwrite(fd, b'new', 0); os.fsync(fd)",
    "all", "new" },
  { "only what was written before the sync stays",
    "fd = env.open(); os.pwrite(fd, b'new', 0); os.fsync(fd); os.pwrite(fd, b'er', 3)", "all",
    "new" },
  { "a file that was cut is whole again", "os.ftruncate(env.open(), 1)", "all", "old" },
  { "a file that was deleted is back", "os.unlink(env.path)", "all", "old" },
  { "a rename without a sync of the folder is undone", "new_file(True)", "all", "old" },
  { "... or done", "new_file(True)", "names", "new" },
  { "a rename of a file that was not synced leaves an empty one", "new_file(False)", "names", "" },
  { "... also where its folder was synced", "new_file(False); env.sync_folder()", "all", "" },
  { "a rename of a synced file in a synced folder stays", "new_file(True); env.sync_folder()",
    "all", "new" },
  { "dies before a call", "os.pwrite(env.open(), b'new', 0)", "data", "old", "env:1" },
  { "dies after a call", "os.pwrite(env.open(), b'new', 0)", "data", "new", "env:2" },
}

local place = { dir = (os.getenv "TMPDIR" or "/tmp") .. "/place" }

local function run(program, options)
  local words = {}
  for name, value in pairs(layer.settings(place, options)) do
    words[#words + 1] = name .. "=" .. quoted(value)
  end
  engine.write(place.dir .. "/program.py", program)
  return os.execute(("%s exec python3 %s"):format(table.concat(words, " "),
    quoted(place.dir .. "/program.py")))
end

local function check(case)
  local _, program, how, wanted, kill = table.unpack(case)
  os.execute(("rm -rf %s && mkdir -p %s/store"):format(quoted(place.dir), quoted(place.dir)))
  engine.write(place.dir .. "/.env", "old")
  local _, _, code = run(BEGIN .. program .. (kill and "" or DIE), { forgets = true, kill = kill })
  same(137, code > 128 and code or code + 128, "how it ended")
  local forgot = layer.forget(place, how, 1)
  same(wanted, engine.read(place.dir .. "/.env"), ".env (forgot " .. forgot .. ")")
end

local list = {}
for i, case in ipairs(cases) do
  list[i] = { "layer: " .. case[1], function() check(case) end }
end
return list
