/* fault_wire_options.c - one table of options, each with its reader.
 *
 * getopt_long() was rejected: it says what is wrong in words of its own, and cannot say what a
 * value should look like. */
#include "fault_wire_options.h"

#include <stdio.h>
#include <string.h>

#include "base/check.h"

/* Reads @text into @options; false when it is not what .value says. */
typedef bool reader(struct fault_wire_options *options, const char *text);

struct option {
    const char *name, *value, *help;
    reader *read;
};

/* Numbers. */

struct unit {
    const char *name;
    uint64_t factor;
};

#define PART_DIGITS 1000000u
#define WHOLE_MOST  1000000000u

/* "12.5" as whole and millionths.  What follows the number, or NULL when there is none. */
static const char *read_decimal(const char *text, uint64_t *whole, uint64_t *part)
{
    const char *at = text;
    for (*whole = 0; *at >= '0' && *at <= '9' && *whole <= WHOLE_MOST; at++)
        *whole = *whole * 10 + (uint64_t)(*at - '0');
    if (at == text || *whole > WHOLE_MOST)
        return NULL;
    *part = 0;
    if (*at != '.')
        return at;
    uint64_t place = PART_DIGITS;
    for (at++; *at >= '0' && *at <= '9' && place > 1; at++) {
        place /= 10;
        *part += (uint64_t)(*at - '0') * place;
    }
    return at;
}

/* A decimal number and one of @units, whose list ends with a NULL. */
static bool read_with_unit(const char *text, const struct unit *units, uint64_t *value)
{
    uint64_t whole, part;
    const char *unit = read_decimal(text, &whole, &part);
    if (unit == NULL)
        return false;
    while (units->name != NULL && strcmp(units->name, unit) != 0)
        units++;
    *value = whole * units->factor + part * units->factor / PART_DIGITS;
    return units->name != NULL;
}

static bool read_probability(const char *text, uint32_t *ppm)
{
    static const struct unit units[] = {{"%", SIM_LINK_PPM / 100}, {"ppm", 1}, {NULL, 0}};
    uint64_t value;
    if (!read_with_unit(text, units, &value) || value > SIM_LINK_PPM)
        return false;
    *ppm = (uint32_t)value;
    return true;
}

static bool read_duration(const char *text, lull_duration *duration)
{
    static const struct unit units[] = {
        {"ns", 1}, {"us", 1000}, {"ms", 1000000}, {"s", 1000000000}, {NULL, 0}};
    uint64_t value;
    if (!read_with_unit(text, units, &value))
        return false;
    *duration = (lull_duration)value;
    return true;
}

/* Ends. */

/* After "@": a process, the name of a namespace that ip-netns(8) made, or a file. */
static bool read_namespace(const char *text, char *path)
{
    const char *pattern = "/run/netns/%s";
    if (strchr(text, '/') != NULL)
        pattern = "%s";
    else if (strspn(text, "0123456789") == strlen(text))
        pattern = "/proc/%s/ns/net";
    const int length = snprintf(path, FAULT_WIRE_NAMESPACE_BYTES, pattern, text);
    return text[0] != '\0' && length < FAULT_WIRE_NAMESPACE_BYTES;
}

static bool read_end(struct fault_wire_end *end, const char *text)
{
    const size_t length = strcspn(text, "@");
    if (length == 0 || length >= sizeof end->device)
        return false;
    memcpy(end->device, text, length);
    end->device[length] = '\0';
    return text[length] == '\0' || read_namespace(text + length + 1, end->namespace);
}

/* The options. */

static bool left(struct fault_wire_options *o, const char *text)
{
    return read_end(&o->ends[0], text);
}

static bool right(struct fault_wire_options *o, const char *text)
{
    return read_end(&o->ends[1], text);
}

static bool loss(struct fault_wire_options *o, const char *text)
{
    return read_probability(text, &o->direction.loss_ppm);
}

static bool duplicate(struct fault_wire_options *o, const char *text)
{
    return read_probability(text, &o->direction.duplicate_ppm);
}

static bool reorder(struct fault_wire_options *o, const char *text)
{
    return read_probability(text, &o->direction.reorder_ppm);
}

static bool reorder_by(struct fault_wire_options *o, const char *text)
{
    return read_duration(text, &o->direction.reorder_by);
}

static bool corrupt(struct fault_wire_options *o, const char *text)
{
    return read_probability(text, &o->direction.corrupt_ppm);
}

static bool burst_enter(struct fault_wire_options *o, const char *text)
{
    return read_probability(text, &o->direction.burst_enter_ppm);
}

static bool burst_leave(struct fault_wire_options *o, const char *text)
{
    return read_probability(text, &o->direction.burst_leave_ppm);
}

static bool delay(struct fault_wire_options *o, const char *text)
{
    return read_duration(text, &o->direction.delay);
}

static bool jitter(struct fault_wire_options *o, const char *text)
{
    return read_duration(text, &o->direction.jitter);
}

static bool rate(struct fault_wire_options *o, const char *text)
{
    static const struct unit units[] = {
        {"bit", 1}, {"kbit", 1000}, {"mbit", 1000000}, {"gbit", 1000000000}, {NULL, 0}};
    return read_with_unit(text, units, &o->direction.rate_bits) && o->direction.rate_bits > 0;
}

static bool queue(struct fault_wire_options *o, const char *text)
{
    static const struct unit units[] = {{"", 1}, {NULL, 0}};
    uint64_t value;
    if (!read_with_unit(text, units, &value) || value == 0 || value > PART_DIGITS)
        return false;
    o->direction.queue_frames = (uint32_t)value;
    return true;
}

static bool seed(struct fault_wire_options *o, const char *text)
{
    static const struct unit units[] = {{"", 1}, {NULL, 0}};
    return read_with_unit(text, units, &o->direction.seed);
}

#define END         "TAP[@PROCESS|@NAME|@FILE]"
#define PROBABILITY "PERCENT, such as 1% or 0.25%, or 30ppm"
#define DURATION    "DURATION, such as 5ms, 200us or 1.5s"

static const struct option table[] = {
    {"--left", END, "one end, in the network namespace given", left},
    {"--right", END, "the other end", right},
    {"--loss", PROBABILITY, "frames lost", loss},
    {"--burst-enter", PROBABILITY, "frames at which a burst of losses begins", burst_enter},
    {"--burst-leave", PROBABILITY, "lost frames after which the burst ends", burst_leave},
    {"--duplicate", PROBABILITY, "frames that come twice", duplicate},
    {"--reorder", PROBABILITY, "frames held back while others pass", reorder},
    {"--reorder-by", DURATION, "for how long", reorder_by},
    {"--corrupt", PROBABILITY, "frames with one bit turned, behind the Ethernet header", corrupt},
    {"--delay", DURATION, "of every frame", delay},
    {"--jitter", DURATION, "at most so much more; frames keep their order", jitter},
    {"--rate", "RATE, such as 100mbit or 64kbit", "of either direction", rate},
    {"--queue", "FRAMES, 1 to 1000000", "held in either direction, waiting or travelling", queue},
    {"--seed", "NUMBER", "for the same faults again", seed},
};

static const struct option *find(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(table); i++)
        if (strcmp(table[i].name, name) == 0)
            return &table[i];
    return NULL;
}

static bool read_option(struct fault_wire_options *options, char **arguments, char *why,
                        size_t why_bytes)
{
    const struct option *option = find(arguments[0]);
    if (option == NULL)
        snprintf(why, why_bytes, "there is no option '%s'", arguments[0]);
    else if (arguments[1] == NULL)
        snprintf(why, why_bytes, "%s needs a value: %s", option->name, option->value);
    else if (!option->read(options, arguments[1]))
        snprintf(why, why_bytes, "%s cannot be '%s': %s", option->name, arguments[1],
                 option->value);
    else
        return true;
    return false;
}

bool fault_wire_options_parse(struct fault_wire_options *options, char **arguments, char *why,
                              size_t why_bytes)
{
    *options = (struct fault_wire_options){
        .direction = {.queue_frames = 1000, .corrupt_from = 14, .burst_leave_ppm = 250000}};
    for (; arguments[0] != NULL; arguments += 2) {
        if (strcmp(arguments[0], "--help") == 0) {
            options->help = true;
            return true;
        }
        if (!read_option(options, arguments, why, why_bytes))
            return false;
    }
    for (int i = 0; i < 2; i++)
        if (options->ends[i].device[0] == '\0') {
            snprintf(why, why_bytes, "%s is missing: %s", table[i].name, table[i].value);
            return false;
        }
    return true;
}

void fault_wire_options_print_help(FILE *to)
{
    fputs("usage: fault_wire --left TAP --right TAP [OPTION VALUE]...\n"
          "Joins two TAP devices by a wire that loses, repeats, delays and damages frames,\n"
          "the same in both directions.  Prints 'ready' when the devices are open, and what\n"
          "became of the frames when SIGTERM or SIGINT ends it.\n\n",
          to);
    for (size_t i = 0; i < COUNT_OF(table); i++)
        fprintf(to, "  %-14s %s\n  %-14s %s\n", table[i].name, table[i].help, "", table[i].value);
}
