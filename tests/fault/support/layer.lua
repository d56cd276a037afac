-- tests/fault/support/layer.lua - layer.c, calls.c and forget.c for a test: an engine that dies at
-- a chosen point, and what its disk has then.
--
--   local layer = require "fault.support.layer"
--   usher:try_again(layer.settings(usher, { kill = "zoho:17", forgets = true }))
--   layer.counts(usher)                    -> { store = 310, env = 14, zoho = 52, visitor = 40 },
--                                             "before send" (where it died) or nil
--   layer.forget(usher, "all", 1)          -> "2 names, 5 writes": a loss of power
--
-- The engine's settings lie in DIR/.env, its database in DIR/store.
local engine = require "support.engine"
local quoted = engine.quoted

local CC = os.getenv "CC" or "gcc"
local HERE = os.getenv "ROOT" .. "/tests/fault/support/"

local layer = { classes = { "store", "env", "zoho", "visitor" } }

-- Which of what was not synced is still there; see forget.c.
layer.ways = { "all", "names", "data", "some" }

local function build(name, how, ...)
  local file = (os.getenv "TMPDIR" or "/tmp") .. "/" .. name
  local sources = {}
  for i, source in ipairs { ... } do sources[i] = quoted(HERE .. source) end
  assert(os.execute(("%s -O1 -std=c11 -D_GNU_SOURCE %s -o %s %s"):format(CC, how, quoted(file),
    table.concat(sources, " "))), name .. " does not build")
  return file
end

local layer_file, forget_file
local function layer_path()
  layer_file = layer_file or build("layer", "-shared -fPIC", "layer.c", "calls.c")
  return layer_file
end

local function forget_path()
  forget_file = forget_file or build("forget", "", "forget.c")
  return forget_file
end

-- A program with sanitizers wants theirs to be the first.
local function sanitizer_of(usher)
  if not usher.program then return "" end
  local library = engine.output("ldd " .. quoted(usher.program)):match "=> (%S*/libasan[%w.]+)"
  return library and library .. ":" or ""
end

-- The environment of a process under the layer. options: kill ("CLASS:NUMBER"), forgets (whether
-- layer.forget will be asked), lie (a class that is not synced).
function layer.settings(usher, options)
  local more = {
    LD_PRELOAD = sanitizer_of(usher) .. layer_path(),
    FAULT_STORE = usher.dir .. "/store/usher.db", FAULT_ENV = usher.dir .. "/.env",
    FAULT_POINTS = usher.dir .. "/points", FAULT_KILL = options.kill, FAULT_LIE = options.lie,
    FAULT_ZOHO = usher.simulator and usher.simulator:match ":(%d+)$",
    FAULT_JOURNAL = options.forgets and usher.dir .. "/journal" or nil,
  }
  os.remove(usher.dir .. "/points")
  os.execute(("rm -f %s*"):format(quoted(usher.dir .. "/journal")))
  return more
end

function layer.counts(usher)
  local text = engine.output(("%s count %s"):format(quoted(forget_path()),
    quoted(usher.dir .. "/points")))
  local counts = {}
  for _, class in ipairs(layer.classes) do
    counts[class] = tonumber(text:match(class .. " (%d+)"))
  end
  return counts, text:match "killed (%C+)"
end

function layer.forget(usher, how, seed)
  local text = engine.output(("%s %s %s %d %s %s"):format(quoted(forget_path()),
    quoted(usher.dir .. "/journal"), how, seed, quoted(usher.dir), quoted(usher.dir .. "/store")))
  assert(text:find "names", "forget does not work")
  return (text:gsub("\n", ""))
end

return layer
