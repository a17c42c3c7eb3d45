/* One block of memory for one stack. */
#include <string.h>

#include "lull/host.h"

#include "cmocka_all.h"

static struct lull_stack_config small_config(void)
{
    struct lull_stack_config config;
    lull_stack_config_init(&config);
    config.sockets_max = 4;
    config.connections_max = 4;
    config.records_max = 16;
    config.blocks_max = 16;
    return config;
}

static void a_stack_can_be_made_used_and_ended(void **state)
{
    const struct lull_stack_config config = small_config();
    const struct lull_interface_config interface = {.link = LULL_LINK_ETHERNET, .mtu = 1500};
    enum lull_error why = LULL_OK;
    struct lull_stack *stack = lull_host_memory_create_stack(&config, &why);
    (void)state;
    assert_non_null(stack);
    assert_int_equal(why, LULL_OK);
    assert_int_equal((uintptr_t)stack % 64, 0);
    assert_int_equal(lull_stack_add_interface(stack, &interface), 0);
    lull_host_memory_destroy_stack(stack);
    lull_host_memory_destroy_stack(NULL);
}

/* Tables that fill gigabytes cost nothing before they are used. */
static void a_large_stack_fits_into_a_small_machine(void **state)
{
    struct lull_stack_config config = small_config();
    (void)state;
    config.blocks_max = 1u << 20;
    config.block_bytes = 65536;
    struct lull_stack *stack = lull_host_memory_create_stack(&config, NULL);
    assert_non_null(stack);
    lull_host_memory_destroy_stack(stack);
}

static void a_config_out_of_range_is_refused(void **state)
{
    struct lull_stack_config config = small_config();
    enum lull_error why = LULL_OK;
    (void)state;
    config.block_bytes = 1000;
    assert_null(lull_host_memory_create_stack(&config, &why));
    assert_int_equal(why, LULL_EINVAL);
    assert_null(lull_host_memory_create_stack(&config, NULL));
}

/* Bytes at the start of the block that differ between two stacks of one configuration: those
 * that hold instants, and those that hold secrets. */
static unsigned differing_bytes(const struct lull_stack_config *config)
{
    uint8_t first[2048];
    unsigned count = 0;
    struct lull_stack *stack = lull_host_memory_create_stack(config, NULL);
    assert_non_null(stack);
    memcpy(first, stack, sizeof first);
    lull_host_memory_destroy_stack(stack);
    stack = lull_host_memory_create_stack(config, NULL);
    assert_non_null(stack);
    for (size_t i = 0; i < sizeof first; i++)
        count += first[i] != ((const uint8_t *)stack)[i];
    lull_host_memory_destroy_stack(stack);
    return count;
}

static void an_empty_seed_is_filled_and_a_given_one_is_kept(void **state)
{
    struct lull_stack_config empty = small_config(), given = small_config();
    const struct lull_stack_config before = empty;
    (void)state;
    given.seed[31] = 1;
    assert_true(differing_bytes(&empty) >= differing_bytes(&given) + 16);
    assert_memory_equal(&empty, &before, sizeof empty); /* filled in a copy */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_stack_can_be_made_used_and_ended),
        cmocka_unit_test(a_large_stack_fits_into_a_small_machine),
        cmocka_unit_test(a_config_out_of_range_is_refused),
        cmocka_unit_test(an_empty_seed_is_filled_and_a_given_one_is_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
