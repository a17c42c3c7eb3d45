#include "stack/stack_endpoint.h"

#include "base/check.h"
#include "stack/stack_advice.h"
#include "stack/stack_linger.h"
#include "stack/stack_object.h"

uint32_t stack_endpoint_take(struct lull_stack *s)
{
    uint32_t index = pool_take(&s->endpoints);

    if (index == POOL_NONE && stack_linger_reclaim(s))
        index = pool_take(&s->endpoints);
    if (index == POOL_NONE)
        return index;
    *stack_endpoint_at(s, index) = (struct stack_endpoint){
        .conn = POOL_NONE,
        .event_next = POOL_NONE,
        .advice = POOL_NONE,
        .ipv6_only = STACK_KNOB(s, ipv6_v6only_default) != 0,
        .bind_no_port = STACK_KNOB(s, bind_no_port) != 0,
        .linger_seconds = -1,
        .keep_idle_seconds = 7200,
        .keep_interval_seconds = 75,
        .keep_count = 9,
        .send_buffer = s->config.send_buffer_bytes,
        .receive_buffer = s->config.receive_buffer_bytes,
    };
    return index;
}

/* --- knobs of its own ------------------------------------------------------------------- */

/* Where each knob of the scope LULL_KNOB_PER_LISTENER is kept: in a few bits, because all of them
 * together are 51, and a table of overrides would be one more limit.  A field holds the value plus
 * one, and 0 where the endpoint follows the stack.  The search of seven bytes comes at most once
 * for a SYN, a reset or a close. */
static const struct place {
    uint8_t knob, shift, bits;
} places[] = {
    {LULL_KNOB_tw_rst, 0, 4},          {LULL_KNOB_tw_syn_policy, 4, 4},
    {LULL_KNOB_tw_seq_cmp, 8, 4},      {LULL_KNOB_tw_syn_reject, 12, 4},
    {LULL_KNOB_abort_hold, 16, 4},     {LULL_KNOB_close_rst_on_unread, 20, 4},
    {LULL_KNOB_fw2_orphan_ms, 24, 28},
};

static const struct place *place_of(enum lull_knob knob)
{
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++)
        if (places[i].knob == (unsigned)knob)
            return &places[i];
    return NULL;
}

static uint64_t mask_of(const struct place *place)
{
    return ((UINT64_C(1) << place->bits) - 1) << place->shift;
}

enum lull_error stack_endpoint_set_knob(struct stack_endpoint *e, enum lull_knob knob,
                                        int64_t value)
{
    const struct lull_knob_info *info = lull_knob_info(knob);
    const struct place *place = place_of(knob);

    if (info == NULL)
        return LULL_EINVAL;
    if (place == NULL)
        return LULL_EOPNOTSUPP;
    if (value != LULL_KNOB_OF_STACK && (value < info->least || value > info->most))
        return LULL_EINVAL;
    uint64_t field = (uint64_t)(value - LULL_KNOB_OF_STACK) << place->shift;
    LULL_CHECK((field & ~mask_of(place)) == 0);
    e->knobs = (e->knobs & ~mask_of(place)) | field;
    return LULL_OK;
}

int64_t stack_endpoint_own_knob(const struct stack_endpoint *e, enum lull_knob knob)
{
    const struct place *place = e->knobs != 0 ? place_of(knob) : NULL;

    if (place == NULL)
        return LULL_KNOB_OF_STACK;
    return (int64_t)((e->knobs & mask_of(place)) >> place->shift) + LULL_KNOB_OF_STACK;
}

int64_t stack_endpoint_knob(const struct lull_stack *s, const struct stack_endpoint *e,
                            enum lull_knob knob)
{
    int64_t own = e == NULL ? LULL_KNOB_OF_STACK : stack_endpoint_own_knob(e, knob);
    return own == LULL_KNOB_OF_STACK ? lull_stack_knob(s, knob) : own;
}

/* Leaving the list of events early is rare: the list is walked. */
static void forget_events(struct lull_stack *s, uint32_t index)
{
    uint32_t *link = &s->event_first;
    uint32_t previous = POOL_NONE;

    while (*link != index) {
        previous = *link;
        link = &stack_endpoint_at(s, *link)->event_next;
    }
    *link = stack_endpoint_at(s, index)->event_next;
    if (s->event_last == index)
        s->event_last = previous;
}

void stack_endpoint_end(const struct lull_stack *s, struct stack_endpoint *e, enum lull_error error)
{
    e->kind = STACK_ENDPOINT_ENDED;
    e->conn = POOL_NONE;
    e->error = (int8_t)error;
    e->ended.at = s->now;
    byte_queue_init(&e->ended.leftover);
}

void stack_endpoint_give(struct lull_stack *s, uint32_t index)
{
    struct stack_endpoint *e = stack_endpoint_at(s, index);

    if (e->in_events)
        forget_events(s, index);
    if (e->holds_port)
        stack_endpoint_drop_port(s, e);
    if (e->kind == STACK_ENDPOINT_LINGERING && e->conn == POOL_NONE)
        s->lingered--;
    if (e->kind == STACK_ENDPOINT_ENDED)
        byte_queue_clear(&e->ended.leftover, &s->blocks);
    if (e->advice != POOL_NONE)
        stack_advice_forget(s, index);
    pool_give(&s->endpoints, index);
}

void stack_endpoint_tell(struct lull_stack *s, uint32_t index, unsigned events)
{
    struct stack_endpoint *e = stack_endpoint_at(s, index);

    e->news |= (uint8_t)events;
    if (e->in_events || e->news == 0)
        return;
    e->in_events = true;
    e->event_next = POOL_NONE;
    if (s->event_last == POOL_NONE)
        s->event_first = index;
    else
        stack_endpoint_at(s, s->event_last)->event_next = index;
    s->event_last = index;
}

static unsigned conn_conditions(const struct tcp_conn *c, const struct stack_endpoint *e)
{
    unsigned events = 0;
    bool end = tcp_call_at_end(c);

    if (c->receive_queue.length > 0 || end || e->receive_shut)
        events |= LULL_EVENT_READABLE;
    if (e->kind == STACK_ENDPOINT_CONNECTED && (tcp_call_send_room(c) > 0 || e->send_shut))
        events |= LULL_EVENT_WRITABLE;
    if (end && e->send_shut)
        events |= LULL_EVENT_HANGUP;
    return events;
}

/* A lingering socket has one thing to tell, and whether all was acknowledged. */
static unsigned linger_conditions(const struct stack_endpoint *e)
{
    if (e->conn != POOL_NONE)
        return 0;
    return LULL_EVENT_HANGUP | (e->error != LULL_OK ? LULL_EVENT_ERROR : 0u);
}

unsigned stack_endpoint_conditions(const struct lull_stack *s, const struct stack_endpoint *e)
{
    unsigned events = e->error != LULL_OK ? LULL_EVENT_ERROR | LULL_EVENT_READABLE : 0;

    events |= e->advice != POOL_NONE ? LULL_EVENT_ADVICE : 0u;
    switch ((enum stack_endpoint_kind)e->kind) {
    case STACK_ENDPOINT_LINGERING: return linger_conditions(e);
    case STACK_ENDPOINT_IDLE: return events;
    case STACK_ENDPOINT_LISTENING:
        if (stack_listener_at(s, e->listener)->waiting > 0)
            events |= LULL_EVENT_READABLE;
        return events;
    case STACK_ENDPOINT_ENDED:
        return events | LULL_EVENT_READABLE | LULL_EVENT_WRITABLE | LULL_EVENT_HANGUP;
    case STACK_ENDPOINT_CONNECTING:
    case STACK_ENDPOINT_CONNECTED: break;
    }
    return events | conn_conditions(&stack_conn_at(s, e->conn)->tcp, e);
}

uint32_t stack_endpoint_next_event(struct lull_stack *s, unsigned *events)
{
    while (s->event_first != POOL_NONE) {
        uint32_t index = s->event_first;
        struct stack_endpoint *e = stack_endpoint_at(s, index);
        s->event_first = e->event_next;
        if (s->event_first == POOL_NONE)
            s->event_last = POOL_NONE;
        e->in_events = false;
        unsigned news = e->news;
        e->news = 0;
        *events = stack_endpoint_conditions(s, e);
        if (*events & news)
            return index;
    }
    return POOL_NONE;
}

void stack_endpoint_hold_port(struct lull_stack *s, struct stack_endpoint *e)
{
    e->holds_port = true;
    stack_port_at(s, e->tuple.local_port)->bound++;
}

void stack_endpoint_drop_port(struct lull_stack *s, struct stack_endpoint *e)
{
    e->holds_port = false;
    stack_port_at(s, e->tuple.local_port)->bound--;
}
