/* The ranges of struct lull_stack_config, as docs/limits.md lists them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lull/stack.h"

#include "base/check.h"

/* A field, and the smallest and largest value it may have. */
struct bound {
    size_t offset, size;
    uint64_t least, most;
};
#define FIELD(name)                                                                                \
    offsetof(struct lull_stack_config, name), sizeof(((struct lull_stack_config *)0)->name)

/* clang-format off */
static const struct bound bounds[] = {
    {FIELD(sockets_max),          1,                 1u << 27},
    {FIELD(connections_max),      1,                 1u << 27},
    {FIELD(listeners_max),        1,                 65535},
    {FIELD(records_max),          0,                 134217726},
    {FIELD(blocks_max),           4,                 1u << 30},
    {FIELD(block_bytes),          256,               65536},
    {FIELD(neighbors_max),        1,                 1u << 20},
    {FIELD(routes_max),           1,                 65535},
    {FIELD(replies_max),          8,                 1u << 20},
    {FIELD(send_buffer_bytes),    256,               1u << 30},
    {FIELD(receive_buffer_bytes), 256,               1u << 30},
    {FIELD(rto_min),              1000000,           60000000000},
    {FIELD(rto_initial),          1000000,           60000000000},
    {FIELD(delayed_ack),          0,                 499000000},
    {FIELD(user_timeout),         1000000000,        86400000000000},
    {FIELD(syn_timeout),          1000000000,        86400000000000},
    {FIELD(ttl),                  1,                 UINT8_MAX},
};
/* clang-format on */

/* Bytes of a stack whose field has this value, all others their default. */
static size_t bytes_with(const struct bound *bound, uint64_t value)
{
    struct lull_stack_config config;

    lull_stack_config_init(&config);
    memcpy((char *)&config + bound->offset, &value, bound->size); /* little-endian */
    return lull_stack_bytes(&config);
}

static void both_ends_of_every_range_are_accepted(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(bounds); i++) {
        assert_int_not_equal(bytes_with(&bounds[i], bounds[i].least), 0);
        assert_int_not_equal(bytes_with(&bounds[i], bounds[i].most), 0);
    }
}

static void one_beyond_either_end_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(bounds); i++) {
        const struct bound *bound = &bounds[i];
        if (bound->least > 0)
            assert_int_equal(bytes_with(bound, bound->least - 1), 0);
        if (bound->most < (UINT64_C(1) << (8 * bound->size - 1)))
            assert_int_equal(bytes_with(bound, bound->most + 1), 0);
    }
}

/* Ten times the bytes that one more costs, rounded. */
static size_t tenths_for_one(const struct bound *bound)
{
    const size_t many = 115200; /* whole groups of whatever is shared among several */
    return ((bytes_with(bound, 2 * many) - bytes_with(bound, many)) * 10 + many / 2) / many;
}

/* As docs/limits.md says.  Whoever makes one larger has to say so there. */
static void each_costs_what_is_written(void **state)
{
    (void)state;
    assert_int_equal(tenths_for_one(&(struct bound){FIELD(sockets_max), 0, 0}), 1425);
    assert_int_equal(tenths_for_one(&(struct bound){FIELD(connections_max), 0, 0}), 3911);
    assert_int_equal(tenths_for_one(&(struct bound){FIELD(records_max), 0, 0}), 551);
    assert_int_equal(tenths_for_one(&(struct bound){FIELD(blocks_max), 0, 0}), 41000);
    assert_int_equal(tenths_for_one(&(struct bound){FIELD(replies_max), 0, 0}), 1840);
}

static void a_block_is_a_power_of_two(void **state)
{
    struct lull_stack_config config;

    (void)state;
    lull_stack_config_init(&config);
    for (config.block_bytes = 257; config.block_bytes < 65536; config.block_bytes++) {
        bool is_power = (config.block_bytes & (config.block_bytes - 1)) == 0;
        assert_int_equal(lull_stack_bytes(&config) != 0, is_power);
    }
}

static void the_largest_route_table_can_be_made(void **state)
{
    struct lull_stack_config config;

    (void)state;
    lull_stack_config_init(&config);
    config.routes_max = 65535;
    size_t bytes = lull_stack_bytes(&config);
    void *memory = aligned_alloc(64, (bytes + 63) / 64 * 64);
    assert_non_null(memory);
    assert_ptr_equal(lull_stack_create(memory, bytes, &config, 0), memory);
    free(memory);
}

static void too_little_memory_or_a_crooked_address_makes_no_stack(void **state)
{
    struct lull_stack_config config;

    (void)state;
    lull_stack_config_init(&config);
    size_t bytes = lull_stack_bytes(&config);
    char *memory = aligned_alloc(64, (bytes + 127) / 64 * 64);
    assert_non_null(memory);
    assert_null(lull_stack_create(memory, bytes - 1, &config, 0));
    assert_null(lull_stack_create(memory + 8, bytes, &config, 0));
    assert_null(lull_stack_create(NULL, bytes, &config, 0));
    free(memory);
}

static struct lull_stack *stack_of_defaults(char **memory)
{
    struct lull_stack_config config;
    lull_stack_config_init(&config);
    size_t bytes = lull_stack_bytes(&config);
    *memory = aligned_alloc(64, (bytes + 63) / 64 * 64);
    assert_non_null(*memory);
    return lull_stack_create(*memory, bytes, &config, 0);
}

static void a_knob_out_of_range_makes_no_stack(void **state)
{
    struct lull_stack_config config;
    (void)state;
    for (int i = 0; i < LULL_KNOB_COUNT; i++) {
        lull_stack_config_init(&config);
        config.knobs.value[i] = lull_knob_info((enum lull_knob)i)->most + 1;
        assert_int_equal(lull_stack_bytes(&config), 0);
    }
}

static void a_knob_can_be_turned_while_the_stack_runs(void **state)
{
    char *memory;
    struct lull_stack *s = stack_of_defaults(&memory);
    (void)state;
    assert_int_equal(lull_stack_knob(s, LULL_KNOB_tw_msl_ms), 30000);
    assert_int_equal(lull_stack_set_knob(s, LULL_KNOB_tw_msl_ms, 5000), LULL_OK);
    assert_int_equal(lull_stack_knob(s, LULL_KNOB_tw_msl_ms), 5000);
    assert_int_equal(lull_stack_set_knob(s, LULL_KNOB_tw_msl_ms, 0), LULL_EINVAL);
    assert_int_equal(lull_stack_knob(s, LULL_KNOB_tw_msl_ms), 5000);
    /* out of order, set at creation only, fixed, none */
    assert_int_equal(lull_stack_set_knob(s, LULL_KNOB_ports_ephemeral_last, 1000), LULL_EINVAL);
    assert_int_equal(lull_stack_set_knob(s, LULL_KNOB_isn_tick_ns, 64), LULL_EOPNOTSUPP);
    assert_int_equal(lull_stack_set_knob(s, LULL_KNOB_restart_mode, 1), LULL_EOPNOTSUPP);
    assert_int_equal(lull_stack_set_knob(s, LULL_KNOB_COUNT, 1), LULL_EINVAL);
    assert_int_equal(lull_stack_knob(s, LULL_KNOB_COUNT), 0);
    free(memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_ends_of_every_range_are_accepted),
        cmocka_unit_test(one_beyond_either_end_is_refused),
        cmocka_unit_test(each_costs_what_is_written),
        cmocka_unit_test(a_block_is_a_power_of_two),
        cmocka_unit_test(the_largest_route_table_can_be_made),
        cmocka_unit_test(too_little_memory_or_a_crooked_address_makes_no_stack),
        cmocka_unit_test(a_knob_out_of_range_makes_no_stack),
        cmocka_unit_test(a_knob_can_be_turned_while_the_stack_runs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
