/* Packed text, which lab_pack.h describes. */
"use strict";

const MARK = 96; // `
const SHORT = 45;

class Unpacker {
  constructor() {
    this.bytes = new Uint8Array(1 << 17);
    this.used = 0;
    this.distance = 0;
  }

  /* The text that @packed stands for, which may refer to all that was read before. */
  read(packed) {
    const from = new TextEncoder().encode(packed),
      start = this.used;
    let at = 0;
    const digit = () => {
      const c = from[at++];
      return c - 33 - (c > 60 ? 1 : 0) - (c > MARK ? 1 : 0);
    };
    while (at < from.length) {
      const c = from[at++];
      if (c !== MARK || from[at] === MARK) {
        if (c === MARK) at++;
        this.room(1);
        this.bytes[this.used++] = c;
        continue;
      }
      const first = digit();
      let length = 3 + (first % (SHORT + 1));
      if (length === 3 + SHORT) length += digit() * 92 + digit();
      if (first <= SHORT) this.distance = (digit() * 92 + digit()) * 92 + digit();
      this.copy(length);
    }
    return new TextDecoder().decode(this.bytes.subarray(start, this.used));
  }

  room(bytes) {
    if (this.used + bytes <= this.bytes.length) return;
    const more = new Uint8Array(2 * (this.used + bytes));
    more.set(this.bytes.subarray(0, this.used));
    this.bytes = more;
  }

  /* What is copied may overlap what it is copied to. */
  copy(length) {
    this.room(length);
    for (const end = this.used + length; this.used < end; this.used++)
      this.bytes[this.used] = this.bytes[this.used - this.distance];
  }
}
