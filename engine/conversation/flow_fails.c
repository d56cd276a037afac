/* engine/conversation/flow_fails.c */
#include "conversation/flow_fails.h"

#include <stdio.h>
#include <string.h>

/* Bytes of the place that the message begins with ("flows/one.lua:4"), else
 * 0. */
static size_t place_len(const char *message)
{
    size_t path = strcspn(message, ": \n");
    size_t line;

    if (message[path] != ':' || path < 4 ||
        memcmp(message + path - 4, ".lua", 4) != 0)
        return 0;
    line = strspn(message + path + 1, "0123456789");
    return line ? path + 1 + line : 0;
}

void usher_flow_fails(struct usher_shared *shared, const char *message,
                      const char *flow)
{
    char subject[160];
    size_t len = place_len(message);

    if (len)
        snprintf(subject, sizeof(subject), "%.*s", (int)len, message);
    else
        snprintf(subject, sizeof(subject), "%s", flow);
    usher_problem_raise(shared->problems, USHER_PROBLEM_FLOW_FAILS, subject,
                        len ? flow : "", NULL);
    atomic_store(&shared->failed_ms, usher_clock_steady_ms(shared->clock));
}

void usher_flow_fails_end(struct usher_shared *shared)
{
    atomic_store(&shared->failed_ms, 0);
    usher_problems_end(shared->problems, USHER_PROBLEM_FLOW_FAILS, NULL, NULL);
}
