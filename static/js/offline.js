/** Has the guide kept on this device, says how far it is, and removes the copy. */
const box = document.querySelector("[data-offline]");
const [keepButton, removeButton] = box.querySelectorAll("button");
const status = box.querySelector("[role=status]");
const list = box.dataset.offline;
const removesAll = "everything" in removeButton.dataset;
const { serviceWorker } = navigator;

/** @param {string} sentence */
const say = (sentence) => {
  status.textContent = sentence;
};

/** What kept.js keeps: read here and not there, so that home stays light. */
/** @param {"getItem" | "removeItem"} action */
function store(action) {
  try {
    return localStorage[action]("stemguide");
  } catch {
    return null;
  }
}

async function show() {
  const entry = await caches.match("/saved-copy.json");
  const copy = await entry?.json();
  removeButton.parentElement.hidden = !copy && !(removesAll && store("getItem"));
  if (!copy) say("");
  else if (copy.list !== list) say("The copy kept here is for other answers.");
  else if (!copy.on) say("Not all pages are kept. Press the button to go on.");
  else {
    const day = new Date(copy.on).toLocaleDateString("en-GB", { dateStyle: "long" });
    say(`Kept on ${day}. You can read it without internet.`);
  }
}

async function keep() {
  say("Keeping the guide. Stay on this page.");
  try {
    const { installing, waiting, active } = await serviceWorker.register("/service-worker.js");
    /** @type {ServiceWorker} */ (installing ?? waiting ?? active).postMessage(list);
  } catch {
    say("The guide can not be kept. You may be offline, or your browser forbids it.");
  }
}

async function remove() {
  if (removesAll) {
    if (!confirm("Remove your ticks, notes, dates, diary and the saved copy of the guide from this device?")) return;
    store("removeItem");
  }
  await caches.delete("saved-copy");
  await (await serviceWorker.getRegistration())?.unregister();
  keepButton.focus();
  await show();
  say(removesAll ? "Removed. Nothing of this guide is kept on this device now." : "Removed. No copy is on this device now.");
}

/** @param {MessageEvent} event */
async function hear({ data: { done, of, failed } }) {
  if (done % 10 === 0) say(`${done} of ${of} pages kept`);
  if (done) return;
  await show();
  const why = failed === "QuotaExceededError" ? "This device is full." : "The internet went away.";
  if (failed) say(`${why} ${status.textContent}`);
}

if (serviceWorker && "caches" in window) {
  box.hidden = false;
  keepButton.addEventListener("click", keep);
  removeButton.addEventListener("click", remove);
  new BroadcastChannel("saved-copy").addEventListener("message", hear);
  addEventListener("removed", show);
  show();
}
