#include "scenario/scenario_call.h"

#include "base/address.h"
#include "scenario/scenario_argument.h"

#define NONBLOCK 0x800 /* SOCK_NONBLOCK and O_NONBLOCK */

enum scenario_step scenario_call_result(struct scenario_calling *c, int64_t result)
{
    c->result = result;
    c->error = NULL;
    return SCENARIO_DONE;
}

enum scenario_step scenario_call_error(struct scenario_calling *c, enum lull_error error)
{
    if (error == LULL_OK)
        return scenario_call_result(c, 0);
    c->result = -1;
    c->error = lull_error_name(error);
    return SCENARIO_DONE;
}

void scenario_call_remark(struct scenario_calling *c, const char *what, int64_t expected,
                          int64_t actual)
{
    struct text t;

    text_init(&t, c->remark, sizeof c->remark);
    text_string(&t, what);
    text_string(&t, " is ");
    text_signed(&t, actual);
    text_string(&t, ", expected ");
    text_signed(&t, expected);
}

struct scenario_descriptor *scenario_call_descriptor(struct scenario_world *w,
                                                     struct scenario_calling *c,
                                                     enum scenario_step *step)
{
    int64_t number;

    *step = SCENARIO_BAD;
    if (!scenario_argument_number(w, scenario_argument(w, c, 0), &number))
        return NULL;
    struct scenario_descriptor *d = scenario_argument_descriptor(w, number);
    if (d == NULL)
        *step = scenario_call_error(c, LULL_EBADF);
    return d;
}

/* A socket gets the number the script expects, because the script goes on with that one.  Where it
 * expects a failure there is no number, and 0 tells that there was none. */
static enum scenario_step give_number(struct scenario_world *w, struct scenario_calling *c,
                                      lull_socket socket, bool nonblocking)
{
    const struct scenario_value *expected = &w->script->values[c->event->call.result];
    int64_t number;

    if (!scenario_argument_number(w, expected, &number))
        return SCENARIO_BAD;
    if (number < 0) {
        (void)lull_socket_close(w->stack, socket);
        return scenario_call_result(c, 0);
    }
    if (number >= SCENARIO_DESCRIPTORS_MAX || w->descriptors[number].open) {
        scenario_argument_refuse(w, expected,
                                 "the descriptor is open already, or its number is "
                                 "too large");
        return SCENARIO_BAD;
    }
    w->descriptors[number] = (struct scenario_descriptor){
        .socket = socket, .open = true, .nonblocking = nonblocking, .age = ++w->descriptor_age};
    return scenario_call_result(c, number);
}

enum scenario_step scenario_call_socket(struct scenario_world *w, struct scenario_calling *c)
{
    const struct scenario_value *domain = scenario_argument(w, c, 0);
    int64_t type, protocol, family = 2;
    lull_socket socket;

    if (domain->kind != SCENARIO_ELLIPSIS && !scenario_argument_number(w, domain, &family))
        return SCENARIO_BAD;
    if (family != 2) {
        scenario_argument_refuse(w, domain, "only AF_INET is supported");
        return SCENARIO_BAD;
    }
    if (!scenario_argument_number(w, scenario_argument(w, c, 1), &type)
        || !scenario_argument_number(w, scenario_argument(w, c, 2), &protocol))
        return SCENARIO_BAD;
    if ((type & ~NONBLOCK) != 1 || (protocol != 6 && protocol != 0)) {
        scenario_argument_refuse(w, scenario_argument(w, c, 1),
                                 "only SOCK_STREAM with IPPROTO_TCP is supported");
        return SCENARIO_BAD;
    }
    enum lull_error error = lull_socket_open(w->stack, &socket);
    if (error != LULL_OK)
        return scenario_call_error(c, error);
    return give_number(w, c, socket, type & NONBLOCK);
}

enum scenario_step scenario_call_bind(struct scenario_world *w, struct scenario_calling *c)
{
    enum scenario_step step;
    struct scenario_descriptor *d = scenario_call_descriptor(w, c, &step);
    struct lull_name name = {.address = address_from_ipv4_word(SCENARIO_LOCAL_ADDRESS),
                             .port = SCENARIO_PORT};

    if (d == NULL)
        return step;
    if (!scenario_argument_name(w, scenario_argument(w, c, 1), &name))
        return SCENARIO_BAD;
    return scenario_call_error(c, lull_socket_bind(w->stack, d->socket, &name));
}

enum scenario_step scenario_call_listen(struct scenario_world *w, struct scenario_calling *c)
{
    enum scenario_step step;
    struct scenario_descriptor *d = scenario_call_descriptor(w, c, &step);
    int64_t backlog;

    if (d == NULL)
        return step;
    if (!scenario_argument_number(w, scenario_argument(w, c, 1), &backlog))
        return SCENARIO_BAD;
    if (backlog < 1 || backlog > INT32_MAX) {
        scenario_argument_refuse(w, scenario_argument(w, c, 1), "a backlog is at least 1");
        return SCENARIO_BAD;
    }
    return scenario_call_error(c, lull_socket_listen(w->stack, d->socket, (unsigned)backlog));
}

enum scenario_step scenario_call_accept(struct scenario_world *w, struct scenario_calling *c)
{
    enum scenario_step step;
    struct scenario_descriptor *d = scenario_call_descriptor(w, c, &step);
    lull_socket accepted;

    if (d == NULL)
        return step;
    enum lull_error error = lull_socket_accept(w->stack, d->socket, &accepted);
    if (error == LULL_EAGAIN && !d->nonblocking)
        return SCENARIO_SLEEPS;
    if (error != LULL_OK)
        return scenario_call_error(c, error);
    return give_number(w, c, accepted, false);
}

/* Under way: it ends when the socket can be written to. */
static enum scenario_step finish_connect(struct scenario_world *w, struct scenario_calling *c,
                                         const struct scenario_descriptor *d)
{
    if (!(lull_socket_poll(w->stack, d->socket) & LULL_EVENT_WRITABLE))
        return SCENARIO_SLEEPS;
    return scenario_call_error(c, lull_socket_take_error(w->stack, d->socket));
}

enum scenario_step scenario_call_connect(struct scenario_world *w, struct scenario_calling *c)
{
    enum scenario_step step;
    struct scenario_descriptor *d = scenario_call_descriptor(w, c, &step);
    struct lull_name name = {.address = address_from_ipv4_word(SCENARIO_REMOTE_ADDRESS),
                             .port = SCENARIO_PORT};

    if (d == NULL)
        return step;
    if (c->begun)
        return finish_connect(w, c, d);
    if (!scenario_argument_name(w, scenario_argument(w, c, 1), &name))
        return SCENARIO_BAD;
    enum lull_error error = lull_socket_connect(w->stack, d->socket, &name);
    if (error != LULL_EINPROGRESS || d->nonblocking)
        return scenario_call_error(c, error);
    c->begun = true;
    return SCENARIO_SLEEPS;
}

enum scenario_step scenario_call_close(struct scenario_world *w, struct scenario_calling *c)
{
    enum scenario_step step;
    struct scenario_descriptor *d = scenario_call_descriptor(w, c, &step);

    if (d == NULL)
        return step;
    d->open = false;
    return scenario_call_error(c, lull_socket_close(w->stack, d->socket));
}

enum scenario_step scenario_call_shutdown(struct scenario_world *w, struct scenario_calling *c)
{
    static const enum lull_direction directions[] = {LULL_SHUT_RECEIVE, LULL_SHUT_SEND,
                                                     LULL_SHUT_BOTH}; /* SHUT_RD, WR, RDWR */
    enum scenario_step step;
    struct scenario_descriptor *d = scenario_call_descriptor(w, c, &step);
    int64_t how;

    if (d == NULL)
        return step;
    if (!scenario_argument_number(w, scenario_argument(w, c, 1), &how))
        return SCENARIO_BAD;
    if (how < 0 || how > 2)
        return scenario_call_error(c, LULL_EINVAL);
    return scenario_call_error(c, lull_socket_shutdown(w->stack, d->socket, directions[how]));
}

/* Linux's bits for what holds on a descriptor; of what is not asked for, only errors and ends. */
static int64_t events_of(struct scenario_world *w, int64_t number, int64_t asked)
{
    const struct scenario_descriptor *d = scenario_argument_descriptor(w, number);
    const unsigned now = d == NULL ? 0 : lull_socket_poll(w->stack, d->socket);

    if (d == NULL)
        return 0x20; /* POLLNVAL */
    return ((now & LULL_EVENT_READABLE ? 1 : 0) & asked)
           | ((now & LULL_EVENT_WRITABLE ? 4 : 0) & asked) | (now & LULL_EVENT_ERROR ? 8 : 0)
           | (now & LULL_EVENT_HANGUP ? 16 : 0);
}

/* One {fd=..., events=..., revents=...}; @ready counts those of which something holds. */
static bool poll_one(struct scenario_world *w, struct scenario_calling *c,
                     const struct scenario_value *v, int64_t *ready)
{
    const struct scenario_value *fd = scenario_argument_member(w, v, "fd");
    const struct scenario_value *events = scenario_argument_member(w, v, "events");
    const struct scenario_value *revents = scenario_argument_member(w, v, "revents");
    int64_t number, asked, expected = 0;

    if (fd == NULL || events == NULL)
        return scenario_argument_refuse(w, v, "expected {fd=..., events=..., revents=...}");
    if (!scenario_argument_number(w, fd, &number) || !scenario_argument_number(w, events, &asked)
        || (revents != NULL && !scenario_argument_number(w, revents, &expected)))
        return false;
    const int64_t holds = events_of(w, number, asked);
    *ready += holds != 0;
    if (revents != NULL && holds != expected)
        scenario_call_remark(c, "revents", expected, holds);
    return true;
}

enum scenario_step scenario_call_poll(struct scenario_world *w, struct scenario_calling *c)
{
    const struct scenario_value *list = scenario_argument(w, c, 0);
    int64_t ready = 0, timeout_ms;

    c->remark[0] = '\0'; /* of an earlier try */
    if (!scenario_argument_number(w, scenario_argument(w, c, 2), &timeout_ms))
        return SCENARIO_BAD;
    for (const struct scenario_value *v = scenario_argument_first(w, list); v != NULL;
         v = scenario_argument_next(w, v)) {
        if (!poll_one(w, c, v, &ready))
            return SCENARIO_BAD;
    }
    if (ready == 0 && (timeout_ms < 0 || w->now < c->started + LULL_MS(timeout_ms))) {
        c->wakes = timeout_ms < 0 ? LULL_TIME_NEVER : c->started + LULL_MS(timeout_ms);
        return SCENARIO_SLEEPS;
    }
    return scenario_call_result(c, ready);
}
