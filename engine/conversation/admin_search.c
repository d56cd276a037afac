/* engine/conversation/admin_search.c - the conversations of a running engine:
 * a look through thousands of them, and nobody else waits for it. */
#include <stdlib.h>
#include <string.h>

#include "conversation/admin.h"

struct search {
    struct usher_listing *listing;
    struct usher_buffer *out;
    usher_admin_done *done;
    void *user;
    struct search *next;
};

static struct search *take_first(struct usher_searches *searches)
{
    struct search *search = searches->first;

    searches->first = search->next;
    return search;
}

static void step(void *user)
{
    struct usher_searches *searches = user;
    struct search *search = searches->first;

    if (usher_listing_step(search->listing)) {
        take_first(searches);
        search->done(search->user, usher_listing_end(search->listing));
        free(search);
    }
    if (searches->first)
        usher_timer_set(searches->loop, &searches->timer, 0, step, searches);
}

static void begin(struct usher_searches *searches, struct search *search)
{
    struct search **at = &searches->first;

    if (!searches->first)
        usher_timer_set(searches->loop, &searches->timer, 0, step, searches);
    while (*at)
        at = &(*at)->next;
    *at = search;
}

int usher_admin_search(struct usher_searches *searches,
                       const struct usher_admin *admin,
                       const struct usher_admin_ask *ask,
                       struct usher_buffer *out, usher_admin_done *done,
                       void *user)
{
    struct search *search;
    unsigned status;

    if (ask->post || strcmp(ask->name, "conversations") != 0)
        return 0;
    search = calloc(1, sizeof(*search));
    status = search ? usher_listing_new(admin, ask->limit, ask->search, out,
                                        &search->listing)
                    : usher_admin_fail(out, 503, "not enough memory");
    if (status) {
        free(search);
        done(user, status);
        return 1;
    }
    search->out = out;
    search->done = done;
    search->user = user;
    begin(searches, search);
    return 1;
}

void usher_searches_stop(struct usher_searches *searches)
{
    usher_timer_cancel(searches->loop, &searches->timer);
    while (searches->first) {
        struct search *search = take_first(searches);

        usher_listing_free(search->listing);
        search->done(search->user, usher_admin_fail(search->out, 503,
                                                    "usher is shutting down"));
        free(search);
    }
}
