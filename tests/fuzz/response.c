/* tests/fuzz/response.c - what a server answers, as an HTTP response: the same
 * in one piece and in pieces of the size that the first byte says. */
#include <string.h>

#include "fuzz.h"
#include "net/response.h"

enum { BODY_MAX = 4096 };

static enum usher_response_state feed(struct usher_response *response,
                                      const char *data, size_t len, size_t step,
                                      size_t *used)
{
    enum usher_response_state state = USHER_RESPONSE_MORE;

    *used = 0;
    while (state == USHER_RESPONSE_MORE && *used < len) {
        size_t piece = len - *used < step ? len - *used : step, took;

        state = usher_response_take(response, data + *used, piece, &took);
        FUZZ_CHECK(took <= piece);
        FUZZ_CHECK(took == piece || state != USHER_RESPONSE_MORE);
        *used += took;
    }
    return state == USHER_RESPONSE_MORE ? usher_response_end(response) : state;
}

static void check_whole(const struct usher_response *response)
{
    const char *type = usher_response_header(response, "Content-Type");

    FUZZ_CHECK(response->status >= 200 && response->status <= 999);
    FUZZ_CHECK(response->body.len <= BODY_MAX);
    if (type)
        FUZZ_CHECK(strchr(type, '\n') == NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {(const char *)data, size};
    struct usher_response whole = {0}, pieces = {0};
    enum usher_response_state a, b;
    size_t step = fuzz_number(&input, 64) + 1, used, used_pieces;
    int is_head = (int)fuzz_number(&input, 2);

    usher_response_begin(&whole, BODY_MAX, is_head);
    usher_response_begin(&pieces, BODY_MAX, is_head);
    a = feed(&whole, input.at, input.left, input.left + 1, &used);
    b = feed(&pieces, input.at, input.left, step, &used_pieces);
    FUZZ_CHECK(a == b && a != USHER_RESPONSE_MORE);
    if (a == USHER_RESPONSE_DONE) {
        FUZZ_CHECK(used == used_pieces);
        FUZZ_CHECK(whole.status == pieces.status);
        FUZZ_CHECK(whole.keeps == pieces.keeps);
        FUZZ_CHECK(fuzz_same(&whole.body, &pieces.body));
        check_whole(&whole);
    }
    usher_response_free(&whole);
    usher_response_free(&pieces);
    return 0;
}
