/* sim_world.h - an internet in one process: hosts, routers, faulty links, and one clock.
 *
 * Hosts run the very stack that ships.  Everything is decided by a plan and its seed, so a run can
 * be repeated to the bit, on any compiler.  Time is virtual and jumps to the next thing to do.
 *
 *     size_t bytes = sim_world_bytes(&plan);
 *     struct sim_world *w = sim_world_init(memory, bytes, &plan);
 *     sim_world_watch(w, observer, context);
 *     sim_call_connect(w, client, socket, &server);
 *     sim_world_run(w, w->now + LULL_SEC(120));
 *
 * Hosts crash and start in sim_host.h, routes change in sim_router.h, users call in sim_call.h.  A
 * packet keeps its ghost (sim_ghost.h) from the host that emits it to wherever it ends, and the
 * ledger (sim_ledger.h) knows every incarnation.  Observers are told of every event; they may look
 * at anything and change nothing.
 *
 * What happens by itself is in the plan: chances and patterns of links, packets that are picked by
 * what they are (sim_pick.h), and incidents at their times (sim_incident.h).
 *
 * Each link carries bare IP packets between two nodes.  A host has one link, a router up to
 * SIM_NODE_LINKS_MAX.  Routers find their first routes by themselves: the fewest links. */
#ifndef SIM_SIM_WORLD_H
#define SIM_SIM_WORLD_H

#include "lull/socket.h"

#include "base/prng.h"
#include "sim/sim_incident.h"
#include "sim/sim_ledger.h"
#include "sim/sim_link.h"
#include "sim/sim_pick.h"

#define SIM_NODES_MAX      12
#define SIM_LINKS_MAX      16
#define SIM_NODE_LINKS_MAX 8
#define SIM_OBSERVERS_MAX  4
#define SIM_ALARMS_MAX     64
#define SIM_PICKS_MAX      16
#define SIM_NO_LINK        0xffu
#define SIM_STREAM_NONE    UINT32_MAX

enum sim_node_kind { SIM_HOST, SIM_ROUTER };

struct sim_node_plan {
    enum sim_node_kind kind;
    const char *name; /* "C"; static */
    struct lull_address address;
    const struct lull_stack_config *config; /* of a host; its seed is replaced; borrowed */
    lull_duration hold; /* a router looks at each packet so long before it passes it on */
};

struct sim_link_plan {
    uint8_t ends[2];                 /* nodes */
    struct sim_link_options options; /* of both directions; the seed is replaced */
    bool asymmetric;                 /* .options is of direction 0 and .back of direction 1 */
    struct sim_link_options back;
};

/* A fault by name: the @ordinal-th packet, from 0, that entered @link in @direction. */
struct sim_fault {
    uint8_t link, direction; /* 0: from ends[0] to ends[1] */
    uint32_t ordinal;
    struct sim_fate fate;
};

struct sim_plan {
    uint64_t seed;
    lull_time start;
    unsigned node_count, link_count;
    struct sim_node_plan nodes[SIM_NODES_MAX];
    struct sim_link_plan links[SIM_LINKS_MAX];
    uint32_t voices_max, streams_max, faults_max; /* room for so many */
    uint32_t stretches_max;                       /* sim_ledger_said() knows as much; 0: nothing */
    lull_duration lifetime_max; /* the network drops what is older; 0: hop limits are all it has */

    const struct sim_pick *picks; /* borrowed until sim_world_init() returns */
    uint32_t pick_count;
    const struct sim_incident *incidents; /* borrowed, in order of time */
    uint32_t incident_count;

    /* With .chosen only these faults happen, whatever chance, patterns and picks say, with the
     * fates they have here. */
    bool chosen;
    const struct sim_fault *faults; /* borrowed, by link, direction, ordinal */
    uint32_t fault_count;
};

/* One end of a connection, as its user knows it. */
struct sim_stream {
    lull_socket socket;
    uint8_t host, life;
    uint32_t voice;          /* SIM_VOICE_NONE until its SYN has left */
    uint64_t sent, received; /* octets written and read by the user */
    struct lull_name local, remote;
    bool finished, ended; /* the user closed his direction; he has read the end */
    uint32_t ends;        /* how often the end was reported to him */
};

enum sim_event_kind {
    SIM_SENT,      /* a host or router emitted .packet */
    SIM_DOOMED,    /* the link took it not: .carried says why */
    SIM_DOUBLED,   /* the link made a second one */
    SIM_FORWARDED, /* a router passes it on, with .hops left */
    SIM_EXPIRED,   /* its hop limit ran out at a router */
    SIM_STRANDED,  /* a router has no route for it */
    SIM_ARRIVES,   /* it is about to be given to a host's stack */
    SIM_DEAF,      /* it came to a host that is down */
    SIM_SETTLED,   /* a host's stack has done all it wanted with what came last */
    SIM_TRACED,    /* a stack says something: .trace */
    SIM_CALLED,    /* a user called: .call */
    SIM_LIVED,     /* a host crashed, started, was suspended, went on: .what */
    SIM_CHANGED,   /* a route or link changed: .what */
    SIM_FORGED,    /* somebody put .packet on the wire in .node's name */
    SIM_DROPPED,   /* it came to .node and was thrown away: .what says why */
    SIM_EVENT_KINDS
};

struct sim_call {
    const char *name; /* "connect" */
    uint32_t stream;  /* SIM_STREAM_NONE for a socket that is none yet */
    lull_socket socket;
    enum lull_error error;
    struct lull_name local, remote; /* as far as known */
    size_t bytes;                   /* sent, received */
    const uint8_t *data;            /* received octets; NULL otherwise */
    uint64_t offset;                /* of the first of them in its stream */
    bool end;                       /* receive() said that no more will come */
};

struct sim_event {
    enum sim_event_kind kind;
    lull_time at;
    uint8_t node, link, direction;
    uint8_t hops;
    enum sim_carried carried;
    struct span packet;                /* an IP packet; without one len is 0 */
    const struct tcp_segment *segment; /* NULL: it is none, or damaged */
    const struct sim_ghost *ghost;     /* of .packet */
    const struct lull_trace_record *trace;
    const struct sim_call *call;
    const char *what;
    uint8_t about; /* of SIM_CHANGED: the node whose packets go another way; of a link: its end */
};

typedef void sim_observer(void *context, const struct sim_event *event);

struct sim_world;
typedef void sim_alarm(void *context, struct sim_world *world, uint64_t argument);
/* Something may have changed at @host: look at its sockets. */
typedef void sim_user(void *context, struct sim_world *world, unsigned host);

struct sim_alarm_set {
    lull_time at;
    uint64_t order, argument;
    sim_alarm *ring;
    void *context;
};

struct sim_node {
    enum sim_node_kind kind;
    const char *name;
    struct lull_address address;
    struct sim_world *world;
    uint8_t links[SIM_NODE_LINKS_MAX], link_count;
    uint8_t routes[SIM_NODES_MAX]; /* of a router: the link towards each node, or SIM_NO_LINK */

    lull_duration hold; /* of a router */

    /* Of a host. */
    struct lull_stack *stack;        /* NULL while it is down */
    struct lull_stack_config config; /* may be changed for its next start, sizes excepted */
    void *memory;
    size_t memory_bytes;
    bool suspended; /* nothing is given to it and nothing taken, but time passes */
    uint8_t life;
    struct sim_ghost heard; /* of the packet it was given last */
};

struct sim_world {
    lull_time start, now;
    struct prng prng; /* for whoever drives the world; links have their own */
    struct sim_node nodes[SIM_NODES_MAX];
    unsigned node_count, link_count;
    struct sim_link *links[SIM_LINKS_MAX][2];
    uint8_t ends[SIM_LINKS_MAX][2];
    struct sim_ledger ledger;
    struct sim_stream *streams;
    uint32_t stream_count, stream_capacity;
    uint64_t emissions;
    uint64_t events[SIM_EVENT_KINDS]; /* how often each happened, watched or not */
    uint64_t outlived;                /* of SIM_DROPPED: older than lifetime_max */
    lull_duration lifetime_max;
    uint64_t trace_hash; /* over all that stacks said: equal for equal runs */

    struct sim_fault *log; /* faults that happened, in order */
    uint32_t log_count, log_capacity, log_dropped;
    const struct sim_fault *faults;
    uint32_t fault_count;
    bool chosen;
    struct sim_pick picks[SIM_PICKS_MAX];
    uint32_t picked[SIM_PICKS_MAX]; /* how many each has found */
    unsigned pick_count;
    const struct sim_incident *incidents;
    uint32_t incident_count, incident_next;

    struct {
        sim_observer *tell;
        void *context;
    } observers[SIM_OBSERVERS_MAX];
    unsigned observer_count;
    sim_user *user;
    void *user_context;

    struct sim_alarm_set alarms[SIM_ALARMS_MAX]; /* in no order */
    unsigned alarm_count;
    uint64_t alarm_order;

    uint64_t frames; /* that hosts emitted */
    uint64_t calls;  /* of users */
    bool stopped;
    bool prompt; /* users are asked also before a host answers what it was given */
};

/* Bytes a world of this plan needs; 0 when the plan makes no sense: an unknown node, a host with
 * more than one link, a configuration out of its ranges, too many picks, an incident that is out of
 * order or does not fit its node. */
size_t sim_world_bytes(const struct sim_plan *plan);

/* @memory: at least that many bytes, aligned to 64, borrowed; used again it need not be cleared. */
struct sim_world *sim_world_init(void *memory, size_t bytes, const struct sim_plan *plan);

/* Observers are called in the order in which they came. */
void sim_world_watch(struct sim_world *w, sim_observer *tell, void *context);

/* Who watched with @context does so no longer. */
void sim_world_unwatch(struct sim_world *w, const void *context);

/* Who is called when something may have changed for the users of a host. */
void sim_world_employ(struct sim_world *w, sim_user *user, void *context);

/* @ring is called once, at @at or now if that is past.  At most SIM_ALARMS_MAX wait. */
void sim_world_alarm(struct sim_world *w, lull_time at, sim_alarm *ring, void *context,
                     uint64_t argument);

/* Let things happen until @until, or until sim_world_stop().  The clock then shows @until. */
void sim_world_run(struct sim_world *w, lull_time until);
void sim_world_stop(struct sim_world *w);

/* Let everything happen that happens now, without letting time pass. */
void sim_world_settle(struct sim_world *w);

/* When something happens next, or LULL_TIME_NEVER. */
lull_time sim_world_next(const struct sim_world *w);

/* Nothing travels, no host has a timer, no alarm is set, no incident is to come. */
bool sim_world_is_quiet(const struct sim_world *w);

/* The node with this address, or of this name; SIM_NODES_MAX: nobody. */
unsigned sim_world_node(const struct sim_world *w, const struct lull_address *address);
unsigned sim_world_named(const struct sim_world *w, const char *name);

/* A partition begins or ends, in both directions. */
void sim_world_cut(struct sim_world *w, unsigned link);
void sim_world_heal(struct sim_world *w, unsigned link);

/* The options of a direction, which may be changed while the world runs, sizes excepted. */
struct sim_link_options *sim_world_link(struct sim_world *w, unsigned link, unsigned direction);

/* One more packet to be picked, counted from now; at most SIM_PICKS_MAX with those of the plan. */
void sim_world_pick(struct sim_world *w, const struct sim_pick *pick);

/* How many packets are on their way. */
uint64_t sim_world_under_way(const struct sim_world *w);

/* Put a packet on the wire in somebody's name: it enters @node's first link now, with a ghost
 * of no voice. */
void sim_world_inject(struct sim_world *w, unsigned node, struct span packet);

/* --- for sim's own files --- */

/* Observers hear of @event; .at is filled in, and .segment from .packet where it is whole. */
void sim_world_tell(struct sim_world *w, const struct sim_event *event);

/* A packet came to @node and goes no further, for a reason that is none of the other kinds. */
void sim_world_drop(struct sim_world *w, unsigned node, struct sim_packet packet, const char *why);

/* A packet leaves @node over @link. */
void sim_world_carry(struct sim_world *w, unsigned node, unsigned link, struct sim_packet packet);

#endif
