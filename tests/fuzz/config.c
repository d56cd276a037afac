/* tests/fuzz/config.c - a value of a setting; its normal form is one, too. */
#include "core/config_value.h"

#include <stdlib.h>
#include <string.h>

#include "fuzz.h"

/* What people write before a token is taken off once. */
static int is_stable(const struct usher_setting_info *info)
{
    return info->type != USHER_SETTING_TOKEN && info->type != USHER_SETTING_KEY;
}

static void check_normal_form(const struct usher_setting_info *info,
                              const struct usher_buffer *text, int64_t number)
{
    struct usher_buffer again;
    struct usher_error_list problems = {0};
    int64_t same = 0;

    usher_buffer_init(&again, 0);
    FUZZ_CHECK(
        usher_config_value(info, "x", text->data, &again, &same, &problems));
    FUZZ_CHECK(fuzz_same(text, &again));
    FUZZ_CHECK(number == same);
    usher_error_list_free(&problems);
    usher_buffer_free(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {(const char *)data, size};
    struct usher_error_list problems = {0};
    const struct usher_setting_info *info;
    struct usher_buffer out;
    int64_t number = 0;
    size_t len;
    char *name = fuzz_next(&input, &len);
    char *raw = fuzz_next(&input, &len);
    int setting = usher_setting_find(name);

    info = usher_setting_at(setting < 0 ? 0 : (size_t)setting);
    usher_buffer_init(&out, 0);
    if (usher_config_value(info, "x", raw, &out, &number, &problems)) {
        FUZZ_CHECK(problems.errors == 0);
        if (out.len && is_stable(info))
            check_normal_form(info, &out, number);
    } else {
        FUZZ_CHECK(problems.errors > 0);
    }
    (void)usher_config_is_secret(raw);
    (void)usher_name_nearest(raw, NULL, 0);
    usher_error_list_free(&problems);
    usher_buffer_free(&out);
    free(name);
    free(raw);
    return 0;
}
