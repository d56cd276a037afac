/* tests/unit/body_world.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "body_world.h"
#include "script/value.h"

static void zone_unknown(void *user, const char *zone)
{
    struct world *w = user;

    strcat(strcat(w->unknown, zone), ",");
}

int body_setup(void **state)
{
    struct world *w = calloc(1, sizeof(*w));

    assert_non_null(w);
    assert_int_equal(usher_places_load("/usr/share/zoneinfo", &w->places),
                     USHER_OK);
    usher_json_init(&w->json);
    w->place.places = w->places;
    w->place.zones = usher_zones_new();
    assert_non_null(w->place.zones);
    w->place.zone = "Asia/Kolkata";
    w->place.zone_region = "IN";
    w->place.json = &w->json;
    w->place.zone_unknown = zone_unknown;
    w->place.user = w;
    *state = w;
    return 0;
}

int body_teardown(void **state)
{
    struct world *w = *state;

    usher_turn_clear(&w->turn);
    usher_buffer_free(&w->shown);
    usher_json_free(&w->json);
    usher_zones_free((struct usher_zones *)w->place.zones);
    usher_places_free(w->places);
    free(w);
    return 0;
}

void take_bytes(struct world *w, const char *body, size_t len)
{
    struct usher_reader reader;
    struct usher_error error;

    usher_turn_clear(&w->turn);
    assert_int_equal(usher_turn_parse(&w->turn, body, len, 5500, &w->place),
                     USHER_OK);
    usher_buffer_clear(&w->shown);
    usher_reader_init(&reader, w->turn.input.data, w->turn.input.len);
    assert_int_equal(usher_value_to_json(&w->shown, &reader, &error), USHER_OK);
    assert_true(reader.at == reader.end);
}

void take(struct world *w, const char *body)
{
    take_bytes(w, body, strlen(body));
}

void expect_key(const struct world *w, const char *key)
{
    assert_int_equal(w->turn.key_len, strlen(key));
    assert_memory_equal(w->turn.key, key, strlen(key));
}

void expect_text(const struct usher_buffer *text, const char *wanted)
{
    assert_int_equal(text->len, strlen(wanted));
    assert_string_equal(text->data ? text->data : "", wanted);
}
