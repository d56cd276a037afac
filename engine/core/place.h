/* engine/core/place.h - countries and the zones in them, from the machine's
 * zone database (tzdata: iso3166.tab, zone.tab). Immutable once loaded; any
 * thread. Without the files nothing is found, and that is all. */
#ifndef USHER_CORE_PLACE_H
#define USHER_CORE_PLACE_H

#include "core/status.h"

struct usher_places;

/* Reads the tables below folder ("/usr/share/zoneinfo"). Blocks. */
USHER_MUST_USE enum usher_status usher_places_load(const char *folder,
                                                   struct usher_places **out);
void usher_places_free(struct usher_places *places); /* NULL is fine */

/* The ISO 3166 code of a country: "India", "IN" or "in" -> "IN"; NULL when it
 * is none, or places NULL. Lives as long as places. */
const char *usher_places_country(const struct usher_places *places,
                                 const char *name);
/* The country that an IANA zone lies in, or NULL, also where places is NULL. */
const char *usher_places_zone_country(const struct usher_places *places,
                                      const char *zone);

#endif
