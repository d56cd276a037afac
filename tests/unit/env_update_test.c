/* tests/unit/env_update_test.c - `.env` is rewritten whole, or not at all. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "core/clock.h"
#include "core/env_file.h"
#include "env_fixture.h"
#include "fail_alloc.h"

static int read_only; /* as a mount, for every change of a folder */

/* Both stand before libc's. */
int unlinkat(int dir, const char *name, int flags)
{
    if (!read_only)
        return (int)syscall(SYS_unlinkat, dir, name, flags);
    errno = EROFS;
    return -1;
}

int openat(int dir, const char *name, int flags, ...)
{
    mode_t mode = 0;
    va_list more;

    va_start(more, flags);
    if (flags & O_CREAT)
        mode = va_arg(more, mode_t);
    va_end(more);
    if (!read_only || !(flags & O_CREAT))
        return (int)syscall(SYS_openat, dir, name, flags, mode);
    errno = EROFS;
    return -1;
}

static void an_update_changes_its_value_and_nothing_else(void **state)
{
    static const char *const cases[][3] = {
        /* before, new value, after */
        {"A=1\nT=old\nB=2\n", "new", "A=1\nT=new\nB=2\n"},
        {"T=old", "new", "T=new"},
        {"# T=x\n\n  export T = old  # why \nB", "new",
         "# T=x\n\n  export T = new  # why \nB"},
        {"T=\"old\" # why\r\nB=2\r\n", "new", "T=\"new\" # why\r\nB=2\r\n"},
        {"T='old'\n", "new", "T='new'\n"},
        {"T='old'\n", "it's", "T=\"it's\"\n"},
        {"T=old\n", "a b", "T=\"a b\"\n"},
        {"T=old\n", "a\"b\\c$d\ne", "T=\"a\\\"b\\\\c\\$d\\ne\"\n"},
        {"T=old\n", "#x", "T=\"#x\"\n"},
        {"T=old\n", "", "T=\n"},
        {"T=\n", "new", "T=new\n"},
        {"T=\r\n", "new", "T=new\r\n"},
        {"T= # why\n", "new", "T=new # why\n"},
        {"T=\"o\nl\nd\"\nB=2\n", "new", "T=\"new\"\nB=2\n"},
        {"T=1\nT=2\n", "new", "T=1\nT=new\n"},
        {"T=\"never closed\nB=2\n", "new", "T=\"new\"\nB=2\n"},
        {"not a line\nT=old\n'\n", "new", "not a line\nT=new\n'\n"},
        {"\xEF\xBB\xBFT=old\n", "new", "\xEF\xBB\xBFT=new\n"},
        {"A=1\n", "new", "A=1\nT=new\n"},
        {"A=1", "new", "A=1\nT=new\n"},
        {"A=1\r\nB=2", "new", "A=1\r\nB=2\r\nT=new\r\n"},
        {"", "new", "T=new\n"},
        {"TT=1\n#T=2\n", "new", "TT=1\n#T=2\nT=new\n"},
    };
    struct fixture *f = *state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        env_write(f->path, cases[i][0]);
        assert_int_equal(env_update(f, "T", cases[i][1]), USHER_OK);
        assert_string_equal(env_read_back(f->path), cases[i][2]);
        usher_error_list_free(&f->problems);
        assert_int_equal(
            usher_env_file_read(f->path, 0, &f->file, &f->problems), USHER_OK);
        assert_string_equal(usher_env_file_find(f->file, "T")->value,
                            cases[i][1]);
        usher_env_file_free(f->file);
        f->file = NULL;
    }
}

static void several_names_change_at_once(void **state)
{
    struct usher_env_change changes[] = {
        {"B", "2 2"}, {"NEW", "n"}, {"A", "1.1"}, {"B", "3"}};
    struct fixture *f = *state;

    env_write(f->path, "A=1\nB=2\n");
    assert_int_equal(
        usher_env_file_update(f->path, NULL, changes, 4, &f->error), USHER_OK);
    assert_string_equal(env_read_back(f->path), "A=1.1\nB=\"3\"\nNEW=n\n");
}

/* Half saved, emptied, or not yet read: it is left to its writer. */
static void a_file_that_lacks_what_is_known_is_left_alone(void **state)
{
    static const char *const lacking[] = {"", "# none\n", "A=1\n", "A=1\nB",
                                          "T=old\nA=1"};
    struct fixture *f = *state;
    struct usher_env_change change = {"T", "new"};
    struct usher_env_file *known = NULL;
    struct usher_error error;

    assert_int_equal(usher_env_file_parse("x", "A=1\nB=2\n", 8, &known, NULL),
                     USHER_OK);
    for (size_t i = 0; i < sizeof(lacking) / sizeof(lacking[0]); i++) {
        env_write(f->path, lacking[i]);
        assert_int_equal(usher_env_file_update(f->path, known, &change, 1,
                                               &error),
                         USHER_ERR_EXISTS);
        assert_non_null(strstr(error.text, "unlike the settings in use"));
        assert_string_equal(env_read_back(f->path), lacking[i]);
    }
    env_write(f->path, "B=\nA=3\nC=4\n");
    assert_int_equal(usher_env_file_update(f->path, known, &change, 1, &error),
                     USHER_OK);
    assert_string_equal(env_read_back(f->path), "B=\nA=3\nC=4\nT=new\n");
    usher_env_file_free(known);
}

static void the_mode_becomes_0600_and_the_owner_stays(void **state)
{
    struct fixture *f = *state;
    struct stat st;
    uid_t owner = geteuid() == 0 ? 12345 : geteuid();

    env_write(f->path, "T=old\n");
    assert_int_equal(chmod(f->path, 0644), 0);
    if (geteuid() == 0)
        assert_int_equal(chown(f->path, owner, 54321), 0);
    assert_int_equal(env_update(f, "T", "new"), USHER_OK);
    assert_int_equal(stat(f->path, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0600);
    assert_int_equal(st.st_uid, owner);
    if (geteuid() == 0)
        assert_int_equal(st.st_gid, 54321);
}

static void an_update_without_a_change_writes_nothing(void **state)
{
    struct fixture *f = *state;
    struct stat before;
    struct stat after;

    env_write(f->path, "T='same' # x\n");
    assert_int_equal(stat(f->path, &before), 0);
    assert_int_equal(env_update(f, "T", "same"), USHER_OK);
    assert_int_equal(usher_env_file_update(f->path, NULL, NULL, 0, NULL),
                     USHER_OK);
    assert_int_equal(stat(f->path, &after), 0);
    assert_int_equal(before.st_ino, after.st_ino);
}

static void a_symbolic_link_is_followed(void **state)
{
    struct fixture *f = *state;
    char folder[128];
    char real[128];
    char link[128];
    struct usher_env_change change = {"T", "new"};
    struct stat st;

    (void)snprintf(folder, sizeof(folder), "%s/real", f->folder);
    (void)snprintf(real, sizeof(real), "%s/real/.env", f->folder);
    (void)snprintf(link, sizeof(link), "%s/link", f->folder);
    assert_int_equal(mkdir(folder, 0700), 0);
    env_write(real, "T=old\n");
    assert_int_equal(symlink("real/.env", link), 0);
    assert_int_equal(usher_env_file_update(link, NULL, &change, 1, &f->error),
                     USHER_OK);
    assert_int_equal(lstat(link, &st), 0);
    assert_true(S_ISLNK(st.st_mode));
    assert_string_equal(env_read_back(real), "T=new\n");
}

static void what_a_crash_left_is_no_hindrance(void **state)
{
    struct fixture *f = *state;
    char left[128];

    (void)snprintf(left, sizeof(left), "%s.usher-new", f->path);
    env_write(f->path, "T=old\n");
    env_write(left, "T=half");
    assert_int_equal(env_update(f, "T", "new"), USHER_OK);
    assert_string_equal(env_read_back(f->path), "T=new\n");
    assert_int_equal(access(left, F_OK), -1);
}

static void what_cannot_be_done_is_told(void **state)
{
    struct fixture *f = *state;
    struct usher_env_change change = {"T", "new"};

    assert_int_equal(env_update(f, "T", "new"), USHER_ERR_NOT_FOUND);
    assert_non_null(strstr(f->error.text, f->path));
    assert_int_equal(env_update(f, "not a name", "x"), USHER_ERR_INVALID);
    assert_int_equal(env_update(f, "", "x"), USHER_ERR_INVALID);
    assert_int_equal(env_update(f, "T", NULL), USHER_ERR_INVALID);
    assert_int_equal(usher_env_file_update(f->folder, NULL, &change, 1,
                                           &f->error),
                     USHER_ERR_IO);
    env_write(f->path, "");
    assert_int_equal(truncate(f->path, USHER_ENV_FILE_MAX_BYTES + 1), 0);
    assert_int_equal(env_update(f, "T", "new"), USHER_ERR_LIMIT);
}

#define NOBODY 65534

/* Nothing is forbidden to root, so root becomes somebody else meanwhile. */
static enum usher_status update_as_nobody(struct fixture *f, mode_t folder)
{
    int root = geteuid() == 0;
    enum usher_status st;

    env_write(f->path, "T=old\n");
    assert_int_equal(chmod(f->path, 0644), 0);
    assert_int_equal(chmod(f->folder, folder), 0);
    if (root)
        assert_int_equal(seteuid(NOBODY), 0);
    st = env_update(f, "T", "new");
    if (root)
        assert_int_equal(seteuid(0), 0);
    assert_int_equal(chmod(f->folder, 0700), 0);
    return st;
}

static void a_folder_that_cannot_be_written_keeps_the_file(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(update_as_nobody(f, 0555), USHER_ERR_IO);
    assert_non_null(strstr(f->error.text, "its folder cannot be written"));
    assert_string_equal(env_read_back(f->path), "T=old\n");
}

static void a_read_only_mount_is_named_as_such(void **state)
{
    struct fixture *f = *state;
    enum usher_status st;

    env_write(f->path, "T=old\n");
    read_only = 1;
    st = env_update(f, "T", "new");
    read_only = 0;
    assert_int_equal(st, USHER_ERR_IO);
    assert_non_null(strstr(f->error.text, "its folder cannot be written: "
                                          "Read-only file system; mount"));
}

static void what_is_no_file_is_not_written_to(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(mkfifo(f->path, 0600), 0);
    assert_int_equal(env_update(f, "T", "new"), USHER_ERR_IO);
    assert_non_null(strstr(f->error.text, "it is a pipe"));
}

static void a_file_of_another_user_is_left_to_its_owner(void **state)
{
    struct fixture *f = *state;

    if (geteuid() != 0)
        skip(); /* only root can make such a file */
    assert_int_equal(update_as_nobody(f, 0777), USHER_ERR_IO);
    assert_non_null(strstr(f->error.text, "belongs to another user"));
    assert_string_equal(env_read_back(f->path), "T=old\n");
}

#define ROUNDS 200

struct reader {
    const char *path;
    atomic_int stop;
    int broken;
};

/* What a reader sees must be one of the whole texts. */
static void *watch(void *user)
{
    struct reader *r = user;
    char text[256];

    while (!atomic_load(&r->stop)) {
        int fd = open(r->path, O_RDONLY);
        ssize_t len = fd < 0 ? 0 : read(fd, text, sizeof(text) - 1);
        if (fd >= 0)
            close(fd);
        text[len > 0 ? len : 0] = '\0';
        r->broken += len <= 0 || strncmp(text, "A=1\nT=value-", 12) != 0 ||
                     strcmp(text + len - 5, "\nB=2\n") != 0;
    }
    return NULL;
}

static void a_reader_never_sees_a_half(void **state)
{
    struct fixture *f = *state;
    struct reader r = {.path = f->path};
    pthread_t thread;
    char value[32];

    env_write(f->path, "A=1\nT=value-x\nB=2\n");
    assert_int_equal(pthread_create(&thread, NULL, watch, &r), 0);
    for (int i = 0; i < ROUNDS; i++) {
        (void)snprintf(value, sizeof(value), "value-%d", i);
        assert_int_equal(env_update(f, "T", value), USHER_OK);
    }
    atomic_store(&r.stop, 1);
    pthread_join(thread, NULL);
    assert_int_equal(r.broken, 0);
}

static void *other_process(void *user)
{
    struct fixture *f = user;
    struct usher_env_change change = {"OTHER", NULL};
    char value[32];

    for (int i = 0; i < ROUNDS; i++) {
        (void)snprintf(value, sizeof(value), "o%d", i);
        change.value = value;
        if (usher_env_file_update(f->path, NULL, &change, 1, NULL) != USHER_OK)
            return f;
    }
    return NULL;
}

static void two_writers_lose_nothing(void **state)
{
    struct fixture *f = *state;
    pthread_t thread;
    void *failed;
    char value[32];

    env_write(f->path, "T=x\nOTHER=x\n");
    assert_int_equal(pthread_create(&thread, NULL, other_process, f), 0);
    for (int i = 0; i < ROUNDS; i++) {
        (void)snprintf(value, sizeof(value), "t%d", i);
        assert_int_equal(env_update(f, "T", value), USHER_OK);
    }
    pthread_join(thread, &failed);
    assert_null(failed);
    assert_string_equal(env_read_back(f->path), "T=t199\nOTHER=o199\n");
}

static void without_memory_the_old_file_stays(void **state)
{
    struct fixture *f = *state;
    unsigned long n;

    env_write(f->path, "A='1' # x\nT=old\n");
    for (n = 1; n < 100; n++) {
        enum usher_status st;
        fail_alloc_at(n);
        st = env_update(f, "T", "new");
        if (!fail_alloc_off())
            break;
        if (st != USHER_OK) {
            assert_int_equal(st, USHER_ERR_NOMEM);
            assert_string_equal(env_read_back(f->path), "A='1' # x\nT=old\n");
        }
    }
    assert_in_range(n, 3, 50);
    assert_string_equal(env_read_back(f->path), "A='1' # x\nT=new\n");
}

/* Text of the given length from what matters to the reader. */
static void random_text(struct usher_clock_manual *chance, char *out,
                        size_t len, const char *alphabet)
{
    for (size_t i = 0; i < len; i++)
        out[i] = alphabet[(size_t)(usher_clock_random(&chance->clock) *
                                   (double)strlen(alphabet))];
    out[len] = '\0';
}

static void whatever_stands_there_a_new_value_comes_back(void **state)
{
    struct fixture *f = *state;
    struct usher_clock_manual chance;
    char text[64];
    char value[16];
    int refused = 0;

    usher_clock_manual_init(&chance, 0, 7);
    for (int i = 0; i < 400; i++) {
        struct usher_env_file *before;
        struct usher_env_file *after;
        const struct usher_env_entry *entry;
        random_text(&chance, text, (size_t)i % 50, "TAB==\"'# \n\n\r\\x");
        random_text(&chance, value, (size_t)i % 12, "ab\"'# \n\r\\$=t");
        env_write(f->path, text);
        assert_int_equal(usher_env_file_read(f->path, 0, &before, NULL),
                         USHER_OK);
        if (env_update(f, "T", value) == USHER_ERR_PARSE) {
            assert_string_equal(env_read_back(f->path), text);
            refused++;
            usher_env_file_free(before);
            continue;
        }
        assert_int_equal(usher_env_file_read(f->path, 0, &after, NULL),
                         USHER_OK);
        entry = usher_env_file_find(after, "T");
        assert_non_null(entry);
        assert_string_equal(entry->value, value);
        /* The others are what they were. */
        for (size_t k = 0; k < usher_env_file_count(before); k++) {
            const struct usher_env_entry *old = usher_env_file_at(before, k);
            entry = usher_env_file_find(after, old->name);
            assert_non_null(entry);
            if (strcmp(old->name, "T") != 0)
                assert_string_equal(entry->value, old->value);
        }
        usher_env_file_free(before);
        usher_env_file_free(after);
    }
    assert_in_range(refused, 1, 40); /* only where a quote is left open */
}

static void an_open_quote_swallows_no_new_value(void **state)
{
    static const char text[] = "A=1\nB=\"never closed\n";
    struct fixture *f = *state;

    env_write(f->path, text);
    assert_int_equal(env_update(f, "T", "# x"), USHER_ERR_PARSE);
    assert_non_null(strstr(f->error.text, "mend them first"));
    assert_string_equal(env_read_back(f->path), text);
    assert_int_equal(env_update(f, "T", "1000.abc"), USHER_OK);
    assert_string_equal(env_read_back(f->path),
                        "A=1\nB=\"never closed\nT=1000.abc\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(an_update_changes_its_value_and_nothing_else),
        CASE(several_names_change_at_once),
        CASE(a_file_that_lacks_what_is_known_is_left_alone),
        CASE(the_mode_becomes_0600_and_the_owner_stays),
        CASE(an_update_without_a_change_writes_nothing),
        CASE(a_symbolic_link_is_followed),
        CASE(what_a_crash_left_is_no_hindrance),
        CASE(what_cannot_be_done_is_told),
        CASE(a_folder_that_cannot_be_written_keeps_the_file),
        CASE(a_read_only_mount_is_named_as_such),
        CASE(what_is_no_file_is_not_written_to),
        CASE(a_file_of_another_user_is_left_to_its_owner),
        CASE(whatever_stands_there_a_new_value_comes_back),
        CASE(an_open_quote_swallows_no_new_value),
        CASE(a_reader_never_sees_a_half),
        CASE(two_writers_lose_nothing),
        CASE(without_memory_the_old_file_stays),
    };

    return cmocka_run_group_tests_name("env_update", tests, NULL, NULL);
}
