/* scenario_parser.h - a script's text into struct scenario_script.
 *
 * Recursive descent with one token of look-ahead, in the notation of packetdrill; scenario.h says
 * how much of it is spoken.  The first fault ends the reading: what follows it is seldom worth a
 * message. */
#ifndef SCENARIO_SCENARIO_PARSER_H
#define SCENARIO_SCENARIO_PARSER_H

#include <stdbool.h>

#include "lull/api.h"

#include "scenario/scenario_lexer.h"
#include "scenario/scenario_script.h"

#define SCENARIO_FAULT_TEXT_BYTES 256

struct scenario_fault {
    struct scenario_place place;
    char text[SCENARIO_FAULT_TEXT_BYTES]; /* "expected ..., found ..." */
};

struct scenario_parser {
    struct scenario_script *script;
    struct scenario_fault *fault;
    struct scenario_lexer lexer;
    struct scenario_token token; /* the next one, not yet taken */
    bool failed;
};

/* Read @text, which is borrowed for as long as @script is used.  False with @fault. */
LULL_MUST_USE bool scenario_parser_read(struct scenario_script *script, struct span text,
                                        struct scenario_fault *fault);

/* The rest is for the other files of the parser.  Those that return bool return false when the
 * script is at fault, which they have noted. */

/* "expected WHAT, found ..." at the next token. */
bool scenario_parser_fail(struct scenario_parser *p, const char *expected);

/* @problem, and behind it the word it is about; at @place. */
bool scenario_parser_refuse(struct scenario_parser *p, struct scenario_place place,
                            const char *problem, struct span word);

void scenario_parser_advance(struct scenario_parser *p);
bool scenario_parser_is(const struct scenario_parser *p, char character);
bool scenario_parser_is_word(const struct scenario_parser *p, const char *word);

/* Take the next token when it is this one. */
bool scenario_parser_accept(struct scenario_parser *p, char character);
bool scenario_parser_accept_word(struct scenario_parser *p, const char *word);

/* It must be there. */
LULL_MUST_USE bool scenario_parser_expect(struct scenario_parser *p, char character);

/* A whole number from 0 to @most. */
LULL_MUST_USE bool scenario_parser_number(struct scenario_parser *p, const char *what,
                                          uint64_t most, uint64_t *number);

#endif
