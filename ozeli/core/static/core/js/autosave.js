/* A draft saves itself a moment after the last key, and says when it did. The plain « Garder en brouillon » remains. */

const REST = 1500;
const RETRY = 10000;

const clock = () => {
  const now = new Date();
  const minutes = now.getMinutes();
  return `${now.getHours()}\u00a0h${minutes ? `\u00a0${String(minutes).padStart(2, "0")}` : ""}`;
};

/* The form's words, without its files. */
function words(form) {
  const data = new FormData(form);
  for (const [name, value] of [...data]) if (value instanceof File) data.delete(name);
  return data;
}

/* What the page adds by itself is no word of the person. */
const OWN = ["idempotency_key", "draft", "draft_version"];
const fingerprint = (data) => JSON.stringify([...data].filter(([name]) => !OWN.includes(name)));

async function send(url, data) {
  const answer = await fetch(url, { method: "POST", body: data, headers: { Accept: "application/json" }, redirect: "manual" });
  if (answer.type === "opaqueredirect" || answer.status === 401 || answer.status === 403) return { signedOut: true };
  if (!answer.ok) throw new Error(String(answer.status));
  return (answer.headers.get("Content-Type") || "").includes("json") ? answer.json() : {};
}

function tell(status, text, saved) {
  if (!status) return;
  const place = status.querySelector("[data-autosave-text]") || status;
  place.textContent = text;
  status.hidden = false;
  status.classList.toggle("is-off", !saved);
}

export function attach(form) {
  const status = form.querySelector("[data-autosave-status]");
  let kept = fingerprint(words(form));
  let timer;

  async function save() {
    const data = words(form);
    if (fingerprint(data) === kept) return;
    try {
      const answer = await send(form.dataset.autosaveUrl, data);
      if (answer.signedOut) {
        tell(status, "Vous êtes déconnecté. Votre texte reste ici\u00a0: envoyez le formulaire, il sera repris après connexion.", false);
        return;
      }
      for (const [name, value] of Object.entries(answer.fields || {})) {
        const field = form.elements.namedItem(name);
        if (field?.type === "hidden") field.value = value;
      }
      kept = fingerprint(data);
      tell(status, answer.message || `Brouillon enregistré à ${clock()}`, answer.saved !== false);
    } catch {
      tell(status, "Pas encore enregistré\u00a0: la connexion manque. Nouvel essai dans dix secondes.", false);
      timer = setTimeout(save, RETRY);
    }
  }

  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(save, REST);
  });
  form.addEventListener("submit", () => clearTimeout(timer));
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden" && !form.dataset.sent) save();
  });
}
