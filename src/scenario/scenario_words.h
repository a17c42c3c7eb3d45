/* scenario_words.h - pieces of a script's text: compared, searched, read as numbers. */
#ifndef SCENARIO_SCENARIO_WORDS_H
#define SCENARIO_SCENARIO_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/text.h"
#include "base/time.h"

/* A string literal as a piece of text. */
struct span scenario_words_of(const char *string);

bool scenario_words_equal(struct span a, const char *b);
bool scenario_words_begin(struct span a, const char *start);
bool scenario_words_end(struct span a, const char *end);

/* Without blanks at either end. */
struct span scenario_words_trim(struct span a);

/* Up to @separator, which is taken away from @rest as well; all of it when there is none. */
struct span scenario_words_split(struct span *rest, char separator);

/* Decimal, or with 0x hexadecimal; false when anything else is there, or when it is too large. */
bool scenario_words_number(struct span a, int64_t *number);

/* "2s", "250ms", "10us" or "1.5" (seconds), in ns; false as above. */
bool scenario_words_duration(struct span a, lull_duration *duration);

/* The text itself; one blank for each run of blanks and line ends. */
void scenario_words_put(struct text *t, struct span a);

/* Seconds with six digits: "0.100000". */
void scenario_words_put_time(struct text *t, lull_time time);

#endif
