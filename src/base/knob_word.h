/* knob_word.h - pieces of text, for those who read and write knobs. */
#ifndef BASE_KNOB_WORD_H
#define BASE_KNOB_WORD_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* Borrowed. */
struct knob_word {
    const char *at;
    size_t length;
};

static inline bool knob_word_is(struct knob_word w, const char *text)
{
    return strlen(text) == w.length && memcmp(w.at, text, w.length) == 0;
}

/* What stands before @end, or all of it. */
static inline struct knob_word knob_word_until(const char *text, char end)
{
    struct knob_word w = {text, 0};
    while (text[w.length] != '\0' && text[w.length] != end)
        w.length++;
    return w;
}

/* The choice at @position of "a|b|c"; empty when there are fewer. */
static inline struct knob_word knob_word_choice(const char *choices, int64_t position)
{
    struct knob_word w = knob_word_until(choices, '|');

    while (position-- > 0) {
        if (w.at[w.length] == '\0')
            return (struct knob_word){w.at + w.length, 0};
        w = knob_word_until(w.at + w.length + 1, '|');
    }
    return w;
}

#endif
