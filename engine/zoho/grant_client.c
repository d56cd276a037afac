/* engine/zoho/grant_client.c - the client that a refresh token goes with, and
 * the settings that it comes from. */
#include <stdio.h>
#include <string.h>

#include "zoho/credential_internal.h"

const char *credential_client(const struct usher_credentials *credentials,
                              enum usher_credential_id set,
                              enum usher_credential_part part)
{
    const char *own = credentials->set[set].configured[part];

    return own ? own
               : credentials->set[USHER_CREDENTIAL_DEFAULT].configured[part];
}

static int client_is_whole(const struct grant *grant,
                           enum usher_credential_id set)
{
    return credential_client(grant->credentials, set,
                             USHER_CREDENTIAL_CLIENT_ID) &&
           credential_client(grant->credentials, set,
                             USHER_CREDENTIAL_CLIENT_SECRET);
}

int grant_has_client(const struct grant *grant)
{
    return client_is_whole(grant, grant->client);
}

static int client_is_same(const struct grant *grant, enum usher_credential_id a,
                          enum usher_credential_id b)
{
    static const enum usher_credential_part parts[] = {
        USHER_CREDENTIAL_CLIENT_ID, USHER_CREDENTIAL_CLIENT_SECRET};
    size_t i;

    for (i = 0; i < 2; i++)
        if (!secret_equal(credential_client(grant->credentials, a, parts[i]),
                          credential_client(grant->credentials, b, parts[i])))
            return 0;
    return 1;
}

int grant_owns_client(const struct grant *grant)
{
    return grant->credentials->set[grant->client].grant == grant;
}

/* The first from `from` on whose client is whole and none that a set before
 * it has, too; -1: there is none. */
static int client_find(const struct grant *grant, int from)
{
    const struct credential *set = grant->credentials->set;
    int i, before;

    for (i = from; i < USHER_CREDENTIAL_COUNT; i++) {
        if (set[i].grant != grant ||
            !client_is_whole(grant, (enum usher_credential_id)i))
            continue;
        for (before = 0; before < i; before++)
            if (set[before].grant == grant &&
                client_is_same(grant, (enum usher_credential_id)before,
                               (enum usher_credential_id)i))
                break;
        if (before == i)
            return i;
    }
    return -1;
}

void grant_first_client(struct grant *grant)
{
    int found = client_find(grant, 0);
    int i;

    for (i = 0; found < 0 && i < USHER_CREDENTIAL_COUNT; i++)
        if (grant->credentials->set[i].grant == grant)
            found = i;
    if (found >= 0)
        grant->client = (enum usher_credential_id)found;
}

int grant_next_client(struct grant *grant)
{
    int found = client_find(grant, (int)grant->client + 1);

    if (found < 0)
        return 0;
    grant->client = (enum usher_credential_id)found;
    return 1;
}

/* ---- Names ---- */

/* The setting that this part of the set comes from: its own, or the default
 * set's, which stands in for a client that is not there. */
static const char *setting_name(const struct usher_credentials *credentials,
                                enum usher_credential_id set,
                                enum usher_credential_part part)
{
    const struct credential *all = credentials->set;

    if (!all[set].configured[part] &&
        all[USHER_CREDENTIAL_DEFAULT].configured[part])
        set = USHER_CREDENTIAL_DEFAULT;
    return usher_setting_at(usher_setting_credential(set, part))->name;
}

/* No name is part of another. */
void grant_setting_names(const struct grant *grant, unsigned parts, char *out,
                         size_t size)
{
    size_t len = 0;

    out[0] = '\0';
    for (int i = 0; i < USHER_CREDENTIAL_COUNT * PARTS; i++) {
        int set = i / PARTS;
        const char *name =
            setting_name(grant->credentials, (enum usher_credential_id)set,
                         (enum usher_credential_part)(i % PARTS));

        if (grant->credentials->set[set].grant != grant ||
            !(parts & 1U << i % PARTS) || strstr(out, name))
            continue;
        len += (size_t)snprintf(out + len, size - len, "%s%s", len ? ", " : "",
                                name);
        if (len >= size)
            return;
    }
}
