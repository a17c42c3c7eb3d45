/* cli_status_text.h - rows and counters in the words of ss and nstat. */
#ifndef CLI_STATUS_TEXT_H
#define CLI_STATUS_TEXT_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define CLI_STATUS_TEXT_TIMER_BYTES 40

/* As ss writes what a timer has left: "54sec", "1min30sec", "230ms", "1.500ms" below ten
 * seconds, "" for nothing. */
void cli_status_text_timer(uint64_t milliseconds, char *text, size_t size);

/* The line above the rows. */
void cli_status_text_header(FILE *out);

/* A line of the control protocol's rows, as `ss -tano` would print it, without its end. */
void cli_status_text_row(FILE *out, const char *json);

/* What comes behind it with --extended: numbers, and the history of a record. */
void cli_status_text_extended(FILE *out, const char *json);

/* A line of its refusals: when, and the sentence. */
void cli_status_text_refusal(FILE *out, const char *json);

/* A line of its counters, as nstat would; of its limits; of its knobs, as `lull knobs` would. */
void cli_status_text_counter(FILE *out, const char *json);
void cli_status_text_limit(FILE *out, const char *json);
void cli_status_text_knob(FILE *out, const char *json);

#endif
