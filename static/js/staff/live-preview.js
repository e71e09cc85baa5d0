/**
 * Shows the text in the box as the real page, in a frame. Each preview gets a new frame,
 * so that the browser's Back button still leaves the editor.
 */
const PAUSE = 1000;
const box = document.querySelector("textarea[name=text]");
const details = document.querySelector("[data-live-preview]");
const form = document.getElementById("preview-form");
let timer = 0;

/**
 * Links of the page open in a new tab, not in the frame or in place of the editor.
 * @param {Document} page
 */
function openLinksElsewhere(page) {
  for (const link of page.querySelectorAll("a[href]:not([href^='#'])")) {
    link.target = "_blank";
    link.rel = "noopener";
  }
  for (const inner of page.querySelectorAll("form")) inner.target = "_blank";
}

function freshFrame() {
  const old = details.querySelector("iframe");
  const top = old.contentWindow?.scrollY ?? 0;
  const frame = old.cloneNode();
  frame.classList.toggle("live-preview__frame--phone", form.elements.look.value === "phone");
  frame.addEventListener("load", () => {
    if (!frame.contentDocument) return;
    openLinksElsewhere(frame.contentDocument);
    frame.contentWindow?.scrollTo(0, top);
  });
  old.replaceWith(frame);
}

form.addEventListener("submit", () => {
  clearTimeout(timer);
  form.elements.text.value = box.value;
  freshFrame();
});

function refresh() {
  if (details.open) form.requestSubmit();
}

box.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(refresh, PAUSE);
});
details.addEventListener("toggle", refresh);
details.addEventListener("change", refresh);
details.hidden = false;
