/* stack_late.c - a list through the links of the accept queue: whoever had a user is not in it. */
#include "stack/stack_late.h"

#include "stack/stack_conn.h"
#include "stack/stack_linger.h"

void stack_late_add(struct lull_stack *s, uint32_t conn)
{
    struct stack_conn *c = stack_conn_at(s, conn);

    if (c->late)
        return;
    c->late = true;
    c->accept_next = s->late_first;
    s->late_first = conn;
}

void stack_late_forget(struct lull_stack *s, uint32_t conn)
{
    uint32_t *link = &s->late_first;

    if (!stack_conn_at(s, conn)->late)
        return;
    while (*link != conn)
        link = &stack_conn_at(s, *link)->accept_next;
    *link = stack_conn_at(s, conn)->accept_next;
    stack_conn_at(s, conn)->late = false;
}

void stack_late_date(struct lull_stack *s)
{
    uint32_t conn;

    while ((conn = s->late_first) != POOL_NONE) {
        struct tcp_env env = stack_env(s);
        stack_late_forget(s, conn);
        stack_linger_date(s, conn);
        stack_conn_settle(s, conn, &env);
    }
}
