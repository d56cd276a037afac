/* tests/unit/problems_test.c - the list behind /readyz. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/problems.h"
#include "fail_alloc.h"

struct seen {
    unsigned lines;
    char last[512];
};

static void line_in(void *user, enum usher_log_level level, const char *line,
                    size_t len)
{
    struct seen *seen = user;

    (void)level;
    seen->lines++;
    snprintf(seen->last, sizeof(seen->last), "%.*s", (int)len, line);
}

static struct usher_problems *problems_new(struct usher_log *log)
{
    struct usher_problems *problems = NULL;

    assert_int_equal(usher_problems_new(log, &problems), USHER_OK);
    return problems;
}

static void list_is(struct usher_problems *problems, const char *wanted)
{
    struct usher_buffer out;

    usher_buffer_init(&out, 0);
    usher_problems_json(problems, &out);
    assert_string_equal(out.data ? out.data : "", wanted);
    usher_buffer_free(&out);
}

static void what_waits_for_a_restart_is_listed_but_not_serious(void **state)
{
    struct usher_problems *problems = problems_new(NULL);

    (void)state;
    assert_false(usher_problems_serious(problems));
    usher_problem_raise(problems, USHER_PROBLEM_RESTART_NEEDED, "PORT", NULL,
                        NULL);
    assert_int_equal(
        usher_problems_count(problems, USHER_PROBLEM_RESTART_NEEDED), 1);
    assert_false(usher_problems_serious(problems));
    usher_problem_raise(problems, USHER_PROBLEM_STILL_SIMULATED, "DESK_ORG_ID",
                        NULL, NULL);
    assert_true(usher_problems_serious(problems));
    usher_problem_end(problems, USHER_PROBLEM_STILL_SIMULATED, "DESK_ORG_ID");
    assert_false(usher_problems_serious(problems));
    assert_false(usher_problems_serious(NULL));
    usher_problems_free(problems);
}

static void it_is_there_until_it_ends(void **state)
{
    struct usher_problems *problems = problems_new(NULL);

    (void)state;
    list_is(problems, "");
    usher_problem_raise(problems, USHER_PROBLEM_EDIT_REFUSED, NULL, "a.lua:3",
                        NULL);
    list_is(problems, "{\"code\":\"edit_refused\",\"what\":\"the last edit was "
                      "refused; the version before it runs\",\"detail\":"
                      "\"a.lua:3\",\"hint\":\"mend the file and save it\"}");
    usher_problem_end(problems, USHER_PROBLEM_EDIT_REFUSED, NULL);
    usher_problem_end(problems, USHER_PROBLEM_EDIT_REFUSED, NULL);
    list_is(problems, "");
    usher_problems_free(problems);
}

static void raised_again_it_replaces_its_detail(void **state)
{
    struct usher_problems *problems = problems_new(NULL);
    struct usher_buffer out;

    (void)state;
    usher_buffer_init(&out, 0);
    usher_problem_raise(problems, USHER_PROBLEM_CREDENTIAL_DEAD, "desk", "one",
                        "first");
    usher_problem_raise(problems, USHER_PROBLEM_CREDENTIAL_DEAD, "desk", "two",
                        "second");
    assert_int_equal(
        usher_problems_count(problems, USHER_PROBLEM_CREDENTIAL_DEAD), 1);
    usher_problems_json(problems, &out);
    assert_null(strstr(out.data, "first"));
    assert_non_null(strstr(out.data, "\"detail\":\"two\",\"hint\":\"second\""));
    usher_buffer_free(&out);
    usher_problems_free(problems);
}

static int is_desk(void *user, const char *subject)
{
    (void)user;
    return strcmp(subject, "desk") == 0;
}

static void subjects_are_problems_of_their_own(void **state)
{
    struct usher_problems *problems = problems_new(NULL);

    (void)state;
    usher_problem_raise(problems, USHER_PROBLEM_CREDENTIAL_DEAD, "desk", "",
                        "x");
    usher_problem_raise(problems, USHER_PROBLEM_CREDENTIAL_DEAD, "default", "",
                        "x");
    usher_problem_raise(problems, USHER_PROBLEM_EDIT_REFUSED, NULL, "e", NULL);
    assert_int_equal(
        usher_problems_count(problems, USHER_PROBLEM_CREDENTIAL_DEAD), 2);
    usher_problems_end(problems, USHER_PROBLEM_CREDENTIAL_DEAD, is_desk, NULL);
    assert_int_equal(
        usher_problems_count(problems, USHER_PROBLEM_CREDENTIAL_DEAD), 1);
    usher_problems_end(problems, USHER_PROBLEM_CREDENTIAL_DEAD, NULL, NULL);
    assert_int_equal(
        usher_problems_count(problems, USHER_PROBLEM_CREDENTIAL_DEAD), 0);
    assert_int_equal(usher_problems_count(problems, USHER_PROBLEM_EDIT_REFUSED),
                     1);
    usher_problems_free(problems);
}

/* Wherever in the list it stands. */
static void one_serious_problem_is_enough(void **state)
{
    (void)state;
    for (int code = 0; code < USHER_PROBLEM_COUNT; code++) {
        struct usher_problems *problems = problems_new(NULL);

        assert_false(usher_problems_serious(problems));
        usher_problem_raise(problems, USHER_PROBLEM_RESTART_NEEDED, "PORT", "",
                            "x");
        assert_false(usher_problems_serious(problems));
        usher_problem_raise(problems, (enum usher_problem)code, "one", "", "x");
        assert_int_equal(usher_problems_serious(problems),
                         code != USHER_PROBLEM_RESTART_NEEDED);
        usher_problem_raise(problems, USHER_PROBLEM_RESTART_NEEDED, "HOST", "",
                            "x");
        assert_int_equal(usher_problems_serious(problems),
                         code != USHER_PROBLEM_RESTART_NEEDED);
        usher_problem_end(problems, (enum usher_problem)code, "one");
        assert_false(usher_problems_serious(problems));
        usher_problems_free(problems);
    }
}

/* Every code: a name fit for a label, a text, and a log line at most once for
 * the same news. */
static void each_has_a_name_and_is_told_once(void **state)
{
    (void)state;
    for (int code = 0; code < USHER_PROBLEM_COUNT; code++) {
        enum usher_problem problem = (enum usher_problem)code;
        struct seen seen = {0};
        struct usher_log_options options = {.sink = line_in, .user = &seen};
        struct usher_problems *problems;
        struct usher_log *log = NULL;
        unsigned told;

        assert_non_null(usher_problem_name(problem));
        assert_int_equal(strspn(usher_problem_name(problem),
                                "abcdefghijklmnopqrstuvwxyz_"),
                         strlen(usher_problem_name(problem)));
        assert_int_equal(usher_log_new(&options, &log), USHER_OK);
        problems = problems_new(log);
        usher_problem_raise(problems, problem, "s", "d", "h");
        told = seen.lines;
        assert_true(told <= 1);
        usher_problem_raise(problems, problem, "s", "d", "h");
        assert_int_equal(seen.lines, told);
        usher_problem_end(problems, problem, "s");
        assert_int_equal(seen.lines, told + 1);
        usher_problem_end(problems, problem, "s");
        assert_int_equal(seen.lines, told + 1);
        usher_problems_free(problems);
        usher_log_free(log);
    }
}

static void nothing_is_shown_that_the_log_would_hide(void **state)
{
    struct seen seen = {0};
    struct usher_log_options options = {.sink = line_in, .user = &seen};
    struct usher_problems *problems;
    struct usher_log *log = NULL;
    struct usher_buffer out;

    (void)state;
    assert_int_equal(usher_log_new(&options, &log), USHER_OK);
    assert_int_equal(usher_log_secret(log, "swordfish"), USHER_OK);
    problems = problems_new(log);
    usher_buffer_init(&out, 0);
    usher_problem_raise(problems, USHER_PROBLEM_TASK_UNREADABLE,
                        "chat:ann@example.com", "not \"swordfish\"", NULL);
    usher_problems_json(problems, &out);
    assert_null(strstr(out.data, "swordfish"));
    assert_non_null(strstr(out.data, "[secret]"));
    assert_null(strstr(out.data, "ann@"));
    usher_problem_raise(problems, USHER_PROBLEM_TASK_UNREADABLE,
                        "siq:919876543210", "919876543210 book", NULL);
    usher_problem_raise(problems, USHER_PROBLEM_CONVERSATION_UNREADABLE,
                        "visitor:918765432109", NULL, NULL);
    usher_problems_json(problems, &out);
    assert_non_null(strstr(out.data, "\"919876543210 book\""));
    assert_null(strstr(out.data, "918765432109"));
    assert_non_null(strstr(out.data, "\"siq:919876543210\""));
    usher_problem_end(problems, USHER_PROBLEM_TASK_UNREADABLE,
                      "chat:ann@example.com");
    assert_int_equal(
        usher_problems_count(problems, USHER_PROBLEM_TASK_UNREADABLE), 1);
    usher_buffer_free(&out);
    usher_problems_free(problems);
    usher_log_free(log);
}

static void a_version_is_no_phone_number(void **state)
{
    struct seen seen = {0};
    struct usher_log_options options = {.sink = line_in, .user = &seen};
    struct usher_problems *problems;
    struct usher_log *log = NULL;

    (void)state;
    assert_int_equal(usher_log_new(&options, &log), USHER_OK);
    problems = problems_new(log);
    usher_problem_raise(problems, USHER_PROBLEM_ROLLED_BACK, "39565758c910",
                        NULL, NULL);
    assert_non_null(strstr(seen.last, "39565758c910"));
    usher_problems_free(problems);
    usher_log_free(log);
}

static void nobody_to_tell_is_fine(void **state)
{
    (void)state;
    usher_problem_raise(NULL, USHER_PROBLEM_NO_FLOWS, NULL, NULL, NULL);
    usher_problem_end(NULL, USHER_PROBLEM_NO_FLOWS, NULL);
    usher_problems_end(NULL, USHER_PROBLEM_NO_FLOWS, NULL, NULL);
    assert_int_equal(usher_problems_count(NULL, USHER_PROBLEM_NO_FLOWS), 0);
    usher_problems_free(NULL);
}

/* Of these nobody else writes a line when they begin. That one is over, of
 * whatever code, only the list says. */
static void what_nobody_else_tells_the_log_is_told_by_the_list(void **state)
{
    static const char told[] =
        " not_watched id_missing env_readable webhook_open rolled_back "
        "admin_socket conversation_unreadable task_unreadable "
        "version_unreadable ";

    (void)state;
    for (int code = 0; code < USHER_PROBLEM_COUNT; code++) {
        enum usher_problem problem = (enum usher_problem)code;
        struct seen seen = {0, ""};
        struct usher_log_options options = {.sink = line_in, .user = &seen};
        struct usher_problems *problems;
        struct usher_log *log = NULL;
        char name[64];
        unsigned wanted;

        snprintf(name, sizeof(name), " %s ", usher_problem_name(problem));
        wanted = strstr(told, name) != NULL;
        assert_int_equal(usher_log_new(&options, &log), USHER_OK);
        problems = problems_new(log);
        usher_problem_raise(problems, problem, "s", "d", NULL);
        assert_int_equal(seen.lines, wanted);
        assert_true(!wanted || strstr(seen.last, "level=warn"));
        usher_problem_end(problems, problem, "s");
        assert_int_equal(seen.lines, wanted + 1);
        assert_non_null(strstr(seen.last, "level=info"));
        assert_non_null(strstr(seen.last, "event=over"));
        assert_non_null(strstr(seen.last, usher_problem_name(problem)));
        usher_problem_raise(problems, problem, "s", "d", NULL);
        usher_problems_end(problems, problem, NULL, NULL);
        assert_int_equal(seen.lines, 2 * (wanted + 1));
        assert_non_null(strstr(seen.last, "event=over"));
        usher_problems_end(problems, problem, NULL, NULL);
        assert_int_equal(seen.lines, 2 * (wanted + 1));
        usher_problems_free(problems);
        usher_log_free(log);
    }
}

static void another_detail_is_news_and_another_hint_is_none(void **state)
{
    struct seen seen = {0, ""};
    struct usher_log_options options = {.sink = line_in, .user = &seen};
    struct usher_problems *problems;
    struct usher_log *log = NULL;

    (void)state;
    assert_int_equal(usher_log_new(&options, &log), USHER_OK);
    problems = problems_new(log);
    usher_problem_raise(problems, USHER_PROBLEM_ID_MISSING, "A", "one", NULL);
    usher_problem_raise(problems, USHER_PROBLEM_ID_MISSING, "A", "one", "h");
    assert_int_equal(seen.lines, 1);
    usher_problem_raise(problems, USHER_PROBLEM_ID_MISSING, "A", "two", NULL);
    assert_int_equal(seen.lines, 2);
    assert_non_null(strstr(seen.last, "detail=two"));
    usher_problem_raise(problems, USHER_PROBLEM_ID_MISSING, "B", "two", NULL);
    assert_int_equal(seen.lines, 3);
    usher_problem_end(problems, USHER_PROBLEM_ID_MISSING, "A");
    assert_int_equal(seen.lines, 4);
    assert_non_null(strstr(seen.last, "subject=A"));
    usher_problems_free(problems);
    usher_log_free(log);
}

static int is_one_of(void *user, const char *subject)
{
    return strstr(user, subject) != NULL;
}

/* First, middle and last of a code may go, alone or together. */
static void whichever_ends_the_others_stay(void **state)
{
    static const char *const keep[] = {"bc", "ac", "ab", "a", "b", "c", ""};
    static const char *const subjects[] = {"a", "b", "c"};

    (void)state;
    for (size_t i = 0; i < sizeof(keep) / sizeof(keep[0]); i++) {
        struct usher_problems *problems = problems_new(NULL);
        struct usher_buffer out;
        char text[16], wanted[32];

        usher_problem_raise(problems, USHER_PROBLEM_STORE_FAILING, NULL, "x",
                            NULL);
        for (size_t s = 0; s < 3; s++)
            usher_problem_raise(problems, USHER_PROBLEM_ID_MISSING, subjects[s],
                                NULL, NULL);
        usher_problem_raise(problems, USHER_PROBLEM_ROLLED_BACK, "v", NULL,
                            NULL);
        snprintf(text, sizeof(text), "%s", keep[i]);
        usher_problems_end(problems, USHER_PROBLEM_ID_MISSING, is_one_of, text);
        usher_buffer_init(&out, 0);
        usher_problems_json(problems, &out);
        for (size_t s = 0; s < 3; s++) {
            snprintf(wanted, sizeof(wanted), "\"subject\":\"%s\"", subjects[s]);
            assert_int_equal(strstr(out.data, wanted) != NULL,
                             strstr(keep[i], subjects[s]) != NULL);
        }
        assert_int_equal(
            usher_problems_count(problems, USHER_PROBLEM_STORE_FAILING), 1);
        assert_int_equal(
            usher_problems_count(problems, USHER_PROBLEM_ROLLED_BACK), 1);
        usher_buffer_free(&out);
        usher_problems_free(problems);
    }
}

/* Twenty are listed, and of one more than that its number is told. */
static void twenty_of_a_code_are_listed(void **state)
{
    (void)state;
    for (int count = 19; count <= 21; count++) {
        struct usher_problems *problems = problems_new(NULL);
        struct usher_buffer out;

        for (int i = 0; i < count; i++) {
            char id[32];

            snprintf(id, sizeof(id), "task-%d.", i);
            usher_problem_raise(problems, USHER_PROBLEM_TASK_UNREADABLE, id,
                                NULL, NULL);
        }
        usher_buffer_init(&out, 0);
        usher_problems_json(problems, &out);
        assert_int_equal(strstr(out.data, "task-18.") != NULL, 1);
        assert_int_equal(strstr(out.data, "task-19.") != NULL, count > 19);
        assert_null(strstr(out.data, "task-20."));
        assert_int_equal(strstr(out.data, "\"more\":1}") != NULL, count > 20);
        assert_int_equal(strstr(out.data, "\"more\"") != NULL, count > 20);
        usher_buffer_free(&out);
        usher_problems_free(problems);
    }
}

/* Without memory the log has it, the list as much as before. */
static void without_memory_the_log_has_it(void **state)
{
    struct seen seen = {0, ""};
    struct usher_log_options options = {.sink = line_in, .user = &seen};
    struct usher_problems *problems = NULL;
    struct usher_log *log = NULL;

    (void)state;
    fail_alloc_at(1);
    assert_int_equal(usher_problems_new(NULL, &problems), USHER_ERR_NOMEM);
    (void)fail_alloc_off();
    assert_null(problems);
    assert_int_equal(usher_log_new(&options, &log), USHER_OK);
    problems = problems_new(log);
    fail_alloc_at(1);
    usher_problem_raise(problems, USHER_PROBLEM_ID_MISSING, "A", "one", NULL);
    assert_true(fail_alloc_off());
    assert_int_equal(seen.lines, 1);
    assert_int_equal(usher_problems_count(problems, USHER_PROBLEM_ID_MISSING),
                     0);
    usher_problem_raise(problems, USHER_PROBLEM_ID_MISSING, "A", "one", NULL);
    fail_alloc_at(1);
    usher_problem_raise(problems, USHER_PROBLEM_ID_MISSING, "A", "two", NULL);
    (void)fail_alloc_off();
    assert_int_equal(usher_problems_count(problems, USHER_PROBLEM_ID_MISSING),
                     1);
    usher_problem_end(problems, USHER_PROBLEM_ID_MISSING, "A");
    assert_int_equal(usher_problems_count(problems, USHER_PROBLEM_ID_MISSING),
                     0);
    usher_problems_free(problems);
    usher_log_free(log);
}

enum { THREADS = 4, ROUNDS = 200 };

static void *raise_and_end(void *user)
{
    struct usher_problems *problems = user;
    struct usher_buffer out;

    usher_buffer_init(&out, 0);
    for (int i = 0; i < ROUNDS; i++) {
        char id[32];

        snprintf(id, sizeof(id), "task-%d", i % 7);
        usher_problem_raise(problems, USHER_PROBLEM_TASK_UNREADABLE, id, "d",
                            "h");
        usher_problem_raise(problems, USHER_PROBLEM_STORE_FAILING, NULL, id,
                            NULL);
        usher_problems_json(problems, &out);
        usher_buffer_clear(&out);
        (void)usher_problems_serious(problems);
        (void)usher_problems_count(problems, USHER_PROBLEM_TASK_UNREADABLE);
        usher_problem_end(problems, USHER_PROBLEM_TASK_UNREADABLE, id);
        usher_problems_end(problems, USHER_PROBLEM_STORE_FAILING, NULL, NULL);
    }
    usher_buffer_free(&out);
    return NULL;
}

static void any_thread_may_use_the_list(void **state)
{
    struct usher_problems *problems = problems_new(NULL);
    pthread_t threads[THREADS];

    (void)state;
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(
            pthread_create(&threads[i], NULL, raise_and_end, problems), 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    assert_false(usher_problems_serious(problems));
    usher_problems_free(problems);
}

/* As many as there are conversations in a database that a newer one wrote. */
static void the_log_names_some_and_all_are_counted(void **state)
{
    struct seen seen = {0, ""};
    struct usher_log_options options = {.sink = line_in, .user = &seen};
    struct usher_problems *problems;
    struct usher_log *log;

    (void)state;
    assert_int_equal(usher_log_new(&options, &log), USHER_OK);
    usher_log_set_level(log, USHER_LOG_INFO);
    problems = problems_new(log);
    for (int i = 0; i < 1200; i++) {
        char key[32];

        snprintf(key, sizeof(key), "siq:%d", i % 600); /* each twice */
        usher_problem_raise(problems, USHER_PROBLEM_CONVERSATION_UNREADABLE,
                            key, NULL, NULL);
    }
    assert_int_equal(
        usher_problems_count(problems, USHER_PROBLEM_CONVERSATION_UNREADABLE),
        600);
    assert_int_equal(seen.lines, 101);
    assert_non_null(strstr(seen.last, "more of them"));
    usher_problem_end(problems, USHER_PROBLEM_CONVERSATION_UNREADABLE,
                      "siq:599");
    assert_int_equal(seen.lines, 101);
    usher_problem_end(problems, USHER_PROBLEM_CONVERSATION_UNREADABLE, "siq:0");
    assert_int_equal(seen.lines, 102);
    usher_problems_free(problems);
    usher_log_free(log);
}

/* However many there are of a kind, /readyz has room for all kinds. */
static void many_of_a_kind_hide_no_other(void **state)
{
    struct usher_problems *problems = problems_new(NULL);
    struct usher_buffer out;

    (void)state;
    for (int i = 0; i < 1000; i++) {
        char id[32];

        snprintf(id, sizeof(id), "task-%d", i);
        usher_problem_raise(problems, USHER_PROBLEM_TASK_UNREADABLE, id, NULL,
                            NULL);
    }
    usher_problem_raise(problems, USHER_PROBLEM_STILL_SIMULATED, "PORT", NULL,
                        NULL);
    usher_buffer_init(&out, 0);
    usher_problems_json(problems, &out);
    assert_true(out.len < 32 * 1024);
    assert_non_null(strstr(out.data, "\"subject\":\"task-0\""));
    assert_non_null(strstr(out.data, "\"more\":980}"));
    assert_non_null(strstr(out.data, "\"still_simulated\""));
    usher_buffer_free(&out);
    usher_problems_free(problems);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_serious_problem_is_enough),
        cmocka_unit_test(it_is_there_until_it_ends),
        cmocka_unit_test(what_waits_for_a_restart_is_listed_but_not_serious),
        cmocka_unit_test(raised_again_it_replaces_its_detail),
        cmocka_unit_test(subjects_are_problems_of_their_own),
        cmocka_unit_test(each_has_a_name_and_is_told_once),
        cmocka_unit_test(nothing_is_shown_that_the_log_would_hide),
        cmocka_unit_test(a_version_is_no_phone_number),
        cmocka_unit_test(nobody_to_tell_is_fine),
        cmocka_unit_test(what_nobody_else_tells_the_log_is_told_by_the_list),
        cmocka_unit_test(another_detail_is_news_and_another_hint_is_none),
        cmocka_unit_test(whichever_ends_the_others_stay),
        cmocka_unit_test(twenty_of_a_code_are_listed),
        cmocka_unit_test(without_memory_the_log_has_it),
        cmocka_unit_test(any_thread_may_use_the_list),
        cmocka_unit_test(the_log_names_some_and_all_are_counted),
        cmocka_unit_test(many_of_a_kind_hide_no_other),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
