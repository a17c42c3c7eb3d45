/* playing.h - scenarios played by tests, each in memory of its own. */
#ifndef TESTS_SUPPORT_PLAYING_H
#define TESTS_SUPPORT_PLAYING_H

#include "lab/lab_play.h"

struct playing {
    void *memory;
    struct lab_story story;
};

/* Play it; playing_close() gives the memory back. */
void playing_open(struct playing *p, const struct lab_scenario *scenario,
                  const struct lab_play_options *options);

/* The same for a scene on a wire that has no text, with nothing changed. */
void playing_scene(struct playing *p, void (*play)(struct lab_scene *s));
void playing_close(struct playing *p);

/* The first event behind @from of which @fits says so; NULL: there is none. */
const struct lab_event *playing_find(const struct playing *p, uint32_t from,
                                     bool (*fits)(const struct lab_event *e));

#endif
