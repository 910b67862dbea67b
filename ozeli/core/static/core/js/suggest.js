/* Typed suggestions: the combobox pattern of the ARIA practices (list autocomplete, manual choice) over a text field.
   The field posts what is written in it, with or without this module. */

const REST = 200;
let serial = 0;

async function search(url, text, signal) {
  const address = new URL(url, location.href);
  address.searchParams.set("q", text);
  const answer = await fetch(address, { signal, headers: { Accept: "application/json" } });
  return answer.ok ? (await answer.json()).results : [];
}

function option(id, { label, note }) {
  const item = document.createElement("li");
  item.id = id;
  item.role = "option";
  item.ariaSelected = "false";
  item.dataset.label = label;
  item.append(label);
  if (note) {
    const small = document.createElement("small");
    small.textContent = note;
    item.append(small);
  }
  return item;
}

class Combobox {
  constructor(input) {
    this.input = input;
    this.list = document.createElement("ul");
    this.status = document.createElement("span");
    this.name = `suggestions-${++serial}`;
    this.active = -1;
    this.dress();
    this.listen();
  }

  dress() {
    const { input, list, status } = this;
    const box = document.createElement("div");
    box.className = "suggest";
    input.replaceWith(box);
    box.append(input, list, status);
    input.removeAttribute("list");
    for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": this.name, autocomplete: "off" }))
      input.setAttribute(name, value);
    list.id = this.name;
    list.className = "suggest-list";
    list.role = "listbox";
    list.setAttribute("aria-label", "Suggestions");
    list.hidden = true;
    status.className = "sr";
    status.role = "status";
  }

  listen() {
    this.input.addEventListener("input", () => this.ask());
    this.input.addEventListener("keydown", (event) => this.onKey(event));
    this.input.addEventListener("blur", () => this.close());
    this.list.addEventListener("pointerdown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => this.choose(event.target.closest("li")));
  }

  ask() {
    clearTimeout(this.timer);
    this.asked?.abort();
    const text = this.input.value.trim();
    if (text.length < 2) return this.close();
    this.timer = setTimeout(async () => {
      this.asked = new AbortController();
      try {
        this.show(await search(this.input.dataset.suggestUrl, text, this.asked.signal));
      } catch {
        this.close();
      }
    }, REST);
  }

  show(results) {
    this.active = -1;
    this.list.replaceChildren(...results.map((result, place) => option(`${this.name}-${place}`, result)));
    this.status.textContent = results.length ? `${results.length} suggestion${results.length > 1 ? "s" : ""}` : "Aucune suggestion";
    this.open(results.length > 0 && document.activeElement === this.input);
  }

  open(yes) {
    this.list.hidden = !yes;
    this.input.setAttribute("aria-expanded", String(yes));
    if (!yes) this.input.removeAttribute("aria-activedescendant");
  }

  close() {
    clearTimeout(this.timer);
    this.open(false);
  }

  move(step) {
    const items = [...this.list.children];
    if (!items.length) return;
    this.active = (this.active + step + items.length + (this.active < 0 && step < 0 ? 1 : 0)) % items.length;
    items.forEach((item, place) => (item.ariaSelected = String(place === this.active)));
    this.input.setAttribute("aria-activedescendant", items[this.active].id);
    items[this.active].scrollIntoView({ block: "nearest" });
  }

  choose(item) {
    if (!item) return;
    this.input.value = item.dataset.label;
    this.close();
    this.input.dispatchEvent(new Event("change", { bubbles: true }));
  }

  onKey(event) {
    if (event.key === "Escape" && !this.list.hidden) {
      event.preventDefault();
      event.stopPropagation();
      return this.close();
    }
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (this.list.hidden) return this.ask();
      return this.move(event.key === "ArrowDown" ? 1 : -1);
    }
    if (event.key === "Enter" && !this.list.hidden && this.active >= 0) {
      event.preventDefault();
      this.choose(this.list.children[this.active]);
    }
  }
}

export function attach(input) {
  new Combobox(input);
}
