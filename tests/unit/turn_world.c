/* tests/unit/turn_world.c */
#include "turn_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "conversation/task_internal.h"
#include "conversation/version.h"
#include "core/buffer.h"
#include "store/store.h"

/* A disk's answers come from another thread: how long a round waits for one. */
#define DISK_MS 20

struct usher_version *turn_version(const struct turn_flow *flows)
{
    struct usher_version *version;
    struct usher_buffer archive;
    uint64_t count = 0;

    while (flows[count].path)
        count++;
    usher_buffer_init(&archive, 0);
    usher_buffer_varint(&archive, count);
    for (; flows->path; flows++) {
        usher_buffer_bytes(&archive, flows->path, strlen(flows->path));
        usher_buffer_byte(&archive, 0);
        usher_buffer_bytes(&archive, flows->text, strlen(flows->text));
        usher_buffer_byte(&archive, 0);
    }
    assert_int_equal(usher_version_unpack(archive.data, archive.len, &version),
                     USHER_OK);
    usher_buffer_free(&archive);
    return version;
}

static int is_at_end(const char *text, const char *end)
{
    size_t len = strlen(text), part = strlen(end);

    return len >= part && strcmp(text + len - part, end) == 0;
}

static void note_done(struct turn_world *world,
                      const struct usher_client_request *request)
{
    size_t used = strlen(world->done);

    snprintf(world->done + used, sizeof(world->done) - used, "%s %s\n",
             request->method, request->url + strlen("http://out"));
}

static int on_web(void *user, const struct usher_client_request *request,
                  struct usher_simulator_answer *answer)
{
    struct turn_world *world = user;

    if (strncmp(request->url, "http://out", 10) != 0)
        return 0;
    world->asked++;
    snprintf(world->last, sizeof(world->last), "%.*s", (int)request->body_len,
             request->body ? request->body : "");
    answer->status = world->status;
    if (world->refusals > 0 && is_at_end(request->url, world->refused)) {
        world->refusals--;
        answer->status = 429;
    }
    world->seed = world->seed * 1103515245u + 12345u;
    if (strcmp(request->method, "GET") != 0 &&
        (world->seed >> 16) % 100 < world->chance)
        answer->status = 429;
    if (strcmp(request->method, "GET") != 0 && answer->status == 200)
        note_done(world, request);
    answer->body = world->body ? world->body : "fine";
    answer->body_len = strlen(answer->body);
    answer->delay_ms = world->delay_ms;
    answer->hang = world->hang;
    return 1;
}

static void on_log(void *user, enum usher_log_level level, const char *line,
                   size_t len)
{
    struct turn_world *world = user;
    size_t used = strlen(world->logged);

    (void)level;
    snprintf(world->logged + used, sizeof(world->logged) - used, "%.*s\n",
             (int)len, line);
}

/* The simulator of one world serves the next one, as in `usher test`. */
static struct usher_stage_spare spare = {.versions_differ = 1};

static void stage_open(struct turn_world *world)
{
    struct usher_stage_options options = {
        .clock = &world->time.clock,
        .log = world->log,
        .version = world->version,
        .folder = "flows",
        .settings = world->settings,
        .database = world->database[0] ? world->database : NULL,
        .spare = &spare,
        .web = on_web,
        .closed = 1,
        .user = world,
    };
    struct usher_error error = {""};

    if (usher_stage_new(&options, &world->stage, &error) != USHER_OK)
        fail_msg("%s", error.text);
}

struct turn_world *turn_world_new(const struct turn_flow *flows, int on_disk)
{
    return turn_world_with(flows, on_disk, NULL);
}

struct turn_world *turn_world_with(const struct turn_flow *flows, int on_disk,
                                   char *setting)
{
    struct turn_world *world = calloc(1, sizeof(*world));
    struct usher_log_options log = {.sink = on_log, .user = world};

    assert_non_null(world);
    usher_clock_manual_init(&world->time, 1772442000000, 7);
    assert_int_equal(usher_log_new(&log, &world->log), USHER_OK);
    world->version = turn_version(flows);
    world->status = 200;
    world->settings[0] = setting;
    if (on_disk) {
        own_folder(world->folder);
        snprintf(world->database, sizeof(world->database), "sqlite:%s/db",
                 world->folder);
    }
    stage_open(world);
    return world;
}

void turn_world_free(struct turn_world *world)
{
    static const char *const names[] = {"db", "db-wal", "db-shm", "db.lock"};
    char path[96];

    usher_stage_free(world->stage);
    usher_version_release(world->version);
    usher_log_free(world->log);
    if (world->folder[0]) {
        for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
            snprintf(path, sizeof(path), "%s/%s", world->folder, names[i]);
            unlink(path);
        }
        rmdir(world->folder);
    }
    free(world);
}

static void on_answer(void *user, const char *json, size_t len)
{
    struct turn_world *world = user;

    world->answers++;
    snprintf(world->answer, sizeof(world->answer), "%.*s", (int)len, json);
}

static void say(struct turn_world *world, struct usher_worker *worker,
                const char *key, const char *id, const char *text)
{
    struct usher_buffer body;

    usher_buffer_init(&body, 0);
    usher_buffer_text(&body, "{\"handler\":\"message\",\"message\":{\"text\":");
    usher_buffer_json(&body, text, strlen(text));
    usher_buffer_text(&body, "},\"request\":{");
    if (id)
        usher_buffer_printf(&body, "\"id\":\"%s\"", id);
    usher_buffer_text(&body, "},\"visitor\":{");
    if (key)
        usher_buffer_printf(&body, "\"active_conversation_id\":\"%s\"", key);
    usher_buffer_text(&body, "}}");
    assert_int_equal(usher_worker_webhook(worker, body.data, body.len,
                                          on_answer, world),
                     USHER_OK);
    usher_buffer_free(&body);
}

void turn_say(struct turn_world *world, const char *key, const char *id,
              const char *text)
{
    say(world, usher_stage_worker(world->stage), key, id, text);
}

void turn_say_at(struct turn_world *world, struct usher_worker *worker,
                 const char *key, const char *text)
{
    say(world, worker, key, NULL, text);
}

void turn_post(struct turn_world *world, const char *body)
{
    assert_int_equal(usher_worker_webhook(usher_stage_worker(world->stage),
                                          body, strlen(body), on_answer, world),
                     USHER_OK);
    turn_settle(world);
}

static int waits_for_store(const struct turn_world *world)
{
    const struct usher_worker *worker = usher_stage_worker(world->stage);
    const struct conversation *conv = worker->oldest;
    const struct task *task = worker->tasks->list;

    while (conv && conv->phase != PHASE_LOADING && conv->phase != PHASE_COMMIT)
        conv = conv->newer;
    while (task && !task->committing)
        task = task->next;
    return conv || task || worker->tasks->looks;
}

void turn_settle(struct turn_world *world)
{
    struct usher_loop *loop = usher_stage_loop(world->stage);
    int rounds = 0;

    do {
        usher_loop_step(loop, waits_for_store(world) ? DISK_MS : 0);
        assert_true(++rounds < 10000);
    } while (usher_loop_patience_ms(loop) == 0 || waits_for_store(world));
}

const char *turn_ask(struct turn_world *world, const char *key,
                     const char *text)
{
    unsigned before = world->answers;

    turn_say(world, key, NULL, text);
    turn_settle(world);
    return world->answers > before ? world->answer : "";
}

void turn_wait(struct turn_world *world, int64_t ms)
{
    turn_settle(world);
    while (ms > 0) {
        int64_t next = usher_loop_patience_ms(usher_stage_loop(world->stage));

        if (next < 0 || next > ms)
            next = ms;
        usher_clock_manual_advance(&world->time, next);
        ms -= next;
        turn_settle(world);
    }
}

static int load_task(void *user, const struct usher_task_row *row)
{
    assert_int_equal(usher_worker_load_task(user, row), USHER_OK);
    return 0;
}

void turn_crash(struct turn_world *world, const struct turn_flow *flows)
{
    usher_stage_free(world->stage);
    if (flows) {
        usher_version_release(world->version);
        world->version = turn_version(flows);
    }
    stage_open(world);
    assert_int_equal(
        usher_store_tasks(usher_stage_store(world->stage),
                          1u << USHER_TASK_READY | 1u << USHER_TASK_PAUSED,
                          load_task, usher_stage_worker(world->stage)),
        USHER_OK);
}

struct search {
    const char *name;
    char *out;
    size_t size;
};

static int on_task(void *user, const struct usher_task_row *row)
{
    static const char *const states[] = {"ready", "paused", "done", "dead"};
    struct search *search = user;

    if (strcmp(row->name, search->name) != 0)
        return 0;
    snprintf(search->out, search->size, "%s %u", states[row->state],
             (unsigned)row->tries);
    return 0;
}

const char *turn_task(struct turn_world *world, const char *name)
{
    static char out[64];
    struct search search = {name, out, sizeof(out)};

    strcpy(out, "none");
    assert_int_equal(usher_store_tasks(usher_stage_store(world->stage), 15,
                                       on_task, &search),
                     USHER_OK);
    return out;
}
