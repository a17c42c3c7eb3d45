/* refusal.c - the sentence of a refusal (lull/refusal.h). */
#include "lull/refusal.h"

#include "base/address.h"
#include "base/text.h"

static const char *call_name(enum lull_refused_call call)
{
    switch (call) {
    case LULL_REFUSED_BIND: return "bind";
    case LULL_REFUSED_LISTEN: return "listen";
    case LULL_REFUSED_CONNECT: return "connect";
    case LULL_REFUSED_SYN: return "SYN";
    case LULL_REFUSED_NOTHING: break;
    }
    return "nothing refused";
}

static const char *blocker_name(enum lull_blocker blocker)
{
    switch (blocker) {
    case LULL_BLOCKER_LISTENER: return "listening";
    case LULL_BLOCKER_BOUND: return "bound";
    case LULL_BLOCKER_CONNECTION: return "connected";
    case LULL_BLOCKER_TIME_WAIT: return "in TIME-WAIT";
    case LULL_BLOCKER_FIN_WAIT_2: return "in FIN-WAIT-2";
    case LULL_BLOCKER_HOLD: return "on HOLD";
    case LULL_BLOCKER_LIMIT: return "a limit was reached";
    case LULL_BLOCKER_NONE: break;
    }
    return "nothing in the way";
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

static bool has_remote(const struct lull_refusal *refusal)
{
    return refusal->remote.port != 0 && refusal->blocker != LULL_BLOCKER_LIMIT;
}

static void put_blockers(struct text *t, const struct lull_refusal *refusal)
{
    if (refusal->blockers > 0) {
        text_decimal(t, refusal->blockers);
        text_character(t, ' ');
    }
    text_string(t, blocker_name(refusal->blocker));
    if (has_remote(refusal)) {
        text_string(t, refusal->blockers > 1 ? ", the last with " : " with ");
        put_name(t, &refusal->remote);
    }
    if (refusal->remaining != LULL_TIME_NEVER) {
        text_string(t, " for ");
        put_seconds(t, refusal->remaining);
    }
}

size_t lull_refusal_text(const struct lull_refusal *refusal, char *text, size_t size)
{
    struct text t;

    text_init(&t, text, size);
    text_string(&t, call_name(refusal->call));
    if (refusal->call == LULL_REFUSED_NOTHING)
        return text_length(&t);
    text_character(&t, ' ');
    put_name(&t, refusal->blocker == LULL_BLOCKER_LIMIT && refusal->call == LULL_REFUSED_CONNECT
                     ? &refusal->remote
                     : &refusal->local);
    text_string(&t, ": ");
    text_string(&t, lull_error_name(refusal->error));
    text_string(&t, " [");
    text_string(&t, refusal->rule);
    text_string(&t, "]: ");
    put_blockers(&t, refusal);
    if (refusal->remedy != NULL) {
        text_string(&t, "; ");
        text_string(&t, refusal->remedy);
    }
    return text_length(&t);
}
