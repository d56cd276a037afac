/* engine/zoho/zoho_settings.h - where calls to Zoho go: hosts and ids, and how
 * many go at once. They travel with the tokens, in one snapshot
 * (credential.h), so that no token ever goes to the hosts of another. */
#ifndef USHER_ZOHO_ZOHO_SETTINGS_H
#define USHER_ZOHO_ZOHO_SETTINGS_H

#include "core/config.h"
#include "core/status.h"
#include "zoho/data_centre.h"
#include "zoho/gate.h"

struct usher_zoho_settings {
    struct usher_zoho_hosts hosts;
    char screen_name[128]; /* SALESIQ_SCREEN_NAME; "" */
    char org_id[40];       /* DESK_ORG_ID; "": the header is left out */
    unsigned concurrency[USHER_ZOHO_SERVICES]; /* 0: no limit */
};

/* From ZOHO_DC, the *_URL settings, SALESIQ_SCREEN_NAME, DESK_ORG_ID and
 * ZOHO_CONCURRENCY. `error` says what is wrong for people. */
USHER_MUST_USE enum usher_status
usher_zoho_settings_load(const struct usher_config *config,
                         struct usher_zoho_settings *settings,
                         struct usher_error *error);
/* No limit where the host is this machine, else 4 for Desk and 32 for
 * SalesIQ. For those who have changed the hosts by hand. */
void usher_zoho_settings_limits(struct usher_zoho_settings *settings);
/* Tells the gate that all workers share. */
void usher_zoho_settings_open(const struct usher_zoho_settings *settings,
                              struct usher_gate *gate);

#endif
