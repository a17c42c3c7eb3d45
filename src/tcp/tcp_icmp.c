/* tcp_icmp.c - what an ICMP error may do to a connection.
 *
 * Anybody can send one.  Two things make it worth something: it quotes a sequence number that is
 * in flight, and it comes before there is a connection to lose (RFC 5927 sections 4.1 and 5.2).
 * RFC 9293 SHLD-26 would let a hard error end any connection; then a guess of 2^32 divided by the
 * window ends the longest download, so a synchronized connection takes it for a soft error and
 * leaves the decision to its own timer. */
#include "tcp/tcp_icmp.h"

static bool is_in_flight(const struct tcp_conn *c, seq32 seq)
{
    return seq_leq(c->snd.una, seq) && seq_lt(seq, c->snd.nxt);
}

static bool is_attempt(const struct tcp_conn *c)
{
    return c->state == TCP_SYN_SENT || c->state == TCP_SYN_RECEIVED;
}

/* [REQ RL-11] [REQ RL-12] [REQ 9293/MUST-54] [REQ 9293/MUST-56] [REQ 9293/SHLD-26] */
bool tcp_icmp_arrive(struct tcp_env *env, struct tcp_conn *c, const struct tcp_icmp *icmp)
{
    if (!is_in_flight(c, icmp->seq)) {
        TCP_COUNT(env, OutOfWindowIcmps);
        return false;
    }
    c->soft_error = icmp->error;
    if (!icmp->hard || !(is_attempt(c) || TCP_KNOB(env, icmp_hard_abort_sync)))
        return true;
    if (is_attempt(c))
        TCP_COUNT(env, TcpAttemptFails);
    tcp_state_close(env, c, icmp->error);
    return true;
}
