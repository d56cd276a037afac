/* engine/net/timer.c - the loop's timers: a pairing heap of intrusive nodes.
 *
 * Setting is O(1) and cannot fail; cancelling and firing are O(log n)
 * amortised. Most timers (deadlines) are cancelled long before they are due,
 * which this heap does cheaply: a node without children is just unlinked. */
#include "net/loop_private.h"

static int timer_before(const struct usher_timer *a,
                        const struct usher_timer *b)
{
    if (a->due_ms != b->due_ms)
        return a->due_ms < b->due_ms;
    return a->order < b->order;
}

/* Two roots (or NULL) become one. `prev` is the parent of a first child and
 * the left neighbour of the others. */
static struct usher_timer *heap_merge(struct usher_timer *a,
                                      struct usher_timer *b)
{
    struct usher_timer *swap;

    if (a == NULL)
        return b;
    if (b == NULL)
        return a;
    if (timer_before(b, a)) {
        swap = a;
        a = b;
        b = swap;
    }
    b->sibling = a->child;
    if (b->sibling != NULL)
        b->sibling->prev = b;
    b->prev = a;
    a->child = b;
    return a;
}

static struct usher_timer *detach(struct usher_timer *node)
{
    node->sibling = NULL;
    node->prev = NULL;
    return node;
}

/* Melts a list of siblings into one root: pairs from left to right, then all
 * from right to left. Without recursion, as a list can be long. */
static struct usher_timer *heap_melt(struct usher_timer *first)
{
    struct usher_timer *pairs = NULL, *root = NULL, *next;

    while (first != NULL) {
        struct usher_timer *a = first, *b = a->sibling;

        next = b != NULL ? b->sibling : NULL;
        detach(a);
        if (b != NULL)
            a = heap_merge(a, detach(b));
        a->sibling = pairs;
        pairs = a;
        first = next;
    }
    for (; pairs != NULL; pairs = next) {
        next = pairs->sibling;
        root = heap_merge(root, detach(pairs));
    }
    return root;
}

static void heap_remove(struct usher_loop *loop, struct usher_timer *timer)
{
    if (timer == loop->heap) {
        loop->heap = heap_melt(timer->child);
    } else {
        if (timer->prev->child == timer)
            timer->prev->child = timer->sibling;
        else
            timer->prev->sibling = timer->sibling;
        if (timer->sibling != NULL)
            timer->sibling->prev = timer->prev;
        loop->heap = heap_merge(loop->heap, heap_melt(timer->child));
    }
    timer->child = NULL;
    detach(timer);
}

static void due_remove(struct usher_loop *loop, struct usher_timer *timer)
{
    if (timer->prev != NULL)
        timer->prev->sibling = timer->sibling;
    else
        loop->due = timer->sibling;
    if (timer->sibling != NULL)
        timer->sibling->prev = timer->prev;
    detach(timer);
}

void usher_timer_set(struct usher_loop *loop, struct usher_timer *timer,
                     int64_t delay_ms, void (*fn)(void *user), void *user)
{
    usher_timer_cancel(loop, timer);
    timer->fn = fn;
    timer->user = user;
    timer->due_ms = usher_loop_now_ms(loop) + (delay_ms > 0 ? delay_ms : 0);
    timer->order = loop->timer_order++;
    timer->child = NULL;
    timer->armed = TIMER_IN_HEAP;
    loop->heap = heap_merge(loop->heap, detach(timer));
}

void usher_timer_cancel(struct usher_loop *loop, struct usher_timer *timer)
{
    if (timer->armed == TIMER_IN_HEAP)
        heap_remove(loop, timer);
    else if (timer->armed == TIMER_IN_DUE)
        due_remove(loop, timer);
    timer->armed = TIMER_IDLE;
}

/* What is due is taken out first, so that a timer which sets itself again
 * with no delay waits for the next round and cannot hold up the loop. */
static void due_collect(struct usher_loop *loop)
{
    struct usher_timer *last = loop->due;

    while (last != NULL && last->sibling != NULL)
        last = last->sibling;
    while (loop->heap != NULL && loop->heap->due_ms <= loop->now_ms) {
        struct usher_timer *timer = loop->heap;

        heap_remove(loop, timer);
        timer->armed = TIMER_IN_DUE;
        timer->prev = last;
        if (last != NULL)
            last->sibling = timer;
        else
            loop->due = timer;
        last = timer;
    }
}

void usher_loop_fire_timers(struct usher_loop *loop)
{
    due_collect(loop);
    while (loop->due != NULL && !usher_loop_halted(loop)) {
        struct usher_timer *timer = loop->due;

        due_remove(loop, timer);
        timer->armed = TIMER_IDLE;
        timer->fn(timer->user);
    }
}

void usher_loop_forget_timers(struct usher_loop *loop)
{
    while (loop->due != NULL)
        usher_timer_cancel(loop, loop->due);
    while (loop->heap != NULL)
        usher_timer_cancel(loop, loop->heap);
}
