/* tests/unit/engine_admin_test.c - threaded; the pages of a running engine: who
 * gets into /admin, what /readyz and /metrics tell, what the calls answer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "engine_world.h"

#define TOKEN "a-token-of-the-admin"
#define RIGHT "Authorization: Bearer " TOKEN "\r\n"
#define has(world, text) assert_non_null(strstr((world)->answer, text))

static unsigned get(struct engine_world *world, const char *path,
                    const char *headers)
{
    return engine_call(world, "GET", path, headers, NULL);
}

static unsigned post(struct engine_world *world, const char *path)
{
    return engine_call(world, "POST", path, RIGHT, "");
}

/* ---- who gets in ---- */

static void without_a_token_nobody_is_the_admin(void **state)
{
    static const char *const headers[] = {
        NULL,
        "Authorization:\r\n",
        "Authorization: Bearer \r\n",
        "Authorization: Bearer x\r\n",
        RIGHT,
    };
    struct engine_world world;

    (void)state;
    engine_open(&world, "");
    for (size_t i = 0; i < sizeof(headers) / sizeof(headers[0]); i++) {
        assert_int_equal(get(&world, "/admin/versions", headers[i]), 401);
        assert_int_equal(
            engine_call(&world, "POST", "/admin/reload", headers[i], ""), 401);
    }
    engine_close(&world);
}

static void only_the_whole_token_opens_admin(void **state)
{
    static const char *const wrong[] = {
        NULL,
        "Authorization: Bearer \r\n",
        "Authorization: Bearer a-token-of-the-admi\r\n",
        "Authorization: Bearer a-token-of-the-adminx\r\n",
        "Authorization: Bearer A-token-of-the-admin\r\n",
        "Authorization: Basic " TOKEN "\r\n",
        "X-Webhook-Secret: " TOKEN "\r\n",
    };
    struct engine_world world;

    (void)state;
    engine_open(&world, "DATABASE_URL=memory:\nADMIN_TOKEN=" TOKEN "\n"
                        "WEBHOOK_SECRET=another-secret-word\n");
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
        assert_int_equal(get(&world, "/admin/versions", wrong[i]), 401);
    has(&world, "ADMIN_TOKEN");
    assert_int_equal(get(&world, "/admin/versions", RIGHT), 200);
    assert_int_equal(get(&world, "/admin/versions?token=" TOKEN, NULL), 401);
    /* Another one counts at once, and none at all. */
    engine_settings(&world, "DATABASE_URL=memory:\n"
                            "WEBHOOK_SECRET=another-secret-word\n"
                            "ADMIN_TOKEN=another-admin-token\n");
    assert_int_equal(get(&world, "/admin/versions", RIGHT), 401);
    assert_int_equal(get(&world, "/admin/versions",
                         "Authorization: Bearer another-admin-token\r\n"),
                     200);
    engine_settings(&world, "DATABASE_URL=memory:\n"
                            "WEBHOOK_SECRET=another-secret-word\n");
    assert_int_equal(get(&world, "/admin/versions",
                         "Authorization: Bearer another-admin-token\r\n"),
                     401);
    assert_int_equal(get(&world, "/healthz", NULL), 200);
    engine_close(&world);
}

/* Those who may open it need no token there. */
static void the_socket_is_its_owners_and_goes_with_the_engine(void **state)
{
    struct engine_world world;
    struct stat info;
    char path[96], env[96];

    (void)state;
    snprintf(env, sizeof(env), "DATABASE_URL=sqlite:usher.db\nADMIN_GROUP=%u\n",
             (unsigned)getegid());
    engine_open(&world, "DATABASE_URL=sqlite:usher.db\n");
    snprintf(path, sizeof(path), "%s/usher.db.socket", world.folder);
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
    engine_settings(&world, env);
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0660);
    engine_end(&world);
    assert_int_not_equal(stat(path, &info), 0);
    assert_true(engine_begin(&world));
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0660);
    engine_settings(&world, "DATABASE_URL=sqlite:usher.db\n");
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
    engine_close(&world);
}

/* ---- what is told ---- */

static void readyz_says_what_is_so(void **state)
{
    struct engine_world world;

    (void)state;
    engine_open(&world, "DATABASE_URL=memory:\nWEBHOOK_SECRET=open-sesame\n");
    assert_int_equal(get(&world, "/readyz", NULL), 200);
    has(&world, "{\"status\":\"ok\",\"version\":\"");
    has(&world, "\"problems\":[]}");
    engine_settings(&world, "DATABASE_URL=memory:\n");
    assert_int_equal(get(&world, "/readyz", NULL), 200);
    has(&world, "\"status\":\"degraded\"");
    has(&world, "\"code\":\"webhook_open\"");
    engine_settings(&world,
                    "DATABASE_URL=memory:\nWEBHOOK_SECRET=open-sesame\n");
    assert_int_equal(get(&world, "/readyz", NULL), 200);
    has(&world, "\"status\":\"ok\"");
#ifdef USHER_FAULTS
    usher_store_fault(world.usher->store, USHER_STORE_FAULT_COMMIT);
    (void)engine_call(&world, "POST", "/webhook/salesiq",
                      "X-Webhook-Secret: open-sesame\r\n",
                      "{\"handler\":\"message\",\"message\":{\"text\":\"x\"},"
                      "\"visitor\":{\"active_conversation_id\":\"1\"}}");
    assert_int_equal(get(&world, "/readyz", NULL), 503);
    has(&world, "\"status\":\"failing\"");
    has(&world, "\"code\":\"store_failing\"");
    usher_store_fault(world.usher->store, USHER_STORE_FAULT_NONE);
    engine_await_problem(&world, "store_failing", 0);
    assert_int_equal(get(&world, "/readyz", NULL), 200);
#endif
    engine_close(&world);
}

/* Accounts cannot be reached: each set that must be renewed waits. */
static void every_credential_is_looked_at(void **state)
{
    static const char *const waits[] = {"credential_waiting default",
                                        "credential_waiting salesiq",
                                        "credential_waiting visitor",
                                        "credential_waiting desk"};
    struct engine_world world;

    (void)state;
    engine_open(&world, "DATABASE_URL=memory:\n"
                        "OAUTH_ACCESS_TOKEN=\n"
                        "OAUTH_REFRESH_TOKEN=1000.refresh-one\n"
                        "OAUTH_CLIENT_ID=1000.ID\n"
                        "OAUTH_CLIENT_SECRET=a-client-secret\n"
                        "SALESIQ_REFRESH_TOKEN=1000.refresh-two\n"
                        "SALESIQ_VISITOR_REFRESH_TOKEN=1000.refresh-three\n"
                        "DESK_REFRESH_TOKEN=1000.refresh-four\n");
    for (size_t i = 0; i < sizeof(waits) / sizeof(waits[0]); i++)
        engine_await_problem(&world, waits[i], 1);
    /* Those that are not there any more wait for nothing. */
    engine_settings(&world, "DATABASE_URL=memory:\n");
    for (size_t i = 0; i < sizeof(waits) / sizeof(waits[0]); i++)
        engine_await_problem(&world, waits[i], 0);
    engine_close(&world);
}

static unsigned long metric(struct engine_world *world, const char *name)
{
    char line[96];
    const char *at;
    unsigned long value = 99999;

    assert_int_equal(get(world, "/metrics", NULL), 200);
    snprintf(line, sizeof(line), "\n%s ", name);
    at = strstr(world->answer, line);
    if (at)
        sscanf(at + strlen(line), "%lu", &value);
    return value;
}

static void metrics_count_every_worker_and_name_every_problem(void **state)
{
    struct engine_world world;

    (void)state;
    engine_open(&world, "");
    for (int i = 0; i < 3; i++) {
        engine_say(&world, 0, i, "hello");
        engine_say(&world, 1, i, "hello");
        engine_say(&world, 1, i, "hello again");
    }
    assert_int_equal(metric(&world, "usher_turns_total"), 9);
    assert_int_equal(metric(&world, "usher_reloads_total"), 1);
    assert_int_equal(metric(&world, "usher_reloads_refused_total"), 0);
    for (int code = 0; code < USHER_PROBLEM_COUNT; code++) {
        char name[96];

        snprintf(name, sizeof(name), "usher_problems{code=\"%s\"}",
                 usher_problem_name((enum usher_problem)code));
        assert_int_equal(metric(&world, name),
                         code == USHER_PROBLEM_WEBHOOK_OPEN);
    }
    assert_int_equal(metric(&world, "usher_tasks_waiting{reason=\"unclear\"}"),
                     0);
    engine_close(&world);
}

/* ---- the calls ---- */

static void version_put(struct engine_world *world, const char *hash)
{
    struct usher_commit *commit = usher_commit_new();
    enum usher_status st;

    usher_commit_version(commit, hash, 1, "text", 4);
    assert_true(
        usher_store_submit(world->usher->store, commit, NULL, NULL, NULL, &st));
    assert_int_equal(st, USHER_OK);
}

static void a_version_is_named_by_six_digits_that_are_its_own(void **state)
{
    struct engine_world world;
    char hash[65], path[96];
    struct usher_reload_status status;

    (void)state;
    engine_open(&world, "DATABASE_URL=memory:\nADMIN_TOKEN=" TOKEN "\n");
    usher_reload_status(world.usher->reload, &status);
    snprintf(hash, sizeof(hash), "%s", status.hash);
    snprintf(path, sizeof(path), "/admin/version?hash=%.5s", hash);
    assert_int_equal(get(&world, path, RIGHT), 422);
    snprintf(path, sizeof(path), "/admin/version?hash=%.6s", hash);
    assert_int_equal(get(&world, path, RIGHT), 200);
    has(&world, "\"first.lua\":");
    assert_int_equal(get(&world, "/admin/version?hash=00000000", RIGHT), 404);
    assert_int_equal(get(&world, "/admin/version", RIGHT), 422);
    version_put(&world, "abcdef0123456789");
    assert_int_equal(get(&world, "/admin/version?hash=abcdef", RIGHT), 409);
    version_put(&world, "abcdef1123456789");
    assert_int_equal(get(&world, "/admin/version?hash=abcdef", RIGHT), 404);
    has(&world, "several versions");
    assert_int_equal(get(&world, "/admin/version?hash=abcdef0", RIGHT), 409);
    engine_close(&world);
}

static void task_put(struct engine_world *world, const char *id)
{
    struct usher_task_row row = {.id = id,
                                 .name = "job",
                                 .data = "",
                                 .state = USHER_TASK_DEAD,
                                 .created_ms = 1};
    struct usher_commit *commit = usher_commit_new();
    enum usher_status st;

    usher_commit_task(commit, &row);
    assert_true(
        usher_store_submit(world->usher->store, commit, NULL, NULL, NULL, &st));
    assert_int_equal(st, USHER_OK);
}

static void a_task_is_named_by_six_digits_that_are_its_own(void **state)
{
    struct engine_world world;

    (void)state;
    engine_open(&world, "DATABASE_URL=memory:\nADMIN_TOKEN=" TOKEN "\n");
    task_put(&world, "abcdef01");
    task_put(&world, "abcdef02");
    assert_int_equal(post(&world, "/admin/retry?id=abcde"), 422);
    assert_int_equal(post(&world, "/admin/retry?id=123456"), 404);
    assert_int_equal(post(&world, "/admin/retry?id=abcdef"), 404);
    has(&world, "several tasks");
    assert_int_equal(get(&world, "/admin/retry?id=abcdef01", RIGHT), 404);
    engine_close(&world);
}

static void what_a_call_cannot_do_is_no_success(void **state)
{
    struct engine_world world;

    (void)state;
    engine_open(&world, "DATABASE_URL=memory:\nADMIN_TOKEN=" TOKEN "\n");
    assert_int_equal(get(&world, "/admin/nothing", RIGHT), 404);
    assert_int_equal(get(&world, "/admin/reload", RIGHT), 404);
    assert_int_equal(post(&world, "/admin/versions"), 404);
    assert_int_equal(get(&world, "/admin/conversation?key=siq:9", RIGHT), 404);
    assert_int_equal(get(&world, "/admin/turns?key=siq:9", RIGHT), 404);
    assert_int_equal(get(&world, "/admin/conversation", RIGHT), 422);
    assert_int_equal(get(&world, "/admin/conversations?limit=0", RIGHT), 422);
    assert_int_equal(post(&world, "/admin/rollback?hash=12345"), 422);
    assert_int_equal(post(&world, "/admin/rollback"), 422);
    assert_int_equal(post(&world, "/admin/reload"), 200);
    has(&world, "\"changed\":false");
    engine_save(&world, "flows/first.lua", "return function(\n");
    assert_int_equal(post(&world, "/admin/reload"), 422);
    has(&world, "flows/first.lua:");
    assert_int_equal(get(&world, "/nothing", NULL), 404);
    engine_close(&world);
}

static void
conversations_are_listed_and_searched_one_after_the_other(void **state)
{
    struct engine_world world;

    (void)state;
    engine_open(&world, "DATABASE_URL=memory:\nADMIN_TOKEN=" TOKEN "\n");
    engine_say(&world, 0, 1, "the printer");
    engine_say(&world, 1, 2, "the shoe");
    for (int i = 0; i < 2; i++) {
        assert_int_equal(
            get(&world, "/admin/conversations?search=printer", RIGHT), 200);
        has(&world, "the printer");
        assert_null(strstr(world.answer, "the shoe"));
        has(&world, "\"most\":10000}");
    }
    assert_int_equal(get(&world, "/admin/conversations?limit=1", RIGHT), 200);
    has(&world, "\"looked\":1,");
    engine_close(&world);
}

static void a_reload_reads_the_settings_too(void **state)
{
    struct engine_world world;

    (void)state;
    engine_open(&world, "DATABASE_URL=memory:\nADMIN_TOKEN=" TOKEN "\n");
    engine_env(&world, "DATABASE_URL=memory:\nADMIN_TOKEN=" TOKEN "\n"
                       "SHOP=corner\n");
    assert_int_equal(post(&world, "/admin/rollback?hash=000000"), 422);
    engine_say(&world, 0, 1, "hello");
    has(&world, "shop none");
    assert_int_equal(post(&world, "/admin/reload"), 200);
    has(&world, "\"a changed setting is used: SHOP\"");
    engine_settle(&world);
    engine_say(&world, 0, 2, "hello");
    has(&world, "shop corner");
    engine_close(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_a_token_nobody_is_the_admin),
        cmocka_unit_test(only_the_whole_token_opens_admin),
        cmocka_unit_test(the_socket_is_its_owners_and_goes_with_the_engine),
        cmocka_unit_test(readyz_says_what_is_so),
        cmocka_unit_test(every_credential_is_looked_at),
        cmocka_unit_test(metrics_count_every_worker_and_name_every_problem),
        cmocka_unit_test(a_version_is_named_by_six_digits_that_are_its_own),
        cmocka_unit_test(a_task_is_named_by_six_digits_that_are_its_own),
        cmocka_unit_test(what_a_call_cannot_do_is_no_success),
        cmocka_unit_test(a_reload_reads_the_settings_too),
        cmocka_unit_test(
            conversations_are_listed_and_searched_one_after_the_other),
    };

    return cmocka_run_group_tests_name("engine_admin", tests, NULL, NULL);
}
