/* lab_record_reason.h - the recorder finds out why: it looks before and after, and asks
 * lab_reason.h.
 *
 * Whatever has a reason already keeps it: the stack knows best. */
#ifndef LAB_LAB_RECORD_REASON_H
#define LAB_LAB_RECORD_REASON_H

#include "lab/lab_record.h"

/* @event is about to be given to @host's stack, which has then done what it wanted with it. */
void lab_record_reason_before(struct lab_recorder *r, unsigned host, const struct lab_event *event);
void lab_record_reason_after(struct lab_recorder *r, unsigned host, struct lab_event *event);

/* @event has just left @host. */
void lab_record_reason_to_send(struct lab_recorder *r, unsigned host, struct lab_event *event);

/* Where there is none yet. */
void lab_record_reason_put(struct lab_event *event, const char *rule, const char *why);

#endif
