/* A stack is one block of bytes: copied elsewhere in mid-transfer, it goes on, and its peer
 * notices nothing.  The old block is overwritten, so nothing may still point into it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "pair.h"

#define TOTAL 200000u

static uint8_t octet(uint32_t i)
{
    return (uint8_t)(i * 13 + i / 255);
}

static void move_stack(struct pair *p, int side, size_t bytes)
{
    void *moved = aligned_alloc(64, (bytes + 63) / 64 * 64);

    assert_non_null(moved);
    memcpy(moved, p->memory[side], bytes);
    memset(p->memory[side], 0xa5, bytes);
    free(p->memory[side]);
    p->memory[side] = moved;
    p->stack[side] = moved;
}

static void a_stack_is_moved_again_and_again_in_mid_transfer(void **state)
{
    struct pair_faults faults = {.loss = 20, .reorder = 20, .delay = LULL_MS(5)};
    struct lull_stack_config config;
    struct lull_usage usage;
    lull_socket ends[2], listener;
    uint8_t bytes[2000];
    uint32_t sent = 0, read = 0;
    ptrdiff_t n = 0;

    (void)state;
    static struct pair p;
    lull_stack_config_init(&config);
    config.blocks_max = 256;
    config.records_max = 64;
    size_t size = lull_stack_bytes(&config);
    pair_open(&p, 7, &config, &faults);
    listener = pair_listen(&p, 1, 80);
    pair_connect(&p, listener, 80, ends);
    for (int turn = 0; read < TOTAL; turn++) {
        uint32_t count = TOTAL - sent < sizeof bytes ? TOTAL - sent : (uint32_t)sizeof bytes;
        for (uint32_t i = 0; i < count; i++)
            bytes[i] = octet(sent + i);
        n = count > 0 ? lull_socket_send(p.stack[0], ends[0], (struct lull_slice){bytes, count})
                      : 0;
        sent += n > 0 ? (uint32_t)n : 0;
        move_stack(&p, turn % 2, size);
        pair_run(&p, p.now + LULL_MS(7), NULL, NULL);
        n = lull_socket_receive(p.stack[1], ends[1], bytes, sizeof bytes);
        for (ptrdiff_t i = 0; i < n; i++)
            assert_int_equal(bytes[i], octet(read++));
        assert_true(turn < 20000);
    }
    assert_int_equal(lull_socket_close(p.stack[0], ends[0]), LULL_OK);
    pair_run(&p, p.now + LULL_SEC(5), NULL, NULL);
    assert_int_equal(lull_socket_close(p.stack[1], ends[1]), LULL_OK);
    pair_run(&p, p.now + LULL_SEC(5), NULL, NULL);
    lull_stack_usage(p.stack[0], &usage);
    assert_int_equal(usage.records, 1);
    move_stack(&p, 0, size); /* the record moves too, and expires where it is now */
    pair_run(&p, p.now + LULL_SEC(100), NULL, NULL);
    lull_stack_usage(p.stack[0], &usage);
    assert_int_equal(usage.records, 0);
    assert_int_equal(usage.connections, 0);
    assert_int_equal(usage.blocks, 0);
    pair_close(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_stack_is_moved_again_and_again_in_mid_transfer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
