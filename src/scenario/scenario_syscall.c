#include "scenario/scenario_syscall.h"

#include "base/check.h"
#include "scenario/scenario_argument.h"
#include "scenario/scenario_call.h"
#include "scenario/scenario_report.h"
#include "scenario/scenario_sockopt.h"
#include "scenario/scenario_transfer.h"
#include "scenario/scenario_words.h"

/* clang-format off */
static const struct {
    const char *name;
    unsigned least, most; /* arguments */
    enum scenario_step (*run)(struct scenario_world *w, struct scenario_calling *c);
} calls[] = {
    {"socket",     3, 3, scenario_call_socket},
    {"bind",       3, 3, scenario_call_bind},
    {"listen",     2, 2, scenario_call_listen},
    {"accept",     3, 3, scenario_call_accept},
    {"connect",    3, 3, scenario_call_connect},
    {"close",      1, 1, scenario_call_close},
    {"shutdown",   2, 2, scenario_call_shutdown},
    {"poll",       3, 3, scenario_call_poll},
    {"read",       3, 3, scenario_transfer_read},
    {"recv",       4, 4, scenario_transfer_recv},
    {"recvfrom",   6, 6, scenario_transfer_recv},
    {"recvmsg",    3, 3, scenario_transfer_recvmsg},
    {"readv",      3, 3, scenario_transfer_readv},
    {"write",      3, 3, scenario_transfer_write},
    {"send",       4, 4, scenario_transfer_send},
    {"sendto",     6, 6, scenario_transfer_send},
    {"sendmsg",    3, 3, scenario_transfer_sendmsg},
    {"writev",     3, 3, scenario_transfer_writev},
    {"setsockopt", 5, 5, scenario_sockopt_set},
    {"getsockopt", 5, 5, scenario_sockopt_get},
    {"fcntl",      2, 3, scenario_sockopt_fcntl},
    {"ioctl",      3, 3, scenario_sockopt_ioctl},
};
/* clang-format on */

static size_t find(struct span name)
{
    size_t i = 0;

    while (i < COUNT_OF(calls) && !scenario_words_equal(name, calls[i].name))
        i++;
    return i;
}

const char *scenario_syscall_check(const struct scenario_call *call)
{
    const size_t i = find(call->name);

    if (i == COUNT_OF(calls))
        return "this system call is not supported";
    if (call->argument_count < calls[i].least || call->argument_count > calls[i].most)
        return "the system call has another number of arguments";
    return NULL;
}

enum scenario_step scenario_syscall_try(struct scenario_world *w, struct scenario_calling *c)
{
    return calls[find(c->event->call.name)].run(w, c);
}

/* Two names of one errno. */
static bool same_error(struct span expected, const char *actual)
{
    return scenario_words_equal(expected, actual)
           || (scenario_words_equal(expected, "EWOULDBLOCK")
               && scenario_words_equal(scenario_words_of(actual), "EAGAIN"));
}

static void put_result(struct text *t, int64_t result, struct span error)
{
    text_string(t, " = ");
    text_signed(t, result);
    if (error.len > 0)
        text_character(t, ' ');
    scenario_words_put(t, error);
}

bool scenario_syscall_judge(struct scenario_world *w, const struct scenario_calling *c)
{
    const struct scenario_call *call = &c->event->call;
    const struct scenario_value *expected = &w->script->values[call->result];
    const struct span error = c->error == NULL ? (struct span){0} : scenario_words_of(c->error);
    int64_t number;

    if (c->remark[0] != '\0') {
        text_string(scenario_report_fail(w), c->remark);
        return false;
    }
    if (expected->kind == SCENARIO_ELLIPSIS)
        return true;
    if (!scenario_argument_number(w, expected, &number))
        return false;
    const bool same = c->error == NULL ? call->error.len == 0 : same_error(call->error, c->error);
    if (number == c->result && same)
        return true;
    struct text *t = scenario_report_fail(w);
    text_string(t, "the call returned something else\n  expected ");
    scenario_words_put(t, call->whole);
    put_result(t, number, call->error);
    text_string(t, "\n  actual   ");
    scenario_words_put(t, call->whole);
    put_result(t, c->result, error);
    return false;
}
