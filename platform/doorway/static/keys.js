// Keyboard of the desk: single keys that can be switched off (WCAG 2.1.4). Every page works without this file.
(() => {
  "use strict";

  const help = document.getElementById("keys-help");
  if (!help) return;
  const STORE = "lianxin.keys";
  const ITEMS = "table.rows td.title a[href], .task-what > a[href], [data-keys-month] td a[href]";
  const TYPED = new Set(["checkbox", "radio", "button", "submit", "reset", "file", "image"]);
  // After g the second key has to follow within this many milliseconds.
  const PATIENCE = 1500;

  let active = true;
  try {
    active = localStorage.getItem(STORE) !== "off";
  } catch {
    // Storage is forbidden here: the switch holds for this page.
  }
  let going = 0;
  let last = null;

  const items = () => [...document.querySelectorAll(ITEMS)].filter((link) => link.getClientRects().length);
  const typing = (target) =>
    target.isContentEditable ||
    ["TEXTAREA", "SELECT"].includes(target.tagName) ||
    (target.tagName === "INPUT" && !TYPED.has(target.type));
  // The link of the row that has the focus, on whatever of the row it is.
  const current = (all) => {
    const here = document.activeElement;
    if (all.includes(here)) return here;
    const row = here?.closest?.("tr");
    return (row && all.find((link) => row.contains(link))) || null;
  };
  const show = (link) => {
    last = link;
    link.focus();
    (link.closest("tr, li") || link).scrollIntoView({ block: "nearest" });
  };
  const step = (by) => {
    const all = items();
    if (!all.length) return false;
    const from = all.indexOf(current(all) ?? last);
    show(all[from < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(Math.max(from + by, 0), all.length - 1)]);
    return true;
  };
  // Within a month up and down stay on the same weekday.
  const column = (by) => {
    const cell = document.activeElement?.closest?.("[data-keys-month] td");
    if (!cell) return false;
    let row = cell.parentElement;
    while ((row = by > 0 ? row.nextElementSibling : row.previousElementSibling)) {
      const link = row.cells[cell.cellIndex]?.querySelector("a[href]");
      if (link) {
        show(link);
        return true;
      }
    }
    return true;
  };
  const open = () => {
    const link = current(items());
    link?.click();
    return Boolean(link);
  };
  const tick = () => {
    const row = document.activeElement?.closest?.("tr") ?? current(items())?.closest("tr");
    const box = row?.querySelector("td.pick input[type=checkbox]");
    box?.click();
    return Boolean(box);
  };
  const search = () => {
    const field = document.querySelector("main input[type=search]");
    if (field) {
      field.focus();
      field.select();
    } else if (help.dataset.goC) {
      window.location.assign(`${help.dataset.goC}#f-q`);
    }
    return true;
  };
  const go = (key) => {
    const place = help.dataset[`go${key.toUpperCase()}`];
    if (place) window.location.assign(place);
    return Boolean(place);
  };
  const toggleHelp = () => {
    if (help.open) help.close();
    else help.showModal();
    return true;
  };
  const KEYS = { j: () => step(1), k: () => step(-1), o: open, x: tick, "/": search, "?": toggleHelp };
  // Arrows scroll the page until a row has the focus.
  const ARROWS = {
    ArrowDown: () => column(1) || step(1),
    ArrowUp: () => column(-1) || step(-1),
    ArrowRight: () => Boolean(document.activeElement?.closest?.("[data-keys-month]")) && step(1),
    ArrowLeft: () => Boolean(document.activeElement?.closest?.("[data-keys-month]")) && step(-1),
  };

  document.addEventListener("keydown", (event) => {
    if (!active || event.defaultPrevented || event.isComposing) return;
    if (event.ctrlKey || event.altKey || event.metaKey || typing(event.target)) return;
    if (help.open) {
      if (event.key === "?") help.close();
      return;
    }
    const second = event.timeStamp - going < PATIENCE && going > 0;
    going = 0;
    let done = false;
    if (second && /^[a-z]$/.test(event.key)) done = go(event.key);
    else if (event.key === "g") {
      going = event.timeStamp;
      done = true;
    } else if (KEYS[event.key]) done = KEYS[event.key]();
    else if (ARROWS[event.key] && current(items())) done = ARROWS[event.key]();
    if (done) event.preventDefault();
  });

  document.querySelectorAll("[data-keys-help]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", toggleHelp);
  });
  const lever = help.querySelector("[data-keys-switch]");
  if (lever) {
    lever.checked = active;
    lever.addEventListener("change", () => {
      active = lever.checked;
      try {
        localStorage.setItem(STORE, active ? "on" : "off");
      } catch {
        // Said above.
      }
    });
  }
  if (window.location.hash === "#f-q") document.getElementById("f-q")?.focus();
})();
