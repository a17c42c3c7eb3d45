/* cli_knobs_text.c - a knob is a paragraph, not a line.
 *
 * What a knob does and breaks are sentences; beside four values they would leave a table with
 * columns of ten characters on an ordinary terminal. */
#include "cli/cli_knobs_text.h"

#include <string.h>

#include "base/text.h"

#define INDENT 4

const char *cli_knobs_text_scope(enum lull_knob_scope scope)
{
    static const char *const names[] = {
        [LULL_KNOB_AT_CREATION] = "creation",
        [LULL_KNOB_RUN_TIME] = "run time",
        [LULL_KNOB_PER_LISTENER] = "listener",
        [LULL_KNOB_FIXED] = "fixed",
    };
    return names[scope];
}

int cli_knobs_text_is_fixed(enum lull_knob knob)
{
    return lull_knob_info(knob)->scope == LULL_KNOB_FIXED;
}

static const char *value_text(enum lull_knob knob, int64_t value, char text[CLI_KNOBS_VALUE_BYTES])
{
    lull_knob_text(knob, value, text, CLI_KNOBS_VALUE_BYTES);
    return text;
}

/* "one of a, b, c" from "a|b|c". */
static void choices_text(const char *choices, char *text, size_t size)
{
    struct text t;

    text_init(&t, text, size);
    if (strchr(choices, '|'))
        text_string(&t, "one of ");
    for (; *choices; choices++) {
        if (*choices == '|')
            text_string(&t, ", ");
        else
            text_character(&t, *choices);
    }
}

/* That, "0 or 1", or "1 to 3600000 ms". */
static void range_text(enum lull_knob knob, char *text, size_t size)
{
    const struct lull_knob_info *info = lull_knob_info(knob);
    char least[CLI_KNOBS_VALUE_BYTES], most[CLI_KNOBS_VALUE_BYTES];

    if (info->is_of_words)
        choices_text(info->unit, text, size);
    else if (info->least == 0 && info->most == 1)
        snprintf(text, size, "0 or 1");
    else
        snprintf(text, size, "%s to %s%s%s", value_text(knob, info->least, least),
                 value_text(knob, info->most, most), *info->unit ? " " : "", info->unit);
}

/* --- paragraphs -------------------------------------------------------------------------- */

/* Broken between words and indented; a longer word has a line to itself. */
static void put_wrapped(const struct cli_knobs_page *page, int indent, const char *text)
{
    int at = 0;

    while (*text) {
        int word = (int)strcspn(text, " ");
        if (at > 0 && at + 1 + word > page->columns) {
            fputc('\n', page->out);
            at = 0;
        }
        if (at == 0)
            at = fprintf(page->out, "%*s%.*s", indent, "", word, text);
        else
            at += fprintf(page->out, " %.*s", word, text);
        text += word;
        text += strspn(text, " ");
    }
    fputc('\n', page->out);
}

static void put_values(const struct cli_knobs_page *page, enum lull_knob knob)
{
    const struct lull_knob_info *info = lull_knob_info(knob);
    char line[256], value[CLI_KNOBS_VALUE_BYTES];
    size_t used = 0;

    for (int p = 0; p < LULL_PROFILE_COUNT; p++)
        used += (size_t)snprintf(line + used, sizeof line - used, "%s%s %s", p > 0 ? ", " : "",
                                 lull_profile_name((enum lull_profile)p),
                                 value_text(knob, info->value[p], value));
    put_wrapped(page, INDENT, line);
}

static void put_heading(const struct cli_knobs_page *page, enum lull_knob knob)
{
    const struct lull_knob_info *info = lull_knob_info(knob);
    char value[CLI_KNOBS_VALUE_BYTES];

    fprintf(page->out, "%s", info->name);
    if (page->profile == CLI_KNOBS_EVERY_PROFILE && info->scope != LULL_KNOB_FIXED) {
        fputc('\n', page->out);
        put_values(page, knob);
        return;
    }
    int profile = page->profile == CLI_KNOBS_EVERY_PROFILE ? 0 : page->profile;
    fprintf(page->out, " = %s", value_text(knob, info->value[profile], value));
    if (info->value[profile] != info->value[LULL_PROFILE_DEFAULT])
        fprintf(page->out, "    (default %s)",
                value_text(knob, info->value[LULL_PROFILE_DEFAULT], value));
    fputc('\n', page->out);
}

void cli_knobs_text_row(const struct cli_knobs_page *page, enum lull_knob knob)
{
    static const char *const set_where[] = {
        [LULL_KNOB_AT_CREATION] = "; set at creation",
        [LULL_KNOB_RUN_TIME] = "; set at any time",
        [LULL_KNOB_PER_LISTENER] = "; set at any time, for a listener too",
        [LULL_KNOB_FIXED] = "",
    };
    const struct lull_knob_info *info = lull_knob_info(knob);
    char line[1024], range[256];

    put_heading(page, knob);
    range_text(knob, range, sizeof range);
    if (info->scope == LULL_KNOB_FIXED)
        snprintf(line, sizeof line, "serves %s", info->serves);
    else
        snprintf(line, sizeof line, "%s%s; serves %s", range, set_where[info->scope], info->serves);
    put_wrapped(page, INDENT, line);
    put_wrapped(page, INDENT, info->effect);
    if (*info->breaks) {
        snprintf(line, sizeof line, "breaks: %s", info->breaks);
        put_wrapped(page, INDENT, line);
    }
}

static const char fixed_text[] =
    "Fixed: these cannot be turned, because what they govern does not exist yet. Each has one "
    "value, which says what Lull does without it.";

void cli_knobs_text_fixed(const struct cli_knobs_page *page)
{
    put_wrapped(page, 0, fixed_text);
    fputc('\n', page->out);
}

/* --- docs/knobs.md ----------------------------------------------------------------------- */

/* A '|' would end the cell. */
static void put_cell(FILE *out, const char *text)
{
    fputs(" ", out);
    for (; *text; text++)
        fprintf(out, *text == '|' ? "\\%c" : "%c", *text);
    fputs(" |", out);
}

static void put_name_cell(FILE *out, const struct lull_knob_info *info)
{
    fprintf(out, "| `%s` |", info->name);
}

static void put_values_row(FILE *out, enum lull_knob knob)
{
    const struct lull_knob_info *info = lull_knob_info(knob);
    char text[256];

    put_name_cell(out, info);
    for (int p = 0; p < LULL_PROFILE_COUNT; p++)
        put_cell(out, value_text(knob, info->value[p], text));
    range_text(knob, text, sizeof text);
    put_cell(out, text);
    put_cell(out, cli_knobs_text_scope(info->scope));
    fputc('\n', out);
}

static void put_meaning_row(FILE *out, enum lull_knob knob)
{
    const struct lull_knob_info *info = lull_knob_info(knob);

    put_name_cell(out, info);
    put_cell(out, info->serves);
    put_cell(out, info->effect);
    put_cell(out, info->breaks);
    fputc('\n', out);
}

static void put_fixed_row(FILE *out, enum lull_knob knob)
{
    const struct lull_knob_info *info = lull_knob_info(knob);
    char text[CLI_KNOBS_VALUE_BYTES];

    put_name_cell(out, info);
    put_cell(out, value_text(knob, info->value[LULL_PROFILE_DEFAULT], text));
    put_cell(out, info->serves);
    put_cell(out, info->effect);
    fputc('\n', out);
}

static void put_rows(FILE *out, int fixed, void (*put)(FILE *, enum lull_knob))
{
    for (int i = 0; i < LULL_KNOB_COUNT; i++)
        if (cli_knobs_text_is_fixed((enum lull_knob)i) == fixed)
            put(out, (enum lull_knob)i);
}

void cli_knobs_text_markdown(FILE *out)
{
    fputs(
        "# Knobs\n\n"
        "<!-- Printed by `lull knobs --markdown`; `make docs` writes it anew. -->\n\n"
        "Where specifications and stacks disagree, Lull has a default and a knob. A profile is a\n"
        "value for every knob: `strict` keeps RFC 9293's own times and reuses nothing early,\n"
        "`linux` and `bsd` do what those systems do, and break what they break. `--profile` and\n"
        "`--knob` turn them on the command line; `lull_knobs_init()`, `lull_knobs_assign()`,\n"
        "`lull_stack_set_knob()` and `lull_socket_set_knob()` do in a program. What a knob serves\n"
        "are rows of [rfc-map.md](rfc-map.md); D-NN is a choice that specifications leave open.\n"
        "[decisions/0010](decisions/0010-knobs-are-one-table.md) says why there is one table.\n\n"
        "## Values\n\n"
        "| knob | default | strict | linux | bsd | choices or range | set at |\n"
        "| --- | --- | --- | --- | --- | --- | --- |\n",
        out);
    put_rows(out, 0, put_values_row);
    fputs("\ncreation: in `struct lull_stack_config` only. run time: also by "
          "`lull_stack_set_knob()`.\n"
          "listener: also for one listener and what it accepts, by `lull_socket_set_knob()`.\n\n"
          "## Meaning\n\n"
          "| knob | serves | what it does | what breaks away from the default |\n"
          "| --- | --- | --- | --- |\n",
          out);
    put_rows(out, 0, put_meaning_row);
    fprintf(out, "\n## Fixed\n\n%s\n\n", fixed_text);
    fputs("| knob | value | serves | what it would do |\n| --- | --- | --- | --- |\n", out);
    put_rows(out, 1, put_fixed_row);
}
