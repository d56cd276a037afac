/* engine/cli/place.h - which settings and folders a command works with. In
 * this order: the settings of --env; a FLOWS_DIR or DATABASE_URL in the
 * environment; what stands in the working folder (.env, flows, usher.db),
 * unless it is the service's; those of the service that `make install` put
 * beside this program. With --env these count as well where it names the
 * service's. */
#ifndef USHER_CLI_PLACE_H
#define USHER_CLI_PLACE_H

#include "core/config.h"

struct usher_place {
    char *env;          /* the settings file */
    int env_required;   /* it was named */
    int is_hidden;      /* it is there, and this person may not read it */
    int is_service;     /* it is that of the installed service */
    char *service;      /* the installed service's; NULL: there is none */
    char **environment; /* the process's own, then what the service is given */
    char **own;         /* what of that is freed with it */
};

/* env: what --env says, or NULL. USHER_ERR_NOMEM. */
USHER_MUST_USE enum usher_status usher_place_find(const char *env,
                                                  struct usher_place *place);
void usher_place_free(struct usher_place *place);
/* Replaces what the environment says: `lines` ("NAME=value", ended by NULL) and
 * its texts are the place's then, also where this fails. USHER_ERR_NOMEM. */
USHER_MUST_USE enum usher_status
usher_place_environment(struct usher_place *place, char **lines);
/* The settings, as far as this person may read them; borrows from the place. */
struct usher_config_source usher_place_source(const struct usher_place *place);
/* Where specs stand: beside the service's flows, else "spec". Writes it. */
void usher_place_specs(const struct usher_place *place,
                       const struct usher_config *config, char *out,
                       size_t size);

#endif
