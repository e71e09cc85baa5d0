/**
 * Reveals the button that copies the text on the page. Without a script, and where the
 * browser forbids it, the text can be selected.
 */
const text = document.querySelector("[data-copy-text]");
const button = document.querySelector("[data-copy-button]");
const status = document.querySelector("[data-copy-status]");

/** The older way: the only one where the site has no HTTPS. */
function copySelected() {
  window.getSelection()?.selectAllChildren(text);
  return document.execCommand("copy");
}

async function copy() {
  try {
    await navigator.clipboard.writeText(text.textContent.trim());
    return true;
  } catch {
    return copySelected();
  }
}

button.addEventListener("click", async () => {
  status.textContent = "";
  status.textContent = await copy() ? "Copied." : "It could not be copied. Copy what is selected.";
});
button.hidden = false;
