/** Reveals the print button, which can do nothing without JavaScript. */
for (const button of document.querySelectorAll("[data-print-button]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
