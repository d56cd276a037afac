/* tests/unit/env_edit_test.c - a new `.env` is on disk before it has its name,
 * and what a person does to the old one meanwhile is not lost. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "core/env_file.h"
#include "env_fixture.h"

/* The calls that make a change last, in their order: "sync", "rename", "sync
 * folder"; and what a person does meanwhile. */
static char calls[256];
static void (*on_sync)(const char *path);
static const char *on_sync_path;
static int sync_error, folder_error;

static void called(const char *what)
{
    size_t have = strlen(calls);

    snprintf(calls + have, sizeof(calls) - have, "%s%s", have ? ", " : "",
             what);
}

/* Both stand before libc's. */
int fsync(int fd)
{
    struct stat st;
    int is_folder = fstat(fd, &st) == 0 && S_ISDIR(st.st_mode);
    int error = is_folder ? folder_error : sync_error;

    called(is_folder ? "sync folder" : "sync");
    if (!is_folder && on_sync)
        on_sync(on_sync_path);
    errno = error;
    return error ? -1 : 0;
}

int renameat(int from_dir, const char *from, int to_dir, const char *to)
{
    called("rename");
    return (int)syscall(SYS_renameat2, from_dir, from, to_dir, to, 0);
}

/* ---- On disk ---- */

/* What was not swapped in is not left beside it: it holds secrets. */
static void assert_nothing_left(const struct fixture *f)
{
    char left[128];

    (void)snprintf(left, sizeof(left), "%s.usher-new", f->path);
    assert_int_equal(access(left, F_OK), -1);
}

static void the_new_text_is_on_disk_before_its_name(void **state)
{
    struct fixture *f = *state;

    env_write(f->path, "T=old\n");
    calls[0] = '\0';
    assert_int_equal(env_update(f, "T", "new"), USHER_OK);
    assert_string_equal(calls, "sync, rename, sync folder");
}

static void what_cannot_be_synced_replaces_nothing(void **state)
{
    struct fixture *f = *state;
    enum usher_status st;

    env_write(f->path, "T=old\n");
    calls[0] = '\0';
    sync_error = EIO;
    st = env_update(f, "T", "new");
    sync_error = 0;
    assert_int_equal(st, USHER_ERR_IO);
    assert_non_null(strstr(f->error.text, "the new text cannot be written"));
    assert_string_equal(calls, "sync");
    assert_string_equal(env_read_back(f->path), "T=old\n");
    assert_nothing_left(f);
}

/* Some file systems know no sync of a folder (EINVAL); where it fails, the new
 * name may be gone after a loss of power, and the caller must know. */
static void a_folder_that_cannot_be_synced_is_told(void **state)
{
    struct fixture *f = *state;
    enum usher_status st;

    env_write(f->path, "T=old\n");
    folder_error = EINVAL;
    st = env_update(f, "T", "new");
    folder_error = EIO;
    assert_int_equal(st, USHER_OK);
    assert_string_equal(env_read_back(f->path), "T=new\n");
    st = env_update(f, "T", "newer");
    folder_error = 0;
    assert_int_equal(st, USHER_ERR_IO);
    assert_non_null(strstr(f->error.text, "its folder cannot be synced"));
    assert_non_null(strstr(f->error.text, strerror(EIO)));
    assert_nothing_left(f);
}

/* ---- A person who edits at the same time ---- */

static int edits; /* that are still to come */
static int edit_count;

/* As an editor does that writes in place: another size. */
static void edit_in_place(const char *path)
{
    char text[64];

    if (edits-- <= 0)
        return;
    (void)snprintf(text, sizeof(text), "A=mine%d\nT=old\nB=2\n", ++edit_count);
    env_write(path, text);
}

/* The same size and the same time of writing: only that of the change tells. */
static void edit_alike(const char *path)
{
    struct timespec times[2];
    struct stat before;

    if (edits-- <= 0)
        return;
    assert_int_equal(stat(path, &before), 0);
    env_write(path, "A=9\nT=old\n");
    times[0] = before.st_atim;
    times[1] = before.st_mtim;
    assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
}

/* As one that writes another file and renames it: another inode, all else as
 * it was. */
static void edit_by_another_file(const char *path)
{
    struct timespec times[2];
    struct stat before;
    char other[128];

    if (edits-- <= 0)
        return;
    (void)snprintf(other, sizeof(other), "%s.usher-edit", path);
    assert_int_equal(stat(path, &before), 0);
    env_write(other, "A=9\nT=old\n");
    times[0] = before.st_atim;
    times[1] = before.st_mtim;
    assert_int_equal(utimensat(AT_FDCWD, other, times, 0), 0);
    assert_int_equal(rename(other, path), 0);
}

static enum usher_status update_while(struct fixture *f,
                                      void (*edit)(const char *path), int times)
{
    enum usher_status st;

    on_sync = edit;
    on_sync_path = f->path;
    edits = times;
    edit_count = 0;
    st = env_update(f, "T", "new");
    on_sync = NULL;
    return st;
}

static void an_edit_between_reading_and_writing_stays(void **state)
{
    struct fixture *f = *state;

    env_write(f->path, "A=1\nT=old\n");
    assert_int_equal(update_while(f, edit_in_place, 1), USHER_OK);
    assert_string_equal(env_read_back(f->path), "A=mine1\nT=new\nB=2\n");
    env_write(f->path, "A=1\nT=old\n");
    assert_int_equal(update_while(f, edit_alike, 1), USHER_OK);
    assert_string_equal(env_read_back(f->path), "A=9\nT=new\n");
    env_write(f->path, "A=1\nT=old\n");
    assert_int_equal(update_while(f, edit_by_another_file, 1), USHER_OK);
    assert_string_equal(env_read_back(f->path), "A=9\nT=new\n");
}

/* Five tries in all; then it is the person's. */
static void who_keeps_changing_it_is_left_alone(void **state)
{
    struct fixture *f = *state;

    env_write(f->path, "A=1\nT=old\n");
    assert_int_equal(update_while(f, edit_in_place, 4), USHER_OK);
    assert_string_equal(env_read_back(f->path), "A=mine4\nT=new\nB=2\n");
    env_write(f->path, "A=1\nT=old\n");
    assert_int_equal(update_while(f, edit_in_place, 5), USHER_ERR_EXISTS);
    assert_non_null(strstr(f->error.text, "somebody else keeps changing it"));
    assert_string_equal(env_read_back(f->path), "A=mine5\nT=old\nB=2\n");
    assert_nothing_left(f);
}

/* A name that is known went while it was edited: half saved. */
static void delete_names(const char *path)
{
    if (edits-- > 0)
        env_write(path, "T=old\n");
}

static void an_edit_that_empties_it_is_not_written_over(void **state)
{
    struct fixture *f = *state;
    struct usher_env_change change = {"T", "new"};
    struct usher_env_file *known = NULL;
    enum usher_status st;

    env_write(f->path, "A=1\nT=old\n");
    assert_int_equal(
        usher_env_file_parse("x", "A=1\nT=old\n", 10, &known, NULL), USHER_OK);
    on_sync = delete_names;
    on_sync_path = f->path;
    edits = 1;
    st = usher_env_file_update(f->path, known, &change, 1, &f->error);
    on_sync = NULL;
    usher_env_file_free(known);
    assert_int_equal(st, USHER_ERR_EXISTS);
    assert_string_equal(env_read_back(f->path), "T=old\n");
}

static void delete_it(const char *path)
{
    if (edits-- > 0)
        assert_int_equal(unlink(path), 0);
}

static void what_is_deleted_meanwhile_is_not_made_again(void **state)
{
    struct fixture *f = *state;

    env_write(f->path, "A=1\nT=old\n");
    assert_int_equal(update_while(f, delete_it, 1), USHER_ERR_NOT_FOUND);
    assert_int_equal(access(f->path, F_OK), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(the_new_text_is_on_disk_before_its_name),
        CASE(what_cannot_be_synced_replaces_nothing),
        CASE(a_folder_that_cannot_be_synced_is_told),
        CASE(an_edit_between_reading_and_writing_stays),
        CASE(who_keeps_changing_it_is_left_alone),
        CASE(an_edit_that_empties_it_is_not_written_over),
        CASE(what_is_deleted_meanwhile_is_not_made_again),
    };

    return cmocka_run_group_tests_name("env_edit", tests, NULL, NULL);
}
