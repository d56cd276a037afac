/* tests/unit/engine_settings_test.c - threaded; settings of a running engine
 * that change: who has them then, what is refused, what is masked. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "engine_world.h"

#define MEMORY "DATABASE_URL=memory:\n"
#define GUARD "WEBHOOK_SECRET=open-sesame\n"
#define has(world, text) assert_non_null(strstr((world)->answer, text))
#define lacks(world, text) assert_null(strstr((world)->answer, text))

static void say_both(struct engine_world *world, int number, const char *what)
{
    for (size_t i = 0; i < ENGINE_WORKERS; i++) {
        engine_say(world, i, number, "hello");
        has(world, what);
    }
}

static void every_worker_has_what_was_set(void **state)
{
    struct engine_world world;

    (void)state;
    engine_open(&world, "");
    say_both(&world, 1, "shop none");
    engine_settings(&world, MEMORY "SHOP=corner\n");
    say_both(&world, 2, "shop corner");
    engine_settings(&world, MEMORY "SHOP=market\n");
    say_both(&world, 3, "shop market");
    engine_settings(&world, MEMORY);
    say_both(&world, 4, "shop none");
    engine_close(&world);
}

/* Of a file with an error nothing is used, and all of its errors are told. */
static void a_file_with_an_error_changes_nothing(void **state)
{
    struct engine_world world;

    (void)state;
    engine_open(&world, MEMORY GUARD "SHOP=corner\n");
    engine_settings(&world, MEMORY "SHOP=market\nRETENTION_DAYS=soon\n"
                                   "TIME_ZONE=Asia/Nowhere\n");
    assert_true(engine_has_problem(&world, "settings_refused"));
    has(&world, "RETENTION_DAYS");
    has(&world, "TIME_ZONE");
    assert_string_equal(usher_config_get(world.usher->config, "SHOP"),
                        "corner");
    assert_int_equal(engine_call(&world, "POST", "/webhook", NULL, "{}"), 401);
    engine_settings(&world, MEMORY GUARD "SHOP=market\n");
    assert_false(engine_has_problem(&world, "settings_refused"));
    assert_string_equal(usher_config_get(world.usher->config, "SHOP"),
                        "market");
    engine_close(&world);
}

static void a_start_is_refused_with_all_that_is_wrong(void **state)
{
    struct engine_world world;

    (void)state;
    engine_open(&world, "");
    engine_end(&world);
    engine_env(&world, MEMORY "RETENTION_DAYS=soon\nTIME_ZONE=Asia/Nowhere\n");
    assert_false(engine_begin(&world));
    assert_non_null(strstr(world.error, ".env:6: RETENTION_DAYS"));
    assert_non_null(strstr(world.error, ".env:7: TIME_ZONE"));
    engine_env(&world, MEMORY "SALESIQ_PUBLIC_KEY=AAAA\n");
    assert_false(engine_begin(&world));
    assert_non_null(strstr(world.error, ".env:6: SALESIQ_PUBLIC_KEY"));
    engine_env(&world, MEMORY "ADMIN_GROUP=no-such-group\n");
    assert_false(engine_begin(&world));
    assert_non_null(strstr(world.error, ".env:6: ADMIN_GROUP"));
    engine_save(&world, ".env", MEMORY "DESK_URL=http://127.0.0.1:1\n");
    assert_false(engine_begin(&world));
    assert_non_null(strstr(world.error, "OAUTH_REFRESH_TOKEN"));
    /* Flows that do not load, and none from before. */
    engine_env(&world, MEMORY);
    engine_save(&world, "flows/first.lua", "return function(\n");
    assert_false(engine_begin(&world));
    assert_non_null(strstr(world.error, "flows/first.lua:"));
    engine_save(&world, "flows/first.lua", "return function() end\n");
    assert_true(engine_begin(&world));
    engine_close(&world);
}

static void a_key_that_cannot_be_read_replaces_none(void **state)
{
    struct engine_world world;

    (void)state;
    engine_open(&world, MEMORY GUARD);
    engine_settings(&world, MEMORY "SALESIQ_PUBLIC_KEY=AAAA\n");
    assert_true(engine_has_problem(&world, "settings_refused"));
    assert_int_equal(engine_call(&world, "POST", "/webhook", NULL, "{}"), 401);
    engine_close(&world);
}

static void what_waits_for_a_restart_is_told_until_it_is_as_it_was(void **state)
{
    struct engine_world world;

    (void)state;
    engine_open(&world, MEMORY GUARD);
    engine_settings(&world,
                    "DATABASE_URL=sqlite:other.db\n" GUARD "LOG_FORMAT=json\n");
    assert_true(engine_has_problem(&world, "restart_needed DATABASE_URL"));
    assert_true(engine_has_problem(&world, "restart_needed LOG_FORMAT"));
    engine_settings(&world, MEMORY GUARD "LOG_FORMAT=json\n");
    assert_false(engine_has_problem(&world, "restart_needed DATABASE_URL"));
    assert_true(engine_has_problem(&world, "restart_needed LOG_FORMAT"));
    engine_settings(&world, MEMORY GUARD);
    assert_false(engine_has_problem(&world, "restart_needed"));
    engine_close(&world);
}

/* All secrets that there are, each a word of its own that looks like none. */
static void word_of(size_t setting, const char *word, char out[64])
{
    snprintf(out, 64, "%s%c%c", word, (char)('a' + setting / 26),
             (char)('a' + setting % 26));
}

static int is_mine(const struct usher_setting_info *info)
{
    return info->secret && strcmp(info->name, "OAUTH_ACCESS_TOKEN") != 0;
}

static void secrets_write(char *out, size_t size, const char *word)
{
    size_t len = (size_t)snprintf(out, size, MEMORY);

    for (size_t i = 0; i < USHER_SETTING_COUNT; i++) {
        const struct usher_setting_info *info = usher_setting_at(i);
        char value[64];

        word_of(i, word, value);
        if (is_mine(info))
            len += (size_t)snprintf(out + len, size - len, "%s=%s\n",
                                    info->name, value);
    }
    assert_true(len < size);
}

static void assert_hidden(struct engine_world *world, const char *word)
{
    unsigned count = 0;

    for (size_t i = 0; i < USHER_SETTING_COUNT; i++) {
        char value[64], said[128];

        if (!is_mine(usher_setting_at(i)))
            continue;
        count++;
        word_of(i, word, value);
        snprintf(said, sizeof(said), "it was %s, then", value);
        usher_problem_raise(world->usher->problems, USHER_PROBLEM_EDIT_REFUSED,
                            NULL, said, NULL);
        assert_true(engine_has_problem(world, "edit_refused"));
        has(world, "it was [secret], then");
    }
    assert_true(count >= 10);
}

static void no_secret_is_shown_of_the_start_or_of_a_change(void **state)
{
    struct engine_world world;
    char env[1900];

    (void)state;
    secrets_write(env, sizeof(env), "swordfish");
    engine_open(&world, env);
    assert_hidden(&world, "swordfish");
    secrets_write(env, sizeof(env), "marigold");
    engine_settings(&world, env);
    assert_hidden(&world, "marigold");
    assert_hidden(&world, "swordfish");
    engine_close(&world);
}

static void a_new_token_is_used(void **state)
{
    struct engine_world world;
    const struct usher_tokens *tokens;

    (void)state;
    engine_open(&world, MEMORY "DESK_ACCESS_TOKEN=1000.first-token\n");
    engine_settings(&world, MEMORY "DESK_ACCESS_TOKEN=1000.other-token\n");
    tokens = usher_credentials_tokens(world.usher->credentials);
    assert_string_equal(tokens->token[USHER_CREDENTIAL_DESK].header,
                        "Zoho-oauthtoken 1000.other-token");
    usher_tokens_release(tokens);
    engine_close(&world);
}

/* They are nobody's. */
static void the_simulators_tokens_stay_out_of_the_file(void **state)
{
    static const char env[] = MEMORY "SHOP=corner\n";
    struct engine_world world;
    unsigned short port;
    char path[96], text[256] = "";
    FILE *file;

    (void)state;
    engine_open(&world, "");
    engine_end(&world);
    engine_save(&world, ".env", env);
    engine_save(&world, "flows/first.lua",
                "return function(chat)\n"
                "  chat:say(zoho.desk.list_calls {} and 'calls' or 'none')\n"
                "end\n");
    assert_true(engine_begin(&world));
    assert_true(usher_simulator_port(world.usher) > 0);
    assert_false(engine_has_problem(&world, "webhook_open")); /* it may be */
    port = world.port;
    world.port = (unsigned short)usher_simulator_port(world.usher);
    assert_int_equal(
        engine_call(&world, "POST", "/_token", NULL,
                    "{\"credential\":\"default\",\"expire\":\"access\"}"),
        200);
    world.port = port;
    engine_say(&world, 0, 1, "hello"); /* with a token that is new by then */
    has(&world, "\"calls\"");
    snprintf(path, sizeof(path), "%s/.env", world.folder);
    file = fopen(path, "r");
    assert_non_null(file);
    assert_true(fread(text, 1, sizeof(text) - 1, file) > 0);
    fclose(file);
    assert_string_equal(text, env);
    engine_close(&world);
}

static void a_new_host_is_used(void **state)
{
    struct engine_world world;
    const struct usher_tokens *tokens;

    (void)state;
    engine_open(&world, "");
    engine_save(&world, ".env",
                MEMORY
                "OAUTH_ACCESS_TOKEN=1000.0123456789abcdef\n"
                "SALESIQ_URL=http://127.0.0.1:2\nDESK_URL=http://127.0.0.1:2\n"
                "ZOHO_ACCOUNTS_URL=http://127.0.0.1:2\n");
    settings_reload(world.usher, NULL);
    tokens = usher_credentials_tokens(world.usher->credentials);
    assert_memory_equal(&tokens->settings, &world.usher->zoho,
                        sizeof(tokens->settings));
    assert_non_null(strstr(world.usher->zoho.hosts.base[1], "127.0.0.1:2"));
    usher_tokens_release(tokens);
    engine_close(&world);
}

static void an_edit_that_waited_for_a_setting_is_live_with_it(void **state)
{
    struct engine_world world;

    (void)state;
    engine_open(&world, "");
    engine_save(&world, "flows/init.lua",
                "return { settings = { 'SHOP', { 'CITY', required = true } },\n"
                "  flows = { { 'first', fallback = true } } }\n");
    engine_save(&world, "flows/first.lua",
                "return function(chat) chat:say('in ' .. config.CITY) end\n");
    (void)usher_reload_folder_changed(world.usher->reload);
    engine_await_problem(&world, "edit_refused", 1);
    engine_settings(&world, MEMORY "CITY=Pune\n");
    engine_await_problem(&world, "edit_refused", 0);
    say_both(&world, 1, "in Pune");
    engine_close(&world);
}

static unsigned open_call(struct engine_world *world)
{
    return engine_call(world, "POST", "/webhook", NULL, "{}");
}

/* .env is this now, and who wrote it is known so far. */
static int changes(struct engine_world *world, const char *env,
                   enum usher_writer writer)
{
    int is_done;

    engine_env(world, env);
    is_done = settings_changed(world->usher, writer);
    engine_settle(world);
    return is_done;
}

/* Who took the guard out may not be done yet. */
static void a_guard_goes_when_the_file_is_known_to_be_whole(void **state)
{
    struct engine_world world;

    (void)state;
    engine_open(&world, MEMORY GUARD "SHOP=corner\n");
    assert_false(changes(&world, MEMORY "SHOP=corner\n", USHER_WRITER_UNKNOWN));
    assert_int_equal(open_call(&world), 401);
    assert_true(changes(&world, MEMORY "SHOP=corner\n", USHER_WRITER_AT_WORK));
    assert_int_equal(open_call(&world), 401);
    assert_true(engine_has_problem(&world, "settings_file") ||
                engine_has_problem(&world, "settings_guard"));
    assert_true(changes(&world, MEMORY "SHOP=corner\n", USHER_WRITER_DONE));
    assert_int_equal(open_call(&world), 200);
    assert_false(engine_has_problem(&world, "settings_file"));
    assert_false(engine_has_problem(&world, "settings_guard"));
    assert_true(engine_has_problem(&world, "webhook_open"));
    engine_close(&world);
}

static unsigned call_with(struct engine_world *world, const char *secret)
{
    char header[64];

    snprintf(header, sizeof(header), "X-Webhook-Secret: %s\r\n", secret);
    return engine_call(world, "POST", "/webhook", header, "{}");
}

/* Calls are spread over the workers, by the kernel: enough for each. */
static void a_new_secret_is_asked_for_everywhere(void **state)
{
    struct engine_world world;

    (void)state;
    engine_open(&world, MEMORY GUARD);
    engine_settings(&world, MEMORY "WEBHOOK_SECRET=open-barley\n");
    for (int i = 0; i < 16; i++) {
        assert_int_equal(call_with(&world, "open-sesame"), 401);
        assert_int_equal(open_call(&world), 401);
        assert_int_equal(call_with(&world, "open-barley"), 200);
    }
    engine_close(&world);
}

static void a_file_that_is_gone_takes_nothing_away(void **state)
{
    struct engine_world world;
    char path[96];

    (void)state;
    engine_open(&world, MEMORY GUARD);
    snprintf(path, sizeof(path), "%s/.env", world.folder);
    unlink(path);
    assert_int_equal(settings_changed(world.usher, USHER_WRITER_DONE), 1);
    assert_int_equal(open_call(&world), 401);
    settings_reload(world.usher, NULL); /* not even where a person asks */
    assert_int_equal(open_call(&world), 401);
    assert_true(engine_has_problem(&world, "settings_file"));
    assert_true(changes(&world, MEMORY GUARD, USHER_WRITER_DONE));
    assert_false(engine_has_problem(&world, "settings_file"));
    engine_close(&world);
}

static void the_last_credential_is_not_taken_away(void **state)
{
    struct engine_world world;

    (void)state;
    engine_open(&world, MEMORY GUARD);
    engine_save(&world, ".env",
                MEMORY GUARD "SHOP=market\n"
                             "DESK_URL=http://127.0.0.1:1\n");
    settings_reload(world.usher, NULL);
    assert_true(engine_has_problem(&world, "settings_refused"));
    assert_null(usher_config_get(world.usher->config, "SHOP"));
    engine_close(&world);
}

/* The same word, once it is used. */
static void what_is_said_of_a_change_goes_to_who_asked(void **state)
{
    struct engine_world world;
    struct usher_buffer notes;

    (void)state;
    engine_open(&world, MEMORY GUARD);
    usher_buffer_init(&notes, 0);
    engine_env(&world, MEMORY GUARD "SHOP=corner\nSHPO=x\nLOG_FORMAT=json\n");
    settings_reload(world.usher, &notes);
    usher_buffer_byte(&notes, '\0');
    assert_non_null(strstr(notes.data, "\"a changed setting is used: SHOP\""));
    assert_non_null(strstr(notes.data,
                           "\"a changed setting waits for the next start: "
                           "LOG_FORMAT\""));
    assert_non_null(strstr(notes.data, "nobody knows the setting SHPO"));
    assert_non_null(strstr(notes.data, "\",\""));
    usher_buffer_free(&notes);
    engine_close(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_worker_has_what_was_set),
        cmocka_unit_test(a_file_with_an_error_changes_nothing),
        cmocka_unit_test(a_start_is_refused_with_all_that_is_wrong),
        cmocka_unit_test(a_key_that_cannot_be_read_replaces_none),
        cmocka_unit_test(
            what_waits_for_a_restart_is_told_until_it_is_as_it_was),
        cmocka_unit_test(no_secret_is_shown_of_the_start_or_of_a_change),
        cmocka_unit_test(a_new_token_is_used),
        cmocka_unit_test(the_simulators_tokens_stay_out_of_the_file),
        cmocka_unit_test(a_new_host_is_used),
        cmocka_unit_test(an_edit_that_waited_for_a_setting_is_live_with_it),
        cmocka_unit_test(a_guard_goes_when_the_file_is_known_to_be_whole),
        cmocka_unit_test(a_new_secret_is_asked_for_everywhere),
        cmocka_unit_test(a_file_that_is_gone_takes_nothing_away),
        cmocka_unit_test(the_last_credential_is_not_taken_away),
        cmocka_unit_test(what_is_said_of_a_change_goes_to_who_asked),
    };

    return cmocka_run_group_tests_name("engine_settings", tests, NULL, NULL);
}
