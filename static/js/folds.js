/** Opens the fold whose anchor is in the address, or in a link that is followed. */
const open = () => document.querySelector("details:target")?.setAttribute("open", "");
for (const moment of ["load", "popstate"]) addEventListener(moment, () => setTimeout(open));
