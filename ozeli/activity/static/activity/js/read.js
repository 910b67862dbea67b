/* Opening a notification marks it as read: its link stays a plain link, and the read is posted beside it. */
const form = document.querySelector("form[data-marks-read]");

/* A key by hand: `crypto.randomUUID` is missing on an intranet without https. */
function freshKey() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function markRead(event) {
  const link = event.target.closest("a[data-read]");
  if (!link || event.button > 1) return;
  const fields = new FormData(form);
  fields.set("un", link.dataset.read);
  fields.set("idempotency_key", freshKey());
  delete link.dataset.read;
  fetch(form.action, { method: "POST", body: new URLSearchParams(fields), keepalive: true, redirect: "manual" });
}

form?.addEventListener("click", markRead);
form?.addEventListener("auxclick", markRead);
