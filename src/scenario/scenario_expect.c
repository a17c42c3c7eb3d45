#include "scenario/scenario_expect.h"

#include "base/check.h"
#include "scenario/scenario_flow.h"
#include "scenario/scenario_info.h"
#include "scenario/scenario_words.h"
#include "scenario/scenario_world.h"

#define NOTHING "none"

static struct lull_usage usage(const struct scenario_world *w)
{
    struct lull_usage u;
    lull_stack_usage(w->stack, &u);
    return u;
}

static struct scenario_answer count_of(int64_t number)
{
    return (struct scenario_answer){.number = number};
}

static struct scenario_answer word_of(const char *word)
{
    struct scenario_answer answer = {0};
    struct text t;

    text_init(&t, answer.word, sizeof answer.word);
    text_string(&t, word);
    return answer;
}

static struct scenario_answer look_sockets(const struct scenario_world *w, struct span argument)
{
    (void)argument;
    return count_of(usage(w).sockets);
}

static struct scenario_answer look_connections(const struct scenario_world *w, struct span argument)
{
    (void)argument;
    return count_of(usage(w).connections);
}

static struct scenario_answer look_listeners(const struct scenario_world *w, struct span argument)
{
    (void)argument;
    return count_of(usage(w).listeners);
}

static struct scenario_answer look_records(const struct scenario_world *w, struct span argument)
{
    (void)argument;
    return count_of(usage(w).records);
}

static struct scenario_answer count_rows(const struct scenario_world *w, enum lull_row_kind kind)
{
    struct lull_row row;
    uint64_t cursor = 0;
    int64_t rows = 0;

    while (lull_stack_list(w->stack, &cursor, &row))
        rows += row.kind == kind;
    return count_of(rows);
}

static struct scenario_answer look_time_wait(const struct scenario_world *w, struct span argument)
{
    (void)argument;
    return count_rows(w, LULL_ROW_TIME_WAIT);
}

static struct scenario_answer look_fin_wait_2(const struct scenario_world *w, struct span argument)
{
    (void)argument;
    return count_rows(w, LULL_ROW_FIN_WAIT_2);
}

static struct scenario_answer look_hold(const struct scenario_world *w, struct span argument)
{
    (void)argument;
    return count_rows(w, LULL_ROW_HOLD);
}

static struct scenario_answer look_blocks(const struct scenario_world *w, struct span argument)
{
    (void)argument;
    return count_of(usage(w).blocks);
}

static bool counter_named(struct span name, enum lull_counter *counter)
{
    for (int i = 0; i < LULL_COUNTER_COUNT; i++) {
        if (scenario_words_equal(name, lull_counter_name((enum lull_counter)i))) {
            *counter = (enum lull_counter)i;
            return true;
        }
    }
    return false;
}

static struct scenario_answer look_counter(const struct scenario_world *w, struct span argument)
{
    enum lull_counter counter = (enum lull_counter)0;
    (void)counter_named(argument, &counter);
    return count_of((int64_t)lull_stack_counter(w->stack, counter));
}

/* The row of the current tuple; a connection rather than a record that is parked behind it. */
static bool current_row(const struct scenario_world *w, struct lull_row *found)
{
    const struct scenario_flow *f = &w->flows[w->current];
    struct lull_row row;
    uint64_t cursor = 0;
    bool any = false;

    while (w->flow_count > 0 && lull_stack_list(w->stack, &cursor, &row)) {
        if (row.kind == LULL_ROW_LISTENER || row.local.port != f->local_port
            || row.remote.port != f->remote_port)
            continue;
        if (!any || row.kind == LULL_ROW_CONNECTION)
            *found = row;
        any = true;
    }
    return any;
}

static struct scenario_answer look_state(const struct scenario_world *w, struct span argument)
{
    struct lull_row row;
    (void)argument;
    return word_of(current_row(w, &row) ? row.state : NOTHING);
}

static struct scenario_answer look_time_left(const struct scenario_world *w, struct span argument)
{
    struct lull_row row;
    (void)argument;
    return count_of(current_row(w, &row) ? row.timer_left : -1);
}

static struct scenario_answer look_restarts(const struct scenario_world *w, struct span argument)
{
    struct lull_row row;
    (void)argument;
    return count_of(current_row(w, &row) ? row.restarts : 0);
}

static struct scenario_answer look_refusal(const struct scenario_world *w, struct span argument)
{
    struct lull_refusal refusal;
    (void)argument;
    lull_socket_refusal(w->stack, &refusal);
    return word_of(refusal.call == LULL_REFUSED_NOTHING ? NOTHING : refusal.rule);
}

static struct scenario_answer look_refused_for(const struct scenario_world *w, struct span argument)
{
    struct lull_refusal refusal;
    (void)argument;
    lull_socket_refusal(w->stack, &refusal);
    return count_of(refusal.call == LULL_REFUSED_NOTHING ? 0 : refusal.remaining);
}

/* How far our ISN is above that of the incarnation before. */
static struct scenario_answer look_iss_step(const struct scenario_world *w, struct span argument)
{
    const struct scenario_flow *previous = scenario_flow_previous(w);
    (void)argument;
    return count_of(
        previous == NULL ? 0 : (int32_t)(w->flows[w->current].local_isn - previous->local_isn));
}

/* How far our first TSval is above the last one of the incarnation before. */
static struct scenario_answer look_ts_step(const struct scenario_world *w, struct span argument)
{
    const struct scenario_flow *f = &w->flows[w->current], *previous = scenario_flow_previous(w);
    (void)argument;
    return count_of(previous == NULL || !previous->stamped || !f->stamped
                        ? 0
                        : (int32_t)(f->first_stamp - previous->last_stamp));
}

/* clang-format off */
static const struct scenario_fact facts[] = {
    {"sockets",     NULL,                               SCENARIO_FACT_COUNT,    look_sockets},
    {"connections", NULL,                               SCENARIO_FACT_COUNT,    look_connections},
    {"listeners",   NULL,                               SCENARIO_FACT_COUNT,    look_listeners},
    {"records",     NULL,                               SCENARIO_FACT_COUNT,    look_records},
    {"time_wait",   NULL,                               SCENARIO_FACT_COUNT,    look_time_wait},
    {"fin_wait_2",  NULL,                               SCENARIO_FACT_COUNT,    look_fin_wait_2},
    {"hold",        NULL,                               SCENARIO_FACT_COUNT,    look_hold},
    {"blocks",      NULL,                               SCENARIO_FACT_COUNT,    look_blocks},
    {"counter",     "there is no counter of that name", SCENARIO_FACT_COUNT,    look_counter},
    {"state",       NULL,                               SCENARIO_FACT_WORD,     look_state},
    {"time_left",   NULL,                               SCENARIO_FACT_DURATION, look_time_left},
    {"restarts",    NULL,                               SCENARIO_FACT_COUNT,    look_restarts},
    {"refusal",     NULL,                               SCENARIO_FACT_WORD,     look_refusal},
    {"refused_for", NULL,                               SCENARIO_FACT_DURATION, look_refused_for},
    {"iss_step",    NULL,                               SCENARIO_FACT_COUNT,    look_iss_step},
    {"ts_step",     NULL,                               SCENARIO_FACT_COUNT,    look_ts_step},
};
/* clang-format on */

const struct scenario_fact *scenario_expect_find(struct span name)
{
    for (size_t i = 0; i < COUNT_OF(facts); i++)
        if (scenario_words_equal(name, facts[i].name))
            return &facts[i];
    return NULL;
}

bool scenario_expect_argument(const struct scenario_fact *fact, struct span argument)
{
    enum lull_counter counter;
    return fact->argument == NULL || counter_named(argument, &counter);
}

/* The descriptor whose connection an assertion is about: the newest one of the current tuple, or
 * the newest of all. */
static const struct scenario_descriptor *under_test(const struct scenario_world *w)
{
    const struct scenario_flow *f = &w->flows[w->current];
    const struct scenario_descriptor *newest = NULL, *fits = NULL;
    struct lull_name local, remote;

    for (size_t i = 0; i < SCENARIO_DESCRIPTORS_MAX; i++) {
        const struct scenario_descriptor *d = &w->descriptors[i];
        if (!d->open)
            continue;
        if (newest == NULL || d->age > newest->age)
            newest = d;
        (void)lull_socket_names(w->stack, d->socket, &local, &remote);
        if (local.port == f->local_port && remote.port == f->remote_port
            && (fits == NULL || d->age > fits->age))
            fits = d;
    }
    return fits != NULL ? fits : newest;
}

static struct scenario_answer answer_of(const struct scenario_world *w,
                                        const struct lull_tcp_info *info,
                                        const struct scenario_operand *operand)
{
    struct scenario_answer answer = {.number = operand->number};
    struct text t;

    if (operand->name.len > 0)
        return info != NULL ? count_of(scenario_info_value(info, operand->name))
                            : scenario_expect_find(operand->name)->look(w, operand->argument);
    text_init(&t, answer.word, sizeof answer.word);
    scenario_words_put(&t, operand->word);
    return answer;
}

static bool compare(enum scenario_operator operator, const struct scenario_answer * a,
                    const struct scenario_answer *b)
{
    const bool words = a->word[0] != '\0' || b->word[0] != '\0';
    const bool same =
        words ? scenario_words_equal(scenario_words_of(a->word), b->word) : a->number == b->number;

    switch (operator) {
    case SCENARIO_EQUAL: return same;
    case SCENARIO_NOT_EQUAL: return !same;
    case SCENARIO_LESS: return a->number < b->number;
    case SCENARIO_LESS_EQUAL: return a->number <= b->number;
    case SCENARIO_MORE: return a->number > b->number;
    default: return a->number >= b->number;
    }
}

static void put_answer(struct text *t, const struct scenario_operand *operand,
                       const struct scenario_answer *answer)
{
    const struct scenario_fact *fact = scenario_expect_find(operand->name);

    if (answer->word[0] != '\0')
        text_string(t, answer->word);
    else if (fact != NULL && fact->kind == SCENARIO_FACT_DURATION)
        scenario_words_put_time(t, answer->number);
    else
        text_signed(t, answer->number);
}

/* "tcpi_snd_cwnd is 9, expected 10" */
static void explain(struct text *why, const struct scenario_term *term,
                    const struct scenario_answer *left, const struct scenario_answer *right)
{
    static const char *const not_the_case[] = {"",         "not ",       "less than ",
                                               "at most ", "more than ", "at least "};
    const struct scenario_operand *named = term->left.name.len > 0 ? &term->left : &term->right;

    if (term->left.name.len > 0) {
        scenario_words_put(why, term->left.name);
        text_character(why, ' ');
        scenario_words_put(why, term->left.argument);
        text_string(why, term->left.argument.len > 0 ? " is " : "is ");
    }
    put_answer(why, named, left);
    text_string(why, ", expected ");
    text_string(why, not_the_case[term->operator]);
    if (term->right.name.len > 0) {
        scenario_words_put(why, term->right.name);
        text_string(why, ", which is ");
    }
    put_answer(why, named, right);
}

/* An assertion of @count terms: alternatives divided by "or", each a row of "and". */
static bool assertion_holds(const struct scenario_world *w, const struct lull_tcp_info *info,
                            const struct scenario_term *terms, struct text *why)
{
    const struct scenario_term *broken = NULL;
    const struct text before = *why;
    bool row = true;

    for (const struct scenario_term *t = terms;; t++) {
        struct scenario_answer left = answer_of(w, info, &t->left);
        struct scenario_answer right = answer_of(w, info, &t->right);
        const bool holds = compare(t->operator, & left, &right);
        row &= holds;
        if (!holds && broken == NULL) {
            broken = t;
            explain(why, t, &left, &right);
        }
        if (row && (t->or_else || t->last)) {
            *why = before; /* what did not hold has an alternative that does */
            *why->at = '\0';
            return true;
        }
        if (t->last)
            return false;
        row = row || t->or_else;
    }
}

bool scenario_expect_holds(const struct scenario_world *w, const struct scenario_event *event,
                           struct text *why)
{
    const struct scenario_term *terms = w->script->terms + event->condition.first;
    const struct scenario_descriptor *d = under_test(w);
    struct lull_tcp_info info, *asked = NULL;

    if (event->kind == SCENARIO_ASSERT) {
        asked = &info;
        if (d == NULL || lull_socket_info(w->stack, d->socket, asked) != LULL_OK) {
            text_string(why, "no descriptor is open whose TCP_INFO could be asked for");
            return false;
        }
    }
    for (uint16_t i = 0; i < event->condition.count; i++) {
        const bool first = i == 0 || terms[i - 1].last;
        if (first && !assertion_holds(w, asked, terms + i, why))
            return false;
    }
    return true;
}
