/* Hop limits, routes, and the errors that tell of them. */
#include <stdlib.h>
#include <string.h>

#include "cmocka_all.h"
#include "internet.h"
#include "wire/checksum.h"
#include "wire/icmpv4.h"

/* What was heard last of each kind. */
struct heard {
    uint8_t hops, node, link;
    uint16_t incarnation;
    const char *what;
    lull_time at;
    size_t bytes;
    uint8_t packet[SIM_PACKET_BYTES_MAX];
};
static struct heard last[SIM_EVENT_KINDS];
static unsigned errors; /* that routers have sent */

/* A header that was changed on the way has the checksum one would compute anew. */
static void check_header(struct span packet)
{
    uint8_t header[IPV4_HEADER_BYTES_MAX];
    const size_t length = (size_t)(packet.data[0] & 15) * 4;

    memcpy(header, packet.data, length);
    header[10] = header[11] = 0;
    assert_int_equal(checksum_of(header, length), packet.data[10] << 8 | packet.data[11]);
}

static void hear(void *context, const struct sim_event *e)
{
    const struct sim_world *w = context;
    struct heard *h = &last[e->kind];

    *h = (struct heard){
        .hops = e->hops, .node = e->node, .link = e->link, .what = e->what, .at = e->at};
    h->bytes = e->packet.len;
    h->incarnation = e->ghost != NULL ? e->ghost->incarnation : 0;
    if (e->packet.len > 0)
        memcpy(h->packet, e->packet.data, e->packet.len);
    if (e->kind == SIM_FORWARDED)
        check_header(e->packet);
    errors += e->kind == SIM_SENT && w->nodes[e->node].kind == SIM_ROUTER;
}

static struct sim_world *open_world(const struct sim_plan *plan)
{
    struct sim_world *w = internet_open(plan);

    memset(last, 0, sizeof last);
    errors = 0;
    sim_world_watch(w, hear, w);
    return w;
}

static struct sim_world *open_triangle(void)
{
    const struct sim_plan plan = internet_triangle(1);
    return open_world(&plan);
}

static const struct tcp_segment reset = {
    .source_port = 7, .destination_port = 9, .seq = {4711}, .flags = TCP_RST};

static void send(struct sim_world *w, unsigned from, uint8_t ttl)
{
    const struct internet_forgery forgery = {.from = from,
                                             .to = from == INTERNET_C ? INTERNET_S : INTERNET_C,
                                             .ttl = ttl,
                                             .segment = &reset};
    internet_inject(w, &forgery);
    sim_world_run(w, w->now + LULL_SEC(1));
}

/* The packet of send() with another protocol, fragment field and source, of the first octets. */
struct odd {
    uint8_t protocol, type;
    uint16_t fragment;
    bool from_nobody;
};

static void send_odd(struct sim_world *w, const struct odd *odd)
{
    uint8_t bytes[INTERNET_FORGERY_BYTES];
    const struct internet_forgery forgery = {
        .from = INTERNET_C, .to = INTERNET_S, .ttl = 1, .segment = &reset};
    const size_t count = internet_write(w, &forgery, bytes);

    bytes[6] = (uint8_t)(odd->fragment >> 8);
    bytes[7] = (uint8_t)odd->fragment;
    bytes[9] = odd->protocol;
    if (odd->from_nobody)
        memset(bytes + 12, 0, 4);
    bytes[10] = bytes[11] = 0;
    store_be16(bytes + 10, checksum_of(bytes, IPV4_HEADER_BYTES));
    if (odd->protocol == IPV4_ICMP) {
        memset(bytes + IPV4_HEADER_BYTES, 0, count - IPV4_HEADER_BYTES);
        bytes[IPV4_HEADER_BYTES] = odd->type;
        store_be16(bytes + IPV4_HEADER_BYTES + 2,
                   checksum_of(bytes + IPV4_HEADER_BYTES, count - IPV4_HEADER_BYTES));
    }
    sim_world_inject(w, INTERNET_C, (struct span){bytes, count});
    sim_world_run(w, w->now + LULL_SEC(1));
}

static void each_router_takes_one_hop(void **state)
{
    struct sim_world *w = open_triangle();

    (void)state;
    for (unsigned ttl = 3; ttl <= 255; ttl++) {
        send(w, ttl % 2 == 0 ? INTERNET_C : INTERNET_S, (uint8_t)ttl);
        assert_int_equal(w->events[SIM_ARRIVES], ttl - 2);
        assert_int_equal(last[SIM_ARRIVES].packet[8], ttl - 2);
        assert_int_equal(last[SIM_FORWARDED].hops, ttl - 2);
    }
    assert_int_equal(errors, 0);
    free(w);
}

static void the_last_hop_is_not_taken(void **state)
{
    struct sim_world *w = open_triangle();

    (void)state;
    send(w, INTERNET_C, 2);
    assert_int_equal(last[SIM_EXPIRED].node, INTERNET_R2);
    assert_int_equal(w->events[SIM_FORWARDED], 1 + 1); /* and the error, back through R1 */
    send(w, INTERNET_C, 1);
    assert_int_equal(last[SIM_EXPIRED].node, INTERNET_R1);
    send(w, INTERNET_C, 0);
    assert_int_equal(w->events[SIM_EXPIRED], 3);
    assert_int_equal(last[SIM_EXPIRED].node, INTERNET_R1);
    assert_int_equal(errors, 3);
    free(w);
}

static void an_error_quotes_what_it_is_about(void **state)
{
    struct sim_world *w = open_triangle();
    struct icmpv4_message message;
    struct icmpv4_quote quote;
    struct sim_parsed parsed;

    (void)state;
    send(w, INTERNET_C, 2);
    const struct heard *h = &last[SIM_ARRIVES];
    assert_int_equal(h->node, INTERNET_C);
    assert_true(sim_packet_parse((struct span){h->packet, h->bytes}, &parsed));
    assert_memory_equal(&parsed.ip.source, &w->nodes[INTERNET_R2].address, sizeof parsed.ip.source);
    assert_true(icmpv4_parse(parsed.payload, &message));
    assert_int_equal(message.type, ICMPV4_TIME_EXCEEDED);
    assert_int_equal(message.code, 0);
    assert_true(icmpv4_quoted(&message, &quote));
    assert_int_equal(quote.source_port, 7);
    assert_int_equal(quote.seq.raw, 4711);
    assert_int_equal(message.body.len, IPV4_HEADER_BYTES + ICMPV4_QUOTED_BYTES);
    free(w);
}

static void an_error_is_of_the_incarnation_that_it_is_about(void **state)
{
    struct sim_world *w = open_triangle();
    uint32_t streams[2];

    (void)state;
    internet_connect(w, internet_listen(w), streams);
    sim_router_route(w, INTERNET_R1, INTERNET_S, SIM_NO_LINK);
    (void)sim_call_send(w, streams[0], 100);
    sim_world_run(w, w->now + LULL_MS(10));
    assert_int_equal(errors, 1);
    assert_int_equal(last[SIM_ARRIVES].node, INTERNET_C);
    assert_int_equal(last[SIM_ARRIVES].incarnation, 1);
    free(w);
}

/* RFC 1122 section 3.2.2, RFC 1812 section 4.3.2.7. */
static void not_everything_is_answered(void **state)
{
    static const struct {
        struct odd odd;
        unsigned errors;
    } cases[] = {
        {{.protocol = IPV4_TCP}, 1},
        {{.protocol = IPV4_UDP}, 1},
        {{.protocol = IPV4_ICMP, .type = ICMPV4_ECHO}, 1},
        {{.protocol = IPV4_ICMP, .type = ICMPV4_ECHO_REPLY}, 1},
        {{.protocol = IPV4_ICMP, .type = ICMPV4_TIME_EXCEEDED}, 0},
        {{.protocol = IPV4_ICMP, .type = ICMPV4_UNREACHABLE}, 0},
        {{.protocol = IPV4_TCP, .fragment = 0x2000}, 1}, /* the first fragment */
        {{.protocol = IPV4_TCP, .fragment = 0x2001}, 0},
        {{.protocol = IPV4_TCP, .fragment = 0x0001}, 0}, /* the last one */
        {{.protocol = IPV4_TCP, .from_nobody = true}, 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct sim_world *w = open_triangle();
        send_odd(w, &cases[i].odd);
        assert_int_equal(w->events[SIM_EXPIRED], 1);
        if (errors != cases[i].errors)
            fail_msg("case %zu: %u errors", i, errors);
        free(w);
    }
}

static void a_packet_without_a_route_is_reported(void **state)
{
    struct sim_world *w = open_triangle();
    struct icmpv4_message message;
    struct sim_parsed parsed;

    (void)state;
    sim_router_route(w, INTERNET_R1, INTERNET_S, SIM_NO_LINK);
    assert_string_equal(last[SIM_CHANGED].what, "a route changes");
    assert_int_equal(last[SIM_CHANGED].node, INTERNET_R1);
    send(w, INTERNET_C, 64);
    assert_int_equal(w->events[SIM_STRANDED], 1);
    const struct heard *h = &last[SIM_ARRIVES];
    assert_true(sim_packet_parse((struct span){h->packet, h->bytes}, &parsed));
    assert_true(icmpv4_parse(parsed.payload, &message));
    assert_int_equal(message.type, ICMPV4_UNREACHABLE);
    assert_int_equal(message.code, ICMPV4_NET_UNREACHABLE);
    free(w);
}

static void an_address_nobody_has_is_reported(void **state)
{
    struct sim_world *w = open_triangle();
    uint8_t bytes[INTERNET_FORGERY_BYTES];
    const struct internet_forgery forgery = {
        .from = INTERNET_C, .to = INTERNET_S, .ttl = 64, .segment = &reset};

    (void)state;
    const size_t count = internet_write(w, &forgery, bytes);
    bytes[19]++;
    bytes[10] = bytes[11] = 0;
    store_be16(bytes + 10, checksum_of(bytes, IPV4_HEADER_BYTES));
    sim_world_inject(w, INTERNET_C, (struct span){bytes, count});
    sim_world_run(w, w->now + LULL_SEC(1));
    assert_int_equal(w->events[SIM_STRANDED], 1);
    assert_int_equal(errors, 1);
    free(w);
}

static void a_route_that_changes_is_taken_by_the_next_packet(void **state)
{
    struct sim_world *w = open_triangle();
    const unsigned r1_r3 = sim_router_link_between(w, INTERNET_R1, INTERNET_R3);

    (void)state;
    assert_int_equal(sim_router_link_between(w, INTERNET_R3, INTERNET_R1), r1_r3);
    assert_int_equal(sim_router_link_between(w, INTERNET_C, INTERNET_S), SIM_NO_LINK);
    send(w, INTERNET_C, 64);
    assert_int_equal(w->events[SIM_FORWARDED], 2);
    sim_router_route(w, INTERNET_R1, INTERNET_S, r1_r3);
    send(w, INTERNET_C, 64);
    assert_int_equal(w->events[SIM_FORWARDED], 5); /* R1, R3, R2 */
    assert_int_equal(last[SIM_ARRIVES].packet[8], 61);
    sim_router_converge(w);
    send(w, INTERNET_C, 64);
    assert_int_equal(w->events[SIM_FORWARDED], 7);
    free(w);
}

/* Where the direct way is gone, routes lead round, once they are found anew. */
static void routes_are_the_shortest(void **state)
{
    struct sim_plan plan = internet_triangle(1);

    (void)state;
    plan.links[1].ends[0] = INTERNET_R3; /* R1-R2 becomes a second R3-R2 */
    struct sim_world *w = open_world(&plan);
    send(w, INTERNET_C, 64);
    send(w, INTERNET_S, 64);
    assert_int_equal(w->events[SIM_ARRIVES], 2);
    assert_int_equal(w->events[SIM_FORWARDED], 6);
    free(w);
}

static void a_router_without_a_link_is_out_of_reach(void **state)
{
    struct sim_plan plan = internet_triangle(1);

    (void)state;
    plan.link_count = 3; /* R3 has no link */
    struct sim_world *w = open_world(&plan);
    assert_int_equal(w->nodes[INTERNET_R1].routes[INTERNET_R3], SIM_NO_LINK);
    assert_int_equal(w->nodes[INTERNET_R2].routes[INTERNET_C],
                     sim_router_link_between(w, INTERNET_R1, INTERNET_R2));
    free(w);
}

static void what_goes_no_further_has_a_reason(void **state)
{
    struct sim_plan plan = internet_triangle(1);
    uint8_t bytes[INTERNET_FORGERY_BYTES];
    const struct internet_forgery forgery = {
        .from = INTERNET_C, .to = INTERNET_R2, .ttl = 64, .segment = &reset};

    (void)state;
    struct sim_world *w = open_world(&plan);
    const size_t count = internet_write(w, &forgery, bytes);
    sim_world_inject(w, INTERNET_C, (struct span){bytes, count});
    sim_world_run(w, w->now + LULL_SEC(1));
    assert_int_equal(w->events[SIM_DROPPED], 1);
    assert_int_equal(last[SIM_DROPPED].node, INTERNET_R2);
    assert_string_equal(last[SIM_DROPPED].what, "nobody lives in a router");
    bytes[8]++;
    sim_world_inject(w, INTERNET_C, (struct span){bytes, count});
    sim_world_run(w, w->now + LULL_SEC(1));
    assert_int_equal(w->events[SIM_DROPPED], 2);
    assert_int_equal(last[SIM_DROPPED].node, INTERNET_R1);
    assert_string_equal(last[SIM_DROPPED].what, "its header is damaged");
    assert_int_equal(errors, 0);
    free(w);
}

static void a_router_may_take_its_time(void **state)
{
    struct sim_plan plan = internet_triangle(1);

    (void)state;
    plan.nodes[INTERNET_R1].hold = LULL_MS(70);
    plan.nodes[INTERNET_R2].hold = LULL_MS(200);
    struct sim_world *w = open_world(&plan);
    const lull_time sent = w->now;
    send(w, INTERNET_C, 64);
    assert_int_equal(last[SIM_ARRIVES].at, sent + LULL_MS(15 + 270));
    w->nodes[INTERNET_R2].hold = 0;
    const lull_time again = w->now;
    send(w, INTERNET_S, 64);
    assert_int_equal(last[SIM_ARRIVES].at, again + LULL_MS(15 + 70));
    plan.nodes[INTERNET_R1].hold = -1;
    assert_int_equal(sim_world_bytes(&plan), 0);
    free(w);
}

/* R1 and R2 send what is for S to each other: the packet walks on the spot. */
static void a_loop_that_heals_lets_go_what_it_holds(void **state)
{
    struct sim_world *w = open_triangle();
    const unsigned between = sim_router_link_between(w, INTERNET_R1, INTERNET_R2);
    const struct internet_forgery forgery = {
        .from = INTERNET_C, .to = INTERNET_S, .ttl = 64, .segment = &reset};

    (void)state;
    sim_router_route(w, INTERNET_R2, INTERNET_S, between);
    const lull_time sent = w->now;
    internet_inject(w, &forgery);
    sim_world_run(w, sent + LULL_MS(57)); /* 5 ms a hop: twice five more times between the two */
    assert_int_equal(w->events[SIM_FORWARDED], 11);
    assert_int_equal(last[SIM_FORWARDED].hops, 53);
    sim_router_converge(w);
    sim_world_run(w, sent + LULL_SEC(1));
    assert_int_equal(w->events[SIM_ARRIVES], 1);
    assert_int_equal(last[SIM_ARRIVES].packet[8], 52);
    assert_int_equal(w->events[SIM_EXPIRED], 0);
    free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_router_takes_one_hop),
        cmocka_unit_test(the_last_hop_is_not_taken),
        cmocka_unit_test(an_error_quotes_what_it_is_about),
        cmocka_unit_test(an_error_is_of_the_incarnation_that_it_is_about),
        cmocka_unit_test(not_everything_is_answered),
        cmocka_unit_test(a_packet_without_a_route_is_reported),
        cmocka_unit_test(an_address_nobody_has_is_reported),
        cmocka_unit_test(a_route_that_changes_is_taken_by_the_next_packet),
        cmocka_unit_test(routes_are_the_shortest),
        cmocka_unit_test(a_router_without_a_link_is_out_of_reach),
        cmocka_unit_test(what_goes_no_further_has_a_reason),
        cmocka_unit_test(a_router_may_take_its_time),
        cmocka_unit_test(a_loop_that_heals_lets_go_what_it_holds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
