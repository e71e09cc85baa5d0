/**
 * Shows the sheets of a set, and prints exactly what is shown. The PDF is a stream:
 * lines of JSON with the progress, an empty line, then the PDF itself.
 */
const result = document.querySelector("[data-desk-result]");
const form = result.querySelector("[data-desk-job]");
const status = form.querySelector("[data-desk-status]");
const bar = form.querySelector("[data-desk-progress]");
const printing = form.querySelector("[data-desk-print]");
const plain = form.querySelector("[data-desk-plain]");
let frame = result.querySelector("[data-desk-frame]");
let isPrinting = false;

/** @param {string} words */
function say(words) {
  status.textContent = words;
}

/** @param {string} address @param {string} purpose */
function ask(address, purpose) {
  const body = new FormData(form);
  body.set("purpose", purpose);
  return fetch(address, { method: "POST", body, redirect: "manual" });
}

/**
 * Where the sheets cannot be shown or printed here, the plain buttons still work.
 * @param {string} words
 */
function fallBack(words) {
  say(words);
  plain.hidden = false;
}

/** @param {string} line */
function readLine(line) {
  const message = JSON.parse(line);
  if (message.fault) throw new Error(message.fault);
  if (message.pages) {
    result.querySelectorAll("[data-desk-pages]").forEach((place, index) => {
      place.textContent = `, ${message.pages[index]}`;
    });
    say(message.words);
  } else {
    bar.max = message.total;
    bar.value = message.done;
    say(`${message.done} of ${message.total} drawn.`);
  }
}

/** Reads the stream to its end; gives the PDF. */
async function draw() {
  const response = await ask(form.action, "stream");
  if (response.type === "opaqueredirect") throw new Error("You are signed out. Load this page again to sign in.");
  if (!response.ok) throw new Error("The sheets could not be drawn. Load this page again.");
  const reader = /** @type {ReadableStream<any>} */ (response.body).getReader();
  /** @type {BlobPart[]} */
  const pdf = [];
  let text = "";
  let isHead = true;
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    if (!isHead) {
      pdf.push(part.value);
      continue;
    }
    let from = 0;
    for (let at = part.value.indexOf(10); isHead && at >= 0; at = part.value.indexOf(10, from)) {
      const line = text + new TextDecoder().decode(part.value.subarray(from, at));
      text = "";
      from = at + 1;
      if (line) readLine(line);
      else isHead = false;
    }
    if (isHead) text += new TextDecoder().decode(part.value.subarray(from));
    else pdf.push(part.value.subarray(from));
  }
  if (isHead) throw new Error("The sheets did not come whole. Load this page again.");
  return new Blob(pdf, { type: "application/pdf" });
}

/**
 * The browser's own viewer, without its buttons: what is printed here is counted.
 * @param {Blob} pdf
 */
function preview(pdf) {
  frame = document.createElement("iframe");
  frame.className = "desk-frame";
  frame.title = "The sheets as they come out";
  frame.src = `${URL.createObjectURL(pdf)}#toolbar=0&navpanes=0`;
  result.querySelector("[data-desk-preview]").replaceChildren(frame);
}

async function print() {
  const response = await ask(form.dataset.printed, "print");
  if (response.type === "opaqueredirect") throw new Error("You are signed out. Load this page again to sign in.");
  const { message } = await response.json();
  if (!response.ok) throw new Error(message);
  const { set, words } = result.dataset;
  document.dispatchEvent(new CustomEvent("stemguide-printed", { detail: { set, words } }));
  say(message);
  try {
    const view = /** @type {Window} */ (frame?.contentWindow);
    view.focus();
    view.print();
  } catch {
    say(`${message} This browser does not print from here: use the preview's own Print button.`);
  }
}

form.addEventListener("submit", async (event) => {
  const button = /** @type {HTMLButtonElement?} */ (event.submitter);
  if (button?.name === "purpose") return;
  event.preventDefault();
  if (isPrinting) return;
  isPrinting = true;
  try {
    await print();
  } catch (/** @type {any} */ error) {
    const isUnreachable = error instanceof TypeError || error instanceof SyntaxError;
    say(isUnreachable ? "Nothing was printed: the site does not answer. Try again." : error.message);
  }
  isPrinting = false;
});

/** After a change of the form, the preview no longer shows what it asks for. */
document.querySelector("[data-desk-form]").addEventListener("input", () => {
  printing.hidden = true;
  plain.hidden = true;
  say("You changed something. Show what comes out again.");
});

/** Links on the sheet open in a new tab, not in place of the sheet. */
function openLinksElsewhere() {
  const page = /** @type {Document} */ (frame?.contentDocument);
  for (const link of page.querySelectorAll("a[href]:not([href^='#'])")) {
    link.target = "_blank";
    link.rel = "noopener";
  }
}

async function start() {
  form.querySelector("[data-desk-live]").hidden = false;
  plain.hidden = true;
  // The set, without a day, so that loading the page again or a bookmark brings it back.
  history.replaceState(null, "", `${location.pathname}${result.dataset.set}#result`);
  // The preview has its height from the start, so that nothing moves later.
  if (!frame) result.querySelector("[data-desk-preview]").classList.add("desk-preview");
  result.scrollIntoView();
  try {
    if (frame) {
      frame.addEventListener("load", openLinksElsewhere);
      openLinksElsewhere(); // It may be loaded already.
    } else if (navigator.pdfViewerEnabled === false) {
      throw new Error("This browser does not show PDF in place. Open the sheets instead.");
    } else preview(await draw());
    printing.hidden = false;
  } catch (/** @type {any} */ error) {
    fallBack(error instanceof TypeError ? "The sheets cannot be fetched. Try again." : error.message);
  }
  bar?.closest("p")?.remove();
}

start();
