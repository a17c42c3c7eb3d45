/* A stack is a block of bytes that means the same anywhere: two with one history are equal byte
 * for byte, though they lie at different addresses, and neither holds the address of anything,
 * be it in the block or in the program.  The one exception is the trace sink. */
#define _GNU_SOURCE
#include <link.h>
#include <stdlib.h>

#include "stack/stack_object.h"
#include "stage.h"

/* Bytes from start to end, as addresses. */
struct addresses {
    uintptr_t start, end;
};

static struct lull_stack_config small(void)
{
    struct lull_stack_config config = default_config();

    config.blocks_max = 32;
    config.records_max = 64;
    config.sockets_max = 32;
    config.connections_max = 32;
    config.knobs.value[LULL_KNOB_bind_relaxed_double] = 1;
    config.knobs.value[LULL_KNOB_ports_ephemeral_last] =
        config.knobs.value[LULL_KNOB_ports_ephemeral_first] + 3;
    return config;
}

/* --- one history ------------------------------------------------------------------------- */

static lull_socket relaxed(uint16_t port)
{
    struct lull_name name = pair_name(1, port);
    lull_socket socket = open_socket(server);

    lull_socket_set_option(server, socket, LULL_OPTION_REUSE_ADDRESS, 1);
    assert_int_equal(lull_socket_bind(server, socket, &name), LULL_OK);
    return socket;
}

static void refuse_names(void)
{
    struct lull_name taken = pair_name(1, PORT);
    lull_socket first = relaxed(PORT + 1), second = relaxed(PORT + 1);

    assert_int_equal(lull_socket_bind(server, open_socket(server), &taken), LULL_EADDRINUSE);
    assert_int_equal(lull_socket_listen(server, first, 1), LULL_OK);
    assert_int_equal(lull_socket_listen(server, second, 1), LULL_EADDRINUSE);
    lull_socket_set_knob(server, first, LULL_KNOB_fw2_orphan_ms, 1234);
    lull_socket_set_knob(server, first, LULL_KNOB_tw_rst, 2);
}

static void be_advised(void)
{
    pair.faults.loss = 1000;
    assert_int_equal(send_text(0, "text"), 4);
    run_for(LULL_SEC(8));
    forge_icmp(0, &seen[0].segment, &(struct forged_icmp){ICMPV4_TIME_EXCEEDED, 0, 9});
    assert_true(lull_socket_poll(client, ends[0]) & LULL_EVENT_ADVICE);
    pair.faults.loss = 0;
    run_for(LULL_SEC(20));
}

/* Someone is refused an old tuple, by connect and by SYN. */
static void leave_a_record(void)
{
    struct lull_name local, remote;

    assert_int_equal(lull_socket_names(client, ends[0], &local, &remote), LULL_OK);
    close_first(1);
    struct tcp_segment syn = seen[0].segment;
    syn.flags = TCP_SYN;
    syn.options.ts_value -= 1000;
    syn.seq = seq_add(syn.seq, (uint32_t)-1000);
    forge(1, &syn);
    lull_socket again = client_on(local.port);
    assert_int_equal(connect_to(again, PORT), LULL_EINPROGRESS);
    assert_int_equal(connect_to(client_on(local.port), PORT), LULL_EADDRINUSE);
    run_for(LULL_SEC(1));
    assert_int_equal(lull_socket_accept(server, listener, &ends[1]), LULL_OK);
    ends[0] = again;
}

static void linger(void)
{
    assert_int_equal(lull_socket_set_option(client, ends[0], LULL_OPTION_LINGER, 3600), LULL_OK);
    assert_int_equal(send_text(1, "unread"), 6);
    assert_int_equal(send_text(0, "last"), 4);
    pair.faults.loss = 1000;
    assert_int_equal(lull_socket_close(client, ends[0]), LULL_EINPROGRESS);
    run_for(LULL_SEC(1));
}

static void use_up_the_ports(void)
{
    enum lull_error error = LULL_EINPROGRESS;

    for (int i = 0; i < 10 && error == LULL_EINPROGRESS; i++)
        error = connect_to(open_socket(client), PORT);
    assert_int_equal(error, LULL_EADDRNOTAVAIL);
    forge_stranger(9999, 9, seq_at(77));
}

static void expect_refusals_of_all_calls(void)
{
    unsigned calls = 0;

    for (int side = 0; side < 2; side++) {
        struct lull_refusal refusal;
        uint64_t cursor = 0;
        while (lull_socket_next_refusal(pair.stack[side], &cursor, &refusal)) {
            calls |= 1u << refusal.call;
            assert_int_not_equal(refusal.remedy, LULL_REMEDY_NONE);
        }
    }
    assert_int_equal(calls, 1u << LULL_REFUSED_BIND | 1u << LULL_REFUSED_LISTEN
                                | 1u << LULL_REFUSED_CONNECT | 1u << LULL_REFUSED_SYN);
}

/* What the holes of structs would be filled with, if any were copied from here. */
static void soil_the_call_stack(int value)
{
    volatile uint8_t scratch[32768];

    for (size_t i = 0; i < sizeof scratch; i++)
        scratch[i] = (uint8_t)value;
}

static void play(const struct lull_stack_config *config, int soil)
{
    soil_the_call_stack(soil);
    open_stage(config, NULL);
    void (*const scenes[])(void) = {refuse_names, be_advised, leave_a_record, linger,
                                    use_up_the_ports};
    for (size_t i = 0; i < sizeof scenes / sizeof scenes[0]; i++) {
        soil_the_call_stack(soil);
        scenes[i]();
    }
    expect_refusals_of_all_calls();
}

/* --- what the bytes are ------------------------------------------------------------------ */

static int note_program(struct dl_phdr_info *info, size_t size, void *context)
{
    struct addresses *program = context;

    (void)size;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        uintptr_t start = info->dlpi_addr + info->dlpi_phdr[i].p_vaddr;
        uintptr_t end = start + info->dlpi_phdr[i].p_memsz;
        if (info->dlpi_phdr[i].p_type != PT_LOAD)
            continue;
        program->start = start < program->start ? start : program->start;
        program->end = end > program->end ? end : program->end;
    }
    return 1; /* the first object is the program itself */
}

static bool holds(const struct addresses *range, uintptr_t address)
{
    return address >= range->start && address < range->end;
}

static void expect_no_address(const uint8_t *block, size_t bytes)
{
    struct addresses self = {(uintptr_t)block, (uintptr_t)block + bytes};
    struct addresses program = {UINTPTR_MAX, 0};

    (void)dl_iterate_phdr(note_program, &program);
    assert_true(holds(&program, (uintptr_t)&pair)); /* it is known what is looked for */
    for (size_t at = sizeof(struct trace); at + sizeof(uintptr_t) <= bytes; at += 4) {
        uintptr_t word;
        memcpy(&word, block + at, sizeof word);
        if (holds(&self, word) || holds(&program, word))
            fail_msg("there is an address at byte %zu", at);
    }
}

static void expect_equal(const uint8_t *a, const uint8_t *b, size_t bytes)
{
    for (size_t at = sizeof(struct trace); at < bytes; at++)
        if (a[at] != b[at])
            fail_msg("byte %zu of %zu is %02x here and %02x there", at, bytes, a[at], b[at]);
}

static void two_stacks_of_one_history_are_equal(void **state)
{
    struct lull_stack_config config = small();
    size_t bytes = lull_stack_bytes(&config);

    (void)state;
    assert_int_equal(offsetof(struct lull_stack, trace), 0);
    play(&config, 0x11);
    struct pair first = pair;
    play(&config, 0x22);
    for (int side = 0; side < 2; side++) {
        expect_no_address(first.memory[side], bytes);
        expect_equal(first.memory[side], pair.memory[side], bytes);
    }
    pair_close(&first);
    pair_close(&pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_stacks_of_one_history_are_equal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
