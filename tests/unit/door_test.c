/* tests/unit/door_test.c - who is let in at a worker's door, with what. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "crew_world.h"

static const struct turn_flow flows[] = {
    {"init.lua", "return { flows = { { 'first', fallback = true } } }"},
    {"first.lua", "return function(chat)\n"
                  "  http.post('http://out/x', chat.message.text)\n"
                  "  chat:say('did ' .. chat.message.text)\nend"},
    {NULL, NULL}};

/* ---- who is let in ---- */

struct pair {
    EVP_PKEY *key;
    char *text; /* the public one, as the settings have it */
};

static char *base64(const unsigned char *data, size_t len)
{
    char *text = malloc((len + 2) / 3 * 4 + 1);

    assert_non_null(text);
    EVP_EncodeBlock((unsigned char *)text, data, (int)len);
    return text;
}

static struct pair pair_make(void)
{
    struct pair pair = {EVP_RSA_gen(1024), NULL};
    unsigned char *der = NULL;
    int len = i2d_PUBKEY(pair.key, &der);

    assert_true(len > 0);
    pair.text = base64(der, (size_t)len);
    OPENSSL_free(der);
    return pair;
}

/* "x-siqsignature: ..." of this text. */
static void sign(const struct pair *pair, const char *text, char *out,
                 size_t size)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    unsigned char raw[256];
    size_t len = sizeof(raw);
    char *code;

    assert_int_equal(
        EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, pair->key), 1);
    assert_int_equal(EVP_DigestSign(context, raw, &len,
                                    (const unsigned char *)text, strlen(text)),
                     1);
    EVP_MD_CTX_free(context);
    code = base64(raw, len);
    snprintf(out, size, "x-siqsignature: %s\r\n", code);
    free(code);
}

static const char guarded[] = MESSAGE("g", "in");
#define SECRET(value) "X-Webhook-Secret: " value "\r\n"

/* Who sends what; whether that is enough where the secret, the key, both or
 * neither is set; and what the log says else. */
enum { OPEN, BY_SECRET, BY_KEY, BY_BOTH, WAYS };

static void each_guard_alone_and_both_together(void **state)
{
    struct crew *crew = crew_new(flows);
    struct pair pair = pair_make();
    char right[512], other[512], both[600], key[512];
    char secret[] = "WEBHOOK_SECRET=open-sesame";
    char *const ways[WAYS][3] = {
        [OPEN] = {NULL},
        [BY_SECRET] = {secret, NULL},
        [BY_KEY] = {key, NULL},
        [BY_BOTH] = {key, secret, NULL},
    };
#define NO_KEY "x-siqsignature is missing"
#define NO_FIT "the signature in x-siqsignature does not fit"
#define NO_SECRET "X-Webhook-Secret is missing"
#define WRONG "the secret in X-Webhook-Secret is not the one that is set"
#define NEITHER "neither x-siqsignature nor X-Webhook-Secret was sent"
    const struct {
        const char *headers;
        const char *refusal[WAYS]; /* NULL: let in */
    } cases[] = {
        {"", {NULL, NO_SECRET, NO_KEY, NEITHER}},
        {SECRET("open-sesame"), {NULL, NULL, NO_KEY, NULL}},
        {SECRET("open-sesamf"), {NULL, WRONG, NO_KEY, WRONG}},
        {SECRET(""), {NULL, WRONG, NO_KEY, WRONG}},
        {right, {NULL, NO_SECRET, NULL, NULL}},
        {other, {NULL, NO_SECRET, NO_FIT, NO_FIT}},
        {both, {NULL, WRONG, NULL, NULL}},
    };

    (void)state;
    snprintf(key, sizeof(key), "SALESIQ_PUBLIC_KEY=%s", pair.text);
    sign(&pair, guarded, right, sizeof(right));
    sign(&pair, MESSAGE("g", "In"), other, sizeof(other));
    snprintf(both, sizeof(both), "%s%s", SECRET("wrong"), right);
    for (int way = 0; way < WAYS; way++) {
        crew_configure(crew, ways[way]);
        for (size_t i = 0; i < 2 * sizeof(cases) / sizeof(cases[0]); i++) {
            size_t at = 1 + i % 2; /* each at each door */
            const char *refusal = cases[i / 2].refusal[way];
            struct usher_counters *counters = &crew->workers[at]->counters;
            unsigned long long turns = counters->turns,
                               refused = counters->refused;
            const char *text;

            /* Once in a minute each is told of. */
            turn_wait(crew->turn, 120000);
            crew->turn->logged[0] = '\0';
            crew->turn->asked = 0;
            text = crew_post(crew, at, cases[i / 2].headers, guarded);
            turn_settle(crew->turn);
            if (refusal) {
                has(text, "HTTP/1.1 401");
                has(text, "{\"error\":\"unauthorized\"}");
                has(crew->turn->logged, refusal);
                assert_int_equal(crew->turn->asked, 0);
            } else {
                has(text, "HTTP/1.1 200");
                has(text, "did in");
                assert_int_equal(crew->turn->asked, 1);
                lacks(crew->turn->logged, "refused");
            }
            lacks(crew->turn->logged, "sesam");
            assert_int_equal(counters->refused - refused, refusal != NULL);
            assert_true(refusal == NULL || counters->turns == turns);
        }
    }
    EVP_PKEY_free(pair.key);
    free(pair.text);
    crew_free(crew);
}

/* ---- what is asked at the door ---- */

static void the_webhook_takes_post_and_answers_a_look(void **state)
{
    static const struct {
        const char *request, *status, *text;
    } cases[] = {
        {"POST /webhook/salesiq", "200", "did in"},
        {"POST /webhook", "200", "did in"},
        {"GET /webhook", "200", "{\"status\":\"ok\"}"},
        {"GET /webhook/salesiq", "200", "{\"status\":\"ok\"}"},
        {"HEAD /webhook", "200", "Content-Length: 15"},
        {"PUT /webhook", "405", "this path takes POST"},
        {"DELETE /webhook/salesiq", "405", "this path takes POST"},
        {"POST /webhook/", "404", "other"},
        {"POST /webhook/other", "404", "other"},
    };
    struct crew *crew = crew_new(flows);

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        unsigned turns = crew->turn->asked;
        const char *text = crew_ask(crew, 1 + i % 2, cases[i].request, "",
                                    guarded, sizeof(guarded) - 1);

        assert_memory_equal(text + strlen("HTTP/1.1 "), cases[i].status, 3);
        has(text, cases[i].text);
        assert_int_equal(crew->turn->asked - turns, i < 2);
    }
    crew_free(crew);
}

static void a_body_has_a_mebibyte_at_most(void **state)
{
    struct crew *crew = crew_new(flows);
    size_t most = 1u << 20;
    char *body = malloc(most + 1);
    const char *text;

    (void)state;
    assert_non_null(body);
    memset(body, ' ', most + 1);
    memcpy(body, guarded, sizeof(guarded) - 1);
    text = crew_ask(crew, 1, "POST /webhook", "", body, most);
    has(text, "HTTP/1.1 200");
    has(text, "did in");
    text = crew_ask(crew, 1, "POST /webhook", "", body, most + 1);
    has(text, "HTTP/1.1 413");
    has(text, "the body is larger than 1 MiB");
    assert_int_equal(crew->turn->asked, 1);
    free(body);
    crew_free(crew);
}

static void what_is_no_message_is_answered_and_counted(void **state)
{
    struct crew *crew = crew_new(flows);

    (void)state;
    has(crew_post(crew, 1, "", "{\"message\":"), "HTTP/1.1 200");
    has(crew_post(crew, 1, "", "[]"), "\"action\":\"reply\"");
    assert_int_equal(crew->workers[1]->counters.unreadable, 2);
    has(crew->turn->logged, "the body is not JSON");
    has(crew_post(crew, 1, "", guarded), "did in");
    assert_int_equal(crew->workers[1]->counters.unreadable, 2);
    crew_free(crew);
}

static void who_is_silent_is_let_go_after_75_seconds(void **state)
{
    struct crew *crew = crew_new(flows);
    struct serve *door = &crew->doors[1];
    int fd = wire_dial(door), ended;
    const char *text;

    (void)state;
    wire_put_text(door, fd, HEAD("GET", "/webhook") "\r\n");
    has(wire_get(door, fd, "ok\"}", &ended), "200");
    turn_wait(crew->turn, 74000);
    wire_put_text(door, fd, HEAD("GET", "/webhook") "\r\n");
    has(wire_get(door, fd, "ok\"}", &ended), "200");
    turn_wait(crew->turn, 78000);
    text = wire_get(door, fd, NULL, &ended);
    assert_string_equal(text, "");
    assert_true(ended);
    close(fd);
    crew_free(crew);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_guard_alone_and_both_together),
        cmocka_unit_test(the_webhook_takes_post_and_answers_a_look),
        cmocka_unit_test(a_body_has_a_mebibyte_at_most),
        cmocka_unit_test(what_is_no_message_is_answered_and_counted),
        cmocka_unit_test(who_is_silent_is_let_go_after_75_seconds),
    };

    return cmocka_run_group_tests_name("door", tests, NULL, NULL);
}
