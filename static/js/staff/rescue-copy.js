/**
 * Keeps text that is not saved yet on this device, and offers it when the form opens
 * again: after a crash, a closed tab or a sign-in that ran out. Each opening of the
 * form keeps a copy of its own, so that two tabs never write over each other.
 */
const PAUSE = 400;
const box = document.querySelector("textarea[name=text]");
const offers = document.querySelector("[data-rescue]");
const notice = document.querySelector("[data-rescue-notice]");
const stored = document.querySelector("[data-stored-text]").content.textContent ?? "";
const prefix = `${offers.dataset.rescue}-`;
const ownKey = `${prefix}${Date.now()}`;
let timer = 0;
let isSaving = false;

/**
 * The text as saving would store it.
 * @param {string} text
 */
function plain(text) {
  return text.replace(/\r\n?/g, "\n").trim();
}

function isUnsaved() {
  return box !== null && plain(box.value) !== plain(stored);
}

function keep() {
  clearTimeout(timer);
  try {
    if (!isUnsaved()) {
      localStorage.removeItem(ownKey);
      return;
    }
    // In a conflict the text is based on an older revision. Keep that one, so that a
    // restored copy shows the conflict again.
    const opened = Number(box.form.elements.opened_revision.value);
    const revision = "isConflict" in offers.dataset ? opened - 1 : opened;
    const copy = { text: box.value, revision, time: Date.now() };
    localStorage.setItem(ownKey, JSON.stringify(copy));
  } catch {
    /* Storage is forbidden or full; only the warning before leaving is left. */
  }
}

/** @param {string} key @returns {RescueCopy?} */
function read(key) {
  try {
    const copy = JSON.parse(localStorage.getItem(key) ?? "");
    return typeof copy.text === "string" ? copy : null;
  } catch {
    return null;
  }
}

/** @param {string} key @param {RescueCopy} copy @param {Element} section */
function restore(key, copy, section) {
  const revision = box.form.elements.opened_revision;
  // If the draft was saved since, saving this text must show a conflict.
  if (copy.revision < Number(revision.value)) revision.value = String(copy.revision);
  box.focus();
  box.select();
  if (!document.execCommand("insertText", false, copy.text)) {
    box.value = copy.text;
    box.dispatchEvent(new InputEvent("input", { bubbles: true }));
  }
  keep();
  localStorage.removeItem(key);
  section.remove();
}

/**
 * A moment in the clinic's time zone. A browser that does not know it uses its own.
 * @param {number} time
 */
function atTheClinic(time) {
  const { zone } = offers.dataset;
  /** @param {string=} timeZone */
  const words = (timeZone) => new Date(time).toLocaleString("en-GB", { dateStyle: "long", timeStyle: "short", timeZone });
  try {
    return `${words(zone)} (${zone})`;
  } catch {
    return `${words()} by the clock of this device`;
  }
}

/** @param {string} text */
function wordCount(text) {
  const count = text.split(/\s+/).filter(Boolean).length;
  return count === 1 ? "1 word" : `${count} words`;
}

/** @param {string} key @param {RescueCopy} copy */
function offer(key, copy) {
  const section = /** @type {Element} */ (notice.content.cloneNode(true).firstElementChild);
  const since = copy.revision < Number(offers.dataset.revision)
    ? "The draft was changed since: look at both before you save."
    : "The draft was not changed since.";
  section.querySelector("[data-rescue-says]").textContent =
    `You have text on this device that was not saved: ${wordCount(copy.text)} for ${offers.dataset.page}, written on ${atTheClinic(copy.time)}. ${since}`;
  section.querySelector("[data-rescue-text]").textContent = copy.text;
  const putBack = section.querySelector("[data-rescue-restore]");
  if (box) putBack.addEventListener("click", () => restore(key, copy, section));
  else putBack.remove();
  section.querySelector("[data-rescue-discard]").addEventListener("click", () => {
    if (!window.confirm("Throw this text away? It cannot be brought back.")) return;
    localStorage.removeItem(key);
    section.remove();
    box?.focus();
  });
  offers.append(section);
}

function offerAll() {
  const keys = Object.keys(localStorage).filter((key) => key.startsWith(prefix) && key !== ownKey);
  const shown = new Set([plain(stored), plain(box?.value ?? stored)]);
  for (const key of keys.sort().reverse()) {
    const copy = read(key);
    if (copy && !shown.has(plain(copy.text))) {
      offer(key, copy);
      shown.add(plain(copy.text));
    } else {
      localStorage.removeItem(key);
    }
  }
}

if (box) {
  keep();
  box.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(keep, PAUSE);
  });
  box.form.addEventListener("submit", () => {
    keep();
    isSaving = true;
  });
  window.addEventListener("pagehide", keep);
  window.addEventListener("pageshow", () => { isSaving = false; });
  window.addEventListener("beforeunload", (event) => {
    if (isUnsaved() && !isSaving) event.preventDefault();
  });
}
try {
  offerAll();
} catch {
  /* Nothing can be read, so nothing is kept here. */
}
