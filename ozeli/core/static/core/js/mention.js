/* « @ » in a text: a list of the people whom it may name. The server reads the same text without this module. */

const REST = 200;
const TYPED = /(?:^|[^\p{L}\p{N}_@./+-])@([\p{L}][\p{L}\p{N}'’.-]*(?: [\p{L}][\p{L}\p{N}'’.-]*){0,3})$/u;
let serial = 0;

class Mentions {
  constructor(box) {
    this.url = box.dataset.mentionUrl;
    this.text = box.querySelector("textarea");
    if (!this.text) return;
    this.active = -1;
    this.list = document.createElement("ul");
    this.status = document.createElement("span");
    this.list.id = `people-${++serial}`;
    this.list.className = "suggest-list";
    this.list.role = "listbox";
    this.list.setAttribute("aria-label", "Personnes à citer");
    this.list.hidden = true;
    this.status.className = "sr";
    this.status.role = "status";
    const frame = document.createElement("div");
    frame.className = "suggest";
    this.text.replaceWith(frame);
    frame.append(this.text, this.list, this.status);
    this.text.setAttribute("aria-autocomplete", "list");
    this.text.setAttribute("aria-controls", this.list.id);
    this.text.addEventListener("input", () => this.ask());
    this.text.addEventListener("keydown", (event) => this.onKey(event));
    this.text.addEventListener("blur", () => this.close());
    this.list.addEventListener("pointerdown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => this.choose(event.target.closest("li")));
  }

  /* What is typed after the last « @ » before the caret. */
  typed() {
    return this.text.value.slice(0, this.text.selectionStart).match(TYPED)?.[1] ?? "";
  }

  ask() {
    clearTimeout(this.timer);
    this.asked?.abort();
    const typed = this.typed();
    if (typed.length < 2) return this.close();
    this.timer = setTimeout(async () => {
      this.asked = new AbortController();
      try {
        const address = new URL(this.url, location.href);
        address.searchParams.set("q", typed);
        const answer = await fetch(address, { signal: this.asked.signal, headers: { Accept: "application/json" } });
        this.show(answer.ok ? (await answer.json()).results : []);
      } catch {
        this.close();
      }
    }, REST);
  }

  show(results) {
    this.active = -1;
    this.list.replaceChildren(...results.map((result, place) => this.option(result, place)));
    this.status.textContent = results.length ? `${results.length} personne${results.length > 1 ? "s" : ""}, flèche bas pour choisir` : "";
    this.list.hidden = !results.length || document.activeElement !== this.text;
  }

  option({ label, note, insert }, place) {
    const item = document.createElement("li");
    const small = document.createElement("small");
    item.id = `${this.list.id}-${place}`;
    item.role = "option";
    item.ariaSelected = "false";
    item.dataset.insert = insert;
    small.textContent = note;
    item.append(label, small);
    return item;
  }

  close() {
    clearTimeout(this.timer);
    this.list.hidden = true;
    this.text.removeAttribute("aria-activedescendant");
  }

  move(step) {
    const items = [...this.list.children];
    this.active = (this.active + step + items.length + (this.active < 0 && step < 0 ? 1 : 0)) % items.length;
    items.forEach((item, place) => (item.ariaSelected = String(place === this.active)));
    this.text.setAttribute("aria-activedescendant", items[this.active].id);
    items[this.active].scrollIntoView({ block: "nearest" });
  }

  choose(item) {
    if (!item) return;
    const end = this.text.selectionStart;
    this.text.setRangeText(`${item.dataset.insert} `, end - this.typed().length, end, "end");
    this.close();
    this.text.focus();
    this.text.dispatchEvent(new Event("change", { bubbles: true }));
  }

  onKey(event) {
    if (this.list.hidden) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      this.move(event.key === "ArrowDown" ? 1 : -1);
    } else if ((event.key === "Enter" || event.key === "Tab") && this.active >= 0) {
      event.preventDefault();
      this.choose(this.list.children[this.active]);
    } else if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      this.close();
    }
  }
}

export function attach(box) {
  new Mentions(box);
}
