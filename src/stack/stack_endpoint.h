/* stack_endpoint.h - the user's end of a connection or listener.
 *
 * A socket without descriptor.  It may exist before its connection (bound), while it lives,
 * and after it is gone: then it keeps the text that was not read and the error that was not
 * told.  What the calls mean is the socket layer's business. */
#ifndef STACK_STACK_ENDPOINT_H
#define STACK_STACK_ENDPOINT_H

#include <stdbool.h>

#include "lull/socket.h"

#include "base/byte_queue.h"
#include "base/pool.h"
#include "base/scope.h"

struct lull_stack;

/* How many knobs have the scope LULL_KNOB_PER_LISTENER. */
#define STACK_ENDPOINT_KNOBS 7

enum stack_endpoint_kind {
    STACK_ENDPOINT_IDLE, /* perhaps bound */
    STACK_ENDPOINT_LISTENING,
    STACK_ENDPOINT_CONNECTING,
    STACK_ENDPOINT_CONNECTED,
    STACK_ENDPOINT_ENDED,    /* its connection is gone, or waits out TIME-WAIT */
    STACK_ENDPOINT_LINGERING /* closed: only its end is awaited (stack_linger.h) */
};

struct stack_endpoint {
    enum stack_endpoint_kind kind;
    bool bound;      /* the user chose the local name */
    bool holds_port; /* and a port, which no search for a free one may take */
    bool reuse_address, reuse_port, ipv6_only, bind_no_port, keep_alive, no_delay;
    bool at_end; /* ENDED: after the leftover text comes the end, not an error */
    bool send_shut, receive_shut;
    bool wants_room; /* a send fell short: tell when there is room */
    bool in_events;
    uint8_t news;   /* enum lull_event that began and was not reported */
    uint32_t owner; /* who may share a port by SO_REUSEPORT */
    struct lull_name local, remote;
    uint32_t conn;     /* CONNECTING, CONNECTED, LINGERING until it is over; else POOL_NONE */
    uint32_t listener; /* LISTENING; else POOL_NONE */
    uint32_t event_next;
    enum lull_error error;                        /* to be told once */
    struct byte_queue leftover;                   /* ENDED: text not read */
    lull_time ended_at;                           /* ENDED: when that was */
    int32_t linger_seconds;                       /* -1: off */
    int32_t linger2_seconds;                      /* 0: the stack's, -1: reset */
    lull_time linger_until;                       /* LINGERING */
    struct lull_advice advice[LULL_ADVICE_COUNT]; /* not taken yet where its count is not 0 */
    uint32_t keep_idle_seconds, keep_interval_seconds, keep_count;
    uint32_t user_timeout_ms;
    uint32_t send_buffer, receive_buffer; /* bytes */
    uint16_t mss_max;                     /* bytes; 0: no bound */
    int32_t knobs[STACK_ENDPOINT_KNOBS];  /* as listed in stack_endpoint.c; or LULL_KNOB_OF_STACK */
    uint64_t user;
};

/* The local addresses it means. */
static inline struct scope stack_endpoint_scope(const struct stack_endpoint *e)
{
    return (struct scope){e->local.address, e->local.zone, e->ipv6_only};
}

/* A fresh endpoint with the stack's defaults, or POOL_NONE. */
uint32_t stack_endpoint_take(struct lull_stack *s);

/* The knobs that can be set for one endpoint: LULL_EOPNOTSUPP for the others, LULL_EINVAL out of
 * range.  LULL_KNOB_OF_STACK lets it follow the stack again. */
enum lull_error stack_endpoint_set_knob(struct stack_endpoint *e, enum lull_knob knob,
                                        int64_t value);

/* What @e has for itself, or LULL_KNOB_OF_STACK. */
int64_t stack_endpoint_own_knob(const struct stack_endpoint *e, enum lull_knob knob);

/* The value in force for @e: its own, or the stack's.  @e may be NULL. */
int64_t stack_endpoint_knob(const struct lull_stack *s, const struct stack_endpoint *e,
                            enum lull_knob knob);

/* Gives back what it still holds: port, leftover text, its place among the events. */
void stack_endpoint_give(struct lull_stack *s, uint32_t index);

/* Something began that a user may wait for (enum lull_event). */
void stack_endpoint_tell(struct lull_stack *s, uint32_t index, unsigned events);

/* Conditions that hold now. */
unsigned stack_endpoint_conditions(const struct lull_stack *s, const struct stack_endpoint *e);

/* The next endpoint with news, or POOL_NONE. */
uint32_t stack_endpoint_next_event(struct lull_stack *s, unsigned *events);

/* The local port is the endpoint's own from now on, or no longer. */
void stack_endpoint_hold_port(struct lull_stack *s, struct stack_endpoint *e);
void stack_endpoint_drop_port(struct lull_stack *s, struct stack_endpoint *e);

#endif
