/* What every page does: « / » reaches the search, menus close as one expects, a form is sent once. */

const RESEND_AFTER = 8000;

function typing(target) {
  return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
}

/* « / » puts the caret in the page's search field, or opens the search page. */
function onSlash(event) {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  const field = document.querySelector("main input[type=search]");
  const link = document.querySelector("[data-search-key]");
  if (!field && !link) return;
  event.preventDefault();
  if (field) {
    field.focus();
    field.select();
  } else link.click();
}

/* Escape, or a press or a focus elsewhere, closes an open menu (it would cover what has the focus); Escape gives the
   focus back to its button. */
function closeMenus(event) {
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    if (event.type === "keydown") {
      if (event.key !== "Escape") continue;
      if (menu.contains(document.activeElement)) menu.querySelector("summary").focus();
    } else if (menu.contains(event.target)) continue;
    menu.open = false;
  }
}

/* A second press while the first is on its way does nothing; a page that comes back from history may send again. */
function onSubmit(event) {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (form.dataset.sent && Date.now() - form.dataset.sent < RESEND_AFTER) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = Date.now();
  event.submitter?.setAttribute("aria-busy", "true");
}

function release() {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  for (const button of document.querySelectorAll("button[aria-busy]")) button.removeAttribute("aria-busy");
}

/* A piece of page that never came: say so where it was asked for. */
function onLost(event) {
  const asked = event.detail.elt;
  if (!asked?.isConnected || asked.nextElementSibling?.matches("[data-lost]")) return;
  const said = document.createElement("p");
  said.className = "notice is-error flash";
  said.dataset.lost = "1";
  said.setAttribute("role", "alert");
  said.textContent = "Le portail n’a pas répondu. Rien n’est changé\u00a0: réessayez dans un instant.";
  asked.after(said);
}

export function start() {
  document.addEventListener("keydown", onSlash);
  document.addEventListener("keydown", closeMenus);
  document.addEventListener("pointerdown", closeMenus);
  document.addEventListener("focusin", closeMenus);
  document.addEventListener("submit", onSubmit);
  document.addEventListener("htmx:responseError", onLost);
  document.addEventListener("htmx:sendError", onLost);
  window.addEventListener("pageshow", release);
}
