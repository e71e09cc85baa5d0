/**
 * Updates the results of the checks when typing pauses, with one request at a time.
 * Only the result for the newest text is shown. The page brings that of the stored text.
 */
const PAUSE = 600;
const box = document.querySelector("textarea[name=text]");
const note = box.form.elements.patient_change_note;
const panel = document.querySelector("[data-quality-panel]");
const status = document.querySelector("[data-quality-summary]");
const token = box.form.elements.csrfmiddlewaretoken.value;
let timer = 0;
let isAsking = false;
let isStale = false;
/** @type {Element?} */
let waiting = null;

/** @param {string} words */
function say(words) {
  if (status.textContent !== words) status.textContent = words;
}

/**
 * Shows a result. While a button of the panel has the focus, the result waits.
 * @param {Element} answer
 */
function show(answer) {
  if (panel.contains(document.activeElement)) {
    waiting = answer;
    return;
  }
  waiting = null;
  panel.replaceChildren(answer);
}

async function fetchPanel() {
  const body = new FormData();
  body.set("csrfmiddlewaretoken", token);
  body.set("text", box.value);
  body.set("patient_change_note", note.value);
  const address = panel.dataset.qualityPanel;
  const response = await fetch(address, { method: "POST", body, redirect: "manual" });
  if (response.type === "opaqueredirect") {
    throw new Error("You are signed out. Your text stays on this device: save it to sign in again.");
  }
  if (!response.ok) throw new Error("The checks do not answer now. You can go on and save.");
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  return document.adoptNode(page.querySelector("[data-summary]"));
}

async function ask() {
  if (isAsking) {
    isStale = true;
    return;
  }
  isAsking = true;
  isStale = false;
  try {
    const answer = await fetchPanel();
    if (!isStale) {
      show(answer);
      say(answer.dataset.summary);
    }
  } catch (/** @type {any} */ error) {
    say(error instanceof TypeError ? "The checks cannot be reached. You can go on writing." : error.message);
  }
  isAsking = false;
  if (isStale) ask();
}

for (const written of [box, note]) {
  written.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE);
  });
}
panel.addEventListener("focusout", () => {
  setTimeout(() => { if (waiting) show(waiting); });
});

/** Makes buttons of the lines in the result that came with the page. */
function useResultOfPage() {
  for (const line of panel.querySelectorAll("[data-line]")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "line-button";
    button.dataset.goToLine = line.dataset.line;
    button.textContent = `line ${line.dataset.line}`;
    line.replaceWith(button);
  }
  say(panel.querySelector("[data-summary]").dataset.summary);
}

const stored = document.querySelector("[data-stored-text]");
const isStored = stored.content.textContent === box.value && panel.dataset.storedNote === note.value;
if (isStored) useResultOfPage();
else ask();
