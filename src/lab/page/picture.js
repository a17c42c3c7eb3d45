/* One picture in a page.  It is already drawn: this moves and hides what is in it and fits it to the
 * width there is.
 *
 * A picture's heights and widths are moved by two functions from old to new coordinates, which are
 * straight between the edges of rows and columns; so folding a wait, hiding a row and the layout for
 * a phone are one thing, and nothing is drawn twice. */
"use strict";

const SVG = "http://www.w3.org/2000/svg";
const GROUPS = [
  ["segments", [0, 1]],
  ["calls", [2]],
  ["records", [3]],
  ["refusals and violations", [4, 8]],
  ["network and hosts", [5, 6, 7]],
  ["notes", [9]],
];
const FOLD_LEAST = 3; // rows; fewer are not worth a mark
const FOLD_HIGH = 34; // px
const STRETCH = 8; // px for a second of a wait that is not folded
const STRETCH_MOST = 640; // px
const NARROW_BELOW = 900; // px; less and the columns stand below each other
const CARD_HEAD = 20; // px more above the first row of a card, for its number, on a phone
const CARD_LEAST = 40; // px; a lower card has no rows
const CARD_CAPTION = 90; // px; a lower card has no room for more than its number
const NARROW_STATE = 86; // px for a state's name there
const NARROW_LANES = 14; // px for the lifelines of several conversations
const SLOPE = 24; // px below a row's line to which its arrow and states reach at most
const STATE_STEP = 14; // px between a state and its timer

/* ---- small helpers ---- */

function element(name, attributes, ...children) {
  const e = document.createElement(name);
  for (const [key, value] of Object.entries(attributes || {})) {
    if (key.startsWith("on")) e.addEventListener(key.slice(2), value);
    else if (value !== null && value !== undefined && value !== false)
      e.setAttribute(key, value === true ? "" : value);
  }
  e.append(...children.filter((c) => c !== null && c !== undefined));
  return e;
}

function shape(name, attributes) {
  const e = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) e.setAttribute(key, value);
  return e;
}

const seconds = (ns) => (ns / 1e9).toFixed(3);
const letter = (c) => String.fromCharCode(c < 26 ? 65 + c : 71 + c);
const round = (n) => Math.round(n * 10) / 10;
const unique = (list) => [...new Set(list)].sort((a, b) => a - b);

/* A function through the points (from[i], to[i]), straight between them, rigid outside. */
function through(from, to) {
  return (v) => {
    let low = 0,
      high = from.length - 1;
    if (v <= from[0]) return v - from[0] + to[0];
    if (v >= from[high]) return v - from[high] + to[high];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (from[middle] <= v) low = middle;
      else high = middle;
    }
    const run = from[high] - from[low];
    return run === 0 ? to[low] : to[low] + ((v - from[low]) * (to[high] - to[low])) / run;
  };
}

const canvas = document.createElement("canvas").getContext("2d");
const families = { sans: "", mono: "" };

/* ---- one picture ---- */

class Picture {
  constructor(figure, data) {
    this.figure = figure;
    this.svg = figure.querySelector("svg.lull");
    this.data = data;
    const [time, leftState, left, right, rightState, why] = this.svg.dataset.x
      .split(" ")
      .map(Number);
    const box = this.svg.viewBox.baseVal;
    Object.assign(this, {
      time,
      leftState,
      left,
      right,
      rightState,
      why,
      width: box.width,
      height: box.height,
    });
    this.rows = [...this.svg.querySelectorAll(".row")].map((e) => this.readRow(e));
    this.gaps = new Map(
      [...this.svg.querySelectorAll(".gap")].map((e) => [Number(e.dataset.e), this.readGap(e)]),
    );
    this.paths = [...this.svg.querySelectorAll("path")]
      .filter((p) => !p.closest(".gap"))
      .map(readPath);
    this.anchored = [...this.svg.querySelectorAll(".badge, .big")].map((e) => ({
      e,
      at: e
        .getAttribute("transform")
        .match(/-?[\d.]+/g)
        .map(Number),
    }));
    this.cards = [...this.svg.querySelectorAll(".card")].map((e) => {
      const { points } = readPath(e.querySelector(".edge"));
      return { e, top: points[0][1], bottom: points[1][1] };
    });
    this.texts = [...this.svg.querySelectorAll(".heads text")].map((e) => ({
      e,
      x: Number(e.getAttribute("x")),
    }));
    this.marks = new Map();
    for (const e of this.svg.querySelectorAll(".wire [data-e]")) {
      const list = this.marks.get(e.dataset.e) || [];
      list.push(e);
      this.marks.set(e.dataset.e, list);
    }
    this.filter = { conversation: "", incarnation: "", kind: "" };
    this.foldQuiet = false;
    this.stretch = false;
    this.opened = new Set();
    this.findRuns();
    this.findStates();
    if (this.rows.length > 0) this.rows[0].e.setAttribute("tabindex", "0");
  }

  readRow(e) {
    const [top, anchor, bottom] = e.dataset.y.split(" ").map(Number);
    const number = Number(e.dataset.e);
    const texts = [...e.querySelectorAll("text")].map((t) => ({
      e: t,
      wide: t.innerHTML,
      words: readWords(t),
      away: [...t.children].map((line) => Number(line.getAttribute("y"))),
    }));
    const event = this.data.events[number],
      said = this.saidOf(event, texts);
    let hit = e.querySelector(".hit");
    if (hit === null) {
      hit = shape("rect", { class: "hit", rx: 5 });
      e.prepend(hit);
    }
    e.setAttribute("role", "button");
    e.setAttribute("aria-label", said);
    e.setAttribute("aria-expanded", "false");
    e.setAttribute("tabindex", "-1");
    return {
      e,
      number,
      top,
      anchor,
      bottom,
      texts,
      quiet: e.classList.contains("quiet"),
      event,
      hit,
      words: said.toLowerCase(),
    };
  }

  /* "1.550 s, S to C: FIN seq=28 ack=13. again, of t=1.200." */
  saidOf(event, texts) {
    const words = (kind) =>
      texts
        .filter((t) => t.e.classList.contains(kind))
        .map((t) => t.words.map((w) => w.word).join(" "))
        .join(", ");
    const name = (p) => (this.data.parties[p] ? this.data.parties[p][0] : "nobody");
    const c = this.data.conversations[event.c];
    let who = name(event.p);
    if (c && event.seg) {
      const other = name(c[0] === event.p ? c[1] : c[0]);
      who = event.k === 0 ? `${who} to ${other}` : `${other} to ${who}`;
    }
    const rest = ["nb", "why", "st"].map(words).filter((w) => w !== "");
    return `${seconds(event.t)} s, ${who}: ${[words("lb"), ...rest].join(". ")}`;
  }

  readGap(e) {
    const [top, bottom] = e.dataset.y.split(" ").map(Number);
    const number = Number(e.dataset.e);
    return { e, top, bottom, wait: this.data.events[number + 1].t - this.data.events[number].t };
  }

  /* How far the states that begin within a row reach below its line. */
  findStates() {
    for (const row of this.rows) {
      for (const t of row.texts.filter((w) => w.e.matches(".st"))) {
        const at = row.anchor + t.away[0];
        const host = this.rows.findLast((r) => r.anchor <= at) || row;
        if (at > host.bottom) continue;
        host.states = Math.max(
          host.states || 0,
          Math.min(at - host.anchor, SLOPE) + (t.away.length - 1) * STATE_STEP + 6,
        );
      }
    }
  }

  /* Quiet rows one behind the other, with no wait between them. */
  findRuns() {
    this.runs = [];
    let run = [];
    const finish = () => {
      if (run.length >= FOLD_LEAST) this.runs.push(run);
      run = [];
    };
    for (const row of this.rows) {
      if (!row.quiet) finish();
      else run.push(row);
      if (this.gaps.has(row.number)) finish();
    }
    finish();
  }

  passes(row) {
    const e = row.event,
      f = this.filter;
    return (
      (f.conversation === "" || e.c === undefined || String(e.c) === f.conversation) &&
      (f.incarnation === "" || !e.n || String(e.n) === f.incarnation) &&
      (f.kind === "" || GROUPS[f.kind][1].includes(e.k))
    );
  }

  /* Which rows are there, and which stand for a folded run. */
  choose() {
    const folded = new Map();
    for (const run of this.foldQuiet ? this.runs : []) {
      if (!this.opened.has(run[0].number))
        run.forEach((row, i) => folded.set(row.number, i === 0 ? run : null));
    }
    for (const row of this.rows) {
      row.run = folded.get(row.number);
      row.hidden = !this.passes(row) || row.run !== undefined;
    }
  }

  /* px the picture gets; 0: as it was drawn, for paper. */
  layout(room) {
    this.room = room;
    this.narrow = room > 0 && room < NARROW_BELOW;
    this.svg.classList.toggle("narrow", this.narrow);
    this.choose();
    this.planColumns(Math.min(room, 700));
    this.fitTexts();
    this.planRows();
    this.move();
  }

  planColumns(room) {
    this.newWidth = this.narrow ? room : this.width;
    if (!this.narrow) {
      this.x = (v) => v;
      return;
    }
    const lanes = this.left - this.leftState - 18,
      newLanes = Math.min(lanes, NARROW_LANES);
    this.newLeft = NARROW_STATE + newLanes + 10;
    this.newRight = room - this.newLeft;
    this.x = through(
      [this.left - lanes, this.left, this.right, this.right + lanes],
      [this.newLeft - newLanes, this.newLeft, this.newRight, this.newRight + newLanes],
    );
    this.newLanes = newLanes;
  }

  /* Words of a row for the narrow layout: time above, states at the sides, why below. */
  fitTexts() {
    for (const row of this.rows) {
      row.above = row.anchor - row.top;
      row.below = row.bottom - row.anchor;
      for (const t of row.texts)
        if (t.e.innerHTML !== t.wide || this.narrow) t.e.innerHTML = t.wide;
      if (this.narrow && !row.hidden) this.fitRow(row);
      if (row.caption)
        row.caption.style.display = this.narrow && !row.hidden && row.captionHigh > 0 ? "" : "none";
      const inset = this.narrow ? 2 : 80;
      row.hit.setAttribute("x", inset);
      row.hit.setAttribute("y", 1 - row.above);
      row.hit.setAttribute("width", Math.max(this.newWidth - inset - (this.narrow ? 2 : 10), 10));
      row.hit.setAttribute("height", row.above + row.below - 2);
    }
  }

  fitRow(row) {
    const segment = row.event.k === 0,
      late = row.event.k === 1;
    const wire = this.newRight - this.newLeft;
    let above = segment ? 0 : 14,
      below = segment ? 28 : 20,
      clock = null;
    for (const t of row.texts) {
      const kind = t.e.classList;
      if (kind.contains("t")) clock = t.e;
      else if (kind.contains("st")) this.placeState(t);
      else if (kind.contains("lb")) {
        const lines = breakLines(t.words, wire - 34, "10.5px " + families.mono);
        const x = kind.contains("to")
          ? this.newRight - 18
          : kind.contains("mid")
            ? (this.newLeft + this.newRight) / 2
            : this.newLeft + 18;
        const y = segment ? -8 - (lines.length - 1) * 14 : late ? 17 : 4;
        writeLines(t.e, lines, x, y, 14);
        if (segment) above = lines.length * 14 + 8;
        else below = Math.max(below, y + (lines.length - 1) * 14 + 8);
      }
    }
    if (late) above = 22;
    if (clock !== null) {
      clock.setAttribute("x", 6);
      clock.setAttribute("y", -above - 2);
      if (!clock.classList.contains("again")) above += 16;
    }
    below = Math.max(below, row.states || 0);
    row.calm = below;
    let y = below + 14;
    const first = y - 14;
    for (const t of row.texts.filter((w) => w.e.matches(".why, .nb"))) {
      const lines = breakLines(t.words, this.newWidth - 28, "12.5px " + families.sans);
      writeLines(t.e, lines, 14, y, 17);
      y += lines.length * 17;
      below = y - 6;
    }
    this.placeCaption(row, first, below);
    row.above = above;
    row.below = below;
  }

  /* The reason, on a card that keeps it apart from the lifelines that go on behind it. */
  placeCaption(row, top, bottom) {
    row.captionHigh = Math.max(bottom - top - 4, 0);
    if (row.captionHigh === 0) return;
    if (!row.caption) {
      row.caption = shape("rect", { class: "caption", x: 6, rx: 5 });
      row.hit.before(row.caption);
    }
    row.caption.setAttribute("y", top - 1);
    row.caption.setAttribute("width", this.newWidth - 12);
    row.caption.setAttribute("height", row.captionHigh);
  }

  placeState(text) {
    const left = text.e.classList.contains("l");
    const x = left
      ? this.newLeft - this.newLanes - 10
      : this.newRight + this.newLanes + 10;
    for (const line of text.e.children) {
      const size = line.classList.contains("b") ? 10 : 9;
      canvas.font = `${size === 10 ? "700 " : ""}${size}px ${families.mono}`;
      const wide = canvas.measureText(line.textContent).width;
      line.setAttribute("x", x);
      if (wide > NARROW_STATE - 4)
        line.style.fontSize = `${round((size * (NARROW_STATE - 4)) / wide)}px`;
    }
  }

  /* Old heights and their new ones. */
  planRows() {
    const from = [0],
      to = [0];
    let old = 0,
      now = 0;
    const pass = (until, high) => {
      now += high;
      old = until;
      from.push(old);
      to.push(now);
    };
    for (const row of this.rows) {
      const card = this.narrow && this.cards.find((c) => c.top >= old && c.top <= row.top);
      if (card) {
        pass(card.top, card.top - old);
        pass(row.top, row.top - card.top + CARD_HEAD);
      } else pass(row.top, row.top - old);
      const high = row.hidden ? 0 : 1;
      if (row.run) {
        pass(row.anchor, FOLD_HIGH / 2);
        pass(row.bottom, FOLD_HIGH / 2);
      } else {
        pass(row.anchor, row.above * high);
        if (this.narrow) pass(Math.min(row.anchor + SLOPE, row.bottom), Math.min(SLOPE, row.calm) * high);
        pass(row.bottom, Math.max(row.below - (this.narrow ? Math.min(SLOPE, row.calm) : 0), 0) * high);
      }
      const gap = this.gaps.get(row.number);
      if (gap) pass(gap.bottom, this.gapHigh(gap, row));
    }
    pass(this.height, this.height - old);
    this.y = through(from, to);
    this.newHeight = now;
  }

  gapHigh(gap, row) {
    gap.hidden = row.hidden && !this.rows.slice(0, row.number).some((r) => !r.hidden);
    if (gap.hidden) return 0;
    const folded = gap.bottom - gap.top;
    return this.stretch
      ? Math.min(Math.max(folded, (gap.wait / 1e9) * STRETCH), STRETCH_MOST)
      : folded;
  }

  move() {
    const { x, y } = this;
    this.svg.setAttribute("viewBox", `0 0 ${round(this.newWidth)} ${round(this.newHeight)}`);
    this.svg.setAttribute("width", round(this.newWidth));
    this.svg.setAttribute("height", round(this.newHeight));
    for (const path of this.paths) path.e.setAttribute("d", this.movedPath(path));
    for (const { e, at } of this.anchored) {
      const big = e.classList.contains("big");
      e.setAttribute(
        "transform",
        big && this.narrow
          ? `translate(${round(this.newWidth - 14 - 44)} ${round(y(at[1] - 8) - 18)})`
          : `translate(${round(x(at[0]))} ${round(y(at[1]))})`,
      );
      if (big && !this.narrow) e.setAttribute("transform", `translate(0 ${round(y(at[1]))})`);
    }
    for (const row of this.rows) this.moveRow(row);
    for (const card of this.cards) this.moveCard(card);
    for (const gap of this.gaps.values()) this.moveGap(gap);
    for (const t of this.texts) this.moveHead(t);
    this.drawFolds();
  }

  movedPath(path) {
    const { x, y } = this;
    if (path.rigid) {
      const [px, py] = path.points[0];
      const dx = x(px) - px,
        dy = y(py) - py;
      return writePath(path, ([vx, vy]) => [vx + dx, vy + dy]);
    }
    if (path.card)
      return writePath(path, ([vx, vy]) => [
        this.narrow ? (vx < 20 ? 2 : this.newWidth - 1) : vx,
        y(vy),
      ]);
    if (path.upright) {
      const dx = x(path.points[0][0]) - path.points[0][0];
      const middle = path.e.classList.contains("timewait")
        ? (path.low + path.high) / 2
        : path.points[0][0];
      const shift = this.narrow ? x(middle) - middle : dx;
      return writePath(path, ([vx, vy]) => [vx + shift, y(vy)]);
    }
    return writePath(path, ([vx, vy]) => [x(vx), y(vy)]);
  }

  moveRow(row) {
    row.e.setAttribute("transform", `translate(0 ${round(this.y(row.anchor))})`);
    row.e.style.display = row.hidden ? "none" : "";
    for (const mark of this.marks.get(String(row.number)) || [])
      mark.style.display = row.hidden ? "none" : "";
    if (row.hidden) return;
    for (const t of row.texts) {
      if (!this.narrow && t.e.matches(".t")) {
        t.e.setAttribute("x", this.time);
        t.e.setAttribute("y", 4);
      }
      if (t.e.matches(".st")) this.moveState(row, t);
    }
  }

  /* Its outline and number have been moved; a card without rows is none. */
  moveCard(card) {
    const high = this.y(card.bottom) - this.y(card.top);
    card.e.style.display = high < CARD_LEAST ? "none" : "";
    card.e.classList.toggle("low", high < CARD_CAPTION);
  }

  /* A state stands where it begins, which may be behind the row. */
  moveState(row, text) {
    const first = text.away[0] - 4;
    const shift = this.y(row.anchor + first) - this.y(row.anchor) - first;
    [...text.e.children].forEach((line, i) => line.setAttribute("y", round(text.away[i] + shift)));
  }

  moveGap(gap) {
    const top = this.y(gap.top),
      high = this.y(gap.bottom) - top;
    const middle = this.narrow ? (this.newLeft + this.newRight) / 2 : (this.left + this.right) / 2;
    const [left, right] = this.narrow ? [8, this.newWidth - 8] : [84, this.newWidth - 14];
    gap.e.style.display = gap.hidden ? "none" : "";
    gap.e.setAttribute("transform", `translate(0 ${round(top + high / 2 - 22)})`);
    gap.e
      .querySelector("path")
      .setAttribute(
        "d",
        `M${left} 22L${round(middle - 62)} 22M${round(middle + 62)} 22L${right} 22`,
      );
    gap.e.querySelector("rect").setAttribute("x", round(middle - 58));
    gap.e.querySelector("text").setAttribute("x", round(middle));
  }

  moveHead(text) {
    const several = text.e.matches(".name") && this.data.conversations.length > 1;
    text.e.setAttribute("x", round(this.narrow && several ? this.newWidth / 2 : this.x(text.x)));
    text.e.style.fontSize = "";
    if (!this.narrow || !several) return;
    canvas.font = "11px " + families.mono;
    const wide = canvas.measureText(text.e.textContent).width;
    if (wide > this.newWidth - 4)
      text.e.style.fontSize = `${round((11 * (this.newWidth - 4)) / wide)}px`;
  }

  drawFolds() {
    for (const old of this.svg.querySelectorAll(".fold")) old.remove();
    for (const row of this.rows) {
      if (!row.run || !row.run.some((r) => this.passes(r))) continue;
      const middle = this.narrow
        ? (this.newLeft + this.newRight) / 2
        : (this.left + this.right) / 2;
      const last = row.run[row.run.length - 1];
      const words = `${row.run.length} quiet segments`;
      const fold = shape("g", {
        class: "fold",
        role: "button",
        tabindex: "0",
        transform: `translate(${round(middle)} ${round(this.y(row.anchor))})`,
        "aria-label": `${words}, ${seconds(row.event.t)} to ${seconds(last.event.t)} s; show them`,
      });
      const text = shape("text", { y: 4 });
      text.textContent = words;
      fold.append(shape("rect", { x: -74, y: -12, width: 148, height: 24, rx: 12 }), text);
      const open = () => {
        this.opened.add(row.number);
        this.layout(this.room);
        this.focus(row);
      };
      fold.addEventListener("click", open);
      fold.addEventListener("keydown", (key) => {
        if (key.key === "Enter" || key.key === " ") {
          key.preventDefault();
          open();
        }
      });
      this.svg.querySelector(".rows").append(fold);
    }
  }

  focus(row) {
    for (const r of this.rows) r.e.setAttribute("tabindex", r === row ? "0" : "-1");
    row.e.focus();
  }

  /* The row @by visible rows further on. */
  neighbour(row, by) {
    const shown = this.rows.filter((r) => !r.hidden);
    return shown[Math.min(Math.max(shown.indexOf(row) + by, 0), shown.length - 1)];
  }
}

/* Commands and points of a path; only absolute M, L, Q, C, A and Z occur. */
function readPath(e) {
  const tokens = e.getAttribute("d").match(/[MLQCAZ]|-?[\d.]+/g) || [];
  const parts = [],
    points = [];
  let command = "";
  for (let i = 0; i < tokens.length;) {
    if (/[A-Z]/.test(tokens[i])) {
      command = tokens[i++];
      parts.push(command);
      if (command === "A") {
        parts.push(tokens.slice(i, i + 5).join(" "));
        i += 5;
      }
      continue;
    }
    points.push([Number(tokens[i]), Number(tokens[i + 1])]);
    parts.push(points.length - 1);
    i += 2;
  }
  const list = e.classList,
    xs = points.map((p) => p[0]);
  return {
    e,
    parts,
    points,
    low: Math.min(...xs),
    high: Math.max(...xs),
    rigid: list.contains("rigid") || list.contains("tip"),
    card: list.contains("tint") || list.contains("edge"),
    upright: list.contains("bar") || list.contains("ghost") || list.contains("life"),
  };
}

function writePath(path, moved) {
  let d = "";
  for (const part of path.parts) {
    if (typeof part === "string") {
      d += part;
      continue;
    }
    const [x, y] = moved(path.points[part]);
    d += `${round(x)} ${round(y)} `;
  }
  return d;
}

/* A text's words, and which of them stand out. */
function readWords(text) {
  const words = [];
  const walk = (node, strong) => {
    if (node.nodeType === Node.TEXT_NODE) {
      let goesOn = words.length > 0 && node.parentNode.closest(".cut") !== null;
      for (const word of node.data.split(/\s+/)) {
        if (word === "") continue;
        if (goesOn) words[words.length - 1].word += word;
        else words.push({ word, strong });
        goesOn = false;
      }
      return;
    }
    for (const child of node.childNodes)
      walk(child, strong || (child.classList !== undefined && child.classList.contains("b")));
  };
  walk(text, false);
  return words;
}

function breakLines(words, room, font) {
  const lines = [];
  let line = [],
    used = 0;
  const measure = (word, strong) => {
    canvas.font = (strong ? "700 " : "") + font;
    return canvas.measureText(word).width;
  };
  const push = (piece) => {
    const wide = measure(piece.word + " ", piece.strong);
    if (line.length > 0 && used + measure(piece.word, piece.strong) > room) {
      lines.push(line);
      line = [];
      used = 0;
    }
    line.push(piece);
    used += wide;
  };
  for (const piece of words) {
    let rest = piece.word;
    while (rest.length > 1 && measure(rest, piece.strong) > room) {
      let fits = rest.length - 1;
      while (fits > 1 && measure(rest.slice(0, fits), piece.strong) > room) fits--;
      push({ word: rest.slice(0, fits), strong: piece.strong });
      rest = rest.slice(fits);
    }
    push({ word: rest, strong: piece.strong });
  }
  if (line.length > 0) lines.push(line);
  return lines;
}

function writeLines(text, lines, x, y, step) {
  text.replaceChildren(
    ...lines.map((line, i) => {
      const tspan = shape("tspan", { x: round(x), y: round(y + i * step) });
      line.forEach((piece, j) => {
        const words = (j > 0 ? " " : "") + piece.word;
        if (!piece.strong) {
          tspan.append(words);
          return;
        }
        const strong = shape("tspan", { class: "b" });
        strong.textContent = words;
        tspan.append(strong);
      });
      return tspan;
    }),
  );
}
