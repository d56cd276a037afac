/* tests/fuzz/webhook.c - a webhook's body becomes a turn, whatever is in it. */
#include <string.h>

#include "conversation/turn.h"
#include "fuzz.h"
#include "script/value.h"

static struct usher_json json;

static const struct usher_turn_place *place(void)
{
    static struct usher_places *places;
    static struct usher_turn_place here;

    if (!here.zones) {
        FUZZ_CHECK(usher_places_load("/usr/share/zoneinfo", &places) ==
                   USHER_OK);
        here.places = places;
        here.zones = usher_zones_new();
        FUZZ_CHECK(here.zones != NULL);
        here.zone = "Asia/Kolkata";
        here.zone_region = "IN";
        here.json = &json;
    }
    return &here;
}

/* What goes into the journal is a value, in its canonical form. */
static void check_input(const struct usher_buffer *input)
{
    lua_State *L = fuzz_lua();
    struct usher_buffer again;
    struct usher_error error;
    size_t used;

    usher_buffer_init(&again, 0);
    FUZZ_CHECK(fuzz_decode(L, input->data, input->len, &used));
    FUZZ_CHECK(used == input->len);
    FUZZ_CHECK(usher_value_encode(L, -1, &again, "input", &error) == USHER_OK);
    FUZZ_CHECK(fuzz_same(&again, input));
    lua_pop(L, 1);
    usher_buffer_free(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct usher_turn turn;

    FUZZ_CHECK(usher_turn_parse(&turn, (const char *)data, size, 5500,
                                place()) == USHER_OK);
    FUZZ_CHECK(turn.key_len <= sizeof(turn.key));
    FUZZ_CHECK(turn.text.len <= USHER_TEXT_MAX &&
               turn.payload.len <= USHER_TEXT_MAX);
    FUZZ_CHECK(fuzz_is_utf8(turn.text.data, turn.text.len));
    FUZZ_CHECK(fuzz_is_utf8(turn.payload.data, turn.payload.len));
    FUZZ_CHECK(fuzz_is_utf8(turn.request_id, strlen(turn.request_id)));
    if (turn.kind == USHER_TURN_UNREADABLE)
        FUZZ_CHECK(turn.problem[0] && !turn.text.len && !turn.key_len);
    check_input(&turn.input);
    usher_turn_clear(&turn);
    return 0;
}
