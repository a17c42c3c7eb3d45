/* cli_control_answer.c - rows, counters, usage and knobs as JSON lines.
 *
 * Changes between two pieces may hide or repeat rows, as in /proc/net/tcp; a consistent copy of a
 * million records was rejected, because taking it would stop the traffic. */
#include "cli/cli_control_answer.h"

#include <string.h>

#include "cli/cli_json.h"
#include "cli/cli_network.h"

#define LINE_BYTES 1024 /* no line is longer */

static const char *timer_name(enum lull_row_timer timer)
{
    static const char *const names[] = {"off", "on", "keepalive", "timewait", "persist"};

    return names[timer];
}

static const char *kind_name(enum lull_row_kind kind)
{
    static const char *const names[] = {"connection", "listener", "time-wait", "fin-wait-2"};

    return names[kind];
}

static void write_name(struct cli_json *json, const char *key, const struct lull_name *name)
{
    char text[LULL_NAME_TEXT_BYTES];

    lull_address_format_name(name, text, sizeof text);
    cli_json_pair_string(json, key, text);
}

static void write_row(struct cli_json *json, const struct lull_row *row)
{
    cli_json_object(json);
    cli_json_pair_string(json, "kind", kind_name(row->kind));
    cli_json_pair_string(json, "state", row->state);
    cli_json_pair_number(json, "recv_q", row->receive_queue);
    cli_json_pair_number(json, "send_q", row->send_queue);
    write_name(json, "local", &row->local);
    write_name(json, "peer", &row->remote);
    cli_json_pair_string(json, "timer", timer_name(row->timer));
    cli_json_pair_number(json, "timer_ms",
                         row->timer == LULL_TIMER_OFF ? 0 : row->timer_left / LULL_MS(1));
    cli_json_pair_number(json, "retries", row->timer_retries);
    cli_json_pair_number(json, "restarts", row->restarts);
    cli_json_end_object(json);
    cli_json_end_line(json);
}

static void write_rows(struct cli_control_answer *a, struct cli_json *json)
{
    struct lull_row row;

    while (json->size - json->used > LINE_BYTES) {
        if (!lull_stack_list(a->network->stack, &a->cursor, &row)) {
            a->next = ANSWER_ENDED;
            return;
        }
        write_row(json, &row);
        a->lines++;
    }
}

/* One line each, so that a piece never ends within one. */
static void write_counters(struct cli_control_answer *a, struct cli_json *json)
{
    while (json->size - json->used > LINE_BYTES && a->cursor < LULL_COUNTER_COUNT) {
        enum lull_counter counter = (enum lull_counter)a->cursor++;
        cli_json_object(json);
        cli_json_pair_string(json, "name", lull_counter_name(counter));
        cli_json_key(json, "value");
        cli_json_counter(json, lull_stack_counter(a->network->stack, counter));
        cli_json_pair_string(json, "text", lull_counter_text(counter));
        cli_json_end_object(json);
        cli_json_end_line(json);
        a->lines++;
    }
    if (a->cursor == LULL_COUNTER_COUNT)
        a->next = ANSWER_ENDED;
}

static void write_limit(struct cli_control_answer *a, struct cli_json *json, const char *name,
                        const uint32_t numbers[2])
{
    cli_json_object(json);
    cli_json_pair_string(json, "name", name);
    cli_json_pair_number(json, "used", numbers[0]);
    cli_json_pair_number(json, "limit", numbers[1]);
    cli_json_end_object(json);
    cli_json_end_line(json);
    a->lines++;
}

static void write_usage(struct cli_control_answer *a, struct cli_json *json)
{
    const struct lull_stack_config *c = &a->network->settings->config;
    struct lull_usage u;

    lull_stack_usage(a->network->stack, &u);
    write_limit(a, json, "sockets", (uint32_t[]){u.sockets, c->sockets_max});
    write_limit(a, json, "connections", (uint32_t[]){u.connections, c->connections_max});
    write_limit(a, json, "orphans",
                (uint32_t[]){u.orphans,
                             (uint32_t)lull_stack_knob(a->network->stack, LULL_KNOB_orphan_max)});
    write_limit(a, json, "listeners", (uint32_t[]){u.listeners, c->listeners_max});
    write_limit(a, json, "records", (uint32_t[]){u.records, c->records_max});
    write_limit(a, json, "blocks", (uint32_t[]){u.blocks, c->blocks_max});
    write_limit(a, json, "neighbors", (uint32_t[]){u.neighbors, c->neighbors_max});
    write_limit(a, json, "routes", (uint32_t[]){u.routes, c->routes_max});
    a->next = ANSWER_ENDED;
}

static void write_knob(struct cli_json *json, enum lull_knob knob, int64_t value)
{
    const struct lull_knob_info *info = lull_knob_info(knob);
    char text[32];

    cli_json_object(json);
    cli_json_pair_string(json, "name", info->name);
    lull_knob_text(knob, value, text, sizeof text);
    cli_json_pair_string(json, "value", text);
    lull_knob_text(knob, info->value[LULL_PROFILE_DEFAULT], text, sizeof text);
    cli_json_pair_string(json, "default", text);
    cli_json_end_object(json);
    cli_json_end_line(json);
}

/* Those that were turned. */
static void write_knobs(struct cli_control_answer *a, struct cli_json *json)
{
    while (json->size - json->used > LINE_BYTES && a->cursor < LULL_KNOB_COUNT) {
        enum lull_knob knob = (enum lull_knob)a->cursor++;
        int64_t value = lull_stack_knob(a->network->stack, knob);
        if (value == lull_knob_info(knob)->value[LULL_PROFILE_DEFAULT])
            continue;
        write_knob(json, knob, value);
        a->lines++;
    }
    if (a->cursor == LULL_KNOB_COUNT)
        a->next = ANSWER_ENDED;
}

static void write_end(struct cli_control_answer *a, struct cli_json *json)
{
    cli_json_object(json);
    cli_json_key(json, "end");
    cli_json_counter(json, a->lines);
    cli_json_end_object(json);
    cli_json_end_line(json);
}

void cli_control_answer_begin(struct cli_control_answer *answer, const struct cli_network *network,
                              const char *request)
{
    static const char *const requests[] = {"rows", "counters", "usage", "knobs"};
    unsigned i = 0;

    while (i < ANSWER_UNKNOWN && strcmp(request, requests[i]) != 0)
        i++;
    answer->network = network;
    answer->next = (enum cli_control_part)i;
    answer->cursor = answer->lines = 0;
    answer->length = answer->sent = 0;
}

static void fill(struct cli_control_answer *a)
{
    struct cli_json json;

    cli_json_init(&json, a->piece, sizeof a->piece);
    if (a->next == ANSWER_ROWS)
        write_rows(a, &json);
    else if (a->next == ANSWER_COUNTERS)
        write_counters(a, &json);
    else if (a->next == ANSWER_USAGE)
        write_usage(a, &json);
    else if (a->next == ANSWER_KNOBS)
        write_knobs(a, &json);
    if (a->next == ANSWER_UNKNOWN) {
        cli_json_object(&json);
        cli_json_pair_string(&json, "error", "no such request");
        cli_json_end_object(&json);
        cli_json_end_line(&json);
        a->next = ANSWER_ENDED;
    }
    a->length = json.used;
    a->sent = 0;
}

struct lull_slice cli_control_answer_piece(struct cli_control_answer *answer)
{
    struct cli_json json;

    if (answer->sent == answer->length && answer->next != ANSWER_ENDED)
        fill(answer);
    if (answer->sent == answer->length && answer->lines != UINT64_MAX) {
        cli_json_init(&json, answer->piece, sizeof answer->piece);
        write_end(answer, &json);
        answer->length = json.used;
        answer->sent = 0;
        answer->lines = UINT64_MAX; /* the end has been said */
    }
    return (struct lull_slice){answer->piece + answer->sent, answer->length - answer->sent};
}

void cli_control_answer_sent(struct cli_control_answer *answer, size_t bytes)
{
    answer->sent += bytes;
}
