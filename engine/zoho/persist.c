/* engine/zoho/persist.c - what outlives the process: tokens and counts in the
 * store, tokens in the `.env`.
 *
 * A set's record "token:default" holds our token and digests of the settings
 * it was made beside, so that a start can tell whether a person has changed
 * them since. A grant's record "refresh:<digest>" holds when it was used. */
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/buffer.h"
#include "core/env_file.h"
#include "zoho/credential_internal.h"

#define RECORD_FORMAT 1
#define RECORD_MAX 16384

/* A store that fails is tried after so long, twice as long each time. */
#define KEEP_FIRST_MS 1000
#define KEEP_LAST_MS 30000

void secret_digest(const char *text, unsigned char out[DIGEST_BYTES])
{
    unsigned int len = 0;

    memset(out, 0, DIGEST_BYTES);
    if (!text || !*text)
        return;
    if (EVP_Digest(text, strlen(text), out, &len, EVP_sha256(), NULL) != 1)
        memset(out, 0, DIGEST_BYTES);
}

/* Everything as it is by now: which record failed does not matter. */
static void keep_again(void *user)
{
    struct usher_credentials *credentials = user;
    struct grant *grant;
    size_t i;

    for (i = 0; i < USHER_CREDENTIAL_COUNT; i++)
        if (credentials->set[i].present)
            persist_save(credentials, &credentials->set[i]);
    for (grant = credentials->grants; grant; grant = grant->next)
        persist_save_grant(grant);
}

/* A token that is not kept costs a refresh at the next start, and a count that
 * is not kept could cost all of them: a record that failed is written later. */
static void kept(void *user, enum usher_status status)
{
    struct usher_credentials *credentials = user;
    int64_t wait = credentials->keep_wait_ms * 2;

    credentials->records_decided++;
    if (status == USHER_OK) {
        credentials->keep_wait_ms = 0;
        grants_counted(credentials);
        return;
    }
    usher_log_event(credentials->log, USHER_LOG_WARN, "zoho", "token not kept",
                    "reason", usher_status_text(status), NULL);
    if (status == USHER_ERR_CLOSED)
        return;
    credentials->keep_wait_ms = wait < KEEP_FIRST_MS  ? KEEP_FIRST_MS
                                : wait > KEEP_LAST_MS ? KEEP_LAST_MS
                                                      : wait;
    usher_timer_set(credentials->loop, &credentials->keep_timer,
                    credentials->keep_wait_ms, keep_again, credentials);
    grants_counted(credentials); /* the count is in memory all the same */
}

static void record_submit(struct usher_credentials *credentials,
                          const char *name, struct usher_buffer *record)
{
    struct usher_commit *commit = NULL;
    enum usher_status st = USHER_ERR_NOMEM;

    credentials->records++;
    if (!record->failed)
        commit = usher_commit_new();
    if (commit)
        st = usher_commit_credential(commit, name, record->data, record->len);
    if (st != USHER_OK) {
        usher_commit_free(commit);
        kept(credentials, st);
    } else if (usher_store_submit(credentials->store, commit, credentials->loop,
                                  kept, credentials, &st)) {
        kept(credentials, st);
    }
    if (record->data)
        explicit_bzero(record->data, record->len);
    usher_buffer_free(record);
}

/* A record of a format to come, or damaged: it gets another name before ours
 * is written in its place. */
static void put_aside(struct usher_credentials *credentials, const char *name,
                      const char *bytes, size_t len)
{
    struct usher_buffer record;
    char aside[48];

    usher_log_event(credentials->log, USHER_LOG_WARN, "zoho",
                    "what was kept of a token cannot be read: a newer usher "
                    "wrote it, or it is damaged; it is put aside",
                    "record", name, NULL);
    usher_buffer_init(&record, 0);
    usher_buffer_append(&record, bytes, len);
    snprintf(aside, sizeof(aside), "aside:%s", name);
    record_submit(credentials, aside, &record);
}

void token_name(enum usher_credential_id id, char out[TOKEN_NAME_MAX])
{
    snprintf(out, TOKEN_NAME_MAX, "token:%s", usher_credential_name(id));
}

static const char *grant_token(const struct credential *set)
{
    return set->grant ? set->grant->refresh_token : "";
}

void persist_save(struct usher_credentials *credentials,
                  const struct credential *set)
{
    struct usher_buffer record;
    unsigned char digest[DIGEST_BYTES];
    const char *token = set->obtained_ms ? set->access_token : "";
    char name[TOKEN_NAME_MAX];

    if (!credentials->store)
        return;
    usher_buffer_init(&record, RECORD_MAX);
    usher_buffer_byte(&record, RECORD_FORMAT);
    secret_digest(set->configured[USHER_CREDENTIAL_ACCESS_TOKEN], digest);
    usher_buffer_bytes(&record, digest, sizeof(digest));
    secret_digest(grant_token(set), digest);
    usher_buffer_bytes(&record, digest, sizeof(digest));
    usher_buffer_bytes(&record, token, strlen(token));
    usher_buffer_varint(&record, (uint64_t)set->expires_ms);
    usher_buffer_varint(&record, (uint64_t)set->obtained_ms);
    token_name(set->id, name);
    record_submit(credentials, name, &record);
}

static void digest_read(struct usher_reader *reader,
                        unsigned char out[DIGEST_BYTES])
{
    size_t len;
    const char *bytes = usher_reader_bytes(reader, &len);

    if (len == DIGEST_BYTES)
        memcpy(out, bytes, DIGEST_BYTES);
    else
        reader->failed = 1;
}

static char *text_read(struct usher_reader *reader)
{
    size_t len;
    const char *bytes = usher_reader_bytes(reader, &len);

    return reader->failed ? NULL : strndup(bytes, len);
}

enum usher_status persist_load(struct usher_credentials *credentials,
                               const struct credential *set,
                               struct kept_token *out)
{
    struct usher_reader reader;
    enum usher_status st;
    char name[TOKEN_NAME_MAX];
    char *record = NULL;
    size_t len = 0;

    memset(out, 0, sizeof(*out));
    if (!credentials->store)
        return USHER_ERR_NOT_FOUND;
    token_name(set->id, name);
    st = usher_store_credential(credentials->store, name, &record, &len);
    if (st != USHER_OK)
        return st;
    usher_reader_init(&reader, record, len);
    if (usher_reader_byte(&reader) != RECORD_FORMAT)
        reader.failed = 1;
    digest_read(&reader, out->seen_access);
    digest_read(&reader, out->grant);
    out->access_token = text_read(&reader);
    out->expires_ms = (int64_t)usher_reader_varint(&reader);
    out->obtained_ms = (int64_t)usher_reader_varint(&reader);
    if (!reader.failed && !out->access_token) {
        st = USHER_ERR_NOMEM;
    } else if (reader.failed) {
        secret_free(out->access_token);
        out->access_token = NULL;
        st = USHER_ERR_PARSE;
        put_aside(credentials, name, record, len);
    }
    explicit_bzero(record, len);
    free(record);
    return st;
}

static void grant_record_name(const struct grant *grant, char *out, size_t size)
{
    unsigned char digest[DIGEST_BYTES];
    size_t len;
    size_t i;

    secret_digest(grant->refresh_token, digest);
    len = (size_t)snprintf(out, size, "refresh:");
    for (i = 0; i < 8; i++)
        len += (size_t)snprintf(out + len, size - len, "%02x", digest[i]);
}

void persist_save_grant(const struct grant *grant)
{
    struct usher_credentials *credentials = grant->credentials;
    struct usher_buffer record;
    char name[32];
    size_t i;

    if (!credentials->store)
        return;
    usher_buffer_init(&record, RECORD_MAX);
    usher_buffer_byte(&record, RECORD_FORMAT);
    usher_buffer_varint(&record, grant->attempt_count);
    for (i = 0; i < grant->attempt_count; i++)
        usher_buffer_varint(&record, (uint64_t)grant->attempts[i]);
    grant_record_name(grant, name, sizeof(name));
    record_submit(credentials, name, &record);
}

void persist_load_grant(struct grant *grant)
{
    struct usher_reader reader;
    char name[32];
    char *record = NULL;
    size_t len = 0;
    uint64_t count;
    size_t i;

    grant->attempt_count = 0;
    if (!grant->credentials->store)
        return;
    grant_record_name(grant, name, sizeof(name));
    if (usher_store_credential(grant->credentials->store, name, &record,
                               &len) != USHER_OK)
        return;
    usher_reader_init(&reader, record, len);
    if (usher_reader_byte(&reader) != RECORD_FORMAT)
        reader.failed = 1;
    count = usher_reader_varint(&reader);
    for (i = 0; i < count && i < REFRESHES_MAX && !reader.failed; i++)
        grant->attempts[i] = (int64_t)usher_reader_varint(&reader);
    if (!reader.failed)
        grant->attempt_count = i;
    else
        put_aside(grant->credentials, name, record, len);
    free(record);
}

void persist_env(struct usher_credentials *credentials, struct credential *set)
{
    char **line = &set->configured[USHER_CREDENTIAL_ACCESS_TOKEN];
    struct usher_env_change change;
    struct usher_error error = {""};
    enum usher_status st;
    char *copy;

    if (!credentials->env_path || !set->in_env_file)
        return;
    change.name = usher_setting_at(usher_setting_credential(
                                       set->id, USHER_CREDENTIAL_ACCESS_TOKEN))
                      ->name;
    change.value = set->access_token;
    st = usher_env_file_update(credentials->env_path,
                               usher_config_file(credentials->config), &change,
                               1, &error);
    set->unwritten = st != USHER_OK;
    if (st != USHER_OK) {
        usher_log_event(credentials->log, USHER_LOG_WARN, "zoho",
                        "token not written to .env", "setting", change.name,
                        "reason",
                        error.text[0] ? error.text : usher_status_text(st),
                        NULL);
        return;
    }
    /* What stands there now is what was last seen: our own writing is no
     * change of a person's. */
    copy = secret_copy(set->access_token);
    if (!copy)
        return;
    secret_free(set->previous_access);
    set->previous_access = *line;
    *line = copy;
}

void persist_env_again(struct usher_credentials *credentials)
{
    for (size_t i = 0; i < USHER_CREDENTIAL_COUNT; i++) {
        struct credential *set = &credentials->set[i];

        if (!set->unwritten || !set->obtained_ms)
            continue;
        persist_env(credentials, set);
        persist_save(credentials, set);
    }
}
