// Small enhancements; every page works without them. Sentences come from the page, in its language.
const plain = (text) => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/đ/g, "d").replace(/Đ/g, "D").toLowerCase();

// The menu is open from the start where there is room for it; the summary is hidden there.
const menu = document.querySelector("[data-menu]");
if (menu) {
  const wide = matchMedia("(min-width: 62rem)");
  addEventListener("keydown", (event) => {
    if (event.key === "Escape" && menu.open && !wide.matches) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });
}

document.querySelector("[data-focus]")?.focus();

for (const area of document.querySelectorAll("textarea[data-count]")) {
  const left = document.createElement("p");
  left.className = "hint count";
  const show = () => {
    const rest = area.maxLength - area.value.length;
    left.textContent = `${rest.toLocaleString(document.documentElement.lang)} ${area.dataset.count}`;
    left.hidden = rest > area.maxLength * 0.9;
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
  input.addEventListener("input", () => {
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
  let changed = false;
  unsaved.addEventListener("input", () => { changed = true; });
  unsaved.addEventListener("submit", () => { changed = false; });
  addEventListener("beforeunload", (event) => { if (changed) event.preventDefault(); });
}
