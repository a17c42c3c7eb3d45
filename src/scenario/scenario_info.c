#include "scenario/scenario_info.h"

#include "base/check.h"
#include "scenario/scenario_words.h"

#define SSTHRESH_INFINITE 0x7fffffff /* what Linux shows before the first loss */

/* Linux's numbers of the states, and bits of tcpi_options. */
static const struct {
    const char *name;
    int64_t value;
    const char *state; /* as lull_tcp_info spells it; NULL: not a state */
} constants[] = {
    {"TCP_ESTABLISHED", 1, "ESTABLISHED"},
    {"TCP_SYN_SENT", 2, "SYN-SENT"},
    {"TCP_SYN_RECV", 3, "SYN-RECEIVED"},
    {"TCP_FIN_WAIT1", 4, "FIN-WAIT-1"},
    {"TCP_FIN_WAIT2", 5, "FIN-WAIT-2"},
    {"TCP_TIME_WAIT", 6, "TIME-WAIT"},
    {"TCP_CLOSE", 7, "CLOSED"},
    {"TCP_CLOSE_WAIT", 8, "CLOSE-WAIT"},
    {"TCP_LAST_ACK", 9, "LAST-ACK"},
    {"TCP_LISTEN", 10, "LISTEN"},
    {"TCP_CLOSING", 11, "CLOSING"},
    {"TCPI_OPT_TIMESTAMPS", 1, NULL},
    {"TCPI_OPT_SACK", 2, NULL},
    {"TCPI_OPT_WSCALE", 4, NULL},
};

static int64_t state(const struct lull_tcp_info *i)
{
    for (size_t n = 0; n < COUNT_OF(constants); n++)
        if (constants[n].state != NULL
            && scenario_words_equal(scenario_words_of(i->state), constants[n].state))
            return constants[n].value;
    return 0;
}

/* Bytes in segments of @i's size, a last short one counted as well. */
static int64_t segments(const struct lull_tcp_info *i, uint32_t bytes)
{
    return i->mss == 0 ? 0 : ((int64_t)bytes + i->mss - 1) / i->mss;
}

static int64_t cwnd(const struct lull_tcp_info *i)
{
    return i->mss == 0 ? 0 : i->cwnd / i->mss;
}

static int64_t ssthresh(const struct lull_tcp_info *i)
{
    return i->mss == 0 || i->ssthresh >= SSTHRESH_INFINITE ? SSTHRESH_INFINITE
                                                           : i->ssthresh / i->mss;
}

static int64_t options(const struct lull_tcp_info *i)
{
    return (i->features & LULL_FEATURE_TIMESTAMPS ? 1 : 0)
           | (i->features & LULL_FEATURE_SACK ? 2 : 0)
           | (i->features & LULL_FEATURE_WINDOW_SCALE ? 4 : 0);
}

static int64_t unacked(const struct lull_tcp_info *i)
{
    return segments(i, i->snd_nxt - i->snd_una);
}

#define FIELD(name, expression)                                                                    \
    static int64_t get_##name(const struct lull_tcp_info *i)                                       \
    {                                                                                              \
        return (int64_t)(expression);                                                              \
    }
/* clang-format off */
FIELD(backoff,       i->backoff)
FIELD(notsent_bytes, i->unsent)
FIELD(rcv_wnd,       i->rcv_wnd)
FIELD(rcv_wscale,    i->receive_scale)
FIELD(rto,           i->rto / 1000)
FIELD(rtt,           i->rtt / 1000)
FIELD(rttvar,        i->rtt_variance / 1000)
FIELD(snd_mss,       i->mss)
FIELD(snd_wnd,       i->snd_wnd)
FIELD(snd_wscale,    i->send_scale)
FIELD(total_retrans, i->retransmits_total)

static const struct {
    const char *name;
    int64_t (*get)(const struct lull_tcp_info *i);
} fields[] = {
    {"tcpi_state",         state},
    {"tcpi_backoff",       get_backoff},
    {"tcpi_options",       options},
    {"tcpi_snd_wscale",    get_snd_wscale},
    {"tcpi_rcv_wscale",    get_rcv_wscale},
    {"tcpi_rto",           get_rto},
    {"tcpi_rtt",           get_rtt},
    {"tcpi_rttvar",        get_rttvar},
    {"tcpi_snd_mss",       get_snd_mss},
    {"tcpi_snd_cwnd",      cwnd},
    {"tcpi_snd_ssthresh",  ssthresh},
    {"tcpi_snd_wnd",       get_snd_wnd},
    {"tcpi_rcv_wnd",       get_rcv_wnd},
    {"tcpi_unacked",       unacked},
    {"tcpi_notsent_bytes", get_notsent_bytes},
    {"tcpi_total_retrans", get_total_retrans},
};
/* clang-format on */

bool scenario_info_known(struct span field)
{
    for (size_t i = 0; i < COUNT_OF(fields); i++)
        if (scenario_words_equal(field, fields[i].name))
            return true;
    return false;
}

int64_t scenario_info_value(const struct lull_tcp_info *info, struct span field)
{
    for (size_t i = 0; i < COUNT_OF(fields); i++)
        if (scenario_words_equal(field, fields[i].name))
            return fields[i].get(info);
    return 0;
}

bool scenario_info_constant(struct span name, int64_t *value)
{
    for (size_t i = 0; i < COUNT_OF(constants); i++) {
        if (scenario_words_equal(name, constants[i].name)) {
            *value = constants[i].value;
            return true;
        }
    }
    return false;
}
