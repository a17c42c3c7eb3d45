/* scenario_lexer.h - a script's text cut into tokens.
 *
 * Comments are passed over, except those that begin with //lull: - they are directives. */
#ifndef SCENARIO_SCENARIO_LEXER_H
#define SCENARIO_SCENARIO_LEXER_H

#include "base/bytes.h"
#include "scenario/scenario_script.h"

enum scenario_token_kind {
    SCENARIO_TOKEN_END,
    SCENARIO_TOKEN_WORD,      /* letters, digits and _ */
    SCENARIO_TOKEN_NUMBER,    /* decimal or 0x, perhaps with a minus: .number */
    SCENARIO_TOKEN_DECIMAL,   /* "0.25": .number in billionths */
    SCENARIO_TOKEN_STRING,    /* .text is what stands between the quotes */
    SCENARIO_TOKEN_COMMAND,   /* between backquotes */
    SCENARIO_TOKEN_CODE,      /* between %{ and }% */
    SCENARIO_TOKEN_DIRECTIVE, /* behind //lull:, up to the end of the line */
    SCENARIO_TOKEN_OPTION,    /* "--name" */
    SCENARIO_TOKEN_ELLIPSIS,
    SCENARIO_TOKEN_CHARACTER, /* any other: .number */
    SCENARIO_TOKEN_BROKEN     /* .problem says why */
};

struct scenario_token {
    enum scenario_token_kind kind;
    struct scenario_place place;
    struct span text; /* borrowed from the script */
    int64_t number;
    const char *problem;
};

struct scenario_lexer {
    const uint8_t *at, *end;
    struct scenario_place place; /* of .at */
};

void scenario_lexer_init(struct scenario_lexer *lexer, struct span text,
                         struct scenario_place place);

struct scenario_token scenario_lexer_next(struct scenario_lexer *lexer);

/* Everything up to the next blank, whatever it is: the value of an option. */
struct scenario_token scenario_lexer_raw(struct scenario_lexer *lexer);

#endif
