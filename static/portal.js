// Small enhancements; every page works without them. Sentences come from the page, in its language.
const plain = (text) => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/đ/g, "d").replace(/Đ/g, "D").toLowerCase();

// Escape and a click elsewhere close the menu and its groups; where one stands open in the row, there is nothing to close.
for (const menu of document.querySelectorAll("[data-menu]")) {
  const summary = menu.querySelector("summary");
  addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    menu.open = false;
    if (summary.checkVisibility()) summary.focus();
  });
  addEventListener("click", (event) => { if (!menu.contains(event.target)) menu.open = false; });
}

document.querySelector("[data-focus]")?.focus();

for (const area of document.querySelectorAll("[data-count]")) {
  const left = document.createElement("p");
  left.className = "hint count";
  const show = () => {
    const rest = area.maxLength - area.value.length;
    left.textContent = `${rest.toLocaleString(document.documentElement.lang)} ${area.dataset.count}`;
    left.hidden = rest > area.maxLength * 0.9;
    // Read aloud only when it begins to matter, not at every letter.
    left.setAttribute("aria-live", rest <= 20 ? "polite" : "off");
  };
  area.addEventListener("input", show);
  area.after(left);
  show();
}

for (const picker of document.querySelectorAll("[data-filter-label]")) {
  const options = [...picker.querySelectorAll(".option")].map((option) => [option, plain(option.textContent)]);
  const label = document.createElement("label");
  label.className = "ward-filter";
  label.textContent = picker.dataset.filterLabel;
  const input = document.createElement("input");
  input.type = "search";
  // Enter here means “find”; without this it would send the whole form.
  input.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
  input.addEventListener("input", (event) => {
    event.stopPropagation();
    const wanted = plain(input.value.trim());
    for (const [option, text] of options) {
      option.hidden = !text.includes(wanted) && !option.querySelector("input").checked;
    }
  });
  label.append(input);
  picker.querySelector(".options").before(label);
}

const unsaved = document.querySelector("form[data-unsaved]");
if (unsaved) {
  // A form that came back with errors or a preview holds text that is saved nowhere.
  let changed = document.querySelector(".has-error, .preview") !== null;
  unsaved.addEventListener("input", () => { changed = true; });
  unsaved.addEventListener("submit", () => { changed = false; });
  unsaved.addEventListener("stored", () => { changed = false; });
  addEventListener("beforeunload", (event) => { if (changed) event.preventDefault(); });
}

// Copies of words that somebody is writing (writing.js): stored words need none, and who signs out leaves none behind.
const wordsSent = JSON.parse(sessionStorage.getItem("words-sent") ?? "null");
if (wordsSent && /^\/proposals\/\d+(-[^/]*)?$/.test(location.pathname)) {
  const others = JSON.parse(localStorage.getItem(wordsSent.key) ?? "[]").filter((one) => one.id !== wordsSent.id);
  if (others.length) localStorage.setItem(wordsSent.key, JSON.stringify(others));
  else localStorage.removeItem(wordsSent.key);
  sessionStorage.removeItem("words-sent");
}
for (const form of document.querySelectorAll("form[action='/sign-out']")) {
  form.addEventListener("submit", () => {
    for (const key of Object.keys(localStorage)) if (key.startsWith("words/")) localStorage.removeItem(key);
    // The pages that the service worker keeps, also where this page was loaded past it.
    globalThis.caches?.delete("pages");
  });
}

// What was being written waits in this tab while a code or a link is on its way, and no longer: the next person at this
// browser finds nothing of it.
if (!/^\/(sign-in|welcome|dev)/.test(location.pathname)) sessionStorage.removeItem("kept");
for (const field of document.querySelectorAll("form[action='/sign-in/code'] input[name=kept]")) {
  sessionStorage.setItem("kept", field.value);
}
const byLink = document.querySelector("form[action='/sign-in/link']");
if (byLink && sessionStorage.getItem("kept")) {
  const field = document.createElement("input");
  Object.assign(field, { type: "hidden", name: "kept", value: sessionStorage.getItem("kept") });
  byLink.append(field);
  byLink.addEventListener("submit", () => sessionStorage.removeItem("kept"));
}

// Passkeys: the browser's own dialogue; its answer goes into the form as JSON.
for (const form of document.querySelectorAll("form[data-passkey]")) {
  if (!window.PublicKeyCredential?.parseCreationOptionsFromJSON) continue;
  form.hidden = false;
  const section = form.closest("[data-needs-passkey]");
  if (section) section.hidden = false;
  form.addEventListener("submit", async (event) => {
    if (form.elements.credential.value) return;
    event.preventDefault();
    const options = JSON.parse(form.dataset.options);
    try {
      const made = form.dataset.passkey === "create"
        ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })
        : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
      form.elements.credential.value = JSON.stringify(made.toJSON());
      form.submit();
    } catch { /* Closed by the person: the other ways are still on the page. */ }
  });
}

// While words are typed, the first hits below the search box; Enter leads to all of them, with or without this.
for (const input of document.querySelectorAll("input[data-suggest]")) {
  const list = document.createElement("ul");
  Object.assign(list, { className: "suggestions", hidden: true });
  list.setAttribute("aria-label", input.dataset.suggest);
  input.form.after(list);
  let asked = 0;
  let waiting;
  const entry = (item) => {
    const link = document.createElement("a");
    link.href = new URL(item.url).pathname;
    let at = 0;
    // The places count characters, a JavaScript string its halves.
    const letters = [...item.title];
    for (const [start, end] of item.title_hits) {
      const mark = document.createElement("mark");
      mark.textContent = letters.slice(start, end).join("");
      link.append(letters.slice(at, start).join(""), mark);
      at = end;
    }
    link.append(letters.slice(at).join(""));
    const line = document.createElement("li");
    line.append(link);
    return line;
  };
  const show = (items) => {
    list.replaceChildren(...items.map(entry));
    list.hidden = !items.length;
  };
  const ask = async () => {
    const number = ++asked;
    const typed = input.value.trim();
    if (typed.length < 2) return show([]);
    try {
      const answer = await fetch(`/api/v1/search?${new URLSearchParams({ q: typed, limit: 5 })}`, { credentials: "omit" });
      // An answer to what was typed before is late.
      if (answer.ok && number === asked) show((await answer.json()).items);
    } catch {
      show([]);
    }
  };
  input.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(ask, 200);
  });
  input.form.addEventListener("keydown", (event) => { if (event.key === "Escape") show([]); });
}

// Sharing: what the browser can do; the address itself stands there to be copied by hand.
for (const field of document.querySelectorAll("[data-select]")) field.addEventListener("focus", () => field.select());
for (const button of document.querySelectorAll("[data-share]")) {
  button.hidden = !navigator.share;
  // Closed without choosing anybody: nothing to say.
  button.addEventListener("click", () => navigator.share({ title: button.dataset.title, url: button.dataset.share }).catch(() => {}));
}
for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    const field = document.getElementById(button.dataset.copy);
    field.select();
    await navigator.clipboard.writeText(field.value);
    button.setAttribute("aria-live", "polite");
    button.textContent = button.dataset.done;
  });
}
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}

// The last public pages stay readable without a network (service-worker.js); after the page has come, so as not to slow it.
if ("serviceWorker" in navigator) {
  addEventListener("load", () => navigator.serviceWorker.register("/service-worker.js").catch(() => { /* As before, then: online only. */ }));
}
