/** Marks on a sheet what is kept as ticked on this device (see kept-ticks.js). */
let ticks = {};
try {
  ticks = Object(JSON.parse(localStorage.getItem("stemguide-ticks")));
} catch {
  /* Nothing readable is kept, so the boxes stay empty. */
}
for (const task of document.querySelectorAll("[data-task]")) {
  if (`${task.dataset.task}@${task.dataset.version}` in ticks) {
    task.querySelector(".task__box")?.classList.add("task__box--ticked");
  }
}
