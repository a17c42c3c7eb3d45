#include "tcp/tcp_challenge.h"

/* A host-wide limit that is the same every second tells: who provokes just as many challenges on
 * a connection of his own, and counts fewer answers, knows that another connection was challenged
 * too (CVE-2016-5696).  So each second has a limit of its own, between half and one and a half
 * times the one that was set, which nobody outside can compute.  [REQ RL-07] */
static uint32_t limit_of(const struct tcp_env *env, int64_t second)
{
    uint64_t limit = (uint64_t)TCP_KNOB(env, challenge_host_limit);
    uint64_t word = (uint64_t)second;

    return (uint32_t)(limit - limit / 2
                      + siphash_words(&env->settings->challenge_key, &word, 1) % limit);
}

static bool host_allows(struct tcp_env *env)
{
    struct tcp_challenge_budget *budget = env->challenges;
    int64_t second = env->now / LULL_SEC(1);

    if (TCP_KNOB(env, challenge_host_limit) == 0)
        return true;
    if (budget->second != second)
        *budget = (struct tcp_challenge_budget){.second = second};
    if (budget->spent >= limit_of(env, second))
        return false;
    budget->spent++;
    return true;
}

/* The connection's own limit comes first: a flood at one of them must not spend what the others
 * have.  [REQ 5961/7] [REQ RL-07] */
void tcp_challenge_send(struct tcp_env *env, struct tcp_conn *c)
{
    if (env->now - c->challenged_at < env->settings->challenge_interval || !host_allows(env)) {
        TCP_COUNT(env, TCPACKSkippedChallenge);
        return;
    }
    c->challenged_at = env->now;
    c->pending |= TCP_PENDING_CHALLENGE_ACK;
    TCP_COUNT(env, TCPChallengeACK);
}
