/* tests/unit/store_refuse_test.c - files that are no database of this usher: an
 * older one is raised, all else is refused, and left as it was. (threaded) */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store_world.h"

#define assert_says(text, part) assert_non_null(strstr(text, part))

/* ---- Files as they were ---- */

struct picture {
    mode_t mode;
    size_t len;
    char bytes[400000];
};

static void picture_take(struct store_world *world, const char *name,
                         struct picture *picture)
{
    int fd = open(store_world_path(world, name), O_RDONLY);
    struct stat info;
    ssize_t len;

    assert_true(fd >= 0);
    assert_int_equal(fstat(fd, &info), 0);
    picture->mode = info.st_mode;
    len = read(fd, picture->bytes, sizeof(picture->bytes));
    assert_int_equal(len, info.st_size);
    picture->len = (size_t)len;
    close(fd);
}

static void assert_is_absent(struct store_world *world, const char *name)
{
    assert_int_equal(access(store_world_path(world, name), F_OK), -1);
}

/* Opening the world's file ends so; nothing of it changes. */
static void refused(struct store_world *world, const char *name,
                    enum usher_status expected, const char *part)
{
    struct picture *before = malloc(sizeof(*before));
    struct picture *after = malloc(sizeof(*after));
    char url[64], beside[64];

    assert_int_equal(chmod(store_world_path(world, name), 0644), 0);
    picture_take(world, name, before);
    snprintf(url, sizeof(url), "sqlite:%s", name);
    world->url = url;
    assert_int_equal(store_world_open(world), expected);
    assert_null(world->store);
    assert_says(world->error.text, part);
    assert_says(world->error.text, name);
    picture_take(world, name, after);
    assert_int_equal(after->mode, before->mode);
    assert_int_equal(after->len, before->len);
    assert_memory_equal(after->bytes, before->bytes, before->len);
    snprintf(beside, sizeof(beside), "%s-wal", name);
    assert_is_absent(world, beside);
    world->url = "sqlite:usher.db";
    free(before);
    free(after);
}

static void file_exec(struct store_world *world, const char *name,
                      const char *sql)
{
    sqlite3 *db = NULL;

    assert_int_equal(sqlite3_open(store_world_path(world, name), &db),
                     SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

static int64_t file_number(struct store_world *world, const char *sql)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *query = NULL;
    int64_t number;

    assert_int_equal(sqlite3_open(store_world_path(world, "usher.db"), &db),
                     SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &query, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(query), SQLITE_ROW);
    number = sqlite3_column_int64(query, 0);
    sqlite3_finalize(query);
    sqlite3_close(db);
    return number;
}

/* ---- Of another age ---- */

static void test_the_first_schema_is_raised(void **state)
{
    struct store_world *world = *state;

    assert_int_equal(store_turn(world, "a", 0, 1, "head", "row"), USHER_OK);
    store_world_close(world);
    file_exec(world, "usher.db",
              "DROP INDEX conversation_version;"
              "ALTER TABLE conversation DROP COLUMN version;"
              "PRAGMA user_version=1");
    assert_int_equal(store_world_open(world), USHER_OK);
    assert_string_equal(store_seen(world, "a"), "1/head[1:t:row]");
    assert_int_equal(store_turn(world, "a", 1, 2, "more", NULL), USHER_OK);
    store_world_close(world);
    assert_int_equal(file_number(world, "PRAGMA user_version"), 2);
}

/* The next one just as one of a time far away. */
static void test_a_newer_schema_is_left_alone(void **state)
{
    struct store_world *world = *state;

    assert_int_equal(store_turn(world, "a", 0, 1, "head", "row"), USHER_OK);
    store_world_close(world);
    file_exec(world, "usher.db", "PRAGMA user_version=3");
    refused(world, "usher.db", USHER_ERR_INVALID,
            "made by a newer usher (schema 3, this one knows 2)");
    file_exec(world, "usher.db", "PRAGMA user_version=999");
    refused(world, "usher.db", USHER_ERR_INVALID, "newer usher (schema 999");
    file_exec(world, "usher.db", "PRAGMA user_version=2");
    assert_int_equal(store_world_open(world), USHER_OK);
    assert_string_equal(store_seen(world, "a"), "1/head[1:t:row]");
}

static int note_state(void *user, const struct usher_task_row *row)
{
    char *text = user;
    size_t have = strlen(text);

    snprintf(text + have, 64 - have, "%s:%d ", row->id, (int)row->state);
    return 0;
}

/* A state that a newer engine has given: found by who asks for it, and taken
 * for none of ours. */
static void test_a_state_of_another_engine_is_unknown(void **state)
{
    struct store_world *world = *state;
    struct usher_commit *commit = store_commit();
    char text[64] = "";

    for (int i = 0; i < 4; i++) {
        char id[2] = {(char)('a' + i), '\0'};
        struct usher_task_row row = {.id = id, .name = "n", .data = ""};

        usher_commit_task(commit, &row);
    }
    assert_int_equal(store_do(world, commit), USHER_OK);
    store_world_close(world);
    file_exec(world, "usher.db",
              "UPDATE task SET state = 4 WHERE id = 'b';"
              "UPDATE task SET state = 77 WHERE id = 'c';"
              "UPDATE task SET state = -1 WHERE id = 'd'");
    assert_int_equal(store_world_open(world), USHER_OK);
    assert_int_equal(usher_store_tasks(world->store, 15, note_state, text),
                     USHER_OK);
    assert_string_equal(text, "a:0 ");
    text[0] = '\0';
    assert_int_equal(usher_store_tasks(world->store, 1U << USHER_TASK_UNKNOWN,
                                       note_state, text),
                     USHER_OK);
    assert_string_equal(text, "b:4 c:4 d:4 ");
}

/* No row of it stays behind, in no table: it is what people said. */
static void test_what_is_forgotten_is_in_no_table(void **state)
{
    struct store_world *world = *state;
    struct usher_commit *commit = store_commit();

    for (int i = 0; i < 3; i++) {
        char key[2] = {(char)('a' + i), '\0'};

        assert_int_equal(store_turn(world, key, 0, 1, "h", "row"), USHER_OK);
    }
    usher_commit_forget(commit, INT64_MAX, INT64_MAX);
    assert_int_equal(store_do(world, commit), USHER_OK);
    store_world_close(world);
    assert_int_equal(file_number(world, "SELECT count(*) FROM conversation"),
                     0);
    assert_int_equal(file_number(world, "SELECT count(*) FROM journal"), 0);
}

/* ---- Of somebody else ---- */

/* It is in SQLite's ordinary mode, and stays so. */
static void test_another_programs_database_is_left_alone(void **state)
{
    struct store_world *world = *state;

    store_world_close(world);
    file_exec(world, "other.db",
              "CREATE TABLE people(name TEXT);"
              "INSERT INTO people VALUES('Asha');");
    refused(world, "other.db", USHER_ERR_INVALID, "another program");
    file_exec(world, "other.db", "PRAGMA user_version=2");
    refused(world, "other.db", USHER_ERR_INVALID, "another program");
    file_exec(world, "other.db", "PRAGMA application_id=1");
    refused(world, "other.db", USHER_ERR_INVALID, "another program");
    /* One that has only begun. */
    file_exec(world, "begun.db", "PRAGMA user_version=7");
    refused(world, "begun.db", USHER_ERR_INVALID, "another program");
}

static void file_write(struct store_world *world, const char *name, long at,
                       const char *text, size_t len)
{
    int fd = open(store_world_path(world, name), O_CREAT | O_WRONLY, 0600);

    assert_true(fd >= 0);
    assert_int_equal(pwrite(fd, text, len, at), len);
    close(fd);
}

static void test_a_file_that_is_no_database_is_left_alone(void **state)
{
    struct store_world *world = *state;
    static const char text[] = "these are my notes, not a database at all, "
                               "and they are longer than a header would be. "
                               "Please do not write here, I need them.";

    store_world_close(world);
    file_write(world, "notes.txt", 0, text, sizeof(text));
    refused(world, "notes.txt", USHER_ERR_PARSE, "is not a SQLite database");
}

/* ---- Damaged ---- */

static void test_a_damaged_database_is_refused(void **state)
{
    struct store_world *world = *state;
    char broken[64];

    assert_int_equal(store_turn(world, "a", 0, 1, "head", "row"), USHER_OK);
    store_world_close(world);
    memset(broken, 0xff, sizeof(broken));
    file_write(world, "usher.db", 100, broken, sizeof(broken));
    refused(world, "usher.db", USHER_ERR_PARSE, "is damaged");
}

/* Further in, where only who looks there meets it: an error, not an empty
 * conversation, and no commit that seems to be kept. */
static void test_damage_met_later_is_told(void **state)
{
    struct store_world *world = *state;
    struct usher_error error = {""};
    struct picture *picture = malloc(sizeof(*picture));
    char expected[32];
    size_t len;

    assert_int_equal(store_turn(world, "a", 0, 1, "head", "row"), USHER_OK);
    store_world_close(world);
    picture_take(world, "usher.db", picture);
    len = picture->len - 4096;
    memset(picture->bytes, 0xff, len);
    file_write(world, "usher.db", 4096, picture->bytes, len);
    free(picture);
    assert_int_equal(store_world_open(world), USHER_OK);
    snprintf(expected, sizeof(expected), "error %d", (int)USHER_ERR_IO);
    assert_string_equal(store_seen(world, "a"), expected);
    assert_int_equal(store_turn(world, "a", 0, 1, "new", NULL), USHER_ERR_IO);
    assert_true(usher_store_failing(world->store, &error));
    assert_says(error.text, "is damaged");
    assert_says(error.text, "backup");
}

/* ---- When it was last used ---- */

static void put_done(struct store_world *world)
{
    struct usher_commit *commit = store_commit();
    struct usher_task_row row = {
        .id = "t", .name = "n", .data = "", .state = USHER_TASK_DONE};

    usher_commit_task(commit, &row);
    assert_int_equal(store_do(world, commit), USHER_OK);
}

static void put_version(struct store_world *world)
{
    struct usher_commit *commit = store_commit();

    usher_commit_version(commit, "v", world->time.wall_ms, "x", 1);
    assert_int_equal(store_do(world, commit), USHER_OK);
}

static void put_credential(struct store_world *world)
{
    struct usher_commit *commit = store_commit();

    usher_commit_credential(commit, "desk", "x", 1);
    assert_int_equal(store_do(world, commit), USHER_OK);
}

static void put_turn(struct store_world *world)
{
    assert_int_equal(store_turn(world, "a", 0, 1, "h", NULL), USHER_OK);
}

/* Whichever of them came last. */
static void test_a_store_knows_when_it_was_last_used(void **state)
{
    static void (*const puts[])(struct store_world *) = {
        put_turn, put_done, put_version, put_credential};
    struct store_world *world = *state;

    assert_int_equal(usher_store_last_ms(world->store), 0);
    for (size_t i = 0; i < sizeof(puts) / sizeof(puts[0]); i++) {
        usher_clock_manual_advance(&world->time, 5000);
        puts[i](world);
        store_world_reopen(world);
        assert_int_equal(usher_store_last_ms(world->store),
                         world->time.wall_ms);
    }
    usher_clock_manual_advance(&world->time, 5000);
    store_world_reopen(world);
    assert_int_equal(usher_store_last_ms(world->store),
                     world->time.wall_ms - 5000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_SQLITE(test_the_first_schema_is_raised),
        STORE_SQLITE(test_a_newer_schema_is_left_alone),
        STORE_SQLITE(test_a_state_of_another_engine_is_unknown),
        STORE_SQLITE(test_what_is_forgotten_is_in_no_table),
        STORE_SQLITE(test_another_programs_database_is_left_alone),
        STORE_SQLITE(test_a_file_that_is_no_database_is_left_alone),
        STORE_SQLITE(test_a_damaged_database_is_refused),
        STORE_SQLITE(test_damage_met_later_is_told),
        STORE_SQLITE(test_a_store_knows_when_it_was_last_used),
    };

    return cmocka_run_group_tests_name("store_refuse", tests, NULL, NULL);
}
