/* flaw.c - the names of lull/flaws.h. */
#include <string.h>

#include "lull/flaws.h"

static const struct {
    const char *name, *text;
} flaws[LULL_FLAW_COUNT] = {
    {"no-time-wait", "TIME-WAIT lasts a millisecond"},
    {"one-msl", "TIME-WAIT lasts one MSL"},
    {"stale-stamp", "TIME-WAIT is counted from the activity before it, and never again"},
    {"listener-first", "a SYN reaches a listener whatever is remembered"},
    {"destroy-on-reuse", "an accepted SYN ends the record before its handshake does"},
};

const char *lull_flaw_name(unsigned index)
{
    return index < LULL_FLAW_COUNT ? flaws[index].name : NULL;
}

const char *lull_flaw_text(unsigned index)
{
    return index < LULL_FLAW_COUNT ? flaws[index].text : NULL;
}

uint32_t lull_flaw_named(const char *name)
{
    const size_t length = strlen(name);

    for (unsigned i = 0; i < LULL_FLAW_COUNT; i++)
        if (strlen(flaws[i].name) == length && memcmp(flaws[i].name, name, length) == 0)
            return 1u << i;
    return 0;
}
