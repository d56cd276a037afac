/* tests/unit/blocks_test.c - engine/script/blocks.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "fail_alloc.h"
#include "script/blocks.h"

enum { BLOCKS = 200, ROUNDS = 60000, SIZE_MAX_HERE = 1200 };

struct held {
    unsigned char *bytes;
    size_t size;
    unsigned char fill;
};

static uint32_t draw(uint32_t *random, uint32_t below)
{
    *random ^= *random << 13;
    *random ^= *random >> 17;
    *random ^= *random << 5;
    return *random % below;
}

static void check(const struct held *held, size_t size)
{
    for (size_t i = 0; i < size; i++)
        assert_int_equal(held->bytes[i], held->fill);
}

/* Nobody else writes into a block, whatever becomes of the others. */
static void blocks_keep_their_bytes(void **state)
{
    struct usher_blocks blocks = {0};
    struct held all[BLOCKS] = {{0}};
    uint32_t random = 3;

    (void)state;
    for (int round = 0; round < ROUNDS; round++) {
        struct held *held = &all[draw(&random, BLOCKS)];
        size_t size = draw(&random, draw(&random, 4) ? 80 : SIZE_MAX_HERE);
        unsigned char *fresh;

        check(held, held->size);
        fresh = usher_blocks_resize(&blocks, held->bytes, held->size, size);
        assert_true(size == 0 ? !fresh : fresh != NULL);
        held->bytes = fresh;
        check(held, size < held->size ? size : held->size);
        assert_int_equal((uintptr_t)fresh % _Alignof(max_align_t), 0);
        held->size = size;
        held->fill = (unsigned char)round;
        for (size_t i = 0; i < size; i++)
            fresh[i] = held->fill;
    }
    for (size_t i = 0; i < BLOCKS; i++)
        usher_blocks_resize(&blocks, all[i].bytes, all[i].size, 0);
    usher_blocks_free(&blocks);
    assert_null(blocks.slabs);
}

static void without_memory_the_old_block_stays(void **state)
{
    struct usher_blocks blocks = {0};
    char *small, *large, *grown;

    (void)state;
    fail_alloc_at(1);
    assert_null(usher_blocks_resize(&blocks, NULL, 0, 24));
    assert_true(fail_alloc_off());
    large = usher_blocks_resize(&blocks, NULL, 0, 4000);
    small = usher_blocks_resize(&blocks, NULL, 0, 40);
    assert_non_null(small);
    strcpy(small, "kept");
    fail_alloc_at(1);
    grown = usher_blocks_resize(&blocks, small, 40, 5000);
    assert_true(fail_alloc_off());
    assert_null(grown);
    assert_string_equal(small, "kept");
    usher_blocks_resize(&blocks, small, 40, 0);
    usher_blocks_resize(&blocks, large, 4000, 0);
    usher_blocks_free(&blocks);
}

static void a_smaller_block_is_always_there(void **state)
{
    struct usher_blocks blocks = {0};
    char *block = usher_blocks_resize(&blocks, NULL, 0, 500);
    char *less;

    (void)state;
    strcpy(block, "kept");
    /* Nothing else is left of the slab. */
    while (blocks.end - blocks.at >= 16)
        (void)usher_blocks_resize(&blocks, NULL, 0, 16);
    fail_alloc_at(1);
    less = usher_blocks_resize(&blocks, block, 500, 100);
    (void)fail_alloc_off();
    assert_non_null(less);
    assert_string_equal(less, "kept");
    usher_blocks_resize(&blocks, less, 100, 0);
    usher_blocks_free(&blocks);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_keep_their_bytes),
        cmocka_unit_test(without_memory_the_old_block_stays),
        cmocka_unit_test(a_smaller_block_is_always_there),
    };

    return cmocka_run_group_tests_name("blocks", tests, NULL, NULL);
}
