/* lab_scene.h - the words in which scenarios are written.
 *
 * A scenario sets a stage, plays on it, and says what it expects; each expectation that fails is an
 * event of the story and decides the verdict.  Times are seconds from the start.
 *
 *     static void play(struct lab_scene *s)
 *     {
 *         struct lab_ends e = lab_scene_connect(s, LAB_C, 1500, LAB_S, 21);
 *         lab_scene_close(s, e.client);
 *         lab_scene_until(s, LULL_SEC(1));
 *         lab_scene_expect_state(s, e.client, "FIN-WAIT-2");
 *     }
 */
#ifndef LAB_LAB_SCENE_H
#define LAB_LAB_SCENE_H

#include "lab/lab_record.h"
#include "lab/lab_stage.h"
#include "sim/sim.h"
#include "sim/sim_invariant.h"

struct lab_scene {
    struct sim_world *world;
    struct sim_judge *judge;
    struct lab_story *story;
    struct lab_recorder *recorder;
    lull_time start;
    bool flawed;     /* the twin without TIME-WAIT plays */
    bool twisted;    /* the scenario's other mistake is made */
    unsigned which;  /* case, from 1 */
    bool varied;     /* with another MSL, or losses: nothing is expected */
    bool open_ended; /* users have not closed: nothing is asked of the end */
    unsigned expectations, failures;
    uint32_t prompt; /* stream whose user closes as soon as the other one has */
};

/* Both ends of a connection. */
struct lab_ends {
    uint32_t client, server; /* streams */
    lull_socket listener;
};

/* --- time --- */

void lab_scene_until(struct lab_scene *s, lull_duration from_start);
void lab_scene_wait(struct lab_scene *s, lull_duration duration);
lull_duration lab_scene_time(const struct lab_scene *s);

/* The MSL that the hosts go by. */
lull_duration lab_scene_msl(const struct lab_scene *s);

/* --- users; SIM_STREAM_NONE is a connection that did not come about --- */

/* A listener with SO_REUSEADDR. */
lull_socket lab_scene_listen(struct lab_scene *s, unsigned host, uint16_t port);

/* A socket with SO_REUSEADDR, bound to @port, that connects; its stream, or SIM_STREAM_NONE and
 * *@error why not. */
uint32_t lab_scene_open(struct lab_scene *s, unsigned host, uint16_t port,
                        const struct lull_name *to, enum lull_error *error);

/* A connection from C:1500 to S:21, listener included, established at both ends within a second. */
struct lab_ends lab_scene_connect(struct lab_scene *s);

/* The next connection of a listener, or SIM_STREAM_NONE. */
uint32_t lab_scene_accept(struct lab_scene *s, unsigned host, lull_socket listener);

void lab_scene_send(struct lab_scene *s, uint32_t stream, size_t octets);

/* All that waits to be read; how many octets it was. */
size_t lab_scene_read(struct lab_scene *s, uint32_t stream);
void lab_scene_close(struct lab_scene *s, uint32_t stream);
void lab_scene_shut(struct lab_scene *s, uint32_t stream);
void lab_scene_abort(struct lab_scene *s, uint32_t stream);

/* The stream's user reads the end the moment it comes and closes before his host has answered, so
 * that ACK and FIN leave as one segment. */
void lab_scene_close_promptly(struct lab_scene *s, uint32_t stream);

/* What a call on the stream's socket would say now: LULL_OK, or why the connection broke. */
enum lull_error lab_scene_error(struct lab_scene *s, uint32_t stream);

struct lull_name lab_scene_name(const struct lab_scene *s, unsigned host, uint16_t port);

/* --- what the network does to one packet; at most SIM_PICKS_MAX times --- */

/* The @nth packet from now on, from 1, of those that @host emits with exactly these flags. */
struct lab_packet {
    unsigned host;
    uint8_t flags; /* PSH and URG do not count */
    uint32_t nth;
    enum sim_pick_text text;
};

/* It is lost where it leaves its host; ACKs are those without text. */
void lab_scene_lose(struct lab_scene *s, unsigned host, uint8_t flags, uint32_t nth);

/* It arrives when it is so old. */
void lab_scene_hold(struct lab_scene *s, const struct lab_packet *packet, lull_duration age);

/* It goes on, and a double of it arrives when it is so old. */
void lab_scene_double(struct lab_scene *s, const struct lab_packet *packet, lull_duration age);

/* --- the bypath --- */

/* From now on what R1 has for S goes to R2, and goes round between R2 and R4. */
void lab_scene_begin_loop(struct lab_scene *s);

/* R1 finds the way over R3 again; what is in the loop stays there. */
void lab_scene_leave_loop(struct lab_scene *s);

/* R2 finds R3, and what was in the loop goes on to S. */
void lab_scene_heal_loop(struct lab_scene *s);

/* --- what is expected --- */

/* @what is a sentence that is true when all goes well; it is told when @fact is not. */
void lab_scene_expect(struct lab_scene *s, bool fact, const char *what);

/* The stream's tuple stands so at its host, or is gone with "CLOSED". */
void lab_scene_expect_state(struct lab_scene *s, uint32_t stream, const char *state);

/* The record of the stream's tuple ends between @least and @most from now. */
void lab_scene_expect_left(struct lab_scene *s, uint32_t stream, lull_duration least,
                           lull_duration most);

/* The stream's user reads that the connection broke, and why. */
void lab_scene_expect_error(struct lab_scene *s, uint32_t stream, enum lull_error error);

/* @host's stack has counted it so often since it started. */
void lab_scene_expect_counted(struct lab_scene *s, unsigned host, enum lull_counter counter,
                              uint64_t count);

/* So many segments with exactly these flags were sent by @host so far; PSH does not count. */
void lab_scene_expect_sent(struct lab_scene *s, unsigned host, uint8_t flags, unsigned count);
unsigned lab_scene_sent(const struct lab_scene *s, unsigned host, uint8_t flags);

/* So many resets, whatever else they carry. */
void lab_scene_expect_reset(struct lab_scene *s, unsigned host, unsigned count);

/* Every FIN that @host has sent in one conversation has the same number. */
void lab_scene_expect_same_fins(struct lab_scene *s, unsigned host);

/* How often the stream's user has been told that no more will come. */
uint32_t lab_scene_ends(const struct lab_scene *s, uint32_t stream);

/* How the stream's tuple stands: never NULL. */
const char *lab_scene_state(const struct lab_scene *s, uint32_t stream);

/* A remark for readers. */
void lab_scene_note(struct lab_scene *s, const char *what);

/* --- more words -------------------------------------------------------------------------- */

/* So many octets the newest incarnation of @from's words to @to has still to send until its next
 * one has the number that the first incarnation's had after @octets; 0 when it is past that. */
size_t lab_scene_octets_until(const struct lab_scene *s, const struct lull_name *from,
                              const struct lull_name *to, size_t octets);

/* When the wait of the stream's tuple ends; LULL_TIME_NEVER: there is none. */
lull_time lab_scene_expiry(const struct lab_scene *s, uint32_t stream);

/* What the stream's end waits for: LULL_TIMER_ON while something is unacknowledged. */
enum lull_row_timer lab_scene_timer(const struct lab_scene *s, uint32_t stream);

/* How many records or connections of this kind @host has. */
unsigned lab_scene_rows(const struct lab_scene *s, unsigned host, enum lull_row_kind kind);

/* What has happened to the stream's connection without ending it, told as a note; false: nothing.
 */
bool lab_scene_advice(struct lab_scene *s, uint32_t stream, struct lull_advice *advice);

/* @host's last refused call names @rule. */
void lab_scene_expect_rule(struct lab_scene *s, unsigned host, const char *rule);

#endif
