/* engine/conversation/task_hold.c - tasks that must not be done by themselves,
 * since what they were promised to is not there any more. */
#include "conversation/task_internal.h"

struct hold {
    struct usher_commit *commit;
    const char *reason;
    enum usher_status status;
};

/* The stored form with nothing but its arguments. One that cannot be read stays
 * as it is: a newer usher may know what it says. */
static enum usher_status data_renew(struct usher_task_row *row,
                                    struct usher_buffer *out)
{
    struct usher_reader reader;
    struct usher_buffer args;
    const char *bytes;
    size_t len;

    if (!usher_task_is_readable(row))
        return USHER_OK;
    usher_reader_init(&reader, row->data, row->data_len);
    bytes = usher_reader_bytes(&reader, &len);
    usher_buffer_init(&args, 0);
    usher_buffer_append(&args, bytes, len);
    task_data_new(&args, out);
    if (args.failed || out->failed)
        out->failed = 1;
    usher_buffer_free(&args);
    row->data = out->data;
    row->data_len = out->len;
    row->tries = 0;
    return out->failed ? USHER_ERR_NOMEM : USHER_OK;
}

static int hold_each(void *user, const struct usher_task_row *row)
{
    struct hold *hold = user;
    struct usher_task_row held = *row;
    struct usher_buffer data;

    usher_buffer_init(&data, 0);
    hold->status = data_renew(&held, &data);
    held.state = USHER_TASK_DEAD;
    held.reason = hold->reason;
    if (hold->status == USHER_OK)
        hold->status = usher_commit_task(hold->commit, &held);
    usher_buffer_free(&data);
    return hold->status != USHER_OK;
}

enum usher_status usher_tasks_hold(struct usher_store *store,
                                   struct usher_commit *commit,
                                   const char *reason)
{
    unsigned not_done = 1u << USHER_TASK_READY | 1u << USHER_TASK_PAUSED |
                        1u << USHER_TASK_DEAD;
    struct hold hold = {commit, reason, USHER_OK};
    enum usher_status st = usher_store_tasks(store, not_done, hold_each, &hold);

    return st == USHER_OK ? hold.status : st;
}
