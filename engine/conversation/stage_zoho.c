/* engine/conversation/stage_zoho.c - requests on their way to the simulator
 * and back. */
#include "conversation/stage_zoho.h"

#include <stdlib.h>
#include <string.h>

/* A request that waits for its answer's time. One that is to hang waits until
 * the client gives up. */
struct carried {
    struct stage_zoho *zoho;
    struct usher_transfer *transfer;
    struct usher_timer timer;
    struct usher_client_answer answer;
    struct usher_header headers[USHER_SIMULATOR_HEADERS];
    size_t header_count;
    struct usher_buffer bytes; /* body and headers, each with a 0 behind */
    struct carried *next;
};

struct stage_zoho {
    struct usher_loop *loop;
    struct usher_simulator *simulator;
    const struct usher_zoho_hosts *hosts;
    const struct usher_stage_options *options;
    struct carried *list;
};

static void carried_unlink(struct carried *carried)
{
    struct carried **at = &carried->zoho->list;

    while (*at != carried)
        at = &(*at)->next;
    *at = carried->next;
}

static void carried_free(struct carried *carried)
{
    usher_timer_cancel(carried->zoho->loop, &carried->timer);
    usher_buffer_free(&carried->bytes);
    free(carried);
}

static void carried_due(void *user)
{
    struct carried *carried = user;

    carried_unlink(carried);
    usher_transfer_answer(carried->transfer, &carried->answer, carried->headers,
                          carried->header_count);
    carried_free(carried);
}

/* Copies what the simulator lends. Nothing may move once it is pointed to, so
 * room for all is made first. */
static int carried_copy(struct carried *carried,
                        const struct usher_simulator_answer *from)
{
    size_t size = from->body_len + 1;
    char *at;

    for (size_t i = 0; i < from->header_count; i++)
        size +=
            strlen(from->headers[i].name) + strlen(from->headers[i].value) + 2;
    at = usher_buffer_reserve(&carried->bytes, size);
    if (!at)
        return 0;
    memcpy(at, from->body, from->body_len);
    at[from->body_len] = '\0';
    carried->answer.body = at;
    carried->answer.body_len = from->body_len;
    at += from->body_len + 1;
    for (size_t i = 0; i < from->header_count; i++) {
        carried->headers[i].name = at;
        at = stpcpy(at, from->headers[i].name) + 1;
        carried->headers[i].value = at;
        at = stpcpy(at, from->headers[i].value) + 1;
    }
    carried->header_count = from->header_count;
    carried->answer.status = from->status;
    carried->answer.sent = 1;
    if (from->drop) {
        carried->answer.result = USHER_NET_BROKEN;
        carried->answer.error = "the connection was closed without an answer";
    }
    return 1;
}

static int is_zoho(const struct stage_zoho *zoho, const char *url)
{
    for (size_t i = 0; i < USHER_ZOHO_SERVICES; i++) {
        size_t len = strlen(zoho->hosts->base[i]);

        if (len && strncmp(url, zoho->hosts->base[i], len) == 0 &&
            (url[len] == '/' || url[len] == '?' || url[len] == '\0'))
            return 1;
    }
    return 0;
}

/* Fills answer, or gives 0: nobody here answers this. */
static int find_answer(struct stage_zoho *zoho,
                       const struct usher_client_request *request,
                       struct usher_simulator_answer *answer)
{
    const struct usher_stage_options *options = zoho->options;
    struct usher_simulator_request ask = {
        .method = request->method,
        .path = request->url,
        .headers = request->headers,
        .header_count = request->header_count,
        .body = request->body,
        .body_len = request->body_len,
    };

    memset(answer, 0, sizeof(*answer));
    answer->body = "";
    if (!is_zoho(zoho, request->url))
        return options->web && options->web(options->user, request, answer);
    usher_simulator_handle(zoho->simulator, &ask, answer);
    return 1;
}

static int on_start(void *user, struct usher_transfer *transfer,
                    const struct usher_client_request *request)
{
    struct stage_zoho *zoho = user;
    struct usher_simulator_answer answer;
    struct carried *carried;
    int found = find_answer(zoho, request, &answer);

    if (!found && !zoho->options->closed)
        return 0;
    carried = calloc(1, sizeof(*carried));
    if (!carried)
        return 0;
    usher_buffer_init(&carried->bytes, 0);
    carried->zoho = zoho;
    carried->transfer = transfer;
    if (!carried_copy(carried, &answer)) {
        carried_free(carried);
        return 0;
    }
    if (!found) {
        carried->answer.result = USHER_NET_OFFLINE;
        carried->answer.sent = 0;
        carried->answer.error =
            "there is no network here, and no web.answers for it";
    }
    carried->next = zoho->list;
    zoho->list = carried;
    if (!answer.hang)
        usher_timer_set(zoho->loop, &carried->timer, answer.delay_ms,
                        carried_due, carried);
    return 1;
}

static void on_cancel(void *user, struct usher_transfer *transfer)
{
    struct stage_zoho *zoho = user;
    struct carried *carried = zoho->list;

    while (carried && carried->transfer != transfer)
        carried = carried->next;
    if (!carried)
        return;
    carried_unlink(carried);
    carried_free(carried);
}

enum usher_status stage_zoho_new(struct usher_loop *loop,
                                 struct usher_simulator *simulator,
                                 const struct usher_zoho_hosts *hosts,
                                 const struct usher_stage_options *options,
                                 struct stage_zoho **out)
{
    struct stage_zoho *zoho = calloc(1, sizeof(*zoho));

    *out = zoho;
    if (!zoho)
        return USHER_ERR_NOMEM;
    zoho->loop = loop;
    zoho->simulator = simulator;
    zoho->hosts = hosts;
    zoho->options = options;
    return USHER_OK;
}

void stage_zoho_free(struct stage_zoho *zoho)
{
    struct carried *carried;

    if (!zoho)
        return;
    while ((carried = zoho->list) != NULL) {
        zoho->list = carried->next;
        carried_free(carried);
    }
    free(zoho);
}

struct usher_client_transport stage_zoho_transport(struct stage_zoho *zoho)
{
    struct usher_client_transport transport = {on_start, on_cancel, zoho};

    return transport;
}
