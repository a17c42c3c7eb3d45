#include "scenario/scenario_sockopt.h"

#include "base/check.h"
#include "scenario/scenario_argument.h"
#include "scenario/scenario_call.h"
#include "scenario/scenario_words.h"

/* Levels and options as Linux numbers them. */
enum { LEVEL_IP = 0, LEVEL_SOCKET = 1, LEVEL_TCP = 6 };
enum { OPTION_ERROR = 4, OPTION_LINGER = 13 };
enum { GET_FLAGS = 3, SET_FLAGS = 4, NONBLOCK = 0x800, READ_WRITE = 2 };
enum { IN_QUEUE = 0x541b, OUT_QUEUE = 0x5411 };

/* A row here and one in the constants of scenario_argument.c is all a new option takes. */
static const struct {
    int64_t level, number;
    enum lull_option option;
} options[] = {
    {LEVEL_SOCKET, 2, LULL_OPTION_REUSE_ADDRESS},  {LEVEL_SOCKET, 7, LULL_OPTION_SEND_BUFFER},
    {LEVEL_SOCKET, 8, LULL_OPTION_RECEIVE_BUFFER}, {LEVEL_SOCKET, 9, LULL_OPTION_KEEP_ALIVE},
    {LEVEL_TCP, 1, LULL_OPTION_NO_DELAY},          {LEVEL_TCP, 2, LULL_OPTION_MAX_SEGMENT},
    {LEVEL_TCP, 4, LULL_OPTION_KEEP_IDLE},         {LEVEL_TCP, 5, LULL_OPTION_KEEP_INTERVAL},
    {LEVEL_TCP, 6, LULL_OPTION_KEEP_COUNT},        {LEVEL_TCP, 18, LULL_OPTION_USER_TIMEOUT},
    {LEVEL_SOCKET, 15, LULL_OPTION_REUSE_PORT},    {LEVEL_IP, 24, LULL_OPTION_BIND_NO_PORT},
    {LEVEL_TCP, 8, LULL_OPTION_LINGER2},
};

/* Linux's numbers of errors, for SO_ERROR. */
static const struct {
    enum lull_error error;
    int64_t number;
} errors[] = {
    {LULL_OK, 0},          {LULL_EPIPE, 32},         {LULL_ECONNRESET, 104},
    {LULL_ETIMEDOUT, 110}, {LULL_ECONNREFUSED, 111}, {LULL_EHOSTUNREACH, 113},
    {LULL_ENOBUFS, 105},   {LULL_ENETUNREACH, 101},  {LULL_ECONNABORTED, 103},
};

/* The index of the option in the table, COUNT_OF(options) when it is none of them. */
static size_t find(int64_t level, int64_t number)
{
    size_t i = 0;

    while (i < COUNT_OF(options) && (options[i].level != level || options[i].number != number))
        i++;
    return i;
}

static bool read_level(struct scenario_world *w, struct scenario_calling *c, int64_t *level,
                       int64_t *number)
{
    return scenario_argument_number(w, scenario_argument(w, c, 1), level)
           && scenario_argument_number(w, scenario_argument(w, c, 2), number);
}

static enum scenario_step unsupported(struct scenario_world *w, struct scenario_calling *c)
{
    scenario_argument_refuse(w, scenario_argument(w, c, 2), "this socket option is not supported");
    return SCENARIO_BAD;
}

/* {onoff=1, linger=0} as LULL_OPTION_LINGER has it. */
static bool linger_of(struct scenario_world *w, const struct scenario_value *v, int64_t *seconds)
{
    const struct scenario_value *on = scenario_argument_member(w, v, "onoff");
    const struct scenario_value *linger = scenario_argument_member(w, v, "linger");
    int64_t is_on;

    if (on == NULL || linger == NULL)
        return scenario_argument_refuse(w, v, "expected {onoff=..., linger=...}");
    if (!scenario_argument_number(w, on, &is_on) || !scenario_argument_number(w, linger, seconds))
        return false;
    if (is_on == 0)
        *seconds = -1;
    return true;
}

enum scenario_step scenario_sockopt_set(struct scenario_world *w, struct scenario_calling *c)
{
    enum scenario_step step;
    struct scenario_descriptor *d = scenario_call_descriptor(w, c, &step);
    const struct scenario_value *v = scenario_argument(w, c, 3);
    int64_t level, number, value = 0;

    if (d == NULL)
        return step;
    if (!read_level(w, c, &level, &number))
        return SCENARIO_BAD;
    if (level == LEVEL_SOCKET && number == OPTION_LINGER) {
        if (!linger_of(w, v, &value))
            return SCENARIO_BAD;
        return scenario_call_error(
            c, lull_socket_set_option(w->stack, d->socket, LULL_OPTION_LINGER, value));
    }
    const size_t i = find(level, number);
    if (i == COUNT_OF(options))
        return unsupported(w, c);
    if (!scenario_argument_boxed(w, v, &value))
        return SCENARIO_BAD;
    return scenario_call_error(
        c, lull_socket_set_option(w->stack, d->socket, options[i].option, value));
}

static void remark_error(struct scenario_calling *c, struct span expected, enum lull_error actual)
{
    struct text t;

    text_init(&t, c->remark, sizeof c->remark);
    text_string(&t, "SO_ERROR is ");
    text_string(&t, actual == LULL_OK ? "0" : lull_error_name(actual));
    text_string(&t, ", expected ");
    scenario_words_put(&t, expected);
}

/* SO_ERROR may be written as a name, [ECONNRESET], or as Linux's number. */
static enum scenario_step get_error(struct scenario_world *w, struct scenario_calling *c,
                                    const struct scenario_descriptor *d)
{
    const struct scenario_value *v = scenario_argument(w, c, 3);
    const struct scenario_value *inner =
        v->kind == SCENARIO_LIST ? scenario_argument_first(w, v) : v;
    const enum lull_error error = lull_socket_take_error(w->stack, d->socket);
    int64_t number = -1, expected = 0;

    for (size_t i = 0; i < COUNT_OF(errors); i++)
        if (errors[i].error == error)
            number = errors[i].number;
    if (inner == NULL || inner->kind == SCENARIO_ELLIPSIS)
        return scenario_call_result(c, 0);
    if (inner->kind == SCENARIO_WORD) {
        if (!scenario_words_equal(inner->text, lull_error_name(error)))
            remark_error(c, inner->text, error);
        return scenario_call_result(c, 0);
    }
    if (!scenario_argument_number(w, inner, &expected))
        return SCENARIO_BAD;
    if (expected != number)
        scenario_call_remark(c, "SO_ERROR", expected, number);
    return scenario_call_result(c, 0);
}

static enum scenario_step get_linger(struct scenario_world *w, struct scenario_calling *c,
                                     const struct scenario_descriptor *d)
{
    int64_t expected = 0, actual = 0;

    if (!linger_of(w, scenario_argument(w, c, 3), &expected))
        return SCENARIO_BAD;
    enum lull_error error =
        lull_socket_get_option(w->stack, d->socket, LULL_OPTION_LINGER, &actual);
    if (actual != expected)
        scenario_call_remark(c, "SO_LINGER (-1: off)", expected, actual);
    return scenario_call_error(c, error);
}

enum scenario_step scenario_sockopt_get(struct scenario_world *w, struct scenario_calling *c)
{
    enum scenario_step step;
    struct scenario_descriptor *d = scenario_call_descriptor(w, c, &step);
    int64_t level, number, expected, actual = 0;

    if (d == NULL)
        return step;
    if (!read_level(w, c, &level, &number))
        return SCENARIO_BAD;
    if (level == LEVEL_SOCKET && number == OPTION_ERROR)
        return get_error(w, c, d);
    if (level == LEVEL_SOCKET && number == OPTION_LINGER)
        return get_linger(w, c, d);
    const size_t i = find(level, number);
    if (i == COUNT_OF(options))
        return unsupported(w, c);
    if (!scenario_argument_boxed(w, scenario_argument(w, c, 3), &expected))
        return SCENARIO_BAD;
    enum lull_error error = lull_socket_get_option(w->stack, d->socket, options[i].option, &actual);
    if (actual != expected)
        scenario_call_remark(c, "the option", expected, actual);
    return scenario_call_error(c, error);
}

enum scenario_step scenario_sockopt_fcntl(struct scenario_world *w, struct scenario_calling *c)
{
    enum scenario_step step;
    struct scenario_descriptor *d = scenario_call_descriptor(w, c, &step);
    const struct scenario_value *command = scenario_argument(w, c, 1);
    int64_t number, flags;

    if (d == NULL)
        return step;
    if (!scenario_argument_number(w, command, &number))
        return SCENARIO_BAD;
    if (number == GET_FLAGS)
        return scenario_call_result(c, READ_WRITE | (d->nonblocking ? NONBLOCK : 0));
    if (number != SET_FLAGS || c->event->call.argument_count < 3) {
        scenario_argument_refuse(w, command, "only F_GETFL and F_SETFL with flags are supported");
        return SCENARIO_BAD;
    }
    if (!scenario_argument_number(w, scenario_argument(w, c, 2), &flags))
        return SCENARIO_BAD;
    d->nonblocking = flags & NONBLOCK;
    return scenario_call_result(c, 0);
}

enum scenario_step scenario_sockopt_ioctl(struct scenario_world *w, struct scenario_calling *c)
{
    enum scenario_step step;
    struct scenario_descriptor *d = scenario_call_descriptor(w, c, &step);
    const struct scenario_value *request = scenario_argument(w, c, 1);
    int64_t number, expected;
    struct lull_tcp_info info;

    if (d == NULL)
        return step;
    if (!scenario_argument_number(w, request, &number)
        || !scenario_argument_boxed(w, scenario_argument(w, c, 2), &expected))
        return SCENARIO_BAD;
    enum lull_error error = lull_socket_info(w->stack, d->socket, &info);
    int64_t actual =
        number == IN_QUEUE ? (int64_t)info.unread : (int64_t)info.unacknowledged + info.unsent;
    if (number != IN_QUEUE && number != OUT_QUEUE) {
        scenario_argument_refuse(w, request, "only SIOCINQ and SIOCOUTQ are supported");
        return SCENARIO_BAD;
    }
    if (actual != expected)
        scenario_call_remark(c, "the number of bytes", expected, actual);
    return scenario_call_error(c, error);
}
