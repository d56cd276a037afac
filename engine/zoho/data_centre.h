/* engine/zoho/data_centre.h - which hosts a Zoho data centre has.
 *
 * Data centres are separate: a token, a client or a refresh token of one is
 * unknown in every other. So one setting, ZOHO_DC, names all three hosts. */
#ifndef USHER_ZOHO_DATA_CENTRE_H
#define USHER_ZOHO_DATA_CENTRE_H

#include <stddef.h>

#include "core/status.h"

enum usher_zoho_service {
    USHER_ZOHO_ACCOUNTS,
    USHER_ZOHO_SALESIQ,
    USHER_ZOHO_DESK,
    USHER_ZOHO_SERVICES /* how many */
};

/* "accounts", "salesiq" or "desk"; never NULL. */
const char *usher_zoho_service_text(enum usher_zoho_service service);

struct usher_data_centre {
    const char *name;    /* the value of ZOHO_DC: "in", "com", "com.au" */
    const char *country; /* for people: "India" */
    const char *domain;  /* "zoho.in"; hosts are accounts.zoho.in and so on */
};

/* Every data centre, NULL beyond the last one. All live for ever. */
const struct usher_data_centre *usher_data_centre_at(size_t index);

/* By the value of ZOHO_DC, letters of either case, also the country codes
 * people write ("us" for com, "au", "cn"). NULL: there is none. */
const struct usher_data_centre *usher_data_centre_find(const char *name);

/* The data centre a URL's host belongs to, NULL when it is none of Zoho's
 * (the simulator, a proxy). */
const struct usher_data_centre *usher_data_centre_of_url(const char *url);

/* Nonzero when the URL's host is this machine: 127.0.0.0/8, ::1, localhost. */
int usher_url_is_loopback(const char *url);

#define USHER_ZOHO_URL_MAX 256

/* Base URLs without a slash at the end, by enum usher_zoho_service. */
struct usher_zoho_hosts {
    char base[USHER_ZOHO_SERVICES][USHER_ZOHO_URL_MAX];
};

/* The hosts of a data centre, each replaced by its own setting where that is
 * given (NULL or "": not given). A Desk URL may end in /api/v1, which is cut
 * since every path begins with it. USHER_ERR_NOT_FOUND: no such data centre;
 * USHER_ERR_LIMIT: a URL is too long. `error` (or NULL) says it for people. */
USHER_MUST_USE enum usher_status
usher_zoho_hosts_set(struct usher_zoho_hosts *hosts, const char *data_centre,
                     const char *accounts_url, const char *salesiq_url,
                     const char *desk_url, struct usher_error *error);

#endif
