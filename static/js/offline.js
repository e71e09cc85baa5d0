/**
 * Starts and removes the offline copy of the guide, and shows its progress.
 * removeEverything() is here too: home loads this script alone, so as to stay light.
 */
const { serviceWorker } = navigator;

/** @param {"getItem" | "removeItem"} action */
function store(action) {
  try {
    return localStorage[action]("stemguide");
  } catch {
    /* Forbidden storage holds nothing. */
    return null;
  }
}

async function removeWorker() {
  await (await serviceWorker?.getRegistration())?.unregister();
}

/** Asks, then removes all that is kept. Returns the status text; "" after a no. */
export async function removeEverything() {
  if (!confirm("Remove your ticks, notes, dates, diary and the saved copy of the guide from this device?")) return "";
  store("removeItem");
  if ("caches" in window) for (const name of await caches.keys()) await caches.delete(name);
  await removeWorker();
  dispatchEvent(new Event("removed"));
  return "Removed. Nothing of this guide is kept on this device now.";
}

/** @param {Data<"offline">} box */
function start(box) {
  const [keepButton, removeButton] = box.querySelectorAll("button");
  const status = box.querySelector("[role=status]");
  const list = box.dataset.offline;
  const removesAll = "everything" in removeButton.dataset;

  /** @param {string} sentence */
  const say = (sentence) => {
    status.textContent = sentence;
  };

  async function show() {
    const entry = await caches.match("/saved-copy.json");
    const copy = await entry?.json();
    removeButton.parentElement.hidden = !copy && !(removesAll && store("getItem"));
    if (!copy) say("");
    else if (copy.list !== list) say("The copy kept here is for other answers.");
    else if (!copy.on) say("Not all pages are kept. Press the button to go on.");
    else {
      // Only here, where the copy has it: a first visit stays light.
      const { inWords } = await import("./days.js");
      say(`Kept on ${inWords(new Date(copy.on))}. You can read it without internet.`);
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
    let words = "Removed. No copy is on this device now.";
    if (removesAll) {
      words = await removeEverything();
      if (!words) return;
    } else {
      await caches.delete("saved-copy");
      await removeWorker();
    }
    keepButton.focus();
    await show();
    say(words);
  }

  /** @param {MessageEvent} event */
  async function onMessage({ data: { done, of, failed } }) {
    if (done % 10 === 0) say(`${done} of ${of} pages kept`);
    if (done) return;
    await show();
    const why = failed === "QuotaExceededError" ? "This device is full." : "The internet went away.";
    if (failed) say(`${why} ${status.textContent}`);
  }

  box.hidden = false;
  keepButton.addEventListener("click", keep);
  removeButton.addEventListener("click", remove);
  new BroadcastChannel("saved-copy").addEventListener("message", onMessage);
  if (!removesAll) addEventListener("removed", show);
  show();
}

const box = document.querySelector("[data-offline]");
if (box && serviceWorker && "caches" in window) start(box);
