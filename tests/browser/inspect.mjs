/* What a page's tests ask of every text in it; these run inside the page.  Each returns sentences
 * about what is wrong. */

/* No text leaves its column or its box, and no two texts lie on each other. */
export function findOverflow() {
  const wrong = [];
  const say = (e, what) => wrong.push(`${what}: "${e.textContent.slice(0, 60)}"`);
  const slack = 1;
  const inside = (r, low, high) => r.left >= low - slack && r.right <= high + slack;

  for (const svg of document.querySelectorAll("svg.lull[data-x]")) {
    const box = svg.getBoundingClientRect();
    if (box.width === 0) continue;
    const lines = [...svg.querySelectorAll(".life")].map((e) => e.getBoundingClientRect().left);
    const middle = lines.length / 2;
    const left = Math.max(
      ...lines
        .slice()
        .sort((a, b) => a - b)
        .slice(0, middle),
      box.left,
    );
    const right = lines.slice().sort((a, b) => a - b)[middle] ?? box.right;
    const seen = [];
    for (const text of svg.querySelectorAll("text")) {
      if (text.getClientRects().length === 0 || text.closest('[style*="display: none"]')) continue;
      const parts = [...text.children].filter((c) => c.hasAttribute("x"));
      for (const part of parts.length > 0 ? parts : [text]) {
        const range = document.createRange();
        range.selectNodeContents(part);
        const r = parts.length > 0 ? range.getBoundingClientRect() : text.getBoundingClientRect();
        if (r.width === 0 || getComputedStyle(text).fillOpacity === "0") continue;
        if (
          !inside(r, box.left, box.right) ||
          r.top < box.top - slack ||
          r.bottom > box.bottom + slack
        )
          say(part, "leaves the picture");
        const kind = text.classList[0];
        if (kind === "lb" && !inside(r, left, right)) say(part, "leaves the wire");
        if (kind === "st" && r.left < left && r.right > left) say(part, "state on the wire");
        if (kind === "st" && r.left < right && r.right > right) say(part, "state on the wire");
        if (!text.closest(".badge")) seen.push({ part, kind, r });
      }
    }
    const low = (a) => a.r.top + a.r.height * 0.25,
      high = (a) => a.r.bottom - a.r.height * 0.2;
    seen.forEach((a, i) => {
      for (const b of seen.slice(i + 1)) {
        const apart = a.r.right <= b.r.left + slack || b.r.right <= a.r.left + slack;
        if (!apart && low(a) < high(b) && low(b) < high(a))
          say(a.part, `lies on "${b.part.textContent.slice(0, 40)}" (${a.kind}, ${b.kind})`);
      }
    });
  }
  for (const e of document.querySelectorAll("body, body *:not(svg *)")) {
    const style = getComputedStyle(e);
    if (
      e.matches("script, style, template, select, option, .hex, .detail") ||
      style.display === "none"
    )
      continue;
    if (e.clientWidth > 0 && e.scrollWidth > e.clientWidth + slack && style.overflowX !== "hidden")
      say(e, `${e.tagName} is too narrow`);
    const r = e.getBoundingClientRect();
    if (r.width > 0 && r.right > window.innerWidth + slack && !e.closest(".detail"))
      say(e, `${e.tagName} leaves the page`);
  }
  return wrong;
}

/* Every text can be read on what lies behind it: 4.5 to 1 (WCAG 2.1, 1.4.3). */
export function findPoorContrast() {
  const wrong = [];
  const numbers = (colour) => {
    const found = (colour.match(/[\d.]+/g) || [0, 0, 0, 0]).map(Number);
    return colour.startsWith("color(")
      ? found
          .slice(0, 3)
          .map((v) => v * 255)
          .concat(found[3] ?? 1)
      : [...found.slice(0, 3), found[3] ?? 1];
  };
  const over = (top, under, opacity) => under.map((v, i) => top[i] * opacity + v * (1 - opacity));
  const light = (c) => {
    const [r, g, b] = c.map((v) =>
      v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4,
    );
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ratio = (a, b) =>
    (Math.max(light(a), light(b)) + 0.05) / (Math.min(light(a), light(b)) + 0.05);
  const behind = (e) => {
    for (let at = e; at; at = at.parentElement) {
      const colour = numbers(getComputedStyle(at).backgroundColor);
      if (colour[3] === 1) return colour.slice(0, 3);
    }
    const paper = document.querySelector(".paper");
    return paper ? numbers(getComputedStyle(paper).fill).slice(0, 3) : [255, 255, 255];
  };
  /* What is painted behind a text of a picture: a card, its row, a mark. */
  const painted = (text, colour) => {
    const middle = text.getBoundingClientRect();
    const y = (middle.top + middle.bottom) / 2;
    const shapes = [
      ...text.closest("svg").querySelectorAll(".tint"),
      ...(text.closest(".row")?.querySelectorAll(".hit, .caption") || []),
      ...(text.closest(".gap, .fold")?.querySelectorAll("rect") || []),
      ...(text.closest(".badge")?.querySelectorAll("circle") || []),
    ];
    for (const shape of shapes) {
      const r = shape.getBoundingClientRect(),
        style = getComputedStyle(shape);
      if (r.width === 0 || y < r.top || y > r.bottom || style.fill === "none") continue;
      const fill = numbers(style.fill);
      colour = over(fill, colour, fill[3] * Number(style.fillOpacity));
    }
    return colour;
  };

  for (const text of document.querySelectorAll("svg text")) {
    if (text.getBoundingClientRect().width === 0 || getComputedStyle(text).fillOpacity === "0")
      continue;
    const under = painted(text, behind(text.closest("svg")));
    const leaves = [text, ...text.querySelectorAll("tspan")].filter((t) =>
      [...t.childNodes].some((n) => n.nodeType === 3 && n.data.trim() !== ""),
    );
    for (const leaf of leaves) {
      const r = ratio(numbers(getComputedStyle(leaf).fill), under);
      if (r < 4.5)
        wrong.push(
          `${r.toFixed(2)}: "${leaf.textContent.slice(0, 40)}" (${text.getAttribute("class")})`,
        );
    }
  }
  for (const e of document.querySelectorAll("body *:not(svg *)")) {
    if (
      ![...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim() !== "") ||
      e.matches("script, style, template")
    )
      continue;
    if (e.getBoundingClientRect().width === 0) continue;
    const r = ratio(numbers(getComputedStyle(e).color), behind(e));
    if (r < 4.5) wrong.push(`${r.toFixed(2)}: "${e.textContent.slice(0, 40)}" (${e.tagName})`);
  }
  return [...new Set(wrong)];
}
