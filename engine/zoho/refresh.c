/* engine/zoho/refresh.c - asking Zoho Accounts for an access token, and what
 * its answers mean. Errors come with status 200, too. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/buffer.h"
#include "zoho/credential_internal.h"

#define REFRESH_TIMEOUT_MS 10000
#define BACKOFF_FIRST_MS 500
#define BACKOFF_MAX_MS 30000
#define STRANGE_ERROR_MS 60000
#define TOKEN_MAX 4000 /* bytes */

#define TOKEN_PART (1U << USHER_CREDENTIAL_REFRESH_TOKEN)
#define CLIENT_PARTS \
    (1U << USHER_CREDENTIAL_CLIENT_ID | 1U << USHER_CREDENTIAL_CLIENT_SECRET)

/* What Accounts' errors mean. Those that are not here are taken for
 * temporary: Accounts may call anything general_error. */
static const struct {
    const char *error;
    const char *reason;
    const char *hint;
    unsigned parts; /* those to be mended, bit 1 << part: their names follow */
    int client;     /* another client may do */
} rules[] = {
    {"(no client)", "there is no client id or no client secret to refresh with",
     "set", CLIENT_PARTS, 0},
    {"invalid_code",
     "Zoho Accounts answered invalid_code: the refresh token is wrong, "
     "revoked, or of another data centre",
     "make a new refresh token and set", TOKEN_PART, 0},
    {"invalid_client",
     "Zoho Accounts answered invalid_client: the client id is unknown in this "
     "data centre",
     "check ZOHO_DC, and mend", 1U << USHER_CREDENTIAL_CLIENT_ID, 1},
    {"invalid_client_secret",
     "Zoho Accounts answered invalid_client_secret: client id, client secret "
     "and refresh token are not of one client",
     "put in the values that go together:", CLIENT_PARTS | TOKEN_PART, 1},
    {"invalid_grant",
     "Zoho Accounts answered invalid_grant: the refresh token is not valid",
     "make a new refresh token and set", TOKEN_PART, 0},
    {"unauthorized_client",
     "Zoho Accounts answered unauthorized_client: this client may not refresh",
     "check the client's type, or put in another client:", CLIENT_PARTS, 1},
};

#define RULE_NO_CLIENT 0
#define RULES (sizeof(rules) / sizeof(rules[0]))

static void log_grant(const struct grant *grant, enum usher_log_level level,
                      const char *event)
{
    char names[64];

    grant_names(grant, names, sizeof(names));
    usher_log_event(grant->credentials->log, level, "zoho", event, "credential",
                    names, "reason", grant->reason, "hint",
                    grant->hint[0] ? grant->hint : NULL, NULL);
}

/* Tells the listener of a new token or a death. */
static void grant_tell(struct grant *grant)
{
    struct usher_credentials *credentials = grant->credentials;
    size_t i;

    if (!grant->news)
        return;
    grant->news = 0;
    for (i = 0; i < USHER_CREDENTIAL_COUNT; i++)
        if (credentials->set[i].grant == grant)
            credential_changed(credentials, &credentials->set[i]);
}

/* ---- The count: at most 5 in 10 minutes ---- */

static void attempts_prune(struct grant *grant, int64_t now)
{
    size_t kept = 0;
    size_t i;

    for (i = 0; i < grant->attempt_count; i++) {
        int64_t age = now - grant->attempts[i];
        /* An attempt in the future: the clock was set back. */
        if (age >= 0 && age < REFRESHES_MS)
            grant->attempts[kept++] = grant->attempts[i];
    }
    grant->attempt_count = kept;
}

static void attempt_note(struct grant *grant, int64_t now)
{
    grant->attempts[grant->attempt_count++] = now;
    persist_save_grant(grant);
}

/* Nothing reached Accounts: it did not count there either. */
static void attempt_forget(struct grant *grant)
{
    if (grant->attempt_count == 0)
        return;
    grant->attempt_count--;
    persist_save_grant(grant);
}

/* ---- Outcomes ---- */

static void grant_wait(struct grant *grant, int64_t delay_ms,
                       enum usher_error_kind kind)
{
    grant->retry_ms = credentials_steady(grant->credentials) + delay_ms;
    grant->kind = kind;
}

/* "15:59 UTC": when the delay will be over. */
static void until_text(const struct grant *grant, int64_t delay_ms, char *out,
                       size_t size)
{
    int64_t minute =
        (credentials_now(grant->credentials) + delay_ms + 59999) / 60000;

    snprintf(out, size, "%02d:%02d UTC", (int)(minute / 60 % 24),
             (int)(minute % 60));
}

static void grant_throttled(struct grant *grant, int64_t delay_ms,
                            const char *reason)
{
    char until[24];

    grant_wait(grant, delay_ms, USHER_KIND_RATE_LIMITED);
    until_text(grant, delay_ms, until, sizeof(until));
    snprintf(grant->reason, sizeof(grant->reason), "%s until %s", reason,
             until);
    snprintf(grant->hint, sizeof(grant->hint),
             "Several programs may refresh with this token, or its access "
             "tokens are refused again and again. usher tries again by itself "
             "at %s.",
             until);
    log_grant(grant, USHER_LOG_WARN, "refresh throttled");
}

/* An outage of seconds is over before anybody has read of it. */
static void retry_tell(struct grant *grant, int64_t delay_ms)
{
    char until[24];

    grant->hint[0] = '\0';
    if (delay_ms < STRANGE_ERROR_MS / 2)
        return;
    until_text(grant, delay_ms, until, sizeof(until));
    snprintf(grant->hint, sizeof(grant->hint),
             "usher tries again by itself at %s.", until);
}

static void grant_failed(struct grant *grant, enum usher_error_kind kind,
                         int64_t base_ms, const char *what, const char *detail)
{
    double random = usher_clock_random(grant->credentials->clock);
    unsigned doublings = grant->failures < 6 ? grant->failures : 6;
    int64_t delay = base_ms << doublings;
    char masked[256];

    if (delay > BACKOFF_MAX_MS && base_ms < BACKOFF_MAX_MS)
        delay = BACKOFF_MAX_MS;
    delay = delay / 2 + (int64_t)((double)(delay / 2) * random);
    grant_wait(grant, delay, kind);
    /* It may repeat what it was sent. */
    usher_log_mask(grant->credentials->log, 1, detail, strlen(detail), masked,
                   sizeof(masked));
    snprintf(grant->reason, sizeof(grant->reason), "Zoho Accounts %s%s%.100s",
             what, detail[0] ? ": " : "", masked);
    retry_tell(grant, delay);
    if (grant->failures++ == 0)
        log_grant(grant, USHER_LOG_WARN, "refresh failed");
    else
        log_grant(grant, USHER_LOG_DEBUG, "refresh failed");
}

static void grant_died(struct grant *grant, size_t rule)
{
    struct credential *set = grant->credentials->set;
    char names[160];
    size_t i;

    for (i = 0; i < USHER_CREDENTIAL_COUNT; i++)
        if (set[i].grant == grant && !set[i].diagnosed)
            set[i].reason[0] = '\0'; /* of a death before */
    grant_setting_names(grant, rules[rule].parts, names, sizeof(names));
    grant->dead = 1;
    grant->news = 1;
    grant->kind = USHER_KIND_TOKEN;
    grant->retry_ms = 0;
    snprintf(grant->reason, sizeof(grant->reason), "%s", rules[rule].reason);
    snprintf(grant->hint, sizeof(grant->hint),
             "Accounts is %.80s: %s %s (no restart needed).",
             grant->credentials->settings.hosts.base[USHER_ZOHO_ACCOUNTS],
             rules[rule].hint, names);
    log_grant(grant, USHER_LOG_ERROR, "credential dead");
}

static void set_take_token(struct usher_credentials *credentials,
                           struct credential *set, const char *token,
                           int64_t now, int64_t lifetime_s)
{
    char *copy = secret_copy(token);

    if (!copy)
        return; /* the old one stays and will be refused again */
    secret_free(set->access_token);
    set->access_token = copy;
    set->generation++;
    set->obtained_ms = now;
    set->expires_ms = lifetime_s > 0 ? now + lifetime_s * 1000 : 0;
    set->refused = 0;
    set->worked = 0;
    set->tried = 1;
    set->stale = 0;
    set->diagnosed = 0;
    set->reason[0] = '\0';
    persist_env(credentials, set);
    persist_save(credentials, set);
}

static void grant_succeeded(struct grant *grant, const char *token,
                            int64_t lifetime_s)
{
    struct usher_credentials *credentials = grant->credentials;
    char names[64];
    char seconds[24];
    size_t i;

    /* Too short to be hidden, or no memory: neither can be helped here. */
    (void)usher_log_secret(credentials->log, token);
    grant->failures = 0;
    grant->retry_ms = 0;
    grant->dead = 0;
    grant->news = 1;
    for (i = 0; i < USHER_CREDENTIAL_COUNT; i++)
        if (credentials->set[i].grant == grant)
            set_take_token(credentials, &credentials->set[i], token,
                           credentials_now(credentials), lifetime_s);
    grant_names(grant, names, sizeof(names));
    snprintf(seconds, sizeof(seconds), "%lld", (long long)lifetime_s);
    usher_log_event(credentials->log, USHER_LOG_INFO, "zoho", "token refreshed",
                    "credential", names, "#expires_s", seconds, NULL);
}

/* ---- The answer ---- */

#define LIFETIME_MAX_S 86400

/* Seconds; 0: it did not say, or what cannot be. Old answers have expires_in in
 * milliseconds beside expires_in_sec. */
static int64_t lifetime_of(const json_t *body)
{
    static const char *const keys[] = {"expires_in_sec", "expires_in"};
    size_t i;

    for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        const json_t *value = json_object_get(body, keys[i]);
        double seconds = 0;

        if (json_is_number(value))
            seconds = json_number_value(value);
        else if (json_is_string(value))
            seconds = (double)strtoll(json_string_value(value), NULL, 10);
        if (seconds > LIFETIME_MAX_S)
            seconds /= 1000;
        if (seconds >= 1 && seconds <= LIFETIME_MAX_S)
            return (int64_t)seconds;
    }
    return 0;
}

/* Fit for a header: what is not is no token. */
static int is_token(const char *text)
{
    size_t len = strlen(text);

    if (len == 0 || len > TOKEN_MAX)
        return 0;
    for (; *text; text++)
        if (*text <= ' ' || *text > '~')
            return 0;
    return 1;
}

static void error_read(struct grant *grant, unsigned status, const char *error)
{
    size_t i;

    if (strcasecmp(error, "Access Denied") == 0 || status == 429) {
        grant_throttled(grant, REFRESHES_MS,
                        "Zoho Accounts allows no more refreshes");
        return;
    }
    for (i = 0; i < RULES; i++) {
        if (strcmp(error, rules[i].error) != 0)
            continue;
        if (!rules[i].client || !grant_next_client(grant))
            grant_died(grant, i);
        return;
    }
    grant_failed(grant, USHER_KIND_OFFLINE, STRANGE_ERROR_MS, "answered",
                 error);
}

static void body_read(struct grant *grant,
                      const struct usher_client_answer *answer)
{
    json_t *body = json_loadb(answer->body, answer->body_len, 0, NULL);
    const char *token =
        json_string_value(json_object_get(body, "access_token"));
    const char *error = json_string_value(json_object_get(body, "error"));
    char status[32];

    snprintf(status, sizeof(status), "status %u", answer->status);
    if (error)
        error_read(grant, answer->status, error);
    else if (answer->status == 429)
        error_read(grant, answer->status, "");
    else if (token && is_token(token) && answer->status < 300)
        grant_succeeded(grant, token, lifetime_of(body));
    else
        grant_failed(grant, USHER_KIND_OFFLINE, BACKOFF_FIRST_MS * 4,
                     "answered without a token", status);
    json_decref(body);
}

/* What became of a refresh is told to all. */
static void grant_news(struct grant *grant)
{
    credentials_publish(grant->credentials);
    grant_schedule(grant);
    grant_tell(grant);
}

static void refresh_answered(void *user,
                             const struct usher_client_answer *answer)
{
    struct grant *grant = user;
    struct usher_credentials *credentials = grant->credentials;

    grant->transfer = NULL;
    if (answer->result == USHER_NET_OK) {
        body_read(grant, answer);
    } else {
        int timeout = answer->result == USHER_NET_TIMEOUT;

        if (!answer->sent)
            attempt_forget(grant);
        grant_failed(grant, timeout ? USHER_KIND_TIMEOUT : USHER_KIND_OFFLINE,
                     BACKOFF_FIRST_MS,
                     timeout ? "did not answer in time"
                             : "could not be reached",
                     answer->error ? answer->error : "");
    }
    grant_news(grant);
    needs_again(credentials);
}

/* ---- The request ---- */

static enum usher_status form_fill(const struct grant *grant,
                                   struct usher_buffer *out)
{
    const struct usher_zoho_value form[] = {
        {"grant_type", "refresh_token"},
        {"refresh_token", grant->refresh_token},
        {"client_id", credential_client(grant->credentials, grant->client,
                                        USHER_CREDENTIAL_CLIENT_ID)},
        {"client_secret", credential_client(grant->credentials, grant->client,
                                            USHER_CREDENTIAL_CLIENT_SECRET)},
    };

    return usher_zoho_query_fill(form, sizeof(form) / sizeof(form[0]), out);
}

static enum usher_status refresh_send(struct grant *grant)
{
    static const struct usher_header headers[] = {
        {"Content-Type", "application/x-www-form-urlencoded"},
        {"Accept", "application/json"},
    };
    struct usher_credentials *credentials = grant->credentials;
    struct usher_client_request request = {0};
    char url[USHER_ZOHO_URL_MAX + 32];
    struct usher_buffer form;
    enum usher_status st;

    usher_buffer_init(&form, 16384);
    st = form_fill(grant, &form);
    if (st != USHER_OK)
        goto done;
    snprintf(url, sizeof(url), "%s/oauth/v2/token",
             credentials->settings.hosts.base[USHER_ZOHO_ACCOUNTS]);
    request.method = "POST";
    request.url = url;
    request.headers = headers;
    request.header_count = sizeof(headers) / sizeof(headers[0]);
    request.body = form.data + 1; /* behind the "?" */
    request.body_len = form.len - 1;
    request.timeout_ms = REFRESH_TIMEOUT_MS;
    st = usher_client_send(credentials->client, &request, refresh_answered,
                           grant, &grant->transfer);
done:
    if (form.data)
        explicit_bzero(form.data, form.len);
    usher_buffer_free(&form);
    return st;
}

int grant_is_refreshed(const struct grant *grant)
{
    return grant->transfer || grant->counted;
}

/* Asks Accounts, once the count is on disk: a crash in between would let the
 * next start ask once more than it may. */
static enum usher_status refresh_begin(struct grant *grant)
{
    enum usher_status st = refresh_send(grant);

    if (st == USHER_OK)
        return st;
    attempt_forget(grant);
    grant_failed(grant, USHER_KIND_OFFLINE, BACKOFF_FIRST_MS,
                 "could not be called",
                 grant->credentials->settings.hosts.base[USHER_ZOHO_ACCOUNTS]);
    return st;
}

enum usher_status grant_refresh(struct grant *grant)
{
    struct usher_credentials *credentials = grant->credentials;
    int64_t now = credentials_now(credentials);

    if (grant_is_refreshed(grant))
        return USHER_OK;
    if (grant->dead || grant->retry_ms > credentials_steady(credentials))
        return USHER_ERR_INVALID;
    if (!grant_has_client(grant)) {
        grant_died(grant, RULE_NO_CLIENT);
        goto failed;
    }
    attempts_prune(grant, now);
    if (grant->attempt_count >= REFRESHES_MAX) {
        grant_throttled(grant, grant->attempts[0] + REFRESHES_MS - now,
                        "refreshed 5 times in 10 minutes; Zoho allows no more");
        goto failed;
    }
    attempt_note(grant, now);
    if (credentials->records_decided < credentials->records) {
        grant->counted = credentials->records;
        return USHER_OK;
    }
    if (refresh_begin(grant) == USHER_OK)
        return USHER_OK;
failed:
    grant_news(grant);
    return USHER_ERR_INVALID;
}

/* The next grant whose count is decided. */
static struct grant *grant_counted(const struct usher_credentials *credentials)
{
    struct grant *grant = credentials->grants;

    while (grant && (grant->counted == 0 ||
                     grant->counted > credentials->records_decided))
        grant = grant->next;
    return grant;
}

void grants_counted(struct usher_credentials *credentials)
{
    struct grant *grant;

    while ((grant = grant_counted(credentials)) != NULL) {
        grant->counted = 0;
        if (refresh_begin(grant) == USHER_OK)
            continue;
        grant_news(grant);
        needs_again(credentials);
    }
}
