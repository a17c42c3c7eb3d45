/* capture_story.c - what `lull lab draw` infers from a capture file, one event a line, for tests:
 * number, kind, conversation, incarnation, sender, segment, states, fate, repetition, rule, reason.
 * Usage: capture_story FILE [MSL_SECONDS [CONVERSATION]] */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli_draw.h"

static const char *const kinds[] = {"segment", "arrival", "call", "record",    "refusal",
                                    "icmp",    "network", "host", "violation", "note"};
static const char *const fates[] = {"unknown", "arrived", "lost", "damaged", "expired", "underway"};

static void print_side(const struct lab_story *story, const struct lab_side *side)
{
    printf(" %s%s", side->state ? side->state : "-", side->possible ? "?" : "");
    if (side->incarnation)
        printf("#%u", side->incarnation);
    if (side->until != LULL_TIME_NEVER)
        printf("@%.3f+%u", (double)(side->until - story->start) / 1e9, side->restarts);
}

static void print_event(const struct lab_story *story, uint32_t i)
{
    const struct lab_event *e = &story->events[i];
    const struct lab_segment *s = &e->segment;

    printf("%u %.6f %s c%u #%u", i, (double)(e->at - story->start) / 1e9, kinds[e->kind],
           e->conversation, e->incarnation);
    if (e->conversation < story->conversation_count)
        printf(" %s", story->parties[e->party].name);
    if (e->kind == LAB_SEGMENT || e->kind == LAB_ARRIVAL)
        printf(" [%s%s%s%s] seq=%u ack=%u len=%u", s->flags & 2 ? "S" : "", s->flags & 1 ? "F" : "",
               s->flags & 4 ? "R" : "", s->flags & 16 ? "." : "", s->seq, s->ack, s->text_bytes);
    for (int side = 0; side < 2; side++)
        print_side(story, &e->side[side]);
    printf(" %s", fates[e->fate]);
    if (e->repeats != LAB_NONE)
        printf(" repeats=%u", e->repeats);
    if (e->of != LAB_NONE)
        printf(" of=%u", e->of);
    printf(" {%s} [%s] %s\n", e->what, e->rule, e->why);
}

int main(int argc, char **argv)
{
    static struct cli_draw draw;
    int result;

    if (argc < 2)
        return 2;
    draw.path = argv[1];
    draw.msl = argc > 2 ? LULL_SEC(atoi(argv[2])) : 0;
    if (argc > 3) {
        draw.choice_count = 1;
        draw.choices[0].number = (uint64_t)atoi(argv[3]);
    }
    result = cli_draw_scan(&draw);
    if (result != 0)
        fprintf(stderr, "%s\n", draw.problem);
    if (result < 0 || cli_draw_infer(&draw) != 0)
        return 2;
    for (uint32_t i = 0; i < draw.story.event_count; i++)
        print_event(&draw.story, i);
    printf("verdict: %s\ndropped: %u\n", draw.story.verdict, draw.story.events_dropped);
    cli_draw_free(&draw);
    return result ? 2 : 0;
}
