/* tests/fuzz/hours.c - opening hours, and their normal form. */
#include "core/hours.h"

#include <stdlib.h>
#include <string.h>

#include "fuzz.h"

static void check_spans(const struct usher_hours *hours)
{
    for (int day = 0; day < 7; day++) {
        int end = -1;

        FUZZ_CHECK(hours->days[day].count <= USHER_HOURS_SPANS);
        for (int i = 0; i < hours->days[day].count; i++) {
            const struct usher_hours_span *span = &hours->days[day].spans[i];

            FUZZ_CHECK(span->from > end && span->to > span->from);
            end = span->to;
        }
        FUZZ_CHECK(end <= 1440);
    }
}

static void check_normal_form(const struct usher_hours *hours)
{
    struct usher_buffer text, again;
    struct usher_hours read;
    struct usher_error error;

    usher_buffer_init(&text, 0);
    usher_buffer_init(&again, 0);
    usher_hours_write(hours, &text);
    FUZZ_CHECK(usher_hours_parse(text.data, &read, &error) == USHER_OK);
    check_spans(&read);
    usher_hours_write(&read, &again);
    FUZZ_CHECK(fuzz_same(&text, &again));
    for (int day = 0; day < 7; day++)
        FUZZ_CHECK(hours->days[day].count == read.days[day].count);
    usher_buffer_free(&text);
    usher_buffer_free(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {(const char *)data, size};
    struct usher_hours hours;
    struct usher_error error = {""};
    size_t len;
    char *text = fuzz_next(&input, &len);

    if (usher_hours_parse(text, &hours, &error) == USHER_OK) {
        check_spans(&hours);
        check_normal_form(&hours);
    } else {
        FUZZ_CHECK(error.text[0]);
    }
    free(text);
    return 0;
}
