/**
 * Keeps ticks on this device, by task id and version, for pages that ask for it.
 * A changed task starts unticked. Without storage the boxes still tick.
 */
const KEY = "stemguide-ticks";

function read() {
  try {
    return Object(JSON.parse(localStorage.getItem(KEY)));
  } catch {
    return {};
  }
}

function write(ticks, status) {
  try {
    localStorage.setItem(KEY, JSON.stringify(ticks));
    status.textContent = "Kept on this device only.";
  } catch {
    status.textContent = "This browser does not let us keep ticks. Print the page instead.";
  }
}

const tasks = [...document.querySelectorAll("[data-task]")];
if (tasks.length) {
  const status = document.createElement("p");
  status.setAttribute("role", "status");
  const clear = document.createElement("button");
  clear.type = "button";
  clear.className = "button";
  clear.textContent = "Clear my ticks";
  tasks.at(-1).closest("ul").after(status, clear);

  const kept = read();
  for (const task of tasks) {
    const box = task.querySelector("input");
    const name = `${task.dataset.task}@${task.dataset.version}`;
    box.checked = name in kept;
    box.addEventListener("change", () => {
      const ticks = read();
      if (box.checked) ticks[name] = 1;
      else delete ticks[name];
      write(ticks, status);
    });
  }
  clear.addEventListener("click", () => {
    for (const task of tasks) task.querySelector("input").checked = false;
    try {
      localStorage.removeItem(KEY);
    } catch {
      /* Nothing was kept, so nothing has to go. */
    }
    status.textContent = "Cleared.";
  });
}
