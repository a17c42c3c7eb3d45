/* scenario_parser_call.c - system calls.
 *
 * Arguments are read by one small grammar of values, not by one for each struct as packetdrill
 * does it: what a value means is known where the call is made, and there a mistake can be named in
 * the words of the call. */
#include "scenario/scenario_parser_call.h"

#include "scenario/scenario_syscall.h"

static bool read_value(struct scenario_parser *p, unsigned depth, uint16_t *index);

/* The index of a new value; 0 when there is no room. */
static uint16_t add_value(struct scenario_parser *p, enum scenario_value_kind kind)
{
    struct scenario_script *s = p->script;

    if (s->value_count == SCENARIO_VALUES_MAX) {
        scenario_parser_refuse(p, p->token.place, "the script has too many arguments",
                               (struct span){0});
        return 0;
    }
    s->values[s->value_count] = (struct scenario_value){
        .kind = kind, .place = p->token.place, .number = p->token.number, .text = p->token.text};
    return (uint16_t)s->value_count++;
}

/* Values with commas between them, up to @close, which is taken. */
static bool read_list(struct scenario_parser *p, unsigned depth, char close, uint16_t *first)
{
    struct scenario_value *values = p->script->values;
    uint16_t previous = 0, index;

    *first = 0;
    if (scenario_parser_accept(p, close))
        return true;
    do {
        if (!read_value(p, depth, &index))
            return false;
        *(previous == 0 ? first : &values[previous].next) = index;
        previous = index;
    } while (scenario_parser_accept(p, ','));
    return scenario_parser_expect(p, close);
}

/* A word alone, "events=POLLIN", "htons(80)" or "msg_iov(1)=[...]". */
static bool read_word(struct scenario_parser *p, unsigned depth, struct scenario_value *v)
{
    uint16_t first, assigned;

    if (scenario_parser_accept(p, '(')) {
        v->kind = SCENARIO_APPLIED;
        if (!read_list(p, depth, ')', &first))
            return false;
        v->first = first;
        if (!scenario_parser_accept(p, '='))
            return true;
        if (!read_value(p, depth, &assigned))
            return false;
        v->assigned = assigned;
        return true;
    }
    if (!scenario_parser_accept(p, '='))
        return true;
    if (!read_value(p, depth, &assigned))
        return false;
    v->first = assigned;
    return true;
}

/* One value without the "|" behind it. */
static bool read_one(struct scenario_parser *p, unsigned depth, uint16_t *index)
{
    static const char expected[] = "a number, a word, a \"string\", ..., [ or {";
    const bool opens = scenario_parser_is(p, '[') || scenario_parser_is(p, '{');
    const bool brackets = scenario_parser_is(p, '[');
    const enum scenario_token_kind kind = p->token.kind;

    *index = 0;
    if (depth == SCENARIO_DEPTH_MAX)
        return scenario_parser_refuse(p, p->token.place, "the argument is nested too deeply",
                                      (struct span){0});
    if (!opens && kind != SCENARIO_TOKEN_NUMBER && kind != SCENARIO_TOKEN_WORD
        && kind != SCENARIO_TOKEN_STRING && kind != SCENARIO_TOKEN_ELLIPSIS)
        return scenario_parser_fail(p, expected);
    *index = add_value(p, opens ? (brackets ? SCENARIO_LIST : SCENARIO_STRUCT)
                          : kind == SCENARIO_TOKEN_NUMBER   ? SCENARIO_NUMBER
                          : kind == SCENARIO_TOKEN_WORD     ? SCENARIO_WORD
                          : kind == SCENARIO_TOKEN_ELLIPSIS ? SCENARIO_ELLIPSIS
                                                            : SCENARIO_STRING);
    if (*index == 0)
        return false;
    struct scenario_value *v = &p->script->values[*index];
    scenario_parser_advance(p);
    if (opens)
        return read_list(p, depth + 1, brackets ? ']' : '}', &v->first);
    if (kind == SCENARIO_TOKEN_STRING && p->token.kind == SCENARIO_TOKEN_ELLIPSIS)
        scenario_parser_advance(p); /* a string of which only the beginning is written */
    return kind != SCENARIO_TOKEN_WORD || read_word(p, depth + 1, v);
}

static bool read_value(struct scenario_parser *p, unsigned depth, uint16_t *index)
{
    uint16_t previous, next = 0;

    if (!read_one(p, depth, index))
        return false;
    for (previous = *index; scenario_parser_accept(p, '|'); previous = next) {
        if (!read_one(p, depth, &next))
            return false;
        p->script->values[previous].or_next = next;
    }
    return true;
}

/* "(Connection refused)": for people. */
static bool read_note(struct scenario_parser *p)
{
    if (!scenario_parser_accept(p, '('))
        return true;
    while (!scenario_parser_is(p, ')')) {
        if (p->token.kind != SCENARIO_TOKEN_WORD && p->token.kind != SCENARIO_TOKEN_NUMBER
            && p->token.kind != SCENARIO_TOKEN_CHARACTER)
            return scenario_parser_fail(p, "words and a ')'");
        scenario_parser_advance(p);
    }
    scenario_parser_advance(p);
    return true;
}

static bool read_result(struct scenario_parser *p, struct scenario_call *c)
{
    const uint8_t *start = c->whole.data, *end = p->token.text.data;

    c->whole = (struct span){start, (size_t)(end - start)};
    if (!scenario_parser_expect(p, '=') || !read_value(p, 0, &c->result))
        return false;
    if (p->token.kind == SCENARIO_TOKEN_WORD) {
        c->error = p->token.text;
        scenario_parser_advance(p);
    }
    return read_note(p);
}

/* "...0.2" between the time and the call: when a call that sleeps returns. */
static bool read_end(struct scenario_parser *p, const struct scenario_event *event,
                     struct scenario_call *c)
{
    const struct scenario_place place = p->token.place;
    const bool whole = (scenario_parser_advance(p), p->token.kind == SCENARIO_TOKEN_NUMBER);

    if (!whole && p->token.kind != SCENARIO_TOKEN_DECIMAL)
        return scenario_parser_fail(p, "a time in seconds");
    if (p->token.number < 0 || p->token.number > SCENARIO_SECONDS_MAX * (whole ? 1 : LULL_SEC(1)))
        return scenario_parser_refuse(p, p->token.place, "the time is out of range", p->token.text);
    c->blocks = true;
    c->ends = whole ? LULL_SEC(p->token.number) : p->token.number;
    scenario_parser_advance(p);
    return c->ends >= event->time.from
           || scenario_parser_refuse(p, place, "the call ends before it begins", (struct span){0});
}

bool scenario_parser_call_read(struct scenario_parser *p, struct scenario_event *event)
{
    struct scenario_call *c = &event->call;

    event->kind = SCENARIO_CALL;
    if (p->token.kind == SCENARIO_TOKEN_ELLIPSIS && !read_end(p, event, c))
        return false;
    if (p->token.kind != SCENARIO_TOKEN_WORD)
        return scenario_parser_fail(p, "the name of a system call");
    c->name = c->whole = p->token.text;
    const struct scenario_place place = p->token.place;
    scenario_parser_advance(p);
    if (!scenario_parser_expect(p, '(') || !read_list(p, 0, ')', &c->arguments))
        return false;
    for (uint16_t i = c->arguments; i != 0; i = p->script->values[i].next)
        c->argument_count++;
    if (!read_result(p, c))
        return false;
    const char *wrong = scenario_syscall_check(c);
    return wrong == NULL || scenario_parser_refuse(p, place, wrong, c->name);
}
