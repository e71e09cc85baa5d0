/**
 * What the guide keeps on this device: one entry, "stemguide", in localStorage.
 * Nothing here is ever sent. Its shape: Kept, in stemguide/javascript/pages.d.ts.
 */
const KEY = "stemguide";
export const MAX_FILE = 2_000_000;
const DAY = /^\d{4}-\d\d-\d\d$/;
const FIELDS = ["pain", "swelling", "temperature", "activity", "note"];
/** @type {WithKept[]} */
const listeners = [];
/** @type {Kept?} */
let before = null;
/** @type {string?} */
let unkept = null;

/** @returns {Kept} */
const empty = () => ({ day: "", ticks: {}, notes: {}, diary: {} });
/** @param {any} value */
const isMap = (value) =>
  typeof value === "object" && value !== null && !Array.isArray(value);
/** @param {any} map */
const areTexts = (map) => isMap(map) && Object.values(map).every((x) => typeof x === "string");

/**
 * The kept data in `text`, or an Error that says in plain words what is wrong.
 * @param {string} text
 */
export function parse(text) {
  if (text.length > MAX_FILE) throw new Error("This file is too big to be one of ours.");
  /** @type {Record<string, any>} */
  let data;
  try {
    data = JSON.parse(text);
  } catch {
    throw new Error("This file is damaged, or it is another kind of file.");
  }
  if (!isMap(data) || data.stemguide !== 1) throw new Error("This file is not from this guide.");
  const { day, ticks, notes, diary } = { ...empty(), ...data };
  const isWhole =
    (day === "" || DAY.test(day)) &&
    areTexts(ticks) &&
    areTexts(notes) &&
    isMap(diary) &&
    Object.entries(diary).every(
      ([at, entry]) => DAY.test(at) && areTexts(entry) && Object.keys(entry).every((x) => FIELDS.includes(x)),
    );
  if (!isWhole) throw new Error("A part of this file is damaged.");
  return { day, ticks, notes, diary };
}

/**
 * The kept data as the text of a file, or of the entry.
 * @param {Kept} data
 */
export const write = (data) => JSON.stringify({ stemguide: 1, ...data });

/** What is kept now; everything empty where nothing readable is. */
export function read() {
  try {
    return parse(unkept ?? localStorage.getItem(KEY) ?? "");
  } catch {
    return empty();
  }
}

const notify = () => listeners.forEach((listener) => listener(read()));

/** @param {Kept} data */
function store(data) {
  const text = write(data);
  try {
    localStorage.setItem(KEY, text);
    unkept = null;
  } catch {
    unkept = text;
  }
  notify();
  return unkept === null;
}

/**
 * Reads, lets `edit` alter the data, and keeps it. Where the browser has no room or
 * forbids it, a sentence says so, false comes back, and the page goes on with the data
 * until it is closed.
 * @param {WithKept} edit
 */
export function change(edit) {
  const data = read();
  const old = read();
  edit(data);
  const isKept = store(data);
  before = old;
  say(
    isKept
      ? ""
      : "This browser can not keep that: its store is full or shut. It is gone when you close the page, so print it first.",
  );
  return isKept;
}

/** Takes the last change back. False when there is none. */
export function undo() {
  const old = before;
  before = null;
  return old !== null && store(old);
}

/** True when undo() would take something back. */
export const canUndo = () => before !== null;

/**
 * Calls `listener` with what is kept: now, and whenever it changes in any tab.
 * @param {WithKept} listener
 */
export function whenKept(listener) {
  listeners.push(listener);
  listener(read());
}

/**
 * Tells the reader something, in the page's one status line.
 * @param {string} sentence
 */
export function say(sentence) {
  const status = document.querySelector("[data-kept-status]");
  if (status) status.textContent = sentence;
}

// offline.js has removed everything.
addEventListener("removed", () => {
  before = unkept = null;
  notify();
});
addEventListener("storage", (event) => {
  if (event.key === KEY || event.key === null) {
    before = null;
    notify();
  }
});
