/* tests/fuzz/zoho.c - what Zoho answers, as an error's kind and words. Two
 * bytes for service and flags, one for the status, then the body. */
#include "zoho/error.h"

#include <string.h>

#include "fuzz.h"

static const unsigned statuses[] = {200, 201, 204, 301, 400, 401, 403, 404,
                                    405, 413, 415, 422, 429, 500, 503, 0};

static void check_text(const char *text, size_t size)
{
    FUZZ_CHECK(memchr(text, '\0', size) != NULL);
    FUZZ_CHECK(fuzz_is_utf8(text, strlen(text)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {(const char *)data, size};
    struct usher_client_answer answer = {0};
    struct usher_zoho_facts facts = {0};
    struct usher_zoho_error error;
    unsigned flags;

    facts.service =
        (enum usher_zoho_service)fuzz_number(&input, USHER_ZOHO_SERVICES);
    flags = fuzz_number(&input, 16);
    facts.is_write = flags & 1;
    facts.visitor_api = flags & 2 ? 1 : 0;
    facts.wants_json = flags & 4 ? 0 : 1;
    facts.scopes = flags & 8 ? NULL : "Desk.calls.CREATE";
    facts.answer = &answer;
    answer.status = statuses[fuzz_number(&input, 16)];
    answer.retry_after_s = -1;
    answer.body = input.at;
    answer.body_len = input.left;
    answer.error = "";
    memset(&error, 'x', sizeof(error));
    if (usher_zoho_error_map(&facts, &error) == USHER_KIND_NONE)
        return 0;
    FUZZ_CHECK(error.kind != USHER_KIND_NONE);
    FUZZ_CHECK(usher_error_kind_text(error.kind)[0]);
    check_text(error.code, sizeof(error.code));
    check_text(error.field, sizeof(error.field));
    check_text(error.message, sizeof(error.message));
    check_text(error.hint, sizeof(error.hint));
    return 0;
}
