/* stack.h - what the socket layer may ask of a stack, beyond the public four verbs.
 *
 * The stack owns connections, listeners and records; an endpoint is the user's end of one.
 * Calls name endpoints by index. */
#ifndef STACK_STACK_H
#define STACK_STACK_H

#include "stack/stack_endpoint.h"
#include "stack/stack_interface.h"
#include "stack/stack_object.h"
#include "stack/stack_refuse.h"

/* If a neighbour answered or failed, whatever waited for one tries again. */
void stack_resolution_review(struct lull_stack *s);

/* --- addresses and ports --------------------------------------------------------------- */

/* An ephemeral port for @local towards @remote whose tuple nothing holds (RFC 6056), or 0.
 * With @remote NULL: one that nothing holds at all.  Each port is looked at once at most. */
uint16_t stack_ports_choose(struct lull_stack *s, const struct lull_address *local,
                            const struct lull_name *remote);

/* --- opening ---------------------------------------------------------------------------- */

/* Start listening on the endpoint's local name, which has a port. */
enum lull_error stack_listen_open(struct lull_stack *s, uint32_t endpoint, uint32_t backlog);

/* The oldest connection that waits becomes @endpoint's.  LULL_OK or LULL_EAGAIN. */
enum lull_error stack_listen_accept(struct lull_stack *s, uint32_t listener, uint32_t endpoint);

/* Stop listening; connections not accepted are reset. */
void stack_listen_close(struct lull_stack *s, uint32_t endpoint);

/* Active open from the endpoint's local name, which may lack address and port.  On success
 * the endpoint is CONNECTING.  Otherwise an error, with stack->refusal where a record or
 * connection stood in the way. */
enum lull_error stack_connect_open(struct lull_stack *s, uint32_t endpoint,
                                   const struct lull_name *remote);

/* The same for an endpoint whose attempt failed and may go on from another port; the endpoint is
 * told when that is not possible.  @since: when the first attempt began, which all share the time
 * of. */
void stack_connect_again(struct lull_stack *s, uint32_t endpoint, lull_time since);

/* --- calls on a connection, by the endpoint that holds it ------------------------------ */

ptrdiff_t stack_user_send(struct lull_stack *s, uint32_t endpoint, struct lull_slice data);
/* If the buffer pool ran dry and has blocks again, whoever waits for them is told. */
void stack_user_feed(struct lull_stack *s);
void stack_user_consumed(struct lull_stack *s, uint32_t endpoint, uint32_t bytes);
void stack_user_shutdown(struct lull_stack *s, uint32_t endpoint, enum lull_direction direction);

/* The endpoint lets go of its connection, which closes by itself; with linger 0 or unread
 * text it is reset.  LULL_EINPROGRESS: the endpoint lingers, and is the stack's until its end
 * was reported.  LULL_OK otherwise. */
enum lull_error stack_user_close(struct lull_stack *s, uint32_t endpoint);
enum lull_error stack_user_abort(struct lull_stack *s, uint32_t endpoint);

/* The endpoint, whose connection is gone, is aborted: with tw.abort_deletes=1 the record its
 * connection left in TIME-WAIT goes too (RFC 9293 section 3.10.5). */
void stack_record_abort(struct lull_stack *s, uint32_t endpoint);

/* Options of the endpoint take effect on its connection. */
void stack_user_apply_options(struct lull_stack *s, uint32_t endpoint);

/* What the endpoint was told and did not take, one kind at a time; false when there is nothing. */
bool stack_advice_take(struct lull_stack *s, uint32_t endpoint, struct lull_advice *advice);

/* --- who stands in the way -------------------------------------------------------------- */

/* Walk over the connections and records with local port @port; @visit returns false to
 * stop. */
struct stack_holder {
    struct tuple tuple;
    struct stack_owner found; /* the connection or the record */
    enum lull_blocker kind;
    bool reuse_address, reuse_port; /* as its socket had them */
    uint32_t owner;                 /* of a connection; a record has none */
    lull_duration remaining;        /* LULL_TIME_NEVER for a connection */
};
typedef bool stack_holder_visit(void *context, const struct stack_holder *holder);
void stack_ports_visit(const struct lull_stack *s, uint16_t port, stack_holder_visit *visit,
                       void *context);

#endif
