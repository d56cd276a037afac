/* The table of built-in Lua files is whole, sorted and searchable. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/embedded.h"

static void finds_every_file_under_its_name(void **state)
{
    const struct usher_embedded *file;
    size_t i;

    (void)state;
    for (i = 0; (file = usher_embedded_at(i)) != NULL; i++)
        assert_ptr_equal(usher_embedded_find(file->name), file);
    assert_true(i > 0);
}

static void names_are_in_order_and_once(void **state)
{
    (void)state;
    for (size_t i = 1; usher_embedded_at(i) != NULL; i++)
        assert_true(strcmp(usher_embedded_at(i - 1)->name,
                           usher_embedded_at(i)->name) < 0);
}

static void holds_whole_text_and_a_nul_after_it(void **state)
{
    (void)state;
    for (size_t i = 0; usher_embedded_at(i) != NULL; i++) {
        const struct usher_embedded *file = usher_embedded_at(i);
        assert_int_equal(strlen(file->data), file->size);
    }
}

static void has_lpegs_re(void **state)
{
    const struct usher_embedded *re = usher_embedded_find("re.lua");

    (void)state;
    assert_non_null(re);
    assert_non_null(strstr(re->data, "require\"lpeg\""));
    assert_non_null(strstr(re->data, "return re"));
}

static void unknown_names_find_nothing(void **state)
{
    const char *const names[] = {"", "re", "re.luac", "zzz", "a", "engine/lua"};

    (void)state;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        assert_null(usher_embedded_find(names[i]));
    assert_null(usher_embedded_at((size_t)-1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_every_file_under_its_name),
        cmocka_unit_test(names_are_in_order_and_once),
        cmocka_unit_test(holds_whole_text_and_a_nul_after_it),
        cmocka_unit_test(has_lpegs_re),
        cmocka_unit_test(unknown_names_find_nothing),
    };
    return cmocka_run_group_tests_name("embedded", tests, NULL, NULL);
}
