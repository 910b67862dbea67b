/* A long list of choices narrows to what is typed; a choice already made stays in sight. */

const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

export function attach(input) {
  const scope = document.querySelector(input.dataset.narrow);
  const choices = [...scope.querySelectorAll(".choice")].map((box) => ({ box, words: fold(box.textContent) }));
  const folded = [...scope.querySelectorAll("details")];
  const status = document.createElement("p");
  status.className = "hint";
  status.role = "status";
  input.after(status);

  input.addEventListener("input", () => {
    const wanted = fold(input.value.trim()).split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const { box, words } of choices) {
      const found = wanted.every((word) => words.includes(word));
      box.hidden = !found && !box.querySelector(":checked");
      if (found) shown += 1;
    }
    for (const one of folded) if (wanted.length) one.open = true;
    status.textContent = wanted.length ? (shown ? `${shown} sur ${choices.length}` : "Aucune technique ne porte ces mots") : "";
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault();
  });
}
