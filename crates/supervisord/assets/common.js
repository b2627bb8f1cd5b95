// What every page needs: words, numbers for people, the connection to the daemon. The page is complete without this
// script, which only keeps it up to date; it never makes markup out of text.

const source = document.getElementById("data");
const data = source ? JSON.parse(source.textContent) : { texts: {}, token: "" };
const words = data.texts;

const find = (selector, within = document) => within.querySelector(selector);
const findAll = (selector, within = document) => [...within.querySelectorAll(selector)];

// Sets a text only where it differs, so that nothing is drawn for nothing.
function setText(element, text) {
  if (element && element.textContent !== text) element.textContent = text;
}

function make(name, properties = {}, ...children) {
  const element = document.createElement(name);
  Object.assign(element, properties);
  element.append(...children);
  return element;
}

// `3:04:05`, `2 d 3:04:05`: as the daemon writes it.
function duration(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const two = (number) => String(number).padStart(2, "0");
  const rest = whole % 86400;
  const clock = `${Math.floor(rest / 3600)}:${two(Math.floor(rest / 60) % 60)}:${two(rest % 60)}`;
  return whole < 86400 ? clock : `${Math.floor(whole / 86400)} ${words.days} ${clock}`;
}

// `512 KB`, `1.5 GB`: as the daemon writes it.
function size(bytes) {
  const units = ["B", "KB", "MB", "GB", "TB"];
  let unit = 0;
  let number = bytes;
  while (number >= 1000 && unit + 1 < units.length) {
    number /= 1024;
    unit += 1;
  }
  return `${number.toFixed(number < 10 && unit > 0 ? 1 : 0)} ${units[unit]}`;
}

const isUp = (state) => ["STARTING", "RUNNING", "BACKOFF", "STOPPING"].includes(state);

function classOf(state) {
  if (state === "RUNNING") return "statusrunning";
  return state === "FATAL" || state === "BACKOFF" ? "statuserror" : "statusnominal";
}

const wordOf = (state) => words[`state_${state.toLowerCase()}`] ?? state;

// What is to be said of a process beside its state.
function noteOf(view) {
  if (view.failure && ["FATAL", "BACKOFF", "STARTING"].includes(view.state)) {
    return view.attempt ? `${view.failure} (${words.attempt} ${view.attempt}/${view.attempts})` : view.failure;
  }
  if (["RUNNING", "STARTING"].includes(view.state) && view.restarts > 0 && view.last_exit) {
    return `${words.last_exit}: ${view.last_exit}`;
  }
  if (["RUNNING", "STARTING", "STOPPING"].includes(view.state)) return "";
  return view.last_exit ?? (view.state === "STOPPED" ? words.never_started : view.description);
}

// Work that touches the page is gathered and done once for each picture that the screen shows.
const waiting = new Map();
function soon(key, work) {
  if (waiting.size === 0) requestAnimationFrame(flush);
  waiting.set(key, work);
}
function flush() {
  const works = [...waiting.values()];
  waiting.clear();
  works.forEach((work) => work());
}
// A page in the background draws nothing, and must not gather for ever.
setInterval(() => document.hidden && flush(), 1000);

// A curve of the last minutes, which goes on when this tab turns to another page.
const POINTS = 60;
const CURVES = "curves";
// Curves that end longer ago are not of the last minutes.
const STALE = 120000;
const curves = new Map();
function keptCurves() {
  try {
    const { at, points } = JSON.parse(sessionStorage.getItem(CURVES));
    return Date.now() - at < STALE ? points : {};
  } catch {
    return {};
  }
}
const kept = keptCurves();
addEventListener("pagehide", () => {
  for (const [key, { points }] of curves) kept[key] = points;
  try {
    sessionStorage.setItem(CURVES, JSON.stringify({ at: Date.now(), points: kept }));
  } catch {
    // Without room for them they begin anew.
  }
});

class Spark {
  constructor(place, key) {
    this.points = kept[key] ?? [];
    curves.set(key, this);
    const space = "http://www.w3.org/2000/svg";
    this.picture = document.createElementNS(space, "svg");
    this.picture.setAttribute("preserveAspectRatio", "none");
    this.picture.setAttribute("class", "spark");
    this.picture.setAttribute("aria-hidden", "true");
    this.path = document.createElementNS(space, "path");
    this.picture.append(this.path);
    place.append(this.picture);
  }

  add(value, least) {
    this.points.push(value);
    if (this.points.length > POINTS) this.points.shift();
    this.least = least;
  }

  draw() {
    const most = Math.max(this.least, ...this.points);
    // A short curve is not stretched over the whole width.
    const width = Math.max(12, this.points.length);
    const left = width - this.points.length;
    const at = (value, index) => `${left + index} ${(15 - (value / most) * 14).toFixed(1)}`;
    this.picture.setAttribute("viewBox", `0 0 ${width - 1} 16`);
    this.path.setAttribute("d", this.points.length < 2 ? "" : `M${this.points.map(at).join("L")}`);
  }
}

// The connection to the daemon's events. A page that has lost it says so, and looks so.
const link = find("#link");
const lost = find("#lost");

function showLink(state) {
  document.documentElement.dataset.link = state;
  if (!link) return;
  link.hidden = false;
  link.className = `link ${state}`;
  setText(link, { live: words.live, connecting: words.connecting, lost: words.lost_short }[state]);
  if (lost) lost.hidden = state !== "lost";
  // What nobody hears cannot be asked for.
  for (const button of findAll("button[name=do]")) {
    button.disabled = state === "lost" || button.hasAttribute("aria-busy");
  }
}

// How long silence is believed to be that: the daemon says every fifteen seconds that it is there.
const SILENCE = 40000;
// How long a connection may take to come about.
const CONNECTING = 5000;

// One connection for everything that the page shows: browsers have few for each host, and tabs share them. A page that
// nobody looks at gives its own back, and goes on where it was when somebody looks again.
class Link {
  constructor(address, { since, hear, show }) {
    Object.assign(this, { address, hear, show, last: since, pause: 1000, timer: 0, stream: null });
    addEventListener("offline", () => this.lose());
    addEventListener("online", () => this.open());
    document.addEventListener("visibilitychange", () => (document.hidden ? this.close() : this.open()));
    // A browser that goes away on purpose is not a lost connection, and one that comes back shows an old page.
    addEventListener("pagehide", () => this.close());
    addEventListener("pageshow", (event) => event.persisted && this.open());
    this.open();
  }

  open() {
    this.close();
    if (document.hidden) return;
    this.show("connecting");
    this.expect(CONNECTING);
    const since = this.last ? `since=${encodeURIComponent(this.last)}` : "";
    const stream = new EventSource(this.address + since);
    this.stream = stream;
    stream.onopen = () => {
      this.pause = 1000;
      this.expect(SILENCE);
      this.show("live");
    };
    stream.onerror = () => this.lose();
    for (const name of EVENTS) {
      stream.addEventListener(name, ({ lastEventId, data: detail }) => {
        if (lastEventId) this.last = lastEventId;
        this.expect(SILENCE);
        this.hear(name, JSON.parse(detail));
      });
    }
  }

  // Something has to come within that time.
  expect(time) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.lose(), time);
  }

  lose() {
    this.close();
    if (document.hidden) return;
    this.show("lost");
    this.timer = setTimeout(() => this.open(), this.pause);
    this.pause = Math.min(this.pause * 1.6, 10000);
  }

  close() {
    clearTimeout(this.timer);
    this.stream?.close();
    this.stream = null;
  }
}

// Everybody who asks hears of the daemon's events. `lost` is none of them, but may be asked for as well.
const EVENTS = ["ready", "alive", "process", "resources", "group_added", "group_removed", "supervisor", "reset", "log", "truncated", "log_end"];
const listeners = [];
const onEvents = (handlers) => listeners.push(handlers);
function followDaemon() {
  if (!link) return;
  const hear = (name, detail) => listeners.forEach((handlers) => handlers[name]?.(detail));
  let wasLost = false;
  const show = (state) => {
    // While it only tries again the page is still out of date.
    if (state === "connecting" && wasLost) return;
    wasLost = state === "lost";
    showLink(state);
    if (!wasLost) return;
    explainLoss();
    hear("lost");
  };
  const wish = find("[data-stream]")?.dataset.stream;
  new Link(`api/v1/events?${wish ? `${wish}&` : ""}`, { since: data.since, hear, show });
}

// A session that has ended looks like a lost connection, but waiting does not help.
async function explainLoss() {
  const answer = await fetch("api/v1", { headers: { "X-Provost-Token": data.token } }).catch(() => null);
  if (answer?.status !== 401) return setText(lost, words.lost);
  lost.replaceChildren(`${words.signed_out} `, make("a", { href: location.href, textContent: words.sign_in }));
}

function toast(message, isDone) {
  const place = find("#toasts");
  const button = make("button", { type: "button", className: "plain", textContent: "×" });
  button.setAttribute("aria-label", words.dismiss);
  const box = make("div", { className: `toast ${isDone ? "good" : "bad"}` }, make("span", { textContent: message }), button);
  button.onclick = () => box.remove();
  place.append(box);
  while (place.children.length > 4) place.firstChild.remove();
  setTimeout(() => box.remove(), isDone ? 5000 : 20000);
}

// Times that go on.
function tick() {
  if (document.hidden || document.documentElement.dataset.link === "lost") return;
  const now = Date.now() / 1000 + clockAhead;
  for (const place of findAll("[data-since]")) setText(place, duration(now - Number(place.dataset.since)));
}
// The daemon's clock and the browser's may differ.
const clockAhead = data.now ? data.now - Date.now() / 1000 : 0;
setInterval(tick, 1000);
