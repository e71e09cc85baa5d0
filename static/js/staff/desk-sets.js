/**
 * The last sets that were printed on this device, the newest first. Of each, its query
 * string and its text are stored. Neither ever holds a name or a day.
 */
const KEY = "stemguide-desk";
const MAX_SETS = 5;
const section = document.querySelector("[data-desk-sets]");
const list = section.querySelector("[data-desk-sets-list]");

/** @returns {PrintedSet[]} */
function read() {
  try {
    /** @type {PrintedSet[]} */
    const kept = JSON.parse(localStorage.getItem(KEY) ?? "[]") ?? [];
    return kept.filter(({ set, words }) => set.startsWith("?document=") && words).slice(0, MAX_SETS);
  } catch {
    return [];
  }
}

function show() {
  const items = read().map(({ set, words }) => {
    const item = document.createElement("li");
    const link = document.createElement("a");
    link.href = `${location.pathname}${set}#result`;
    link.textContent = words;
    item.append(link);
    return item;
  });
  list.replaceChildren(...items);
  section.hidden = items.length === 0;
}

document.addEventListener("stemguide-printed", ({ detail }) => {
  const others = read().filter(({ set }) => set !== detail.set);
  try {
    localStorage.setItem(KEY, JSON.stringify([detail, ...others].slice(0, MAX_SETS)));
  } catch {
    return; /* This browser keeps nothing; a set can be bookmarked. */
  }
  show();
});

section.querySelector("[data-desk-sets-forget]").addEventListener("click", () => {
  localStorage.removeItem(KEY);
  show();
  document.querySelector("h1").tabIndex = -1;
  document.querySelector("h1").focus();
});

show();
