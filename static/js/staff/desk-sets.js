/**
 * The last sets that were printed on this device, the newest first. Kept are an address
 * and words, both of documents and sizes alone: no name and no day is ever in them.
 */
const KEY = "stemguide-desk";
const MOST = 5;
const section = document.querySelector("[data-desk-sets]");
const list = section.querySelector("[data-desk-sets-list]");

/** @returns {PrintedSet[]} */
function read() {
  try {
    /** @type {PrintedSet[]} */
    const kept = JSON.parse(localStorage.getItem(KEY) ?? "[]") ?? [];
    return kept.filter(({ set, words }) => set.startsWith("?document=") && words).slice(0, MOST);
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
    localStorage.setItem(KEY, JSON.stringify([detail, ...others].slice(0, MOST)));
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
