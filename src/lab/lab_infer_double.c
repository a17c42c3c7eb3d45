/* lab_infer_double.c - doubles.
 *
 * A sender that sends again gives the packet another IP identification, so two packets with one
 * identification are one that was doubled; unless the identification is 0, which says nothing (RFC
 * 6864).  After a second identifications may be used again; what comes back later with fewer hops
 * left went round in a loop.  On two interfaces of one host even that is enough, for a moment. */
#include "lab/lab_infer_double.h"

#include "wire/ipv4.h"

#define MADE_WITHIN      LULL_SEC(1)
#define GOES_ROUND       LULL_SEC(120) /* as long as a segment may live (RFC 9293 section 3.4.2) */
#define ELSEWHERE_WITHIN LULL_MS(10)

enum { IP_ID = 4, IP_TTL = 8, IP_CHECKSUM = 10 };

/* Of all that routers leave as it was: not TTL, not the checksum, not the second byte, which has
 * the congestion marks (FNV-1a; nobody gains by a collision but a strange picture). */
static uint64_t digest_of(struct span packet)
{
    uint64_t digest = 0xcbf29ce484222325;

    for (size_t i = 0; i < packet.len; i++) {
        if (i == 1 || i == IP_TTL || i == IP_CHECKSUM || i == IP_CHECKSUM + 1)
            continue;
        digest = (digest ^ packet.data[i]) * 0x100000001b3;
    }
    return digest;
}

static enum lab_infer_double compare(const struct lab_infer *infer, struct span packet,
                                     const struct lab_infer_recent *recent)
{
    const lull_duration apart = infer->now - recent->at;
    const bool known = recent->identification != 0;

    if (recent->interface != infer->interface)
        return apart <= (known ? MADE_WITHIN : ELSEWHERE_WITHIN) ? LAB_INFER_ELSEWHERE
                                                                 : LAB_INFER_NEW;
    return known && (apart <= MADE_WITHIN || packet.data[IP_TTL] < recent->hops)
               ? LAB_INFER_NETWORK_MADE
               : LAB_INFER_NEW;
}

enum lab_infer_double lab_infer_double_find(const struct lab_infer *infer, struct span packet,
                                            uint32_t *first)
{
    const uint64_t digest = digest_of(packet);
    const uint32_t count = infer->recent_count;

    for (uint32_t i = 1; i <= count && i <= LAB_INFER_RECENT; i++) {
        const struct lab_infer_recent *recent = &infer->recent[(count - i) % LAB_INFER_RECENT];
        if (infer->now - recent->at > GOES_ROUND)
            break;
        if (recent->digest != digest)
            continue;
        *first = recent->event;
        return compare(infer, packet, recent);
    }
    return LAB_INFER_NEW;
}

void lab_infer_double_keep(struct lab_infer *infer, struct span packet, uint32_t event)
{
    infer->recent[infer->recent_count % LAB_INFER_RECENT] = (struct lab_infer_recent){
        .at = infer->now,
        .digest = digest_of(packet),
        .event = event,
        .interface = infer->interface,
        .identification = load_be16(packet.data + IP_ID),
        .hops = packet.data[IP_TTL],
    };
    infer->recent_count++;
}
