/* lab_infer_say.c - sentences. */
#include "lab/lab_infer_say.h"

#include <string.h>

struct text *lab_infer_say(struct lab_infer_step *step)
{
    if (text_length(&step->why) > 0)
        text_string(&step->why, "; ");
    return &step->why;
}

void lab_infer_say_plainly(struct lab_infer_step *step, const char *sentence)
{
    text_string(lab_infer_say(step), sentence);
}

void lab_infer_say_field(char *field, size_t size, const char *s)
{
    struct text t;

    text_init(&t, field, size);
    text_string(&t, s);
}

void lab_infer_say_rule(struct lab_infer_step *step, const char *rule)
{
    if (step->event->rule[0] == '\0')
        lab_infer_say_field(step->event->rule, sizeof step->event->rule, rule);
}

const char *lab_infer_say_party(const struct lab_infer_step *step, unsigned side)
{
    const struct lab_story *story = step->infer->story;
    return story->parties[story->conversations[step->event->conversation].party[side]].name;
}

void lab_infer_say_seconds(struct text *t, lull_duration duration)
{
    const lull_duration ms = (duration < 0 ? 0 : duration) / LULL_MS(1);

    text_decimal(t, (uint64_t)(ms / 1000));
    text_character(t, '.');
    for (lull_duration digit = 100; digit > 0; digit /= 10)
        text_character(t, (char)('0' + ms / digit % 10));
    text_string(t, " s");
}

void lab_infer_say_number(struct text *t, const struct lab_infer_end *end, uint32_t number)
{
    text_decimal(t, end->isn_known ? number - end->isn : number);
}

void lab_infer_say_when(struct text *t, const struct lab_infer *infer, lull_time at)
{
    const lull_duration ms = (at - infer->story->start) / LULL_MS(1);

    text_string(t, "of t=");
    text_decimal(t, (uint64_t)(ms / 1000));
    text_character(t, '.');
    for (lull_duration digit = 100; digit > 0; digit /= 10)
        text_character(t, (char)('0' + ms / digit % 10));
}
