/* engine/zoho/partner.c - a database remembers whom it works with. */
#include "zoho/partner.h"

#include <stdlib.h>
#include <string.h>

#include "zoho/credential_internal.h"

#define RECORD "works-with"

static const char *const names[] = {"", "zoho", "simulator"};

enum usher_status usher_partner_read(struct usher_store *store,
                                     enum usher_partner *out)
{
    char *record = NULL;
    size_t len = 0;
    enum usher_status st = usher_store_credential(store, RECORD, &record, &len);

    *out =
        st == USHER_ERR_NOT_FOUND ? USHER_PARTNER_UNKNOWN : USHER_PARTNER_ZOHO;
    if (st == USHER_OK && strcmp(record, names[USHER_PARTNER_SIMULATOR]) == 0)
        *out = USHER_PARTNER_SIMULATOR;
    free(record);
    return st == USHER_ERR_NOT_FOUND ? USHER_OK : st;
}

int usher_partner_has_token(struct usher_store *store)
{
    int found = 0;

    for (int i = 0; i < USHER_CREDENTIAL_COUNT && !found; i++) {
        char name[TOKEN_NAME_MAX];
        char *record = NULL;
        size_t len = 0;

        token_name((enum usher_credential_id)i, name);
        /* One that cannot be read is there, too. */
        found = usher_store_credential(store, name, &record, &len) !=
                USHER_ERR_NOT_FOUND;
        if (record)
            explicit_bzero(record, len);
        free(record);
    }
    return found;
}

enum usher_status usher_commit_partner(struct usher_commit *commit,
                                       enum usher_partner partner)
{
    const char *name = names[partner];

    return usher_commit_credential(commit, RECORD, name, strlen(name));
}
