/* lab_record.h - a simulated world becomes a story.
 *
 * The recorder is an observer of the world.  It looks at the hosts' tables and changes nothing. */
#ifndef LAB_LAB_RECORD_H
#define LAB_LAB_RECORD_H

#include "lab/lab_reason.h"
#include "sim/sim.h"

/* Emissions whose later fate is followed; those beyond have none. */
#define LAB_RECORD_EMISSIONS_MAX 16384

/* Records whose beginning is remembered; of older ones nobody says how long they lasted. */
#define LAB_RECORD_WAITS_MAX 64

/* When the wait of a record began, or began again. */
struct lab_wait {
    lull_time at;
    uint8_t host;
    struct lull_name local, remote;
};

struct lab_recorder {
    struct lab_story *story;
    const struct sim_world *world;
    const struct sim_judge *judge;    /* NULL: nobody judges */
    uint64_t violations;              /* told so far */
    uint64_t refusals[SIM_NODES_MAX]; /* cursors of lull_socket_next_refusal() */
    uint32_t arriving;                /* event of what a host is being given, or LAB_NONE */
    uint8_t arriving_at;              /* that host */
    bool answered;                    /* it has said something since */
    bool muted;                       /* only violations are told */
    struct lab_decision decision;     /* about it, as far as known */
    struct {                          /* why the next packet of a host leaves */
        char rule[16], why[320];
    } because[SIM_NODES_MAX];
    struct lab_wait waits[LAB_RECORD_WAITS_MAX]; /* in a ring */
    uint32_t wait_count;
    uint32_t events[LAB_RECORD_EMISSIONS_MAX]; /* of each emission, by its number */
};

/* Record @world into @story, which is empty, from now on.  Parties are the world's nodes, in their
 * order. @judge, when there is one, must watch the world already. */
void lab_record_init(struct lab_recorder *r, struct lab_story *story, struct sim_world *world,
                     const struct sim_judge *judge);

/* An event that the world does not know of: a remark, an expectation that failed. */
struct lab_event *lab_record_note(struct lab_recorder *r, const char *what);

/* What happens from now on is not told, but for violations, until it is again: a sweep of a hundred
 * cells is no picture.  Nothing should be under way at either moment. */
void lab_record_mute(struct lab_recorder *r);
void lab_record_unmute(struct lab_recorder *r);

/* How @host's end of the conversation stands now. */
struct lab_side lab_record_side(const struct sim_world *world, unsigned host,
                                const struct lull_name *local, const struct lull_name *remote);

#endif
