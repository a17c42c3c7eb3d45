/* counter.c - names of the counters (lull/counters.h). */
#include "lull/counters.h"

struct description {
    const char *name, *text;
};

static const struct description descriptions[LULL_COUNTER_COUNT] = {
#define COUNTER(name, text) [LULL_COUNTER_##name] = {#name, text},
    LULL_COUNTERS(COUNTER)
#undef COUNTER
};

const char *lull_counter_name(enum lull_counter counter)
{
    return (unsigned)counter < LULL_COUNTER_COUNT ? descriptions[counter].name : "?";
}

const char *lull_counter_text(enum lull_counter counter)
{
    return (unsigned)counter < LULL_COUNTER_COUNT ? descriptions[counter].text : "no such counter";
}
