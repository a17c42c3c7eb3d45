#include "stack/stack_reply.h"

size_t stack_reply_bytes(uint32_t capacity)
{
    return (size_t)capacity * sizeof(struct stack_reply);
}

void stack_reply_init(struct stack_ring *ring, void *memory, uint32_t capacity)
{
    *ring = (struct stack_ring){.capacity = capacity};
    rel_set(&ring->replies, memory);
}

static struct stack_reply *place(const struct stack_ring *ring, uint32_t offset)
{
    uint32_t i = ring->first + offset;
    return (struct stack_reply *)rel_get(&ring->replies)
           + (i < ring->capacity ? i : i - ring->capacity);
}

bool stack_reply_push(struct lull_stack *s, struct stack_ring *ring,
                      const struct stack_reply *reply)
{
    if (ring->count == ring->capacity) {
        STACK_COUNT(s, ReplyDrops);
        return false;
    }
    *place(ring, ring->count++) = *reply;
    return true;
}

struct stack_reply *stack_reply_first(const struct stack_ring *ring)
{
    return ring->count == 0 ? NULL : place(ring, 0);
}

void stack_reply_pop(struct stack_ring *ring)
{
    ring->first = ring->first + 1 == ring->capacity ? 0 : ring->first + 1;
    ring->count--;
}

void stack_reply_reset(struct lull_stack *s, const struct tuple *tuple,
                       const struct tcp_reply *reset)
{
    if (reset->kind == TCP_REPLY_NONE)
        return;
    struct stack_reply reply = {
        .kind = STACK_REPLY_RESET, .tuple = *tuple, .reset = *reset, .patience = 1};
    stack_reply_push(s, &s->replies, &reply);
}

void stack_reply_holds(struct lull_stack *s, const struct tuple *tuple)
{
    struct stack_ring *ring = &s->replies;

    if (ring->count == 0)
        return;
    struct stack_reply *newest = place(ring, ring->count - 1);
    if (newest->kind == STACK_REPLY_RESET && tuple_equal(&newest->tuple, tuple))
        newest->holds = 1;
}
