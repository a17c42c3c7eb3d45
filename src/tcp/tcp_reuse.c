#include "tcp/tcp_reuse.h"

#include "tcp/tcp_timestamp.h"

static struct tcp_reuse_verdict verdict(bool accepted, const char *rule)
{
    return (struct tcp_reuse_verdict){accepted, rule};
}

/* SEG.SEQ is greater than the old FIN's number, and with the stricter comparison also than the
 * number after it.  [REQ IR-07] */
static bool seq_is_newer(const struct tcp_reuse_old *old, const struct tcp_segment *syn,
                         enum lull_tw_seq_cmp how)
{
    return seq_diff(syn->seq, old->rcv_nxt) >= (how == LULL_TW_SEQ_GT ? 1 : 0);
}

/* [REQ 6191/2] [REQ 9293/SHLD-4] */
static struct tcp_reuse_verdict judge_by_rfc6191(const struct tcp_reuse_old *old,
                                                 const struct tcp_segment *syn,
                                                 const struct tcp_reuse_rules *rules,
                                                 bool timestamps)
{
    bool newer = seq_is_newer(old, syn, rules->seq_cmp);

    if (old->timestamps && timestamps) {
        if (tcp_timestamp_before(old->ts_recent, syn->options.ts_value))
            return verdict(true, "IR-01"); /* [REQ IR-01] */
        if (old->ts_recent == syn->options.ts_value && newer)
            return verdict(true, "IR-02"); /* [REQ IR-02] */
        return verdict(false, "IR-03");    /* [REQ IR-03] [REQ 6191/A.2] */
    }
    if (old->timestamps)
        return verdict(newer, "IR-04"); /* [REQ IR-04] */
    /* Safe only because segments without timestamps, which is all the old incarnation
     * sent, are dropped by the new one (RFC 7323 section 3.2).  [REQ IR-05] */
    if (timestamps)
        return verdict(!rules->tolerate_missing || newer, "IR-05");
    return verdict(newer, "IR-06"); /* [REQ IR-06] */
}

/* The row of RFC 6191's table a case belongs to, for those who decide otherwise. */
static const char *row_of(const struct tcp_reuse_old *old, const struct tcp_segment *syn,
                          bool timestamps)
{
    if (old->timestamps && timestamps)
        return old->ts_recent == syn->options.ts_value ? "IR-02" : "IR-01";
    if (old->timestamps)
        return "IR-04";
    return timestamps ? "IR-05" : "IR-06";
}

/* Linux (gt) and VPP (ge_rcvnxt): a newer number or a newer timestamp, never an older one. */
static struct tcp_reuse_verdict judge_by_either(const struct tcp_reuse_old *old,
                                                const struct tcp_segment *syn,
                                                const struct tcp_reuse_rules *rules,
                                                bool timestamps)
{
    const char *row = row_of(old, syn, timestamps);
    bool both = old->timestamps && timestamps;

    if (both && tcp_timestamp_before(syn->options.ts_value, old->ts_recent))
        return verdict(false, "IR-03");
    if (both && tcp_timestamp_before(old->ts_recent, syn->options.ts_value))
        return verdict(true, row);
    return verdict(seq_is_newer(old, syn, rules->seq_cmp), row);
}

struct tcp_reuse_verdict tcp_reuse_judge(const struct tcp_reuse_old *old,
                                         const struct tcp_segment *syn,
                                         const struct tcp_reuse_rules *rules)
{
    bool timestamps =
        rules->offer_timestamps && (syn->options.present & TCP_OPTION_TIMESTAMPS) != 0;

    switch (rules->policy) {
    case LULL_TW_SYN_SEQ_OR_TS: return judge_by_either(old, syn, rules, timestamps);
    case LULL_TW_SYN_SEQ_ONLY: /* FreeBSD */
        return verdict(seq_is_newer(old, syn, rules->seq_cmp), row_of(old, syn, timestamps));
    case LULL_TW_SYN_NEVER: return verdict(false, "SA-04");
    case LULL_TW_SYN_RFC6191: break;
    }
    return judge_by_rfc6191(old, syn, rules, timestamps);
}

/* [REQ IR-13] [REQ IR-14] [REQ IR-15] */
struct tcp_reuse_verdict tcp_reuse_judge_active(const struct tcp_reuse_attempt *attempt,
                                                const struct lull_knobs *knobs)
{
    int64_t where = knobs->value[LULL_KNOB_tw_reuse_active];
    lull_duration delay = LULL_MS(knobs->value[LULL_KNOB_tw_reuse_delay_ms]);

    if (where == LULL_TW_REUSE_NEVER || (where == LULL_TW_REUSE_LOOPBACK && !attempt->loopback))
        return verdict(false, "IR-13");
    if (!attempt->time_wait || !attempt->timestamps || attempt->age < delay)
        return verdict(false, "IR-15");
    return verdict(true, "IR-14");
}

/* [REQ IR-16] */
bool tcp_reuse_is_new(const struct tcp_reuse_old *old, const struct tcp_segment *syn)
{
    if (old->timestamps && (syn->options.present & TCP_OPTION_TIMESTAMPS)
        && tcp_timestamp_before(old->ts_recent, syn->options.ts_value))
        return true;
    return seq_diff(syn->seq, old->rcv_nxt) >= 0;
}
