/* sim_workload.h - the users of a case: they connect, talk, close, and try again when refused.
 *
 * Users act when their host has settled, as programs do that wait for events.  A conversation that
 * is refused or fails is begun anew until it comes about or the world ends, so that whoever is kept
 * out by a record comes in once the record is gone. */
#ifndef SIM_SIM_WORKLOAD_H
#define SIM_SIM_WORKLOAD_H

#include "sim/sim_case.h"

#define SIM_WORKLOAD_STRAYS_MAX 64
#define SIM_WORKLOAD_BOUND_MAX  4

enum sim_phase {
    SIM_IDLE,    /* not begun, or failed and waiting for the next attempt */
    SIM_OPENING, /* connect() has not ended */
    SIM_TALKING,
    SIM_READING, /* it has said it all, and reads to the end */
    SIM_GONE     /* closed, aborted, or lost with its host */
};

struct sim_side {
    enum sim_phase phase;
    uint32_t stream;
    uint32_t said, heard;
    lull_time speaks_at; /* not before */
    bool ended;          /* the other has finished, or the connection has failed */
    lull_time acts_at;   /* the cue came; LULL_TIME_NEVER: not yet */
    lull_time wakes_at;  /* an alarm is set; 0: none */
};

struct sim_talk {
    struct sim_side sides[2];
    lull_time due;       /* of the next attempt */
    lull_duration pause; /* before the one after that */
    lull_time meets_at;  /* both act then, if they act together; 0: nobody is there yet */
    lull_time begun;     /* the attempt under way */
    bool refused;        /* at least once */
    bool impatient;      /* its first attempt was given up */
};

struct sim_workload_counts {
    uint64_t attempts, refused; /* calls to connect() */
    uint64_t established, failed;
    uint64_t finished; /* conversations that both sides left */
    uint64_t served;   /* conversations that came about after a refusal */
};

struct sim_workload {
    const struct sim_case *c;
    struct sim_world *world;
    uint32_t steps; /* bit n: step n takes place */
    bool closing;
    struct sim_talk talks[SIM_CASE_STEPS_MAX];
    struct {
        lull_socket socket;
        uint8_t life;  /* of the host, when it was opened; 0: it is not open */
        bool away;     /* its user has closed it for a while */
        lull_time due; /* of the next try to open it */
    } listeners[SIM_CASE_SERVICES_MAX];
    struct {
        uint8_t host, life;
        lull_socket socket; /* generation 0: none */
    } bound[SIM_WORKLOAD_BOUND_MAX];
    uint32_t strays[SIM_WORKLOAD_STRAYS_MAX]; /* streams nobody knows any more */
    unsigned stray_count;
    struct sim_workload_counts counts;
};

/* The users of @w from now on.  @l and @c are borrowed. */
void sim_workload_init(struct sim_workload *l, const struct sim_case *c, struct sim_world *w);

/* Nothing new is begun, and whatever is open is closed. */
void sim_workload_finish(struct sim_workload *l);

/* The listener of a service goes away, or comes back. */
void sim_workload_leave(struct sim_workload *l, unsigned service);
void sim_workload_return(struct sim_workload *l, unsigned service);

/* Several sockets of a host want one port, with options and names drawn from @seed; and let go. */
void sim_workload_crowd(struct sim_workload *l, unsigned host, uint16_t port, uint32_t seed);
void sim_workload_disperse(struct sim_workload *l, unsigned host);

#endif
