/* sim_incident.h - what befalls a world at times that are planned: partitions, crashes, sleep,
 * routes.
 *
 *     static const struct sim_incident incidents[] = {
 *         {.at = LULL_SEC(1010), .kind = SIM_INCIDENT_CUT, .link = 0},
 *         {.at = LULL_SEC(1040), .kind = SIM_INCIDENT_HEAL, .link = 0},
 *     };
 */
#ifndef SIM_SIM_INCIDENT_H
#define SIM_SIM_INCIDENT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/time.h"

enum sim_incident_kind {
    SIM_INCIDENT_CUT,      /* a partition begins on .link */
    SIM_INCIDENT_HEAL,     /* and ends */
    SIM_INCIDENT_CRASH,    /* .node is gone */
    SIM_INCIDENT_BOOT,     /* it starts without memory */
    SIM_INCIDENT_REVIVE,   /* it goes on with the memory it had */
    SIM_INCIDENT_SUSPEND,  /* it sleeps */
    SIM_INCIDENT_RESUME,   /* and wakes up */
    SIM_INCIDENT_ROUTE,    /* router .node sends what is for .towards over .link */
    SIM_INCIDENT_CONVERGE, /* every route becomes the shortest */
    SIM_INCIDENT_KINDS
};

struct sim_incident {
    lull_time at;
    enum sim_incident_kind kind;
    uint8_t node, towards, link;
};

struct sim_plan;
struct sim_world;

/* Does what it names exist in the plan, and can that befall it? */
bool sim_incident_fits(const struct sim_incident *incident, const struct sim_plan *plan);

/* Let it happen now.  What cannot happen to a node as it is, such as a crash of a host that is
 * down, does not: a list that has become shorter is still a list. */
void sim_incident_happen(struct sim_world *w, const struct sim_incident *incident);

/* "crash"; static. */
const char *sim_incident_name(enum sim_incident_kind kind);

#endif
