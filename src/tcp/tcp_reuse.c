#include "tcp/tcp_reuse.h"

#include "tcp/tcp_timestamp.h"

/* SEG.SEQ is greater than the old FIN's number.  [REQ IR-07] */
static bool seq_is_newer(const struct tcp_reuse_old *old, const struct tcp_segment *syn)
{
    return seq_diff(syn->seq, old->rcv_nxt) >= 0;
}

static struct tcp_reuse_verdict verdict(bool accepted, const char *rule)
{
    return (struct tcp_reuse_verdict){accepted, rule};
}

/* [REQ 6191/2] [REQ 9293/SHLD-4] */
struct tcp_reuse_verdict tcp_reuse_judge(const struct tcp_reuse_old *old,
                                         const struct tcp_segment *syn, bool offer_timestamps)
{
    bool timestamps = offer_timestamps && (syn->options.present & TCP_OPTION_TIMESTAMPS);

    if (old->timestamps && timestamps) {
        if (tcp_timestamp_before(old->ts_recent, syn->options.ts_value))
            return verdict(true, "IR-01"); /* [REQ IR-01] */
        if (old->ts_recent == syn->options.ts_value && seq_is_newer(old, syn))
            return verdict(true, "IR-02"); /* [REQ IR-02] */
        return verdict(false, "IR-03");    /* [REQ IR-03] */
    }
    if (old->timestamps)
        return verdict(seq_is_newer(old, syn), "IR-04"); /* [REQ IR-04] */
    /* Safe only because segments without timestamps, which is all the old incarnation
     * sent, are dropped by the new one (RFC 7323 section 3.2).  [REQ IR-05] */
    if (timestamps)
        return verdict(true, "IR-05");
    return verdict(seq_is_newer(old, syn), "IR-06"); /* [REQ IR-06] */
}
