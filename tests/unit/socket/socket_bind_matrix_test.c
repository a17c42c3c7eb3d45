/* The bind matrix, all of it: how names lie to each other, and what follows from that, from who
 * holds the port, from the options and owners of both and from the knobs.
 *
 * The tables are facts, not a second program: every combination must be described by exactly
 * one row, and socket_bind_conflict() must say what the row says. */
#include <stdio.h>

#include "base/check.h"
#include "cmocka_all.h"
#include "socket/socket_bind.h"

/* --- names ------------------------------------------------------------------------------ */

enum { NAMES = 11 };

/* Four octets for IPv4, or the last two bytes and the first of an IPv6 address. */
static const struct fact {
    bool ipv4;
    uint8_t first, last;
    uint32_t zone;
    bool ipv6_only;
    const char *relations; /* to each name of this table, in its order */
} names[NAMES] = {
    /*                              :: ::! ::%2 ::%3 0. 0.! .1 .2 L%2 L%3 G */
    /* ::       */ {false, 0x00, 0, 0, false, "==<<ff<<<<<"},
    /* ::       */ {false, 0x00, 0, 0, true, "==<<####<<<"}, /* with IPV6_V6ONLY */
    /* ::%2     */ {false, 0x00, 0, 2, false, "<<=#####<##"},
    /* ::%3     */ {false, 0x00, 0, 3, false, "<<#=#####<#"},
    /* 0.0.0.0  */ {true, 0, 0, 0, false, "f###==<<###"},
    /* 0.0.0.0  */ {true, 0, 0, 0, true, "f###==<<###"}, /* where IPV6_V6ONLY means nothing */
    /* 10.0.0.1 */ {true, 10, 1, 0, false, "<###<<=####"},
    /* 10.0.0.2 */ {true, 10, 2, 0, false, "<###<<#=###"},
    /* fe80::1%2 */ {false, 0xfe, 1, 2, false, "<<<#####=##"},
    /* fe80::1%3 */ {false, 0xfe, 1, 3, false, "<<#<#####=#"},
    /* 20::1    */ {false, 0x20, 1, 0, false, "<<########="},
};

static struct socket_bind_side side_of(const struct fact *f)
{
    struct socket_bind_side side = {.local = {.zone = f->zone, .port = 80},
                                    .ipv6_only = f->ipv6_only};
    const uint8_t octets[4] = {f->first, 0, 0, f->last};

    if (f->ipv4)
        side.local.address = lull_address_ipv4(octets);
    side.local.address.bytes[0] |= f->ipv4 ? 0 : f->first;
    side.local.address.bytes[15] = f->last;
    return side;
}

static const struct socket_bind_rules defaults = {.strict = true,
                                                  .over_connected = SOCKET_BIND_OVER_NEW};

static char relation_by_rule(const char *rule)
{
    static const struct {
        const char *rule;
        char relation;
    } meaning[] = {{"BL-05", '='}, {"BL-13", 'f'}, {"BL-07", '<'}};

    for (size_t i = 0; rule != NULL && i < COUNT_OF(meaning); i++)
        if (strcmp(meaning[i].rule, rule) == 0)
            return meaning[i].relation;
    return rule == NULL ? '#' : '?';
}

/* [REQ BL-05] [REQ BL-07] [REQ BL-08] [REQ BL-13] [REQ BL-15] */
static void every_two_names_lie_to_each_other_as_they_should(void **state)
{
    (void)state;
    for (int i = 0; i < NAMES; i++) {
        for (int j = 0; j < NAMES; j++) {
            struct socket_bind_side request = side_of(&names[j]);
            struct socket_bind_holder holder = {.side = side_of(&names[i]),
                                                .kind = LULL_BLOCKER_LISTENER};
            const char *rule = socket_bind_conflict(&defaults, &request, &holder);
            if (relation_by_rule(rule) != names[i].relations[j])
                fail_msg("name %d is held, name %d asked for: %s", i, j, rule ? rule : "allowed");
            assert_int_equal(names[i].relations[j], names[j].relations[i]);
            request.local.port = 81;
            assert_null(socket_bind_conflict(&defaults, &request, &holder));
        }
    }
}

/* --- verdicts --------------------------------------------------------------------------- */

#define OK NULL

/* Each letter is a fact, '*' any.  The holder listens, is Bound, Connected, or a record: in
 * Time-wait, Fin-wait-2, on Hold.  Options: 'a' SO_REUSEADDR, 'p' SO_REUSEPORT, '-' not.
 * Owner: the same or an other.  Knobs, in this order: strict, tw_require_both,
 * over_connected, relaxed_double, specific_over_wildcard. */
struct row {
    const char *relations, *holders;
    const char *asked, *held; /* options of the newcomer and of the holder */
    char owner;
    const char *knobs;
    const char *verdict;
};

/* A bound socket, as the knob of specific addresses has no say. */
#define BOUND(relation, specific, rule)                                                            \
    {relation, "B", "*p", "*p", 's', "***0" specific, OK},                                         \
        {relation, "B", "*p", "*p", 'o', "***0" specific, "BL-12"},                                \
        {relation, "B", "*p", "*-", '*', "***0" specific, rule},                                   \
        {relation, "B", "*-", "**", '*', "***0" specific, rule},                                   \
        {relation, "B", "a*", "a*", '*', "***1" specific, OK}, /* D-13 */                          \
        {relation, "B", "ap", "-p", 's', "***1" specific, OK},                                     \
        {relation, "B", "ap", "-p", 'o', "***1" specific, "BL-12"},                                \
        {relation, "B", "ap", "--", '*', "***1" specific, rule},                                   \
        {relation, "B", "a-", "-*", '*', "***1" specific, rule},                                   \
        {relation, "B", "-p", "*p", 's', "***1" specific, OK},                                     \
        {relation, "B", "-p", "*p", 'o', "***1" specific, "BL-12"},                                \
        {relation, "B", "-p", "*-", '*', "***1" specific, rule},                                   \
    {                                                                                              \
        relation, "B", "--", "**", '*', "***1" specific, rule                                      \
    }
#define LISTENS(relation, specific, rule)                                                          \
    {relation, "L", "*p", "*p", 's', "****" specific, OK},                                         \
        {relation, "L", "*p", "*p", 'o', "****" specific, "BL-12"},                                \
        {relation, "L", "*p", "*-", '*', "****" specific, "BL-11"},                                \
    {                                                                                              \
        relation, "L", "*-", "**", '*', "****" specific, rule                                      \
    }

/* [REQ BL-01] [REQ BL-02] [REQ BL-04] [REQ BL-05] [REQ BL-06] [REQ BL-07] [REQ BL-08]
 * [REQ BL-09] [REQ BL-10] [REQ BL-11] [REQ BL-12] [REQ BL-13] */
/* clang-format off */
static const struct row rows[] = {
    /* Another port or no address in common. */
    {"#",   "*",   "**", "**", '*', "*****", OK},

    /* HOLD keeps its pair and no port. */
    {"=f<", "H",   "**", "**", '*', "*****", OK},

    /* Records.  D-11: Berkeley asks the newcomer, Linux asks both. */
    {"=f<", "TF" , "**", "**", '*', "0****", OK},
    {"=f<", "TF" , "--", "**", '*', "10***", "BL-01"},
    {"=f<", "TF" , "a*", "**", '*', "10***", OK},
    {"=f<", "TF" , "-p", "**", '*', "10***", OK},
    {"=f<", "TF" , "--", "**", '*', "11***", "BL-01"},
    {"=f<", "TF" , "a-", "a*", '*', "11***", OK},
    {"=f<", "TF" , "a-", "-*", '*', "11***", "BL-01"},
    {"=f<", "TF" , "-p", "*p", '*', "11***", OK},
    {"=f<", "TF" , "-p", "*-", '*', "11***", "BL-01"},
    {"=f<", "TF" , "ap", "a*", '*', "11***", OK},
    {"=f<", "TF" , "ap", "-p", '*', "11***", OK},
    {"=f<", "TF" , "ap", "--", '*', "11***", "BL-01"},

    /* Connections.  D-12: never, the newcomer, both. */
    {"=f<", "C",   "*-", "**", '*', "**0**", "BL-04"},
    {"=f<", "C",   "*p", "*-", '*', "**0**", "BL-04"},
    {"=f<", "C",   "*p", "*p", 's', "**0**", OK},
    {"=f<", "C",   "*p", "*p", 'o', "**0**", "BL-12"},
    {"=f<", "C",   "a*", "**", '*', "**1**", OK},
    {"=f<", "C",   "--", "**", '*', "**1**", "BL-04"},
    {"=f<", "C",   "-p", "*-", '*', "**1**", "BL-04"},
    {"=f<", "C",   "-p", "*p", 's', "**1**", OK},
    {"=f<", "C",   "-p", "*p", 'o', "**1**", "BL-12"},
    {"=f<", "C",   "a*", "a*", '*', "**2**", OK},
    {"=f<", "C",   "a-", "-*", '*', "**2**", "BL-04"},
    {"=f<", "C",   "ap", "--", '*', "**2**", "BL-04"},
    {"=f<", "C",   "ap", "-p", 's', "**2**", OK},
    {"=f<", "C",   "ap", "-p", 'o', "**2**", "BL-12"},
    {"=f<", "C",   "--", "**", '*', "**2**", "BL-04"},
    {"=f<", "C",   "-p", "*-", '*', "**2**", "BL-04"},
    {"=f<", "C",   "-p", "*p", 's', "**2**", OK},
    {"=f<", "C",   "-p", "*p", 'o', "**2**", "BL-12"},

    BOUND("=", "*", "BL-06"),
    BOUND("f", "*", "BL-13"),
    BOUND("<", "0", "BL-06"),
    LISTENS("=", "*", "BL-05"),
    LISTENS("f", "*", "BL-13"),
    LISTENS("<", "0", "BL-07"),

    /* D-14: FreeBSD lets one user's sockets lie in each other. */
    {"<",   "LB",  "a*", "**", 's', "****1", OK},
    {"<",   "LB",  "-p", "*p", 's', "****1", OK},
    {"<",   "LB",  "-p", "*p", 'o', "****1", "BL-12"},
    {"<",   "L",   "-p", "*-", '*', "****1", "BL-11"},
    {"<",   "L",   "--", "**", '*', "****1", "BL-07"},
    {"<",   "L",   "ap", "*p", 'o', "****1", "BL-12"},
    {"<",   "L",   "ap", "*-", 'o', "****1", "BL-11"},
    {"<",   "L",   "a-", "**", 'o', "****1", "BL-07"},
    {"<",   "B",   "-p", "*-", '*', "****1", "BL-06"},
    {"<",   "B",   "--", "**", '*', "****1", "BL-06"},
    {"<",   "B",   "ap", "*p", 'o', "***01", "BL-12"},
    {"<",   "B",   "ap", "*-", 'o', "***01", "BL-06"},
    {"<",   "B",   "a-", "**", 'o', "***01", "BL-06"},
    {"<",   "B",   "a*", "a*", 'o', "***11", OK},
    {"<",   "B",   "ap", "-p", 'o', "***11", "BL-12"},
    {"<",   "B",   "ap", "--", 'o', "***11", "BL-06"},
    {"<",   "B",   "a-", "-*", 'o', "***11", "BL-06"},
};
/* clang-format on */

/* One combination, spelled as in a row. */
struct combination {
    char relation, holder;
    char asked[2], held[2];
    char owner;
    char knobs[5];
};

/* The domain of each letter, in the order of struct combination. */
static const char *const domains[] = {"=f<#", "LBCTFH", "a-", "p-",  "a-", "p-",
                                      "so",   "01",     "01", "012", "01", "01"};

static struct combination combination_of(unsigned number)
{
    struct combination c;
    char *letter = &c.relation;

    assert_int_equal(sizeof c, COUNT_OF(domains));
    for (size_t i = 0; i < COUNT_OF(domains); i++) {
        unsigned size = (unsigned)strlen(domains[i]);
        letter[i] = domains[i][number % size];
        number /= size;
    }
    return c;
}

static unsigned combinations(void)
{
    unsigned count = 1;

    for (size_t i = 0; i < COUNT_OF(domains); i++)
        count *= (unsigned)strlen(domains[i]);
    return count;
}

static bool is_in(char letter, const char *set)
{
    return *set == '*' || strchr(set, letter) != NULL;
}

static bool fits(const char *letters, const char *pattern, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (pattern[i] != '*' && pattern[i] != letters[i])
            return false;
    return true;
}

static bool describes(const struct row *r, const struct combination *c)
{
    return is_in(c->relation, r->relations) && is_in(c->holder, r->holders)
           && fits(c->asked, r->asked, 2) && fits(c->held, r->held, 2)
           && fits(&c->owner, &r->owner, 1) && fits(c->knobs, r->knobs, 5);
}

static const struct row *row_of(const struct combination *c)
{
    const struct row *found = NULL;

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        if (!describes(&rows[i], c))
            continue;
        if (found != NULL)
            fail_msg("%.*s is in row %zu and in row %zu", (int)sizeof *c, &c->relation,
                     (size_t)(found - rows), i);
        found = &rows[i];
    }
    if (found == NULL)
        fail_msg("%.*s is in no row", (int)sizeof *c, &c->relation);
    return found;
}

static enum lull_blocker kind_of(char letter)
{
    switch (letter) {
    case 'L': return LULL_BLOCKER_LISTENER;
    case 'B': return LULL_BLOCKER_BOUND;
    case 'C': return LULL_BLOCKER_CONNECTION;
    case 'T': return LULL_BLOCKER_TIME_WAIT;
    case 'F': return LULL_BLOCKER_FIN_WAIT_2;
    default: return LULL_BLOCKER_HOLD;
    }
}

static const char *verdict_on(const struct combination *c)
{
    static const struct {
        char relation;
        uint8_t held, asked; /* of names[] */
    } examples[] = {{'=', 6, 6}, {'f', 0, 4}, {'<', 4, 6}, {'#', 6, 7}};
    struct socket_bind_rules rules = {.strict = c->knobs[0] == '1',
                                      .tw_require_both = c->knobs[1] == '1',
                                      .over_connected = (enum socket_bind_over)(c->knobs[2] - '0'),
                                      .relaxed_double = c->knobs[3] == '1',
                                      .specific_over_wildcard = c->knobs[4] == '1'};
    size_t i = 0;

    while (examples[i].relation != c->relation)
        i++;
    struct socket_bind_side request = side_of(&names[examples[i].asked]);
    struct socket_bind_holder holder = {.side = side_of(&names[examples[i].held]),
                                        .kind = kind_of(c->holder)};
    request.reuse_address = c->asked[0] == 'a';
    request.reuse_port = c->asked[1] == 'p';
    request.owner = 1000;
    holder.side.reuse_address = c->held[0] == 'a';
    holder.side.reuse_port = c->held[1] == 'p';
    holder.side.owner = c->owner == 's' ? 1000 : 1001;
    return socket_bind_conflict(&rules, &request, &holder);
}

static void every_combination_is_in_one_row_and_judged_by_it(void **state)
{
    unsigned count = combinations();

    (void)state;
    assert_int_equal(count, 4 * 6 * 16 * 2 * 48);
    for (unsigned i = 0; i < count; i++) {
        struct combination c = combination_of(i);
        const char *wanted = row_of(&c)->verdict, *got = verdict_on(&c);
        if (wanted == OK ? got != NULL : got == NULL || strcmp(wanted, got) != 0)
            fail_msg("%.*s: %s, expected %s", (int)sizeof c, &c.relation, got ? got : "allowed",
                     wanted ? wanted : "allowed");
    }
}

/* INV-18.  Among sockets that say the same the order of binds makes no difference, and with
 * the rules as they are by default not even among those that do not. */
static void who_came_first_makes_no_difference(void **state)
{
    unsigned count = combinations();

    (void)state;
    for (unsigned i = 0; i < count; i++) {
        struct combination c = combination_of(i), reverse = c;
        memcpy(reverse.asked, c.held, 2);
        memcpy(reverse.held, c.asked, 2);
        bool alike = memcmp(c.asked, c.held, 2) == 0 || c.knobs[4] == '0';
        if (strchr("LB", c.holder) != NULL && alike)
            assert_int_equal(verdict_on(&c) == OK, verdict_on(&reverse) == OK);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_two_names_lie_to_each_other_as_they_should),
        cmocka_unit_test(every_combination_is_in_one_row_and_judged_by_it),
        cmocka_unit_test(who_came_first_makes_no_difference),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
