#include "base/tuple_table.h"

#include <string.h>

#include "base/check.h"

/* Entries per line that the size is chosen for; tuple_table.h says why no more. */
enum { LOAD = 9 };

static struct tuple_line *lines_of(const struct tuple_table *t)
{
    return rel_get(&t->lines);
}

static uint32_t lines_for(uint32_t capacity)
{
    return capacity / LOAD + (capacity % LOAD != 0);
}

size_t tuple_table_bytes(uint32_t capacity)
{
    return (size_t)lines_for(capacity) * sizeof(struct tuple_line);
}

void tuple_table_init(struct tuple_table *t, void *memory, uint32_t capacity, uint32_t references)
{
    LULL_CHECK(capacity > 0 && capacity <= UINT32_C(1) << 31);
    LULL_CHECK(references > 0 && references < TUPLE_NONE);
    *t = (struct tuple_table){
        .line_count = lines_for(capacity), .capacity = capacity, .references = references};
    rel_set(&t->lines, memory);
    memset(memory, 0, tuple_table_bytes(capacity));

    /* reference + 1 is at most references, and takes as many bits as that number. */
    const uint64_t beyond_references = UINT64_C(1) << (32 - __builtin_clz(references));
    t->tag_mask = (uint32_t) ~(beyond_references - 1);
}

static uint32_t slot_of(const struct tuple_table *t, uint64_t hash, uint32_t reference)
{
    return ((uint32_t)hash & t->tag_mask) | (reference + 1);
}

static uint32_t line_after(const struct tuple_table *t, uint32_t line)
{
    return line + 1 < t->line_count ? line + 1 : 0;
}

/* The slot with exactly this content, NULL when the line has none. */
static uint32_t *find_in_line(struct tuple_line *line, uint32_t content)
{
    for (unsigned i = 0; i < TUPLE_LINE_SLOTS; i++)
        if (line->slot[i] == content)
            return &line->slot[i];
    return NULL;
}

static uint32_t *find_slot(const struct tuple_table *t, uint64_t hash, uint32_t reference)
{
    const uint32_t content = slot_of(t, hash, reference);
    uint32_t line = tuple_table_home(t, hash);
    for (uint32_t left = t->line_count; left > 0; left--) {
        struct tuple_line *here = &lines_of(t)[line];
        uint32_t *found = find_in_line(here, content);
        if (found != NULL || here->passed_over == 0)
            return found;
        line = line_after(t, line);
    }
    return NULL;
}

bool tuple_table_insert(struct tuple_table *t, uint64_t hash, uint32_t reference)
{
    LULL_CHECK(reference < t->references);
    if (t->used == t->capacity)
        return false;
    t->used++;

    /* There are more slots than capacity, so one of the lines has room. */
    for (uint32_t line = tuple_table_home(t, hash);; line = line_after(t, line)) {
        struct tuple_line *here = &lines_of(t)[line];
        uint32_t *free_slot = find_in_line(here, 0);
        if (free_slot != NULL) {
            *free_slot = slot_of(t, hash, reference);
            return true;
        }
        here->passed_over++;
    }
}

bool tuple_table_remove(struct tuple_table *t, uint64_t hash, uint32_t reference)
{
    uint32_t *slot = find_slot(t, hash, reference);
    if (slot == NULL)
        return false;
    *slot = 0;
    t->used--;

    /* It passed over the lines from its home up to the one it was in. */
    struct tuple_line *lines = lines_of(t);
    const uint32_t last = (uint32_t)((size_t)((char *)slot - (char *)lines) / sizeof *lines);
    for (uint32_t line = tuple_table_home(t, hash); line != last; line = line_after(t, line))
        lines[line].passed_over--;
    return true;
}

void tuple_table_replace(struct tuple_table *t, uint64_t hash, uint32_t old_reference,
                         uint32_t new_reference)
{
    LULL_CHECK(new_reference < t->references);
    uint32_t *slot = find_slot(t, hash, old_reference);
    LULL_CHECK(slot != NULL);
    *slot = slot_of(t, hash, new_reference);
}

/* Without a branch for each slot: all of the line is there once one of it is. */
static uint32_t matches_in(const struct tuple_table *t, uint32_t line, uint32_t tag)
{
    const struct tuple_line *here = &lines_of(t)[line];
    uint32_t matches = 0;
    for (unsigned i = 0; i < TUPLE_LINE_SLOTS; i++) {
        const uint32_t content = here->slot[i];
        matches |= (uint32_t)((content & t->tag_mask) == tag && content != 0) << i;
    }
    return matches;
}

struct tuple_probe tuple_table_probe(const struct tuple_table *t, uint64_t hash)
{
    const uint32_t line = tuple_table_home(t, hash), tag = (uint32_t)hash & t->tag_mask;
    return (struct tuple_probe){line, t->line_count - 1, tag, matches_in(t, line, tag)};
}

uint32_t tuple_table_next(const struct tuple_table *t, struct tuple_probe *probe)
{
    while (probe->matches == 0) {
        if (lines_of(t)[probe->line].passed_over == 0 || probe->lines_left == 0)
            return TUPLE_NONE;
        probe->line = line_after(t, probe->line);
        probe->lines_left--;
        probe->matches = matches_in(t, probe->line, probe->tag);
    }
    const unsigned slot = (unsigned)__builtin_ctz(probe->matches);
    probe->matches &= probe->matches - 1;
    return (lines_of(t)[probe->line].slot[slot] & ~t->tag_mask) - 1;
}
