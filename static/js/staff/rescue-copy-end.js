/**
 * Takes text that was kept (see rescue-copy.js) off this device: all of it when
 * somebody signs out, and what is older than two weeks.
 */
const MAX_AGE = 14 * 24 * 60 * 60 * 1000;

/** @param {string} key */
function isOld(key) {
  try {
    return !(JSON.parse(localStorage.getItem(key) ?? "").time > Date.now() - MAX_AGE);
  } catch {
    return true;
  }
}

/** @param {(key: string) => boolean} isOver */
function clear(isOver) {
  try {
    const keys = Object.keys(localStorage).filter((key) => key.startsWith("stemguide-rescue-"));
    for (const key of keys.filter(isOver)) localStorage.removeItem(key);
  } catch {
    /* This browser keeps nothing. */
  }
}

const isSignedOut = document.querySelector("[data-signed-out]") !== null;
clear(isSignedOut ? () => true : isOld);
