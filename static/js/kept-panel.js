/** Saves what is kept to a file, opens such a file, undoes, and removes everything. */
import { MAX_FILE, canUndo, change, parse, read, say, undo, whenKept, write } from "./kept.js";
import { removeEverything } from "./offline.js";

/** @param {string} name @param {() => void} action */
const on = (name, action) =>
  document.querySelector(`[data-${name}]`)?.addEventListener("click", action);

for (const part of document.querySelectorAll("[data-with-script]")) part.hidden = false;
for (const part of document.querySelectorAll("[data-without-script]")) part.hidden = true;

on("save-file", () => {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([write(read())], { type: "application/json" }));
  link.download = "my-list.json";
  link.click();
  URL.revokeObjectURL(link.href);
  say("Saved. Look for my-list.json in your downloads.");
});

on("open-file", () => {
  const picker = document.createElement("input");
  picker.type = "file";
  picker.addEventListener("change", () => open(/** @type {FileList} */ (picker.files)[0]));
  picker.click();
});

/** @param {File} file */
async function open(file) {
  try {
    // No more is read than parse() needs to refuse a file that is too long.
    const found = parse(await file.slice(0, MAX_FILE + 1).text());
    const wasKept = change((data) => Object.assign(data, found));
    if (wasKept) say("Opened. Your list is as it was when you saved the file.");
  } catch (/** @type {any} */ error) {
    say(`${error.message} Nothing was changed.`);
  }
}

on("undo", () => {
  say(undo() ? "Undone." : "There is nothing to undo.");
  document.querySelector("[data-kept-status]")?.focus();
});

on("remove-everything", async () => {
  const words = await removeEverything();
  if (words) say(words);
});

whenKept(() => {
  const button = document.querySelector("[data-undo]");
  if (button) button.hidden = !canUndo();
});
