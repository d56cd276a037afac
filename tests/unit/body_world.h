/* tests/unit/body_world.h - a webhook body read into a turn, and what flows see
 * of it as JSON. Include cmocka.h before it. */
#ifndef USHER_TESTS_BODY_WORLD_H
#define USHER_TESTS_BODY_WORLD_H

#include "conversation/turn.h"

struct world {
    struct usher_places *places;
    struct usher_json json;
    struct usher_turn_place place;
    struct usher_turn turn;
    struct usher_buffer shown; /* the input as JSON */
    char unknown[256];         /* zones, each with a comma */
};

/* A cmocka case's set-up and tear-down. */
int body_setup(void **state);
int body_teardown(void **state);

/* Reads the body: w->turn, w->shown. */
void take_bytes(struct world *w, const char *body, size_t len);
void take(struct world *w, const char *body);
void expect_key(const struct world *w, const char *key);
void expect_text(const struct usher_buffer *text, const char *wanted);

#define TEST(name) \
    cmocka_unit_test_setup_teardown(name, body_setup, body_teardown)

#endif
