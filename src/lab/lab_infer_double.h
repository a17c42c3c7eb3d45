/* lab_infer_double.h - the same packet twice: made by the network, seen at two places, or sent
 * again. */
#ifndef LAB_LAB_INFER_DOUBLE_H
#define LAB_LAB_INFER_DOUBLE_H

#include "lab/lab_infer.h"

enum lab_infer_double {
    LAB_INFER_NEW,
    LAB_INFER_ELSEWHERE,   /* one packet, seen on another interface */
    LAB_INFER_NETWORK_MADE /* two, and only one was sent */
};

/* Compares @packet, which begins with a whole IPv4 header, with those of a moment ago; *@first
 * becomes the event of the one it repeats. */
enum lab_infer_double lab_infer_double_find(const struct lab_infer *infer, struct span packet,
                                            uint32_t *first);

/* Remember it as @event. */
void lab_infer_double_keep(struct lab_infer *infer, struct span packet, uint32_t event);

#endif
