/* lab_pack.h - text that refers back to what was written before it.
 *
 * The plays of one scenario differ in little, and so do the rows of one picture.  So text is
 * written as characters and as references "what stood so far back, so long", in ASCII that may
 * stand within an element of HTML; src/lab/page/unpack.js reads it.  Deflate would be smaller by a
 * third before its bytes are spelled as text, and about as large afterwards.
 *
 * A reference is LAB_PACK_MARK, a digit D and more digits; digits have the base LAB_PACK_BASE and
 * stand for themselves from '!' on, without '<' and the mark:
 *
 *     D % 46 < 45          length LAB_PACK_LEAST + D % 46
 *     D % 46 = 45          length LAB_PACK_LEAST + 45 + the next two digits
 *     D < 46               the next three digits are the distance
 *     otherwise            the distance is that of the last reference
 *
 * A mark after a mark is that character.  '<' is never part of a reference, so a text without
 * "</script" stays one. */
#ifndef LAB_LAB_PACK_H
#define LAB_LAB_PACK_H

#include <stdbool.h>

#include "lab/lab_out.h"

#define LAB_PACK_MARK  '`'
#define LAB_PACK_BASE  92u
#define LAB_PACK_LEAST 3u
#define LAB_PACK_TEXT  720000u /* bytes that are referred to; less than three digits can say */
#define LAB_PACK_HEADS 32768u

/* What has been written, and where to look for what begins alike. */
struct lab_pack_memory {
    uint32_t newest[LAB_PACK_HEADS]; /* places, counted from 1; 0: none */
    uint32_t before[LAB_PACK_TEXT];
    char text[LAB_PACK_TEXT];
};

struct lab_pack {
    struct lab_out in;              /* what is written here is packed */
    const struct lab_out *out;      /* borrowed */
    struct lab_pack_memory *memory; /* borrowed; NULL: nothing is referred to */
    uint32_t used, packed;          /* bytes of .text, and how many of them are written */
    uint32_t distance;              /* of the last reference; 0: there was none */
    bool full;
};

/* Packed text goes to @out. */
void lab_pack_init(struct lab_pack *pack, const struct lab_out *out,
                   struct lab_pack_memory *memory);

/* Refer to nothing that was written before. */
void lab_pack_forget(struct lab_pack *pack);

/* Write what is not written yet. */
void lab_pack_flush(struct lab_pack *pack);

#endif
