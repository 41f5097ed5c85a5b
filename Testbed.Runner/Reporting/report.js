"use strict";
// Tables are sorted where they stand: by number in a column of figures, else by text. Equal rows keep their order.
for (const table of document.querySelectorAll("table.sortable")) {
  const body = table.tBodies[0];
  const headings = [...table.tHead.rows[0].cells];
  const figure = text => text.trim() === "" ? -Infinity : Number.parseFloat(text.replaceAll(",", "").replaceAll("\u2212", "-"));
  headings.forEach((heading, column) => heading.querySelector("button").addEventListener("click", () => {
    const descending = heading.getAttribute("aria-sort") === "ascending";
    for (const other of headings) other.removeAttribute("aria-sort");
    heading.setAttribute("aria-sort", descending ? "descending" : "ascending");
    const numeric = heading.classList.contains("figure");
    const key = row => numeric ? figure(row.cells[column].textContent) : row.cells[column].textContent;
    const compare = numeric ? (a, b) => a === b ? 0 : a < b ? -1 : 1 : (a, b) => a.localeCompare(b, "en", { numeric: true });
    const rows = [...body.rows].map(row => ({ row, key: key(row) }));
    rows.sort((a, b) => descending ? compare(b.key, a.key) : compare(a.key, b.key));
    body.append(...rows.map(entry => entry.row));
  }));
}
