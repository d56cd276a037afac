/* tests/unit/env_file_test.c - reading `.env`, and rewriting it whole. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/env_file.h"
#include "fail_alloc.h"

struct fixture {
    char folder[64];
    char path[96];
    struct usher_error_list problems;
    struct usher_env_file *file;
    struct usher_error error;
};

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof(*f));

    if (!f)
        return -1;
    strcpy(f->folder, "/tmp/usher-env-XXXXXX");
    if (!mkdtemp(f->folder))
        return -1;
    (void)snprintf(f->path, sizeof(f->path), "%s/.env", f->folder);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    char other[128];
    static const char *const names[] = {".env", ".env.usher-new", "link",
                                        "real/.env", "real"};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        (void)snprintf(other, sizeof(other), "%s/%s", f->folder, names[i]);
        (void)remove(other);
    }
    usher_env_file_free(f->file);
    usher_error_list_free(&f->problems);
    if (rmdir(f->folder) != 0) /* nothing may be left in it */
        return -1;
    free(f);
    return 0;
}

static void parse(struct fixture *f, const char *text)
{
    usher_env_file_free(f->file);
    usher_error_list_free(&f->problems);
    assert_int_equal(usher_env_file_parse(".env", text, strlen(text), &f->file,
                                          &f->problems),
                     USHER_OK);
}

static void a_value_is_read_as_people_write_it(void **state)
{
    static const char *const cases[][2] = {
        {"K=value", "value"},
        {"K=value\n", "value"},
        {"K=value\r\n", "value"},
        {"\xEF\xBB\xBFK=value", "value"},
        {"  K = value  ", "value"},
        {"\tK\t=\tvalue\t", "value"},
        {"export K=value", "value"},
        {"export  \tK = value", "value"},
        {"export=1\nK=x", "x"},
        {"K=", ""},
        {"K=   ", ""},
        {"K=\r\n", ""},
        {"K=a=b==", "a=b=="},
        {"K=two words", "two words"},
        {"K=a#b", "a#b"},
        {"K=#b", "#b"},
        {"K=a #b", "a"},
        {"K= # b", ""},
        {"K=a\t# b", "a"},
        {"K=it's", "it's"},
        {"K=say \"x\"", "say \"x\""},
        {"K=C:\\new", "C:\\new"},
        {"K=$HOME", "$HOME"},
        {"K=''", ""},
        {"K=\"\"", ""},
        {"K='a b' # c", "a b"},
        {"K='a\\n\"#$'", "a\\n\"#$"},
        {"K=\"a b\" # c", "a b"},
        {"K=\"a\\nb\\tc\\r\\\\d\\\"e\\$f\\xg\"", "a\nb\tc\r\\d\"e$f\\xg"},
        {"K=\" a # b \"", " a # b "},
        {"K=\"a\nb\"\n", "a\nb"},
        {"K=\"a\r\nb\"\r\n", "a\nb"},
        {"K='a\nb'\nL=1", "a\nb"},
        {"# K=no\n\n   # K=no\nK=yes", "yes"},
        {"K=1\nK=2", "2"},
    };
    struct fixture *f = *state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const struct usher_env_entry *entry;
        parse(f, cases[i][0]);
        assert_int_equal(f->problems.errors, 0);
        entry = usher_env_file_find(f->file, "K");
        assert_non_null(entry);
        assert_string_equal(entry->value, cases[i][1]);
    }
}

static void entries_know_their_lines(void **state)
{
    struct fixture *f = *state;

    parse(f, "# first\nA=1\n\nB=\"x\ny\nz\" # more\r\nC=3\nA=4\n");
    assert_int_equal(usher_env_file_count(f->file), 3);
    assert_string_equal(usher_env_file_at(f->file, 0)->name, "B");
    assert_int_equal(usher_env_file_at(f->file, 0)->line, 4);
    assert_int_equal(usher_env_file_at(f->file, 1)->line, 7);
    assert_string_equal(usher_env_file_at(f->file, 2)->value, "4");
    assert_int_equal(usher_env_file_at(f->file, 2)->line, 8);
    assert_null(usher_env_file_at(f->file, 3));
    assert_null(usher_env_file_find(f->file, "D"));
    assert_int_equal(f->problems.errors, 0);
    assert_int_equal(f->problems.warnings, 1);
    assert_string_equal(f->problems.items[0].text,
                        ".env:8: A stands in line 2 already; this line "
                        "counts, delete one of them");
}

static void a_malformed_line_is_told_and_the_others_count(void **state)
{
    static const char *const cases[][2] = {
        {"no equals", ".env:2: this line is not NAME=VALUE; write it so, or "
                      "put a # before a remark"},
        {"PORT: 80", ".env:2: this line is not NAME=VALUE; write it so, or "
                     "put a # before a remark"},
        {"A-B=1", ".env:2: what stands before the = is not a name; use "
                  "letters, digits and _ only, as in PORT=8000"},
        {"=1", ".env:2: what stands before the = is not a name; use letters, "
               "digits and _ only, as in PORT=8000"},
        {"9A=1", ".env:2: what stands before the = is not a name; use "
                 "letters, digits and _ only, as in PORT=8000"},
        {"K=\"abc", ".env:2: the \" of K is never closed; add one at the end "
                    "of the value"},
        {"K='abc", ".env:2: the ' of K is never closed; add one at the end "
                   "of the value"},
        {"K=\"a\"b", ".env:2: something stands behind the closing \" of K; "
                     "inside quotes write \\\" for a quote, and # before a "
                     "remark"},
        {"K=\"abc\nL=\"x\"",
         ".env:2: the \" of K closes only in line 3, and something follows "
         "there; is one missing at the end of line 2?"},
    };
    struct fixture *f = *state;
    char text[128];

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        (void)snprintf(text, sizeof(text), "Y=1\n%s\nZ=2\n", cases[i][0]);
        parse(f, text);
        assert_int_equal(f->problems.errors, 1);
        assert_string_equal(f->problems.items[0].text, cases[i][1]);
        assert_string_equal(usher_env_file_find(f->file, "Y")->value, "1");
        assert_string_equal(usher_env_file_find(f->file, "Z")->value, "2");
        assert_null(usher_env_file_find(f->file, "K"));
    }
}

static void what_is_no_text_is_refused(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(usher_env_file_parse(".env", "\xFF\xFEK\0=\0", 6, &f->file,
                                          &f->problems),
                     USHER_ERR_PARSE);
    assert_string_equal(f->problems.items[0].text,
                        ".env is UTF-16; save it as UTF-8");
    assert_null(f->file);
    assert_int_equal(usher_env_file_parse(".env", "K=a\0b", 5, &f->file, NULL),
                     USHER_ERR_PARSE);
}

static void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, strlen(text), file), strlen(text));
    assert_int_equal(fclose(file), 0);
}

static const char *read_back(const char *path)
{
    static char text[8192];
    FILE *file = fopen(path, "r");
    size_t len;

    assert_non_null(file);
    len = fread(text, 1, sizeof(text) - 1, file);
    text[len] = '\0';
    (void)fclose(file);
    return text;
}

static void a_file_is_read_or_the_reason_is_told(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(usher_env_file_read(f->path, &f->file, &f->problems),
                     USHER_ERR_NOT_FOUND);
    assert_int_equal(f->problems.count, 0);
    write_file(f->path, "");
    assert_int_equal(usher_env_file_read(f->path, &f->file, &f->problems),
                     USHER_OK);
    assert_int_equal(usher_env_file_count(f->file), 0);
    usher_env_file_free(f->file);
    assert_int_equal(usher_env_file_read(f->folder, &f->file, &f->problems),
                     USHER_ERR_IO);
    assert_non_null(strstr(f->problems.items[0].text, "Is a directory"));
    assert_int_equal(truncate(f->path, USHER_ENV_FILE_MAX_BYTES + 1), 0);
    assert_int_equal(usher_env_file_read(f->path, &f->file, &f->problems),
                     USHER_ERR_LIMIT);
    assert_null(f->file);
}

static enum usher_status update(struct fixture *f, const char *name,
                                const char *value)
{
    struct usher_env_change change = {name, value};

    return usher_env_file_update(f->path, &change, 1, &f->error);
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
        write_file(f->path, cases[i][0]);
        assert_int_equal(update(f, "T", cases[i][1]), USHER_OK);
        assert_string_equal(read_back(f->path), cases[i][2]);
        usher_error_list_free(&f->problems);
        assert_int_equal(usher_env_file_read(f->path, &f->file, &f->problems),
                         USHER_OK);
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

    write_file(f->path, "A=1\nB=2\n");
    assert_int_equal(usher_env_file_update(f->path, changes, 4, &f->error),
                     USHER_OK);
    assert_string_equal(read_back(f->path), "A=1.1\nB=\"3\"\nNEW=n\n");
}

static void the_mode_becomes_0600_and_the_owner_stays(void **state)
{
    struct fixture *f = *state;
    struct stat st;
    uid_t owner = geteuid() == 0 ? 12345 : geteuid();

    write_file(f->path, "T=old\n");
    assert_int_equal(chmod(f->path, 0644), 0);
    if (geteuid() == 0)
        assert_int_equal(chown(f->path, owner, 54321), 0);
    assert_int_equal(update(f, "T", "new"), USHER_OK);
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

    write_file(f->path, "T='same' # x\n");
    assert_int_equal(stat(f->path, &before), 0);
    assert_int_equal(update(f, "T", "same"), USHER_OK);
    assert_int_equal(usher_env_file_update(f->path, NULL, 0, NULL), USHER_OK);
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
    write_file(real, "T=old\n");
    assert_int_equal(symlink("real/.env", link), 0);
    assert_int_equal(usher_env_file_update(link, &change, 1, &f->error),
                     USHER_OK);
    assert_int_equal(lstat(link, &st), 0);
    assert_true(S_ISLNK(st.st_mode));
    assert_string_equal(read_back(real), "T=new\n");
}

static void what_a_crash_left_is_no_hindrance(void **state)
{
    struct fixture *f = *state;
    char left[128];

    (void)snprintf(left, sizeof(left), "%s.usher-new", f->path);
    write_file(f->path, "T=old\n");
    write_file(left, "T=half");
    assert_int_equal(update(f, "T", "new"), USHER_OK);
    assert_string_equal(read_back(f->path), "T=new\n");
    assert_int_equal(access(left, F_OK), -1);
}

static void what_cannot_be_done_is_told(void **state)
{
    struct fixture *f = *state;
    struct usher_env_change change = {"T", "new"};

    assert_int_equal(update(f, "T", "new"), USHER_ERR_NOT_FOUND);
    assert_non_null(strstr(f->error.text, f->path));
    assert_int_equal(update(f, "not a name", "x"), USHER_ERR_INVALID);
    assert_int_equal(update(f, "", "x"), USHER_ERR_INVALID);
    assert_int_equal(update(f, "T", NULL), USHER_ERR_INVALID);
    assert_int_equal(usher_env_file_update(f->folder, &change, 1, &f->error),
                     USHER_ERR_IO);
    write_file(f->path, "");
    assert_int_equal(truncate(f->path, USHER_ENV_FILE_MAX_BYTES + 1), 0);
    assert_int_equal(update(f, "T", "new"), USHER_ERR_LIMIT);
}

#define NOBODY 65534

/* Nothing is forbidden to root, so root becomes somebody else meanwhile. */
static enum usher_status update_as_nobody(struct fixture *f, mode_t folder)
{
    int root = geteuid() == 0;
    enum usher_status st;

    write_file(f->path, "T=old\n");
    assert_int_equal(chmod(f->path, 0644), 0);
    assert_int_equal(chmod(f->folder, folder), 0);
    if (root)
        assert_int_equal(seteuid(NOBODY), 0);
    st = update(f, "T", "new");
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
    assert_string_equal(read_back(f->path), "T=old\n");
}

static void a_file_of_another_user_is_left_to_its_owner(void **state)
{
    struct fixture *f = *state;

    if (geteuid() != 0)
        skip(); /* only root can make such a file */
    assert_int_equal(update_as_nobody(f, 0777), USHER_ERR_IO);
    assert_non_null(strstr(f->error.text, "belongs to another user"));
    assert_string_equal(read_back(f->path), "T=old\n");
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

    write_file(f->path, "A=1\nT=value-x\nB=2\n");
    assert_int_equal(pthread_create(&thread, NULL, watch, &r), 0);
    for (int i = 0; i < ROUNDS; i++) {
        (void)snprintf(value, sizeof(value), "value-%d", i);
        assert_int_equal(update(f, "T", value), USHER_OK);
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
        if (usher_env_file_update(f->path, &change, 1, NULL) != USHER_OK)
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

    write_file(f->path, "T=x\nOTHER=x\n");
    assert_int_equal(pthread_create(&thread, NULL, other_process, f), 0);
    for (int i = 0; i < ROUNDS; i++) {
        (void)snprintf(value, sizeof(value), "t%d", i);
        assert_int_equal(update(f, "T", value), USHER_OK);
    }
    pthread_join(thread, &failed);
    assert_null(failed);
    assert_string_equal(read_back(f->path), "T=t199\nOTHER=o199\n");
}

static void without_memory_the_old_file_stays(void **state)
{
    struct fixture *f = *state;
    unsigned long n;

    write_file(f->path, "A='1' # x\nT=old\n");
    for (n = 1; n < 100; n++) {
        enum usher_status st;
        fail_alloc_at(n);
        st = update(f, "T", "new");
        if (!fail_alloc_off())
            break;
        if (st != USHER_OK) {
            assert_int_equal(st, USHER_ERR_NOMEM);
            assert_string_equal(read_back(f->path), "A='1' # x\nT=old\n");
        }
    }
    assert_in_range(n, 3, 50);
    assert_string_equal(read_back(f->path), "A='1' # x\nT=new\n");
    for (n = 1; n < 100; n++) {
        enum usher_status st;
        fail_alloc_at(n);
        st = usher_env_file_read(f->path, &f->file, NULL);
        if (!fail_alloc_off())
            break;
        assert_int_equal(st, USHER_ERR_NOMEM);
        assert_null(f->file);
    }
    assert_in_range(n, 5, 50);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_value_is_read_as_people_write_it),
        CASE(entries_know_their_lines),
        CASE(a_malformed_line_is_told_and_the_others_count),
        CASE(what_is_no_text_is_refused),
        CASE(a_file_is_read_or_the_reason_is_told),
        CASE(an_update_changes_its_value_and_nothing_else),
        CASE(several_names_change_at_once),
        CASE(the_mode_becomes_0600_and_the_owner_stays),
        CASE(an_update_without_a_change_writes_nothing),
        CASE(a_symbolic_link_is_followed),
        CASE(what_a_crash_left_is_no_hindrance),
        CASE(what_cannot_be_done_is_told),
        CASE(a_folder_that_cannot_be_written_keeps_the_file),
        CASE(a_file_of_another_user_is_left_to_its_owner),
        CASE(a_reader_never_sees_a_half),
        CASE(two_writers_lose_nothing),
        CASE(without_memory_the_old_file_stays),
    };

    return cmocka_run_group_tests_name("env_file", tests, NULL, NULL);
}
