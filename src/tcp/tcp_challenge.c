#include "tcp/tcp_challenge.h"

/* [REQ 5961/7] [REQ RL-07] */
void tcp_challenge_send(struct tcp_env *env, struct tcp_conn *c)
{
    if (env->now - c->challenged_at < env->settings->challenge_interval) {
        TCP_COUNT(env, TCPACKSkippedChallenge);
        return;
    }
    c->challenged_at = env->now;
    c->pending |= TCP_PENDING_CHALLENGE_ACK;
    TCP_COUNT(env, TCPChallengeACK);
}
