/* cli_view.h - the conversation as it happens: our state, the wire, the peer's state. */
#ifndef CLI_VIEW_H
#define CLI_VIEW_H

#include "lull/driver.h"
#include "lull/stack.h"

/* @inner, watched; owns it from now on.  Sets the stack's trace sink.  Lines go to standard
 * output.  NULL: no memory, and @inner is still the caller's. */
struct lull_driver *cli_view_open(struct lull_driver *inner, enum lull_link link,
                                  struct lull_stack *stack);

#endif
