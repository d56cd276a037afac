-- tests/lint/support/lint.lua - what the lints share. A lint is a program that takes the folder to
-- look at (this repository by default), prints one "ok NAME" or "not ok NAME" with a line for each
-- finding, and exits 0 or 1. tests/lint/selftest.lua shows that each can fail.
local lint = {}

-- The folder to look at: the first argument, else ROOT, else here.
lint.root = arg[1] or os.getenv "ROOT" or "."

local function quoted(text)
  return "'" .. text:gsub("'", "'\\''") .. "'"
end

-- The lines a shell command prints, run in the folder looked at.
function lint.lines(command)
  local lines = {}
  local pipe = assert(io.popen("cd " .. quoted(lint.root) .. " && " .. command))
  for line in pipe:lines() do lines[#lines + 1] = line end
  pipe:close()
  return lines
end

-- The repository's files, by their paths: what git would commit; every file where there is no git.
function lint.files()
  return lint.lines [[
    { [ -e .git ] && git -c safe.directory='*' ls-files --cached --others --exclude-standard ||
      find . -type f -not -path './build/*' | sed 's|^\./||'; } 2>/dev/null | LC_ALL=C sort -u |
    while IFS= read -r f; do [ -f "$f" ] && printf '%s\n' "$f"; done]]
end

function lint.read(path)
  local file = assert(io.open(lint.root .. "/" .. path, "rb"))
  local text = file:read "a"
  file:close()
  return text
end

-- number, line of a text.
function lint.each_line(text)
  local number = 0
  return function(rest)
    local line, after = rest[1]:match "^([^\n]*)\n?()"
    if rest[1] == "" then return nil end
    rest[1] = rest[1]:sub(after)
    number = number + 1
    return number, line
  end, { text }
end

-- Prints the result and ends the program. looked_at counts what was looked at: a lint that found
-- nothing to look at has not passed.
function lint.finish(name, findings, looked_at)
  if looked_at == 0 then findings[1] = "found nothing to look at" end
  print((#findings == 0 and "ok " or "not ok ") .. name)
  for _, finding in ipairs(findings) do print("  " .. finding) end
  os.exit(#findings == 0)
end

return lint
