// The page of one program, kept up to date.

class Program {
  constructor(element) {
    this.element = element;
    this.name = element.dataset.name;
    this.group = element.dataset.group;
    this.cpu = new Spark(find(".cpu", element), `${this.name} cpu`);
    this.memory = new Spark(find(".memory", element), `${this.name} memory`);
    this.used = null;
    onEvents({
      process: (view) => view.name === this.name && soon("program", () => this.show(view)),
      resources: (figures) => this.measure(figures.find((figure) => figure.name === this.name)),
      reset: () => this.reload(),
      lost: () => this.reload(),
      group_added: ({ group }) => group === this.group && this.begin(),
      group_removed: ({ group }) => group === this.group && this.begin(),
    });
  }

  show(view) {
    const { element } = this;
    element.dataset.state = view.state;
    const state = find(".state", element);
    state.className = `state ${classOf(view.state)}`;
    setText(state, wordOf(view.state));
    setText(find(".note", element), noteOf(view));
    for (const button of findAll("button[name=do]", element)) {
      const verb = button.value.split(" ")[0];
      if (verb === "start") button.hidden = isUp(view.state);
      if (verb === "stop" || verb === "restart") button.hidden = !isUp(view.state);
    }
    this.reload();
  }

  measure(figure) {
    this.used = figure ?? this.used;
    if (!this.used) return;
    const { memory, cpu_percent: cpu } = this.used;
    setText(find(".memory b", this.element), memory ? size(memory) : "");
    setText(find(".cpu b", this.element), cpu === null ? "" : `${cpu.toFixed(1)} %`);
    this.cpu.add(cpu ?? 0, 10);
    this.memory.add(memory, 1 << 20);
    this.cpu.draw();
    this.memory.draw();
  }

  // Its group came or went: an update changes what it is and where it writes. One that is replaced goes and comes at once.
  begin() {
    clearTimeout(this.beginning);
    this.beginning = setTimeout(() => location.reload(), 1000);
  }

  // Facts and history come from the daemon, which has the words for them.
  reload() {
    clearTimeout(this.timer);
    this.timer = setTimeout(async () => {
      const answer = await fetch(location.href, { headers: { "X-Provost-Token": data.token } }).catch(() => null);
      if (answer?.status === 404) location.reload();
      if (!answer?.ok) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      for (const kind of ["pid", "uptime", "started", "restarts", "waiting", "dropped", "exit"]) {
        find(`.fact.${kind} dd`, this.element)?.replaceChildren(...find(`.fact.${kind} dd`, page).childNodes);
      }
      find("#events").replaceChildren(...find("#events", page).childNodes);
    }, 150);
  }
}
