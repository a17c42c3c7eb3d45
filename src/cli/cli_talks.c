/* cli_talks.c - conversations of a capture file. */
#include "cli/cli_talks.h"

#include <stdlib.h>
#include <string.h>

#include "base/address.h"
#include "wire/ipv4.h"
#include "wire/tcp_segment.h"

#define SLOTS_FIRST 1024 /* a power of two */
#define TALKS_FIRST 64

enum { TCP_FIXED_BYTES = 20 };

int cli_talks_parse(struct span ip, struct cli_talks_end *ends)
{
    struct ipv4_header header;
    struct span payload;
    uint32_t headers;

    if (ipv4_parse_quoted(ip, &header, &payload) != IPV4_OK || ipv4_is_fragment(&header))
        return 0;
    *ends = (struct cli_talks_end){.protocol = header.protocol};
    if (header.protocol != IPV4_TCP || payload.len < TCP_FIXED_BYTES)
        return header.protocol == IPV4_ICMP;
    headers = header.header_bytes + (uint32_t)(payload.data[12] >> 4) * 4;
    if (payload.data[12] >> 4 < 5 || headers > header.total_bytes)
        return 0;
    ends->name[0] = (struct lull_name){.address = header.source, .port = load_be16(payload.data)};
    ends->name[1] =
        (struct lull_name){.address = header.destination, .port = load_be16(payload.data + 2)};
    ends->text_bytes = header.total_bytes - headers;
    ends->flags = payload.data[13];
    return 1;
}

static int same(const struct lull_name *a, const struct lull_name *b)
{
    return a->port == b->port && address_equal(&a->address, &b->address);
}

static uint32_t hash_of(const struct lull_name *a, const struct lull_name *b)
{
    /* Equal for both directions; who fills the table with collisions waits longer for a picture. */
    const uint32_t x = address_ipv4_word(&a->address) * 31 + a->port,
                   y = address_ipv4_word(&b->address) * 31 + b->port;
    return (x * 2654435761u) ^ (y * 2654435761u);
}

/* The slot that has it, or the free one where it belongs. */
static uint32_t *slot_of(const struct cli_talks *talks, const struct lull_name *a,
                         const struct lull_name *b)
{
    size_t i = hash_of(a, b) >> 7;

    for (;; i++) {
        uint32_t *slot = &talks->slots[i & (talks->slot_count - 1)];
        const struct cli_talk *talk;
        if (*slot == 0)
            return slot;
        talk = &talks->talks[*slot - 1];
        if ((same(&talk->name[0], a) && same(&talk->name[1], b))
            || (same(&talk->name[0], b) && same(&talk->name[1], a)))
            return slot;
    }
}

struct cli_talk *cli_talks_find(const struct cli_talks *talks, const struct lull_name *source,
                                const struct lull_name *destination)
{
    const uint32_t *slot = talks->slots ? slot_of(talks, source, destination) : NULL;
    return slot && *slot ? &talks->talks[*slot - 1] : NULL;
}

static int grow_slots(struct cli_talks *talks)
{
    const size_t count = talks->slot_count ? 2 * talks->slot_count : SLOTS_FIRST;
    uint32_t *slots = calloc(count, sizeof *slots);

    if (!slots)
        return -1;
    free(talks->slots);
    talks->slots = slots;
    talks->slot_count = count;
    for (size_t i = 0; i < talks->count; i++)
        *slot_of(talks, &talks->talks[i].name[0], &talks->talks[i].name[1]) = (uint32_t)(i + 1);
    return 0;
}

static int grow(struct cli_talks *talks)
{
    const size_t room = talks->room ? 2 * talks->room : TALKS_FIRST;
    struct cli_talk *bigger;

    if (2 * (talks->count + 1) > talks->slot_count && grow_slots(talks) != 0)
        return -1;
    if (talks->count < talks->room)
        return 0;
    bigger = realloc(talks->talks, room * sizeof *bigger);
    if (!bigger)
        return -1;
    talks->talks = bigger;
    talks->room = room;
    return 0;
}

/* As lab_infer decides who stands left. */
static int sender_opens(const struct cli_talks_end *ends)
{
    if (ends->flags & TCP_SYN)
        return !(ends->flags & TCP_ACK);
    return ends->name[0].port >= ends->name[1].port;
}

static struct cli_talk *add(struct cli_talks *talks, const struct cli_talks_end *ends, lull_time at)
{
    const int first = !sender_opens(ends);
    struct cli_talk *talk;

    if (grow(talks) != 0)
        return NULL;
    talk = &talks->talks[talks->count];
    *talk = (struct cli_talk){.name = {ends->name[first], ends->name[1 - first]}, .first = at};
    *slot_of(talks, &ends->name[0], &ends->name[1]) = (uint32_t)++talks->count;
    return talk;
}

int cli_talks_add(struct cli_talks *talks, struct span ip, lull_time at)
{
    struct cli_talks_end ends;
    struct cli_talk *talk;

    if (!cli_talks_parse(ip, &ends))
        return 0;
    if (ends.protocol == IPV4_ICMP) {
        talks->errors++;
        return 0;
    }
    talk = cli_talks_find(talks, &ends.name[0], &ends.name[1]);
    if (!talk)
        talk = add(talks, &ends, at);
    if (!talk)
        return -1;
    talk->packets++;
    talk->syns += (ends.flags & TCP_SYN) != 0;
    talk->fins += (ends.flags & TCP_FIN) != 0;
    talk->bytes += ends.text_bytes;
    talk->kept += ip.len;
    talk->last = at;
    return 0;
}

void cli_talks_print(FILE *out, const struct cli_talks *talks)
{
    char name[2][LULL_NAME_TEXT_BYTES];

    fprintf(out, "%6s  %-21s  %-21s %9s %12s %5s %10s\n", "N", "LEFT", "RIGHT", "PACKETS",
            "TEXT BYTES", "SYNS", "SECONDS");
    for (size_t i = 0; i < talks->count; i++) {
        const struct cli_talk *t = &talks->talks[i];
        for (int side = 0; side < 2; side++)
            lull_address_format_name(&t->name[side], name[side], sizeof name[side]);
        fprintf(out, "%6zu  %-21s  %-21s %9u %12llu %5u %6lld.%03lld\n", i + 1, name[0], name[1],
                t->packets, (unsigned long long)t->bytes, t->syns,
                (long long)((t->last - t->first) / LULL_SEC(1)),
                (long long)((t->last - t->first) % LULL_SEC(1) / LULL_MS(1)));
    }
}

void cli_talks_free(struct cli_talks *talks)
{
    free(talks->talks);
    free(talks->slots);
    *talks = (struct cli_talks){0};
}
