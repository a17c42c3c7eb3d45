#include "tcp/tcp_record_trace.h"

static uint32_t kind_of(const struct tcp_record *r)
{
    static const enum lull_row_kind kinds[] = {
        [TCP_RECORD_TIME_WAIT] = LULL_ROW_TIME_WAIT,
        [TCP_RECORD_FIN_WAIT_2] = LULL_ROW_FIN_WAIT_2,
        [TCP_RECORD_HOLD] = LULL_ROW_HOLD,
    };
    return (uint32_t)kinds[r->kind];
}

static uint32_t in_ms(lull_duration d)
{
    return d > 0 ? (uint32_t)(d / LULL_MS(1)) : 0;
}

static uint32_t lived_ms(const struct tcp_env *env, const struct tcp_records *t, uint32_t index)
{
    lull_time entered = tcp_record_entered(t, index, env->now);
    return entered == LULL_TIME_NEVER ? UINT32_MAX : in_ms(env->now - entered);
}

void tcp_record_trace(const struct tcp_env *env, const struct tcp_records *t, uint32_t index,
                      const struct lull_trace_record *what)
{
    struct lull_trace_record record = *what;
    struct tuple tuple;

    if (env->trace->sink == NULL || !TCP_KNOB(env, trace_tw))
        return;
    tcp_record_tuple(t, index, &tuple);
    record.arg[0] = kind_of(tcp_record_at(t, index));
    record.arg[2] = what->event == LULL_TRACE_tw_leave
                        ? lived_ms(env, t, index)
                        : in_ms(tcp_record_expiry(t, index, env->now) - env->now);
    record.local = (struct lull_name){tuple.local, tuple.zone, tuple.local_port};
    record.remote = (struct lull_name){tuple.remote, tuple.zone, tuple.remote_port};
    trace_write(env->trace, env->now, index, &record);
}
