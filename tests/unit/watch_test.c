/* tests/unit/watch_test.c - what counts as a change of the flows folder or of
 * the .env, and when. The files are real, the clock is not. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "watch_world.h"

#define CASE(test) \
    cmocka_unit_test_setup_teardown(test, watch_setup, watch_teardown)

static void it_waits_for_quiet(void **state)
{
    struct world *world = *state;

    for (int i = 0; i < 5; i++) {
        put(world, "flows/one.lua", "return 2\n");
        pass(world, QUIET_MS - 10);
        assert_int_equal(world->folders, 0);
    }
    expect_changes(world, 1, 0);
    expect_changes(world, 1, 0);
}

static void renaming_deleting_and_subfolders_count(void **state)
{
    struct world *world = *state;

    put(world, "flows/one.lua.tmp", "return 2\n");
    move(world, "flows/one.lua.tmp", "flows/one.lua");
    expect_changes(world, 1, 0);
    unlink(path_of(world, "flows/one.lua"));
    expect_changes(world, 2, 0);
    put(world, "flows/parse/two.lua", "return 2\n");
    expect_changes(world, 3, 0);
    assert_int_equal(mkdir(path_of(world, "flows/fresh"), 0700), 0);
    expect_changes(world, 3, 0); /* nothing in it yet */
    put(world, "flows/fresh/three.lua", "return 3\n");
    expect_changes(world, 4, 0);
}

static void what_editors_leave_behind_does_not(void **state)
{
    struct world *world = *state;

    put(world, "flows/one.lua~", "x");
    put(world, "flows/.one.lua.swp", "x");
    put(world, "flows/.#one.lua", "x");
    put(world, "flows/#one.lua#", "x");
    put(world, "flows/#one.lua", "x");
    put(world, "flows/4913", "x");
    put(world, "flows/README.md", "x");
    expect_changes(world, 0, 0);
}

static void a_file_that_is_being_written_is_waited_for(void **state)
{
    struct world *world = *state;
    FILE *file = fopen(path_of(world, "flows/one.lua"), "w");

    fputs("return", file);
    fflush(file);
    expect_changes(world, 0, 0);
    fputs(" 2\n", file);
    fclose(file);
    expect_changes(world, 1, 0);
}

static void but_not_for_ever(void **state)
{
    struct world *world = *state;
    FILE *file = fopen(path_of(world, "flows/one.lua"), "w");

    fputs("return", file);
    fflush(file);
    pass(world, WRITING_MS + 2 * QUIET_MS);
    assert_int_equal(world->folders, 1);
    fclose(file);
    expect_changes(world, 2, 0);
}

static void a_file_deleted_while_written_is_not_waited_for(void **state)
{
    struct world *world = *state;
    FILE *file = fopen(path_of(world, "flows/one.lua"), "w");

    fputs("return", file);
    fflush(file);
    unlink(path_of(world, "flows/one.lua"));
    expect_changes(world, 1, 0);
    fclose(file);
}

static void the_folder_may_be_replaced(void **state)
{
    struct world *world = *state;

    int removed = watch_removed;

    assert_int_equal(mkdir(path_of(world, "fresh"), 0700), 0);
    put(world, "fresh/one.lua", "return 2\n");
    move(world, "flows", "old");
    move(world, "fresh", "flows");
    expect_way(world, 1, 0);
    put(world, "flows/one.lua", "return 3\n");
    expect_changes(world, 2, 0);
    put(world, "old/one.lua", "return 4\n");
    expect_changes(world, 2, 0);
    assert_int_equal(watch_removed - removed, 2); /* and parse/ */
}

static void the_folder_may_go_and_come_back(void **state)
{
    struct world *world = *state;

    move(world, "flows", "old");
    expect_way(world, 1, 0);
    move(world, "old", "flows");
    expect_way(world, 2, 0);
}

static void the_env_may_come_change_and_be_replaced(void **state)
{
    struct world *world = *state;

    put(world, ".env", "A=1\n");
    expect_way(world, 0, 1);
    put(world, ".env.tmp", "A=2\n");
    expect_changes(world, 0, 1);
    move(world, ".env.tmp", ".env");
    expect_way(world, 0, 2);
    put(world, "other.lua", "x");
    expect_changes(world, 0, 2);
}

static FILE *half_saved(struct world *world)
{
    FILE *file;

    put(world, ".env", "A=1\nB=2\n");
    expect_way(world, 0, 1);
    file = fopen(path_of(world, ".env"), "w");
    assert_non_null(file);
    return file;
}

static void an_env_that_is_being_written_is_waited_for(void **state)
{
    struct world *world = *state;
    FILE *file = half_saved(world);

    expect_changes(world, 0, 1); /* empty so far */
    fputs("A=1\n", file);
    fflush(file);
    expect_changes(world, 0, 1);
    fputs("B=3\n", file);
    fclose(file);
    expect_changes(world, 0, 2);
}

static void but_an_env_not_for_ever_nor_once_it_is_replaced(void **state)
{
    struct world *world = *state;
    FILE *file = half_saved(world);

    pass(world, WRITING_MS + 2 * QUIET_MS);
    assert_int_equal(world->files, 2);
    assert_int_equal(world->writer, USHER_WRITER_AT_WORK);
    fputs("A=1\n", file);
    fflush(file);
    put(world, "fresh", "A=2\n");
    move(world, "fresh", ".env");
    expect_changes(world, 0, 3);
    assert_int_equal(world->writer, USHER_WRITER_DONE);
    fclose(file);
}

/* However long it takes, and though he adds nothing any more. */
static void the_end_of_a_slow_writer_is_told(void **state)
{
    struct world *world = *state;
    FILE *file = half_saved(world);

    fputs("A=1\n", file);
    fflush(file);
    pass(world, 9 * LOOK_MS);
    assert_int_equal(world->files, 2);
    assert_int_equal(world->writer, USHER_WRITER_AT_WORK);
    fclose(file);
    expect_changes(world, 0, 3);
    assert_int_equal(world->writer, USHER_WRITER_DONE);
    pass(world, 2 * LOOK_MS);
    assert_int_equal(world->files, 3);
}

/* Nobody saw who writes to it, or that he is done. */
static void an_env_without_a_witness_is_whole_once_it_stands_still(void **state)
{
    struct world *world = *state;

    put(world, ".env", "A=1\nB=2\n");
    expect_way(world, 0, 1);
    watch_inotify = MUTE;
    watch_on(world, "flows", ".env");
    put(world, ".env", "A=1\n");
    world->unread = 3; /* as where it is too early */
    expect_look(world, 0, 1);
    assert_int_equal(world->writer, USHER_WRITER_UNKNOWN);
    pass(world, 2 * LOOK_MS);
    assert_int_equal(world->writer, USHER_WRITER_UNKNOWN);
    world->unread = 9;
    pass(world, STILL_MS);
    assert_int_equal(world->writer, USHER_WRITER_DONE);
}

static void an_env_that_was_made_anew_has_no_witness(void **state)
{
    struct world *world = *state;

    put(world, ".env", "A=1\nB=2\n");
    expect_way(world, 0, 1);
    put(world, ".env", "A=1\n");
    expect_changes(world, 0, 2);
    assert_int_equal(world->writer, USHER_WRITER_DONE);
    unlink(path_of(world, ".env"));
    put(world, ".env", "A=3\n");
    expect_way(world, 0, 3);
    assert_int_equal(world->writer, USHER_WRITER_UNKNOWN);
}

static void it_may_watch_nothing(void **state)
{
    struct world *world = *state;
    struct usher_watcher_options options = {.loop = world->loop};
    struct usher_watcher *watcher;

    assert_int_equal(usher_watcher_new(&options, &watcher), USHER_OK);
    pass(world, 100);
    usher_watcher_free(watcher);
    usher_watcher_free(NULL);
}

static void what_does_not_change_is_not_told(void **state)
{
    struct world *world = *state;

    put(world, ".env", "A=1\n");
    expect_way(world, 0, 1);
    put(world, ".env", "A=1\n"); /* saved again */
    expect_look(world, 0, 1);
    pass(world, (LOOKS_READ - 3) * LOOK_MS);
    expect_changes(world, 0, 1);
}

/* A clock that was turned back while the file was written twice, say. */
static void now_and_then_the_folder_is_read_whatever_it_looks_like(void **state)
{
    struct world *world = *state;

    pass(world, LOOKS_READ * LOOK_MS);
    assert_int_equal(world->folders, 1);
}

static void what_could_not_be_read_is_told_again(void **state)
{
    struct world *world = *state;

    world->unread = 3;
    put(world, "flows/one.lua", "return 2\n");
    expect_changes(world, 1, 0);
    pass(world, 9 * LOOK_MS);
    expect_changes(world, 4, 0);
    world->unread = 1;
    put(world, ".env", "A=1\n");
    pass(world, 4 * LOOK_MS);
    assert_int_equal(world->files, 2);
}

static void without_watches_it_says_so_and_gets_well(void **state)
{
    struct world *world = *state;

    assert_int_equal(
        usher_problems_count(world->problems, USHER_PROBLEM_NOT_WATCHED), 0);
    watch_inotify = NONE;
    pass(world, LOOK_MS);
    assert_int_equal(
        usher_problems_count(world->problems, USHER_PROBLEM_NOT_WATCHED), 1);
    watch_inotify = WATCHES;
    pass(world, LOOK_MS);
    assert_int_equal(
        usher_problems_count(world->problems, USHER_PROBLEM_NOT_WATCHED), 0);
    put(world, "flows/one.lua", "return 2\n");
    expect_changes(world, 1, 0);
}

/* No more files can be opened: that says nothing about the folder, and what
 * is saved meanwhile waits. */
static void a_shortage_of_files_is_no_change(void **state)
{
    struct world *world = *state;
    struct rlimit before, none;

    put(world, ".env", "A=1\n");
    expect_way(world, 0, 1);
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    none = before;
    none.rlim_cur = 3;
    watch_inotify = MUTE;
    put(world, "flows/two.lua", "return 22\n");
    unlink(path_of(world, ".env"));
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
    pass(world, 3 * LOOK_MS);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
    world->folders = world->files = 0;
    expect_look(world, 1, 1);
}

/* `usher serve --env <(decrypt .env)`: what is read from it is gone. */
static void a_pipe_is_not_read(void **state)
{
    struct world *world = *state;
    char name[32];
    char text[8] = "";
    int ends[2];

    assert_int_equal(pipe(ends), 0);
    snprintf(name, sizeof(name), "/dev/fd/%d", ends[0]);
    watch_on(world, "flows", name);
    assert_int_equal(write(ends[1], "A=1\n", 4), 4);
    expect_look(world, 0, 0);
    assert_int_equal(read(ends[0], text, sizeof(text)), 4);
    assert_int_equal(usher_watch_print(name), usher_watch_print(name));
    close(ends[0]);
    close(ends[1]);
}

/* More happens than the system keeps: nobody knows what was missed. */
static void an_overflow_is_looked_at(void **state)
{
    struct world *world = *state;

    watch_inotify = TOLD;
    watch_on(world, "flows", ".env");
    say(world, NULL, NULL, IN_Q_OVERFLOW);
    expect_changes(world, 1, 0); /* though nothing looks different */
    expect_changes(world, 1, 0);
    put(world, ".env", "A=1\n");
    say(world, NULL, NULL, IN_Q_OVERFLOW);
    expect_way(world, 2, 1);
}

static void an_overflow_may_hide_the_end_of_a_writer(void **state)
{
    struct world *world = *state;

    watch_inotify = TOLD;
    watch_on(world, "flows", ".env");
    put(world, "flows/one.lua", "return 2\n");
    say(world, "flows/", "one.lua", IN_MODIFY);
    expect_changes(world, 0, 0); /* somebody is at it */
    say(world, NULL, NULL, IN_Q_OVERFLOW);
    expect_changes(world, 1, 0);
}

static void an_overflow_may_hide_the_beginning_of_one(void **state)
{
    struct world *world = *state;

    put(world, ".env", "A=1\n");
    watch_inotify = TOLD;
    watch_on(world, "flows", ".env");
    say(world, ".env", NULL, IN_MODIFY);
    say(world, ".env", NULL, IN_CLOSE_WRITE);
    put(world, ".env", "A=2\n"); /* emptied once more after that, perhaps */
    say(world, NULL, NULL, IN_Q_OVERFLOW);
    expect_way(world, 1, 1);
    assert_int_equal(world->writer, USHER_WRITER_UNKNOWN);
}

/* Somebody saves and saves: he is not waited for longer than a second. */
static void it_does_not_wait_for_quiet_for_ever(void **state)
{
    struct world *world = *state;

    for (int64_t ms = 0; ms < WRITING_MS - 40; ms += 40) {
        put(world, "flows/one.lua", "return 2\n");
        pass(world, 40);
        assert_int_equal(world->folders, 0);
    }
    for (int i = 0; i < 5; i++) {
        put(world, "flows/one.lua", "return 2\n");
        pass(world, 40);
    }
    assert_int_equal(world->folders, 1);
}

/* Many at once, and all must be closed. */
static void each_of_several_writers_is_waited_for(void **state)
{
    struct world *world = *state;
    FILE *files[8];
    char name[32];

    for (int i = 0; i < 8; i++) {
        snprintf(name, sizeof(name), "flows/f%d.lua", i);
        files[i] = fopen(path_of(world, name), "w");
        assert_non_null(files[i]);
        fputs("return", files[i]);
        fflush(files[i]);
    }
    for (int i = 0; i < 8; i++) {
        expect_changes(world, 0, 0);
        fclose(files[(i + 3) % 8]);
    }
    expect_changes(world, 1, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(it_waits_for_quiet),
        CASE(renaming_deleting_and_subfolders_count),
        CASE(what_editors_leave_behind_does_not),
        CASE(a_file_that_is_being_written_is_waited_for),
        CASE(but_not_for_ever),
        CASE(a_file_deleted_while_written_is_not_waited_for),
        CASE(the_folder_may_be_replaced),
        CASE(the_folder_may_go_and_come_back),
        CASE(the_env_may_come_change_and_be_replaced),
        CASE(an_env_that_is_being_written_is_waited_for),
        CASE(but_an_env_not_for_ever_nor_once_it_is_replaced),
        CASE(the_end_of_a_slow_writer_is_told),
        CASE(an_env_without_a_witness_is_whole_once_it_stands_still),
        CASE(an_env_that_was_made_anew_has_no_witness),
        CASE(what_does_not_change_is_not_told),
        CASE(now_and_then_the_folder_is_read_whatever_it_looks_like),
        CASE(what_could_not_be_read_is_told_again),
        CASE(without_watches_it_says_so_and_gets_well),
        CASE(a_shortage_of_files_is_no_change),
        CASE(a_pipe_is_not_read),
        CASE(an_overflow_is_looked_at),
        CASE(an_overflow_may_hide_the_end_of_a_writer),
        CASE(an_overflow_may_hide_the_beginning_of_one),
        CASE(it_does_not_wait_for_quiet_for_ever),
        CASE(each_of_several_writers_is_waited_for),
        CASE(it_may_watch_nothing),
    };

    return cmocka_run_group_tests_name("watch", tests, NULL, NULL);
}
