/* stack_endpoint.h - the user's end of a connection or listener.
 *
 * A socket without descriptor.  It may exist before its connection (bound), while it lives,
 * and after it is gone: then it keeps the text that was not read and the error that was not
 * told.  What the calls mean is the socket layer's business.
 *
 * There may be very many, so what few of them need is packed, or kept where only those pay for
 * it: advice has a pool of its own (stack_advice.c). */
#ifndef STACK_STACK_ENDPOINT_H
#define STACK_STACK_ENDPOINT_H

#include <assert.h>
#include <stdbool.h>

#include "lull/socket.h"

#include "base/byte_queue.h"
#include "base/pool.h"
#include "base/scope.h"
#include "base/tuple.h"

struct lull_stack;

enum stack_endpoint_kind {
    STACK_ENDPOINT_IDLE, /* perhaps bound */
    STACK_ENDPOINT_LISTENING,
    STACK_ENDPOINT_CONNECTING,
    STACK_ENDPOINT_CONNECTED,
    STACK_ENDPOINT_ENDED,    /* its connection is gone, or waits out TIME-WAIT */
    STACK_ENDPOINT_LINGERING /* closed: only its end is awaited (stack_linger.h) */
};

struct stack_endpoint {
    uint64_t user;
    union {
        uint32_t listener;      /* LISTENING */
        lull_time linger_until; /* LINGERING */
        struct {
            lull_time at;               /* when that was */
            struct byte_queue leftover; /* text not read */
        } ended;                        /* ENDED */
    };
    struct tuple tuple; /* the remote half is zero before a connection */
    uint32_t conn;      /* CONNECTING, CONNECTED, LINGERING until it is over; else POOL_NONE */
    uint32_t event_next;
    uint32_t advice; /* not taken yet (stack_advice.h), or POOL_NONE */
    uint32_t owner;  /* who may share a port by SO_REUSEPORT */
    uint64_t knobs;  /* of its own, packed as in stack_endpoint.c; 0: all are the stack's */
    uint32_t send_buffer, receive_buffer; /* bytes */
    int32_t linger_seconds;               /* -1: off */
    int32_t linger2_seconds;              /* 0: the stack's, -1: reset */
    uint32_t user_timeout_ms;
    uint16_t keep_idle_seconds, keep_interval_seconds;
    uint16_t mss_max; /* bytes; 0: no bound */
    uint8_t keep_count;
    uint8_t kind;        /* enum stack_endpoint_kind */
    uint8_t news;        /* enum lull_event that began and was not reported */
    int8_t error;        /* enum lull_error, to be told once */
    bool bound : 1;      /* the user chose the local name */
    bool holds_port : 1; /* and a port, which no search for a free one may take */
    bool reuse_address : 1, reuse_port : 1, ipv6_only : 1, bind_no_port : 1;
    bool keep_alive : 1, no_delay : 1;
    bool at_end : 1; /* ENDED: after the leftover text comes the end, not an error */
    bool send_shut : 1, receive_shut : 1;
    bool wants_room : 1; /* a send fell short: tell when there is room */
    bool in_events : 1;
};

static_assert(sizeof(struct stack_endpoint) == 128, "two lines of the cache; docs/limits.md");

/* The local addresses it means. */
static inline struct scope stack_endpoint_scope(const struct stack_endpoint *e)
{
    return (struct scope){e->tuple.local, e->tuple.zone, e->ipv6_only};
}

static inline struct lull_name stack_endpoint_local(const struct stack_endpoint *e)
{
    return (struct lull_name){e->tuple.local, e->tuple.zone, e->tuple.local_port};
}

/* All zero without one. */
static inline struct lull_name stack_endpoint_remote(const struct stack_endpoint *e)
{
    uint32_t zone = e->tuple.remote_port != 0 ? e->tuple.zone : 0;
    return (struct lull_name){e->tuple.remote, zone, e->tuple.remote_port};
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

/* Its connection is gone: ENDED, with no text left over and @error to be told. */
void stack_endpoint_end(const struct lull_stack *s, struct stack_endpoint *e,
                        enum lull_error error);

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
