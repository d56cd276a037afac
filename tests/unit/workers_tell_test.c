/* tests/unit/workers_tell_test.c - what the control thread owes its workers
 * reaches every one of them, settings first, whenever there is memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "conversation/task_internal.h"
#include "crew_world.h"
#include "engine.h"
#include "fail_alloc.h"

/* A task that fails for a token or for a service, as the web says. */
static const struct turn_flow flows[] = {
    {"init.lua", "return { apology = 'sorry', tasks = { 'job' },\n"
                 "settings = { 'PARTNER' },\n"
                 "flows = { { 'task', fallback = true } } }"},
    {"task.lua", "return function(chat)\n"
                 "  chat:task('job', {})\n"
                 "  chat:say('noted')\nend"},
    {"job.lua",
     "return function(task)\n"
     "  local a = http.get('http://out/' .. (config.PARTNER or ''))\n"
     "  if a.status == 200 then return true end\n"
     "  return nil, { kind = 'token' }\nend"},
    {NULL, NULL}};

/* An engine that has workers, and nothing else. */
static struct usher *engine_of(struct crew *crew)
{
    char *settings[] = {(char *)(uintptr_t) "PARTNER=new", NULL};
    struct usher_config_source source = {.environ = settings};
    struct usher *usher = calloc(1, sizeof(*usher));

    assert_non_null(usher);
    assert_int_equal(usher_config_load(&source, &usher->config, NULL),
                     USHER_OK);
    usher->shared.workers = crew->workers;
    usher->shared.worker_count = CREW;
    return usher;
}

static void engine_free(struct usher *usher)
{
    usher_config_release(usher->config);
    free(usher);
}

/* On each worker a task that has failed, and waits; asked is 0. */
static struct crew *crew_that_waits(void)
{
    struct crew *crew = crew_new(flows);

    crew->turn->status = 401;
    for (size_t i = 0; i < CREW; i++) {
        crew_say(crew, 0, crew_key(i, 0), "do it");
        turn_settle(crew->turn);
        assert_int_equal(crew->workers[i]->tasks->open, 1);
    }
    turn_wait(crew->turn, TASK_RETRY_FIRST_MS);
    crew->turn->asked = 0;
    return crew;
}

/* Each task was tried once more, by now. */
static void all_were_tried(struct crew *crew)
{
    turn_settle(crew->turn);
    assert_int_equal(crew->turn->asked, CREW);
    for (size_t i = 0; i < CREW; i++)
        assert_int_equal(crew->workers[i]->tasks->open, 1);
}

static void nothing_is_owed(const struct usher *usher)
{
    for (size_t i = 0; i < CREW; i++)
        assert_int_equal(usher->owed[i], 0);
}

static void news_reach_every_worker(void **state)
{
    static const unsigned news[] = {USHER_OWED_WAKE, USHER_OWED_TOKEN,
                                    USHER_OWED_WAKE | USHER_OWED_TOKEN,
                                    USHER_OWED_SETTINGS | USHER_OWED_WAKE};

    (void)state;
    for (size_t i = 0; i < sizeof(news) / sizeof(news[0]); i++) {
        struct crew *crew = crew_that_waits();
        struct usher *usher = engine_of(crew);

        workers_tell(usher, news[i]);
        all_were_tried(crew);
        nothing_is_owed(usher);
        engine_free(usher);
        crew_free(crew);
    }
}

/* Settings alone wake nothing; what wakes later finds them there. */
static void the_settings_reach_every_worker(void **state)
{
    struct crew *crew = crew_that_waits();
    struct usher *usher = engine_of(crew);

    (void)state;
    workers_tell(usher, USHER_OWED_SETTINGS);
    turn_settle(crew->turn);
    assert_int_equal(crew->turn->asked, 0);
    nothing_is_owed(usher);
    workers_tell(usher, USHER_OWED_WAKE);
    all_were_tried(crew);
    for (size_t i = 0; i < CREW; i++)
        assert_ptr_equal(crew->workers[i]->config, usher->config);
    engine_free(usher);
    crew_free(crew);
}

/* With no memory for a post nobody is forgotten, nor woken before it has its
 * settings. */
static void what_finds_no_memory_is_said_later(void **state)
{
    unsigned long n;
    int failed = 1;

    (void)state;
    for (n = 1; failed; n++) {
        struct crew *crew = crew_that_waits();
        struct usher *usher = engine_of(crew);
        unsigned owed = 0;

        fail_alloc_at(n);
        workers_tell(usher, USHER_OWED_SETTINGS | USHER_OWED_WAKE);
        failed = fail_alloc_off();
        for (size_t i = 0; i < CREW; i++) {
            if (usher->owed[i] & USHER_OWED_SETTINGS)
                assert_true(usher->owed[i] & USHER_OWED_WAKE);
            owed += usher->owed[i] != 0;
        }
        assert_int_equal(owed, failed);
        turn_settle(crew->turn);
        assert_int_equal(crew->turn->asked, CREW - owed);
        workers_tell(usher, 0);
        all_were_tried(crew);
        nothing_is_owed(usher);
        engine_free(usher);
        crew_free(crew);
    }
    assert_true(n > CREW);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(news_reach_every_worker),
        cmocka_unit_test(the_settings_reach_every_worker),
        cmocka_unit_test(what_finds_no_memory_is_said_later),
    };

    return cmocka_run_group_tests_name("workers_tell", tests, NULL, NULL);
}
