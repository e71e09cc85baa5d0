/**
 * Keeps ticks and notes on the device, by task id and version. A task that changed since
 * it was ticked is open again and says so. Sheets have no inputs.
 */
import { change, whenKept } from "./kept.js";

const tasks = [...document.querySelectorAll("[data-task]")];
const ids = tasks.map((task) => task.dataset.task);
const progress = document.querySelector("[data-progress]");
const clear = document.querySelector("[data-clear-ticks]");

/** @param {Task} task @param {string} name */
function line(task, name, words = "") {
  let found = task.querySelector(`.${name}`);
  if (!found && words) {
    found = document.createElement("p");
    found.className = name;
    task.querySelector(".task__words").after(found);
  }
  if (!found) return;
  found.hidden = !words;
  found.textContent = words;
}

/** @param {Task} task */
function noteBox(task) {
  const id = task.dataset.task;
  const label = document.createElement("label");
  label.htmlFor = `note-${id}`;
  label.textContent = "Your note";
  const box = document.createElement("textarea");
  box.id = label.htmlFor;
  box.rows = 2;
  box.maxLength = 500;
  box.dataset.note = id;
  let fold = task.querySelector("details");
  if (!fold) {
    fold = document.createElement("details");
    fold.className = "task__details";
    const summary = document.createElement("summary");
    summary.textContent = "Note";
    fold.append(summary);
    task.append(fold);
  }
  fold.append(label, box);
}

for (const task of tasks) {
  const { task: id, version } = task.dataset;
  const tick = task.querySelector("input");
  if (!tick) continue;
  tick.addEventListener("change", () =>
    change(({ ticks }) => {
      if (tick.checked) ticks[id] = version;
      else delete ticks[id];
    }),
  );
  if (progress) noteBox(task);
}

for (const box of document.querySelectorAll("[data-note]")) {
  box.addEventListener("change", () =>
    change(({ notes }) => {
      if (box.value.trim()) notes[box.dataset.note] = box.value;
      else delete notes[box.dataset.note];
    }),
  );
}

clear?.addEventListener("click", () => {
  if (!confirm("Clear all ticks and notes on this page?")) return;
  change(({ ticks, notes }) => {
    for (const id of ids) {
      delete ticks[id];
      delete notes[id];
    }
  });
  progress.tabIndex = -1;
  progress.focus();
});

whenKept(({ ticks, notes }) => {
  let done = 0;
  for (const task of tasks) {
    const { task: id, version } = task.dataset;
    const isDone = ticks[id] === version;
    const tick = task.querySelector("input");
    done += +isDone;
    if (tick) tick.checked = isDone;
    else task.querySelector(".task__box")?.classList.toggle("task__box--ticked", isDone);
    line(task, "task__changed", id in ticks && !isDone ? "This item changed since you ticked it." : "");
    line(task, "task__noted", notes[id] && `${tick ? "Your note" : "Note"}: ${notes[id]}`);
  }
  for (const box of document.querySelectorAll("[data-note]")) {
    if (box !== document.activeElement) box.value = notes[box.dataset.note] ?? "";
  }
  if (progress) progress.textContent = `You have ticked ${done} of ${tasks.length}.`;
  if (clear) clear.hidden = !ids.some((id) => id in ticks || id in notes);
});
