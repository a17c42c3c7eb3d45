/* sim_silence.h - what a judge lets pass, or cannot look at.
 *
 * A check that is silent finds nothing, and looks like one that holds: so each silence is counted,
 * and `lull sim` says which were kept. */
#ifndef SIM_SIM_SILENCE_H
#define SIM_SIM_SILENCE_H

#include <stdbool.h>

enum sim_silence {
    SIM_SILENCE_VOICES,  /* events after the ledger had no room for a voice */
    SIM_SILENCE_FOOLED,  /* events after a damaged segment passed its checksum */
    SIM_SILENCE_ROWS,    /* looks at tables with more rows than the judge has */
    SIM_SILENCE_SOCKETS, /* sockets with a name that found no room in his list */
    SIM_SILENCE_TUPLES,  /* tuples to be remembered that made room for others */
    SIM_SILENCE_READS,   /* octets read by nobody who is known, or from nobody */
    SIM_SILENCE_EVICTED, /* of an incarnation whose record made room, and was counted */
    SIM_SILENCE_FORGED,  /* of an incarnation that a forged SYN began, or text nobody wrote */
    SIM_SILENCE_COUNT
};

/* "excused_evicted", and a sentence that says what is counted; static. */
const char *sim_silence_name(enum sim_silence silence);
const char *sim_silence_text(enum sim_silence silence);

/* It is a limit of the judge and no excuse: a campaign with one should be made smaller. */
bool sim_silence_warns(enum sim_silence silence);

#endif
