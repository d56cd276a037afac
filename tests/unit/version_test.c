/* tests/unit/version_test.c - a folder's files as a version: what belongs to
 * it, its name, its bytes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cmocka.h>

#include "conversation/version.h"
#include "own_folder.h"

struct world {
    char root[OWN_FOLDER_SIZE];
    char path[512];
    struct usher_error error;
};

static const char *path_of(struct world *world, const char *name)
{
    snprintf(world->path, sizeof(world->path), "%s/%s", world->root, name);
    return world->path;
}

static void put(struct world *world, const char *name, const char *text)
{
    FILE *file = fopen(path_of(world, name), "w");

    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static int setup(void **state)
{
    struct world *world = calloc(1, sizeof(*world));

    *state = world;
    own_folder(world->root);
    assert_int_equal(mkdir(path_of(world, "parse"), 0700), 0);
    put(world, "init.lua", "return {}\n");
    put(world, "parse/one.lua", "return 1\n");
    return 0;
}

static int teardown(void **state)
{
    struct world *world = *state;
    char command[96];

    snprintf(command, sizeof(command), "rm -rf %s", world->root);
    assert_int_equal(system(command), 0);
    free(world);
    return 0;
}

static struct usher_version *read_all(struct world *world)
{
    struct usher_version *version;

    assert_int_equal(usher_version_read(world->root, &version, &world->error),
                     USHER_OK);
    return version;
}

/* "path path " of its sources. */
static void expect_files(struct world *world, const char *wanted)
{
    struct usher_version *version = read_all(world);
    size_t count;
    const struct usher_source *sources = usher_version_sources(version, &count);
    char text[512] = "";

    for (size_t i = 0; i < count; i++)
        strcat(strcat(text, sources[i].path), " ");
    assert_string_equal(text, wanted);
    usher_version_release(version);
}

static void files_come_in_order_with_their_folders(void **state)
{
    struct world *world = *state;

    expect_files(world, "init.lua parse/one.lua ");
    put(world, "a.lua", "");
    expect_files(world, "a.lua init.lua parse/one.lua ");
}

static void what_editors_leave_behind_is_passed_over(void **state)
{
    struct world *world = *state;

    put(world, "init.lua~", "x");
    put(world, ".init.lua", "x");
    put(world, "#init.lua#", "x");
    put(world, "#init.lua", "x");
    put(world, "README.md", "x");
    put(world, ".lua", "x");
    assert_int_equal(mkdir(path_of(world, ".git"), 0700), 0);
    put(world, ".git/x.lua", "x");
    assert_int_equal(mkdir(path_of(world, "lost+found"), 0700), 0);
    put(world, "lost+found/x.lua", "x");
    expect_files(world, "init.lua parse/one.lua ");
}

static void expect_hash(struct world *world, const char *hash, int same)
{
    struct usher_version *version = read_all(world);

    if (same)
        assert_string_equal(usher_version_hash(version), hash);
    else
        assert_string_not_equal(usher_version_hash(version), hash);
    usher_version_release(version);
}

static void the_name_follows_the_contents(void **state)
{
    struct world *world = *state;
    struct usher_version *version = read_all(world);
    char hash[65];

    snprintf(hash, sizeof(hash), "%s", usher_version_hash(version));
    usher_version_release(version);
    assert_int_equal(strlen(hash), 64);
    put(world, "init.lua", "return { }\n");
    expect_hash(world, hash, 0);
    put(world, "init.lua", "return {}\n");
    expect_hash(world, hash, 1);
    /* The same texts under other names are another version. */
    put(world, "init.lua", "return 1\n");
    put(world, "parse/one.lua", "return {}\n");
    expect_hash(world, hash, 0);
}

static void it_is_the_same_out_of_its_archive(void **state)
{
    struct usher_version *version = read_all(*state);
    struct usher_version *again;
    size_t len, count;
    const char *archive = usher_version_archive(version, &len);

    assert_int_equal(usher_version_unpack(archive, len, &again), USHER_OK);
    assert_string_equal(usher_version_hash(again), usher_version_hash(version));
    assert_string_equal(usher_version_sources(again, &count)[1].text,
                        "return 1\n");
    assert_int_equal(count, 2);
    /* Cut anywhere, it is refused or smaller, never read beyond its end. */
    for (size_t cut = 0; cut < len; cut++) {
        struct usher_version *part = NULL;
        char *copy = malloc(cut + 1);

        memcpy(copy, archive, cut);
        if (usher_version_unpack(copy, cut, &part) == USHER_OK)
            assert_string_not_equal(usher_version_hash(part),
                                    usher_version_hash(version));
        usher_version_release(part);
        free(copy);
    }
    usher_version_release(again);
    usher_version_release(version);
}

static void a_missing_folder_is_named(void **state)
{
    struct world *world = *state;
    struct usher_version *version;

    assert_int_equal(usher_version_read(path_of(world, "none"), &version,
                                        &world->error),
                     USHER_ERR_IO);
    assert_null(version);
    assert_non_null(strstr(world->error.text, "/none"));
    assert_non_null(strstr(world->error.text, "FLOWS_DIR"));
}

static void a_file_that_is_too_large_is_named(void **state)
{
    struct world *world = *state;
    struct usher_version *version;

    assert_int_equal(truncate(path_of(world, "parse/one.lua"), 2 << 20), 0);
    assert_int_equal(usher_version_read(world->root, &version, &world->error),
                     USHER_ERR_LIMIT);
    assert_non_null(strstr(world->error.text, "parse/one.lua"));
}

static void a_file_may_have_a_mebibyte(void **state)
{
    struct world *world = *state;
    struct usher_version *version;

    assert_int_equal(truncate(path_of(world, "parse/one.lua"), 1 << 20), 0);
    expect_files(world, "init.lua parse/one.lua ");
    assert_int_equal(truncate(path_of(world, "parse/one.lua"), (1 << 20) + 1),
                     0);
    assert_int_equal(usher_version_read(world->root, &version, &world->error),
                     USHER_ERR_LIMIT);
    assert_non_null(strstr(world->error.text, "larger than 1 MiB"));
}

static void a_folder_may_have_500_files(void **state)
{
    struct world *world = *state;
    struct usher_version *version;
    char name[32];
    size_t count;

    for (int i = 2; i < 500; i++) {
        snprintf(name, sizeof(name), "f%d.lua", i);
        put(world, name, "");
    }
    version = read_all(world);
    (void)usher_version_sources(version, &count);
    assert_int_equal(count, 500);
    usher_version_release(version);
    put(world, "one-more.lua", "");
    assert_int_equal(usher_version_read(world->root, &version, &world->error),
                     USHER_ERR_LIMIT);
    assert_non_null(strstr(world->error.text, "more than 500 Lua files"));
}

/* What the store has under a name is what is run under it. */
static void sources_that_are_not_those_of_their_name_are_refused(void **state)
{
    struct usher_version *version = read_all(*state), *again;
    char other[65];
    size_t len;
    const char *archive = usher_version_archive(version, &len);

    assert_false(usher_version_is_kept(version));
    assert_int_equal(usher_version_unpack_kept(usher_version_hash(version),
                                               archive, len, &again),
                     USHER_OK);
    assert_true(usher_version_is_kept(again));
    usher_version_release(again);
    snprintf(other, sizeof(other), "%s", usher_version_hash(version));
    other[63] = other[63] == '0' ? '1' : '0';
    assert_int_equal(usher_version_unpack_kept(other, archive, len, &again),
                     USHER_ERR_PARSE);
    assert_null(again);
    usher_version_release(version);
}

/* No descriptor is left: that says nothing about the files. */
static void a_shortage_is_no_fault_of_the_folder(void **state)
{
    struct world *world = *state;
    struct usher_version *version;
    struct rlimit before, none;

    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    none = before;
    none.rlim_cur = 3;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
    assert_int_equal(usher_version_read(world->root, &version, &world->error),
                     USHER_ERR_NOMEM);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
}

/* Whose one.lua another takes the place of, as soon as it was opened; so many
 * times. */
static struct world *moving;
static int moves;

/* Stands before libc's. */
int openat(int dir, const char *name, int flags, ...);

int openat(int dir, const char *name, int flags, ...)
{
    int fd = (int)syscall(SYS_openat, dir, name, flags, 0);
    char text[32], path[128], fresh[128];
    FILE *file;

    if (!moving || moves == 0 || strcmp(name, "one.lua") != 0)
        return fd;
    snprintf(text, sizeof(text), "return %d\n", moves-- % 10);
    snprintf(path, sizeof(path), "%s/parse/one.lua", moving->root);
    snprintf(fresh, sizeof(fresh), "%s/parse/fresh", moving->root);
    file = fopen(fresh, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
    assert_int_equal(rename(fresh, path), 0);
    return fd;
}

/* Never the files of one moment beside those of another. */
static void what_changes_while_it_is_read_is_read_again(void **state)
{
    struct world *world = *state;
    struct usher_version *version;
    size_t count;

    put(world, "parse/one.lua", "return 0\n");
    moving = world;
    moves = 1;
    version = read_all(world);
    assert_string_equal(usher_version_sources(version, &count)[1].text,
                        "return 1\n");
    usher_version_release(version);
    moves = 1000; /* somebody does not stop */
    assert_int_equal(usher_version_read(world->root, &version, &world->error),
                     USHER_ERR_TIMEOUT);
    assert_non_null(strstr(world->error.text, "keeps changing"));
    assert_int_equal(1000 - moves, 40); /* twenty tries of two readings */
    moving = NULL;
}

static void a_link_that_leads_nowhere_is_passed_over(void **state)
{
    struct world *world = *state;
    struct usher_version *version;

    assert_int_equal(symlink("loop.lua", path_of(world, "loop.lua")), 0);
    assert_int_equal(usher_version_read(world->root, &version, &world->error),
                     USHER_OK);
    usher_version_release(version);
}

static void a_link_back_is_passed_over(void **state)
{
    struct world *world = *state;

    assert_int_equal(symlink("..", path_of(world, "parse/back")), 0);
    assert_int_equal(symlink("parse", path_of(world, "again")), 0);
    expect_files(world, "again/one.lua init.lua parse/one.lua ");
}

static void folders_may_be_deep_but_a_path_has_a_limit(void **state)
{
    struct world *world = *state;
    struct usher_version *version;
    char name[400] = "deep";

    for (int i = 0; i < 20; i++) {
        assert_int_equal(mkdir(path_of(world, name), 0700), 0);
        strcat(name, "/a");
    }
    strcat(name, ".lua");
    put(world, name, "return 1\n");
    strcat(name, " init.lua parse/one.lua ");
    expect_files(world, name);
    snprintf(name, sizeof(name), "deep/%0250d.lua", 1);
    put(world, name, "return 1\n");
    assert_int_equal(usher_version_read(world->root, &version, &world->error),
                     USHER_ERR_LIMIT);
    assert_non_null(strstr(world->error.text, "/deep/000"));
    assert_non_null(strstr(world->error.text, "shorten"));
}

static void expect_denied(struct world *world, const char *path)
{
    struct usher_version *version;

    assert_int_equal(usher_version_read(world->root, &version, &world->error),
                     USHER_ERR_IO);
    assert_non_null(strstr(world->error.text, path));
    assert_non_null(strstr(world->error.text, "chmod"));
}

static void what_may_not_be_read_is_told(void **state)
{
    struct world *world = *state;
    int is_root = geteuid() == 0; /* whom modes do not bind */

    assert_int_equal(chmod(world->root, 0755), 0);
    assert_int_equal(chmod(path_of(world, "parse"), 0), 0);
    if (is_root)
        assert_int_equal(seteuid(65534), 0);
    expect_denied(world, "/parse: Permission denied");
    if (is_root)
        assert_int_equal(seteuid(0), 0);
    /* Its names can be had, but not what is behind them. */
    assert_int_equal(chmod(path_of(world, "parse"), 0744), 0);
    if (is_root)
        assert_int_equal(seteuid(65534), 0);
    else
        assert_int_equal(chmod(path_of(world, "parse"), 0600), 0);
    expect_denied(world, "/parse/one.lua: Permission denied");
    if (is_root)
        assert_int_equal(seteuid(0), 0);
    assert_int_equal(chmod(path_of(world, "parse"), 0755), 0);
    assert_int_equal(chmod(path_of(world, "init.lua"), 0), 0);
    if (is_root)
        assert_int_equal(seteuid(65534), 0);
    expect_denied(world, "/init.lua: Permission denied");
    if (is_root)
        assert_int_equal(seteuid(0), 0);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(files_come_in_order_with_their_folders),
        CASE(what_editors_leave_behind_is_passed_over),
        CASE(the_name_follows_the_contents),
        CASE(it_is_the_same_out_of_its_archive),
        CASE(a_missing_folder_is_named),
        CASE(a_file_that_is_too_large_is_named),
        CASE(a_file_may_have_a_mebibyte),
        CASE(a_folder_may_have_500_files),
        CASE(sources_that_are_not_those_of_their_name_are_refused),
        CASE(a_shortage_is_no_fault_of_the_folder),
        CASE(what_changes_while_it_is_read_is_read_again),
        CASE(a_link_that_leads_nowhere_is_passed_over),
        CASE(a_link_back_is_passed_over),
        CASE(folders_may_be_deep_but_a_path_has_a_limit),
        CASE(what_may_not_be_read_is_told),
    };

    return cmocka_run_group_tests_name("version", tests, NULL, NULL);
}
