/* engine/core/error_list.c - all that is wrong with an input. */
#include "core/error_list.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void usher_error_list_free(struct usher_error_list *list)
{
    free(list->items);
    *list = (struct usher_error_list){0};
}

USHER_PRINTF(3, 0)
static void list_add(struct usher_error_list *list, int warning,
                     const char *format, va_list args)
{
    struct usher_error_item *item;

    if (warning)
        list->warnings++;
    else
        list->errors++;
    if (list->count == list->cap) {
        size_t cap = list->cap ? list->cap * 2 : 8;
        struct usher_error_item *items =
            realloc(list->items, cap * sizeof(*items));
        if (!items)
            return;
        list->items = items;
        list->cap = cap;
    }
    item = &list->items[list->count++];
    item->warning = warning;
    if (vsnprintf(item->text, sizeof(item->text), format, args) < 0)
        item->text[0] = '\0';
}

void usher_error_list_error(struct usher_error_list *list, const char *format,
                            ...)
{
    va_list args;

    if (!list)
        return;
    va_start(args, format);
    list_add(list, 0, format, args);
    va_end(args);
}

void usher_error_list_warn(struct usher_error_list *list, const char *format,
                           ...)
{
    va_list args;

    if (!list)
        return;
    va_start(args, format);
    list_add(list, 1, format, args);
    va_end(args);
}
