// Writing a proposal: drafts are saved while one types, and what cannot be saved is kept in this browser and offered again.
// Without this script the buttons do all of it. Sentences come from the page, in its language.
const form = document.querySelector("form[data-autosave]");
const say = form.dataset;
const EVERY = 6000; // Between two saves, while somebody types.
const KEPT = 14 * 86400000;
const status = form.querySelector("[data-saving]");

const controls = () => [...form.elements].filter((one) => one.name && one.type !== "hidden" && one.type !== "submit" && one.tagName !== "BUTTON");
const words = () => {
  const found = {};
  for (const one of controls()) {
    found[one.name] ??= [];
    if (one.type !== "checkbox" && one.type !== "radio") found[one.name].push(one.value.replace(/\r\n/g, "\n"));
    else if (one.checked) found[one.name].push(one.value);
  }
  return found;
};
const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);
const base = () => ["text_version", "revision", "edit_version"].map((name) => form.elements[name]?.value ?? "").join("/");
const address = () => form.getAttribute("action"); // `form.action` is the buttons of that name.
const tell = (sentence) => { if (status.textContent !== sentence) status.textContent = sentence; };

// Copies in this browser: one for each time the page was opened, so that none takes another's place.
const copies = () => {
  try {
    const found = JSON.parse(localStorage.getItem(say.copies) ?? "[]");
    return found.filter((one) => Date.now() - Date.parse(one.at) < KEPT);
  } catch { return []; }
};
const keep = (list) => {
  try {
    if (list.length) localStorage.setItem(say.copies, JSON.stringify(list.slice(-3)));
    else localStorage.removeItem(say.copies);
    return true;
  } catch { return false; } // No room, or a browser that keeps nothing.
};
const own = { id: new Date().toISOString() };
const forget = (id) => keep(copies().filter((one) => one.id !== id));
const copy = () => {
  const entry = { id: own.id, at: new Date().toISOString(), base: base(), words: words() };
  return keep([...copies().filter((one) => one.id !== own.id), entry]);
};

// Saving

let stored = words(); // What the server has, as far as this page knows.
let saving = null; // The request that is under way.
let timer = 0;
let stopped = say.autosave !== "draft" || form.querySelector(".has-error") !== null;

const hidden = (name, value) => {
  let field = form.elements[name];
  if (!field) {
    field = Object.assign(document.createElement("input"), { type: "hidden", name });
    form.prepend(field);
  }
  field.value = value;
};

const adopt = (answer, sent) => {
  if (address() !== answer.action) {
    // The draft exists now: its own address, also when the page is loaded again.
    form.setAttribute("action", answer.action);
    history.replaceState(null, "", answer.action);
    forget(own.id);
    say.copies = say.copies.replace(/new$/, answer.action.match(/\d+/)[0]);
  }
  hidden("revision", answer.revision);
  hidden("text_version", answer.text_version);
  stored = sent;
  tell(answer.sentence);
  if (same(words(), stored)) {
    forget(own.id);
    form.dispatchEvent(new Event("stored"));
  } else copy();
};

const refuse = (code, sentence) => {
  if (code === 401) { stopped = true; tell(say.saySignedOut); return; }
  if (code === 409) { stopped = true; changed(); return; }
  tell(sentence || say.sayUnsure);
};

const changed = () => {
  status.textContent = say.sayChanged + " ";
  const link = Object.assign(document.createElement("a"), { href: address(), textContent: say.sayNewest, target: "_blank", rel: "noopener" });
  status.append(link);
};

const save = async () => {
  const sent = words(), isNew = !form.elements.revision, body = new URLSearchParams(new FormData(form));
  body.set("action", "autosave");
  try {
    const answer = await fetch(address(), { method: "POST", body, redirect: "error", signal: AbortSignal.timeout(15000) });
    const found = await answer.json().catch(() => ({}));
    if (answer.ok) adopt(found, sent);
    else refuse(answer.status, found.sentence);
  } catch {
    // A new draft may have been made although no answer came: another try could make a second one.
    if (isNew && navigator.onLine) { stopped = true; tell(say.sayUnsure); }
    else tell(say.sayOffline);
  }
};

const due = () => {
  timer = 0;
  if (stopped || saving || same(words(), stored) || form.elements.title.value.trim().length < 3) return;
  if (!navigator.onLine) { tell(say.sayOffline); return; }
  saving = save().finally(() => { saving = null; if (!same(words(), stored)) later(); });
};
const later = () => { if (!timer && !stopped) timer = setTimeout(due, EVERY); };

form.addEventListener("input", () => {
  if (copy() && stopped && !status.textContent) tell(say.sayLocal);
  later();
});
addEventListener("online", later);

// A button waits for a save that is under way, so that two of them never make two drafts.
form.addEventListener("submit", async (event) => {
  clearTimeout(timer);
  timer = 0;
  if (saving) {
    event.preventDefault();
    event.stopImmediatePropagation();
    const button = event.submitter;
    await saving;
    clearTimeout(timer);
    form.requestSubmit(button);
    return;
  }
  if (event.submitter?.value === "preview") return;
  copy();
  sessionStorage.setItem("words-sent", JSON.stringify({ key: say.copies, id: own.id }));
}, { capture: true });

// What was kept and never stored is offered again.

const fill = (kept) => {
  for (const one of controls()) {
    const values = kept[one.name];
    if (!values) continue;
    if (one.type === "checkbox" || one.type === "radio") one.checked = values.includes(one.value);
    else one.value = values[0] ?? "";
  }
  for (const one of controls()) one.dispatchEvent(new Event("input", { bubbles: true }));
};

const offer = (entry) => {
  const box = document.createElement("div"), text = document.createElement("p"), row = document.createElement("p");
  box.className = "notice notice-info";
  box.setAttribute("role", "status");
  row.className = "row-actions";
  const when = new Date(entry.at).toLocaleString(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });
  text.textContent = say.sayFound.replace("{when}", when) + (entry.base === base() ? "" : ` ${say.sayOlder}`);
  const button = (label, act) => {
    const one = Object.assign(document.createElement("button"), { type: "button", className: "button quiet", textContent: label });
    one.addEventListener("click", () => { act(); forget(entry.id); box.remove(); form.elements.title.focus(); });
    row.append(one);
  };
  button(say.sayRestore, () => fill(entry.words));
  button(say.sayDiscard, () => {});
  box.append(text, row);
  form.before(box);
};

keep(copies().filter((one) => !same(one.words, words())));
// A form that came back with errors, a preview or after signing in again holds words that are stored nowhere.
if (say.stored === "no") { stored = null; copy(); }
const left = copies().filter((one) => one.id !== own.id);
if (left.length) offer(left.at(-1));
sessionStorage.removeItem("words-sent");

// What is still missing, as one types.

const isThere = (name) => {
  const field = form.elements[name];
  return field instanceof RadioNodeList ? field.value !== "" : field.type === "radio" ? field.checked : field.value.trim() !== "";
};
form.addEventListener("input", () => {
  for (const line of form.querySelectorAll("[data-needs]")) {
    const there = isThere(line.dataset.needs);
    line.querySelector(".is-there").hidden = !there;
    line.querySelector(".is-missing").hidden = there;
  }
});

// What resembles the title, while it is written; only the title goes along.

const beside = form.querySelector("[data-alike]");
if (beside) {
  let asked = form.elements.title.value.trim();
  let waiting = 0;
  const ask = async () => {
    const title = form.elements.title.value.trim();
    if (title === asked) return;
    asked = title;
    const body = new URLSearchParams({ title, own: beside.dataset.own });
    try {
      const answer = await fetch(beside.dataset.alike, { method: "POST", body, redirect: "error" });
      // An answer to an older title is late.
      if (answer.ok && title === asked) beside.innerHTML = await answer.text();
    } catch { /* The network is away; the title may be asked about later. */ }
  };
  form.elements.title.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(ask, 600);
  });
}
