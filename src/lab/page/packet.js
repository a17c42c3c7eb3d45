/* The bytes of a packet, field by field. */
"use strict";

const OPTIONS = {
  0: "end of options",
  1: "no operation",
  2: "maximum segment size",
  3: "window scale",
  4: "SACK permitted",
  5: "SACK",
  8: "timestamps",
};

function optionText(kind, b, at, size) {
  const word = (i, n) => b.slice(at + i, at + i + n).reduce((sum, byte) => sum * 256 + byte, 0);
  if (kind === 2 && size === 4) return String(word(2, 2));
  if (kind === 3 && size === 3) return `${b[at + 2]} (times ${2 ** b[at + 2]})`;
  if (kind === 8 && size === 10) return `value ${word(2, 4)}, echo ${word(6, 4)}`;
  if (kind === 5)
    return Array.from(
      { length: ((size - 2) / 8) | 0 },
      (_, i) => `${word(2 + 8 * i, 4)} to ${word(6 + 8 * i, 4)}`,
    ).join(", ");
  return "";
}

function readOptions(b, from, end, fields) {
  for (let at = from; at < end;) {
    const kind = b[at];
    const size = kind < 2 ? 1 : b[at + 1];
    if (!(size >= 1) || (kind > 1 && size < 2) || at + size > end) {
      fields.push(["malformed options", "", at, end]);
      return;
    }
    fields.push([OPTIONS[kind] || `option ${kind}`, optionText(kind, b, at, size), at, at + size]);
    at += size;
  }
}

/* [name, value, first byte, byte behind the last]; as far as there are bytes. */
function readFields(b) {
  const fields = [];
  const word = (at, n) => b.slice(at, at + n).reduce((sum, byte) => sum * 256 + byte, 0);
  const hex = (value, digits) => "0x" + value.toString(16).padStart(digits, "0");
  const field = (name, at, n, value) => {
    if (at + n <= b.length)
      fields.push([name, String(value === undefined ? word(at, n) : value), at, at + n]);
  };
  if (b.length < 20 || b[0] >> 4 !== 4) return [["bytes", `${b.length}`, 0, b.length]];
  const ip = (b[0] & 15) * 4;
  field("IPv4 version and header length", 0, 1, `4, ${ip} bytes`);
  field("type of service", 1, 1, hex(b[1], 2));
  field("total length", 2, 2);
  field("identification", 4, 2, hex(word(4, 2), 4));
  field(
    "fragment flags and offset",
    6,
    2,
    b[6] & 64 ? "do not fragment" : `offset ${(word(6, 2) & 8191) * 8}`,
  );
  field("hop limit (TTL)", 8, 1);
  field("protocol", 9, 1, b[9] === 6 ? "6, TCP" : b[9] === 1 ? "1, ICMP" : b[9]);
  field("header checksum", 10, 2, hex(word(10, 2), 4));
  field("source address", 12, 4, b.slice(12, 16).join("."));
  field("destination address", 16, 4, b.slice(16, 20).join("."));
  if (ip > 20) field("IP options", 20, ip - 20, "");
  if (b[9] !== 6 || b.length < ip + 20) {
    if (b.length > ip) field("payload", ip, b.length - ip, `${b.length - ip} bytes`);
    return fields;
  }
  const size = (b[ip + 12] >> 4) * 4,
    names = ["FIN", "SYN", "RST", "PSH", "ACK", "URG", "ECE", "CWR"];
  field("source port", ip, 2);
  field("destination port", ip + 2, 2);
  field("sequence number", ip + 4, 4);
  field("acknowledgment number", ip + 8, 4);
  field("data offset", ip + 12, 1, `${size} bytes`);
  field("flags", ip + 13, 1, names.filter((_, i) => b[ip + 13] & (1 << i)).join(" ") || "none");
  field("window", ip + 14, 2);
  field("checksum", ip + 16, 2, hex(word(ip + 16, 2), 4));
  field("urgent pointer", ip + 18, 2);
  readOptions(b, ip + 20, Math.min(ip + size, b.length), fields);
  if (b.length > ip + size)
    field("text", ip + size, b.length - ip - size, `${b.length - ip - size} bytes`);
  return fields;
}

function hexDump(b, fields) {
  const perLine = window.innerWidth < 500 ? 8 : 12;
  const pre = element("pre", { class: "hex", tabindex: "0", "aria-label": "Bytes of the packet" });
  for (let at = 0; at < b.length; at += perLine) {
    pre.append(element("i", {}, at.toString(16).padStart(4, "0") + "  "));
    for (let i = at; i < Math.min(at + perLine, b.length); i++) {
      const f = fields.findIndex((x) => i >= x[2] && i < x[3]);
      pre.append(
        element(
          "span",
          { class: `f${f % 2}`, "data-f": f, title: f < 0 ? null : fields[f][0] },
          b[i].toString(16).padStart(2, "0"),
        ),
        i % 4 === 3 ? "  " : " ",
      );
    }
    pre.append("\n");
  }
  return pre;
}
