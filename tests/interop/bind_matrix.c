/* bind_matrix - what Lull's bind rules say to every cell of a matrix, one line each, for
 * bind_matrix_test.py to compare with what the kernel does.
 *
 *   bind_matrix PROFILE [KNOB=VALUE...]
 *   STATE HELD OPTIONS ASKED OPTIONS OWNER <tab> ANSWER
 *
 * Somebody holds a port: a socket that is bound or listens under the name HELD, or what was
 * accepted for the first address of HELD by a listener on its second, and is connected, a record
 * in TIME-WAIT or one in FIN-WAIT-2.  A newcomer binds ASKED and listens, and a holder that was
 * bound listens after it.  OPTIONS are 'a' SO_REUSEADDR and 'p' SO_REUSEPORT.  The ANSWER is
 * "in-use" where a call fails with EADDRINUSE, which ends the cell, else "ok", for the two or
 * three calls. */
#include <stdio.h>
#include <string.h>

#include "base/address.h"
#include "socket/socket_bind.h"

static const char *const states[] = {"bound", "listening", "connected", "time-wait", "fin-wait-2"};
static const enum lull_blocker kinds[] = {LULL_BLOCKER_BOUND, LULL_BLOCKER_LISTENER,
                                          LULL_BLOCKER_CONNECTION, LULL_BLOCKER_TIME_WAIT,
                                          LULL_BLOCKER_FIN_WAIT_2};
static const char *const sockets[] = {"::", "::only6", "0.0.0.0", "127.0.0.1", "::1"};
static const char *const accepted[] = {"127.0.0.1,127.0.0.1", "127.0.0.1,0.0.0.0",
                                       "127.0.0.1,::", "::1,::"};
static const char *const asked[] = {"::", "::only6", "0.0.0.0", "127.0.0.1", "127.0.0.2", "::1"};
static const char *const options[] = {"--", "a-", "-p", "ap"};
static const char *const owners[] = {"same", "other"};

/* The one side, by its spelling up to a comma. */
static struct socket_bind_side side_of(const char *name, const char *option)
{
    struct socket_bind_side side = {.local.port = 80,
                                    .ipv6_only = strcmp(name, "::only6") == 0,
                                    .reuse_address = option[0] == 'a',
                                    .reuse_port = option[1] == 'p'};
    char text[32];

    snprintf(text, sizeof text, "%.*s", (int)strcspn(name, ","), name);
    if (strcmp(text, "::1") == 0)
        side.local.address.bytes[15] = 1;
    else
        (void)lull_address_parse(text, &side.local.address); /* :: stays all zero */
    return side;
}

static void print_answer(const struct socket_bind_rules *rules,
                         const struct socket_bind_side *newcomer,
                         const struct socket_bind_holder *holder)
{
    struct socket_bind_holder listener = {.side = *newcomer, .kind = LULL_BLOCKER_LISTENER};

    if (socket_bind_conflict(rules, newcomer, holder) != NULL)
        printf("in-use\n");
    else if (holder->kind != LULL_BLOCKER_BOUND)
        printf("ok ok\n");
    else
        printf("ok ok %s\n",
               socket_bind_conflict(rules, &holder->side, &listener) == NULL ? "ok" : "in-use");
}

/* Every newcomer beside one holder. */
static void print_cells(const struct socket_bind_rules *rules, int state, const char *held)
{
    for (int i = 0; i < 4 * 6 * 4 * 2; i++) {
        const char *held_option = options[i / 48], *name = asked[i / 8 % 6];
        const char *option = options[i / 2 % 4], *owner = owners[i % 2];
        struct socket_bind_holder holder = {.side = side_of(held, held_option),
                                            .kind = kinds[state]};
        struct socket_bind_side newcomer = side_of(name, option);
        newcomer.owner = (uint32_t)i % 2;
        printf("%s %s %s %s %s %s\t", states[state], held, held_option, name, option, owner);
        print_answer(rules, &newcomer, &holder);
    }
}

int main(int argc, char **argv)
{
    struct lull_knobs knobs;
    int profile = argc > 1 ? lull_profile_find(argv[1]) : LULL_EINVAL;

    if (profile < 0) {
        fprintf(stderr, "bind_matrix: %s: must be a profile\n", argc > 1 ? argv[1] : "PROFILE");
        return 2;
    }
    lull_knobs_init(&knobs, (enum lull_profile)profile);
    for (int i = 2; i < argc; i++) {
        if (lull_knobs_assign(&knobs, argv[i]) != LULL_OK) {
            fprintf(stderr, "bind_matrix: %s: must be KNOB=VALUE\n", argv[i]);
            return 2;
        }
    }
    struct socket_bind_rules rules = socket_bind_rules(&knobs);
    for (int state = 0; state < 2; state++)
        for (size_t i = 0; i < sizeof sockets / sizeof sockets[0]; i++)
            print_cells(&rules, state, sockets[i]);
    for (int state = 2; state < 5; state++)
        for (size_t i = 0; i < sizeof accepted / sizeof accepted[0]; i++)
            print_cells(&rules, state, accepted[i]);
    return 0;
}
