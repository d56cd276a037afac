#!/usr/bin/env lua5.4
-- Every lint can fail: each is shown trees with a fault, which it must find, and trees without,
-- which it must pass. A lint without such cases here has failed.
package.path = arg[0]:match "^(.*)/" .. "/support/?.lua;" .. package.path
local lint = require "lint"

local HERE = arg[0]:match "^(.*)/"
local FORMAT = lint.read ".clang-format"
local LUACHECK = lint.read ".luacheckrc"
local PACKAGES = "build libc6-dev C h:stdio.h\nbuild liblua5.4-dev flows h:lua.h\n"
local USES_LUA = { ["engine/bind/a.c"] = "#include <lua.h>\n", ["mk/packages"] = PACKAGES }

-- In two pieces, so that the lint does not take this file for one that needs it.
local REQUIRES = "req" .. "uire"

local function lines(count) return ("\n"):rep(count) end

local function with(tree, path, text)
  local copy = {}
  for name, content in pairs(tree) do copy[name] = content end
  copy[path] = text
  return copy
end

-- One setting, described as tests/lint/docs.lua wants it.
local DOCUMENTED = {
  ["engine/core/config_table.c"] = 'settings[N] = {\n{.name = "PORT", .fallback = "8000",\n'
    .. ' .about = "port to "\n "listen at"},\n};\n',
  ["engine/main.c"] = '{"serve", usher_cli_serve, "..."},\n',
  ["include/lua/zoho.lua"] = "---Scopes: Desk.calls.CREATE\nfunction zoho.desk.create_call() end\n",
  ["examples/.env.example"] = "# port to listen at\n#PORT=8000\n",
  ["README.md"] = "`usher serve`, [more](CHANGELOG.md)\n| `PORT` | `8000` | port to listen at |\n",
  ["CONTRIBUTING.md"] = "", ["CHANGELOG.md"] = "",
  ["engine/core/problems.c"] = 'table[] = {\n    [P] = {"sky_falls",\n    "the sky falls"},\n};\n',
  ["OPERATING.md"] = "\n| `sky_falls` | go inside |\n",
}

-- Two commands, of which one has words, a target, two settings and a file.
local HINTED = {
  ["engine/main.c"] = '{"tasks", usher_cli_tasks, "..."},\n{"new-flow", usher_cli_new_flow, ""},\n',
  ["engine/cli/tasks.c"] = '#include "cli/ask.h"\n"usher tasks - lists\\n"\n'
    .. '"  usher tasks retry ID\\n"\n"Example: usher tasks; usher tasks retry 5d --env FILE\\n"\n',
  ["engine/cli/ask.h"] = '"  --env FILE    the settings\\n"\n',
  ["engine/cli/new_flow.c"] = '"see `usher new-flow "\n"NAME --flows DIR`; flows/README.md"\n'
    .. '"--flows DIR"\n',
  ["engine/core/config_table.c"] = '{.name = "TIME_ZONE"},\nCREDENTIAL("DESK", "Desk only"),\n',
  ["Makefile"] = "run: deps\n", ["flows/README.md"] = "",
  ["README.md"] = "`TIME_ZONE=UTC ./usher tasks --help`, `DESK_CLIENT_ID`\n    make run   # so\n",
}

-- A file and a small bug for it; a blank is any run of blanks.
local BUGGY = { ["engine/core/a.c"] = "int f(int a)\n{\n    return a\n        + 1;\n}\n" }
local BUG = "engine/core/a.c: `a + 1` => `a`: counts wrong\n"

-- lint -> { good = trees, bad = { { tree, what the finding must say }, ... } }
local CASES = {
  length = {
    good = { { ["engine/core/a.c"] = lines(600) } },
    bad = {
      { { ["engine/core/a.c"] = lines(601) }, "engine/core/a.c: 601 lines" },
      { { ["flows/a.lua"] = lines(700) }, "flows/a.lua: 700 lines" },
      { {}, "nothing to look at" },
    },
  },
  layers = {
    good = {
      { ["engine/zoho/a.c"] = '#include "net/client.h"\n#include "core/log.h"\n' },
      { ["engine/main.c"] = '#include "cli/serve.h"\n' },
      { ["engine/engine.c"] = '#include "usher.h"\n#include <stdio.h>\n' },
      { ["engine/store/a.c"] = '#include "net/loop.h"\n' },
    },
    bad = {
      { { ["engine/core/a.c"] = '#include "net/loop.h"\n' }, 'a.c:1: core may not include "net/' },
      { { ["engine/zoho/a.c"] = '\n# include "script/state.h"\n' }, "a.c:2: zoho may not" },
      { { ["engine/script/a.h"] = '#include "zoho/token.h"\n' }, "script may not" },
      { { ["engine/engine.c"] = '#include "cli/serve.h"\n' }, "engine may not" },
      { { ["engine/cli/a.c"] = "#include <lua.h>\n" }, "<lua.h> is for" },
      { { ["engine/main.c"] = '#include "lauxlib.h"\n' }, "<lauxlib.h> is for" },
      { { ["engine/zoho/a.c"] = "#include <curl/curl.h>\n" }, "<curl/curl.h> is for net" },
      { { ["engine/bind/a.c"] = "#include <microhttpd.h>\n" }, "<microhttpd.h> is for net" },
      { { ["engine/net/a.c"] = "#include <sqlite3.h>\n" }, "<sqlite3.h> is for store" },
      { { ["engine/attic/a.c"] = "", ["engine/core/a.c"] = "#include <a.h>" }, "room is called" },
      { {}, "nothing to look at" },
    },
  },
  words = {
    good = { { ["a.c"] = "see /usr/share and /tmp/usher; a network/interface\n" } },
    bad = {
      { { ["a.md"] = "in /wo" .. "rk/main\n" }, "a.md:1: a path" },
      { { ["a.md"] = "\nin /ho" .. "me/ann\n" }, "a.md:2: a path" },
      { { ["a.c"] = "/* TO" .. "DO later */\n" }, "unfinished" },
      { { ["a.lua"] = "-- FIX" .. "ME\n" }, "unfinished" },
      { { ["a.env"] = "1000." .. ("a1"):rep(16) .. "." .. ("b2"):rep(16) }, "real Zoho token" },
      { { ["a.pem"] = "-----BEGIN RSA PRIV" .. "ATE KEY-----\n" }, "private key" },
      { { ["tests/e2e/a"] = "sle" .. "ep 1\n" }, "never sleeps" },
      { { ["tests/unit/a.c"] = "  usle" .. "ep(100);\n" }, "never sleeps" },
      { {}, "nothing to look at" },
    },
  },
  mutate = {
    good = { with(BUGGY, "tests/mutate/core.txt", BUG) },
    bad = {
      { with(BUGGY, "tests/mutate/core.txt", BUG:gsub("a %+ 1", "a + 2")), "does not stand in" },
      { with(BUGGY, "tests/mutate/core.txt", BUG:gsub("a %+ 1", "a")), "stands more than once" },
      { with(BUGGY, "tests/mutate/core.txt", BUG:gsub("a%.c", "b.c")), "there is no engine" },
      { with(BUGGY, "tests/mutate/core.txt", BUG .. BUG), "is the same as" },
      { with(BUGGY, "tests/mutate/core.txt", "engine/core/a.c: 1\n"), "core.txt:1: is not" },
      { with(BUGGY, "tests/mutate/core.txt", BUG:gsub("a%.c", "a.h")), "a.h is no .c or .lua" },
      { with(BUGGY, "tests/mutate/net.txt", BUG), "belongs into core.txt" },
      { BUGGY, "nothing to look at" },
    },
  },
  docs = {
    good = { DOCUMENTED },
    bad = {
      { with(DOCUMENTED, "README.md", "| `PORT` | `80` | port to listen at |\n"), "should say" },
      { with(DOCUMENTED, "README.md", "no table\n"), "should say" },
      { with(DOCUMENTED, "examples/.env.example", "#PORT=1\n"), "should have" },
      { with(DOCUMENTED, "examples/.env.example", "#HOST=\n# port to listen at\n#PORT=8000\n"),
        "no such setting" },
      { with(DOCUMENTED, "CONTRIBUTING.md", "`a_test/case`\n"), "there is no test a_test/case" },
      { with(DOCUMENTED, "engine/main.c", '{"sit", usher_cli_sit, "..."},\n'), "usher sit is not" },
      { with(DOCUMENTED, "OPERATING.md", ""), "the problem sky_falls is not there" },
      { with(DOCUMENTED, "OPERATING.md", "\n| `sky_falls` |\n| `rain` |\n"), "no problem rain" },
      { with(DOCUMENTED, "CHANGELOG.md", "[here](there.md)\n"), "CHANGELOG.md:1: leads nowhere" },
      { with(DOCUMENTED, "flows/a.lua", "zoho.desk.create_call {}\n"), "needs the scope" },
      { {}, "nothing to look at" },
    },
  },
  hints = {
    good = { HINTED },
    bad = {
      { with(HINTED, "README.md", "`usher fly`\n"), "README.md:1: there is no command usher fly" },
      { with(HINTED, "README.md", "    ./usher tasks --fly\n"), "usher tasks has no option --fly" },
      { with(HINTED, "README.md", "`usher tasks drop ID`\n"), "usher tasks has no word drop" },
      { with(HINTED, "README.md", "    make tea\n"), "no target make tea" },
      { with(HINTED, "README.md", "`TIME_ZONES`\n"), "there is no setting TIME_ZONES" },
      { with(HINTED, "README.md", "`flows/gone.md`\n"), "there is no file flows/gone.md" },
      { with(HINTED, "engine/a.c", '"try `usher "\n"fly`"\n'), "no command usher fly" },
      { with(HINTED, "engine/a.c", '"Example: usher tasks --fly\\n"\n'), "no option --fly" },
      { with(HINTED, "engine/a.c", '"  usher tasks drop ID\\n"\n'), "no word drop" },
      { with(HINTED, "engine/a.c", '"set TIME_ZONES first"\n'), "no setting TIME_ZONES" },
      { with(HINTED, "engine/a.c", '"see docs/gone.md"\n'), "there is no docs/gone.md" },
      { with(HINTED, "flows/a.lua", "-- run `usher fly`\n"), "no command usher fly" },
      { {}, "nothing to look at" },
    },
  },
  packages = {
    good = { USES_LUA },
    bad = {
      { with(USES_LUA, "engine/net/b.c", "#include <uv.h>\n"), "b.c:1: <uv.h>: no package" },
      { with(USES_LUA, "spec/b_spec.lua", REQUIRES .. ' "socket"\n'), "'socket': neither" },
      { { ["mk/packages"] = PACKAGES }, "nothing uses liblua5.4-dev" },
      { with(USES_LUA, "mk/packages", PACKAGES .. "build jansson\n"), "packages:3: not WHEN" },
      { with(USES_LUA, "mk/packages", PACKAGES .. "later gcc C cmd:gcc\n"), "not build, run" },
      { { ["mk/packages"] = "# none\n" }, "nothing to look at" },
    },
  },
  format = {
    good = { { [".clang-format"] = FORMAT, ["engine/a.c"] = "int a(void)\n{\n    b();\n}\n" } },
    bad = {
      { { [".clang-format"] = FORMAT, ["engine/a.c"] = "int a(void) {\n  b();\n}\n" },
        "engine/a.c:1: not formatted" },
      { { [".clang-format"] = FORMAT }, "no C files" },
    },
  },
  luacheck = {
    good = {
      { [".luacheckrc"] = LUACHECK, ["flows/a.lua"] = "return function(a) log.info(a) end\n" },
    },
    bad = {
      { { [".luacheckrc"] = LUACHECK, ["flows/a.lua"] = "io.open('a')\n" }, "flows/a.lua:1:1" },
      { { [".luacheckrc"] = LUACHECK, ["engine/lua/a.lua"] = "name = 1\n" }, "a.lua:1:1" },
      { { [".luacheckrc"] = LUACHECK }, "no Lua files" },
    },
  },
}
-- These check the checks.
local CHECKERS = { selftest = true, runner = true }

local function quoted(text) return "'" .. text:gsub("'", "'\\''") .. "'" end

local function run(command)
  local pipe = assert(io.popen(command .. " 2>&1"))
  local output = pipe:read "a"
  return pipe:close() == true, output
end

local function write_tree(folder, tree)
  for path, text in pairs(tree) do
    local file_path = folder .. "/" .. path
    assert(os.execute("mkdir -p " .. quoted(file_path:match "^(.*)/")))
    local file = assert(io.open(file_path, "wb"))
    file:write(text)
    file:close()
  end
end

local function judge(program, tree)
  local folder = lint.lines("mktemp -d")[1]
  write_tree(folder, tree)
  local passed, output = run(quoted(program) .. " " .. quoted(folder))
  os.execute("rm -rf " .. quoted(folder))
  return passed, output
end

local findings, looked_at = {}, 0
local function complain(...) findings[#findings + 1] = string.format(...) end

local function check_lint(name, program)
  local cases = CASES[name]
  if not cases then
    return complain("%s has no cases in tests/lint/selftest.lua", name)
  end
  for number, tree in ipairs(cases.good) do
    local passed, output = judge(program, tree)
    looked_at = looked_at + 1
    if not passed or not output:find("ok " .. name, 1, true) then
      complain("%s refuses good tree %d: %s", name, number, output)
    end
  end
  for number, case in ipairs(cases.bad) do
    local passed, output = judge(program, case[1])
    looked_at = looked_at + 1
    if passed or not output:find("not ok", 1, true) or not output:find(case[2], 1, true) then
      complain("%s does not find '%s' in bad tree %d: %s", name, case[2], number, output)
    end
  end
end

local FIND = "find " .. quoted(HERE) .. " -maxdepth 1 -type f -perm -u+x"
for _, program in ipairs(lint.lines(FIND)) do
  local name = program:match "([^/.]+)[^/]*$"
  if not CHECKERS[name] then check_lint(name, program) end
end
lint.finish("selftest", findings, looked_at)
