/* What users do, and that it is told. */
#include <stdlib.h>
#include <string.h>

#include "cmocka_all.h"
#include "internet.h"

static struct sim_world *w;
static lull_socket listener;

/* The calls that were told, the last one with what it read. */
static struct {
    unsigned count;
    uint8_t node;
    struct sim_call call;
    uint8_t octets[SIM_CALL_BYTES_MAX];
} told;

static void watch(void *context, const struct sim_event *e)
{
    (void)context;
    if (e->kind != SIM_CALLED)
        return;
    told.count++;
    told.node = e->node;
    told.call = *e->call;
    if (e->call->data != NULL)
        memcpy(told.octets, e->call->data, e->call->bytes);
}

static int open_world(void **state)
{
    const struct sim_plan plan = internet_wire(3);

    (void)state;
    w = internet_open(&plan);
    listener = internet_listen(w);
    sim_world_watch(w, watch, NULL);
    told.count = 0;
    return 0;
}

static int close_world(void **state)
{
    (void)state;
    free(w);
    return 0;
}

static void run_for(lull_duration duration)
{
    sim_world_run(w, w->now + duration);
}

static void expect_told(const char *name, unsigned node, enum lull_error error)
{
    assert_string_equal(told.call.name, name);
    assert_int_equal(told.node, node);
    assert_int_equal(told.call.error, error);
}

static lull_socket open_socket(unsigned host)
{
    lull_socket s;
    assert_int_equal(sim_call_open(w, host, &s), LULL_OK);
    return s;
}

static void both_streams_have_their_voices(void **state)
{
    uint32_t streams[2];

    (void)state;
    internet_connect(w, listener, streams);
    const struct sim_stream *c = &w->streams[streams[0]], *s = &w->streams[streams[1]];
    assert_int_not_equal(c->voice, SIM_VOICE_NONE);
    assert_int_not_equal(s->voice, SIM_VOICE_NONE);
    assert_int_equal(w->ledger.voices[c->voice].peer, s->voice);
    assert_int_equal(w->ledger.voices[s->voice].peer, c->voice);
    assert_int_equal(w->ledger.voices[c->voice].host, INTERNET_C);
    assert_int_equal(c->local.port, INTERNET_CLIENT_PORT);
    assert_int_equal(s->remote.port, INTERNET_CLIENT_PORT);
    assert_int_equal(sim_call_stream(w, INTERNET_C, c->socket), streams[0]);
    assert_int_equal(sim_call_stream(w, INTERNET_S, s->socket), streams[1]);
    assert_int_equal(sim_call_stream(w, INTERNET_S, listener), SIM_STREAM_NONE);
}

/* Whatever is written at once is the voice's already. */
static void a_stream_speaks_as_soon_as_it_connects(void **state)
{
    const struct lull_name server = internet_name(w, INTERNET_S, INTERNET_SERVER_PORT);
    const lull_socket s = open_socket(INTERNET_C);

    (void)state;
    assert_int_equal(sim_call_connect(w, INTERNET_C, s, &server), LULL_EINPROGRESS);
    expect_told("connect", INTERNET_C, LULL_EINPROGRESS);
    assert_int_not_equal(told.call.stream, SIM_STREAM_NONE);
    assert_int_not_equal(w->streams[told.call.stream].voice, SIM_VOICE_NONE);
    assert_int_equal(told.call.remote.port, INTERNET_SERVER_PORT);
    assert_int_not_equal(told.call.local.port, 0);
}

static void text_read_is_the_peers_from_its_place(void **state)
{
    uint32_t streams[2];

    (void)state;
    internet_connect(w, listener, streams);
    const uint32_t voice = w->streams[streams[0]].voice;
    assert_int_equal(sim_call_send(w, streams[0], 1000), 1000);
    expect_told("send", INTERNET_C, LULL_OK);
    assert_int_equal(told.call.bytes, 1000);
    assert_int_equal(told.call.offset, 0);
    assert_int_equal(sim_call_send(w, streams[0], 500), 500);
    assert_int_equal(told.call.offset, 1000);
    run_for(LULL_SEC(1));
    assert_int_equal(sim_call_receive(w, streams[1], 700), 700);
    expect_told("receive", INTERNET_S, LULL_OK);
    assert_int_equal(told.call.offset, 0);
    assert_int_equal(sim_octets_match(told.octets, 700, voice, 0), 700);
    assert_int_equal(sim_call_receive(w, streams[1], 4096), 800);
    assert_int_equal(told.call.offset, 700);
    assert_int_equal(sim_octets_match(told.octets, 800, voice, 700), 800);
    assert_int_equal(w->streams[streams[1]].received, 1500);
    assert_int_equal(w->streams[streams[0]].sent, 1500);
}

static void waiting_is_no_news(void **state)
{
    uint32_t streams[2];

    (void)state;
    internet_connect(w, listener, streams);
    told.count = 0;
    assert_int_equal(sim_call_receive(w, streams[1], 10), LULL_EAGAIN);
    assert_int_equal(sim_call_accept(w, INTERNET_S, listener, &streams[1]), LULL_EAGAIN);
    assert_int_equal(told.count, 0);
}

static void the_end_is_told(void **state)
{
    uint32_t streams[2];

    (void)state;
    internet_connect(w, listener, streams);
    assert_int_equal(sim_call_shutdown(w, streams[0]), LULL_OK);
    expect_told("shutdown", INTERNET_C, LULL_OK);
    assert_true(w->streams[streams[0]].finished);
    assert_int_equal(sim_call_send(w, streams[0], 10), LULL_EPIPE);
    expect_told("send", INTERNET_C, LULL_EPIPE);
    assert_int_equal(w->streams[streams[0]].sent, 0);
    run_for(LULL_SEC(1));
    assert_int_equal(sim_call_receive(w, streams[1], 10), 0);
    expect_told("receive", INTERNET_S, LULL_OK);
    assert_true(told.call.end);
    assert_true(w->streams[streams[1]].ended);
    assert_int_equal(w->streams[streams[1]].ends, 1);
    const lull_socket s = w->streams[streams[1]].socket;
    assert_int_equal(sim_call_close(w, INTERNET_S, s), LULL_OK);
    expect_told("close", INTERNET_S, LULL_OK);
    assert_int_equal(told.call.stream, streams[1]);
    assert_int_equal(told.call.local.port, INTERNET_SERVER_PORT);
    assert_int_equal(told.call.remote.port, INTERNET_CLIENT_PORT);
    assert_true(w->streams[streams[1]].finished);
}

static void an_abort_is_told_and_felt(void **state)
{
    uint32_t streams[2];

    (void)state;
    internet_connect(w, listener, streams);
    assert_int_equal(sim_call_abort(w, INTERNET_C, w->streams[streams[0]].socket), LULL_OK);
    expect_told("abort", INTERNET_C, LULL_OK);
    run_for(LULL_SEC(1));
    assert_int_equal(sim_call_receive(w, streams[1], 10), LULL_ECONNRESET);
    expect_told("receive", INTERNET_S, LULL_ECONNRESET);
    assert_false(w->streams[streams[1]].ended);
}

static void a_refusal_is_told_and_makes_no_stream(void **state)
{
    const struct lull_name server = internet_name(w, INTERNET_S, INTERNET_SERVER_PORT);
    uint32_t streams[2];

    (void)state;
    internet_connect(w, listener, streams);
    const uint32_t count = w->stream_count;
    const lull_socket s = open_socket(INTERNET_C);
    assert_int_equal(sim_call_option(w, INTERNET_C, s, LULL_OPTION_REUSE_ADDRESS, 1), LULL_OK);
    assert_int_equal(sim_call_bind(w, INTERNET_C, s, INTERNET_CLIENT_PORT), LULL_OK);
    expect_told("bind", INTERNET_C, LULL_OK);
    assert_int_equal(told.call.local.port, INTERNET_CLIENT_PORT);
    assert_int_equal(sim_call_connect(w, INTERNET_C, s, &server), LULL_EADDRINUSE);
    expect_told("connect", INTERNET_C, LULL_EADDRINUSE);
    assert_int_equal(told.call.stream, SIM_STREAM_NONE);
    assert_int_equal(w->stream_count, count);

    const lull_socket other = open_socket(INTERNET_S);
    assert_int_equal(sim_call_bind(w, INTERNET_S, other, INTERNET_SERVER_PORT), LULL_EADDRINUSE);
    expect_told("bind", INTERNET_S, LULL_EADDRINUSE);
    assert_int_equal(sim_call_listen(w, INTERNET_S, w->streams[streams[1]].socket, 1),
                     LULL_EOPNOTSUPP);
    expect_told("listen", INTERNET_S, LULL_EOPNOTSUPP);
}

/* A port that the stack chooses is told as chosen. */
static void a_chosen_port_is_told(void **state)
{
    (void)state;
    const lull_socket s = open_socket(INTERNET_C);
    assert_int_equal(sim_call_bind(w, INTERNET_C, s, 0), LULL_OK);
    assert_int_not_equal(told.call.local.port, 0);
}

static lull_socket bound_to(unsigned host, uint16_t port)
{
    const lull_socket s = open_socket(host);
    assert_int_equal(sim_call_bind(w, host, s, port), LULL_OK);
    return s;
}

/* A place in the stack's table that is used again is another socket. */
static void a_stale_handle_names_its_own_stream(void **state)
{
    const struct lull_name server = internet_name(w, INTERNET_S, INTERNET_SERVER_PORT);
    const lull_socket first = open_socket(INTERNET_C);

    (void)state;
    assert_int_equal(sim_call_connect(w, INTERNET_C, first, &server), LULL_EINPROGRESS);
    const uint32_t stream = sim_call_stream(w, INTERNET_C, first);
    assert_int_equal(sim_call_abort(w, INTERNET_C, first), LULL_OK);
    const lull_socket second = open_socket(INTERNET_C);
    assert_int_equal(second.index, first.index);
    assert_int_equal(sim_call_connect(w, INTERNET_C, second, &server), LULL_EINPROGRESS);
    assert_int_equal(sim_call_stream(w, INTERNET_C, first), stream);
    assert_int_equal(sim_call_stream(w, INTERNET_C, second), stream + 1);
}

static void two_that_call_each_other_speak_in_one_incarnation(void **state)
{
    const struct lull_name c = internet_name(w, INTERNET_C, 4000);
    const struct lull_name s = internet_name(w, INTERNET_S, 5000);
    const lull_socket at_c = bound_to(INTERNET_C, 4000), at_s = bound_to(INTERNET_S, 5000);

    (void)state;
    assert_int_equal(sim_call_connect(w, INTERNET_C, at_c, &s), LULL_EINPROGRESS);
    assert_int_equal(sim_call_connect(w, INTERNET_S, at_s, &c), LULL_EINPROGRESS);
    run_for(LULL_SEC(5));
    const uint32_t streams[2] = {sim_call_stream(w, INTERNET_C, at_c),
                                 sim_call_stream(w, INTERNET_S, at_s)};
    const uint32_t voices[2] = {w->streams[streams[0]].voice, w->streams[streams[1]].voice};
    assert_int_equal(w->ledger.voices[voices[0]].incarnation, 1);
    assert_int_equal(w->ledger.voices[voices[1]].incarnation, 1);
    assert_int_equal(w->ledger.voices[voices[0]].peer, voices[1]);
    assert_int_equal(sim_call_send(w, streams[0], 100), 100);
    run_for(LULL_SEC(1));
    assert_int_equal(sim_call_receive(w, streams[1], 4096), 100);
    assert_int_equal(sim_octets_match(told.octets, 100, voices[0], 0), 100);
}

/* It is reset before anybody accepts it, and nobody does. */
static void a_connection_that_died_while_it_waited_has_no_stream(void **state)
{
    const struct lull_name server = internet_name(w, INTERNET_S, INTERNET_SERVER_PORT);
    const lull_socket s = open_socket(INTERNET_C);
    uint32_t stream;

    (void)state;
    assert_int_equal(sim_call_connect(w, INTERNET_C, s, &server), LULL_EINPROGRESS);
    run_for(LULL_SEC(1));
    const uint32_t count = w->stream_count;
    assert_int_equal(sim_call_abort(w, INTERNET_C, s), LULL_OK);
    run_for(LULL_SEC(1));
    assert_int_equal(sim_call_accept(w, INTERNET_S, listener, &stream), LULL_EAGAIN);
    assert_int_equal(w->stream_count, count);
    expect_told("abort", INTERNET_C, LULL_OK);
}

/* It has closed before anybody accepts it: it is there all the same. */
static void a_connection_whose_peer_closed_while_it_waited_has_its_voice(void **state)
{
    const struct lull_name server = internet_name(w, INTERNET_S, INTERNET_SERVER_PORT);
    const lull_socket s = open_socket(INTERNET_C);
    uint32_t stream;

    (void)state;
    assert_int_equal(sim_call_connect(w, INTERNET_C, s, &server), LULL_EINPROGRESS);
    run_for(LULL_SEC(1));
    assert_int_equal(sim_call_close(w, INTERNET_C, s), LULL_OK);
    run_for(LULL_SEC(1));
    assert_int_equal(sim_call_accept(w, INTERNET_S, listener, &stream), LULL_OK);
    assert_int_not_equal(w->streams[stream].voice, SIM_VOICE_NONE);
    assert_int_equal(sim_call_receive(w, stream, 10), 0);
}

/* C connects from its port again; the stream. */
static uint32_t connect_again(void)
{
    const struct lull_name server = internet_name(w, INTERNET_S, INTERNET_SERVER_PORT);
    lull_socket s;

    assert_int_equal(sim_call_open(w, INTERNET_C, &s), LULL_OK);
    (void)sim_call_option(w, INTERNET_C, s, LULL_OPTION_REUSE_ADDRESS, 1);
    assert_int_equal(sim_call_bind(w, INTERNET_C, s, INTERNET_CLIENT_PORT), LULL_OK);
    assert_int_equal(sim_call_connect(w, INTERNET_C, s, &server), LULL_EINPROGRESS);
    return sim_call_stream(w, INTERNET_C, s);
}

/* A world whose clock of initial sequence numbers is outrun by a few packets. */
static void open_slow_world(void)
{
    struct sim_plan plan = internet_wire(3);
    struct lull_stack_config config = *plan.nodes[INTERNET_C].config;

    config.knobs.value[LULL_KNOB_isn_tick_ns] = 1000000;
    plan.nodes[INTERNET_C].config = plan.nodes[INTERNET_S].config = &config;
    free(w);
    w = internet_open(&plan);
    listener = internet_listen(w);
}

/* Two attempts over one record have two numbers, so two voices, and each stream finds its own.
 * [REQ IR-08] */
static void two_attempts_over_one_record_have_two_voices(void **state)
{
    uint32_t streams[2];

    (void)state;
    open_slow_world();
    internet_connect(w, listener, streams);
    for (int i = 0; i < 8; i++)
        assert_int_equal(sim_call_send(w, streams[0], 4096), 4096);
    run_for(LULL_SEC(1));
    while (sim_call_receive(w, streams[1], 4096) > 0)
        continue;
    assert_int_equal(lull_stack_set_knob(w->nodes[INTERNET_C].stack, LULL_KNOB_tw_reuse_active,
                                         LULL_TW_REUSE_ANY),
                     LULL_OK);
    for (int i = 0; i < 2; i++) { /* C closes first */
        const struct sim_stream *s = &w->streams[streams[i]];
        (void)sim_call_close(w, s->host, s->socket);
        run_for(LULL_SEC(2));
    }
    sim_world_cut(w, 0);
    const uint32_t given_up = connect_again();
    (void)sim_call_abort(w, INTERNET_C, w->streams[given_up].socket);
    run_for(LULL_SEC(2)); /* tw.reuse_delay_ms */
    const uint32_t next = connect_again();
    assert_int_not_equal(w->streams[next].voice, SIM_VOICE_NONE);
    const struct sim_voice *first = &w->ledger.voices[w->streams[given_up].voice];
    const struct sim_voice *second = &w->ledger.voices[w->streams[next].voice];
    assert_ptr_not_equal(first, second);
    assert_int_equal(seq_diff(second->iss, first->iss), 2000); /* ticks of a millisecond */
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_world, close_world)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(both_streams_have_their_voices),
        TEST(a_stream_speaks_as_soon_as_it_connects),
        TEST(text_read_is_the_peers_from_its_place),
        TEST(waiting_is_no_news),
        TEST(the_end_is_told),
        TEST(an_abort_is_told_and_felt),
        TEST(a_refusal_is_told_and_makes_no_stream),
        TEST(a_chosen_port_is_told),
        TEST(a_stale_handle_names_its_own_stream),
        TEST(two_that_call_each_other_speak_in_one_incarnation),
        TEST(a_connection_that_died_while_it_waited_has_no_stream),
        TEST(a_connection_whose_peer_closed_while_it_waited_has_its_voice),
        TEST(two_attempts_over_one_record_have_two_voices),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
