/* Counts the words or the signs of a text, and says how far it is from its bounds. Read aloud only at rest. */

const format = new Intl.NumberFormat("fr-FR");

function measure(text, unit) {
  return unit === "words" ? (text.trim().match(/\S+/g) || []).length : [...text.trim()].length;
}

function sentence(count, unit, min, max) {
  const word = (n) => (unit === "words" ? (n < 2 ? "mot" : "mots") : n < 2 ? "caractère" : "caractères");
  const said = `${format.format(count)}\u00a0${word(count)}`;
  if (min && count < min) return `${said}, encore ${format.format(min - count)} au moins.`;
  if (max && count > max) return `${said}, ${format.format(count - max)} de trop.`;
  if (max) return `${said} sur ${format.format(max)}.`;
  return `${said}.`;
}

export function attach(counter) {
  const { countFor, countUnit, countMin, countMax } = counter.dataset;
  const field = document.getElementById(countFor);
  if (!field) return;
  let timer;
  const show = () => {
    const count = measure(field.value, countUnit);
    counter.textContent = sentence(count, countUnit, Number(countMin), Number(countMax));
    counter.classList.toggle("late", Boolean(countMax) && count > Number(countMax));
    clearTimeout(timer);
    counter.removeAttribute("aria-live");
    timer = setTimeout(() => counter.setAttribute("aria-live", "polite"), 1500);
  };
  field.addEventListener("input", show);
  if (field.value) show();
}
