/* lab_play.h - a scenario is played: world, judge, recorder and verdict.
 *
 * The book of scenarios is lab_book.h. */
#ifndef LAB_LAB_PLAY_H
#define LAB_LAB_PLAY_H

#include "base/text.h"
#include "lab/lab_scene.h"

/* A mistake that is not the lack of TIME-WAIT, as a stack in use makes it, and what comes of it. */
struct lab_twist {
    const char *name;    /* "tw.rst=rfc9293": what is done wrong */
    const char *strikes; /* what comes to pass then, one line */
    uint32_t violated;   /* bit n: INV-n; at least one of them.  0: the play alone knows */
    void (*set)(struct lab_stage *stage); /* after the scenario's own */
};

struct lab_scenario {
    const char *name;     /* "SC-05" */
    const char *title;    /* "the last ACK is lost" */
    const char *look_for; /* a paragraph: what to see in the picture, and why it matters */
    const char *rules;    /* "TT-03 SA-08": what it shows */
    const char *expected; /* one line: what comes to pass */
    /* What strikes without TIME-WAIT, one line; NULL: nothing does, and there is no twin. */
    const char *without;
    uint32_t violated;                    /* bit n: INV-n, which the twin violates; at least one */
    void (*set)(struct lab_stage *stage); /* NULL: lab_stage_wire() */
    void (*play)(struct lab_scene *scene);

    const struct lab_twist *twist; /* NULL: there is none */

    /* A scenario may have several cases, .which of stage and scene: all are judged, one is shown.
     */
    unsigned cases, shown; /* 0: there is one; .shown counts from 1 */
    void (*name_case)(struct text *t, unsigned which);
};

struct lab_play_options {
    bool without_timewait; /* the twin, with LULL_FLAW_NO_TIME_WAIT at every host */
    bool twisted;          /* with the mistake of the scenario's twist; not both */
    unsigned which;        /* play this case alone; 0: all, and show the one that it shows */
    lull_duration msl;     /* of every host; 0: as the stage says */
    uint32_t loss_percent; /* of every packet, besides what the scenario loses */
    uint64_t seed;         /* 0: as the stage says */
};

/* Events and bytes of packets a story of one scenario has room for. */
#define LAB_PLAY_EVENTS 4096u
#define LAB_PLAY_BYTES  (1u << 20)

/* Bytes of memory for playing @scenario, story included. */
size_t lab_play_bytes(const struct lab_scenario *scenario, const struct lab_play_options *options);

/* Play it in @memory, of that many bytes and aligned to 64; @story lies in it afterwards. Its
 * verdict is filled in: with another MSL, losses or seed it is "not judged", unless an invariant is
 * violated where no mistake was asked for. */
void lab_play(const struct lab_scenario *scenario, const struct lab_play_options *options,
              void *memory, struct lab_story *story);

#endif
