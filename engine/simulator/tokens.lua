-- The tokens of the simulated Accounts server: clients, refresh tokens, codes, access tokens, and
-- Zoho's limits on them. Times are Unix seconds.
--
-- An access token: { kind = "user" | "org" | "any", scopes = set of lower-case names or nil for
-- all, expires_at, refresh = the refresh token it came from }.
local defaults = require "simulator.defaults"
local recent = require "simulator.recent"

local tokens = {}
tokens.__index = tokens

local WINDOW_S = 600         -- tokens are counted in windows of ten minutes
local PER_WINDOW = 10        -- access tokens a refresh token gives in one window
local ACTIVE = 10            -- access tokens of one refresh token that live at a time
local REFRESH_PER_CLIENT = 20
local REFRESH_PER_MINUTE = 5
local CODE_LIFE_S = 180

local function scope_set(list)
  local set = {}
  for _, name in ipairs(list) do set[name:lower()] = true end
  return set
end

local function split_scopes(text)
  local list = {}
  for name in (text or ""):gmatch "[^,%s]+" do list[#list + 1] = name end
  return list
end

local function kind_of(token) return token:sub(1, 5) == "1005." and "org" or "user" end

-- world gives now(), random() and switches.
function tokens.new(world)
  local self = setmetatable({ world = world, serial = 0 }, tokens)
  self.clients, self.credentials = {}, {}
  for _, name in ipairs { "refreshes", "accesses", "codes", "killed", "made" } do
    self[name] = recent.new()
  end
  self:seed("default", "OAUTH_", "user", defaults.USER_SCOPES)
  self:seed("visitor", "SALESIQ_VISITOR_", "org", defaults.ORG_SCOPES)
  return self
end

function tokens:seed(credential, prefix, kind, scopes)
  local settings = defaults.settings()
  local client = settings[prefix .. "CLIENT_ID"]
  self.credentials[credential] = client
  self.clients[client] = { secret = settings[prefix .. "CLIENT_SECRET"], kind = kind }
  local refresh = settings[prefix .. "REFRESH_TOKEN"]
  self:add_refresh(refresh, client, scopes)
  self:add_access(settings[prefix .. "ACCESS_TOKEN"], self.refreshes:get(refresh))
end

function tokens:unique(kind)
  local function word()
    local letters = {}
    for i = 1, 4 do
      letters[i] = ("%04x"):format(math.floor(self.world.random() * 0x10000) % 0x10000)
    end
    return table.concat(letters)
  end
  self.serial = self.serial + 1
  return ("%s.%s.%s%x"):format(kind == "org" and "1005" or "1000", word(), word(), self.serial)
end

function tokens:add_refresh(token, client, scopes)
  local entry = {
    token = token, client = client, scopes = scopes, active = {}, window_from = 0, given = 0,
    kind = self.clients[client] and self.clients[client].kind or kind_of(token),
  }
  self.refreshes:set(token, entry)
  local list = self.made:get(client) or {}
  self.made:set(client, list)
  list[#list + 1] = token
  -- The 21st refresh token of a client silently removes the first.
  if #list > REFRESH_PER_CLIENT then self:kill_refresh(table.remove(list, 1)) end
  return entry
end

function tokens:add_access(token, refresh)
  self.accesses:set(token, {
    kind = refresh.kind, scopes = scope_set(refresh.scopes), refresh = refresh.token,
    expires_at = self.world.now() + self.world.switches.token_life_s,
  })
  local active = {}
  for _, other in ipairs(refresh.active) do
    if self:is_alive(other) then active[#active + 1] = other end
  end
  active[#active + 1] = token
  -- The eleventh active token silently kills the oldest one.
  if #active > ACTIVE then self:kill_access(table.remove(active, 1)) end
  refresh.active = active
end

function tokens:is_alive(token)
  local entry = self.accesses:get(token)
  return entry ~= nil and entry.expires_at > self.world.now()
end

function tokens:kill_access(token)
  self.accesses:set(token, nil)
  self.killed:set(token, true)
end

-- A dead refresh token takes its access tokens with it.
function tokens:kill_refresh(token)
  local entry = self.refreshes:get(token)
  self.refreshes:set(token, nil)
  self.killed:set(token, true)
  for _, access in ipairs(entry and entry.active or {}) do self:kill_access(access) end
end

local function is_well_formed(token) return token:find "^[%w._%-]+$" ~= nil and #token >= 8 end

function tokens:is_strange_but_fine(token)
  return self.world.switches.lenient_tokens and is_well_formed(token) and not self.killed:get(token)
end

-- The token text of an Authorization header, or nil where it has no such form.
function tokens.presented(header)
  local scheme, token = (header or ""):match "^(%S+) (.+)$"
  if not scheme then return nil end
  scheme = scheme:lower()
  if scheme == "zoho-oauthtoken" or scheme == "bearer" then return token end
end

-- The access token of an Authorization header, or nil and "missing" or "invalid".
function tokens:look_up(header)
  local token = tokens.presented(header)
  if not token then return nil, "missing" end
  if self:is_alive(token) then return self.accesses:get(token) end
  if not self.accesses:get(token) and self:is_strange_but_fine(token) then
    return { kind = token:find "^100[05]%." and kind_of(token) or "any" }
  end
  return nil, "invalid"
end

local function covers(scopes, wanted)
  wanted = wanted:lower()
  return scopes[wanted] or scopes[wanted:gsub("%.[^.]+$", ".all")] or false
end

-- Desk.activities.calls.CREATE as Desk.activities.CREATE: broader, and not confirmed to be enough.
local function broader(wanted) return (wanted:gsub("^(Desk%.activities)%.%a+", "%1")) end

-- Whether a token may do what lists these scopes. Zoho's files list several in one requirement,
-- which reads as all of them (strict_scopes); that one is enough was seen, but not confirmed.
function tokens:allows(entry, wanted)
  if not entry.scopes then return true end
  local strict = self.world.switches.strict_scopes
  for _, scope in ipairs(wanted) do
    local has = covers(entry.scopes, scope)
    if strict and not has then return false end
    if not strict and (has or covers(entry.scopes, broader(scope))) then return true end
  end
  return strict
end

function tokens:check_client(fields)
  local id, secret = fields.client_id or "", fields.client_secret or ""
  local client = self.clients[id]
  if client then return client.secret ~= secret and "invalid_client_secret" or nil end
  if self.world.switches.lenient_tokens and id ~= "" and secret ~= "" then return nil end
  return "invalid_client"
end

-- true when this refresh token has had its ten tokens of the current ten minutes.
function tokens:is_throttled(refresh)
  local now = self.world.now()
  if now - refresh.window_from >= WINDOW_S then
    refresh.window_from, refresh.given = now, 0
  end
  return refresh.given >= PER_WINDOW
end

-- A new access token of a known refresh token: the token, or nil and an OAuth error name, or nil
-- and "throttled".
function tokens:renew(fields)
  local problem = self:check_client(fields)
  if problem then return nil, problem end
  local given = fields.refresh_token or ""
  local refresh = self.refreshes:get(given)
  if not refresh and self:is_strange_but_fine(given) then
    local scopes = kind_of(given) == "org" and defaults.ORG_SCOPES or defaults.USER_SCOPES
    refresh = self:add_refresh(given, fields.client_id, scopes)
  end
  if not refresh then return nil, "invalid_code" end
  if refresh.client ~= fields.client_id then return nil, "invalid_client_secret" end
  if self:is_throttled(refresh) then return nil, "throttled" end
  refresh.given = refresh.given + 1
  return self:issue(refresh), nil, refresh
end

function tokens:issue(refresh)
  local token = self:unique(refresh.kind)
  self:add_access(token, refresh)
  return token
end

-- A grant code for a client, valid once and for three minutes. options: scopes (text), offline
-- (false: the exchange gives no refresh token), redirect_uri (must come again at the exchange).
function tokens:add_code(client, options)
  local code = self:unique(self.clients[client].kind)
  local scopes = split_scopes(options.scopes)
  self.codes:set(code, {
    client = client, scopes = scopes, offline = options.offline ~= false,
    redirect_uri = options.redirect_uri, expires_at = self.world.now() + CODE_LIFE_S,
  })
  return code
end

function tokens:too_many_refreshes(client)
  local now, fresh = self.world.now(), 0
  for _, token in ipairs(self.made:get(client) or {}) do
    local entry = self.refreshes:get(token)
    if entry and entry.made_at and now - entry.made_at < 60 then fresh = fresh + 1 end
  end
  return fresh >= REFRESH_PER_MINUTE
end

-- Exchanges a code: access token, refresh token or nil, scopes; or nil and an error name.
function tokens:exchange(fields)
  local problem = self:check_client(fields)
  if problem then return nil, problem end
  local code = self.codes:get(fields.code or "")
  if not code or code.expires_at <= self.world.now() then return nil, "invalid_code" end
  if code.client ~= fields.client_id then return nil, "invalid_client_secret" end
  if code.redirect_uri ~= fields.redirect_uri then return nil, "invalid_redirect_uri" end
  if code.offline and self:too_many_refreshes(code.client) then return nil, "throttled" end
  self.codes:set(fields.code, nil)
  local kind = self.clients[code.client].kind
  local made = { kind = kind, scopes = code.scopes, active = {}, token = false }
  if code.offline then
    made = self:add_refresh(self:unique(kind), code.client, code.scopes)
    made.made_at = self.world.now()
  end
  return self:issue(made), made.token or nil, code.scopes
end

-- client_credentials: an access token without a refresh token, or nil and an error name.
function tokens:grant_client(fields)
  local problem = self:check_client(fields)
  if problem then return nil, problem end
  if not (fields.soid or ""):find "^[%w]+%.%w+$" then return nil, "missing_org_info" end
  local client = self.clients[fields.client_id]
  return self:issue {
    kind = client and client.kind or kind_of(fields.client_id), active = {}, token = false,
    scopes = split_scopes(fields.scope),
  }
end

-- true when the token was there and is dead now.
function tokens:revoke(token)
  if self.refreshes:get(token) then
    self:kill_refresh(token)
  elseif self:is_alive(token) then
    self:kill_access(token)
  else
    return false
  end
  return true
end

-- Calls visit(refresh) for every living refresh token of a credential, or of all (nil).
function tokens:each_refresh(credential, visit)
  for _, refresh in ipairs(self.refreshes:values()) do
    if not credential or refresh.client == self.credentials[credential] then visit(refresh) end
  end
end

-- Numbers and kinds only, never a value.
function tokens:counts()
  local counts = {}
  for name, client in pairs(self.credentials) do
    local live, refreshes, kind = 0, 0, self.clients[client].kind
    self:each_refresh(name, function(refresh)
      refreshes = refreshes + 1
      for _, access in ipairs(refresh.active) do
        if self:is_alive(access) then live = live + 1 end
      end
    end)
    counts[name] = { kind = kind, refresh_tokens = refreshes, live_access_tokens = live }
  end
  return counts
end

return tokens
