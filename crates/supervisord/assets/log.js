// A live log: colours of terminals as styles, bounded in lines and in length of lines, shown as text and nothing else.

const MOST_LINES = 5000;
const LONGEST_LINE = 20000;

// What the sequences `ESC [ … m` in a log have set.
class Pen {
  constructor() {
    this.reset();
  }

  reset() {
    Object.assign(this, { front: "", back: "", bold: false, faint: false, italic: false, underlined: false, inverse: false });
  }

  set(codes) {
    for (let index = 0; index < codes.length; index += 1) {
      const code = codes[index];
      if (code === 0) this.reset();
      else if (code === 1) this.bold = true;
      else if (code === 2) this.faint = true;
      else if (code === 3) this.italic = true;
      else if (code === 4) this.underlined = true;
      else if (code === 7) this.inverse = true;
      else if (code === 22) this.bold = this.faint = false;
      else if (code === 23) this.italic = false;
      else if (code === 24) this.underlined = false;
      else if (code === 27) this.inverse = false;
      else if (code === 38 || code === 48) {
        const [colour, used] = Pen.extended(codes.slice(index + 1));
        this[code === 38 ? "front" : "back"] = colour;
        index += used;
      } else if (code === 39) this.front = "";
      else if (code === 49) this.back = "";
      else this.plain(code);
    }
  }

  plain(code) {
    if ((code >= 30 && code <= 37) || (code >= 90 && code <= 97)) this.front = Pen.named(code % 10, code >= 90);
    if ((code >= 40 && code <= 47) || (code >= 100 && code <= 107)) this.back = Pen.named(code % 10, code >= 100);
  }

  static named(number, isBright) {
    return `var(--ansi-${number + (isBright ? 8 : 0)})`;
  }

  // `5;N` or `2;R;G;B`.
  static extended([kind, first = 0, green = 0, blue = 0]) {
    const byte = (number) => Math.min(255, Math.max(0, number));
    if (kind === 2) return [`rgb(${byte(first)} ${byte(green)} ${byte(blue)})`, 4];
    if (kind !== 5) return ["", 0];
    const number = byte(first);
    if (number < 16) return [`var(--ansi-${number})`, 2];
    if (number > 231) return [`rgb(${[1, 1, 1].map(() => 8 + (number - 232) * 10).join(" ")})`, 2];
    const level = (part) => (part ? 55 + part * 40 : 0);
    const cube = number - 16;
    return [`rgb(${level(Math.floor(cube / 36))} ${level(Math.floor(cube / 6) % 6)} ${level(cube % 6)})`, 2];
  }

  // The text as it is to look.
  write(text) {
    const isPlain = !this.front && !this.back && !this.bold && !this.faint && !this.italic && !this.underlined && !this.inverse;
    if (isPlain) return document.createTextNode(text);
    const span = make("span", { textContent: text });
    const { style } = span;
    const [front, back] = this.inverse ? [this.back || "var(--log-back)", this.front || "var(--log-front)"] : [this.front, this.back];
    if (front) style.color = front;
    if (back) style.backgroundColor = back;
    if (this.bold) style.fontWeight = "700";
    if (this.faint) style.opacity = "0.65";
    if (this.italic) style.fontStyle = "italic";
    if (this.underlined) style.textDecoration = "underline";
    return span;
  }
}

// One line of a log as elements. The pen goes on from line to line.
const SEQUENCE = /\u001b(?:\[([0-9;:]*)([@-~])|\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[@-Z\\^_]|[ -/]+[0-~])/g;
function writeLine(text, pen) {
  const pieces = document.createDocumentFragment();
  const add = (piece) => {
    // eslint-disable-next-line no-control-regex
    const shown = piece.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, "\ufffd");
    if (shown) pieces.append(pen.write(shown));
  };
  let from = 0;
  for (const match of text.matchAll(SEQUENCE)) {
    add(text.slice(from, match.index));
    if (match[2] === "m") pen.set((match[1] || "0").split(/[;:]/).map(Number));
    from = match.index + match[0].length;
  }
  add(text.slice(from));
  return pieces;
}

class LogView {
  constructor(element) {
    this.place = find("pre", element);
    this.rest = "";
    this.pen = new Pen();
    this.paused = null;
    this.missed = 0;
    this.isFresh = true;
    this.tools(find(".logtools", element));
    onEvents({
      log: ({ text }) => this.take(text),
      truncated: () => this.mark(words.truncated),
      log_end: ({ reason }) => this.mark(`${words.log_end}: ${reason}`),
    });
  }

  tools(bar) {
    this.pause = make("button", { type: "button", textContent: words.pause });
    this.pause.setAttribute("aria-pressed", "false");
    this.pause.onclick = () => this.hold();
    const wrap = make("button", { type: "button", textContent: words.wrap });
    wrap.setAttribute("aria-pressed", "true");
    wrap.onclick = () => wrap.setAttribute("aria-pressed", String(!this.place.classList.toggle("long")));
    this.search = make("input", { type: "search", placeholder: words.find });
    this.search.setAttribute("aria-label", words.find);
    this.search.oninput = () => soon("search", () => this.look());
    this.search.onkeydown = (event) => event.key === "Enter" && this.jump(event.shiftKey ? -1 : 1);
    this.hits = make("span", { className: "hits", role: "status" });
    bar.prepend(this.pause, wrap, this.search, this.hits);
  }

  hold() {
    if (this.paused === null) {
      this.paused = [];
      this.missed = 0;
      setText(this.pause, words.resume);
    } else {
      const pieces = this.paused;
      this.paused = null;
      setText(this.pause, words.pause);
      this.add(pieces.join(""));
    }
    this.pause.setAttribute("aria-pressed", String(this.paused !== null));
  }

  take(text) {
    if (this.paused === null) return this.add(text);
    this.paused.push(text);
    this.missed += text.split("\n").length - 1;
    // Who pauses for long gets the newest when going on.
    while (this.paused.length > MOST_LINES) this.paused.shift();
    setText(this.pause, this.missed ? `${words.resume} (${this.missed} ${words.paused_new})` : words.resume);
  }

  add(text) {
    this.news = (this.news ?? "") + text;
    soon(this, () => this.writeNews());
  }

  writeNews() {
    const { news } = this;
    this.news = "";
    if (news) this.write(news);
  }

  mark(text) {
    this.writeNews();
    this.flushRest();
    this.append(make("div", { className: "mark", textContent: text }));
  }

  flushRest() {
    if (this.rest) this.write("\n");
  }

  append(line) {
    if (this.isFresh) this.place.replaceChildren();
    this.isFresh = false;
    this.place.append(line);
  }

  write(news) {
    const atEnd = this.place.scrollHeight - this.place.scrollTop - this.place.clientHeight < 40 || this.isFresh;
    const lines = (this.rest + news).split("\n");
    this.open?.remove();
    this.open = null;
    this.rest = lines.pop();
    if (this.rest.length > LONGEST_LINE) {
      lines.push(this.rest);
      this.rest = "";
    }
    for (const line of lines.slice(-MOST_LINES)) this.line(line);
    if (this.rest) {
      // A line that is not complete yet is shown with a pen of its own: it will be written again.
      const pen = Object.assign(new Pen(), this.pen);
      this.open = make("div", { className: "line" }, writeLine(this.rest, pen));
      this.append(this.open);
    }
    for (let extra = this.place.childElementCount - MOST_LINES; extra > 0; extra -= 1) this.place.firstChild.remove();
    if (atEnd) this.place.scrollTop = this.place.scrollHeight;
    if (this.search.value) this.look();
  }

  line(text) {
    // What a carriage return overwrote is not shown.
    const whole = text.replace(/\r+$/, "").replace(/^.*\r/s, "");
    for (let from = 0; from === 0 || from < whole.length; from += LONGEST_LINE) {
      this.append(make("div", { className: "line" }, writeLine(whole.slice(from, from + LONGEST_LINE), this.pen)));
    }
  }

  look() {
    const wanted = this.search.value.toLowerCase();
    let hits = 0;
    for (const line of this.place.children) {
      const isHit = wanted !== "" && line.textContent.toLowerCase().includes(wanted);
      line.classList.toggle("hit", isHit);
      hits += isHit;
    }
    setText(this.hits, wanted ? `${hits} ${words.matches}` : "");
  }

  jump(step) {
    const hits = findAll(".hit", this.place);
    if (hits.length === 0) return;
    const now = hits.findIndex((line) => line.classList.contains("now"));
    hits[now]?.classList.remove("now");
    const next = hits[now < 0 ? (step > 0 ? 0 : hits.length - 1) : (now + step + hits.length) % hits.length];
    next.classList.add("now");
    this.place.scrollTop = next.offsetTop - this.place.clientHeight / 2;
  }
}
