/* engine/conversation/builder.c - the thread that builds states. */
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "conversation/build.h"

struct usher_builder {
    struct usher_loop *loop;
    const struct usher_script_module *modules;
    size_t module_count;
    const char *folder;
    pthread_t thread;
    int has_thread;
    pthread_mutex_t lock;
    pthread_cond_t news;
    struct usher_build *waiting; /* under lock, as all below */
    struct usher_build *running;
    int closing;
};

enum usher_status usher_builder_new(struct usher_loop *loop,
                                    const struct usher_script_module *modules,
                                    size_t module_count, const char *folder,
                                    struct usher_builder **out)
{
    struct usher_builder *builder = calloc(1, sizeof(*builder));

    *out = builder;
    if (!builder)
        return USHER_ERR_NOMEM;
    builder->loop = loop;
    builder->modules = modules;
    builder->module_count = module_count;
    builder->folder = folder;
    pthread_mutex_init(&builder->lock, NULL);
    pthread_cond_init(&builder->news, NULL);
    return USHER_OK;
}

/* All of them or none. */
void usher_build_now(struct usher_builder *builder, struct usher_build *build)
{
    usher_error_set(&build->error, "not enough memory");
    build->status = USHER_OK;
    for (size_t i = 0; i < build->count && build->status == USHER_OK; i++)
        build->status =
            usher_state_build(build->version, builder->modules,
                              builder->module_count, builder->folder,
                              build->binds ? build->binds[i] : NULL, NULL,
                              &build->stop, &build->scripts[i], &build->error);
    if (build->status == USHER_OK)
        return;
    for (size_t i = 0; i < build->count; i++) {
        usher_script_free(build->scripts[i]);
        build->scripts[i] = NULL;
    }
}

static void build_posted(void *user)
{
    struct usher_build *build = user;

    build->done(build->user, build);
}

/* Under lock. Memory that is short now comes back: the report must not get
 * lost, or whoever waits for it would wait for ever. */
static void report(struct usher_builder *builder, struct usher_build *build)
{
    while (!builder->closing &&
           usher_loop_post(builder->loop, build_posted, build) != USHER_OK) {
        struct timespec until;

        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_sec++;
        pthread_cond_timedwait(&builder->news, &builder->lock, &until);
    }
}

static void *builder_main(void *user)
{
    struct usher_builder *builder = user;

    pthread_setname_np(pthread_self(), "builder");
    pthread_mutex_lock(&builder->lock);
    while (!builder->closing) {
        struct usher_build *build = builder->waiting;

        if (!build) {
            pthread_cond_wait(&builder->news, &builder->lock);
            continue;
        }
        builder->waiting = build->next;
        builder->running = build;
        pthread_mutex_unlock(&builder->lock);
        usher_build_now(builder, build);
        pthread_mutex_lock(&builder->lock);
        builder->running = NULL;
        report(builder, build);
    }
    pthread_mutex_unlock(&builder->lock);
    return NULL;
}

enum usher_status usher_builder_add(struct usher_builder *builder,
                                    struct usher_build *build)
{
    struct usher_build **at = &builder->waiting;

    if (!builder->has_thread) {
        if (pthread_create(&builder->thread, NULL, builder_main, builder) != 0)
            return USHER_ERR_NOMEM;
        builder->has_thread = 1;
    }
    atomic_store(&build->stop, 0);
    pthread_mutex_lock(&builder->lock);
    while (*at)
        at = &(*at)->next;
    build->next = NULL;
    *at = build;
    pthread_cond_signal(&builder->news);
    pthread_mutex_unlock(&builder->lock);
    return USHER_OK;
}

void usher_build_stop(struct usher_build *build)
{
    atomic_store(&build->stop, 1);
}

void usher_builder_free(struct usher_builder *builder)
{
    if (!builder)
        return;
    pthread_mutex_lock(&builder->lock);
    builder->closing = 1;
    if (builder->running)
        usher_build_stop(builder->running);
    pthread_cond_signal(&builder->news);
    pthread_mutex_unlock(&builder->lock);
    if (builder->has_thread)
        pthread_join(builder->thread, NULL);
    pthread_cond_destroy(&builder->news);
    pthread_mutex_destroy(&builder->lock);
    free(builder);
}
