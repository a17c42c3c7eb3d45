/* scenario.h - scripts in packetdrill's notation, played on virtual time against a stack made for
 * them.
 *
 *     s = scenario_init(memory);                           scenario_bytes() of the caller's memory
 *     if (!scenario_read(s, text, &report)) ...            report.result: unplayable
 *     scenario_configure(s, &config);                      what the script says of the stack
 *     block = aligned_alloc(64, lull_stack_bytes(&config));
 *     scenario_play(s, &config, block, &report);           report.result: passed or failed
 *
 * Same script, same result: the clock moves only as the script says, and the stack's seed is the
 * caller's.
 *
 * The notation.  Times (0.1, +0.1, *, ranges, and ends of calls that sleep), packets of TCP and
 * ICMP in and out, system calls, %{ assert ... }% over TCP_INFO, --options, and commands between
 * backquotes, which are never run: sysctls with a meaning here become settings.  docs/testing.md
 * lists what is spoken.  A packet that is written longer than a segment stands for several in a
 * row.
 *
 * Addresses: ours is 192.168.0.1/16, the peer's 192.0.2.1 behind 192.168.0.2, as in packetdrill.
 *
 * Numbers.  As in packetdrill: in a SYN the remote sequence number is the one on the wire, and all
 * others count from the ISNs, so that the octet behind a SYN is 1.  Written 0 in the first SYN,
 * remote numbers are thus what they are on the wire, and a later SYN such as S 5000:5000(0) lies
 * above or below the old RCV.NXT as it is written.
 *
 * Incarnations.  A new one begins when we send a SYN or SYN-ACK with another ISN; from there on
 * numbers count from the new ISNs.  //lull: incarnation 1 counts from those of the first again,
 * until another is asked for or begins.  A packet with ports, "< 5000 > 8080 S ...", belongs to the
 * newest incarnation of that tuple, and packets without ports follow it there.
 *
 * More that packetdrill does not have stands in its comments, so that it plays the same file:
 * //lull: NAME=VALUE before the first event is a setting of the stack, and //lull: records == 1 is
 * something that must be true at that point (scenario_expect.h), behind a time of its own if it has
 * one.
 *
 * Stricter than packetdrill: a packet sent before the last event that no event expects fails the
 * script, the echoed timestamp is compared, and the tolerance of times does not grow with the wait
 * (--tolerance_percent=12 asks for it). */
#ifndef SCENARIO_SCENARIO_H
#define SCENARIO_SCENARIO_H

#include <stdbool.h>
#include <stddef.h>

#include "lull/api.h"
#include "lull/stack.h"

#include "base/bytes.h"

#define SCENARIO_REPORT_TEXT_BYTES 2048

enum scenario_result {
    SCENARIO_PASSED,
    SCENARIO_FAILED,    /* the stack did something else */
    SCENARIO_UNPLAYABLE /* the script is at fault */
};

struct scenario_report {
    enum scenario_result result;
    uint32_t line, column;                 /* from 1; column 0: the whole line */
    uint32_t events;                       /* played */
    lull_duration took;                    /* of the stack's time */
    char text[SCENARIO_REPORT_TEXT_BYTES]; /* why; several lines, the last without a newline */
};

/* Told of every event as it happens; @line is valid for the call. */
struct scenario_listener {
    void (*hears)(void *context, const char *line);
    void *context;
};

struct scenario;

/* Of memory for a player, aligned as for any object. */
size_t scenario_bytes(void);

struct scenario *scenario_init(void *memory);

/* Read a script.  @text is borrowed until the next read.  False: unplayable, and @report says
 * where and why. */
LULL_MUST_USE bool scenario_read(struct scenario *s, struct span text,
                                 struct scenario_report *report);

/* Change @config as the script's settings say. */
void scenario_configure(const struct scenario *s, struct lull_stack_config *config);

/* Who is told of what happens; NULL: nobody. */
void scenario_listen(struct scenario *s, const struct scenario_listener *listener);

/* Play the script that was read against a stack of @config made in @memory, of
 * lull_stack_bytes(config) and aligned to 64 bytes. */
void scenario_play(struct scenario *s, const struct lull_stack_config *config, void *memory,
                   struct scenario_report *report);

/* The script's requirement tags, "CH-01"; false behind the last. */
bool scenario_requirement(const struct scenario *s, unsigned index, struct span *id);

/* Commands and sysctls of the script that mean nothing to Lull; false behind the last. */
bool scenario_ignored(const struct scenario *s, unsigned index, struct span *command);

#endif
