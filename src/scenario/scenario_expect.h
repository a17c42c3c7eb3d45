/* scenario_expect.h - what a //lull: directive can ask about the stack, as one table. */
#ifndef SCENARIO_SCENARIO_EXPECT_H
#define SCENARIO_SCENARIO_EXPECT_H

#include <stdbool.h>

#include "base/bytes.h"
#include "base/text.h"
#include "scenario/scenario_script.h"

struct scenario_world;

enum scenario_fact_kind { SCENARIO_FACT_COUNT, SCENARIO_FACT_DURATION, SCENARIO_FACT_WORD };

#define SCENARIO_WORD_BYTES 32

/* What is the case; .word is set when the fact is a word. */
struct scenario_answer {
    int64_t number;
    char word[SCENARIO_WORD_BYTES];
};

struct scenario_fact {
    const char *name;
    const char *argument; /* what must follow the name; NULL: nothing does */
    enum scenario_fact_kind kind;
    struct scenario_answer (*look)(const struct scenario_world *w, struct span argument);
};

/* NULL when there is no such fact. */
const struct scenario_fact *scenario_expect_find(struct span name);

/* True when @argument is one that @fact knows. */
bool scenario_expect_argument(const struct scenario_fact *fact, struct span argument);

/* True when the assertions of @event hold.  Otherwise the first that does not is described in
 * @why, with what is the case. */
bool scenario_expect_holds(const struct scenario_world *w, const struct scenario_event *event,
                           struct text *why);

#endif
