/* refusal.c - the sentence of a refusal (lull/refusal.h). */
#include "lull/refusal.h"

#include "base/address.h"
#include "base/text.h"

const char *lull_refusal_call_name(enum lull_refused_call call)
{
    switch (call) {
    case LULL_REFUSED_BIND: return "bind";
    case LULL_REFUSED_LISTEN: return "listen";
    case LULL_REFUSED_CONNECT: return "connect";
    case LULL_REFUSED_SYN: return "SYN";
    case LULL_REFUSED_NOTHING: break;
    }
    return "nothing";
}

static const struct {
    const char *name, *phrase;
} blockers[] = {
    [LULL_BLOCKER_NONE] = {"none", "nothing in the way"},
    [LULL_BLOCKER_LISTENER] = {"listener", "listening"},
    [LULL_BLOCKER_BOUND] = {"bound", "bound"},
    [LULL_BLOCKER_CONNECTION] = {"connection", "connected"},
    [LULL_BLOCKER_TIME_WAIT] = {"TIME-WAIT", "in TIME-WAIT"},
    [LULL_BLOCKER_FIN_WAIT_2] = {"FIN-WAIT-2", "in FIN-WAIT-2"},
    [LULL_BLOCKER_HOLD] = {"HOLD", "on HOLD"},
    [LULL_BLOCKER_LIMIT] = {"limit", "a limit was reached"},
    [LULL_BLOCKER_QUIET] = {"quiet", "quiet after a start"},
};

static bool is_blocker(enum lull_blocker blocker)
{
    return (unsigned)blocker < sizeof blockers / sizeof blockers[0];
}

const char *lull_refusal_blocker_name(enum lull_blocker blocker)
{
    return is_blocker(blocker) ? blockers[blocker].name : "?";
}

static void put_name(struct text *t, const struct lull_name *name)
{
    char buffer[LULL_NAME_TEXT_BYTES];

    lull_address_format_name(name, buffer, sizeof buffer);
    text_string(t, buffer);
}

/* "41.2 s": tenths are what a person waits by. */
static void put_seconds(struct text *t, lull_duration d)
{
    uint64_t tenths = (uint64_t)(d + LULL_MS(50)) / (uint64_t)LULL_MS(100);

    text_decimal(t, tenths / 10);
    text_character(t, '.');
    text_decimal(t, tenths % 10);
    text_string(t, " s");
}

/* No tuple stands in the way, but something of the whole stack. */
static bool is_general(const struct lull_refusal *refusal)
{
    return refusal->blocker == LULL_BLOCKER_LIMIT || refusal->blocker == LULL_BLOCKER_QUIET;
}

static bool has_remote(const struct lull_refusal *refusal)
{
    return refusal->remote.port != 0 && !is_general(refusal);
}

static void put_blockers(struct text *t, const struct lull_refusal *refusal)
{
    if (refusal->blockers > 0) {
        text_decimal(t, refusal->blockers);
        text_character(t, ' ');
    }
    text_string(t, is_blocker(refusal->blocker) ? blockers[refusal->blocker].phrase : "?");
    if (has_remote(refusal)) {
        text_string(t, refusal->blockers > 1 ? ", the last with " : " with ");
        put_name(t, &refusal->remote);
    }
    if (refusal->remaining != LULL_TIME_NEVER) {
        text_string(t, " for ");
        put_seconds(t, refusal->remaining);
    }
}

/* Entry is known to an eighth of a second, which may lie ahead. */
static uint64_t seconds_between(lull_time start, lull_time end)
{
    return end > start ? (uint64_t)((end - start + LULL_MS(500)) / LULL_SEC(1)) : 0;
}

/* " (closed first here 18 s ago, SND.NXT 4711, RCV.NXT 815)". */
static void put_held(struct text *t, const struct lull_refusal *refusal)
{
    const struct lull_incarnation *held = &refusal->held;

    if (held->local.port == 0)
        return;
    text_string(t, " (");
    if (held->cause != LULL_CAUSE_NONE) {
        text_string(t, lull_record_cause_text(held->cause));
        if (held->entered != LULL_TIME_NEVER) {
            text_character(t, ' ');
            text_decimal(t, seconds_between(held->entered, refusal->at));
            text_string(t, " s ago");
        }
        text_string(t, ", ");
    }
    text_string(t, "SND.NXT ");
    text_decimal(t, held->snd_nxt);
    text_string(t, ", RCV.NXT ");
    text_decimal(t, held->rcv_nxt);
    text_character(t, ')');
}

static void put_remedy(struct text *t, enum lull_remedy remedy)
{
    const char *words = lull_remedy_text(remedy);

    if (words == NULL)
        return;
    text_string(t, "; ");
    text_string(t, words);
}

size_t lull_refusal_text(const struct lull_refusal *refusal, char *text, size_t size)
{
    struct text t;

    text_init(&t, text, size);
    text_string(&t, lull_refusal_call_name(refusal->call));
    if (refusal->call == LULL_REFUSED_NOTHING) {
        text_string(&t, " refused");
        return text_length(&t);
    }
    text_character(&t, ' ');
    put_name(&t, is_general(refusal) && refusal->call == LULL_REFUSED_CONNECT ? &refusal->remote
                                                                              : &refusal->local);
    text_string(&t, ": ");
    text_string(&t, lull_error_name(refusal->error));
    text_string(&t, " [");
    text_string(&t, refusal->rule);
    text_string(&t, "]: ");
    put_blockers(&t, refusal);
    put_held(&t, refusal);
    put_remedy(&t, refusal->remedy);
    return text_length(&t);
}
