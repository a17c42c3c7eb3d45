#include "base/text.h"
#include "base_test.h"

static char buffer[64];

static struct text fresh(void)
{
    struct text t;
    text_init(&t, buffer, sizeof buffer);
    return t;
}

static void pieces_follow_each_other(void **state)
{
    (void)state;
    struct text t = fresh();
    text_string(&t, "port ");
    text_decimal(&t, 80);
    text_character(&t, ';');
    assert_string_equal(buffer, "port 80;");
    assert_int_equal(text_length(&t), 8);
}

static void a_new_text_is_empty(void **state)
{
    (void)state;
    buffer[0] = 'x';
    struct text t = fresh();
    assert_string_equal(buffer, "");
    assert_int_equal(text_length(&t), 0);
}

static void expect_number(const char *expected, void (*put)(struct text *))
{
    struct text t = fresh();
    put(&t);
    assert_string_equal(buffer, expected);
}

static void put_zero(struct text *t)
{
    text_decimal(t, 0);
}
static void put_largest(struct text *t)
{
    text_decimal(t, UINT64_MAX);
}
static void put_minus_one(struct text *t)
{
    text_signed(t, -1);
}
static void put_signed_zero(struct text *t)
{
    text_signed(t, 0);
}
static void put_smallest(struct text *t)
{
    text_signed(t, INT64_MIN);
}
static void put_largest_signed(struct text *t)
{
    text_signed(t, INT64_MAX);
}
static void put_hex_filled(struct text *t)
{
    text_hex(t, 0xbeef, 8);
}
static void put_hex_exact(struct text *t)
{
    text_hex(t, 0xbeef, 4);
}
static void put_hex_too_long(struct text *t)
{
    text_hex(t, 0x1234567890abcdef, 2);
}
static void put_hex_zero(struct text *t)
{
    text_hex(t, 0, 0);
}
static void put_hex_wide(struct text *t)
{
    text_hex(t, 1, 24);
}

static void numbers_are_written_from_end_to_end_of_their_range(void **state)
{
    (void)state;
    expect_number("0", put_zero);
    expect_number("18446744073709551615", put_largest);
    expect_number("-1", put_minus_one);
    expect_number("0", put_signed_zero);
    expect_number("-9223372036854775808", put_smallest);
    expect_number("9223372036854775807", put_largest_signed);
}

static void hexadecimal_is_filled_with_zeros_and_never_cut(void **state)
{
    (void)state;
    expect_number("0000beef", put_hex_filled);
    expect_number("beef", put_hex_exact);
    expect_number("1234567890abcdef", put_hex_too_long);
    expect_number("0", put_hex_zero);
    expect_number("000000000000000000000001", put_hex_wide);
}

static void columns_are_padded_and_long_entries_stay_whole(void **state)
{
    (void)state;
    struct text t = fresh();
    text_padded(&t, "tcp", 6);
    text_padded(&t, "listen", 6);
    text_padded(&t, "established", 6);
    text_padded(&t, "", 2);
    text_character(&t, '|');
    assert_string_equal(buffer, "tcp   listenestablished  |");
}

/* The bytes behind the buffer are compared, not left to a sanitizer. */
static void a_full_buffer_cuts_and_stays_terminated(void **state)
{
    (void)state;
    for (size_t size = 1; size <= 8; size++) {
        char room[12];
        memset(room, '#', sizeof room);
        struct text t;
        text_init(&t, room, size);
        text_string(&t, "abc");
        text_decimal(&t, 123456);
        text_padded(&t, "z", 9);
        assert_int_equal(text_length(&t), size - 1);
        assert_memory_equal(room, "abc123456", size - 1);
        assert_int_equal(room[size - 1], '\0');
        for (size_t i = size; i < sizeof room; i++)
            assert_int_equal(room[i], '#');
    }
}

static void a_buffer_of_no_size_is_not_touched(void **state)
{
    (void)state;
    char room[1] = {'#'};
    struct text t;
    text_init(&t, room, 0);
    text_string(&t, "abc");
    text_character(&t, 'd');
    assert_int_equal(text_length(&t), 0);
    assert_int_equal(room[0], '#');
}

RUN(cmocka_unit_test(pieces_follow_each_other), cmocka_unit_test(a_new_text_is_empty),
    cmocka_unit_test(numbers_are_written_from_end_to_end_of_their_range),
    cmocka_unit_test(hexadecimal_is_filled_with_zeros_and_never_cut),
    cmocka_unit_test(columns_are_padded_and_long_entries_stay_whole),
    cmocka_unit_test(a_full_buffer_cuts_and_stays_terminated),
    cmocka_unit_test(a_buffer_of_no_size_is_not_touched))
