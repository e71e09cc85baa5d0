/** On a page of the saved copy: loads the newest page as soon as there is internet. */
let isTyping = false;
addEventListener("input", () => {
  isTyping = true;
});

addEventListener("online", () => {
  isTyping ||= !!document.activeElement?.matches("input, select, textarea");
  if (!isTyping) return location.reload();
  const link = document.createElement("a");
  link.href = location.pathname + location.search;
  link.textContent = "Load the newest page.";
  document.querySelector("[aria-label='Saved copy'] p").replaceChildren("You are online again. ", link);
});
