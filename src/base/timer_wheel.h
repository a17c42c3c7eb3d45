/* timer_wheel.h - one timer for each of a fixed number of objects.
 *
 * A hierarchical wheel that counts single nanoseconds: 11 levels of 64 slots, an occupancy
 * bitmap for each level.  A timer sits on the level of the highest 6-bit digit in which its
 * deadline differs from the wheel's origin, so arming and cancelling are a few instructions,
 * the earliest timer is in the first occupied slot of the lowest occupied level, and passing
 * an hour of silence costs as much as passing a millisecond.
 *
 * Rejected: a tick of a millisecond.  It saves five levels (1.3 KiB a wheel) and a few moves
 * for timers that really expire, but leaves every slot of the present tick to be searched
 * for what is due.  Rejected: a heap, whose every re-arm costs a walk through cold memory;
 * nearly all timers of TCP are re-armed, not expired.
 *
 * The wheel and its memory must lie in one block (rel.h). */
#ifndef BASE_TIMER_WHEEL_H
#define BASE_TIMER_WHEEL_H

#include <stddef.h>
#include <stdint.h>

#include "base/rel.h"
#include "base/time.h"

#define TIMER_NONE UINT32_MAX

enum { TIMER_WHEEL_LEVELS = 11, TIMER_WHEEL_SLOTS = 64 };

struct timer_wheel {
    rel nodes;
    uint64_t origin;   /* no timer is before it, except those overdue when armed */
    uint32_t capacity; /* nodes */
    uint32_t touched;  /* nodes below it are initialised */
    uint32_t levels;   /* bit per level: it holds a timer */
    uint64_t occupied[TIMER_WHEEL_LEVELS];                 /* bit per slot */
    uint32_t first[TIMER_WHEEL_LEVELS][TIMER_WHEEL_SLOTS]; /* when occupied */
};

/* Memory for @capacity (below TIMER_NONE) timers. */
size_t timer_wheel_bytes(uint32_t capacity);

/* @memory: timer_wheel_bytes() of it, aligned to 8; not touched here.  All timers are idle. */
void timer_wheel_init(struct timer_wheel *w, void *memory, uint32_t capacity, lull_time now);

/* Timer @index will expire at @deadline instead of whatever it was armed for; a deadline in
 * the past is due at once, LULL_TIME_NEVER cancels. */
void timer_wheel_arm(struct timer_wheel *w, uint32_t index, lull_time deadline);

/* An idle timer stays idle. */
void timer_wheel_cancel(struct timer_wheel *w, uint32_t index);

/* What @index was armed for, or LULL_TIME_NEVER. */
lull_time timer_wheel_deadline(const struct timer_wheel *w, uint32_t index);

/* When to call timer_wheel_expire() next: the earliest deadline, or, while many timers share
 * its slot, an earlier instant, but behind the @now at which the wheel last had nothing more to
 * expire.  LULL_TIME_NEVER when nothing is armed. */
lull_time timer_wheel_next(const struct timer_wheel *w);

/* Disarm and return one timer whose deadline is at or before @now; TIMER_NONE when there is no
 * more.  They come in order of deadline, equal ones in order of arming; those already overdue
 * when armed come in either order, and @now must not go back. */
uint32_t timer_wheel_expire(struct timer_wheel *w, lull_time now);

#endif
