// The moderators' desk: what one has taken up stays one's own while its page is open; shortcuts; canned answers to edit.
const RENEW_EVERY = 5 * 60 * 1000;

const claim = document.querySelector("form[data-renew]");
if (claim) {
  const renew = () => {
    if (document.visibilityState === "visible") fetch(claim.action, { method: "POST", redirect: "manual" }).catch(() => {});
  };
  setInterval(renew, RENEW_EVERY);
  document.addEventListener("visibilitychange", renew);
}

// With a script the words of a canned answer can be changed before they are sent.
for (const choice of document.querySelectorAll("select[data-canned]")) {
  choice.addEventListener("change", () => {
    const chosen = choice.selectedOptions[0];
    const form = choice.form;
    const note = form.elements.note;
    const reason = form.elements.reason_code;
    if (!chosen.dataset.text || !note) return;
    note.value = note.value.trim() ? `${chosen.dataset.text}\n\n${note.value.trim()}` : chosen.dataset.text;
    note.dispatchEvent(new Event("input"));
    if (reason && !reason.value && chosen.dataset.reason) reason.value = chosen.dataset.reason;
    choice.value = "";
  });
}

const rows = [...document.querySelectorAll("[data-queue] > li")];
let current = -1;
const move = (step) => {
  if (!rows.length) return;
  current = Math.min(Math.max(current + step, 0), rows.length - 1);
  rows.forEach((row, number) => row.classList.toggle("is-current", number === current));
  rows[current].querySelector("h2 a").focus();
};
const keys = {
  j: () => move(1),
  k: () => move(-1),
  o: () => rows[current]?.querySelector("h2 a").click(),
  x: () => rows[current]?.querySelector("input[type=checkbox]")?.click(),
  n: () => document.querySelector("[data-key=n]")?.click(),
  c: () => document.querySelector("[data-key=c]")?.click(),
  d: () => document.querySelector(".decision select, .decision textarea, .decision button")?.focus(),
  u: () => { if (!rows.length) location.assign("/moderation"); },
};
addEventListener("keydown", (event) => {
  const typing = event.target.closest("input:not([type=checkbox]), textarea, select");
  if (typing || event.ctrlKey || event.metaKey || event.altKey || !Object.hasOwn(keys, event.key)) return;
  event.preventDefault();
  keys[event.key]();
});
