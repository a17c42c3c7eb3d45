/* sim_case.h - from one seed to one run: the world, what its users do, and what befalls it.
 *
 * Cases are small and unkind: two to four hosts that have few ports, so that tuples come again, an
 * MSL of seconds, small windows and tables, every fault, and doubles that the network holds for
 * almost an MSL.  Two rules bound the unkindness, and with them every invariant must hold.  No
 * packet lives longer than the MSL: whatever can delay it is drawn from one budget.  A host that
 * comes back with nothing remembered has been gone for two MSL, or starts quietly and says nothing
 * for so long (restart.mode), because what the invariants promise of its old tuples is void before
 * that and no restart journal exists yet. */
#ifndef SIM_SIM_CASE_H
#define SIM_SIM_CASE_H

#include "sim/sim_world.h"

#define SIM_CASE_HOSTS_MAX    4
#define SIM_CASE_STEPS_MAX    16
#define SIM_CASE_MISHAPS_MAX  12
#define SIM_CASE_SERVICES_MAX 8
#define SIM_CASE_PICKS_MAX    4
#define SIM_CASE_STREAMS_MAX  192
#define SIM_CASE_FAULTS_MAX   1024
#define SIM_CASE_START        LULL_SEC(1000) /* by the clock of hosts, if it is no other */
#define SIM_CASE_MSL_LEAST    LULL_SEC(2)    /* below it the delays alone would be too long */

/* What may go wrong; sim_case_fault_name() of the bit's number. */
enum sim_case_fault {
    SIM_FAULT_LOSS = 1,
    SIM_FAULT_BURST = 2,
    SIM_FAULT_REORDER = 4,
    SIM_FAULT_DUPLICATE = 8,
    SIM_FAULT_CORRUPT = 16,
    SIM_FAULT_TRUNCATE = 32,
    SIM_FAULT_PARTITION = 64,
    SIM_FAULT_ROUTE = 128, /* another way, or a loop, for a while */
    SIM_FAULT_CRASH = 256, /* with or without its memory */
    SIM_FAULT_SUSPEND = 512,
    SIM_FAULT_FORGE = 1024, /* somebody sends segments in another's name */
    SIM_FAULT_TURN = 2048   /* a knob is turned while the stack runs */
};
#define SIM_FAULT_COUNT  12u
#define SIM_FAULTS_ALL   4095u
#define SIM_FAULTS_USUAL 1023u /* but forged segments and turned knobs */

struct sim_case_options {
    struct lull_knobs knobs; /* of every host, */
    uint64_t fixed;          /* bit n: knob n stays as it is there; others may be drawn */
    uint8_t flaws;           /* enum lull_flaw, of every host */
    unsigned hosts;          /* 2 to SIM_CASE_HOSTS_MAX; 0: drawn */
    uint32_t faults;         /* those that may be drawn */
    lull_duration msl;       /* that the network keeps, SIM_CASE_MSL_LEAST or more; 0: drawn */
};

/* How one side of a conversation leaves it. */
enum sim_ending {
    SIM_CLOSES,
    SIM_HALF_CLOSES, /* and reads to the end before it closes */
    SIM_ABORTS,
    SIM_LINGERS_ZERO,  /* SO_LINGER 0 */
    SIM_LEAVES_UNREAD, /* closes, having read nothing */
    SIM_LEAKS,         /* forgets to close until the world ends */
    SIM_ENDING_COUNT
};

/* When it does so. */
enum sim_cue {
    SIM_WHEN_DONE,  /* all is said and heard */
    SIM_WHEN_ENDED, /* the other has finished */
    SIM_AT_ONCE,    /* its text is said; it waits for nothing */
    SIM_TOGETHER,   /* at the same instant as the other */
    SIM_CUE_COUNT
};

struct sim_part {
    enum sim_ending ending;
    enum sim_cue cue;
    lull_duration thinks; /* before its first octet */
    lull_duration pause;  /* between the cue and what follows */
    uint32_t says, tails; /* octets, and those said only once the other has finished */
};

/* One conversation; tried again until it comes about. */
struct sim_step {
    uint8_t client, server; /* hosts */
    uint16_t from, to;      /* ports; from 0: an ephemeral one */
    lull_duration at;       /* since the world began */
    lull_duration retry;    /* first pause between attempts; it doubles */
    lull_duration patience; /* the first attempt is given up after so long; 0: never */
    struct sim_part parts[2];
};

enum sim_mishap_kind {
    SIM_MISHAP_CUT,      /* .link, for .lasts */
    SIM_MISHAP_ROUTE,    /* router .node sends what is for .other over .link */
    SIM_MISHAP_CRASH,    /* host .node, and starts with nothing remembered */
    SIM_MISHAP_REVIVE,   /* host .node, and goes on with its memory */
    SIM_MISHAP_SUSPEND,  /* host .node */
    SIM_MISHAP_RELISTEN, /* service .other of its host closes, and listens again */
    SIM_MISHAP_BIND,     /* host .node: several sockets want the port .argument */
    SIM_MISHAP_FORGE,    /* segments to host .node in the name of .other */
    SIM_MISHAP_TURN,     /* host .node: knob .other becomes .argument */
    SIM_MISHAP_KIND_COUNT
};

struct sim_mishap {
    enum sim_mishap_kind kind;
    uint8_t node, other, link;
    lull_duration at, lasts;
    int64_t argument;
};

/* A listener. */
struct sim_service {
    uint8_t host, backlog;
    uint16_t port;
    lull_duration slow_from, slow_until; /* nobody accepts in between */
};

struct sim_case {
    uint64_t seed;
    struct sim_plan plan; /* with addresses into this case: do not copy it */
    struct lull_stack_config configs[SIM_CASE_HOSTS_MAX];
    unsigned hosts;
    lull_duration msl;
    lull_duration held; /* how long a double is held */
    bool classic;       /* begins with the wandering duplicate of the book */
    bool quiet;         /* hosts say nothing for 2 MSL after a start */

    struct sim_service services[SIM_CASE_SERVICES_MAX];
    struct sim_step steps[SIM_CASE_STEPS_MAX];
    struct sim_mishap mishaps[SIM_CASE_MISHAPS_MAX];
    struct sim_pick picks[SIM_CASE_PICKS_MAX]; /* packets that the adversary wants */
    unsigned service_count, step_count, mishap_count;

    lull_duration closing; /* when users close what is left */
    struct prng prng;      /* of the making */
    uint32_t faults;       /* that this case has */
};

/* Every knob as the default profile has it, and the usual faults. */
void sim_case_options_init(struct sim_case_options *options);

/* The same options and seed give the same case. */
void sim_case_make(struct sim_case *c, uint64_t seed, const struct sim_case_options *options);

/* A case that takes at least as much memory as any other, and is not to be played. */
void sim_case_largest(struct sim_case *c);

/* "loss"; NULL behind the last.  Static. */
const char *sim_case_fault_name(unsigned index);

#endif
