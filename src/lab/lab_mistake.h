/* lab_mistake.h - mistakes other than the lack of TIME-WAIT, for twists (lab_play.h).
 *
 * Every host of the stage makes them. */
#ifndef LAB_LAB_MISTAKE_H
#define LAB_LAB_MISTAKE_H

#include "lab/lab_scene.h"

/* A SYN reaches a listener whatever is remembered. */
void lab_mistake_listener_first(struct lab_stage *stage);

/* A SYN that is accepted ends the record before its handshake does. */
void lab_mistake_destroy_on_reuse(struct lab_stage *stage);

/* A reset ends TIME-WAIT, as RFC 9293 has it. */
void lab_mistake_obey_resets(struct lab_stage *stage);

#endif
