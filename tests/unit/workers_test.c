/* tests/unit/workers_test.c - several workers: which one has a conversation,
 * who is let in at each one's door, what each is told. */
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

#include "conversation/task_internal.h"
#include "crew_world.h"
#include "patience.h"

/* "go ..." writes; the task fails as the web says. */
static const struct turn_flow flows[] = {
    {"init.lua", "return { apology = 'sorry', tasks = { 'job' },\n"
                 "settings = { 'PARTNER' },\n"
                 "flows = { { 'first', fallback = true },\n"
                 "  { 'task', triggers = { 'task' }, button = { '1', 'T' } },\n"
                 "  { 'where', triggers = { '=where' } } } }"},
    {"first.lua", "return function(chat)\n"
                  "  http.post('http://out/x', chat.message.text)\n"
                  "  chat:say('did ' .. chat.message.text)\nend"},
    {"task.lua", "return function(chat)\n"
                 "  chat:task('job', {})\n"
                 "  chat:say { 'noted', buttons = { 'task' } }\nend"},
    {"where.lua", "return function(chat)\n"
                  "  local place = chat.message.place\n"
                  "  chat:say('%s %s %s', place.region or 'none',\n"
                  "    place.zone, config.PARTNER)\nend"},
    {"job.lua", "return function(task)\n"
                "  local a = http.get('http://out/job')\n"
                "  if a.status == 200 then return true end\n"
                "  return nil, { kind = a.status == 401 and 'token'\n"
                "    or 'rejected' }\nend"},
    {NULL, NULL}};

#define BODY(key, text)                                      \
    "{\"handler\":\"message\",\"message\":{\"text\":\"" text \
    "\"},\"visitor\":{\"active_conversation_id\":\"" key "\"}}"

static const char *post(struct crew *crew, size_t at, const char *headers,
                        const char *body)
{
    return crew_ask(crew, at, "POST /webhook/salesiq", headers, body,
                    strlen(body));
}

/* ---- whose conversation it is ---- */

static void a_conversation_has_one_worker_wherever_it_comes_in(void **state)
{
    struct crew *crew = crew_new(flows);

    (void)state;
    for (size_t owner = 0; owner < CREW; owner++) {
        const char *key = crew_key(owner, 0);

        crew->turn->asked = 0;
        crew->turn->answers = 0;
        crew->turn->delay_ms = 500;
        for (size_t at = 0; at < CREW; at++) {
            char text[16];

            snprintf(text, sizeof(text), "m%zu", at);
            crew_say(crew, at, key, text);
            turn_settle(crew->turn);
        }
        /* One after the other. */
        for (unsigned i = 1; i <= CREW; i++) {
            assert_int_equal(crew->turn->asked, i);
            for (size_t w = 0; w < CREW; w++)
                assert_int_equal(crew->workers[w]->conversations, w == owner);
            turn_wait(crew->turn, 500);
            assert_int_equal(crew->turn->answers, i);
        }
    }
    crew_free(crew);
}

static void who_calls_hears_whichever_worker_has_it(void **state)
{
    struct crew *crew = crew_new(flows);

    (void)state;
    for (size_t at = 1; at < CREW; at++) {
        for (size_t owner = 0; owner < CREW; owner++) {
            const char *key = crew_key(owner, 1);
            char body[256];
            const char *text;

            snprintf(body, sizeof(body), BODY("%s", "hi"), key);
            text = post(crew, at, "", body);
            has(text, "HTTP/1.1 200");
            has(text, "Content-Type: application/json");
            has(text, "\"did hi\"");
            assert_int_equal(usher_worker_busy(crew->workers[at]), 0);
        }
    }
    crew_free(crew);
}

/* From its arrival on, wherever that was. */
static void the_way_to_its_worker_is_time_that_its_caller_waits(void **state)
{
    struct crew *crew = crew_new(flows);

    (void)state;
    crew->turn->delay_ms = 3400;
    crew_say(crew, 1, crew_key(2, 0), "hi");
    usher_clock_manual_advance(&crew->turn->time, 1000);
    turn_settle(crew->turn);
    assert_int_equal(crew->turn->asked, 1);
    turn_wait(crew->turn, 2990);
    assert_int_equal(crew->turn->answers, 0);
    turn_wait(crew->turn, 10);
    assert_int_equal(crew->turn->answers, 1);
    has(crew->turn->answer, "I am still working on it.");
    crew_free(crew);
}

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

static const char guarded[] = BODY("g", "in");
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
    sign(&pair, BODY("g", "In"), other, sizeof(other));
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
            text = post(crew, at, cases[i / 2].headers, guarded);
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
    has(post(crew, 1, "", "{\"message\":"), "HTTP/1.1 200");
    has(post(crew, 1, "", "[]"), "\"action\":\"reply\"");
    assert_int_equal(crew->workers[1]->counters.unreadable, 2);
    has(crew->turn->logged, "the body is not JSON");
    has(post(crew, 1, "", guarded), "did in");
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

/* ---- settings ---- */

static void all_follow_new_settings(void **state)
{
    char *const first[] = {"PARTNER=one", "TIME_ZONE=Asia/Kolkata",
                           "DEFAULT_REGION=NP", "SUGGESTIONS=objects", NULL};
    char *const second[] = {"PARTNER=two", "TIME_ZONE=Europe/Berlin",
                            "SUGGESTIONS=strings", NULL};
    struct crew *crew = crew_new(flows);

    (void)state;
    for (int round = 0; round < 2; round++) {
        crew_configure(crew, round ? second : first);
        for (size_t i = 0; i < CREW; i++) {
            crew_say(crew, 0, crew_key(i, 2), "where");
            turn_settle(crew->turn);
            has(crew->turn->answer,
                round ? "none Europe/Berlin two" : "NP Asia/Kolkata one");
            crew_say(crew, 0, crew_key(i, 2), "task");
            turn_settle(crew->turn);
            has(crew->turn->answer,
                round ? "\"suggestions\":[\"T\"]"
                      : "\"suggestions\":[{\"text\":\"T\",\"action_type\":"
                        "\"reply\",\"action_value\":\"1\"}]");
        }
    }
    crew_free(crew);
}

/* ---- what each is told ---- */

/* One task on each worker has failed, and waits; asked is 0. */
static void tasks_fail(struct crew *crew, unsigned status)
{
    crew->turn->status = status;
    for (size_t i = 0; i < CREW; i++) {
        crew_say(crew, 0, crew_key(i, 3), "task");
        turn_settle(crew->turn);
        assert_int_equal(crew->workers[i]->tasks->open, 1);
    }
    /* No guess may come too soon. */
    turn_wait(crew->turn, TASK_RETRY_FIRST_MS);
    crew->turn->status = 200;
    crew->turn->asked = 0;
}

static void what_is_done_by_one_is_news_for_all(void **state)
{
    (void)state;
    for (size_t at = 0; at < CREW; at++) {
        struct crew *crew = crew_new(flows);

        tasks_fail(crew, 401);
        crew_say(crew, 0, crew_key(at, 4), "task");
        turn_settle(crew->turn);
        for (size_t i = 0; i < CREW; i++)
            assert_int_equal(crew->workers[i]->tasks->open, 0);
        assert_int_equal(crew->turn->asked, CREW + 1);
        crew_free(crew);
    }
}

/* What is posted to one is for that one. */
static void each_is_woken_by_itself(void **state)
{
    struct crew *crew = crew_new(flows);

    (void)state;
    tasks_fail(crew, 401);
    crew->turn->status = 401;
    for (size_t i = 0; i < 2 * CREW; i++) {
        struct usher_worker *worker = crew->workers[i % CREW];

        assert_int_equal(worker->counters.tasks_open, 1);
        assert_int_equal(worker->counters.tasks_paused, 1);
        assert_int_equal(worker->counters.tasks_idle, 1);
        assert_int_equal(i < CREW ? usher_worker_token_works(worker)
                                  : usher_worker_wake_tasks(worker),
                         USHER_OK);
        turn_settle(crew->turn);
        assert_int_equal(crew->turn->asked, i + 1);
    }
    crew->turn->status = 200;
    for (size_t i = 0; i < CREW; i++)
        usher_worker_wake_tasks(crew->workers[i]);
    turn_settle(crew->turn);
    for (size_t i = 0; i < CREW; i++) {
        assert_int_equal(crew->workers[i]->counters.tasks_open, 0);
        assert_int_equal(crew->workers[i]->counters.tasks_idle, 0);
        assert_int_equal(crew->workers[i]->counters.tasks_done, 1);
    }
    crew_free(crew);
}

/* ---- the end ---- */

static void who_drains_takes_no_more_and_begins_no_task(void **state)
{
    struct crew *crew = crew_new(flows);
    struct serve *door = &crew->doors[1];
    int fd;

    (void)state;
    crew->turn->status = 429;
    crew_say(crew, 1, crew_key(1, 3), "task");
    turn_settle(crew->turn);
    assert_int_equal(crew->workers[1]->tasks->open, 1);
    crew->turn->status = 200;
    crew->turn->delay_ms = 1000;
    crew->turn->asked = 0;
    fd = crew_send(crew, 1, "POST /webhook", "", guarded, strlen(guarded));
    WAIT_FOR("a call to Zoho", crew->turn->asked != 0,
             usher_loop_step(door->loop, 20));
    assert_int_equal(usher_worker_busy(crew->workers[1]), 1);
    usher_worker_drain(crew->workers[1]);
    usher_worker_wake_tasks(crew->workers[1]);
    /* New tasks are kept for the next start. */
    crew_say(crew, 1, crew_key(1, 5), "task");
    turn_wait(crew->turn, 60000);
    has(crew_answer(crew, 1, fd), "did in");
    assert_int_equal(crew->turn->asked, 1);
    assert_int_equal(crew->workers[1]->tasks->open, 2);
    assert_int_equal(usher_worker_busy(crew->workers[1]), 0);
    crew_free(crew);
}

static void who_comes_after_the_end_gets_a_way_to_a_person(void **state)
{
    struct crew *crew = crew_new(flows);

    (void)state;
    crew->turn->hang = 1;
    crew_say(crew, 1, crew_key(1, 0), "at work");
    crew_say(crew, 1, crew_key(1, 0), "queued");
    turn_settle(crew->turn);
    assert_int_equal(crew->turn->asked, 1);
    usher_worker_close(crew->workers[1]);
    assert_int_equal(crew->turn->answers, 2);
    has(crew->turn->answer, "\"sorry\"],\"suggestions\":");
    for (size_t at = 0; at < 2; at++) {
        crew_say(crew, at, crew_key(1, 1), "later");
        turn_settle(crew->turn);
        assert_int_equal(crew->turn->answers, 3 + at);
        has(crew->turn->answer, "\"sorry\"],\"suggestions\":");
    }
    assert_int_equal(crew->turn->asked, 1);
    assert_int_equal(crew->workers[1]->counters.turns, 1);
    crew_free(crew);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_conversation_has_one_worker_wherever_it_comes_in),
        cmocka_unit_test(who_calls_hears_whichever_worker_has_it),
        cmocka_unit_test(the_way_to_its_worker_is_time_that_its_caller_waits),
        cmocka_unit_test(each_guard_alone_and_both_together),
        cmocka_unit_test(the_webhook_takes_post_and_answers_a_look),
        cmocka_unit_test(a_body_has_a_mebibyte_at_most),
        cmocka_unit_test(what_is_no_message_is_answered_and_counted),
        cmocka_unit_test(who_is_silent_is_let_go_after_75_seconds),
        cmocka_unit_test(all_follow_new_settings),
        cmocka_unit_test(what_is_done_by_one_is_news_for_all),
        cmocka_unit_test(each_is_woken_by_itself),
        cmocka_unit_test(who_drains_takes_no_more_and_begins_no_task),
        cmocka_unit_test(who_comes_after_the_end_gets_a_way_to_a_person),
    };

    return cmocka_run_group_tests_name("workers", tests, NULL, NULL);
}
