/* tests/unit/partner_test.c - whom a database works with, and tasks that are
 * held when that changes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include <sqlite3.h>

#include "conversation/task_internal.h"
#include "script/value.h"
#include "store_world.h"
#include "zoho/partner.h"

static const char *const urls[] = {"memory:", "sqlite:usher.db"};

static enum usher_partner partner(struct store_world *world)
{
    enum usher_partner out;

    assert_int_equal(usher_partner_read(world->store, &out), USHER_OK);
    return out;
}

static void partner_keep(struct store_world *world, enum usher_partner with)
{
    struct usher_commit *commit = store_commit();

    assert_int_equal(usher_commit_partner(commit, with), USHER_OK);
    assert_int_equal(store_do(world, commit), USHER_OK);
}

static void record_keep(struct store_world *world, const char *name,
                        const char *data)
{
    struct usher_commit *commit = store_commit();

    usher_commit_credential(commit, name, data, strlen(data));
    assert_int_equal(store_do(world, commit), USHER_OK);
}

static void a_database_remembers_whom_it_works_with(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct store_world *world = store_world_new(urls[i]);

        assert_int_equal(partner(world), USHER_PARTNER_UNKNOWN);
        partner_keep(world, USHER_PARTNER_SIMULATOR);
        assert_int_equal(partner(world), USHER_PARTNER_SIMULATOR);
        partner_keep(world, USHER_PARTNER_ZOHO);
        assert_int_equal(partner(world), USHER_PARTNER_ZOHO);
        if (i)
            store_world_reopen(world);
        if (i)
            assert_int_equal(partner(world), USHER_PARTNER_ZOHO);
        /* Of a newer version: Zoho's, to be careful. */
        record_keep(world, "works-with", "another");
        assert_int_equal(partner(world), USHER_PARTNER_ZOHO);
        store_world_free(world);
    }
}

/* A store that cannot be read has perhaps worked with Zoho: no simulator's
 * turn, nor a new one's. */
static void what_cannot_be_read_is_no_new_database(void **state)
{
    struct store_world *world = store_world_new("sqlite:usher.db");
    enum usher_partner out = USHER_PARTNER_SIMULATOR;
    sqlite3 *other;

    (void)state;
    partner_keep(world, USHER_PARTNER_SIMULATOR);
    assert_int_equal(sqlite3_open(store_world_path(world, "usher.db"), &other),
                     SQLITE_OK);
    assert_int_equal(sqlite3_exec(other, "DROP TABLE credential", NULL, NULL,
                                  NULL),
                     SQLITE_OK);
    sqlite3_close(other);
    assert_int_not_equal(usher_partner_read(world->store, &out), USHER_OK);
    assert_int_equal(out, USHER_PARTNER_ZOHO);
    assert_true(usher_partner_has_token(world->store));
    store_world_free(world);
}

static void a_credential_tells_of_zoho(void **state)
{
    static const char *const names[] = {"token:default", "token:salesiq",
                                        "token:visitor", "token:desk"};

    (void)state;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        struct store_world *world = store_world_new(urls[i % 2]);

        partner_keep(world, USHER_PARTNER_SIMULATOR);
        assert_false(usher_partner_has_token(world->store));
        record_keep(world, names[i], i ? "x" : "");
        assert_true(usher_partner_has_token(world->store));
        store_world_free(world);
    }
}

/* ---- tasks that are held ---- */

static void text_data(struct usher_buffer *data, const char *args)
{
    struct usher_buffer encoded;

    usher_buffer_init(&encoded, 0);
    usher_value_string(&encoded, args, strlen(args));
    usher_buffer_clear(data);
    task_data_new(&encoded, data);
    usher_buffer_free(&encoded);
}

static void task_keep(struct store_world *world, const char *id,
                      enum usher_task_state state, const char *data, size_t len)
{
    struct usher_commit *commit = store_commit();
    struct usher_task_row row = {
        .id = id,
        .name = "book",
        .conversation = "siq:1",
        .conversation_len = 5,
        .data = data,
        .data_len = len,
        .state = state,
        .tries = 7,
        .created_ms = 1,
        .due_ms = 2,
        .reason = "before",
    };

    usher_commit_task(commit, &row);
    assert_int_equal(store_do(world, commit), USHER_OK);
}

struct seen {
    char ids[64];
    struct usher_buffer expect;
};

static int held_check(void *user, const struct usher_task_row *row)
{
    struct seen *seen = user;

    strcat(strcat(seen->ids, row->id), " ");
    assert_string_equal(row->reason, "elsewhere");
    assert_string_equal(row->name, "book");
    assert_int_equal(row->conversation_len, 5);
    assert_int_equal(row->created_ms, 1);
    if (strcmp(row->id, "broken") == 0) {
        assert_int_equal(row->data_len, 1);
        assert_int_equal(((const unsigned char *)row->data)[0], 0x90);
        return 0;
    }
    assert_int_equal(row->tries, 0);
    assert_int_equal(row->data_len, seen->expect.len);
    assert_memory_equal(row->data, seen->expect.data, seen->expect.len);
    return 0;
}

static void what_is_not_done_is_held_and_begins_anew(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct store_world *world = store_world_new(urls[i]);
        struct usher_commit *commit = store_commit();
        struct seen seen = {.ids = ""};
        struct usher_buffer worked, args;

        usher_buffer_init(&seen.expect, 0);
        usher_buffer_init(&worked, 0);
        usher_buffer_init(&args, 0);
        text_data(&seen.expect, "arguments");
        /* The same arguments, and a step that was done. */
        usher_value_string(&args, "arguments", 9);
        usher_buffer_bytes(&worked, args.data, args.len);
        usher_buffer_bytes(&worked, "\1x\0\0\0", 5); /* an entry */
        usher_buffer_varint(&worked, 0);             /* no intent */
        task_keep(world, "done", USHER_TASK_DONE, worked.data, worked.len);
        task_keep(world, "ready", USHER_TASK_READY, worked.data, worked.len);
        task_keep(world, "paused", USHER_TASK_PAUSED, worked.data, worked.len);
        task_keep(world, "dead", USHER_TASK_DEAD, worked.data, worked.len);
        task_keep(world, "broken", USHER_TASK_READY, "\x90", 1);
        assert_int_equal(usher_tasks_hold(world->store, commit, "elsewhere"),
                         USHER_OK);
        assert_int_equal(store_do(world, commit), USHER_OK);
        usher_store_tasks(world->store, 1u << USHER_TASK_DEAD, held_check,
                          &seen);
        assert_string_equal(seen.ids, "ready paused dead broken ");
        usher_buffer_free(&worked);
        usher_buffer_free(&args);
        usher_buffer_free(&seen.expect);
        store_world_free(world);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_database_remembers_whom_it_works_with),
        cmocka_unit_test(what_cannot_be_read_is_no_new_database),
        cmocka_unit_test(a_credential_tells_of_zoho),
        cmocka_unit_test(what_is_not_done_is_held_and_begins_anew),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
