#include "base/address.h"
#include "base_test.h"

static struct lull_address ip(const char *text)
{
    struct lull_address a;
    assert_int_equal(lull_address_parse(text, &a), LULL_OK);
    return a;
}

static const struct lull_address any = {{0}};
static const struct lull_address loopback6 = {{[15] = 1}};
static const struct lull_address multicast6 = {{0xff, 0x02, [15] = 1}};
static const struct lull_address global6 = {{0x20, 0x01, 0x0d, 0xb8, [14] = 0xab, 0xcd}};

static void an_ipv4_address_is_held_in_its_mapped_form(void **state)
{
    (void)state;
    const struct lull_address a = lull_address_ipv4((uint8_t[]){192, 0, 2, 33});
    const uint8_t mapped[16] = {[10] = 0xff, 0xff, 192, 0, 2, 33};
    assert_memory_equal(a.bytes, mapped, 16);
    assert_true(address_is_ipv4(&a));
    assert_int_equal(address_ipv4_word(&a), 0xc0000221);
    const struct lull_address b = address_from_ipv4_word(0xc0000221);
    assert_true(address_equal(&a, &b));
    const struct lull_address c = address_from_ipv4_word(0xc0000222);
    assert_false(address_equal(&a, &c));
}

static void one_byte_off_the_mapped_form_is_no_ipv4_address(void **state)
{
    (void)state;
    for (int i = 0; i < 12; i++) {
        struct lull_address a = ip("10.0.0.1");
        a.bytes[i] ^= 1;
        assert_false(address_is_ipv4(&a));
    }
}

static void four_plain_numbers_are_read(void **state)
{
    (void)state;
    const char *const good[] = {"0.0.0.0", "255.255.255.255", "10.0.0.1", "1.20.100.200"};
    const uint32_t words[] = {0, 0xffffffff, 0x0a000001, 0x011464c8};
    for (size_t i = 0; i < COUNT_OF(good); i++) {
        const struct lull_address a = ip(good[i]);
        assert_true(address_is_ipv4(&a));
        assert_int_equal(address_ipv4_word(&a), words[i]);
    }
}

static void any_other_spelling_is_refused_and_writes_nothing(void **state)
{
    (void)state;
    const char *const bad[] = {
        "",          "1",         "1.2.3",    "1.2.3.",    "1.2.3.4.",          "1.2.3.4.5",
        "256.0.0.1", "1.2.3.256", "01.2.3.4", "1.2.3.04",  "00.0.0.0",          "1..2.3",
        ".1.2.3.4",  " 1.2.3.4",  "1.2.3.4 ", "1.2.3.4/8", "-1.2.3.4",          "+1.2.3.4",
        "0x1.2.3.4", "1.2.3.a",   "1,2,3,4",  "1.2.3.4\n", "1.2.3.:",           "1.2./.4",
        "a.b.c.d",   "::1",       "1:",       "1.2.3:",    "999999999999.1.1.1"};
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        struct lull_address a = ip("9.8.7.6");
        unsigned length = 77;
        assert_int_equal(lull_address_parse(bad[i], &a), LULL_EINVAL);
        assert_int_equal(address_ipv4_word(&a), 0x09080706);
        char with_length[64];
        snprintf(with_length, sizeof with_length, "%s/8", bad[i]);
        assert_int_equal(lull_address_parse_prefix(with_length, &a, &length), LULL_EINVAL);
        assert_int_equal(address_ipv4_word(&a), 0x09080706);
        assert_int_equal(length, 77);
    }
}

static void a_prefix_is_an_address_and_0_to_32_bits(void **state)
{
    (void)state;
    for (unsigned bits = 0; bits <= 32; bits++) {
        char text[32];
        snprintf(text, sizeof text, "10.1.2.3/%u", bits);
        struct lull_address a;
        unsigned length = 77;
        assert_int_equal(lull_address_parse_prefix(text, &a, &length), LULL_OK);
        assert_int_equal(length, bits);
        assert_int_equal(address_ipv4_word(&a), 0x0a010203);
    }
}

static void a_prefix_with_any_other_length_is_refused(void **state)
{
    (void)state;
    const char *const bad[] = {"10.0.0.1",
                               "10.0.0.1/",
                               "10.0.0.1/33",
                               "10.0.0.1/024",
                               "10.0.0.1/24 ",
                               "10.0.0.1/-1",
                               "10.0.0.1//24",
                               "10.0.0.1/2a",
                               "10.0.0.1/00",
                               "10.0.0.1:24",
                               "10.0.0.1/99999999999999999999"};
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        struct lull_address a = any;
        unsigned length = 77;
        assert_int_equal(lull_address_parse_prefix(bad[i], &a, &length), LULL_EINVAL);
        assert_int_equal(length, 77);
        assert_true(address_equal(&a, &any));
    }
}

static void expect_text(const struct lull_address *a, const char *expected)
{
    char text[LULL_NAME_TEXT_BYTES];
    assert_int_equal(lull_address_format(a, text, sizeof text), strlen(expected));
    assert_string_equal(text, expected);
}

static void addresses_are_written_as_people_write_them(void **state)
{
    (void)state;
    const struct lull_address zero = ip("0.0.0.0"), usual = ip("192.0.2.33");
    expect_text(&usual, "192.0.2.33");
    expect_text(&any, "*");
    expect_text(&zero, "*");
    expect_text(&loopback6, "0:0:0:0:0:0:0:1");
    expect_text(&global6, "2001:db8:0:0:0:0:0:abcd");
}

static void what_is_written_is_read_back(void **state)
{
    (void)state;
    struct prng p;
    prng_seed(&p, 1);
    for (int i = 0; i < 2000; i++) {
        const struct lull_address a = address_from_ipv4_word(1 + prng_below(&p, UINT32_MAX));
        char text[LULL_NAME_TEXT_BYTES];
        lull_address_format(&a, text, sizeof text);
        const struct lull_address b = ip(text);
        assert_true(address_equal(&a, &b));
    }
}

static void expect_name(const struct lull_name *name, const char *expected)
{
    char text[LULL_NAME_TEXT_BYTES];
    assert_int_equal(lull_address_format_name(name, text, sizeof text), strlen(expected));
    assert_string_equal(text, expected);
}

static void names_are_address_and_port(void **state)
{
    (void)state;
    const struct lull_address v4 = ip("10.0.0.1");
    expect_name(&(struct lull_name){.address = v4, .port = 80}, "10.0.0.1:80");
    expect_name(&(struct lull_name){.address = any, .port = 80}, "*:80");
    expect_name(&(struct lull_name){.address = v4}, "10.0.0.1:*");
    expect_name(&(struct lull_name){.address = loopback6, .port = 80}, "[0:0:0:0:0:0:0:1]:80");
}

static void the_longest_name_fits_the_promised_buffer(void **state)
{
    (void)state;
    struct lull_name name = {.zone = UINT32_MAX, .port = 65535};
    memset(name.address.bytes, 0xfe, 16);
    expect_name(&name, "[fefe:fefe:fefe:fefe:fefe:fefe:fefe:fefe%4294967295]:65535");
}

static void a_small_buffer_cuts_the_text(void **state)
{
    (void)state;
    char text[8] = "#######";
    const struct lull_address a = ip("10.20.30.40");
    assert_int_equal(lull_address_format(&a, text, 6), 5);
    assert_string_equal(text, "10.20");
    assert_int_equal(lull_address_format(&a, text, 0), 0);
    assert_string_equal(text, "10.20");
}

static void special_addresses_are_recognised_up_to_their_edges(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool is_any, multicast, broadcast, loopback;
    } row[] = {
        {"0.0.0.0", true, false, false, false},
        {"0.0.0.1", false, false, false, false},
        {"126.255.255.255", false, false, false, false},
        {"127.0.0.0", false, false, false, true},
        {"127.255.255.255", false, false, false, true},
        {"128.0.0.0", false, false, false, false},
        {"223.255.255.255", false, false, false, false},
        {"224.0.0.0", false, true, false, false},
        {"239.255.255.255", false, true, false, false},
        {"240.0.0.0", false, false, false, false},
        {"255.255.255.254", false, false, false, false},
        {"255.255.255.255", false, false, true, false},
    };
    for (size_t i = 0; i < COUNT_OF(row); i++) {
        const struct lull_address a = ip(row[i].text);
        assert_int_equal(address_is_any(&a), row[i].is_any);
        assert_int_equal(address_is_multicast(&a), row[i].multicast);
        assert_int_equal(address_is_limited_broadcast(&a), row[i].broadcast);
        assert_int_equal(address_is_loopback(&a), row[i].loopback);
    }
}

static void special_addresses_of_ipv6_are_recognised(void **state)
{
    (void)state;
    assert_true(address_is_any(&any));
    assert_true(address_is_loopback(&loopback6));
    assert_false(address_is_any(&loopback6));
    assert_true(address_is_multicast(&multicast6));
    assert_false(address_is_multicast(&global6));
    assert_false(address_is_loopback(&any));
    assert_false(address_is_loopback(&global6));
    struct lull_address ones;
    memset(ones.bytes, 0xff, sizeof ones.bytes);
    assert_false(address_is_limited_broadcast(&ones));
    for (int i = 0; i < 10; i++) {
        struct lull_address a = any;
        a.bytes[i] = 1;
        assert_false(address_is_any(&a));
        a = loopback6;
        a.bytes[i] = 1;
        assert_false(address_is_loopback(&a));
    }
}

static void prefix_lengths_count_in_128_bit_terms(void **state)
{
    (void)state;
    const struct lull_address v4 = ip("10.0.0.1");
    assert_int_equal(address_prefix_bits(&v4, 24), 120);
    assert_int_equal(address_prefix_bits(&global6, 24), 24);
}

/* Every length against the first bit that differs. */
static void an_address_is_in_every_prefix_that_ends_before_the_first_difference(void **state)
{
    (void)state;
    for (unsigned differing = 0; differing < 128; differing++) {
        struct lull_address a = global6;
        a.bytes[differing / 8] ^= (uint8_t)(0x80 >> differing % 8);
        for (unsigned bits = 0; bits <= 128; bits++)
            assert_int_equal(address_in_prefix(&a, &global6, bits), bits <= differing);
    }
    assert_true(address_in_prefix(&global6, &global6, 128));
    EXPECT_REFUSED(address_in_prefix(&global6, &global6, 129));
}

RUN(cmocka_unit_test(an_ipv4_address_is_held_in_its_mapped_form),
    cmocka_unit_test(one_byte_off_the_mapped_form_is_no_ipv4_address),
    cmocka_unit_test(four_plain_numbers_are_read),
    cmocka_unit_test(any_other_spelling_is_refused_and_writes_nothing),
    cmocka_unit_test(a_prefix_is_an_address_and_0_to_32_bits),
    cmocka_unit_test(a_prefix_with_any_other_length_is_refused),
    cmocka_unit_test(addresses_are_written_as_people_write_them),
    cmocka_unit_test(what_is_written_is_read_back), cmocka_unit_test(names_are_address_and_port),
    cmocka_unit_test(the_longest_name_fits_the_promised_buffer),
    cmocka_unit_test(a_small_buffer_cuts_the_text),
    cmocka_unit_test(special_addresses_are_recognised_up_to_their_edges),
    cmocka_unit_test(special_addresses_of_ipv6_are_recognised),
    cmocka_unit_test(prefix_lengths_count_in_128_bit_terms),
    cmocka_unit_test(an_address_is_in_every_prefix_that_ends_before_the_first_difference))
