#include "stack/stack_icmp.h"

#include "base/address.h"
#include "stack/stack_advice.h"
#include "stack/stack_interface.h"
#include "stack/stack_reply.h"

/* An ICMP message waits for output, its body in a block of the buffer pool. */
static bool push_message(struct lull_stack *s, const struct tuple *hosts,
                         const struct icmpv4_message *message)
{
    struct stack_reply reply = {.kind = STACK_REPLY_ICMP, .tuple = *hosts, .patience = 1};

    reply.icmp.type = message->type;
    reply.icmp.code = message->code;
    reply.icmp.rest = message->rest;
    reply.icmp.block = BLOCK_NONE;
    reply.icmp.body_bytes = (uint32_t)message->body.len;
    if (message->body.len > block_pool_bytes_each(&s->blocks))
        return false;
    if (message->body.len > 0) {
        reply.icmp.block = block_pool_take(&s->blocks);
        if (reply.icmp.block == BLOCK_NONE)
            return false;
        memcpy(block_pool_at(&s->blocks, reply.icmp.block), message->body.data, message->body.len);
    }
    if (stack_reply_push(s, &s->replies, &reply))
        return true;
    if (reply.icmp.block != BLOCK_NONE)
        block_pool_give(&s->blocks, reply.icmp.block);
    return false;
}

static void answer_echo(struct lull_stack *s, const struct stack_packet *p,
                        const struct icmpv4_message *reply)
{
    struct tuple hosts = {.local = p->ip->destination, .remote = p->ip->source};

    STACK_COUNT(s, IcmpInEchos);
    if (push_message(s, &hosts, reply))
        STACK_COUNT(s, IcmpOutEchoReps);
}

static void take_echo_reply(struct lull_stack *s, const struct stack_packet *p,
                            const struct icmpv4_message *message)
{
    uint64_t sent;

    STACK_COUNT(s, IcmpInEchoReps);
    if ((message->rest >> 16) != s->echo.identifier || message->body.len < sizeof sent)
        return;
    memcpy(&sent, message->body.data, sizeof sent);
    if (s->echo.count == STACK_ECHO_ANSWERS) {
        s->echo.first = (s->echo.first + 1) % STACK_ECHO_ANSWERS;
        s->echo.count--;
    }
    s->echo.answers[(s->echo.first + s->echo.count++) % STACK_ECHO_ANSWERS] =
        (struct lull_echo){p->ip->source, (uint16_t)message->rest, s->now - (lull_time)sent};
}

/* By the kernel's names, whoever the error is about. */
static void count_error(struct lull_stack *s, uint8_t type)
{
    switch (type) {
    case ICMPV4_UNREACHABLE: STACK_COUNT(s, IcmpInDestUnreachs); break;
    case ICMPV4_TIME_EXCEEDED: STACK_COUNT(s, IcmpInTimeExcds); break;
    case ICMPV4_PARAMETER_PROBLEM: STACK_COUNT(s, IcmpInParmProbs); break;
    case ICMPV4_SOURCE_QUENCH: STACK_COUNT(s, IcmpInSrcQuenchs); break;
    default: break;
    }
}

static void advise(struct lull_stack *s, const struct stack_packet *p,
                   const struct icmpv4_message *message, const struct ip_icmp4_action *action)
{
    struct stack_advice_icmp icmp = {
        .action = action, .from = p->ip->source, .type = message->type, .code = message->code};

    stack_advice_icmp(s, &icmp);
}

void stack_icmp_arrive(struct lull_stack *s, const struct stack_packet *p)
{
    struct icmpv4_message message;

    STACK_COUNT(s, IcmpInMsgs);
    if (!icmpv4_parse(p->payload, &message)) {
        STACK_COUNT(s, IcmpInErrors);
        return;
    }
    count_error(s, message.type);
    if (message.type == ICMPV4_ECHO_REPLY)
        take_echo_reply(s, p, &message);
    struct ip_icmp4_action action = ip_icmp4_arrive(p->ip, p->payload);
    switch (action.verb) {
    case IP_ICMP4_IGNORE: break;
    case IP_ICMP4_ECHO_REPLY: answer_echo(s, p, &action.reply); break;
    case IP_ICMP4_ERROR_FOR_TCP: advise(s, p, &message, &action); break;
    }
}

void stack_icmp_unreachable(struct lull_stack *s, const struct stack_packet *p, struct span packet)
{
    struct tuple hosts = {.local = p->ip->destination, .remote = p->ip->source};

    if (!ip_icmp4_may_answer(p->ip, p->payload)
        || stack_interface_is_broadcast(s, p->interface, &p->ip->source))
        return;
    if (!ip_icmp_limit_take(&s->icmp_limit, s->now)) {
        STACK_COUNT(s, IcmpOutRateLimitHost);
        return;
    }
    struct icmpv4_message message =
        ip_icmp4_unreachable(ICMPV4_PROTOCOL_UNREACHABLE, p->ip, packet);
    if (push_message(s, &hosts, &message))
        STACK_COUNT(s, IcmpOutDestUnreachs);
}

enum lull_error lull_stack_send_echo(struct lull_stack *s, const struct lull_address *to,
                                     uint16_t sequence, size_t bytes)
{
    struct stack_path path;
    uint8_t body[1472] = {0};
    uint64_t sent = (uint64_t)s->now;

    if (bytes < sizeof sent || bytes > sizeof body)
        return LULL_EMSGSIZE;
    if (!stack_interface_route(s, to, &path))
        return LULL_ENETUNREACH;
    memcpy(body, &sent, sizeof sent);
    for (size_t i = sizeof sent; i < bytes; i++)
        body[i] = (uint8_t)i;
    struct tuple hosts = {.local = path.source, .remote = *to};
    struct icmpv4_message message = {
        .type = ICMPV4_ECHO,
        .rest = (uint32_t)s->echo.identifier << 16 | sequence,
        .body = {body, bytes},
    };
    if (!push_message(s, &hosts, &message))
        return LULL_ENOBUFS;
    STACK_COUNT(s, IcmpOutEchos);
    return LULL_OK;
}

int lull_stack_take_echo(struct lull_stack *s, struct lull_echo *echo)
{
    if (s->echo.count == 0)
        return 0;
    *echo = s->echo.answers[s->echo.first];
    s->echo.first = (s->echo.first + 1) % STACK_ECHO_ANSWERS;
    s->echo.count--;
    return 1;
}
