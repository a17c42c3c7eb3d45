#include "scenario/scenario_argument.h"

#include "base/check.h"
#include "scenario/scenario_report.h"
#include "scenario/scenario_words.h"

/* Linux's values, because scripts may write them as numbers. */
/* clang-format off */
static const struct {
    const char *name;
    int64_t value;
} constants[] = {
    {"AF_INET", 2},           {"AF_INET6", 10},        {"SOCK_STREAM", 1},   {"SOCK_NONBLOCK", 0x800},
    {"IPPROTO_IP", 0},        {"IPPROTO_TCP", 6},      {"SHUT_RD", 0},       {"SHUT_WR", 1},
    {"SHUT_RDWR", 2},         {"SOL_SOCKET", 1},       {"SOL_TCP", 6},       {"SOL_IP", 0},
    {"SO_REUSEADDR", 2},      {"SO_ERROR", 4},         {"SO_SNDBUF", 7},     {"SO_RCVBUF", 8},
    {"SO_KEEPALIVE", 9},      {"SO_LINGER", 13},       {"SO_REUSEPORT", 15},
    {"TCP_NODELAY", 1},       {"TCP_MAXSEG", 2},       {"TCP_KEEPIDLE", 4},  {"TCP_KEEPINTVL", 5},
    {"TCP_KEEPCNT", 6},       {"TCP_LINGER2", 8},      {"TCP_USER_TIMEOUT", 18},
    {"IP_BIND_ADDRESS_NO_PORT", 24},
    {"O_RDONLY", 0},          {"O_WRONLY", 1},         {"O_RDWR", 2},        {"O_NONBLOCK", 0x800},
    {"F_GETFL", 3},           {"F_SETFL", 4},          {"SIOCINQ", 0x541b},  {"FIONREAD", 0x541b},
    {"SIOCOUTQ", 0x5411},     {"TIOCOUTQ", 0x5411},
    {"MSG_PEEK", 2},          {"MSG_DONTWAIT", 0x40},  {"MSG_EOR", 0x80},    {"MSG_NOSIGNAL", 0x4000},
    {"POLLIN", 1},            {"POLLOUT", 4},          {"POLLERR", 8},       {"POLLHUP", 16},
};
/* clang-format on */

const struct scenario_value *scenario_argument(const struct scenario_world *w,
                                               const struct scenario_calling *c, unsigned place)
{
    const struct scenario_value *values = w->script->values;
    uint16_t index = c->event->call.arguments;

    for (; place > 0; place--)
        index = values[index].next;
    LULL_CHECK(index != 0);
    return &values[index];
}

const struct scenario_value *scenario_argument_next(const struct scenario_world *w,
                                                    const struct scenario_value *v)
{
    return v->next == 0 ? NULL : &w->script->values[v->next];
}

const struct scenario_value *scenario_argument_first(const struct scenario_world *w,
                                                     const struct scenario_value *v)
{
    return v->first == 0 ? NULL : &w->script->values[v->first];
}

bool scenario_argument_refuse(struct scenario_world *w, const struct scenario_value *v,
                              const char *why)
{
    struct text *t;

    if (!w->failed) {
        w->report->result = SCENARIO_UNPLAYABLE;
        w->report->line = v->place.line;
        w->report->column = v->place.column;
        w->placed = true;
    }
    t = scenario_report_fail(w);
    if (v->text.len > 0) {
        text_character(t, '\'');
        scenario_words_put(t, v->text);
        text_string(t, "': ");
    }
    text_string(t, why);
    return false;
}

static bool constant(struct span name, int64_t *value)
{
    for (size_t i = 0; i < COUNT_OF(constants); i++) {
        if (scenario_words_equal(name, constants[i].name)) {
            *value = constants[i].value;
            return true;
        }
    }
    return false;
}

bool scenario_argument_number(struct scenario_world *w, const struct scenario_value *v,
                              int64_t *number)
{
    int64_t part = 0;

    *number = 0;
    for (;;) {
        if (v->kind == SCENARIO_NUMBER)
            part = v->number;
        else if (v->kind != SCENARIO_WORD || v->first != 0)
            return scenario_argument_refuse(w, v, "expected a number or a constant");
        else if (!constant(v->text, &part))
            return scenario_argument_refuse(w, v, "this constant is not supported");
        *number |= part;
        if (v->or_next == 0)
            return true;
        v = &w->script->values[v->or_next];
    }
}

bool scenario_argument_boxed(struct scenario_world *w, const struct scenario_value *v,
                             int64_t *number)
{
    const struct scenario_value *inner = v;

    if (v->kind == SCENARIO_LIST)
        inner = scenario_argument_first(w, v);
    if (inner == NULL)
        return scenario_argument_refuse(w, v, "the list is empty");
    return scenario_argument_number(w, inner, number);
}

const struct scenario_value *scenario_argument_member(const struct scenario_world *w,
                                                      const struct scenario_value *v,
                                                      const char *name)
{
    for (v = scenario_argument_first(w, v); v != NULL; v = scenario_argument_next(w, v)) {
        if (!scenario_words_equal(v->text, name))
            continue;
        const uint16_t value = v->kind == SCENARIO_APPLIED ? v->assigned : v->first;
        return value == 0 ? NULL : &w->script->values[value];
    }
    return NULL;
}

/* "htons(8080)" or "8080". */
static bool port_of(struct scenario_world *w, const struct scenario_value *v, uint16_t *port)
{
    const struct scenario_value *inner = v;
    int64_t number;

    if (v->kind == SCENARIO_APPLIED && scenario_words_equal(v->text, "htons"))
        inner = scenario_argument_first(w, v);
    if (inner == NULL)
        return scenario_argument_refuse(w, v, "expected htons(PORT)");
    if (!scenario_argument_number(w, inner, &number))
        return false;
    if (number < 0 || number > UINT16_MAX)
        return scenario_argument_refuse(w, inner, "a port is 0 to 65535");
    *port = (uint16_t)number;
    return true;
}

/* "inet_addr("192.168.0.1")" */
static bool address_of(struct scenario_world *w, const struct scenario_value *v,
                       struct lull_address *address)
{
    const struct scenario_value *string = NULL;
    char text[LULL_NAME_TEXT_BYTES];
    struct text t;

    if (v->kind == SCENARIO_APPLIED && scenario_words_equal(v->text, "inet_addr"))
        string = scenario_argument_first(w, v);
    if (string == NULL || string->kind != SCENARIO_STRING)
        return scenario_argument_refuse(w, v, "expected inet_addr(\"ADDRESS\")");
    text_init(&t, text, sizeof text);
    scenario_words_put(&t, string->text);
    return lull_address_parse(text, address) == LULL_OK
           || scenario_argument_refuse(w, string, "this is not an IPv4 address");
}

bool scenario_argument_name(struct scenario_world *w, const struct scenario_value *v,
                            struct lull_name *name)
{
    if (v->kind == SCENARIO_ELLIPSIS)
        return true;
    const struct scenario_value *port = scenario_argument_member(w, v, "sin_port");
    const struct scenario_value *address = scenario_argument_member(w, v, "sin_addr");
    if (v->kind != SCENARIO_STRUCT || port == NULL || address == NULL)
        return scenario_argument_refuse(
            w, v, "expected ... or {sa_family = AF_INET, sin_port = ..., sin_addr = ...}");
    return port_of(w, port, &name->port) && address_of(w, address, &name->address);
}

bool scenario_argument_vector(struct scenario_world *w, const struct scenario_value *v,
                              int64_t *bytes)
{
    int64_t one;

    *bytes = 0;
    if (v->kind != SCENARIO_LIST)
        return scenario_argument_refuse(w, v, "expected [{..., BYTES}, ...]");
    for (v = scenario_argument_first(w, v); v != NULL; v = scenario_argument_next(w, v)) {
        const struct scenario_value *base = scenario_argument_first(w, v);
        const struct scenario_value *size = base == NULL ? NULL : scenario_argument_next(w, base);
        if (v->kind != SCENARIO_STRUCT || size == NULL)
            return scenario_argument_refuse(w, v, "expected {..., BYTES}");
        if (!scenario_argument_number(w, size, &one))
            return false;
        if (one < 0 || one > INT32_MAX)
            return scenario_argument_refuse(w, size, "the number of bytes is out of range");
        *bytes += one;
    }
    return true;
}

struct scenario_descriptor *scenario_argument_descriptor(struct scenario_world *w, int64_t number)
{
    if (number < 0 || number >= SCENARIO_DESCRIPTORS_MAX || !w->descriptors[number].open)
        return NULL;
    return &w->descriptors[number];
}
