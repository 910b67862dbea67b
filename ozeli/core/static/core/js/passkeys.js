/* Says in French that a passkey did not answer; allauth's script only tells the console. */

export function attach(notice) {
  document.addEventListener("allauth.error", (event) => {
    event.preventDefault();
    notice.hidden = false;
  });
}
