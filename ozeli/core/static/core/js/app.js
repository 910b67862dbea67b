/* The one module that pages name: it starts what every page does, then brings only the behaviours it finds marked. */
import { start } from "./shell.js";

const BEHAVIOURS = [
  ["form[data-autosave-url]", () => import("./autosave.js")],
  ["[data-suggest-url]", () => import("./suggest.js")],
  ["[data-mention-url]", () => import("./mention.js")],
  ["[data-count-for]", () => import("./counter.js")],
  ["[data-narrow]", () => import("./narrow.js")],
  ["[data-copy]", () => import("./copy.js")],
  ["[data-passkey-error]", () => import("./passkeys.js")],
];

/* Attach each behaviour once to each of its elements under `root`. */
async function enhance(root) {
  for (const [selector, load] of BEHAVIOURS) {
    const found = [...root.querySelectorAll(selector)].filter((element) => !element.dataset.ready);
    if (root.matches?.(selector) && !root.dataset.ready) found.push(root);
    if (!found.length) continue;
    for (const element of found) element.dataset.ready = "1";
    const behaviour = await load();
    for (const element of found) behaviour.attach(element);
  }
}

document.documentElement.classList.add("has-js");
start();
enhance(document);
document.addEventListener("htmx:load", (event) => enhance(event.detail.elt));
