/* profile.c - names of the columns of the knob table (lull/knobs.h). */
#include <string.h>

#include "lull/knobs.h"

static const char *const profiles[LULL_PROFILE_COUNT] = {
    [LULL_PROFILE_DEFAULT] = "default",
    [LULL_PROFILE_STRICT] = "strict",
    [LULL_PROFILE_LINUX] = "linux",
    [LULL_PROFILE_BSD] = "bsd",
};

int lull_profile_find(const char *name)
{
    size_t length = strlen(name);

    for (int i = 0; i < LULL_PROFILE_COUNT; i++)
        if (strlen(profiles[i]) == length && memcmp(profiles[i], name, length) == 0)
            return i;
    return LULL_EINVAL;
}

const char *lull_profile_name(enum lull_profile profile)
{
    return (unsigned)profile < LULL_PROFILE_COUNT ? profiles[profile] : "?";
}
