-- engine/cli/chat_web.lua - the file of `usher chat --web FILE`: Lua that says what other hosts
-- answer, in the words of a spec. An edited file counts from the next message on.
--
--   local file = require "usher.cli.chat_web" "shop.lua"     raises where it is wrong
--   file.look()                     -> what to tell, if it was edited
--   file.find(method, url, body)    as engine/lua/web.lua
local new_web = require "usher.web"

local function read(path)
  local file, why = io.open(path, "rb")
  if not file then return nil, why end
  local text
  text, why = file:read "a"
  file:close()
  return text, text == nil and ("%s: %s"):format(path, why) or nil
end

-- The answers that the text gives, or nil and why not.
local function run(path, text)
  local web = new_web()
  local names = { web = { answers = web.answers, requests = web.requests } }
  local chunk, why = load(text, "@" .. path, "t", setmetatable(names, { __index = _G }))
  if not chunk then return nil, why end
  local fine
  fine, why = pcall(chunk)
  if not fine then return nil, tostring(why) end
  return web
end

return function(path)
  local text, why = read(path)
  local web
  if text then web, why = run(path, text) end
  if not web then error(why, 0) end
  local file = {}

  function file.look()
    local fresh, missing = read(path)
    if fresh == text then return nil end
    text = fresh
    local other, fault
    if fresh then other, fault = run(path, fresh) end
    web = other or web
    return other and path .. " was edited; its new answers count"
      or ("%s | the answers of before stay"):format(fault or missing)
  end

  function file.find(...) return web.find(...) end

  return file
end
