/* TCP options between bytes and numbers, and what is made of nonsense. */
#include "cmocka_all.h"
#include "exact_bytes.h"
#include "wire/same_segment.h"
#include "wire/tcp_options.h"

#define PARSE(options, ...)                                                                        \
    parse_bytes((options), (const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__}))

static bool parse_bytes(struct tcp_options *options, const uint8_t *from, size_t len)
{
    const struct span bytes = exact_bytes(from, len);
    memset(options, 0xaa, sizeof *options);
    const bool whole = tcp_options_parse(bytes, options);
    free_bytes(bytes);
    return whole;
}

static void expect_bytes(const struct tcp_options *options, const uint8_t *want, size_t len)
{
    uint8_t bytes[TCP_OPTIONS_BYTES_MAX];
    assert_int_equal(tcp_options_emit(options, bytes), len);
    assert_int_equal(tcp_options_bytes(options), len);
    if (len > 0)
        assert_memory_equal(bytes, want, len);
}

#define EXPECT(options, ...)                                                                       \
    expect_bytes((options), (const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__}))

static void each_option_is_read(void **state)
{
    struct tcp_options o;
    (void)state;
    assert_true(PARSE(&o, 2, 4, 0x05, 0xb4));
    assert_true(o.present == TCP_OPTION_MSS && o.mss == 1460);
    assert_true(PARSE(&o, 3, 3, 7));
    assert_true(o.present == TCP_OPTION_WINDOW_SCALE && o.window_scale == 7);
    assert_true(PARSE(&o, 4, 2));
    assert_true(o.present == TCP_OPTION_SACK_PERMITTED);
    assert_true(PARSE(&o, 8, 10, 0, 0, 1, 0, 0, 0, 2, 0));
    assert_true(o.present == TCP_OPTION_TIMESTAMPS && o.ts_value == 256 && o.ts_echo == 512);
    assert_true(PARSE(&o, 5, 18, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4));
    assert_true(o.present == TCP_OPTION_SACK && o.sack_count == 2);
    assert_true(o.sack[0].start.raw == 1 && o.sack[0].end.raw == 2);
    assert_true(o.sack[1].start.raw == 3 && o.sack[1].end.raw == 4);
}

static void no_options_are_no_options(void **state)
{
    struct tcp_options o;
    (void)state;
    assert_true(parse_bytes(&o, NULL, 0));
    assert_int_equal(o.present, 0);
}

/* RFC 7323 appendix A: the layout nearly every segment has. */
static void the_usual_timestamps_are_read(void **state)
{
    struct tcp_options o;
    (void)state;
    assert_true(PARSE(&o, 1, 1, 8, 10, 1, 2, 3, 4, 5, 6, 7, 8));
    assert_int_equal(o.present, TCP_OPTION_TIMESTAMPS);
    assert_int_equal(o.ts_value, 0x01020304);
    assert_int_equal(o.ts_echo, 0x05060708);
}

static void what_follows_the_usual_timestamps_is_read_too(void **state)
{
    struct tcp_options o;
    (void)state;
    assert_true(PARSE(&o, 1, 1, 8, 10, 1, 2, 3, 4, 5, 6, 7, 8, 3, 3, 9, 0));
    assert_int_equal(o.present, TCP_OPTION_TIMESTAMPS | TCP_OPTION_WINDOW_SCALE);
}

static void nothing_is_read_behind_the_end(void **state)
{
    struct tcp_options o;
    (void)state;
    assert_true(PARSE(&o, 1, 0, 2, 4, 0x05, 0xb4));
    assert_int_equal(o.present, 0);
    assert_true(PARSE(&o, 2, 4, 0x05, 0xb4, 0, 99));
    assert_int_equal(o.present, TCP_OPTION_MSS);
}

/* RFC 9293 MUST-6. */
static void unknown_options_are_skipped_by_their_length(void **state)
{
    struct tcp_options o;
    (void)state;
    assert_true(PARSE(&o, 254, 4, 2, 4, 30, 2, 3, 3, 5));
    assert_int_equal(o.present, TCP_OPTION_WINDOW_SCALE);
}

/* RFC 9293 MUST-7. */
static void an_impossible_length_ends_the_reading_and_keeps_what_came_before(void **state)
{
    struct tcp_options o;
    (void)state;
    assert_false(PARSE(&o, 3, 3, 5, 254, 0, 2, 4, 1, 1));
    assert_int_equal(o.present, TCP_OPTION_WINDOW_SCALE);
    assert_false(PARSE(&o, 3, 3, 5, 254, 1, 2, 4, 1, 1));
    assert_int_equal(o.present, TCP_OPTION_WINDOW_SCALE);
    assert_false(PARSE(&o, 3, 3, 5, 2, 4, 1));
    assert_int_equal(o.present, TCP_OPTION_WINDOW_SCALE);
    assert_false(PARSE(&o, 3, 3, 5, 2));
    assert_int_equal(o.present, TCP_OPTION_WINDOW_SCALE);
}

static void a_length_that_does_not_suit_the_kind_is_passed_over(void **state)
{
    struct tcp_options o;
    (void)state;
    assert_true(PARSE(&o, 2, 3, 5, 3, 4, 7, 7, 4, 3, 1, 8, 4, 1, 1));
    assert_int_equal(o.present, 0);
    assert_true(PARSE(&o, 2, 5, 5, 5, 5, 3, 2, 8, 11, 1, 2, 3, 4, 5, 6, 7, 8, 9));
    assert_int_equal(o.present, 0);
    assert_true(PARSE(&o, 5, 2, 5, 9, 1, 2, 3, 4, 5, 6, 7, 5, 11, 1, 2, 3, 4, 5, 6, 7, 8, 9));
    assert_int_equal(o.present, 0);
    assert_true(PARSE(&o, 2, 4, 1, 1, 4, 4, 1, 1, 3, 3, 1));
    assert_int_equal(o.present, TCP_OPTION_MSS | TCP_OPTION_WINDOW_SCALE);
}

/* Longer than a header can hold, but the parser does not know that. */
static void more_than_four_sack_blocks_are_passed_over(void **state)
{
    uint8_t bytes[42] = {5, 42};
    struct tcp_options o;
    (void)state;
    assert_true(parse_bytes(&o, bytes, sizeof bytes));
    assert_int_equal(o.present, 0);
    bytes[1] = 34;
    assert_true(parse_bytes(&o, bytes, 34));
    assert_int_equal(o.sack_count, 4);
}

/* RFC 7323 section 2.3. */
static void a_window_scale_above_fourteen_is_fourteen(void **state)
{
    struct tcp_options o;
    (void)state;
    assert_true(PARSE(&o, 3, 3, 14) && o.window_scale == 14);
    assert_true(PARSE(&o, 3, 3, 15) && o.window_scale == 14);
    assert_true(PARSE(&o, 3, 3, 255) && o.window_scale == 14);
    assert_true(PARSE(&o, 3, 3, 13) && o.window_scale == 13);
}

static void the_last_of_two_equal_options_counts(void **state)
{
    struct tcp_options o;
    (void)state;
    assert_true(PARSE(&o, 2, 4, 0, 1, 2, 4, 0, 2));
    assert_int_equal(o.mss, 2);
}

static void a_syn_is_emitted_as_linux_does(void **state)
{
    struct tcp_options o = {.mss = 1460, .ts_value = 1, .ts_echo = 2, .window_scale = 7};
    (void)state;
    expect_bytes(&(struct tcp_options){0}, NULL, 0);
    o.present = TCP_OPTION_MSS;
    EXPECT(&o, 2, 4, 0x05, 0xb4);
    o.present |= TCP_OPTION_WINDOW_SCALE;
    EXPECT(&o, 2, 4, 0x05, 0xb4, 1, 3, 3, 7);
    o.present |= TCP_OPTION_SACK_PERMITTED;
    EXPECT(&o, 2, 4, 0x05, 0xb4, 1, 1, 4, 2, 1, 3, 3, 7);
    o.present |= TCP_OPTION_TIMESTAMPS;
    EXPECT(&o, 2, 4, 0x05, 0xb4, 4, 2, 8, 10, 0, 0, 0, 1, 0, 0, 0, 2, 1, 3, 3, 7);
    o.present = TCP_OPTION_TIMESTAMPS;
    EXPECT(&o, 1, 1, 8, 10, 0, 0, 0, 1, 0, 0, 0, 2);
}

static void sack_blocks_are_emitted_in_order(void **state)
{
    const struct tcp_options o = {
        .present = TCP_OPTION_SACK, .sack_count = 2, .sack = {{{1}, {2}}, {{3}, {0xffffffff}}}};
    (void)state;
    EXPECT(&o, 1, 1, 5, 18, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0xff, 0xff, 0xff, 0xff);
}

static void sack_blocks_that_do_not_fit_are_left_out(void **state)
{
    struct tcp_options o = {.present = TCP_OPTION_SACK, .sack_count = 4}, out;
    uint8_t bytes[TCP_OPTIONS_BYTES_MAX];
    (void)state;
    for (uint32_t i = 0; i < 4; i++)
        o.sack[i] = (struct range){seq_at(10 * i), seq_at(10 * i + 5)};
    assert_int_equal(tcp_options_bytes(&o), 36);
    o.present |= TCP_OPTION_TIMESTAMPS;
    assert_int_equal(tcp_options_bytes(&o), 40);
    assert_int_equal(tcp_options_emit(&o, bytes), 40);
    assert_true(tcp_options_parse((struct span){bytes, 40}, &out));
    assert_int_equal(out.sack_count, 3);
    assert_int_equal(out.sack[2].end.raw, 25);
    o.present = 31; /* 20 bytes of others leave room for two */
    assert_int_equal(tcp_options_bytes(&o), 40);
    assert_int_equal(tcp_options_emit(&o, bytes), 40);
    assert_true(tcp_options_parse((struct span){bytes, 40}, &out));
    assert_int_equal(out.sack_count, 2);
}

static void a_sack_option_without_blocks_is_not_emitted(void **state)
{
    const struct tcp_options o = {.present = TCP_OPTION_SACK, .sack_count = 0};
    (void)state;
    assert_int_equal(tcp_options_bytes(&o), 0);
}

static struct tcp_options random_options(struct prng *p)
{
    struct tcp_options o;
    memset(&o, 0, sizeof o);
    o.present = (uint8_t)prng_below(p, 32);
    if (o.present & TCP_OPTION_MSS)
        o.mss = (uint16_t)prng_next(p);
    if (o.present & TCP_OPTION_WINDOW_SCALE)
        o.window_scale = (uint8_t)prng_below(p, 15);
    if (o.present & TCP_OPTION_TIMESTAMPS) {
        o.ts_value = (uint32_t)prng_next(p);
        o.ts_echo = (uint32_t)prng_next(p);
    }
    if (o.present & TCP_OPTION_SACK) {
        const bool syn = o.present & (TCP_OPTION_MSS | TCP_OPTION_WINDOW_SCALE);
        const uint32_t room = syn ? 2 : o.present & TCP_OPTION_TIMESTAMPS ? 3 : 4;
        o.sack_count = (uint8_t)(1 + prng_below(p, room));
        for (unsigned i = 0; i < o.sack_count; i++)
            o.sack[i] =
                (struct range){seq_at((uint32_t)prng_next(p)), seq_at((uint32_t)prng_next(p))};
    }
    return o;
}

static void what_is_emitted_is_parsed_back(void **state)
{
    struct prng p;
    (void)state;
    prng_seed(&p, 1);
    for (int round = 0; round < 5000; round++) {
        const struct tcp_options in = random_options(&p);
        struct tcp_options out;
        uint8_t bytes[TCP_OPTIONS_BYTES_MAX];
        const size_t len = tcp_options_emit(&in, bytes);
        assert_int_equal(len % 4, 0);
        assert_int_equal(len, tcp_options_bytes(&in));
        assert_true(parse_bytes(&out, bytes, len));
        expect_same_options(&in, &out);
    }
}

static void any_prefix_of_valid_options_is_survived(void **state)
{
    struct prng p;
    (void)state;
    prng_seed(&p, 2);
    for (int round = 0; round < 500; round++) {
        const struct tcp_options in = random_options(&p);
        struct tcp_options out;
        uint8_t bytes[TCP_OPTIONS_BYTES_MAX];
        const size_t len = tcp_options_emit(&in, bytes);
        for (size_t cut = 0; cut < len; cut++) {
            (void)parse_bytes(&out, bytes, cut);
            assert_int_equal(out.present & ~in.present, 0);
        }
    }
}

static void any_bytes_are_parsed(void **state)
{
    struct prng p;
    (void)state;
    prng_seed(&p, 3);
    for (int round = 0; round < 50000; round++) {
        struct tcp_options out, again;
        uint8_t bytes[TCP_OPTIONS_BYTES_MAX], emitted[TCP_OPTIONS_BYTES_MAX];
        random_bytes(&p, bytes, sizeof bytes);
        for (size_t i = 0; i < sizeof bytes; i++) /* mostly kinds and lengths that mean something */
            bytes[i] = prng_chance(&p, 3, 4) ? bytes[i] % 12 : bytes[i];
        (void)parse_bytes(&out, bytes, prng_below(&p, sizeof bytes + 1));
        assert_true(out.sack_count <= 4 && out.window_scale <= 14);
        const size_t len = tcp_options_emit(&out, emitted);
        assert_true(tcp_options_parse((struct span){emitted, len}, &again));
        assert_int_equal(again.present | TCP_OPTION_SACK, out.present | TCP_OPTION_SACK);
        assert_int_equal(again.mss, out.mss);
        assert_int_equal(again.ts_echo, out.ts_echo);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_option_is_read),
        cmocka_unit_test(no_options_are_no_options),
        cmocka_unit_test(the_usual_timestamps_are_read),
        cmocka_unit_test(what_follows_the_usual_timestamps_is_read_too),
        cmocka_unit_test(nothing_is_read_behind_the_end),
        cmocka_unit_test(unknown_options_are_skipped_by_their_length),
        cmocka_unit_test(an_impossible_length_ends_the_reading_and_keeps_what_came_before),
        cmocka_unit_test(a_length_that_does_not_suit_the_kind_is_passed_over),
        cmocka_unit_test(more_than_four_sack_blocks_are_passed_over),
        cmocka_unit_test(a_window_scale_above_fourteen_is_fourteen),
        cmocka_unit_test(the_last_of_two_equal_options_counts),
        cmocka_unit_test(a_syn_is_emitted_as_linux_does),
        cmocka_unit_test(sack_blocks_are_emitted_in_order),
        cmocka_unit_test(sack_blocks_that_do_not_fit_are_left_out),
        cmocka_unit_test(a_sack_option_without_blocks_is_not_emitted),
        cmocka_unit_test(what_is_emitted_is_parsed_back),
        cmocka_unit_test(any_prefix_of_valid_options_is_survived),
        cmocka_unit_test(any_bytes_are_parsed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
