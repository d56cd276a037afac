/* engine/zoho/error.c - see the header. What Zoho's own codes mean stands in
 * two tables; statuses and lost connections come after them. */
#include "zoho/error.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

static const char *const kinds[] = {
    "none",    "timeout",   "offline",  "rate_limited", "token",    "scope",
    "invalid", "not_found", "rejected", "unclear",      "deadline",
};

const char *usher_error_kind_text(enum usher_error_kind kind)
{
    if ((size_t)kind >= sizeof(kinds) / sizeof(kinds[0]))
        return "none";
    return kinds[kind];
}

/* What a code or a status of Zoho means. */
struct rule {
    const char *code;
    unsigned status;
    enum usher_error_kind kind;
    int token_refused;
    int busy;
    const char *hint;
};

#define HINT_TOKEN                                                      \
    "The access token is unknown, expired, revoked or of another data " \
    "centre. Check ZOHO_DC and the refresh token."
#define HINT_DATA "Mend the field that is named and send it again."
#define HINT_PATH "Check the path, the id in it and ZOHO_DC."

static const struct rule salesiq_rules[] = {
    {"1002", 0, USHER_KIND_TOKEN, 1, 0, HINT_TOKEN},
    {"1004", 0, USHER_KIND_INVALID, 0, 0,
     "This path wants another HTTP method."},
    {"1005", 0, USHER_KIND_INVALID, 0, 0,
     "SALESIQ_SCREEN_NAME is wrong, or the portal is in another data centre "
     "than ZOHO_DC says. The name stands in the console's URL."},
    {"1006", 0, USHER_KIND_NOT_FOUND, 0, 0, HINT_PATH},
    {"1008", 0, USHER_KIND_TOKEN, 1, 0, HINT_TOKEN},
    {"1009", 0, USHER_KIND_SCOPE, 0, 0, NULL}, /* see hint_scope() */
    {NULL, 0, USHER_KIND_NONE, 0, 0, NULL},
};

/* 1001 comes with different statuses. */
static const struct rule salesiq_overload = {
    "1001", 0, USHER_KIND_RATE_LIMITED,
    0,      1, "SalesIQ takes no more calls for the moment."};
static const struct rule salesiq_failure = {
    "1001", 0, USHER_KIND_OFFLINE,
    0,      0, "SalesIQ's sign-in is out of order; look at its status page."};

static const struct rule desk_rules[] = {
    {"UNAUTHORIZED", 0, USHER_KIND_TOKEN, 1, 0, HINT_TOKEN},
    {"INVALID_OAUTH", 0, USHER_KIND_TOKEN, 1, 0, HINT_TOKEN},
    {"SCOPE_MISMATCH", 0, USHER_KIND_SCOPE, 0, 0, NULL},
    {"OAUTH_ORG_MISMATCH", 0, USHER_KIND_SCOPE, 0, 0,
     "DESK_ORG_ID is not the organisation this token was made for (it is not "
     "the id of CRM or SalesIQ either). GET /api/v1/organizations tells it."},
    {"FORBIDDEN", 0, USHER_KIND_REJECTED, 0, 0,
     "The Desk profile of the user who made the token lacks this permission."},
    {"LICENSE_ACCESS_LIMITED", 0, USHER_KIND_REJECTED, 0, 0,
     "This edition of Zoho Desk cannot do it."},
    {"ONLY_LIVECHAT_USER", 0, USHER_KIND_REJECTED, 0, 0,
     "The user who made the token has live chat only, no Desk licence."},
    {"URL_NOT_FOUND", 0, USHER_KIND_NOT_FOUND, 0, 0, HINT_PATH},
    {"METHOD_NOT_ALLOWED", 0, USHER_KIND_INVALID, 0, 0,
     "This path wants another HTTP method."},
    {"RESOURCE_SIZE_EXCEEDED", 0, USHER_KIND_INVALID, 0, 0,
     "The request is too large."},
    {"UNSUPPORTED_MEDIA_TYPE", 0, USHER_KIND_INVALID, 0, 0,
     "Send JSON with Content-Type application/json."},
    {"INVALID_DATA", 0, USHER_KIND_INVALID, 0, 0, HINT_DATA},
    {"UNPROCESSABLE_ENTITY", 0, USHER_KIND_INVALID, 0, 0,
     "A parameter is unknown or has a value Zoho does not take."},
    {"EMPTY_PAYLOAD", 0, USHER_KIND_INVALID, 0, 0, "The body was empty."},
    {"BAD_REQUEST", 0, USHER_KIND_INVALID, 0, 0, NULL},
    {"THRESHOLD_EXCEEDED", 0, USHER_KIND_RATE_LIMITED, 0, 0,
     "The portal's API credits of this day are used up."},
    {"TOO_MANY_REQUESTS", 0, USHER_KIND_RATE_LIMITED, 0, 1,
     "Too many calls at once, over all programs that use this portal; lower "
     "desk in ZOHO_CONCURRENCY."},
    {NULL, 0, USHER_KIND_NONE, 0, 0, NULL},
};

/* Where no code told it. 5xx is handled by itself: it depends on whether
 * something was written. */
static const struct rule status_rules[] = {
    {NULL, 400, USHER_KIND_INVALID, 0, 0, NULL},
    {NULL, 401, USHER_KIND_TOKEN, 1, 0, HINT_TOKEN},
    {NULL, 404, USHER_KIND_NOT_FOUND, 0, 0, HINT_PATH},
    {NULL, 405, USHER_KIND_INVALID, 0, 0,
     "This path wants another HTTP method."},
    {NULL, 413, USHER_KIND_INVALID, 0, 0, "The request is too large."},
    {NULL, 415, USHER_KIND_INVALID, 0, 0, NULL},
    {NULL, 422, USHER_KIND_INVALID, 0, 0, NULL},
    {NULL, 429, USHER_KIND_RATE_LIMITED, 0, 1,
     "Too many calls in a short time."},
    {NULL, 0, USHER_KIND_NONE, 0, 0, NULL},
};

static const char *service_name(enum usher_zoho_service service)
{
    switch (service) {
    case USHER_ZOHO_DESK:
        return "Zoho Desk";
    case USHER_ZOHO_SALESIQ:
        return "Zoho SalesIQ";
    case USHER_ZOHO_ACCOUNTS:
        return "Zoho Accounts";
    case USHER_ZOHO_SERVICES:
        break;
    }
    return "Zoho";
}

/* Copies and cuts, never within a character. */
static void text_set(char *out, size_t size, const char *text)
{
    size_t len = strlen(text);

    if (len >= size) {
        len = size - 1;
        while (len > 0 && ((unsigned char)text[len] & 0xC0) == 0x80)
            len--;
    }
    memcpy(out, text, len);
    out[len] = '\0';
}

static void error_clear(struct usher_zoho_error *error)
{
    error->kind = USHER_KIND_NONE;
    error->status = 0;
    error->retry_after_s = -1;
    error->token_refused = 0;
    error->busy = 0;
    error->code[0] = '\0';
    error->field[0] = '\0';
    error->message[0] = '\0';
    error->hint[0] = '\0';
}

void usher_zoho_error_set(struct usher_zoho_error *error,
                          enum usher_error_kind kind, const char *message,
                          const char *hint)
{
    error_clear(error);
    error->kind = kind;
    text_set(error->message, sizeof(error->message), message);
    text_set(error->hint, sizeof(error->hint), hint ? hint : "");
}

/* ---- What Zoho said ---- */

static void message_set(struct usher_zoho_error *error,
                        const struct usher_zoho_facts *facts, const char *text)
{
    char masked[1024];

    if (!text || !*text)
        return;
    usher_log_mask(facts->log, 1, text, strlen(text), masked, sizeof(masked));
    text_set(error->message, sizeof(error->message), masked);
}

static const char *text_at(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : "";
}

/* {"error":{"code":1008,"message":"..","json_key":".."}}; nonzero: it was
 * one. */
static int salesiq_read(const struct usher_zoho_facts *facts,
                        const json_t *body, struct usher_zoho_error *error)
{
    static const char *const keys[] = {"json_key", "param", "header"};
    const json_t *inner = json_object_get(body, "error");
    const json_t *code = json_object_get(inner, "code");
    size_t i;

    if (json_is_string(inner)) {
        message_set(error, facts, json_string_value(inner));
        return 1;
    }
    if (!json_is_object(inner))
        return 0;
    if (json_is_integer(code))
        snprintf(error->code, sizeof(error->code), "%lld",
                 (long long)json_integer_value(code));
    else
        text_set(error->code, sizeof(error->code), text_at(inner, "code"));
    for (i = 0; i < sizeof(keys) / sizeof(keys[0]) && !error->field[0]; i++)
        text_set(error->field, sizeof(error->field), text_at(inner, keys[i]));
    message_set(error, facts, text_at(inner, "message"));
    return 1;
}

/* {"errorCode":"..","message":"..","errors":[{"fieldName":"/contactId",..}]} */
static int desk_read(const struct usher_zoho_facts *facts, const json_t *body,
                     struct usher_zoho_error *error)
{
    const json_t *first = json_array_get(json_object_get(body, "errors"), 0);
    const char *field = text_at(first, "fieldName");
    const char *type = text_at(first, "errorType");
    char text[512];

    text_set(error->code, sizeof(error->code), text_at(body, "errorCode"));
    if (!error->code[0])
        return 0;
    text_set(error->field, sizeof(error->field),
             field[0] == '/' ? field + 1 : field);
    if (error->field[0] && *type)
        snprintf(text, sizeof(text), "%s is %s: %s", error->field, type,
                 text_at(body, "message"));
    else
        snprintf(text, sizeof(text), "%s", text_at(body, "message"));
    message_set(error, facts, text);
    return 1;
}

static int body_read(const struct usher_zoho_facts *facts,
                     struct usher_zoho_error *error)
{
    const struct usher_client_answer *answer = facts->answer;
    json_t *body = NULL;
    int found = 0;

    if (answer->body_len > 0)
        body = json_loadb(answer->body, answer->body_len, JSON_ALLOW_NUL, NULL);
    if (json_is_object(body)) {
        if (facts->service == USHER_ZOHO_DESK)
            found = desk_read(facts, body, error);
        else
            found = salesiq_read(facts, body, error);
    }
    json_decref(body);
    return found;
}

/* ---- What it means ---- */

static void hint_scope(const struct usher_zoho_facts *facts,
                       struct usher_zoho_error *error)
{
    if (facts->visitor_api)
        text_set(error->hint, sizeof(error->hint),
                 "The Visitor API wants an organisation token: set "
                 "SALESIQ_VISITOR_REFRESH_TOKEN (and _CLIENT_ID, "
                 "_CLIENT_SECRET) of an ORG client with scope "
                 "SalesIQ.conversations.CREATE. A refresh cannot help.");
    else
        snprintf(error->hint, sizeof(error->hint),
                 "The token lacks a scope. This call needs: %s. Scopes are "
                 "fixed when a refresh token is made: make a new one.",
                 facts->scopes ? facts->scopes : "(see Zoho's API page)");
}

static void rule_apply(const struct rule *rule,
                       const struct usher_zoho_facts *facts,
                       struct usher_zoho_error *error)
{
    error->kind = rule->kind;
    error->token_refused = rule->token_refused;
    error->busy = rule->busy && error->retry_after_s < 0;
    if (rule->hint)
        text_set(error->hint, sizeof(error->hint), rule->hint);
    else if (rule->kind == USHER_KIND_SCOPE)
        hint_scope(facts, error);
}

static int rules_by_code(const struct rule *rule,
                         const struct usher_zoho_facts *facts,
                         struct usher_zoho_error *error)
{
    for (; rule->code; rule++) {
        if (strcmp(rule->code, error->code) != 0)
            continue;
        rule_apply(rule, facts, error);
        return 1;
    }
    return 0;
}

/* The server is out of order: a write may have been done before it broke. */
static void map_5xx(const struct usher_zoho_facts *facts,
                    struct usher_zoho_error *error)
{
    error->kind = facts->is_write ? USHER_KIND_UNCLEAR : USHER_KIND_OFFLINE;
    text_set(error->hint, sizeof(error->hint),
             facts->service == USHER_ZOHO_DESK
                 ? "Zoho Desk is out of order, or DESK_ORG_ID is not a number."
                 : "Zoho is out of order; look at its status page.");
}

static void map_status(const struct usher_zoho_facts *facts,
                       struct usher_zoho_error *error)
{
    const struct rule *rule;

    for (rule = status_rules; rule->status; rule++) {
        if (rule->status != error->status)
            continue;
        rule_apply(rule, facts, error);
        return;
    }
    if (error->status >= 500)
        map_5xx(facts, error);
    else
        error->kind = USHER_KIND_REJECTED;
    if (error->status >= 300 && error->status < 400)
        text_set(error->hint, sizeof(error->hint),
                 "A redirect: check ZOHO_DC and the *_URL settings.");
}

static void map_http(const struct usher_zoho_facts *facts,
                     struct usher_zoho_error *error)
{
    const struct rule *rules =
        facts->service == USHER_ZOHO_DESK ? desk_rules : salesiq_rules;

    if (!error->message[0])
        snprintf(error->message, sizeof(error->message),
                 "%s answered with status %u and code %s",
                 service_name(facts->service), error->status,
                 error->code[0] ? error->code : "none");
    if (rules_by_code(rules, facts, error))
        return;
    /* "Unknown authentication error": not let in, so nothing was done. */
    if (facts->service == USHER_ZOHO_SALESIQ &&
        strcmp(error->code, "1001") == 0) {
        rule_apply(error->status == 429 || error->status == 503
                       ? &salesiq_overload
                       : &salesiq_failure,
                   facts, error);
        return;
    }
    map_status(facts, error);
    /* An error number we do not know in an answer of status 200 or 400: the
     * field it names tells that the request was at fault. */
    if (error->kind == USHER_KIND_REJECTED && error->field[0])
        error->kind = USHER_KIND_INVALID;
    if (error->kind == USHER_KIND_INVALID && error->field[0] && !error->hint[0])
        text_set(error->hint, sizeof(error->hint), HINT_DATA);
}

/* ---- No answer ---- */

static void map_net(const struct usher_zoho_facts *facts,
                    struct usher_zoho_error *error)
{
    const struct usher_client_answer *answer = facts->answer;
    const char *name = service_name(facts->service);
    int unclear = facts->is_write && answer->sent;
    const char *what = "could not be reached";
    const char *hint = "Check the network, the proxy and ZOHO_DC.";

    error->kind = USHER_KIND_OFFLINE;
    switch (answer->result) {
    case USHER_NET_TIMEOUT:
        error->kind = unclear ? USHER_KIND_UNCLEAR : USHER_KIND_TIMEOUT;
        what = "did not answer in time";
        hint = NULL;
        break;
    case USHER_NET_BROKEN:
        error->kind = unclear ? USHER_KIND_UNCLEAR : USHER_KIND_OFFLINE;
        what = "broke off the connection";
        hint = NULL;
        break;
    case USHER_NET_TOO_LARGE:
        error->kind = unclear ? USHER_KIND_UNCLEAR : USHER_KIND_REJECTED;
        what = "answered more than usher takes";
        hint = "Ask for less, with limit and from.";
        break;
    case USHER_NET_TLS:
        what = "has no certificate that can be trusted";
        hint = "Check the machine's clock, its ca-certificates and the proxy.";
        break;
    case USHER_NET_BAD_URL:
        error->kind = USHER_KIND_INVALID;
        what = "has no usable URL";
        hint = "Check ZOHO_ACCOUNTS_URL, SALESIQ_URL and DESK_URL.";
        break;
    case USHER_NET_OFFLINE:
    case USHER_NET_OK:
        break;
    }
    if (error->kind == USHER_KIND_UNCLEAR)
        hint = "It may or may not have been done: look before it is sent "
               "again.";
    snprintf(error->message, sizeof(error->message), "%s %s%s%.120s", name,
             what, answer->error ? ": " : "",
             answer->error ? answer->error : "");
    text_set(error->hint, sizeof(error->hint), hint ? hint : "");
}

/* ---- All of it ---- */

/* A top-level "error" in an answer of status 200. The search is cheap and
 * misses nothing that matters; only on a hit the body is parsed. */
static int error_in_success(const struct usher_zoho_facts *facts,
                            struct usher_zoho_error *error)
{
    const struct usher_client_answer *answer = facts->answer;

    if (facts->service == USHER_ZOHO_DESK || answer->body_len == 0)
        return 0;
    if (!memmem(answer->body, answer->body_len, "\"error\"", 7))
        return 0;
    error_clear(error);
    error->status = answer->status;
    error->retry_after_s = answer->retry_after_s;
    return body_read(facts, error);
}

static int looks_like_json(const struct usher_client_answer *answer)
{
    size_t i;

    for (i = 0; i < answer->body_len; i++) {
        char c = answer->body[i];
        if (c != ' ' && c != '\t' && c != '\r' && c != '\n')
            return c == '{' || c == '[';
    }
    return answer->status == 204; /* no results; else somebody cut it off */
}

/* A login page, a proxy's notice or nothing at all with status 200. */
static void map_not_json(const struct usher_zoho_facts *facts,
                         struct usher_zoho_error *error)
{
    error_clear(error);
    error->status = facts->answer->status;
    error->kind = facts->is_write ? USHER_KIND_UNCLEAR : USHER_KIND_OFFLINE;
    snprintf(error->message, sizeof(error->message), "%s answered %s",
             service_name(facts->service),
             facts->answer->body_len ? "something that is not JSON"
                                     : "with nothing where JSON should be");
    text_set(error->hint, sizeof(error->hint),
             "Something between usher and Zoho answers in its place: check "
             "the proxy and the *_URL settings.");
}

enum usher_error_kind usher_zoho_error_map(const struct usher_zoho_facts *facts,
                                           struct usher_zoho_error *error)
{
    const struct usher_client_answer *answer = facts->answer;

    if (answer->result != USHER_NET_OK) {
        error_clear(error);
        map_net(facts, error);
        return error->kind;
    }
    if (answer->status >= 200 && answer->status < 300) {
        if (error_in_success(facts, error)) {
            map_http(facts, error);
            return error->kind;
        }
        if (!facts->wants_json || looks_like_json(answer))
            return USHER_KIND_NONE;
        map_not_json(facts, error);
        return error->kind;
    }
    error_clear(error);
    error->status = answer->status;
    error->retry_after_s = answer->retry_after_s;
    body_read(facts, error);
    map_http(facts, error);
    return error->kind;
}
