/* cli_draw.c - a capture file is read twice: once to know what is in it, and so how much memory the
 * story needs, and once to infer. */
#include "cli/cli_draw.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/address.h"
#include "wire/ipv4.h"

#define PROGRESS_EVERY 65536
#define KEPT_MAX       (256UL << 20) /* bytes of packets; beyond, events have none */

/* A SYN or FIN may bring refusals and the ends of TIME-WAITs; the rest is for notes. */
#define EVENTS_EACH 4
#define EVENTS_MORE 64

static void show_progress(const struct cli_draw *draw, const struct cli_capture *capture,
                          const char *what)
{
    if (draw->progress && capture->number % PROGRESS_EVERY == 0)
        fprintf(stderr, "\rlull lab draw: %s: %s %llu packets", draw->path, what,
                (unsigned long long)capture->number);
}

static void end_progress(const struct cli_draw *draw, const struct cli_capture *capture)
{
    if (draw->progress && capture->number >= PROGRESS_EVERY)
        fprintf(stderr, "\r\033[K");
}

int cli_draw_scan(struct cli_draw *draw)
{
    struct cli_capture_packet packet;
    struct cli_capture capture;
    int result;

    if (cli_capture_open(&capture, draw->path) != 0) {
        memcpy(draw->problem, capture.problem, sizeof draw->problem);
        return -1;
    }
    while ((result = cli_capture_next(&capture, &packet)) == 1) {
        show_progress(draw, &capture, "looked at");
        if (cli_talks_add(&draw->talks, packet.ip, packet.at) == 0)
            continue;
        snprintf(draw->problem, sizeof draw->problem,
                 "%s: packet %llu: no memory for so many"
                 " conversations",
                 draw->path, (unsigned long long)capture.number);
        cli_capture_close(&capture);
        return -1;
    }
    end_progress(draw, &capture);
    if (result < 0)
        memcpy(draw->problem, capture.problem, sizeof draw->problem);
    cli_capture_close(&capture);
    return result < 0;
}

/* --- choosing -------------------------------------------------------------------------------- */

static int name_matches(const struct lull_name *wanted, const struct lull_name *name)
{
    return (wanted->port == 0 || wanted->port == name->port)
           && (address_is_any(&wanted->address) || address_equal(&wanted->address, &name->address));
}

static int matches(const struct cli_draw *draw, const struct cli_draw_choice *choice, size_t i)
{
    const struct cli_talk *talk = &draw->talks.talks[i];

    if (choice->number != 0)
        return choice->number == i + 1;
    return name_matches(&choice->name, &talk->name[0])
           || name_matches(&choice->name, &talk->name[1]);
}

static int is_wanted(const struct cli_draw *draw, size_t i)
{
    for (unsigned c = 0; c < draw->choice_count; c++) {
        if (matches(draw, &draw->choices[c], i))
            return 1;
    }
    return draw->choice_count == 0;
}

static int has_address(const struct lull_address *known, unsigned count,
                       const struct lull_address *address)
{
    for (unsigned i = 0; i < count; i++) {
        if (address_equal(&known[i], address))
            return 1;
    }
    return 0;
}

/* As many as a story has room for, parties too; one is kept for routers that complain. */
static void choose(struct cli_draw *draw)
{
    struct lull_address known[LAB_PARTIES_MAX];
    unsigned parties = 0;

    for (size_t i = 0; i < draw->talks.count && draw->chosen < LAB_CONVERSATIONS_MAX; i++) {
        struct cli_talk *talk = &draw->talks.talks[i];
        const struct lull_address *a = &talk->name[0].address, *b = &talk->name[1].address;
        const int new_a = !has_address(known, parties, a), new_b = !has_address(known, parties, b);
        if (!is_wanted(draw, i) || parties + (unsigned)(new_a + new_b) >= LAB_PARTIES_MAX)
            continue;
        if (new_a)
            known[parties++] = *a;
        if (new_b)
            known[parties++] = *b;
        talk->chosen = 1;
        draw->chosen++;
    }
}

/* --- the story ------------------------------------------------------------------------------- */

static int allocate(struct cli_draw *draw)
{
    uint64_t events = EVENTS_MORE + draw->talks.errors, bytes = 0;
    struct lab_memory memory;

    for (size_t i = 0; i < draw->talks.count; i++) {
        const struct cli_talk *t = &draw->talks.talks[i];
        if (!t->chosen)
            continue;
        events += t->packets + EVENTS_EACH * ((uint64_t)t->syns + t->fins);
        bytes += t->kept;
    }
    if (bytes > KEPT_MAX)
        bytes = KEPT_MAX;
    memory.event_capacity = events < UINT32_MAX / 2 ? (uint32_t)events : UINT32_MAX / 2;
    memory.bytes_capacity = (uint32_t)bytes;
    memory.events = calloc(memory.event_capacity, sizeof *memory.events);
    memory.bytes = malloc(bytes + 1);
    draw->infer = malloc(sizeof *draw->infer);
    lab_story_init(&draw->story, &memory);
    return memory.events && memory.bytes && draw->infer ? 0 : -1;
}

static const char *last_part(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static void write_title(struct cli_draw *draw)
{
    struct lab_story *story = &draw->story;
    const time_t seconds = (time_t)(story->start / LULL_SEC(1));
    char date[24] = "";
    struct tm utc;

    snprintf(story->name, sizeof story->name, "%.23s", last_part(draw->path));
    if (gmtime_r(&seconds, &utc))
        strftime(date, sizeof date, "%Y-%m-%d %H:%M:%S", &utc);
    snprintf(story->title, sizeof story->title, "%u conversation%s, captured from %s UTC on",
             story->conversation_count, story->conversation_count == 1 ? "" : "s", date);
}

static void take(struct cli_draw *draw, const struct cli_capture_packet *packet)
{
    struct cli_talks_end ends;
    const struct cli_talk *talk;

    lab_infer_on(draw->infer, packet->interface);
    if (packet->ip.len == 0) {
        lab_infer_ignore(draw->infer);
        return;
    }
    if (cli_talks_parse(packet->ip, &ends) && ends.protocol == IPV4_TCP) {
        talk = cli_talks_find(&draw->talks, &ends.name[0], &ends.name[1]);
        if (!talk || !talk->chosen)
            return;
    }
    lab_infer_packet(draw->infer, packet->ip, packet->at);
}

int cli_draw_infer(struct cli_draw *draw)
{
    struct cli_capture_packet packet;
    struct cli_capture capture;

    choose(draw);
    if (allocate(draw) != 0) {
        snprintf(draw->problem, sizeof draw->problem, "%s: not enough memory for the story",
                 draw->path);
        return -1;
    }
    draw->story.msl = draw->msl;
    lab_infer_init(draw->infer, &draw->story);
    if (cli_capture_open(&capture, draw->path) != 0) {
        memcpy(draw->problem, capture.problem, sizeof draw->problem);
        return -1;
    }
    while (cli_capture_next(&capture, &packet) == 1) {
        show_progress(draw, &capture, "read");
        take(draw, &packet);
    }
    end_progress(draw, &capture);
    cli_capture_close(&capture);
    lab_infer_end(draw->infer);
    write_title(draw);
    return 0;
}

void cli_draw_free(struct cli_draw *draw)
{
    free(draw->story.events);
    free(draw->story.bytes);
    free(draw->infer);
    cli_talks_free(&draw->talks);
}
