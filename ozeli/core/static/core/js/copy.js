/* Copies the text of the element that `data-copy` points to, and says so in the button. */

export function attach(button) {
  const words = button.textContent;
  button.type = "button";
  button.setAttribute("aria-live", "polite");
  button.addEventListener("click", async () => {
    const source = document.querySelector(button.dataset.copy);
    if (!source) return;
    try {
      await navigator.clipboard.writeText((source.value ?? source.textContent).trim());
      button.lastChild.textContent = "Copié";
    } catch {
      button.lastChild.textContent = "Copie impossible, sélectionnez le texte";
    }
    setTimeout(() => (button.lastChild.textContent = words.trim()), 4000);
  });
}
