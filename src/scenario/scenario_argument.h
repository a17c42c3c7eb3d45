/* scenario_argument.h - the arguments of a system call by their place, as what they must be.
 *
 * A function that returns bool notes a failure when it returns false: the script is unplayable. */
#ifndef SCENARIO_SCENARIO_ARGUMENT_H
#define SCENARIO_SCENARIO_ARGUMENT_H

#include "lull/address.h"

#include "scenario/scenario_world.h"

/* The argument at @place, from 0; it is there, because the number of arguments was checked. */
const struct scenario_value *scenario_argument(const struct scenario_world *w,
                                               const struct scenario_calling *c, unsigned place);

/* The next in a list, and the first of one; NULL behind the last. */
const struct scenario_value *scenario_argument_next(const struct scenario_world *w,
                                                    const struct scenario_value *v);
const struct scenario_value *scenario_argument_first(const struct scenario_world *w,
                                                     const struct scenario_value *v);

/* The script is at fault: "'SO_MARK': WHY". */
bool scenario_argument_refuse(struct scenario_world *w, const struct scenario_value *v,
                              const char *why);

/* A number, a constant, or several with | between them. */
bool scenario_argument_number(struct scenario_world *w, const struct scenario_value *v,
                              int64_t *number);

/* [NUMBER] or NUMBER. */
bool scenario_argument_boxed(struct scenario_world *w, const struct scenario_value *v,
                             int64_t *number);

/* The value behind "NAME=" in a struct; NULL without a failure when there is none. */
const struct scenario_value *scenario_argument_member(const struct scenario_world *w,
                                                      const struct scenario_value *v,
                                                      const char *name);

/* A sockaddr_in; "..." leaves @name as it is. */
bool scenario_argument_name(struct scenario_world *w, const struct scenario_value *v,
                            struct lull_name *name);

/* The bytes of [{..., N}, ...] together. */
bool scenario_argument_vector(struct scenario_world *w, const struct scenario_value *v,
                              int64_t *bytes);

/* The script's descriptor of that number; NULL when it is not open, and no failure. */
struct scenario_descriptor *scenario_argument_descriptor(struct scenario_world *w, int64_t number);

#endif
