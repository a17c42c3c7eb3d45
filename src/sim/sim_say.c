/* sim_say.c - sentences. */
#include "sim/sim_say.h"

static const char *name_of(const struct sim_case *c, unsigned node)
{
    return c->plan.nodes[node].name;
}

static void say_padded(struct text *t, uint64_t value, uint64_t of)
{
    for (uint64_t digit = of / 10; digit > 0; digit /= 10)
        text_character(t, (char)('0' + value / digit % 10));
}

void sim_say_duration(lull_duration duration, struct text *t)
{
    const uint64_t us = (uint64_t)duration / 1000;

    text_decimal(t, us / 1000000);
    text_character(t, '.');
    if (us % 1000 == 0)
        say_padded(t, us / 1000 % 1000, 1000);
    else
        say_padded(t, us % 1000000, 1000000);
    text_string(t, " s");
}

static void say_name(const struct sim_case *c, unsigned node, uint16_t port, struct text *t)
{
    text_string(t, name_of(c, node));
    text_character(t, ':');
    if (port == 0)
        text_character(t, '*');
    else
        text_decimal(t, port);
}

static const char *const endings[SIM_ENDING_COUNT] = {
    "closes",    "half-closes", "aborts", "closes with linger 0", "closes without having read",
    "stays open"};

static const char *const cues[SIM_CUE_COUNT] = {"when all is said and heard",
                                                "when the other has finished",
                                                "as soon as its text is said", "together"};

static void say_part(const struct sim_case *c, unsigned step, unsigned which, struct text *t)
{
    const struct sim_step *s = &c->steps[step];
    const struct sim_part *p = &s->parts[which];

    text_string(t, name_of(c, which == 0 ? s->client : s->server));
    if (p->thinks > 0) {
        text_string(t, " thinks for ");
        sim_say_duration(p->thinks, t);
        text_string(t, ",");
    }
    text_string(t, " says ");
    text_decimal(t, p->says);
    if (p->tails > 0) {
        text_string(t, " (and ");
        text_decimal(t, p->tails);
        text_string(t, " at the end)");
    }
    text_string(t, " and ");
    text_string(t, endings[p->ending]);
    if (p->ending == SIM_LEAKS)
        return;
    text_character(t, ' ');
    text_string(t, cues[p->cue]);
    if (p->pause == 0)
        return;
    text_string(t, ", ");
    sim_say_duration(p->pause, t);
    text_string(t, " later");
}

void sim_say_step(const struct sim_case *c, unsigned step, struct text *t)
{
    const struct sim_step *s = &c->steps[step];

    text_string(t, "at ");
    sim_say_duration(s->at, t);
    text_character(t, ' ');
    say_name(c, s->client, s->from, t);
    text_string(t, " connects to ");
    say_name(c, s->server, s->to, t);
    if (s->patience > 0) {
        text_string(t, " (and gives up once after ");
        sim_say_duration(s->patience, t);
        text_character(t, ')');
    }
    text_string(t, "; ");
    say_part(c, step, 0, t);
    text_string(t, "; ");
    say_part(c, step, 1, t);
}

static void say_link(const struct sim_case *c, unsigned link, struct text *t)
{
    text_string(t, name_of(c, c->plan.links[link].ends[0]));
    text_character(t, '-');
    text_string(t, name_of(c, c->plan.links[link].ends[1]));
}

static void say_what_happens(const struct sim_case *c, const struct sim_mishap *m, struct text *t)
{
    switch (m->kind) {
    case SIM_MISHAP_CUT:
        text_string(t, "the link ");
        say_link(c, m->link, t);
        text_string(t, " is cut");
        return;
    case SIM_MISHAP_ROUTE:
        text_string(t, name_of(c, m->node));
        text_string(t, " sends what is for ");
        text_string(t, name_of(c, m->other));
        text_string(t, " over ");
        say_link(c, m->link, t);
        return;
    case SIM_MISHAP_RELISTEN:
    case SIM_MISHAP_BIND:
    case SIM_MISHAP_CRASH:
    case SIM_MISHAP_REVIVE:
    case SIM_MISHAP_SUSPEND:
    case SIM_MISHAP_FORGE:
    case SIM_MISHAP_TURN:
    case SIM_MISHAP_KIND_COUNT: text_string(t, name_of(c, m->node)); break;
    }
}

static void say_to_host(const struct sim_case *c, const struct sim_mishap *m, struct text *t)
{
    switch (m->kind) {
    case SIM_MISHAP_CRASH: text_string(t, " crashes and forgets all; it is down"); return;
    case SIM_MISHAP_REVIVE: text_string(t, " crashes and keeps its memory; it is down"); return;
    case SIM_MISHAP_SUSPEND: text_string(t, " is suspended"); return;
    case SIM_MISHAP_RELISTEN:
        text_string(t, " does not listen on port ");
        text_decimal(t, c->services[m->other].port);
        return;
    case SIM_MISHAP_BIND:
        text_string(t, " has four more sockets for port ");
        text_decimal(t, (uint64_t)m->argument >> 32);
        return;
    case SIM_MISHAP_FORGE:
        text_string(t, " is sent ");
        text_decimal(t, (uint64_t)m->argument);
        text_string(t, " forged packets");
        return;
    case SIM_MISHAP_TURN: {
        char value[32];
        text_string(t, " has ");
        text_string(t, lull_knob_info((enum lull_knob)m->other)->name);
        text_character(t, '=');
        (void)lull_knob_text((enum lull_knob)m->other, m->argument, value, sizeof value);
        text_string(t, value);
        return;
    }
    case SIM_MISHAP_CUT:
    case SIM_MISHAP_ROUTE:
    case SIM_MISHAP_KIND_COUNT: return;
    }
}

void sim_say_mishap(const struct sim_case *c, unsigned mishap, struct text *t)
{
    const struct sim_mishap *m = &c->mishaps[mishap];

    text_string(t, "at ");
    sim_say_duration(m->at, t);
    text_character(t, ' ');
    say_what_happens(c, m, t);
    say_to_host(c, m, t);
    text_string(t, " for ");
    sim_say_duration(m->lasts, t);
}

static void say_ordinal(uint64_t n, struct text *t)
{
    static const char *const ends[] = {"th", "st", "nd", "rd"};
    const bool teens = n % 100 >= 11 && n % 100 <= 13;

    text_decimal(t, n);
    text_string(t, ends[!teens && n % 10 < 4 ? n % 10 : 0]);
}

static void say_double(const struct sim_fate *fate, struct text *t)
{
    text_string(t, " is doubled");
    if (fate->double_late_by > 0) {
        text_string(t, ", the double held for ");
        sim_say_duration(fate->double_late_by, t);
    }
    if (fate->age[1] > 0) {
        text_string(t, ", the double held until it is ");
        sim_say_duration(fate->age[1], t);
        text_string(t, " old");
    }
}

void sim_say_fault(const struct sim_case *c, const struct sim_fault *fault, struct text *t)
{
    const struct sim_fate *fate = &fault->fate;
    const struct sim_link_plan *link = &c->plan.links[fault->link];

    text_string(t, "the ");
    say_ordinal((uint64_t)fault->ordinal + 1, t);
    text_string(t, " packet from ");
    text_string(t, name_of(c, link->ends[fault->direction]));
    text_string(t, " to ");
    text_string(t, name_of(c, link->ends[1 - fault->direction]));
    if (fate->lost) {
        text_string(t, " is lost");
        return;
    }
    if (fate->duplicated)
        say_double(fate, t);
    if (fate->late) {
        text_string(t, " is held for ");
        sim_say_duration(fate->late_by, t);
    }
    if (fate->corrupted)
        text_string(t, " has a bit turned");
    if (fate->truncated)
        text_string(t, " is cut short");
}
