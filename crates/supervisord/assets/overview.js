// The overview, kept up to date: states as they change, figures every few seconds; search, filter and order at once.

// Seconds; the daemon has the same number.
const OF_LATE = 300;

class Row {
  constructor(element, section) {
    this.element = element;
    this.section = section;
    this.name = element.dataset.name;
    this.state = element.dataset.state;
    this.memory = 0;
    this.cpu = 0;
    this.restarts = Number(find(".restarts b", element).textContent);
    this.since = Number(find(".uptime b", element).dataset.since ?? 0);
    this.hasDied = element.classList.contains("restless");
    this.readText();
  }

  readText() {
    this.text = `${this.name}\n${find(".note", this.element).textContent}`.toLowerCase();
  }

  show(view) {
    const { element } = this;
    this.state = view.state;
    this.restarts = view.restarts;
    this.since = view.uptime === null ? 0 : view.started_at;
    element.dataset.state = view.state;
    const state = find(".state", element);
    state.className = `state ${classOf(view.state)}`;
    setText(state, wordOf(view.state));
    setText(find(".note", element), noteOf(view));
    setText(find(".pid b", element), view.pid === null ? "" : String(view.pid));
    setText(find(".restarts b", element), String(view.restarts));
    const uptime = find(".uptime b", element);
    if (this.since) uptime.dataset.since = this.since;
    else delete uptime.dataset.since;
    setText(uptime, this.since ? duration(view.uptime) : "");
    if (view.pid === null) this.use({ memory: 0, cpu_percent: null });
    for (const button of findAll("button", element)) {
      const verb = button.value.split(" ")[0];
      if (verb === "start") button.hidden = isUp(view.state);
      if (verb === "stop" || verb === "restart") button.hidden = !isUp(view.state);
    }
    this.hasDied = view.restarts > 0 && view.last_exit_expected === false;
    this.judge();
    this.readText();
  }

  // A death of late that nobody expected is marked for some minutes.
  judge() {
    const age = Date.now() / 1000 + clockAhead - this.since;
    this.element.classList.toggle("restless", this.hasDied && this.since > 0 && age < OF_LATE);
  }

  use({ memory, cpu_percent: cpu }) {
    this.memory = memory;
    this.cpu = cpu ?? 0;
    setText(find(".memory b", this.element), memory ? size(memory) : "");
    setText(find(".cpu b", this.element), cpu === null ? "" : `${cpu.toFixed(1)} %`);
  }

  // One more point of its curves, whether anything changed or not.
  sample() {
    this.judge();
    this.sparks ??= [
      new Spark(find(".cpu", this.element), `${this.name} cpu`),
      new Spark(find(".memory", this.element), `${this.name} memory`),
    ];
    this.sparks[0].add(this.cpu, 10);
    this.sparks[1].add(this.memory, 1 << 20);
    if (this.isSeen) this.draw();
  }

  draw() {
    this.sparks?.forEach((spark) => spark.draw());
  }
}

const orders = {
  name: () => 0,
  state: (one, other) => rank(one.state) - rank(other.state),
  uptime: (one, other) => (one.since || Infinity) - (other.since || Infinity) || 0,
  cpu: (one, other) => other.cpu - one.cpu,
  memory: (one, other) => other.memory - one.memory,
  restarts: (one, other) => other.restarts - one.restarts,
};
// More rows than this are moved together.
const FEW_MOVES = 8;
const RANKS = ["FATAL", "BACKOFF", "UNKNOWN", "STARTING", "STOPPING", "RUNNING", "EXITED", "STOPPED"];
const rank = (state) => RANKS.indexOf(state);
const byName = (one, other) => (one.name < other.name ? -1 : 1);

class Overview {
  constructor() {
    this.sections = find("#sections");
    this.search = find("#q");
    this.order = find("#sort");
    const query = new URLSearchParams(location.search);
    this.state = (query.get("state") ?? "").toUpperCase();
    this.rows = new Map();
    this.seen = new IntersectionObserver((entries) => entries.forEach((entry) => this.see(entry)));
    this.flat = make("ul", { className: "rows" });
    this.adopt();
    this.search.addEventListener("input", () => soon("arrange", () => this.arrange()));
    this.order.addEventListener("change", () => this.arrange());
    find("#filter").addEventListener("submit", (event) => event.preventDefault());
    find("#totals").addEventListener("click", (event) => this.choose(event));
    onEvents({
      process: (view) => this.take(view),
      resources: (figures) => this.measure(figures),
      group_added: () => this.reload(),
      group_removed: () => this.reload(),
      reset: () => this.reload(),
    });
    // The daemon has left out what the address did not ask for, or put it in another order.
    if (this.state || this.search.value || this.order.value !== "group") this.reload();
  }

  // Takes the rows that the page has.
  adopt() {
    const before = this.rows;
    this.rows = new Map();
    this.seen.disconnect();
    for (const element of findAll(".row", this.sections)) {
      const row = new Row(element, element.parentElement);
      const known = before.get(row.name);
      if (known?.sparks) {
        row.use({ memory: known.memory, cpu_percent: known.cpu });
        row.sparks = known.sparks;
        find(".cpu", element).append(known.sparks[0].picture);
        find(".memory", element).append(known.sparks[1].picture);
      }
      this.rows.set(row.name, row);
      this.seen.observe(element);
    }
  }

  see({ target, isIntersecting }) {
    const row = this.rows.get(target.dataset.name);
    if (!row) return;
    row.isSeen = isIntersecting;
    if (isIntersecting) row.draw();
  }

  take(view) {
    const row = this.rows.get(view.name);
    if (!row) return this.reload();
    soon(`row ${view.name}`, () => row.show(view));
    soon("arrange", () => this.arrange());
  }

  measure(figures) {
    soon("figures", () => {
      for (const figure of figures) this.rows.get(figure.name)?.use(figure);
      for (const row of this.rows.values()) row.sample();
      if (["cpu", "memory"].includes(this.order.value)) this.arrange();
    });
  }

  // Groups came or went, or news were missed: the daemon has the whole page.
  reload() {
    clearTimeout(this.timer);
    this.timer = setTimeout(async () => {
      const answer = await fetch("./?sort=group", { headers: { "X-Provost-Token": data.token } }).catch(() => null);
      if (!answer?.ok) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      this.apart(() => this.sections.replaceChildren(...find("#sections", page).childNodes));
      this.adopt();
      this.arrange();
    }, 100);
  }

  choose(event) {
    const chosen = event.target.closest("a");
    if (!chosen || event.metaKey || event.ctrlKey) return;
    event.preventDefault();
    this.state = this.state === chosen.dataset.state ? "" : chosen.dataset.state;
    this.arrange();
  }

  // Shows what is wanted, in the order that is wanted.
  arrange() {
    const wanted = this.search.value.trim().toLowerCase();
    let shown = 0;
    for (const row of this.rows.values()) {
      const fits = (!this.state || row.state === this.state) && (!wanted || row.text.includes(wanted));
      if (row.element.hidden === fits) row.element.hidden = !fits;
      shown += fits;
    }
    this.sort();
    for (const section of findAll(".group", this.sections)) {
      section.hidden = !find(".row:not([hidden])", section);
    }
    const nothing = find("#nothing", this.sections);
    if (nothing) nothing.hidden = shown > 0 || this.rows.size === 0;
    this.count();
    this.remember(wanted);
  }

  sort() {
    const order = this.order.value;
    const rows = [...this.rows.values()];
    if (order === "group") {
      if (!this.flat.isConnected) return;
      rows.sort(byName);
      this.apart(() => {
        rows.forEach((row) => row.section.append(row.element));
        this.flat.remove();
      });
      return;
    }
    rows.sort((one, other) => orders[order](one, other) || byName(one, other));
    // Only rows that change their place are moved, so that focus and scrolling stay where they are.
    const place = () => {
      let next = this.flat.firstElementChild;
      for (const { element } of rows) {
        if (element === next) next = next.nextElementSibling;
        else this.flat.insertBefore(element, next);
      }
    };
    const moves = rows.filter(({ element }, index) => this.flat.children[index] !== element).length;
    if (this.flat.isConnected && moves <= FEW_MOVES) place();
    else if (moves > 0) {
      this.apart(() => {
        this.sections.prepend(this.flat);
        place();
      });
    }
  }

  // Does what moves many rows while they are not in their form: browsers look through all buttons of a form again for
  // each that comes or goes, which takes seconds.
  apart(work) {
    const form = find("#programs");
    const focus = document.activeElement;
    const aside = make("div");
    form.replaceWith(aside);
    aside.append(...form.childNodes);
    work();
    form.append(...aside.childNodes);
    aside.replaceWith(form);
    if (form.contains(focus)) focus.focus({ preventScroll: true });
  }

  count() {
    const counts = { "": this.rows.size };
    for (const { state } of this.rows.values()) counts[state] = (counts[state] ?? 0) + 1;
    for (const total of findAll(".total")) {
      const { state } = total.dataset;
      setText(find("b", total), String(counts[state] ?? 0));
      total.hidden = state !== "" && !counts[state] && state !== this.state;
      if (state === this.state) total.setAttribute("aria-current", "true");
      else total.removeAttribute("aria-current");
    }
  }

  remember(wanted) {
    const query = new URLSearchParams();
    if (wanted) query.set("q", wanted);
    if (this.state) query.set("state", this.state);
    if (this.order.value !== "group") query.set("sort", this.order.value);
    const text = query.size ? `?${query}` : location.pathname;
    history.replaceState(null, "", text);
  }
}
