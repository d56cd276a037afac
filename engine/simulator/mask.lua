-- Takes secrets out of what the simulator shows of requests.
local mask = {}

local HIDDEN = "***"

local SECRET = {
  access_token = true, refresh_token = true, client_secret = true, code = true, token = true,
  password = true, secret = true,
}

-- Anything that looks like a token of Zoho, wherever it stands.
local function tokens(text)
  return (text:gsub("100[05]%.[%w%-_]+[%w%.%-_]*", HIDDEN))
end

function mask.query(query)
  local shown = {}
  for name, value in pairs(query) do
    shown[name] = SECRET[name:lower()] and HIDDEN or tokens(value)
  end
  return shown
end

local function form(body)
  return (body:gsub("([^&=]+)=([^&]*)", function(name, value)
    if SECRET[name:lower()] then return name .. "=" .. HIDDEN end
    return name .. "=" .. value
  end))
end

local function json_text(body)
  return (body:gsub('("([%w_]+)"%s*:%s*)"[^"]*"', function(head, name)
    if SECRET[name:lower()] then return head .. '"' .. HIDDEN .. '"' end
  end))
end

local function multipart(body)
  return (body:gsub('(name="([%w_]+)"\r?\n\r?\n)([^\r\n]*)', function(head, name)
    if SECRET[name:lower()] then return head .. HIDDEN end
  end))
end

-- A body with its secrets masked; kind is its Content-Type.
function mask.body(body, kind)
  kind = kind or ""
  if kind:find("multipart", 1, true) then
    body = multipart(body)
  elseif body:find "^%s*[{%[]" then
    body = json_text(body)
  else
    body = form(body)
  end
  return tokens(body)
end

return mask
