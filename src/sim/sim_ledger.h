/* sim_ledger.h - who spoke on which tuple, in which incarnation.
 *
 * A voice is one end of one incarnation: it begins when a host sends a SYN or SYN-ACK with a number
 * that it has not used there.  The two voices of a connection have the same incarnation number;
 * numbers of a tuple count from 1.  The ledger listens to what hosts emit and to nothing else, so
 * it cannot be misled by what the stacks believe. */
#ifndef SIM_SIM_LEDGER_H
#define SIM_SIM_LEDGER_H

#include <stdbool.h>
#include <stddef.h>

#include "lull/address.h"

#include "base/seq32.h"
#include "base/time.h"
#include "sim/sim_ghost.h"
#include "wire/tcp_segment.h"

struct sim_voice {
    struct lull_name local, remote; /* of who speaks */
    seq32 iss, nxt;                 /* nxt: past everything it said */
    uint32_t peer;                  /* voice it answers, or SIM_VOICE_NONE */
    uint16_t incarnation;
    uint8_t host, life;
    bool active;            /* opened with a SYN alone */
    bool fin, stamped;      /* fin_end and stamp are valid */
    seq32 fin_end;          /* past its FIN */
    uint32_t stamp;         /* last TSval */
    lull_time began, spoke; /* first and last emission */
};

/* Numbers of a voice that were said for the first time together. */
struct sim_stretch {
    uint32_t voice;
    seq32 start, end;
    lull_time at;
};

struct sim_ledger {
    struct sim_voice *voices; /* in the order in which they began; borrowed */
    uint32_t count, capacity;
    uint32_t dropped; /* voices there was no room for */

    struct sim_stretch *stretches; /* the last ones, a ring; borrowed */
    uint64_t stretch_count;        /* so many there were */
    uint32_t stretch_capacity;     /* 0: none is kept */
};

/* @voices is borrowed as long as the ledger is used. */
void sim_ledger_init(struct sim_ledger *ledger, struct sim_voice *voices, uint32_t capacity);

/* Keep so many stretches from now on, in borrowed memory. */
void sim_ledger_keep(struct sim_ledger *ledger, struct sim_stretch *stretches, uint32_t capacity);

/* What is emitted: whence, by whom, and when. */
struct sim_utterance {
    struct lull_name local, remote;
    const struct tcp_segment *segment;
    lull_time at;
    uint8_t host, life;
};

/* A segment leaves its host.  The voice it belongs to, or SIM_VOICE_NONE when it belongs to no
 * incarnation that is known: a reset that answers a stranger. */
uint32_t sim_ledger_hear(struct sim_ledger *ledger, const struct sim_utterance *utterance);

/* The newest voice of @local towards @remote, or SIM_VOICE_NONE. */
uint32_t sim_ledger_newest(const struct sim_ledger *ledger, const struct lull_name *local,
                           const struct lull_name *remote);

/* The one with this ISS, the newest if there are several. */
uint32_t sim_ledger_find(const struct sim_ledger *ledger, const struct lull_name *local,
                         const struct lull_name *remote, seq32 iss);

/* The newest one in whose numbers @seq lies, or which says it next.  Whose timer it is that a row
 * of a table has: the voice of its tuple at its SND.NXT. */
uint32_t sim_ledger_at(const struct sim_ledger *ledger, const struct lull_name *local,
                       const struct lull_name *remote, seq32 seq);

/* When a voice said @seq for the first time: octet n of its text, from 0, is ISS + 1 + n.
 * LULL_TIME_NEVER when it has not, or too long ago to be kept. */
lull_time sim_ledger_said(const struct sim_ledger *ledger, uint32_t voice, seq32 seq);

/* How many incarnations the tuple has had. */
uint16_t sim_ledger_incarnations(const struct sim_ledger *ledger, const struct lull_name *a,
                                 const struct lull_name *b);

#endif
