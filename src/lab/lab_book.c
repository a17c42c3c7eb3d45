/* lab_book.c - the groups in one row. */
#include "lab/lab_book.h"

#include "base/check.h"

static const struct lab_book_group groups[] = {
    /* clang-format off */
    {"Closing", lab_book_closing, &lab_book_closing_count},
    {"What is left of a close", lab_book_last_ack, &lab_book_last_ack_count},
    {"Segments that wandered", lab_book_wandering, &lab_book_wandering_count},
    {"Using a tuple again", lab_book_reuse, &lab_book_reuse_count},
    {"Programs and their ports", lab_book_programs, &lab_book_programs_count},
    {"Attacks", lab_book_attacks, &lab_book_attacks_count},
    {"Complaints", lab_book_complaints, &lab_book_complaints_count},
    /* clang-format on */
};

const struct lab_book_group *lab_book_group(unsigned index)
{
    return index < COUNT_OF(groups) ? &groups[index] : NULL;
}

static bool stands_before(const char *a, const char *b)
{
    while (*a != '\0' && *a == *b) {
        a++;
        b++;
    }
    return (unsigned char)*a < (unsigned char)*b;
}

/* The first behind @name, or of all when that is NULL. */
static const struct lab_scenario *next_after(const char *name)
{
    const struct lab_scenario *first = NULL;

    for (size_t c = 0; c < COUNT_OF(groups); c++)
        for (unsigned i = 0; i < *groups[c].count; i++) {
            const struct lab_scenario *s = &groups[c].scenarios[i];
            if ((name == NULL || stands_before(name, s->name))
                && (first == NULL || stands_before(s->name, first->name)))
                first = s;
        }
    return first;
}

/* Groups are about one matter each; names are those of the catalogue. */
const struct lab_scenario *lab_book(unsigned index)
{
    const struct lab_scenario *s = next_after(NULL);

    while (s != NULL && index-- > 0)
        s = next_after(s->name);
    return s;
}

static int lower(char c)
{
    return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c;
}

static bool same_name(const char *a, const char *b)
{
    while (*a != '\0' && lower(*a) == lower(*b)) {
        a++;
        b++;
    }
    return *a == '\0' && *b == '\0';
}

const struct lab_scenario *lab_book_named(const char *name)
{
    const struct lab_scenario *s;

    for (unsigned i = 0; (s = lab_book(i)) != NULL; i++)
        if (same_name(s->name, name))
            return s;
    return NULL;
}
