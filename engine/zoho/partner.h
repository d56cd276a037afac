/* engine/zoho/partner.h - whom a database works with: the real Zoho, or the
 * built-in simulator. What is promised at the one is never kept at the other,
 * so each database remembers. It lies beside the credentials' records: a
 * version of usher that does not know it passes it over. */
#ifndef USHER_ZOHO_PARTNER_H
#define USHER_ZOHO_PARTNER_H

#include "store/store.h"

enum usher_partner {
    USHER_PARTNER_UNKNOWN, /* nobody yet, or before databases remembered */
    USHER_PARTNER_ZOHO,
    USHER_PARTNER_SIMULATOR
};

/* Where the simulator finds a database that works with Zoho, it has one of its
 * own beside it: this ends its DATABASE_URL. */
#define USHER_PARTNER_BESIDE ".simulator"

/* What the database remembers. A record of a newer version, which cannot be
 * read, counts as Zoho's. USHER_ERR_IO. Blocks. */
USHER_MUST_USE enum usher_status usher_partner_read(struct usher_store *store,
                                                    enum usher_partner *out);
/* 1: it holds a credential's record: an engine with real credentials has
 * worked on it, maybe before databases remembered. Blocks. */
int usher_partner_has_token(struct usher_store *store);
/* It works with this one from now on. */
enum usher_status usher_commit_partner(struct usher_commit *commit,
                                       enum usher_partner partner);

#endif
