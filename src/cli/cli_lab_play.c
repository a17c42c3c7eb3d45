/* cli_lab_play.c - a scenario and its memory. */
#include "cli/cli_lab_play.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ALIGNMENT 64

int cli_lab_play(struct cli_lab_play *play, const struct lab_scenario *scenario,
                 const struct lab_play_options *options)
{
    const size_t bytes =
        (lab_play_bytes(scenario, options) + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);

    if (bytes > play->bytes) {
        cli_lab_play_free(play);
        play->memory = aligned_alloc(ALIGNMENT, bytes);
        if (!play->memory)
            return -1;
        play->bytes = bytes;
    }
    lab_play(scenario, options, play->memory, &play->story);
    return 0;
}

void cli_lab_play_free(struct cli_lab_play *play)
{
    free(play->memory);
    play->memory = NULL;
    play->bytes = 0;
}

int cli_lab_play_form(const struct lab_scenario *scenario, unsigned index,
                      struct lab_play_options *options)
{
    options->without_timewait = index == 1;
    options->twisted = index == 2;
    return index == 0 || (index == 1 && scenario->without) || (index == 2 && scenario->twist);
}

void cli_lab_play_name(const struct lab_scenario *scenario, const struct lab_play_options *options,
                       char name[64])
{
    if (options->without_timewait)
        snprintf(name, 64, "%s without TIME-WAIT", scenario->name);
    else if (options->twisted)
        snprintf(name, 64, "%s with %s", scenario->name, scenario->twist->name);
    else
        snprintf(name, 64, "%s", scenario->name);
}

/* What failed says so itself, and what is not judged; what was violated does not. */
void cli_lab_play_verdict(const struct lab_story *story, char line[192])
{
    static const char failed[] = "not as expected: ";
    const char *verdict = story->verdict;

    if (strncmp(verdict, failed, strlen(failed)) == 0)
        verdict += strlen(failed);
    if (!story->judged) {
        snprintf(line, 192, "%s", verdict);
        return;
    }
    snprintf(line, 192, "%s: %s", story->as_expected ? "as expected" : "not as expected", verdict);
}
