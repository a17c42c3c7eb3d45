/* lab_book.h - the scenarios, in the order of their names. */
#ifndef LAB_LAB_BOOK_H
#define LAB_LAB_BOOK_H

#include "lab/lab_play.h"

/* The @index-th scenario, or NULL behind the last. */
const struct lab_scenario *lab_book(unsigned index);

/* By its name, whatever the case of its letters: "sc-05"; NULL when there is none. */
const struct lab_scenario *lab_book_named(const char *name);

/* What belongs together, in the order in which a book has it. */
struct lab_book_group {
    const char *title;
    const struct lab_scenario *scenarios;
    const unsigned *count;
};

/* The @index-th group, or NULL behind the last. */
const struct lab_book_group *lab_book_group(unsigned index);

/* The groups, each in a file of its name. */
extern const struct lab_scenario lab_book_closing[]; /* SC-01 to SC-07, SC-22, SC-23 */
extern const unsigned lab_book_closing_count;
extern const struct lab_scenario lab_book_last_ack[]; /* SC-24, SC-32, SC-40, SC-50... */
extern const unsigned lab_book_last_ack_count;
extern const struct lab_scenario lab_book_wandering[]; /* SC-08 to SC-10, SC-15, SC-16 */
extern const unsigned lab_book_wandering_count;
extern const struct lab_scenario lab_book_reuse[]; /* SC-11, SC-19 to SC-21 */
extern const unsigned lab_book_reuse_count;
extern const struct lab_scenario lab_book_programs[]; /* SC-12 to SC-14, SC-17, SC-18 */
extern const unsigned lab_book_programs_count;
extern const struct lab_scenario lab_book_attacks[]; /* SC-30, SC-31 */
extern const unsigned lab_book_attacks_count;
extern const struct lab_scenario lab_book_complaints[]; /* SC-41 to SC-44 */
extern const unsigned lab_book_complaints_count;

#endif
