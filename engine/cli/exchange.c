/* engine/cli/exchange.c - one question to an engine, and its answer. */
#include "cli/exchange.h"

#include <stdio.h>
#include <string.h>

#include "core/clock.h"
#include "net/client.h"
#include "net/loop.h"

/* The engine builds a state for every worker before it answers. */
#define ANSWER_MS 60000
#define ANSWER_MAX (256u << 20)

static void answered(void *user, const struct usher_client_answer *answer)
{
    struct usher_exchange *exchange = user;

    usher_loop_stop(exchange->loop);
    if (answer->result == USHER_NET_OK) {
        exchange->status = answer->status;
        usher_buffer_append(&exchange->body, answer->body, answer->body_len);
        return;
    }
    exchange->offline = answer->result == USHER_NET_OFFLINE;
    snprintf(exchange->why, sizeof(exchange->why), "%s",
             answer->error ? answer->error : "no answer");
}

static void parameter_write(struct usher_buffer *url, const char *name,
                            const char *value)
{
    if (!name || !value)
        return;
    usher_buffer_printf(url, "%c%s=", strchr(url->data, '?') ? '&' : '?', name);
    for (; *value; value++)
        usher_buffer_printf(url, "%%%02X", (unsigned char)*value);
}

static void url_write(struct usher_buffer *url, const char *base,
                      const struct usher_question *question)
{
    size_t len = strlen(base);

    while (len > 0 && base[len - 1] == '/')
        len--;
    usher_buffer_append(url, base, len);
    usher_buffer_printf(url, "/admin/%s", question->name);
    if (url->failed)
        return;
    parameter_write(url, question->parameter, question->value);
    parameter_write(url, "limit", question->limit);
}

static enum usher_status send(const char *unix_path, const char *url,
                              const char *token, int post,
                              struct usher_exchange *exchange)
{
    struct usher_client_options options = {
        .max_response = ANSWER_MAX,
        .user_agent = "usher",
        .unix_path = unix_path,
    };
    struct usher_header header = {"Authorization", token};
    struct usher_client_request request = {
        .method = post ? "POST" : "GET",
        .url = url,
        .headers = &header,
        .header_count = token ? 1 : 0,
        .timeout_ms = ANSWER_MS,
    };
    struct usher_loop *loop = NULL;
    struct usher_client *client = NULL;
    enum usher_status st = usher_loop_new(usher_clock_system(), &loop);

    exchange->loop = loop;
    if (st == USHER_OK)
        st = usher_client_new(loop, &options, &client);
    if (st == USHER_OK)
        st = usher_client_send(client, &request, answered, exchange, NULL);
    if (st == USHER_OK)
        usher_loop_run(loop);
    usher_client_free(client);
    usher_loop_free(loop);
    return st;
}

enum usher_status usher_exchange_do(const char *unix_path, const char *base,
                                    const char *token,
                                    const struct usher_question *question,
                                    struct usher_exchange *exchange)
{
    struct usher_buffer url, header;
    enum usher_status st;

    usher_buffer_init(&url, 0);
    usher_buffer_init(&header, 0);
    url_write(&url, unix_path ? "http://localhost" : base, question);
    if (token)
        usher_buffer_printf(&header, "Bearer %s", token);
    st = url.failed || header.failed
             ? USHER_ERR_NOMEM
             : send(unix_path, url.data, token ? header.data : NULL,
                    question->post, exchange);
    usher_buffer_free(&url);
    usher_buffer_wipe(&header);
    return st;
}
