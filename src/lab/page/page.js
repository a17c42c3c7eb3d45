/* The behaviour of a page: its chapters with their controls, the panel that tells of one event what
 * a picture has no room for, keyboard, search and links.  unpack.js, picture.js and
 * packet.js come before it. */
"use strict";

const KINDS = [
  "segment",
  "arrival",
  "call",
  "record",
  "refusal",
  "ICMP message",
  "network",
  "host",
  "violation",
  "note",
];
const FATES = [
  "nobody saw",
  "arrived",
  "lost",
  "damaged",
  "hop limit ran out",
  "under way at the end",
];
const TIMERS = ["", "retransmission", "keep-alive", "TIME-WAIT", "zero-window probe"];
const FACTS = ["state", "timer", "fate", "repetition", "incarnation"];

/* ---- the panel that tells of one event ---- */

const panel = element("aside", {
  class: "detail",
  hidden: true,
  "aria-label": "Details of the chosen event",
  tabindex: "-1",
});
let shown = null; // { picture, row }

function table(pairs) {
  const rows = pairs
    .filter((p) => p !== null && p[1] !== "" && p[1] !== undefined)
    .map(([name, value, f]) =>
      element(
        "tr",
        { "data-f": f },
        element("th", { scope: "row" }, name),
        element("td", {}, String(value)),
      ),
    );
  return element("table", {}, element("tbody", {}, ...rows));
}

function partyName(data, p) {
  return data.parties[p] ? `${data.parties[p][0]} ${data.parties[p][1]}` : "somebody";
}

function sideText(event, side) {
  const [state, incarnation, timer, restarts, until, possible] = event.s[side];
  let text = (possible ? "perhaps " : "") + (state || "nobody knows");
  if (incarnation > 0) text += `, incarnation ${incarnation}`;
  if (timer > 0 && until !== null) text += `; ${TIMERS[timer]} until ${seconds(until)} s`;
  if (restarts > 0) text += `, restarted ${restarts === 1 ? "once" : `${restarts} times`}`;
  return text;
}

function eventTable(data, e) {
  const c = data.conversations[e.c];
  const pairs = [
    ["kind", KINDS[e.k]],
    ["time", `${seconds(e.t)} s`],
  ];
  if (e.seg && e.of !== undefined)
    pairs.push([
      "sent",
      `${seconds(data.events[e.of].t)} s, ${seconds(e.t - data.events[e.of].t)} s before`,
    ]);
  if (e.seg && e.k === 0) {
    pairs.push(["fate", FATES[e.fate] + (e.arr === null ? "" : `, at ${seconds(e.arr)} s`)]);
    if (e.rep !== undefined)
      pairs.push(["repeats", `what was first sent at ${seconds(data.events[e.rep].t)} s`]);
  }
  if (e.dbl) pairs.push(["double", "made by the network"]);
  pairs.push([e.k === 0 ? "sent by" : e.k === 1 ? "received by" : "at", partyName(data, e.p)]);
  if (c)
    pairs.push(
      ["conversation", `${letter(e.c)}, ${c[3]} and ${c[4]}`],
      ["incarnation", e.n ? `${e.n} of ${c[2]}` : ""],
    );
  if (e.s)
    for (const side of [0, 1])
      pairs.push([
        `${side === 0 ? "left" : "right"}, ${data.parties[c[side]] ? data.parties[c[side]][0] : c[3 + side]}`,
        sideText(e, side),
      ]);
  if (e.inf) pairs.push(["inferred", FACTS.filter((_, i) => e.inf & (1 << i)).join(", ")]);
  return table(pairs);
}

function packetParts(data, e) {
  const hex = e.hex || (e.of !== undefined ? data.events[e.of].hex : undefined);
  if (!hex) {
    if (!e.seg) return [];
    const [seq, ack, text, wnd, flags, hops] = e.seg;
    const names = ["FIN", "SYN", "RST", "PSH", "ACK", "URG", "ECE", "CWR"];
    return [
      element("h4", {}, "Segment (its bytes were not kept)"),
      table([
        ["sequence number", seq],
        ["acknowledgment number", ack],
        ["text", `${text} bytes`],
        ["window", wnd],
        ["flags", names.filter((_, i) => flags & (1 << i)).join(" ")],
        ["hop limit (TTL)", hops],
      ]),
    ];
  }
  const b = hex.match(/../g).map((pair) => parseInt(pair, 16));
  const fields = readFields(b);
  return [
    element("h4", {}, "Header"),
    table(fields.map(([name, value], i) => [name, value || " ", i])),
    element("h4", {}, `Bytes, ${b.length}`),
    hexDump(b, fields),
  ];
}

function light(target, on) {
  for (const e of panel.querySelectorAll(".on")) e.classList.remove("on");
  const f = on && target.closest ? target.closest("[data-f]") : null;
  if (f) for (const e of panel.querySelectorAll(`[data-f="${f.dataset.f}"]`)) e.classList.add("on");
}

function show(picture, row) {
  if (shown) shown.row.e.setAttribute("aria-expanded", "false");
  shown = { picture, row };
  row.e.setAttribute("aria-expanded", "true");
  const e = row.event,
    label = row.texts.find((t) => t.e.matches(".lb"));
  const because =
    e.rule || e.why
      ? element(
          "p",
          { class: "because" },
          element("b", {}, e.rule || ""),
          e.rule && e.why ? " " : "",
          e.why || "",
        )
      : null;
  const verdict = picture.figure.querySelector(".verdict").textContent.trim();
  panel.replaceChildren(
    ...[
      element(
        "header",
        {},
        element("h3", {}, label.words.map((w) => w.word).join(" ")),
        element(
          "button",
          { type: "button", "aria-label": "Close", onclick: () => close(true) },
          "\u00d7",
        ),
      ),
      because,
      eventTable(picture.data, e),
      ...packetParts(picture.data, e),
      verdict ? element("h4", {}, "Verdict on the whole story") : null,
      verdict ? element("p", {}, verdict) : null,
    ].filter((x) => x !== null),
  );
  panel.hidden = false;
  panel.scrollTop = 0;
  uncover(row);
  const chapter = picture.chapter;
  if (chapter) history.replaceState(null, "", chapter.link(row));
}

/* On a phone the panel lies over the lower part of the page. */
function uncover(row) {
  const line = row.hit.getBoundingClientRect(),
    over = panel.getBoundingClientRect();
  if (over.width < window.innerWidth) return;
  if (line.bottom > over.top || line.top < 60)
    window.scrollBy({
      top: line.top - Math.max((over.top - line.height) / 2, 70),
      behavior: "instant",
    });
}

function close(back) {
  if (panel.hidden) return;
  panel.hidden = true;
  const { picture, row } = shown;
  row.e.setAttribute("aria-expanded", "false");
  if (back) picture.focus(row);
  shown = null;
}

/* ---- one chapter: its variants and its controls ---- */

class Chapter {
  /* Nothing is done before somebody comes near, or a page of many chapters would be slow to open. */
  constructor(section) {
    this.section = section;
    this.built = false;
  }

  build() {
    if (this.built) return;
    this.built = true;
    this.variants = [];
    this.frame = element("div", { class: "stories" });
    this.controls = element("div", {
      class: "controls",
      role: "group",
      "aria-label": "What to show",
    });
    this.readVariants();
    this.section.append(this.controls, this.frame);
    const first = this.variants[0];
    this.want = { msl: first ? first.msl : 0, loss: first ? first.loss : 0 };
    this.roles = unique(this.variants.map((v) => v.role));
    this.shownRoles = this.roles.slice(0, 1);
    this.filter = { conversation: "", incarnation: "", kind: "" };
    this.foldQuiet = false;
    this.stretch = false;
    this.update();
    this.addControls();
  }

  /* A figure that is there is the variant that comes behind it. */
  readVariants() {
    const unpacker = new Unpacker();
    let figure = null;
    for (const e of [...this.section.querySelectorAll(":scope > figure, :scope > script")]) {
      e.remove();
      if (e.matches("figure")) {
        figure = e;
        continue;
      }
      const [inside, data] = unpacker.read(e.textContent).split("\n\n");
      const { role, msl, loss, label } = e.dataset;
      this.variants.push({
        role: Number(role),
        msl: Number(msl),
        loss: Number(loss),
        label: label || "",
        figure,
        inside,
        data,
        picture: null,
      });
      figure = null;
    }
  }

  draw(v) {
    if (!v.figure) {
      v.figure = element("figure", { class: "story" });
      v.figure.innerHTML = v.inside;
    }
    for (const key of ["role", "msl", "loss", "label"]) v.figure.dataset[key] = v[key];
    v.picture = new Picture(v.figure, JSON.parse(v.data));
    v.picture.chapter = this;
  }

  /* The variant of a role that is nearest to what the sliders say. */
  nearest(role) {
    const all = this.variants.filter((v) => v.role === role);
    const span = (key) =>
      Math.max(...all.map((v) => v[key])) - Math.min(...all.map((v) => v[key])) || 1;
    const away = (v) =>
      Math.abs(v.msl - this.want.msl) / span("msl") +
      Math.abs(v.loss - this.want.loss) / span("loss");
    return all.reduce((best, v) => (away(v) < away(best) ? v : best));
  }

  pictures() {
    if (!this.built) return [];
    return this.shownRoles.map((role) => this.nearest(role).picture);
  }

  update() {
    const chosen = this.shownRoles.map((role) => this.nearest(role));
    if (shown && shown.picture.chapter === this && !chosen.some((v) => v.picture === shown.picture))
      close(false);
    for (const v of chosen) {
      if (!v.picture) this.draw(v);
      Object.assign(v.picture, {
        filter: this.filter,
        foldQuiet: this.foldQuiet,
        stretch: this.stretch,
      });
    }
    this.frame.classList.toggle("both", chosen.length > 1);
    this.frame.classList.toggle("single", chosen.length < 2);
    this.frame.replaceChildren(...chosen.map((v) => v.figure));
    this.layout();
  }

  layout() {
    for (const picture of this.pictures())
      picture.layout(paper ? 0 : picture.figure.querySelector(".scroll").clientWidth);
  }

  addControls() {
    if (this.roles.length > 1) this.addRoles();
    for (const [key, name, unit] of [
      ["msl", "MSL", " s"],
      ["loss", "Loss", " %"],
    ]) {
      const values = unique(this.variants.map((v) => v[key]));
      if (values.length > 1) this.addSlider(key, name, values, unit);
    }
    const data =
      this.variants.length > 0 ? this.pictures()[0].data : { conversations: [], events: [] };
    this.addSelect(
      "conversation",
      "Conversation",
      data.conversations.map((c, i) => [String(i), `${letter(i)}  ${c[3]}`]),
    );
    this.addSelect(
      "incarnation",
      "Incarnation",
      unique(data.events.map((e) => e.n || 0).filter((n) => n > 0)).map((n) => [
        String(n),
        String(n),
      ]),
    );
    this.addSelect(
      "kind",
      "Show",
      GROUPS.map((g, i) => [String(i), g[0], g[1]]).filter((g) =>
        data.events.some((e) => g[2].includes(e.k)),
      ),
    );
    if (this.variants.length > 0 && this.pictures()[0].runs.length > 0)
      this.addToggle("foldQuiet", "Fold quiet stretches");
    if (this.variants.length > 0 && this.pictures()[0].gaps.size > 0)
      this.addToggle("stretch", "Unfold waits");
  }

  addRoles() {
    const label = (role) =>
      this.variants.find((v) => v.role === role).label || ["story", "twin", "mistake"][role];
    const choices = this.roles.map((role) => [label(role), [role]]);
    choices.push([this.roles.length > 2 ? "side by side" : "both", this.roles]);
    const buttons = choices.map(([name, roles]) =>
      element(
        "button",
        {
          type: "button",
          "aria-pressed": String(roles === choices[0][1]),
          onclick: () => this.setRoles(roles),
        },
        name,
      ),
    );
    this.setRoles = (roles) => {
      this.shownRoles = roles;
      choices.forEach((c, i) =>
        buttons[i].setAttribute("aria-pressed", String(c[1].join() === roles.join())),
      );
      this.update();
    };
    this.controls.append(
      element("div", { class: "choice", role: "group", "aria-label": "Which story" }, ...buttons),
    );
  }

  addSlider(key, name, values, unit) {
    const output = element("output", {}, values[values.indexOf(this.want[key])] + unit);
    const input = element("input", {
      type: "range",
      min: 0,
      max: values.length - 1,
      step: 1,
      value: values.indexOf(this.want[key]),
      "aria-valuetext": output.textContent,
      name: key,
    });
    input.addEventListener("input", () => {
      this.want[key] = values[input.value];
      output.textContent = this.want[key] + unit;
      input.setAttribute("aria-valuetext", output.textContent);
      this.update();
    });
    this.controls.append(element("label", {}, name, input, output));
  }

  addSelect(key, name, choices) {
    if (choices.length < 2) return;
    const select = element(
      "select",
      {
        name: key,
        onchange: () => {
          this.filter[key] = select.value;
          this.update();
        },
      },
      element("option", { value: "" }, "all"),
      ...choices.map(([value, text]) => element("option", { value }, text)),
    );
    this.controls.append(element("label", {}, name, select));
  }

  addToggle(key, name) {
    const button = element(
      "button",
      {
        type: "button",
        "aria-pressed": "false",
        name: key,
        onclick: () => {
          this[key] = !this[key];
          button.setAttribute("aria-pressed", String(this[key]));
          if (!this[key]) for (const p of this.pictures()) p.opened.clear();
          this.update();
        },
      },
      name,
    );
    this.controls.append(button);
  }

  /* "#sc-05/role=1/msl=60/e=12": what is not as at first, and the chosen event. */
  link(row) {
    const picture = shown.picture,
      parts = [this.section.id];
    const v = this.variants.find((x) => x.picture === picture);
    if (v.role !== this.variants[0].role) parts.push(`role=${v.role}`);
    for (const key of ["msl", "loss"])
      if (this.want[key] !== this.variants[0][key]) parts.push(`${key}=${this.want[key]}`);
    parts.push(`e=${row.number}`);
    return "#" + parts.map(encodeURIComponent).join("/").replaceAll("%3D", "=");
  }

  follow(words) {
    this.build();
    for (const key of ["msl", "loss"]) {
      const input = this.controls.querySelector(`input[name=${key}]`);
      if (words[key] === undefined || !input) continue;
      const index = unique(this.variants.map((v) => v[key])).indexOf(Number(words[key]));
      if (index < 0) continue;
      input.value = index;
      input.dispatchEvent(new Event("input"));
    }
    if (words.role !== undefined && this.setRoles && this.roles.includes(Number(words.role)))
      this.setRoles([Number(words.role)]);
    const picture = this.pictures()[0];
    const row = picture && words.e !== undefined ? picture.rows[Number(words.e)] : undefined;
    if (!row || row.hidden) {
      this.section.scrollIntoView({ behavior: "instant" });
      return;
    }
    show(picture, row);
    picture.focus(row);
    row.e.scrollIntoView({ block: "center", behavior: "instant" });
  }
}

/* ---- the page ---- */

let paper = false; // being printed
let chapters = [];

function findRow(target) {
  const e = target.closest ? target.closest(".row") : null;
  if (!e) return null;
  for (const chapter of chapters) {
    for (const picture of chapter.pictures()) {
      const row = picture.rows.find((r) => r.e === e);
      if (row) return { picture, row };
    }
  }
  return null;
}

function onKey(key) {
  if (key.key === "Escape" && !panel.hidden) {
    close(true);
    return;
  }
  if (key.key === "/" && !/^(INPUT|SELECT|TEXTAREA)$/.test(key.target.tagName)) {
    key.preventDefault();
    search.input.focus();
    return;
  }
  const at = findRow(key.target);
  if (!at) return;
  const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10, Home: -1e9, End: 1e9 };
  if (key.key === "Enter" || key.key === " ") {
    key.preventDefault();
    show(at.picture, at.row);
    if (key.key === "Enter") panel.focus({ preventScroll: true });
  } else if (steps[key.key]) {
    key.preventDefault();
    const next = at.picture.neighbour(at.row, steps[key.key]);
    at.picture.focus(next);
    if (!panel.hidden) show(at.picture, next);
  }
}

const search = { found: [], at: -1, input: null, output: null };

function clearSearch() {
  for (const { row } of search.found) row.e.classList.remove("found", "at");
  search.found = [];
  search.at = -1;
}

function runSearch() {
  const words = search.input.value.trim().toLowerCase();
  clearSearch();
  if (words !== "") {
    for (const chapter of chapters) {
      chapter.build();
      for (const picture of chapter.pictures())
        for (const row of picture.rows) {
          if (!row.hidden && row.words.includes(words)) search.found.push({ picture, row });
        }
    }
  }
  for (const { row } of search.found) row.e.classList.add("found");
  search.output.textContent = words === "" ? "" : `${search.found.length} found`;
}

function nextFound(by) {
  if (search.found.length === 0) return;
  if (search.at >= 0) search.found[search.at].row.e.classList.remove("at");
  search.at = (search.at + by + search.found.length) % search.found.length;
  const { row } = search.found[search.at];
  row.e.classList.add("at");
  row.e.scrollIntoView({ block: "center" });
  search.output.textContent = `${search.at + 1} of ${search.found.length}`;
}

function addTools() {
  search.output = element("output", { "aria-live": "polite" });
  search.input = element("input", {
    type: "search",
    placeholder: "Search",
    "aria-label": "Search all events; Enter goes to the next",
    oninput: runSearch,
  });
  search.input.addEventListener("keydown", (key) => {
    if (key.key === "Enter") {
      key.preventDefault();
      if (search.found.length === 0) runSearch();
      nextFound(key.shiftKey ? -1 : 1);
    }
  });
  document.querySelector(".cover").id = "top";
  document.body.prepend(
    element(
      "div",
      { class: "tools", role: "search" },
      element(
        "div",
        {},
        element("span", { class: "name" }, document.title),
        search.output,
        search.input,
        element("a", { href: "#top" }, "Contents"),
      ),
    ),
  );
}

function follow() {
  const [id, ...rest] = location.hash.slice(1).split("/").map(decodeURIComponent);
  const chapter = chapters.find((c) => c.section.id === id);
  if (chapter) chapter.follow(Object.fromEntries(rest.map((part) => part.split("="))));
}

/* What is done changes heights, and the reader's chapter stays where it is.  Not all browsers do so
 * by themselves. */
function keepPlace(change) {
  const high = window.innerHeight / 4; // the bar lies above it
  const at = chapters.find((c) => c.section.getBoundingClientRect().bottom > high);
  const before = at && at.section.getBoundingClientRect().top;
  change();
  const moved = at ? at.section.getBoundingClientRect().top - before : 0;
  if (moved !== 0) window.scrollBy({ top: moved, behavior: "instant" });
}

function start() {
  document.documentElement.classList.add("js");
  const style = getComputedStyle(document.documentElement);
  families.sans = style.getPropertyValue("--sans");
  families.mono = style.getPropertyValue("--mono");
  addTools();
  document.body.append(panel);
  chapters = [...document.querySelectorAll(".chapter")].map((section) => new Chapter(section));
  document.addEventListener("keydown", onKey);
  document.querySelector("main").addEventListener("click", (click) => {
    const at = findRow(click.target);
    if (!at) return;
    at.picture.focus(at.row);
    show(at.picture, at.row);
  });
  panel.addEventListener("mouseover", (e) => light(e.target, true));
  panel.addEventListener("mouseleave", (e) => light(e.target, false));
  const near = new IntersectionObserver(
    (entries) => {
      const come = entries.filter((e) => e.isIntersecting).map((e) => e.target);
      for (const section of come) near.unobserve(section);
      keepPlace(() => {
        for (const c of chapters.filter((c) => come.includes(c.section))) c.build();
      });
    },
    { rootMargin: "1000px" },
  );
  for (const chapter of chapters) near.observe(chapter.section);
  const again = () => chapters.forEach((c) => c.layout());
  let width = window.innerWidth;
  window.addEventListener("resize", () => {
    if (window.innerWidth !== width) {
      width = window.innerWidth;
      again();
    }
  });
  window.addEventListener("beforeprint", () => {
    paper = true;
    for (const chapter of chapters) chapter.build();
    again();
  });
  window.addEventListener("afterprint", () => {
    paper = false;
    again();
  });
  window.addEventListener("hashchange", follow);
  follow();
}

start();
