/* tests/fuzz/mask.c - what visitors write, on its way into the log. Parts: a
 * secret's end, a text. */
#include "core/mask.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"

/* whole: the secret does not end within a character. */
static void append(struct usher_mask *mask, const char *text, size_t len,
                   int whole, int phones, struct usher_buffer *out)
{
    usher_mask_append(mask, text, len, phones, out);
    FUZZ_CHECK(!out->failed);
    if (whole && fuzz_is_utf8(text, len))
        FUZZ_CHECK(fuzz_is_utf8(out->data, out->len));
}

/* Whatever stands around the secret, it is gone; masking adds no such text. */
static void check_secret(struct usher_mask *mask, const char *secret,
                         const struct usher_buffer *out)
{
    if (strpbrk(secret, "[]\xE2") ||
        usher_mask_secret(mask, secret) != USHER_OK)
        return;
    FUZZ_CHECK(!out->len ||
               !memmem(out->data, out->len, secret, strlen(secret)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {(const char *)data, size};
    struct usher_mask *mask = usher_mask_new();
    struct usher_buffer secret, text, out;
    size_t len;
    char *part;
    int whole;

    FUZZ_CHECK(mask != NULL);
    usher_buffer_init(&secret, 0);
    usher_buffer_init(&text, 0);
    usher_buffer_init(&out, 0);
    part = fuzz_next(&input, &len);
    usher_buffer_printf(&secret, "Zq7-%s", part);
    free(part);
    part = fuzz_next(&input, &len);
    (void)usher_mask_secret(mask, secret.data);
    /* The text as it is; then with the secret in its middle. */
    whole = fuzz_is_utf8(secret.data, secret.len);
    append(mask, part, len, whole, 1, &out);
    check_secret(mask, secret.data, &out);
    usher_buffer_append(&text, part, len / 2);
    usher_buffer_append(&text, secret.data, secret.len);
    usher_buffer_append(&text, part + len / 2, len - len / 2);
    for (int phones = 0; phones < 2; phones++) {
        usher_buffer_clear(&out);
        append(mask, text.data, text.len, whole, phones, &out);
        check_secret(mask, secret.data, &out);
    }
    (void)usher_mask_plain_field("request_id", part, len);
    usher_buffer_free(&secret);
    usher_buffer_free(&text);
    usher_buffer_free(&out);
    usher_mask_free(mask);
    free(part);
    return 0;
}
