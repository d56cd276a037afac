/* tests/unit/env_file_test.c - reading `.env`. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "core/env_file.h"
#include "env_fixture.h"
#include "fail_alloc.h"

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
        {"K='a\\'\nL='b'", "a\\"},
        {"K='a\\nb\\\\'", "a\\nb\\\\"},
        {"K=a\\nb\\", "a\\nb\\"},
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

static void a_key_broken_over_lines_is_told_with_its_name(void **state)
{
    static const char want[] =
        ".env:3: this line is not NAME=VALUE; if it is a part of KEY in line "
        "2, put the whole value in quotes";
    static const char *const values[][2] = {
        {"-----BEGIN PUBLIC KEY-----", "MIIBIjANBgkqhkiG9w0BAQEF/AAOC"},
        {"MIIBIjANBgkqhkiG9w0BAQEFAAOC", "Aw/EAAQ=="},
    };
    struct fixture *f = *state;
    char text[256];

    for (size_t i = 0; i < 2; i++) {
        (void)snprintf(text, sizeof(text), "A=1\nKEY=%s\n%s\n", values[i][0],
                       values[i][1]);
        parse(f, text);
        assert_int_equal(f->problems.errors, 1);
        assert_string_equal(f->problems.items[0].text, want);
    }
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

static void a_file_is_read_or_the_reason_is_told(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(usher_env_file_read(f->path, 0, &f->file, &f->problems),
                     USHER_ERR_NOT_FOUND);
    assert_int_equal(f->problems.count, 0);
    env_write(f->path, "");
    assert_int_equal(usher_env_file_read(f->path, 0, &f->file, &f->problems),
                     USHER_OK);
    assert_int_equal(usher_env_file_count(f->file), 0);
    usher_env_file_free(f->file);
    assert_int_equal(usher_env_file_read(f->folder, 0, &f->file, &f->problems),
                     USHER_ERR_IO);
    assert_non_null(strstr(f->problems.items[0].text, "it is a folder"));
}

static void a_file_may_have_1_mib(void **state)
{
    enum { MIB = 1024 * 1024 };
    struct fixture *f = *state;
    char *text = malloc(MIB + 2);

    assert_non_null(text);
    memset(text, '#', MIB + 1); /* a comment */
    text[MIB] = text[MIB + 1] = '\0';
    env_write(f->path, text);
    assert_int_equal(usher_env_file_read(f->path, 0, &f->file, &f->problems),
                     USHER_OK);
    usher_env_file_free(f->file);
    text[MIB] = '#';
    env_write(f->path, text);
    assert_int_equal(usher_env_file_read(f->path, 0, &f->file, &f->problems),
                     USHER_ERR_LIMIT);
    assert_null(f->file);
    free(text);
}

static void refused_as(struct fixture *f, const char *path, int waits,
                       const char *what)
{
    usher_error_list_free(&f->problems);
    assert_int_equal(usher_env_file_read(path, waits, &f->file, &f->problems),
                     USHER_ERR_IO);
    assert_non_null(strstr(f->problems.items[0].text, path));
    assert_non_null(strstr(f->problems.items[0].text, what));
}

/* Nobody would ever write to that pipe, nor end that device. */
static void nothing_else_is_waited_for(void **state)
{
    struct fixture *f = *state;
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);

    assert_int_equal(mkfifo(f->path, 0600), 0);
    for (int waits = 0; waits < 2; waits++)
        refused_as(f, f->path, waits, "it is a pipe");
    assert_int_equal(unlink(f->path), 0);
    (void)snprintf(name.sun_path, sizeof(name.sun_path), "%s", f->path);
    assert_int_equal(bind(fd, (struct sockaddr *)&name, sizeof(name)), 0);
    refused_as(f, f->path, 0, "it is a socket");
    refused_as(f, "/dev/zero", 0, "it is a device");
    assert_int_equal(usher_env_file_read("/dev/null", 0, &f->file, NULL),
                     USHER_OK);
    assert_int_equal(usher_env_file_count(f->file), 0);
    close(fd);
}

/* Once: afterwards there is nothing left in it. */
static void a_pipe_of_the_shell_is_read_where_it_may_wait(void **state)
{
    struct fixture *f = *state;
    char path[32];
    int ends[2];

    assert_int_equal(pipe(ends), 0);
    (void)snprintf(path, sizeof(path), "/dev/fd/%d", ends[0]);
    assert_int_equal(write(ends[1], "A=1\n", 4), 4);
    refused_as(f, path, 0, "it is a pipe");
    close(ends[1]);
    assert_int_equal(usher_env_file_read(path, 1, &f->file, NULL), USHER_OK);
    assert_int_equal(usher_env_file_count(f->file), 1);
    close(ends[0]);
}

static void without_memory_nothing_is_read(void **state)
{
    struct fixture *f = *state;
    unsigned long n;

    env_write(f->path, "A='1' # x\nT=old\n");
    for (n = 1; n < 100; n++) {
        enum usher_status st;
        fail_alloc_at(n);
        st = usher_env_file_read(f->path, 0, &f->file, NULL);
        if (!fail_alloc_off())
            break;
        assert_int_equal(st, USHER_ERR_NOMEM);
        assert_null(f->file);
    }
    assert_in_range(n, 5, 50);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_value_is_read_as_people_write_it),
        CASE(entries_know_their_lines),
        CASE(a_malformed_line_is_told_and_the_others_count),
        CASE(a_key_broken_over_lines_is_told_with_its_name),
        CASE(what_is_no_text_is_refused),
        CASE(a_file_is_read_or_the_reason_is_told),
        CASE(a_file_may_have_1_mib),
        CASE(nothing_else_is_waited_for),
        CASE(a_pipe_of_the_shell_is_read_where_it_may_wait),
        CASE(without_memory_nothing_is_read),
    };

    return cmocka_run_group_tests_name("env_file", tests, NULL, NULL);
}
