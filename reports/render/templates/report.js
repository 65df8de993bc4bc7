(() => {
"use strict";
const all = (what, where = document) => [...where.querySelectorAll(what)];
const form = document.getElementById("filter");
const list = document.getElementById("list"), rest = document.getElementById("rest");
const box = document.getElementById("rest-box");
const row_of = key => rest && [...rest.rows].find(row => row.cells[0].textContent === key);
const open = () => {
  const key = decodeURIComponent(location.hash.slice(1));
  const found = document.getElementById(key), row = !found && key && row_of(key);
  const more = found && (found.matches("details") ? found : found.matches("tbody") && found.querySelector("details"));
  if (found) found.hidden = false;
  if (more) more.open = true;
  if (!row) return;
  box.open = true;
  row.hidden = row.parentNode.hidden = false;
  row.tabIndex = -1;
  row.focus();
};
addEventListener("hashchange", open);
open();
let closed = [];
addEventListener("beforeprint", () => { closed = all("details:not([open])"); closed.forEach(d => { d.open = true; }); });
addEventListener("afterprint", () => closed.forEach(d => { d.open = false; }));
if (!form || !list) return;

const copied = async (button, code) => {
  try { await navigator.clipboard.writeText(code.textContent); } catch {
    getSelection().selectAllChildren(code);
    if (!document.execCommand("copy")) return;
  }
  button.textContent = form.dataset.copied;
  setTimeout(() => { button.textContent = form.dataset.copy; }, 2000);
};
addEventListener("toggle", event => {
  const box = event.target;
  if (!box.open || !box.closest("#list, .how") || box.dataset.can) return;
  box.dataset.can = "yes";
  all(".cmd code, dt code", box).forEach(code => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.textContent = form.dataset.copy;
    button.setAttribute("aria-live", "polite");
    button.addEventListener("click", () => copied(button, code));
    code.after(" ", button);
  });
}, true);

const text = cell => cell.textContent.trim();
const read = () => {
  const items = [...list.tBodies].map(body => {
    const cells = [...body.rows[0].cells];
    const [severity, steps, rule, owner, school, system, since, acts, deadline, key] = cells.map(text);
    const change = text(cells[1].querySelector(".chip")), account = text(cells[3].querySelector(".code"));
    const person = owner.slice(0, -account.length).trim();
    const summary = text(body.querySelector("summary, td > p"));
    return {row: body, severity, change, rule, school, system, find: body.textContent.toLowerCase(),
      line: [severity, steps, rule, account, person, school, system, since, acts, deadline, key, summary]};
  });
  if (rest) [...rest.tBodies].forEach(body => [...body.rows].slice(1).forEach(row => {
    const {s: severity, c: change, r: rule, y: system} = body.dataset;
    const [key, account, person, school, since, deadline = ""] = [...row.cells].map(text);
    items.push({row, severity, change, rule, school, system, find: [rule, system, row.textContent].join(" ").toLowerCase(),
      line: [severity, change, rule, account, person, school, system, since, "", deadline, key, ""]});
  }));
  return items;
};
let known;  // of thousands of rows the words are read when somebody asks for them, not while the page opens
const items = () => known ||= read();
const fields = ["severity", "change", "rule", "school", "system"];
const value = name => document.getElementById("f-" + name).value;
const apply = () => {
  const words = value("text").toLowerCase().split(/\s+/).filter(Boolean);
  const wanted = fields.map(name => [name, value(name)]).filter(pair => pair[1]);
  let shown = 0;
  for (const item of items()) {
    const fits = wanted.every(([name, want]) => item[name] === want) && words.every(word => item.find.includes(word));
    item.row.hidden = !fits;
    shown += fits;
  }
  if (rest) [...rest.tBodies].forEach(body => { body.hidden = ![...body.rows].slice(1).some(row => !row.hidden); });
  document.getElementById("f-count").textContent = form.dataset.count.replace("{shown}", shown).replace("{all}", items().length);
  if (box && (words.length || wanted.length)) box.open = true;
};
for (const kind of ["input", "change"]) form.addEventListener(kind, apply);
form.addEventListener("reset", () => setTimeout(apply));
form.addEventListener("submit", event => event.preventDefault());

const rank = cell => {
  if (!cell || text(cell) === "–") return "99999999";
  if (cell.dataset.k) return cell.dataset.k;
  const [, day, month, year] = /^(\d{1,2})[- ](\d\d|[A-Z][a-z]{2})[- ](\d{4})/.exec(text(cell)) || [];
  return year ? year + (isNaN(month) ? String(months.indexOf(month)).padStart(2, "0") : month) + day.padStart(2, "0") : text(cell);
};
const months = ["", "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const order = new Intl.Collator(document.documentElement.lang, {numeric: true}).compare;
const heads = table => [...table.tHead.rows[0].cells];
const sortable = (table, parts) => heads(table).forEach((head, column) => {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = text(head);
  button.title = form.dataset.sort.replace("{column}", text(head));
  head.replaceChildren(button);
  button.addEventListener("click", () => {
    const down = head.getAttribute("aria-sort") ? head.getAttribute("aria-sort") === "ascending" : column === 0 && table === list;
    heads(table).forEach(other => other.removeAttribute("aria-sort"));
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    for (const [home, rows] of parts()) {
      const keyed = rows.map(row => [rank((row.rows ? row.rows[0] : row).cells[column]), row]);
      keyed.sort((a, b) => (down ? order(b[0], a[0]) : order(a[0], b[0])));
      home.append(...keyed.map(pair => pair[1]));
    }
  });
});
sortable(list, () => [[list, [...list.tBodies]]]);
if (rest) sortable(rest, () => [...rest.tBodies].map(body => [body, [...body.rows].slice(1)]));

const cell = value => {
  const safe = /^[=+\-@\t\r]/.test(value) ? "'" + value : value;
  return '"' + safe.replace(/\s+/g, " ").replace(/"/g, '""') + '"';
};
document.getElementById("f-save").addEventListener("click", () => {
  const lines = [form.dataset.heads.split("|"), ...items().filter(item => !item.row.hidden).map(item => item.line)].map(line => line.map(cell).join(";"));
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob(["\ufeff" + lines.join("\r\n")], {type: "text/csv"}));
  link.download = form.dataset.file;
  link.click();
  URL.revokeObjectURL(link.href);
});
form.hidden = false;
const all_rows = list.tBodies.length + (rest ? rest.rows.length - rest.tBodies.length - 1 : 0);
document.getElementById("f-count").textContent = form.dataset.count.replace("{shown}", all_rows).replace("{all}", all_rows);
})();
