/* cli_control_answer.h - what a running lull says about itself, piece by piece. */
#ifndef CLI_CONTROL_ANSWER_H
#define CLI_CONTROL_ANSWER_H

#include <stdint.h>

#include "lull/slice.h"
#include "lull/stack.h"

struct cli_network;

#define CLI_CONTROL_PIECE_BYTES 16384

/* What is written next. */
enum cli_control_part {
    ANSWER_ROWS,
    ANSWER_COUNTERS,
    ANSWER_USAGE,
    ANSWER_REFUSALS,
    ANSWER_KNOBS,
    ANSWER_UNKNOWN,
    ANSWER_ENDED
};

struct cli_control_answer {
    const struct cli_network *network;
    enum cli_control_part next;
    uint64_t cursor; /* of lull_stack_list(), or of counters, refusals or knobs */
    uint64_t lines;
    size_t length, sent; /* of @piece */
    char piece[CLI_CONTROL_PIECE_BYTES];
};

/* @request: a line without its end. */
void cli_control_answer_begin(struct cli_control_answer *answer, const struct cli_network *network,
                              const char *request);

/* Bytes to be sent now, valid until the next call; none when the answer is complete. */
struct lull_slice cli_control_answer_piece(struct cli_control_answer *answer);

void cli_control_answer_sent(struct cli_control_answer *answer, size_t bytes);

#endif
