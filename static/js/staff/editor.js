/**
 * Inserts blocks at the cursor, and moves the cursor to a line. Text is inserted with
 * the browser's own editing command, so that Ctrl+Z removes it again.
 */
const box = document.querySelector("textarea[name=text]");
const tools = document.querySelector("[data-editor-tools]");

/** @param {string} text */
function insert(text) {
  box.focus();
  if (document.execCommand("insertText", false, text)) return;
  box.setRangeText(text, box.selectionStart, box.selectionEnd, "end");
  box.dispatchEvent(new InputEvent("input", { bubbles: true }));
}

/** Where a block is inserted: below the cursor's line, below the front matter, and below
 * a block around the cursor that can hold no other block. */
function placeForBlock() {
  const lines = box.value.split("\n");
  const frontEnd = lines[0] === "---" ? lines.indexOf("---", 1) : -1;
  let row = box.value.slice(0, box.selectionEnd).split("\n").length - 1;
  row = Math.max(row, frontEnd);
  /** @type {string[]} */
  const around = [];
  for (const line of lines.slice(frontEnd + 1, row)) {
    const [, name] = line.match(/^ *:{3,} *(\S*)/) ?? [];
    if (name) around.push(name);
    else if (name === "") around.pop();
  }
  const opens = lines[row].match(/^ *:{3,} *(\S+)/);
  const holder = opens ? opens[1] : around.at(-1);
  if (holder && !["only", "more"].includes(holder)) {
    const below = lines.slice(row).findIndex((line) => /^ *:{3,} *$/.test(line));
    if (below >= 0) row += below;
  }
  return lines.slice(0, row + 1).join("\n").length;
}

/**
 * The empty lines that must stand between two pieces of text.
 * @param {number} newlines
 * @param {boolean} isAtEdge
 */
function gap(newlines, isAtEdge) {
  return isAtEdge ? "" : "\n".repeat(Math.max(0, 2 - newlines));
}

/** @param {string} text */
function insertBlock(text) {
  const at = placeForBlock();
  const before = box.value.slice(0, at);
  const after = box.value.slice(at);
  const lead = gap(before.match(/\n*$/)?.[0].length ?? 0, !before.trim());
  const trail = gap(after.match(/^\n*/)?.[0].length ?? 0, !after.trim());
  box.setSelectionRange(at, at);
  insert(lead + text + trail);
  return at + lead.length;
}

/** @param {string} text */
function insertWords(text) {
  const start = box.selectionStart;
  insert(text);
  return start;
}

/**
 * Gives a new task an id that no other has: new-task, new-task-2 and so on.
 * @param {string} text
 */
function withUniqueName(text) {
  let name = "new-task";
  for (let n = 2; box.value.includes(`{#${name} `); n += 1) name = `new-task-${n}`;
  return text.replace("{#new-task ", `{#${name} `);
}

/** @param {Skeleton} what */
function insertSkeleton({ skeleton, placeholder, nameFrom }) {
  const name = nameFrom ? /** @type {HTMLSelectElement} */ (document.getElementById(nameFrom)).value : "";
  const chosen = box.value.slice(box.selectionStart, box.selectionEnd);
  const isLink = skeleton.startsWith("[");
  let words = placeholder.replace("NAME", name);
  let text = withUniqueName(skeleton.replace("NAME", name));
  if (isLink && chosen && !chosen.includes("\n")) {
    text = text.replace(words, () => chosen);
    words = chosen;
  }
  const start = (isLink ? insertWords(text) : insertBlock(text)) + text.indexOf(words);
  box.setSelectionRange(start, start + words.length);
}

/** @param {number} number */
function goToLine(number) {
  const lines = box.value.split("\n").slice(0, number - 1);
  const start = lines.reduce((sum, line) => sum + line.length + 1, 0);
  const at = Math.min(start, box.value.length);
  box.setSelectionRange(at, at);
  // Browsers bring the cursor into view when the text takes the focus.
  box.blur();
  box.focus();
}

/**
 * One tab stop for the bar; arrow keys, Home and End go from button to button.
 * @param {KeyboardEvent} event
 */
function moveInBar(event) {
  const buttons = [...bar.querySelectorAll("button")];
  const now = buttons.indexOf(/** @type {HTMLButtonElement} */ (event.target));
  /** @type {Record<string, number>} */
  const places = {
    ArrowRight: (now + 1) % buttons.length,
    ArrowLeft: (now - 1 + buttons.length) % buttons.length,
    Home: 0,
    End: buttons.length - 1,
  };
  const next = places[event.key];
  if (next === undefined) return;
  event.preventDefault();
  buttons.forEach((button, index) => { button.tabIndex = index === next ? 0 : -1; });
  buttons[next].focus();
}

const bar = tools.querySelector("[role=toolbar]");
bar.querySelectorAll("button").forEach((button, index) => { button.tabIndex = index ? -1 : 0; });
bar.addEventListener("keydown", moveInBar);
tools.addEventListener("click", (event) => {
  const button = /** @type {Element} */ (event.target).closest("[data-skeleton]");
  if (button) insertSkeleton(button.dataset);
});
tools.hidden = false;
document.addEventListener("click", (event) => {
  const button = /** @type {Element} */ (event.target).closest("[data-go-to-line]");
  if (button) goToLine(Number(button.dataset.goToLine));
});
