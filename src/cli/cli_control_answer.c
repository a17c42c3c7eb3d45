/* cli_control_answer.c - rows, counters, usage, refusals and knobs as JSON lines.
 *
 * Changes between two pieces may hide or repeat rows, as in /proc/net/tcp; a consistent copy of a
 * million records was rejected, because taking it would stop the traffic. */
#include "cli/cli_control_answer.h"

#include <string.h>

#include "lull/socket.h"

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
    static const char *const names[] = {"connection", "listener", "time-wait", "fin-wait-2",
                                        "hold"};

    return names[kind];
}

static void write_name(struct cli_json *json, const char *key, const struct lull_name *name)
{
    char text[LULL_NAME_TEXT_BYTES];

    lull_address_format_name(name, text, sizeof text);
    cli_json_pair_string(json, key, text);
}

/* What is remembered of a record, as far as it is. */
static void write_memory(struct cli_json *json, const struct lull_row *row)
{
    cli_json_pair_number(json, "restarts", row->restarts);
    if (row->entered != LULL_TIME_NEVER) {
        cli_json_pair_number(json, "entered_ms", row->entered / LULL_MS(1));
        cli_json_pair_number(json, "age_ms", row->age / LULL_MS(1));
    }
    cli_json_pair_string(json, "cause", lull_record_cause_text(row->cause));
    cli_json_pair_string(json, "reason", lull_record_reason_text(row->reason));
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
    if (row->kind != LULL_ROW_LISTENER) {
        cli_json_pair_number(json, "snd_nxt", row->snd_nxt);
        cli_json_pair_number(json, "rcv_nxt", row->rcv_nxt);
    }
    if (row->kind != LULL_ROW_LISTENER && row->kind != LULL_ROW_CONNECTION)
        write_memory(json, row);
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

static void write_refusal(struct cli_json *json, const struct lull_refusal *r)
{
    const struct lull_incarnation *held = &r->held;
    char text[512];

    cli_json_object(json);
    cli_json_pair_number(json, "at_ms", r->at / LULL_MS(1));
    cli_json_pair_string(json, "call", lull_refusal_call_name(r->call));
    cli_json_pair_string(json, "error", lull_error_name(r->error));
    cli_json_pair_string(json, "rule", r->rule);
    cli_json_pair_string(json, "blocker", lull_refusal_blocker_name(r->blocker));
    cli_json_pair_number(json, "blockers", r->blockers);
    write_name(json, "local", held->local.port ? &held->local : &r->local);
    write_name(json, "peer", held->local.port ? &held->remote : &r->remote);
    if (r->remaining != LULL_TIME_NEVER)
        cli_json_pair_number(json, "remaining_ms", r->remaining / LULL_MS(1));
    if (held->local.port) {
        cli_json_pair_number(json, "snd_nxt", held->snd_nxt);
        cli_json_pair_number(json, "rcv_nxt", held->rcv_nxt);
        cli_json_pair_string(json, "cause", lull_record_cause_text(held->cause));
    }
    if (held->local.port && held->entered != LULL_TIME_NEVER)
        cli_json_pair_number(json, "entered_ms", held->entered / LULL_MS(1));
    cli_json_pair_string(json, "remedy", lull_remedy_text(r->remedy));
    lull_refusal_text(r, text, sizeof text);
    cli_json_pair_string(json, "text", text);
    cli_json_end_object(json);
    cli_json_end_line(json);
}

static void write_refusals(struct cli_control_answer *a, struct cli_json *json)
{
    struct lull_refusal refusal;

    while (json->size - json->used > LINE_BYTES) {
        if (!lull_socket_next_refusal(a->network->stack, &a->cursor, &refusal)) {
            a->next = ANSWER_ENDED;
            return;
        }
        write_refusal(json, &refusal);
        a->lines++;
    }
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
    static const char *const requests[] = {"rows", "counters", "usage", "refusals", "knobs"};
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
    else if (a->next == ANSWER_REFUSALS)
        write_refusals(a, &json);
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
