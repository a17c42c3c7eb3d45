/* scenario_parser.c - the frame of a script: options, the first command, times and what happens
 * at them. */
#include "scenario/scenario_parser.h"

#include "scenario/scenario_parser_call.h"
#include "scenario/scenario_parser_condition.h"
#include "scenario/scenario_parser_packet.h"
#include "scenario/scenario_settings.h"
#include "scenario/scenario_words.h"

static void put_found(struct text *t, const struct scenario_token *token)
{
    switch (token->kind) {
    case SCENARIO_TOKEN_END: text_string(t, "the end of the script"); return;
    case SCENARIO_TOKEN_CODE: text_string(t, "%{"); return;
    case SCENARIO_TOKEN_DIRECTIVE: text_string(t, "//lull:"); return;
    case SCENARIO_TOKEN_COMMAND: text_string(t, "a `command`"); return;
    case SCENARIO_TOKEN_STRING: text_string(t, "a \"string\""); return;
    default: break;
    }
    text_character(t, '\'');
    scenario_words_put(t, token->text);
    text_character(t, '\'');
}

bool scenario_parser_fail(struct scenario_parser *p, const char *expected)
{
    struct text t;

    if (p->failed)
        return false;
    if (p->token.kind == SCENARIO_TOKEN_BROKEN)
        return scenario_parser_refuse(p, p->token.place, p->token.problem, (struct span){0});
    p->failed = true;
    p->fault->place = p->token.place;
    text_init(&t, p->fault->text, sizeof p->fault->text);
    text_string(&t, "expected ");
    text_string(&t, expected);
    text_string(&t, ", found ");
    put_found(&t, &p->token);
    return false;
}

bool scenario_parser_refuse(struct scenario_parser *p, struct scenario_place place,
                            const char *problem, struct span word)
{
    struct text t;

    if (p->failed)
        return false;
    p->failed = true;
    p->fault->place = place;
    text_init(&t, p->fault->text, sizeof p->fault->text);
    if (word.len > 0) {
        text_character(&t, '\'');
        scenario_words_put(&t, word);
        text_string(&t, "': ");
    }
    text_string(&t, problem);
    return false;
}

void scenario_parser_advance(struct scenario_parser *p)
{
    p->token = scenario_lexer_next(&p->lexer);
}

bool scenario_parser_is(const struct scenario_parser *p, char character)
{
    return p->token.kind == SCENARIO_TOKEN_CHARACTER && p->token.number == (uint8_t)character;
}

bool scenario_parser_is_word(const struct scenario_parser *p, const char *word)
{
    return p->token.kind == SCENARIO_TOKEN_WORD && scenario_words_equal(p->token.text, word);
}

bool scenario_parser_accept(struct scenario_parser *p, char character)
{
    if (!scenario_parser_is(p, character))
        return false;
    scenario_parser_advance(p);
    return true;
}

bool scenario_parser_accept_word(struct scenario_parser *p, const char *word)
{
    if (!scenario_parser_is_word(p, word))
        return false;
    scenario_parser_advance(p);
    return true;
}

bool scenario_parser_expect(struct scenario_parser *p, char character)
{
    const char what[] = {'\'', character, '\'', '\0'};
    return scenario_parser_accept(p, character) || scenario_parser_fail(p, what);
}

bool scenario_parser_number(struct scenario_parser *p, const char *what, uint64_t most,
                            uint64_t *number)
{
    if (p->token.kind != SCENARIO_TOKEN_NUMBER)
        return scenario_parser_fail(p, what);
    if (p->token.number < 0 || (uint64_t)p->token.number > most)
        return scenario_parser_refuse(p, p->token.place, "the number is out of range",
                                      p->token.text);
    *number = (uint64_t)p->token.number;
    scenario_parser_advance(p);
    return true;
}

static bool read_seconds(struct scenario_parser *p, lull_duration *at)
{
    const bool whole = p->token.kind == SCENARIO_TOKEN_NUMBER;

    if (!whole && p->token.kind != SCENARIO_TOKEN_DECIMAL)
        return scenario_parser_fail(p, "a time in seconds");
    if (p->token.number < 0)
        return scenario_parser_refuse(p, p->token.place, "a time cannot be negative",
                                      p->token.text);
    if (p->token.number > SCENARIO_SECONDS_MAX * (whole ? 1 : LULL_SEC(1)))
        return scenario_parser_refuse(p, p->token.place, "the time is too far away", p->token.text);
    *at = whole ? LULL_SEC(p->token.number) : p->token.number;
    scenario_parser_advance(p);
    return true;
}

static bool read_time(struct scenario_parser *p, struct scenario_time *time)
{
    const struct scenario_place place = p->token.place;

    if (scenario_parser_accept(p, '*')) {
        *time = (struct scenario_time){.kind = SCENARIO_ANY_TIME};
        return true;
    }
    const bool relative = scenario_parser_accept(p, '+');
    *time = (struct scenario_time){.kind = relative ? SCENARIO_AFTER : SCENARIO_AT};
    if (!read_seconds(p, &time->from))
        return false;
    if (!scenario_parser_accept(p, '~'))
        return true;
    time->kind = relative ? SCENARIO_AFTER_RANGE : SCENARIO_AT_RANGE;
    if (relative && !scenario_parser_expect(p, '+'))
        return false;
    if (!read_seconds(p, &time->until))
        return false;
    return time->until >= time->from
           || scenario_parser_refuse(p, place, "the range of times ends before it begins",
                                     (struct span){0});
}

static struct scenario_event *add_event(struct scenario_parser *p, struct scenario_place place)
{
    struct scenario_script *s = p->script;

    if (s->event_count == SCENARIO_EVENTS_MAX) {
        scenario_parser_refuse(p, place, "the script has too many events", (struct span){0});
        return NULL;
    }
    struct scenario_event *e = &s->events[s->event_count++];
    *e = (struct scenario_event){.place = place};
    return e;
}

/* Times other than a single one say when something is seen, and only a packet is seen. */
static bool check_time(struct scenario_parser *p, const struct scenario_event *e)
{
    const enum scenario_time_kind kind = e->time.kind;

    if (kind == SCENARIO_AT || kind == SCENARIO_AFTER)
        return true;
    return (e->kind == SCENARIO_PACKET && e->packet.outbound)
           || scenario_parser_refuse(p, e->place, "only a packet that is sent can have such a time",
                                     (struct span){0});
}

static bool read_event(struct scenario_parser *p)
{
    struct scenario_event *e = add_event(p, p->token.place);
    bool ok;

    if (e == NULL || !read_time(p, &e->time))
        return false;
    if (scenario_parser_is(p, '<') || scenario_parser_is(p, '>'))
        ok = scenario_parser_packet_read(p, e);
    else if (p->token.kind == SCENARIO_TOKEN_WORD || p->token.kind == SCENARIO_TOKEN_ELLIPSIS)
        ok = scenario_parser_call_read(p, e);
    else if (p->token.kind == SCENARIO_TOKEN_CODE)
        ok = scenario_parser_condition_code(p, e);
    else if (p->token.kind == SCENARIO_TOKEN_COMMAND)
        return scenario_parser_refuse(
            p, p->token.place, "a command can only stand before the first event", (struct span){0});
    else
        ok = scenario_parser_fail(p, "'<', '>', a system call or %{ code }%");
    return ok && check_time(p, e);
}

static bool read_directive(struct scenario_parser *p)
{
    struct scenario_event event = {.place = p->token.place};
    bool is_event = false;

    if (!scenario_parser_condition_directive(p, &event, &is_event))
        return false;
    if (!is_event)
        return true;
    struct scenario_event *e = add_event(p, event.place);
    if (e == NULL)
        return false;
    *e = event;
    return true;
}

/* --name or --name=value. */
static bool read_option(struct scenario_parser *p)
{
    const struct scenario_token name = p->token;
    struct scenario_setting option = {.place = name.place};
    const uint8_t *start = name.text.data + 2;

    option.name = (struct span){start, name.text.len - 2};
    if (p->lexer.at < p->lexer.end && *p->lexer.at == '=') {
        struct scenario_token value = scenario_lexer_raw(&p->lexer);
        option.value = (struct span){value.text.data + 1, value.text.len - 1};
    }
    const char *wrong = scenario_settings_option(p->script, &option);
    if (wrong != NULL)
        return scenario_parser_refuse(p, name.place, wrong, name.text);
    scenario_parser_advance(p);
    return true;
}

/* A command of the beginning is read as settings; nothing is ever run. */
static bool read_command(struct scenario_parser *p)
{
    struct scenario_lexer lines;
    struct span rest = p->token.text;

    scenario_lexer_init(&lines, rest, p->token.place);
    for (uint32_t line = p->token.place.line; rest.len > 0; line++) {
        struct span words = scenario_words_trim(scenario_words_split(&rest, '\n'));
        const char *wrong = scenario_settings_command(p->script, words, line);
        if (wrong != NULL)
            return scenario_parser_refuse(p, (struct scenario_place){line, 1}, wrong, words);
    }
    scenario_parser_advance(p);
    return true;
}

/* A command behind the last event cleans up, which is not needed here. */
static bool at_last_command(struct scenario_parser *p)
{
    if (p->token.kind != SCENARIO_TOKEN_COMMAND)
        return false;
    scenario_parser_advance(p);
    return p->token.kind == SCENARIO_TOKEN_END
           || !scenario_parser_fail(p, "the end of the script behind its last `command`");
}

/* Tags stand in comments, where the lexer does not look. */
static void find_requirements(struct scenario_script *s)
{
    struct span rest = s->text;

    while (rest.len > 0 && s->requirement_count < SCENARIO_REQUIREMENTS_MAX) {
        scenario_words_split(&rest, '[');
        if (!scenario_words_begin(rest, "REQ "))
            continue;
        struct span tag = scenario_words_split(&rest, ']');
        s->requirements[s->requirement_count++] =
            scenario_words_trim((struct span){tag.data + 4, tag.len - 4});
    }
}

static bool read_script(struct scenario_parser *p)
{
    while (p->token.kind == SCENARIO_TOKEN_OPTION) {
        if (!read_option(p))
            return false;
    }
    while (p->token.kind == SCENARIO_TOKEN_COMMAND || p->token.kind == SCENARIO_TOKEN_DIRECTIVE) {
        if (p->token.kind == SCENARIO_TOKEN_COMMAND ? !read_command(p) : !read_directive(p))
            return false;
    }
    while (p->token.kind != SCENARIO_TOKEN_END && !at_last_command(p)) {
        if (p->failed)
            return false;
        if (p->token.kind == SCENARIO_TOKEN_DIRECTIVE ? !read_directive(p) : !read_event(p))
            return false;
    }
    return !p->failed && (p->script->event_count > 0 || scenario_parser_fail(p, "an event"));
}

bool scenario_parser_read(struct scenario_script *script, struct span text,
                          struct scenario_fault *fault)
{
    struct scenario_parser p = {.script = script, .fault = fault};

    script->text = text;
    script->event_count = script->setting_count = script->requirement_count = 0;
    script->term_count = 0;
    script->value_count = 1; /* 0 ends a chain */
    scenario_settings_defaults(script);
    find_requirements(script);
    scenario_lexer_init(&p.lexer, text, (struct scenario_place){1, 1});
    scenario_parser_advance(&p);
    return read_script(&p);
}
