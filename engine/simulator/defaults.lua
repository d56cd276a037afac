-- The ready-made world: what an engine is set to when it talks to a simulator nobody configured.
-- Everything here is invented.
local defaults = {}

defaults.USER_SCOPES = {
  "Desk.activities.calls.CREATE", "Desk.activities.calls.READ", "Desk.activities.calls.UPDATE",
  "Desk.activities.tasks.READ", "Desk.activities.events.READ", "Desk.activities.CREATE",
  "Desk.calls.CREATE", "Desk.calls.READ", "Desk.calls.UPDATE", "Desk.events.READ",
  "Desk.tasks.READ", "Desk.search.READ", "Desk.contacts.READ", "Desk.contacts.CREATE",
  "Desk.tickets.CREATE", "Desk.tickets.READ", "Desk.basic.READ", "Desk.settings.READ",
  "Desk.departments.READ", "Desk.organization.READ", "SalesIQ.conversations.CREATE",
  "SalesIQ.conversations.READ", "SalesIQ.conversations.UPDATE", "SalesIQ.departments.READ",
  "SalesIQ.operators.READ", "SalesIQ.apps.READ", "SalesIQ.callbacks.UPDATE",
}

defaults.ORG_SCOPES = {
  "SalesIQ.conversations.CREATE", "SalesIQ.conversations.READ", "SalesIQ.conversations.UPDATE",
}

-- Settings of an engine that fits the default world; all values are text.
function defaults.settings()
  return {
    OAUTH_ACCESS_TOKEN = "1000.simulated-access", OAUTH_REFRESH_TOKEN = "1000.simulated-refresh",
    OAUTH_CLIENT_ID = "1000.SIMULATEDCLIENT", OAUTH_CLIENT_SECRET = "simulated-secret",
    SALESIQ_VISITOR_ACCESS_TOKEN = "1005.simulated-access",
    SALESIQ_VISITOR_REFRESH_TOKEN = "1005.simulated-refresh",
    SALESIQ_VISITOR_CLIENT_ID = "1005.SIMULATEDCLIENT",
    SALESIQ_VISITOR_CLIENT_SECRET = "simulated-visitor-secret",
    SALESIQ_SCREEN_NAME = "simulated", SALESIQ_APP_ID = "310000000012001",
    SALESIQ_DEPARTMENT_ID = "310000000002013",
    DESK_ORG_ID = "700054321", DESK_DEPARTMENT_ID = "310000000006907",
  }
end

-- Behaviour that Zoho's pages leave open or that a test wants otherwise. GET /_state shows them,
-- POST /_switch changes them. README.md says what each one does.
function defaults.switches()
  return {
    errors_as = 400, created_as = 200, callback_as = 200, index_lag_s = 0,
    enforce_oldest = false, patch_requires_all = false, description_max = 65535,
    search_as = "text",
    strict_scopes = true, require_org_id = true, unique_emails = true, strict_callbacks = false,
    operators_available = true, departments_exist = true,
    lenient_tokens = false, lenient_ids = false,
    credits = 1000000, concurrency = 0, token_life_s = 3600,
  }
end

return defaults
