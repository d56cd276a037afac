-- Zoho Accounts: tokens over HTTP. Errors of a refresh come with status 200, as the real one's do.
local http = require "simulator.http"

local accounts = {}

local API_DOMAIN = "https://www.zohoapis.in"

local THROTTLED = {
  error = "Access Denied", status = "failure",
  error_description = "You have made too many requests continuously. Please try again after some "
    .. "time.",
}

-- The answer for an error name of tokens.lua or of a fault.
function accounts.refuse(name)
  if name == "throttled" then return http.answer(400, THROTTLED) end
  return http.answer(200, { error = name })
end

local function token_answer(world, access, scopes, refresh)
  return http.answer(200, {
    access_token = access, refresh_token = refresh, scope = table.concat(scopes, " "),
    api_domain = API_DOMAIN, token_type = "Bearer", expires_in = world.switches.token_life_s,
  })
end

local grants = {}

function grants.refresh_token(world, fields)
  local access, problem, refresh = world.tokens:renew(fields)
  if not access then return accounts.refuse(problem) end
  return token_answer(world, access, refresh.scopes)
end

function grants.authorization_code(world, fields)
  local access, refresh, scopes = world.tokens:exchange(fields)
  if not access then return accounts.refuse(refresh) end
  return token_answer(world, access, scopes, refresh)
end

function grants.client_credentials(world, fields)
  local access, problem = world.tokens:grant_client(fields)
  if not access then return accounts.refuse(problem) end
  return token_answer(world, access, { fields.scope })
end

local function token(world, request)
  local fields = http.fields(request)
  local grant = grants[fields.grant_type]
  if not grant then return accounts.refuse "general_error" end
  return grant(world, fields)
end

local function revoke(world, request)
  if world.tokens:revoke(http.fields(request).token or "") then
    return http.answer(200, { status = "success" })
  end
  return http.answer(400, { error = "invalid_token" })
end

local LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

local function decode_base64(text)
  local bits, count, out = 0, 0, {}
  for letter in text:gmatch "[%w+/]" do
    bits = bits << 6 | LETTERS:find(letter, 1, true) - 1
    count = count + 6
    if count >= 8 then
      count = count - 8
      out[#out + 1] = string.char(bits >> count & 255)
    end
  end
  return table.concat(out)
end

-- The newer way: the client names itself with HTTP Basic.
local function revoke_basic(world, request)
  local coded = (request.headers.authorization or ""):match "^[Bb]asic (%S+)$"
  local id, secret = decode_base64(coded or ""):match "^([^:]*):(.*)$"
  local problem = world.tokens:check_client { client_id = id, client_secret = secret }
  if problem then return http.answer(400, { error = problem }) end
  return revoke(world, request)
end

local function authorize(kind)
  return function(world, request)
    local query = request.query
    local client = world.tokens.clients[query.client_id or ""]
    if not client or client.kind ~= kind then
      return http.answer(400, { error = "invalid_client",
        error_description = "invalid client, client id does not exist" })
    end
    local to = query.redirect_uri or ""
    if query.response_type ~= "code" or not to:find "^https?://" then
      return http.answer(400, { error = "invalid_redirect_uri" })
    end
    local code = world.tokens:add_code(query.client_id, {
      scopes = query.scope, offline = query.access_type == "offline", redirect_uri = to })
    local place = ("%s%scode=%s&location=in&accounts-server=%s"):format(to,
      to:find("?", 1, true) and "&" or "?", code,
      http.escape("http://" .. (request.headers.host or "127.0.0.1")))
    if query.state then place = place .. "&state=" .. http.escape(query.state) end
    return http.empty(302, { Location = place })
  end
end

accounts.routes = {
  { "POST", "^/oauth/v2/token$", "accounts.token", token },
  { "POST", "^/oauth/v2/token/revoke$", "accounts.revoke", revoke },
  { "POST", "^/oauth/v2/revoke/token$", "accounts.revoke", revoke_basic },
  { "GET", "^/oauth/v2/auth$", "accounts.authorize", authorize "user" },
  { "GET", "^/oauth/v2/org/auth$", "accounts.authorize", authorize "org" },
}

function accounts.no_route(_, _, is_method)
  return http.answer(is_method and 405 or 404, { error = "general_error" })
end

return accounts
