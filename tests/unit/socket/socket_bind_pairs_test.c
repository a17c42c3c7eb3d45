/* INV-18 on a stack: two sockets that conflict under group BL are never both listening, and who
 * came first makes no difference.  Every ordered pair of sockets of every kind is tried. */
#include "base/check.h"
#include "cmocka_all.h"
#include "pair.h"
#include "socket/socket_bind.h"

/* Of 36 ordered pairs of names 22 meet. */
enum { NAMES = 6, MEETING = 22, KINDS = NAMES * 2 * 2 * 2 };

static struct pair pair;
static struct lull_stack *server;

/* What a socket of one kind is called and has set. */
static struct socket_bind_side side_of(int kind)
{
    static const struct {
        bool ipv4, ipv6_only;
        uint8_t octets[4];
        uint32_t zone;
    } names[NAMES] = {{false, false, {0}, 0},          {false, true, {0}, 0},
                      {false, false, {0}, 2},          {true, false, {0}, 0},
                      {true, false, {10, 0, 0, 2}, 0}, {true, false, {10, 0, 0, 3}, 0}};
    int name = kind / 8;
    struct socket_bind_side side = {.local = {.zone = names[name].zone, .port = 80},
                                    .ipv6_only = names[name].ipv6_only,
                                    .reuse_address = kind & 1,
                                    .reuse_port = kind >> 1 & 1,
                                    .owner = (uint32_t)kind >> 2 & 1};
    if (names[name].ipv4)
        side.local.address = lull_address_ipv4(names[name].octets);
    return side;
}

static lull_socket open_as(const struct socket_bind_side *side)
{
    lull_socket socket;

    assert_int_equal(lull_socket_open(server, &socket), LULL_OK);
    assert_int_equal(
        lull_socket_set_option(server, socket, LULL_OPTION_REUSE_ADDRESS, side->reuse_address),
        LULL_OK);
    assert_int_equal(
        lull_socket_set_option(server, socket, LULL_OPTION_REUSE_PORT, side->reuse_port), LULL_OK);
    assert_int_equal(lull_socket_set_option(server, socket, LULL_OPTION_IPV6_ONLY, side->ipv6_only),
                     LULL_OK);
    assert_int_equal(lull_socket_set_option(server, socket, LULL_OPTION_OWNER, side->owner),
                     LULL_OK);
    return socket;
}

/* When the first of the two begins to listen. */
enum when { BEFORE_THE_OTHER_BINDS, BEFORE_THE_OTHER_LISTENS, LAST, WHENS };

static bool listens(lull_socket socket)
{
    enum lull_error error = lull_socket_listen(server, socket, 1);

    assert_true(error == LULL_OK || error == LULL_EADDRINUSE);
    return error == LULL_OK;
}

/* Whether both listen in the end. */
static bool both_listen(int first, int second, enum when when)
{
    struct socket_bind_side sides[2] = {side_of(first), side_of(second)};
    lull_socket sockets[2] = {open_as(&sides[0]), open_as(&sides[1])};
    bool up[2] = {false, false};

    assert_int_equal(lull_socket_bind(server, sockets[0], &sides[0].local), LULL_OK);
    if (when == BEFORE_THE_OTHER_BINDS)
        up[0] = listens(sockets[0]);
    enum lull_error error = lull_socket_bind(server, sockets[1], &sides[1].local);
    assert_true(error == LULL_OK || error == LULL_EADDRINUSE);
    if (when == BEFORE_THE_OTHER_LISTENS)
        up[0] = listens(sockets[0]);
    if (error == LULL_OK)
        up[1] = listens(sockets[1]);
    if (when == LAST)
        up[0] = listens(sockets[0]);
    assert_true(up[0] || up[1]); /* somebody always gets the port */
    assert_int_equal(lull_socket_close(server, sockets[0]), LULL_OK);
    assert_int_equal(lull_socket_close(server, sockets[1]), LULL_OK);
    return up[0] && up[1];
}

/* The second may come beside the first, by the matrix. */
static bool may_join(int first, int second, const struct socket_bind_rules *rules)
{
    struct socket_bind_side request = side_of(second);
    struct socket_bind_holder holder = {.side = side_of(first), .kind = LULL_BLOCKER_LISTENER};

    return socket_bind_conflict(rules, &request, &holder) == NULL;
}

/* Returns how many of the pairs may listen together. */
static int try_every_pair(const struct socket_bind_rules *rules)
{
    int together = 0;

    for (int a = 0; a < KINDS; a++) {
        for (int b = 0; b < KINDS; b++) {
            bool free = may_join(a, b, rules);
            /* D-14 lets the newcomer alone decide, so there it matters who came first. */
            if (!rules->specific_over_wildcard
                || side_of(a).reuse_address == side_of(b).reuse_address)
                assert_int_equal(free, may_join(b, a, rules));
            for (enum when when = 0; when < WHENS; when++)
                assert_int_equal(both_listen(a, b, when), free);
            together += free;
        }
    }
    return together;
}

static void open_stack(void)
{
    const uint8_t octets[4] = {10, 0, 0, 3};
    struct lull_address second = lull_address_ipv4(octets);

    pair_open(&pair, 1, NULL, NULL);
    server = pair.stack[1];
    assert_int_equal(lull_stack_add_address(server, 0, &second, 24), LULL_OK);
}

/* [REQ BL-05] [REQ BL-10] [REQ BL-11] [REQ BL-12] */
static void sockets_that_conflict_never_both_listen(void **state)
{
    const struct socket_bind_rules rules = {.strict = true, .over_connected = SOCKET_BIND_OVER_NEW};

    (void)state;
    open_stack();
    /* Of 64 combinations of options and owners 8 share: both SO_REUSEPORT, and one owner. */
    assert_int_equal(try_every_pair(&rules), MEETING * 8 + (36 - MEETING) * 64);
    pair_close(&pair);
}

/* [REQ BL-06] */
static void nor_do_they_when_bind_is_relaxed(void **state)
{
    const struct socket_bind_rules rules = {.strict = true,
                                            .tw_require_both = true,
                                            .over_connected = SOCKET_BIND_OVER_BOTH,
                                            .relaxed_double = true};

    (void)state;
    open_stack();
    assert_int_equal(lull_stack_set_knob(server, LULL_KNOB_bind_relaxed_double, 1), LULL_OK);
    assert_int_equal(try_every_pair(&rules), MEETING * 8 + (36 - MEETING) * 64);
    pair_close(&pair);
}

/* [REQ BL-07] */
static void once_a_specific_name_was_let_in_both_may_listen(void **state)
{
    const struct socket_bind_rules rules = {
        .strict = true, .over_connected = SOCKET_BIND_OVER_NEW, .specific_over_wildcard = true};

    (void)state;
    open_stack();
    assert_int_equal(lull_stack_set_knob(server, LULL_KNOB_bind_specific_over_wildcard, 1),
                     LULL_OK);
    /* 12 pairs are a wildcard and what it stands for: the newcomer's option and one owner
     * suffice for 16 of 64, and 4 of the 8 are others. */
    assert_int_equal(try_every_pair(&rules), (MEETING - 12) * 8 + 12 * 20 + (36 - MEETING) * 64);
    pair_close(&pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sockets_that_conflict_never_both_listen),
        cmocka_unit_test(nor_do_they_when_bind_is_relaxed),
        cmocka_unit_test(once_a_specific_name_was_let_in_both_may_listen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
