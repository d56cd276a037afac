/* tests/unit/credential_keep_test.c - what of the credentials outlives the
 * process: the store and the .env. */
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "patience.h"
#include "store_disk.h"
#include "zoho/credential_internal.h"
#include "zoho_case.h"

/* ---- What outlives the process ---- */

static void a_kept_token_beats_an_older_setting(void **state)
{
    struct zoho_world *world = *state;

    world_set(world, "OAUTH_ACCESS_TOKEN=1000.old.one");
    world_start(world);
    world_refuse(world, 0);
    assert_int_equal(world->refreshes, 1);
    world_stop(world);
    world_start(world);
    assert_string_equal(world_token(world, 0)->header,
                        "Zoho-oauthtoken 1000.t1.x");
    assert_int_equal(world_token(world, 0)->expires_ms,
                     WORLD_START + 60 * MINUTE);
    assert_int_equal(world->refreshes, 1);
}

static void a_value_that_a_person_changed_wins(void **state)
{
    struct zoho_world *world = *state;

    world_set(world, "OAUTH_ACCESS_TOKEN=1000.old.one");
    world_start(world);
    world_refuse(world, 0);
    world_stop(world);
    world_set(world, "OAUTH_ACCESS_TOKEN=1000.by.hand");
    world_start(world);
    assert_string_equal(world_token(world, 0)->header,
                        "Zoho-oauthtoken 1000.by.hand");
    world_stop(world);
    world_start(world); /* and stays, seen now */
    assert_string_equal(world_token(world, 0)->header,
                        "Zoho-oauthtoken 1000.by.hand");
}

static void another_refresh_token_drops_the_kept_one(void **state)
{
    struct zoho_world *world = *state;

    world_start(world);
    world_stop(world);
    world_set(world, "OAUTH_REFRESH_TOKEN=1000.refresh.two");
    world_start(world);
    assert_int_equal(world->refreshes, 2);
    assert_non_null(strstr(world->form, "refresh.two"));
}

static void a_kept_token_that_ran_out_is_renewed(void **state)
{
    struct zoho_world *world = *state;

    world_start(world);
    world_stop(world);
    world_advance(world, 120 * MINUTE);
    world_start(world);
    assert_int_equal(world->refreshes, 2);
    assert_int_equal(zoho_state(world, 0), USHER_CREDENTIAL_ALIVE);
}

#ifdef USHER_FAULTS
static void what_the_store_did_not_take_is_kept_later(void **state)
{
    struct zoho_world *world = *state;

    usher_store_fault(world->store, USHER_STORE_FAULT_COMMIT);
    world_start(world);
    assert_int_equal(world->refreshes, 1);
    world_advance(world, 10000);
    usher_store_fault(world->store, USHER_STORE_FAULT_NONE);
    world_advance(world, MINUTE / 2);
    world_stop(world);
    world_start(world);
    assert_string_equal(world_token(world, 0)->header,
                        "Zoho-oauthtoken 1000.t1.x");
    assert_int_equal(world->refreshes, 1);
    /* The count was kept, too: four more are allowed. */
    for (int i = 0; i < 8; i++) {
        world_advance(world, MINUTE);
        world_refuse(world, 0);
    }
    assert_in_range(world->refreshes, 2, 5);
}
#endif

/* The world on a database; disk_hold() lets its disk take its time. */
static void database_open(struct zoho_world *world)
{
    struct usher_store_options store = {.url = "sqlite:usher.db"};

    disk_begin();
    usher_store_close(world->store);
    store.base = world->folder;
    store.clock = &world->time.clock;
    store.log = world->log;
    assert_int_equal(usher_store_open(&store, &world->store, NULL), USHER_OK);
}

static void database_remove(struct zoho_world *world)
{
    static const char *const ends[] = {"", "-wal", "-shm", ".lock"};
    char path[PATH_MAX];

    world_stop(world);
    usher_store_close(world->store);
    world->store = NULL;
    disk_end();
    for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
        snprintf(path, sizeof(path), "%s/usher.db%s", world->folder, ends[i]);
        unlink(path);
    }
}

/* The thread of the database has not told of all records yet. */
static int is_keeping(const struct zoho_world *world)
{
    return world->credentials->records_decided < world->credentials->records;
}

/* A crash between the request and its count would let the next start make one
 * more than it may. */
static void a_refresh_is_sent_when_its_count_is_kept(void **state)
{
    struct zoho_world *world = *state;

    database_open(world);
    disk_hold();
    world_start(world);
    world_settle(world);
    assert_int_equal(world->refreshes, 0);
    disk_go_on();
    WAIT_FOR("a refresh that is kept",
             zoho_state(world, 0) == USHER_CREDENTIAL_ALIVE &&
                 !is_keeping(world),
             usher_loop_step(world->loop, -1));
    assert_int_equal(world->refreshes, 1);
    database_remove(world);
}

/* All that wait for the same commit go. */
static void each_refresh_goes_when_its_count_is_kept(void **state)
{
    static const enum usher_credential_id sets[] = {USHER_CREDENTIAL_DEFAULT,
                                                    USHER_CREDENTIAL_SALESIQ,
                                                    USHER_CREDENTIAL_DESK};
    struct zoho_world *world = *state;
    struct asked asked[3] = {{0}};
    size_t i;

    database_open(world);
    world_set(world, "DESK_REFRESH_TOKEN=1000.refresh.desk");
    world_set(world, "SALESIQ_REFRESH_TOKEN=1000.refresh.salesiq");
    world_start(world);
    WAIT_FOR("the first three", world->refreshes == 3 && !is_keeping(world),
             usher_loop_step(world->loop, 1));
    disk_hold();
    for (i = 0; i < 3; i++) {
        asked[i].set = sets[i];
        assert_int_equal(usher_credentials_refresh(world->credentials, sets[i],
                                                   world->loop, world_asked,
                                                   &asked[i], NULL),
                         USHER_OK);
    }
    world_settle(world);
    assert_int_equal(world->refreshes, 3);
    for (i = 0; i < 3; i++) /* nor is one said to have failed */
        assert_int_equal(asked[i].answers, 0);
    disk_go_on();
    for (i = 0; i < 3; i++)
        WAIT_FOR("a refresh that is kept",
                 asked[i].answers > 0 && !is_keeping(world),
                 usher_loop_step(world->loop, -1));
    assert_int_equal(world->refreshes, 6);
    for (i = 0; i < 3; i++)
        assert_int_equal(asked[i].status, USHER_OK);
    database_remove(world);
}

/* A store that fails costs the count of a crash, no visitor's answer. */
static void a_refresh_waits_for_no_store_that_fails(void **state)
{
    struct zoho_world *world = *state;

    database_open(world);
    (void)disk_refuse(DISK_WRITE, 1, SQLITE_FULL);
    world_start(world);
    WAIT_FOR("word of the store", world->credentials->records_decided > 0,
             usher_loop_step(world->loop, -1));
    world_settle(world);
    assert_true(disk_refuse(DISK_NOTHING, 1, 0));
    assert_int_equal(world->refreshes, 1);
    assert_int_equal(zoho_state(world, 0), USHER_CREDENTIAL_ALIVE);
    database_remove(world);
}

/* Nobody waits for ever for a refresh that could not even be sent. */
static void who_waits_for_the_count_hears_of_a_failure(void **state)
{
    struct zoho_world *world = *state;
    struct asked asked;

    database_open(world);
    disk_hold();
    strcpy(world->settings.hosts.base[USHER_ZOHO_ACCOUNTS], "ftp://a b");
    world_start(world);
    world_ask(world, 0, 0, &asked);
    world_settle(world);
    assert_int_equal(asked.answers, 0);
    disk_go_on();
    WAIT_FOR("word of the failure", asked.answers > 0 && !is_keeping(world),
             usher_loop_step(world->loop, -1));
    assert_int_equal(asked.status, USHER_ERR_INVALID);
    assert_int_equal(asked.kind, USHER_KIND_OFFLINE);
    assert_int_equal(world_logged(world, "refresh failed"), 1);
    database_remove(world);
}

static void record_put(struct zoho_world *world, const char *name,
                       const char *bytes, size_t len)
{
    struct usher_commit *commit = usher_commit_new();
    enum usher_status st;

    assert_non_null(commit);
    usher_commit_credential(commit, name, bytes, len);
    assert_true(
        usher_store_submit(world->store, commit, NULL, NULL, NULL, &st));
    assert_int_equal(st, USHER_OK);
}

static void a_record_of_a_newer_usher_is_put_aside(void **state)
{
    struct zoho_world *world = *state;
    char *record;
    size_t len;

    record_put(world, "token:default", "\x63newer", 6);
    world_start(world);
    assert_int_equal(world->refreshes, 1);
    assert_int_equal(usher_store_credential(world->store, "aside:token:default",
                                            &record, &len),
                     USHER_OK);
    assert_int_equal(len, 6);
    assert_memory_equal(record, "\x63newer", 6);
    free(record);
    assert_int_equal(world_logged(world, "it is put aside"), 1);
    world_stop(world);
    world_start(world); /* ours has its place by now */
    assert_int_equal(world->refreshes, 1);
    assert_int_equal(world_logged(world, "it is put aside"), 1);
}

/* ---- .env ---- */

#define ENV                                          \
    "# my bot\n"                                     \
    "OAUTH_ACCESS_TOKEN=\"1000.old.one\" # hourly\n" \
    "OAUTH_REFRESH_TOKEN=1000.refresh.env\n"         \
    "PORT=8000\n"

static void make_env(struct zoho_world *world)
{
    memset(world->environment, 0, sizeof(world->environment));
    world_set(world, "OAUTH_CLIENT_ID=1000.CLIENT");
    world_set(world, "OAUTH_CLIENT_SECRET=client-secret");
    world_env_file(world, ENV);
}

static void new_tokens_go_back_to_their_line(void **state)
{
    struct zoho_world *world = *state;

    make_env(world);
    world_start(world);
    assert_string_equal(world_env_text(world), ENV);
    world_refuse(world, 0);
    assert_string_equal(world_env_text(world),
                        "# my bot\n"
                        "OAUTH_ACCESS_TOKEN=\"1000.t1.x\" # hourly\n"
                        "OAUTH_REFRESH_TOKEN=1000.refresh.env\n"
                        "PORT=8000\n");
}

static void our_own_writing_changes_nothing(void **state)
{
    struct zoho_world *world = *state;
    uint64_t generation;

    make_env(world);
    world_start(world);
    world_refuse(world, 0);
    generation = world_token(world, 0)->generation;
    world->changes[0] = '\0';
    world_reload(world);
    assert_string_equal(world->changes, "");
    assert_int_equal(world_token(world, 0)->generation, generation);
    world_env_file(world, ENV); /* read just before our write */
    world_reload(world);
    assert_string_equal(world->changes, "");
    world_stop(world);
    world_start(world); /* with the old file: seen was what we wrote */
    assert_string_equal(world_token(world, 0)->header,
                        "Zoho-oauthtoken 1000.old.one");
}

static void a_line_changed_by_hand_wins_at_once(void **state)
{
    struct zoho_world *world = *state;

    make_env(world);
    world_start(world);
    world_refuse(world, 0);
    world_env_file(world, "OAUTH_ACCESS_TOKEN=1000.by.hand\n"
                          "OAUTH_REFRESH_TOKEN=1000.refresh.env\n");
    world_reload(world);
    assert_string_equal(world_token(world, 0)->header,
                        "Zoho-oauthtoken 1000.by.hand");
    assert_non_null(strstr(world->changes, "default:unknown"));
}

static void a_line_that_is_missing_is_added(void **state)
{
    struct zoho_world *world = *state;

    make_env(world);
    world_env_file(world, "OAUTH_REFRESH_TOKEN=1000.refresh.env\n");
    world_start(world);
    assert_string_equal(world_env_text(world),
                        "OAUTH_REFRESH_TOKEN=1000.refresh.env\n"
                        "OAUTH_ACCESS_TOKEN=1000.t1.x\n");
}

/* The file is away, or emptied, while a token is renewed: the token is used,
 * no file of tokens only comes to be, and the line follows later. */
static void a_token_waits_for_a_file_that_is_away(void **state)
{
    struct zoho_world *world = *state;

    make_env(world);
    world_start(world);
    world_env_file(world, "");
    world_refuse(world, 0);
    assert_int_equal(world_logged(world, "token not written to .env"), 1);
    assert_string_equal(world_env_text(world), "");
    assert_int_equal(unlink(world->env_path), 0);
    world_advance(world, 56 * MINUTE);
    world_settle(world);
    assert_int_equal(access(world->env_path, F_OK), -1);
    assert_int_equal(world->refreshes, 2);
    world->changes[0] = '\0';
    world_env_file(world, ENV);
    world_reload(world);
    assert_string_equal(world->changes, "");
    assert_string_equal(world_token(world, 0)->header,
                        "Zoho-oauthtoken 1000.t2.x");
    assert_non_null(strstr(world_env_text(world), "\"1000.t2.x\" # hourly\n"));
    world_stop(world);
    world_start(world); /* nor is it made anew after a restart */
    assert_int_equal(world->refreshes, 2);
    assert_string_equal(world_token(world, 0)->header,
                        "Zoho-oauthtoken 1000.t2.x");
}

static void tokens_of_the_environment_leave_the_file_alone(void **state)
{
    struct zoho_world *world = *state;

    world_env_file(world, "PORT=8000\n");
    world_start(world);
    assert_int_equal(world->refreshes, 1);
    assert_string_equal(world_env_text(world), "PORT=8000\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_WORLD(a_kept_token_beats_an_older_setting),
        WITH_WORLD(a_value_that_a_person_changed_wins),
        WITH_WORLD(another_refresh_token_drops_the_kept_one),
        WITH_WORLD(a_kept_token_that_ran_out_is_renewed),
        WITH_WORLD(a_refresh_is_sent_when_its_count_is_kept),
        WITH_WORLD(each_refresh_goes_when_its_count_is_kept),
        WITH_WORLD(a_refresh_waits_for_no_store_that_fails),
        WITH_WORLD(who_waits_for_the_count_hears_of_a_failure),
#ifdef USHER_FAULTS
        WITH_WORLD(what_the_store_did_not_take_is_kept_later),
#endif
        WITH_WORLD(a_record_of_a_newer_usher_is_put_aside),
        WITH_WORLD(new_tokens_go_back_to_their_line),
        WITH_WORLD(our_own_writing_changes_nothing),
        WITH_WORLD(a_line_changed_by_hand_wins_at_once),
        WITH_WORLD(a_line_that_is_missing_is_added),
        WITH_WORLD(a_token_waits_for_a_file_that_is_away),
        WITH_WORLD(tokens_of_the_environment_leave_the_file_alone),
    };

    return cmocka_run_group_tests_name("credential_keep", tests, NULL, NULL);
}
