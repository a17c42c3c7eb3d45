/* sim_say.h - a case and its faults in words, a line each, without a newline.
 *
 *     "at 0.410 s A:5001 connects to B:80, says 20 and hears 600; A closes when all is said and
 *      heard, B closes when A has"
 *     "the 3rd packet from A over A-B is doubled, and the double held for 2.9 s" */
#ifndef SIM_SIM_SAY_H
#define SIM_SIM_SAY_H

#include "base/text.h"
#include "sim/sim_case.h"

#define SIM_SAY_TEXT_BYTES 320

void sim_say_step(const struct sim_case *c, unsigned step, struct text *t);
void sim_say_mishap(const struct sim_case *c, unsigned mishap, struct text *t);
void sim_say_fault(const struct sim_case *c, const struct sim_fault *fault, struct text *t);

/* "12.345 s" */
void sim_say_duration(lull_duration duration, struct text *t);

#endif
