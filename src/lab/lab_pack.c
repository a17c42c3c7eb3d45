/* lab_pack.c - the longest piece that stood there before, found by the hash of its beginning. */
#include "lab/lab_pack.h"

#include <string.h>

#define BEGINNING  6u  /* bytes that are hashed; a shorter new reference saves nothing */
#define TRIES      12u /* places that are compared */
#define SHORT      45u /* a length that one digit says is less */
#define LENGTH_MAX (LAB_PACK_LEAST + SHORT + LAB_PACK_BASE * LAB_PACK_BASE - 1)

struct match {
    uint32_t length, distance;
};

static void put_digit(const struct lab_out *out, uint32_t digit)
{
    char c = (char)('!' + digit);

    c = (char)(c + (c >= '<'));
    c = (char)(c + (c >= LAB_PACK_MARK));
    lab_out_character(out, c);
}

static void put_digits(const struct lab_out *out, uint32_t value, unsigned count)
{
    for (uint32_t power = count > 2 ? LAB_PACK_BASE * LAB_PACK_BASE : LAB_PACK_BASE; power > 0;
         power /= LAB_PACK_BASE)
        put_digit(out, value / power % LAB_PACK_BASE);
}

static void put_plain(const struct lab_out *out, const char *bytes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (bytes[i] == LAB_PACK_MARK)
            lab_out_character(out, LAB_PACK_MARK);
        lab_out_character(out, bytes[i]);
    }
}

static void put_match(struct lab_pack *pack, const struct match *match)
{
    const uint32_t more = match->length - LAB_PACK_LEAST;
    const bool again = match->distance == pack->distance;

    lab_out_character(pack->out, LAB_PACK_MARK);
    put_digit(pack->out, (more < SHORT ? more : SHORT) + (again ? SHORT + 1 : 0));
    if (more >= SHORT)
        put_digits(pack->out, more - SHORT, 2);
    if (!again)
        put_digits(pack->out, match->distance, 3);
    pack->distance = match->distance;
}

static uint32_t hash(const char *text)
{
    uint32_t h = 0;

    for (unsigned i = 0; i < BEGINNING; i++)
        h = (h ^ (unsigned char)text[i]) * 0x9e3779b1u;
    return h >> 17;
}

static bool goes_on(char c)
{
    return ((unsigned char)c & 0xc0) == 0x80;
}

/* How much of what follows @at stood @distance before; whole characters. */
static uint32_t length_at(const struct lab_pack *pack, uint32_t at, uint32_t distance)
{
    const char *text = pack->memory->text;
    const uint32_t left = pack->used - at;
    const uint32_t most = left < LENGTH_MAX ? left : LENGTH_MAX;
    uint32_t length = 0;

    while (length < most && text[at + length] == text[at + length - distance])
        length++;
    while (length > 0 && length < left && goes_on(text[at + length]))
        length--;
    return length;
}

/* A reference with a new distance is three digits longer. */
static struct match find_match(const struct lab_pack *pack, uint32_t at)
{
    struct match best = {0, 0};

    if (pack->distance > 0 && pack->distance <= at)
        best = (struct match){length_at(pack, at, pack->distance), pack->distance};
    if (at + BEGINNING > pack->used)
        return best;
    uint32_t place = pack->memory->newest[hash(pack->memory->text + at)];
    for (unsigned i = 0; i < TRIES && place > 0; i++, place = pack->memory->before[place - 1]) {
        const uint32_t length = length_at(pack, at, at - (place - 1));
        if (length >= BEGINNING && length > best.length + 2)
            best = (struct match){length, at - (place - 1)};
    }
    return best;
}

static void remember(struct lab_pack *pack, uint32_t at)
{
    if (at + BEGINNING > pack->used)
        return;
    uint32_t *newest = &pack->memory->newest[hash(pack->memory->text + at)];
    pack->memory->before[at] = *newest;
    *newest = at + 1;
}

/* One reference, or one character. */
static uint32_t pack_one(struct lab_pack *pack, uint32_t at)
{
    const struct match match = find_match(pack, at);
    uint32_t length = 1;

    if (match.length >= LAB_PACK_LEAST) {
        put_match(pack, &match);
        return match.length;
    }
    while (at + length < pack->used && goes_on(pack->memory->text[at + length]))
        length++;
    put_plain(pack->out, pack->memory->text + at, length);
    return length;
}

void lab_pack_flush(struct lab_pack *pack)
{
    if (pack->memory == NULL)
        return; /* nothing is kept */
    while (pack->packed < pack->used) {
        const uint32_t end = pack->packed + pack_one(pack, pack->packed);
        while (pack->packed < end)
            remember(pack, pack->packed++);
    }
}

/* What has no room is written as it is, and so is everything after it: it would be further away
 * than a reference can say. */
static void collect(void *context, const char *bytes, size_t count)
{
    struct lab_pack *pack = context;

    if (!pack->full && (pack->memory == NULL || count > LAB_PACK_TEXT - pack->used)) {
        lab_pack_flush(pack);
        pack->full = true;
    }
    if (pack->full) {
        put_plain(pack->out, bytes, count);
        return;
    }
    memcpy(pack->memory->text + pack->used, bytes, count);
    pack->used += (uint32_t)count;
}

void lab_pack_init(struct lab_pack *pack, const struct lab_out *out, struct lab_pack_memory *memory)
{
    *pack = (struct lab_pack){.in = {collect, pack}, .out = out, .memory = memory};
    lab_pack_forget(pack);
}

void lab_pack_forget(struct lab_pack *pack)
{
    if (pack->memory != NULL)
        memset(pack->memory->newest, 0, sizeof pack->memory->newest);
    pack->used = pack->packed = pack->distance = 0;
    pack->full = false;
}
