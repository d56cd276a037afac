/* engine/store/sqlite_load.c - the loading thread: reads conversations and
 * tasks for the loops, beside the committing thread. */
#include <stdlib.h>
#include <string.h>

#include "core/buffer.h"
#include "store/sqlite_internal.h"

#define LOAD_ROWS_FIRST 16
#define LOAD_GROUP 256

/* A load in the making: data pointers come last, when nothing moves any
 * more. */
struct gather {
    struct usher_buffer bytes;
    struct usher_stored_row *rows;
    size_t count;
    size_t room;
};

static enum usher_status gather_row(struct gather *gather, sqlite3_stmt *sql)
{
    const char *kind = (const char *)sqlite3_column_text(sql, 1);
    const void *data = sqlite3_column_blob(sql, 2);
    size_t len = (size_t)sqlite3_column_bytes(sql, 2);
    struct usher_stored_row *row;

    if (gather->count == gather->room) {
        size_t room = gather->room ? gather->room * 2 : LOAD_ROWS_FIRST;
        row = realloc(gather->rows, room * sizeof(*row));
        if (!row)
            return USHER_ERR_NOMEM;
        gather->rows = row;
        gather->room = room;
    }
    row = &gather->rows[gather->count++];
    row->seq = sqlite3_column_int64(sql, 0);
    row->kind = kind ? kind[0] : '\0';
    row->len = len;
    if (len > 0)
        (void)usher_buffer_append(&gather->bytes, data, len);
    return usher_buffer_byte(&gather->bytes, 0);
}

static enum usher_status gather_rows(struct sqlite_store *store, int64_t id,
                                     int64_t from, struct gather *gather)
{
    sqlite3_stmt *sql = store->loader[LOADER_ROWS];
    enum usher_status st = USHER_OK;
    int rc = SQLITE_DONE;

    sqlite3_bind_int64(sql, 1, id);
    sqlite3_bind_int64(sql, 2, from);
    while (st == USHER_OK && (rc = sqlite3_step(sql)) == SQLITE_ROW)
        st = gather_row(gather, sql);
    sqlite3_reset(sql);
    return st == USHER_OK ? sqlite_status(rc) : st;
}

static enum usher_status gather_all(struct sqlite_store *store,
                                    struct store_load *load,
                                    struct gather *gather)
{
    sqlite3_stmt *sql =
        store->loader[load->what == STORE_TASK ? LOADER_TASK : LOADER_HEAD];
    enum usher_status st;
    int64_t id = 0;
    int64_t from = 0;
    int rc;

    sqlite3_bind_text(sql, 1, load->key, (int)load->key_len, SQLITE_STATIC);
    rc = sqlite3_step(sql);
    st = sqlite_status(rc);
    if (rc == SQLITE_ROW) {
        id = sqlite3_column_int64(sql, 0);
        load->found.seq = sqlite3_column_int64(sql, 1);
        from = sqlite3_column_int64(sql, 2);
        load->found.head_len = (size_t)sqlite3_column_bytes(sql, 3);
        if (load->found.head_len > 0)
            (void)usher_buffer_append(&gather->bytes,
                                      sqlite3_column_blob(sql, 3),
                                      load->found.head_len);
        st = usher_buffer_byte(&gather->bytes, 0);
    }
    sqlite3_reset(sql);
    if (st == USHER_OK && id != 0)
        st = gather_rows(store, id, from, gather);
    return st;
}

/* Hands what was gathered to the load. */
static void gather_finish(struct gather *gather, struct store_load *load)
{
    const char *at;

    load->bytes = usher_buffer_take(&gather->bytes, NULL);
    load->rows = gather->rows;
    gather->rows = NULL;
    at = load->bytes;
    load->found.head = at ? at : "";
    if (at)
        at += load->found.head_len + 1;
    for (size_t i = 0; i < gather->count; i++) {
        load->rows[i].data = at;
        at += load->rows[i].len + 1;
    }
    load->found.rows = load->rows;
    load->found.row_count = gather->count;
}

static void load_do(struct sqlite_store *store, struct store_load *load)
{
    struct gather gather = {.rows = NULL};
    enum usher_status st;

    usher_buffer_init(&gather.bytes, 0);
    st = gather_all(store, load, &gather);
    if (store_fault_is(&store->base, STORE_FAULT_LOAD))
        st = USHER_ERR_IO;
    if (st == USHER_OK)
        gather_finish(&gather, load);
    else
        memset(&load->found, 0, sizeof(load->found));
    if (!load->found.head)
        load->found.head = "";
    load->status = st == USHER_ERR_PARSE ? USHER_ERR_IO : st;
    usher_buffer_free(&gather.bytes);
    free(gather.rows);
}

/* One transaction for all of them: one snapshot, and less to do for each. */
static void load_group(struct sqlite_store *store, struct store_item *list)
{
    (void)sqlite_run(store->loader[LOADER_BEGIN]);
    for (struct store_item *item = list; item; item = item->next)
        load_do(store, (struct store_load *)item);
    (void)sqlite_run(store->loader[LOADER_END]);
    store_deliver(&store->base, list);
}

void *sqlite_loading_main(void *user)
{
    struct sqlite_store *store = user;
    struct store_item *list;

    for (;;) {
        pthread_mutex_lock(&store->lock);
        while (!store->loads.first && !store->stop_loading)
            pthread_cond_wait(&store->load_work, &store->lock);
        list = sqlite_queue_take(&store->loads, LOAD_GROUP);
        pthread_mutex_unlock(&store->lock);
        if (!list)
            return NULL;
        load_group(store, list);
    }
}
