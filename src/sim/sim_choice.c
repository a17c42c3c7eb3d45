/* sim_choice.c - writing and reading a choice. */
#include "sim/sim_choice.h"

#define BITS 32u

/* --- writing ----------------------------------------------------------------------------- */

static void separate(struct text *t, size_t start)
{
    if (text_length(t) > start)
        text_character(t, ',');
}

static void write_bits(struct text *t, size_t start, char letter, uint32_t bits)
{
    for (unsigned i = 0; i < BITS; i++) {
        if (!(bits >> i & 1))
            continue;
        separate(t, start);
        text_character(t, letter);
        text_decimal(t, i);
    }
}

void sim_choice_write(const struct sim_choice *choice, struct text *t)
{
    const size_t start = text_length(t);

    write_bits(t, start, 's', choice->steps);
    write_bits(t, start, 'm', choice->mishaps);
    if (!choice->chosen) {
        separate(t, start);
        text_string(t, "f*");
        return;
    }
    for (uint32_t i = 0; i < choice->fault_count; i++) {
        separate(t, start);
        text_character(t, 'f');
        text_decimal(t, choice->faults[i].link);
        text_character(t, '.');
        text_decimal(t, choice->faults[i].direction);
        text_character(t, '.');
        text_decimal(t, choice->faults[i].ordinal);
    }
}

/* --- reading ----------------------------------------------------------------------------- */

struct reader {
    const char *at;
};

static bool read_number(struct reader *r, uint32_t limit, uint32_t *value)
{
    uint64_t number = 0;

    if (*r->at < '0' || *r->at > '9')
        return false;
    while (*r->at >= '0' && *r->at <= '9' && number < limit)
        number = number * 10 + (uint64_t)(*r->at++ - '0');
    *value = (uint32_t)number;
    return number < limit;
}

static bool read_character(struct reader *r, char c)
{
    if (*r->at != c)
        return false;
    r->at++;
    return true;
}

static bool read_fault(struct reader *r, struct sim_fault *fault)
{
    uint32_t link, direction;

    if (!read_number(r, SIM_LINKS_MAX, &link) || !read_character(r, '.')
        || !read_number(r, 2, &direction) || !read_character(r, '.'))
        return false;
    *fault = (struct sim_fault){.link = (uint8_t)link, .direction = (uint8_t)direction};
    return read_number(r, UINT32_MAX, &fault->ordinal);
}

static bool read_bit(struct reader *r, uint32_t *bits)
{
    uint32_t number;

    if (!read_number(r, BITS, &number))
        return false;
    *bits |= 1u << number;
    return true;
}

static bool read_one(struct reader *r, struct sim_choice *choice, struct sim_fault *faults)
{
    if (read_character(r, 's'))
        return read_bit(r, &choice->steps);
    if (read_character(r, 'm'))
        return read_bit(r, &choice->mishaps);
    if (!read_character(r, 'f'))
        return false;
    if (read_character(r, '*')) {
        choice->chosen = false;
        return true;
    }
    return read_fault(r, &faults[choice->fault_count++]);
}

uint32_t sim_choice_faults(const char *text)
{
    uint32_t count = 0;

    for (; *text != '\0'; text++)
        count += *text == 'f';
    return count;
}

bool sim_choice_read(struct sim_choice *choice, const char *text, struct sim_fault *faults,
                     size_t *wrong)
{
    struct reader r = {.at = text};
    bool good;

    *choice = (struct sim_choice){.chosen = true, .faults = faults};
    do
        good = read_one(&r, choice, faults);
    while (good && read_character(&r, ','));
    *wrong = (size_t)(r.at - text);
    return good && *r.at == '\0';
}

static bool same_fault(const struct sim_fault *a, const struct sim_fault *b)
{
    return a->link == b->link && a->direction == b->direction && a->ordinal == b->ordinal;
}

static const struct sim_fault *find(const struct sim_world *w, const struct sim_fault *fault)
{
    for (uint32_t i = 0; i < w->log_count; i++)
        if (same_fault(&w->log[i], fault))
            return &w->log[i];
    return NULL;
}

bool sim_choice_recall(struct sim_fault *faults, uint32_t count, const struct sim_world *w,
                       uint32_t *which)
{
    for (uint32_t i = 0; i < count; i++) {
        const struct sim_fault *found = find(w, &faults[i]);
        *which = i;
        if (found == NULL)
            return false;
        faults[i] = *found;
    }
    return true;
}
