#include "playing.h"

#include <stdlib.h>

#include "base/check.h"

void playing_open(struct playing *p, const struct lab_scenario *scenario,
                  const struct lab_play_options *options)
{
    const size_t bytes = (lab_play_bytes(scenario, options) + 63) & ~(size_t)63;

    p->memory = aligned_alloc(64, bytes);
    LULL_CHECK(p->memory != NULL);
    lab_play(scenario, options, p->memory, &p->story);
}

void playing_scene(struct playing *p, void (*play)(struct lab_scene *s))
{
    const struct lab_scenario scenario = {.name = "SC-00",
                                          .title = "a scene of a test",
                                          .rules = "",
                                          .expected = "all goes well",
                                          .play = play};

    playing_open(p, &scenario, &(struct lab_play_options){0});
}

void playing_close(struct playing *p)
{
    free(p->memory);
}

const struct lab_event *playing_find(const struct playing *p, uint32_t from,
                                     bool (*fits)(const struct lab_event *e))
{
    for (uint32_t i = from; i < p->story.event_count; i++)
        if (fits(&p->story.events[i]))
            return &p->story.events[i];
    return NULL;
}
