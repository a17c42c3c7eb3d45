/* socket_option.c - options as one table: range, how to read, how to write; and knobs. */
#include "base/check.h"
#include "socket/socket.h"

struct option {
    int64_t least, most;
    int64_t (*get)(const struct stack_endpoint *e);
    void (*set)(struct stack_endpoint *e, int64_t value);
};

#define ACCESSORS(name, field, type)                                                               \
    static int64_t get_##name(const struct stack_endpoint *e)                                      \
    {                                                                                              \
        return (int64_t)e->field;                                                                  \
    }                                                                                              \
    static void set_##name(struct stack_endpoint *e, int64_t value)                                \
    {                                                                                              \
        e->field = (type)value;                                                                    \
    }

/* clang-format off */
ACCESSORS(reuse_address,  reuse_address,         bool)
ACCESSORS(linger,         linger_seconds,        int32_t)
ACCESSORS(linger2,        linger2_seconds,       int32_t)
ACCESSORS(keep_alive,     keep_alive,            bool)
ACCESSORS(keep_idle,      keep_idle_seconds,     uint16_t)
ACCESSORS(keep_interval,  keep_interval_seconds, uint16_t)
ACCESSORS(keep_count,     keep_count,            uint8_t)
ACCESSORS(no_delay,       no_delay,              bool)
ACCESSORS(user_timeout,   user_timeout_ms,       uint32_t)
ACCESSORS(max_segment,    mss_max,               uint16_t)
ACCESSORS(send_buffer,    send_buffer,           uint32_t)
ACCESSORS(receive_buffer, receive_buffer,        uint32_t)

ACCESSORS(reuse_port,     reuse_port,            bool)
ACCESSORS(owner,          owner,                 uint32_t)
ACCESSORS(ipv6_only,      ipv6_only,             bool)
ACCESSORS(bind_no_port,   bind_no_port,          bool)

static const struct option options[LULL_OPTION_COUNT] = {
    [LULL_OPTION_REUSE_ADDRESS]  = {0,   1,          get_reuse_address,  set_reuse_address},
    [LULL_OPTION_LINGER]         = {-1,  86400,      get_linger,         set_linger},
    [LULL_OPTION_KEEP_ALIVE]     = {0,   1,          get_keep_alive,     set_keep_alive},
    [LULL_OPTION_KEEP_IDLE]      = {1,   32767,      get_keep_idle,      set_keep_idle},
    [LULL_OPTION_KEEP_INTERVAL]  = {1,   32767,      get_keep_interval,  set_keep_interval},
    [LULL_OPTION_KEEP_COUNT]     = {1,   127,        get_keep_count,     set_keep_count},
    [LULL_OPTION_NO_DELAY]       = {0,   1,          get_no_delay,       set_no_delay},
    [LULL_OPTION_USER_TIMEOUT]   = {0,   86400000,   get_user_timeout,   set_user_timeout},
    [LULL_OPTION_MAX_SEGMENT]    = {0,   65495,      get_max_segment,    set_max_segment},
    [LULL_OPTION_SEND_BUFFER]    = {256, 1073741824, get_send_buffer,    set_send_buffer},
    [LULL_OPTION_RECEIVE_BUFFER] = {256, 1073741824, get_receive_buffer, set_receive_buffer},
    [LULL_OPTION_LINGER2]        = {-1,  86400,      get_linger2,        set_linger2},
    [LULL_OPTION_REUSE_PORT]     = {0,   1,          get_reuse_port,     set_reuse_port},
    [LULL_OPTION_OWNER]          = {0,   UINT32_MAX, get_owner,          set_owner},
    [LULL_OPTION_IPV6_ONLY]      = {0,   1,          get_ipv6_only,      set_ipv6_only},
    [LULL_OPTION_BIND_NO_PORT]   = {0,   1,          get_bind_no_port,   set_bind_no_port},
};
/* clang-format on */

static const struct option *option_of(enum lull_option option)
{
    return (unsigned)option < LULL_OPTION_COUNT ? &options[option] : NULL;
}

/* Who shares a port is settled by bind: what was allowed then must stay allowed. */
static bool is_too_late(const struct stack_endpoint *e, enum lull_option option)
{
    bool decides = option == LULL_OPTION_REUSE_PORT || option == LULL_OPTION_OWNER
                   || option == LULL_OPTION_IPV6_ONLY;
    return decides && (e->bound || e->kind != STACK_ENDPOINT_IDLE);
}

enum lull_error lull_socket_set_option(struct lull_stack *s, lull_socket socket,
                                       enum lull_option option, int64_t value)
{
    struct stack_endpoint *e = socket_resolve(s, socket);
    const struct option *o = option_of(option);

    if (e == NULL)
        return LULL_EBADF;
    if (o == NULL || value < o->least || value > o->most)
        return LULL_EINVAL;
    if (is_too_late(e, option))
        return LULL_EINVAL;
    o->set(e, value);
    if (e->conn != POOL_NONE)
        stack_user_apply_options(s, socket.index);
    return LULL_OK;
}

enum lull_error lull_socket_get_option(struct lull_stack *s, lull_socket socket,
                                       enum lull_option option, int64_t *value)
{
    const struct stack_endpoint *e = socket_resolve(s, socket);
    const struct option *o = option_of(option);

    if (e == NULL)
        return LULL_EBADF;
    if (o == NULL)
        return LULL_EINVAL;
    *value = o->get(e);
    return LULL_OK;
}

enum lull_error lull_socket_set_knob(struct lull_stack *s, lull_socket socket, enum lull_knob knob,
                                     int64_t value)
{
    struct stack_endpoint *e = socket_resolve(s, socket);

    if (e == NULL)
        return LULL_EBADF;
    enum lull_error error = stack_endpoint_set_knob(e, knob, value);
    if (error == LULL_OK && e->conn != POOL_NONE)
        stack_user_apply_options(s, socket.index);
    return error;
}

int64_t lull_socket_knob(const struct lull_stack *s, lull_socket socket, enum lull_knob knob)
{
    const struct stack_endpoint *e = socket_resolve(s, socket);
    return e == NULL ? 0 : stack_endpoint_knob(s, e, knob);
}
