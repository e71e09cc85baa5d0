/** Has the guide kept on this device, says how far it is, and removes the copy. */
const box = document.querySelector("[data-offline]");
const [keepButton, removeButton] = box.querySelectorAll("button");
const status = box.querySelector("[role=status]");
const list = box.dataset.offline;
const { serviceWorker } = navigator;

const say = (sentence) => {
  status.textContent = sentence;
};

async function show() {
  const entry = await caches.match("/saved-copy.json");
  const copy = await entry?.json();
  removeButton.parentElement.hidden = !copy;
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
    (installing ?? waiting ?? active).postMessage(list);
  } catch {
    say("The guide can not be kept. You may be offline, or your browser forbids it.");
  }
}

async function remove() {
  await caches.delete("saved-copy");
  await (await serviceWorker.getRegistration())?.unregister();
  keepButton.focus();
  await show();
  say("Removed. No copy is on this device now.");
}

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
  new BroadcastChannel("saved-copy").onmessage = hear;
  addEventListener("removed", show);
  show();
}
