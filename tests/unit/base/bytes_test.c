#include "base/bytes.h"
#include "base_test.h"

static const uint8_t row[9] = {0xff, 0x81, 0x92, 0xa3, 0xb4, 0xc5, 0xd6, 0xe7, 0xf8};

static void the_most_significant_byte_comes_first(void **state)
{
    (void)state;
    assert_int_equal(load_be16(row + 1), 0x8192);
    assert_int_equal(load_be32(row + 1), 0x8192a3b4);
    assert_true(load_be64(row + 1) == 0x8192a3b4c5d6e7f8u);
}

static void the_least_significant_byte_comes_first_in_little_endian(void **state)
{
    (void)state;
    assert_true(load_le64(row + 1) == 0xf8e7d6c5b4a39281u);
}

static void what_is_stored_is_loaded_and_nothing_beside_it_changes(void **state)
{
    (void)state;
    uint8_t to[10] = {0};
    store_be16(to + 1, 0x8192);
    assert_memory_equal(to, ((uint8_t[10]){0, 0x81, 0x92}), 10);
    store_be32(to + 1, 0x8192a3b4);
    assert_memory_equal(to, ((uint8_t[10]){0, 0x81, 0x92, 0xa3, 0xb4}), 10);
    memset(to, 0, sizeof to);
    store_be64(to + 1, 0x8192a3b4c5d6e7f8u);
    assert_memory_equal(to + 1, row + 1, 8);
    assert_int_equal(to[0], 0);
    assert_int_equal(to[9], 0);
}

RUN(cmocka_unit_test(the_most_significant_byte_comes_first),
    cmocka_unit_test(the_least_significant_byte_comes_first_in_little_endian),
    cmocka_unit_test(what_is_stored_is_loaded_and_nothing_beside_it_changes))
