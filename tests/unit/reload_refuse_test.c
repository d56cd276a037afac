/* tests/unit/reload_refuse_test.c - threaded; edits that are refused, what the
 * live version needs and declares, and where a rollback or a start goes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <cmocka.h>

#include "conversation/version.h"
#include "conversation/reload_internal.h"
#include "patience.h"
#include "reload_world.h"

#define SAYS(text) "return function(chat) chat:say '" text "' end"
#define BROKEN "return function(\n"

static struct usher_reload_status status_of(const struct reload_world *world)
{
    struct usher_reload_status status;

    usher_reload_status(world->reload, &status);
    return status;
}

static int is_logged(const struct reload_world *world, const char *text)
{
    return strstr(world->turns->logged, text) != NULL;
}

/* All that was to be loaded is. */
static void settle(struct reload_world *world)
{
    WAIT_FOR("the end of all loads", !world->reload->loads,
             usher_loop_step(usher_stage_loop(world->turns->stage), 10));
    turn_settle(world->turns);
}

/* The watcher saw something, and all that follows is done. */
static void look(struct reload_world *world, const char *text)
{
    reload_save(world, "one.lua", text);
    assert_true(usher_reload_folder_changed(world->reload));
    settle(world);
}

static void settings_are(struct reload_world *world, char *line)
{
    char *environment[] = {line, NULL};
    struct usher_config_source source = {.environ = environment};
    struct usher_error_list problems = {0};
    struct usher_config *config;

    assert_int_equal(usher_config_load(&source, &config, &problems), USHER_OK);
    usher_error_list_free(&problems);
    usher_reload_configure(world->reload, config);
    usher_config_release(config);
}

static void a_broken_edit_changes_nothing_and_is_told_until_mended(void **state)
{
    struct reload_world world;
    char before[65];

    (void)state;
    reload_world_open(&world, 1, 0);
    snprintf(before, sizeof(before), "%s", reload_live(&world));
    look(&world, BROKEN);
    assert_string_equal(reload_live(&world), before);
    assert_non_null(strstr(reload_ask(&world, "a", "hello"), "first"));
    assert_int_equal(reload_problems(&world, USHER_PROBLEM_EDIT_REFUSED), 1);
    assert_non_null(strstr(status_of(&world).error, "one.lua:"));
    assert_int_equal(status_of(&world).refused, 1);
    assert_true(is_logged(&world, "the old version stays"));
    /* Seen again it is no news; who asks hears it all the same. */
    look(&world, BROKEN);
    assert_int_equal(status_of(&world).refused, 1);
    assert_int_equal(reload_edit(&world, BROKEN).status, USHER_ERR_INVALID);
    assert_int_equal(status_of(&world).refused, 2);
    /* Taken back. */
    look(&world, SAYS("first"));
    assert_string_equal(reload_live(&world), before);
    assert_int_equal(reload_problems(&world, USHER_PROBLEM_EDIT_REFUSED), 0);
    assert_string_equal(status_of(&world).error, "");
    assert_true(is_logged(&world, "the edit that was refused is mended"));
    /* Or mended. */
    look(&world, BROKEN);
    look(&world, SAYS("mended"));
    assert_string_not_equal(reload_live(&world), before);
    assert_int_equal(reload_problems(&world, USHER_PROBLEM_EDIT_REFUSED), 0);
    assert_non_null(strstr(reload_ask(&world, "a", "hello"), "mended"));
    reload_world_close(&world);
}

/* Looked for each second, told once. */
static void a_folder_that_is_away_is_told_once(void **state)
{
    struct reload_world world;
    char away[160];

    (void)state;
    reload_world_open(&world, 1, 0);
    snprintf(away, sizeof(away), "%s-away", world.folder);
    assert_int_equal(rename(world.folder, away), 0);
    for (int i = 0; i < 3; i++)
        assert_false(usher_reload_folder_changed(world.reload));
    assert_int_equal(status_of(&world).refused, 1);
    assert_int_equal(reload_problems(&world, USHER_PROBLEM_EDIT_REFUSED), 1);
    assert_int_equal(rename(away, world.folder), 0);
    assert_true(usher_reload_folder_changed(world.reload));
    assert_int_equal(reload_problems(&world, USHER_PROBLEM_EDIT_REFUSED), 0);
    assert_int_equal(status_of(&world).reloads, 1);
    reload_world_close(&world);
}

static void an_edit_waits_for_the_setting_that_it_requires(void **state)
{
    struct reload_world world;
    char before[65];
    size_t count;

    (void)state;
    reload_world_open(&world, 1, 0);
    snprintf(before, sizeof(before), "%s", reload_live(&world));
    reload_save(&world, "init.lua",
                "return { settings = { { 'SHOP', required = true }, 'PLAIN',\n"
                "  { 'CITY', required = true, default = 'Pune' } },\n"
                "  flows = { { 'one', fallback = true } } }");
    look(&world, SAYS("shop"));
    assert_string_equal(reload_live(&world), before);
    assert_non_null(strstr(status_of(&world).error,
                           "flows/init.lua needs the setting SHOP"));
    assert_null(strstr(status_of(&world).error, "CITY"));
    assert_int_equal(usher_reload_settings(world.reload, &count) != NULL, 0);
    assert_int_equal(count, 0);
    settings_are(&world, "OTHER=1");
    usher_reload_again(world.reload);
    settle(&world);
    assert_string_equal(reload_live(&world), before);
    settings_are(&world, "SHOP=corner");
    usher_reload_again(world.reload);
    settle(&world);
    assert_string_not_equal(reload_live(&world), before);
    assert_string_equal(status_of(&world).error, "");
    assert_string_equal(usher_reload_settings(world.reload, &count)[0], "SHOP");
    assert_int_equal(count, 3);
    /* Those of the version before are forgotten. */
    reload_save(&world, "init.lua", RELOAD_INIT);
    look(&world, SAYS("none"));
    (void)usher_reload_settings(world.reload, &count);
    assert_int_equal(count, 0);
    reload_world_close(&world);
}

/* Taken away while it is built: what is made live is looked at then. */
static void a_setting_that_went_meanwhile_is_missing(void **state)
{
    struct reload_world world;
    struct reload_heard heard = {0};

    (void)state;
    reload_world_open(&world, 1, 0);
    settings_are(&world, "SHOP=corner");
    reload_save(&world, "init.lua",
                "return { settings = { { 'SHOP', required = true } },\n"
                "  flows = { { 'one', fallback = true } } }");
    reload_save(&world, "one.lua", "gate.pass() " SAYS("shop"));
    usher_reload_now(world.reload, reload_hear, &heard);
    reload_gate_await();
    settings_are(&world, "OTHER=1");
    sem_post(&reload_gate_opened);
    reload_await(&world, &heard);
    assert_int_equal(heard.status, USHER_ERR_INVALID);
    assert_non_null(strstr(heard.error.text, "needs the setting SHOP"));
    reload_world_close(&world);
}

static void ids_are_missed_with_the_flows_and_the_settings_in_use(void **state)
{
    struct reload_world world;

    (void)state;
    reload_world_open(&world, 1, 0);
    settings_are(&world, "OTHER=1");
    assert_int_equal(reload_problems(&world, USHER_PROBLEM_ID_MISSING), 0);
    look(&world,
         "return function(chat) zoho.desk.search_contacts { email = 'x' } end");
    assert_int_equal(reload_problems(&world, USHER_PROBLEM_ID_MISSING), 1);
    settings_are(&world, "DESK_ORG_ID=7");
    assert_int_equal(reload_problems(&world, USHER_PROBLEM_ID_MISSING), 0);
    settings_are(&world, "OTHER=1");
    assert_int_equal(reload_problems(&world, USHER_PROBLEM_ID_MISSING), 1);
    look(&world, SAYS("nothing of Zoho"));
    assert_int_equal(reload_problems(&world, USHER_PROBLEM_ID_MISSING), 0);
    reload_world_close(&world);
}

/* What the flows before it did wrong is over with a new version. */
static void a_new_version_begins_without_blame(void **state)
{
    struct reload_world world;

    (void)state;
    reload_world_open(&world, 1, 0);
    look(&world, "return function() error 'no' end");
    reload_ask(&world, "a", "hello");
    assert_int_equal(reload_problems(&world, USHER_PROBLEM_FLOW_FAILS), 1);
    usher_problem_raise(world.problems, USHER_PROBLEM_STATE_REBUILT, "x", NULL,
                        NULL);
    look(&world, BROKEN);
    assert_int_equal(reload_problems(&world, USHER_PROBLEM_FLOW_FAILS), 1);
    assert_int_equal(reload_problems(&world, USHER_PROBLEM_STATE_REBUILT), 1);
    look(&world, SAYS("fine"));
    assert_int_equal(reload_problems(&world, USHER_PROBLEM_FLOW_FAILS), 0);
    assert_int_equal(reload_problems(&world, USHER_PROBLEM_STATE_REBUILT), 0);
    reload_world_close(&world);
}

static struct reload_heard roll(struct reload_world *world, const char *hash,
                                int digits)
{
    struct reload_heard heard = {0};
    char prefix[65];

    snprintf(prefix, sizeof(prefix), "%.*s", digits, hash);
    usher_reload_rollback(world->reload, prefix, reload_hear, &heard);
    reload_await(world, &heard);
    turn_settle(world->turns);
    return heard;
}

static void a_rollback_is_told_while_the_folder_holds_another(void **state)
{
    struct reload_world world;
    char first[65], second[65];

    (void)state;
    reload_world_open(&world, 1, 0);
    turn_settle(world.turns);
    snprintf(first, sizeof(first), "%s", reload_live(&world));
    assert_int_equal(roll(&world, "", 0).status, USHER_ERR_NOT_FOUND);
    look(&world, SAYS("second"));
    snprintf(second, sizeof(second), "%s", reload_live(&world));
    assert_int_equal(roll(&world, first, 5).status, USHER_ERR_INVALID);
    assert_int_equal(roll(&world, "000000", 6).status, USHER_ERR_NOT_FOUND);
    assert_string_equal(reload_live(&world), second);
    assert_int_equal(reload_problems(&world, USHER_PROBLEM_ROLLED_BACK), 0);
    assert_int_equal(roll(&world, first, 6).status, USHER_OK);
    assert_string_equal(reload_live(&world), first);
    assert_int_equal(reload_problems(&world, USHER_PROBLEM_ROLLED_BACK), 1);
    /* An editor's backup, a changed setting: no reason to undo it. */
    look(&world, SAYS("second"));
    usher_reload_again(world.reload);
    settle(&world);
    assert_string_equal(reload_live(&world), first);
    /* Back to what the folder holds. */
    assert_int_equal(roll(&world, second, 64).status, USHER_OK);
    assert_int_equal(reload_problems(&world, USHER_PROBLEM_ROLLED_BACK), 0);
    assert_int_equal(roll(&world, first, 64).status, USHER_OK);
    assert_int_equal(reload_problems(&world, USHER_PROBLEM_ROLLED_BACK), 1);
    assert_int_equal(reload_edit(&world, SAYS("second")).status, USHER_OK);
    assert_int_equal(reload_problems(&world, USHER_PROBLEM_ROLLED_BACK), 0);
    assert_string_equal(reload_live(&world), second);
    reload_world_close(&world);
}

/* What broken files were decided about is not tried again by itself. */
static void a_rollback_ends_what_was_to_be_tried_again(void **state)
{
    struct reload_world world;
    char first[65];

    (void)state;
    reload_world_open(&world, 1, 0);
    turn_settle(world.turns);
    snprintf(first, sizeof(first), "%s", reload_live(&world));
    look(&world, SAYS("second"));
    look(&world, BROKEN);
    assert_int_equal(roll(&world, first, 64).status, USHER_OK);
    usher_reload_again(world.reload);
    settle(&world);
    assert_int_equal(status_of(&world).refused, 1);
    assert_string_equal(reload_live(&world), first);
    reload_world_close(&world);
}

/* The database lost what it kept under a name: nothing else is run for it. */
static void a_version_whose_sources_are_others_is_not_run(void **state)
{
    static const char name[] = "0123456789abcdef0123456789abcdef"
                               "0123456789abcdef0123456789abcdef";
    struct reload_world world;
    struct usher_commit *commit = usher_commit_new();
    struct usher_version *version;
    struct reload_heard heard;
    enum usher_status st;
    const char *archive;
    size_t len;

    (void)state;
    reload_world_open(&world, 1, 0);
    turn_settle(world.turns);
    version = world.turns->version;
    archive = usher_version_archive(version, &len);
    usher_commit_version(commit, name, 1, archive, len);
    assert_true(usher_store_submit(usher_stage_store(world.turns->stage),
                                   commit, NULL, NULL, NULL, &st));
    assert_int_equal(st, USHER_OK);
    heard = roll(&world, name, 64);
    assert_int_equal(heard.status, USHER_ERR_PARSE);
    assert_non_null(strstr(heard.error.text, "0123456789ab cannot be read"));
    usher_reload_want_state(world.reload, 0, name);
    turn_settle(world.turns);
    assert_null(usher_states_find(&world.workers[0]->states, name));
    assert_int_equal(reload_problems(&world, USHER_PROBLEM_VERSION_UNREADABLE),
                     1);
    assert_true(is_logged(&world, "its flows wait"));
    reload_world_close(&world);
}

static void without_the_folder_the_last_good_version_starts(void **state)
{
    struct reload_world world;
    char second[65];

    (void)state;
    reload_world_open(&world, 1, 1);
    look(&world, SAYS("second"));
    snprintf(second, sizeof(second), "%s", reload_live(&world));
    look(&world, SAYS("third"));
    assert_int_equal(roll(&world, second, 64).status, USHER_OK);
    reload_save(&world, "one.lua", BROKEN);
    reload_world_crash(&world);
    assert_string_equal(reload_live(&world), second);
    assert_non_null(strstr(status_of(&world).error, "one.lua:"));
    assert_int_equal(reload_problems(&world, USHER_PROBLEM_EDIT_REFUSED), 1);
    look(&world, SAYS("mended"));
    assert_non_null(strstr(reload_ask(&world, "a", "hello"), "mended"));
    reload_world_close(&world);
}

/* No file can be opened: that is no edit, and is tried again by itself. */
static void a_shortage_is_tried_again(void **state)
{
    struct reload_world world;
    struct rlimit before, none;
    struct reload_heard heard = {0};

    (void)state;
    reload_world_open(&world, 1, 0);
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    none = before;
    none.rlim_cur = 3;
    reload_save(&world, "one.lua", SAYS("second"));
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
    usher_reload_now(world.reload, reload_hear, &heard);
    assert_int_equal(usher_reload_folder_changed(world.reload), 0);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
    assert_int_equal(heard.status, USHER_ERR_NOMEM);
    look(&world, SAYS("second"));
    assert_non_null(strstr(reload_ask(&world, "a", "hello"), "second"));
    assert_string_equal(status_of(&world).error, "");
    reload_world_close(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(
            a_broken_edit_changes_nothing_and_is_told_until_mended),
        cmocka_unit_test(a_folder_that_is_away_is_told_once),
        cmocka_unit_test(an_edit_waits_for_the_setting_that_it_requires),
        cmocka_unit_test(a_setting_that_went_meanwhile_is_missing),
        cmocka_unit_test(ids_are_missed_with_the_flows_and_the_settings_in_use),
        cmocka_unit_test(a_new_version_begins_without_blame),
        cmocka_unit_test(a_rollback_is_told_while_the_folder_holds_another),
        cmocka_unit_test(a_rollback_ends_what_was_to_be_tried_again),
        cmocka_unit_test(a_version_whose_sources_are_others_is_not_run),
        cmocka_unit_test(without_the_folder_the_last_good_version_starts),
        cmocka_unit_test(a_shortage_is_tried_again),
    };

    return cmocka_run_group_tests_name("reload_refuse", tests, NULL, NULL);
}
