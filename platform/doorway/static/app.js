// Small helps only: every page works without this file.
(() => {
  "use strict";

  // A form is sent once. The server answers a second one with the first one's result anyway.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post") return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "1";
    form.querySelectorAll("button[type=submit]").forEach((button) => button.setAttribute("aria-disabled", "true"));
  });

  // The back button brings a page out of the cache as it was left: the form may be sent again.
  window.addEventListener("pageshow", () => {
    document.querySelectorAll("form[data-sent]").forEach((form) => {
      delete form.dataset.sent;
      form.querySelectorAll("button[type=submit]").forEach((button) => button.removeAttribute("aria-disabled"));
    });
  });

  document.addEventListener("DOMContentLoaded", () => {
    // The summary of mistakes is read out first and its links lead to the fields.
    document.querySelector("[data-errors]")?.focus();
    document.querySelectorAll("[data-print]").forEach((button) => {
      button.hidden = false;
      button.addEventListener("click", () => window.print());
    });
  });

  // Rows that can be ticked: all of a page at once, and how many are.
  document.addEventListener("DOMContentLoaded", () => {
    const bar = document.getElementById("pick");
    if (!bar) return;
    const boxes = () => [...document.querySelectorAll('input[type="checkbox"][form="pick"]')];
    const told = bar.querySelector("[data-pick-count]");
    const idle = told.textContent;
    const count = () => {
      const ticked = boxes().filter((box) => box.checked).length;
      told.textContent = ticked ? told.dataset.words.replace("{n}", String(ticked)) : idle;
    };
    const all = bar.querySelector("[data-pick-all]");
    all.hidden = false;
    all.addEventListener("click", () => {
      const missing = boxes().some((box) => !box.checked);
      boxes().forEach((box) => {
        box.checked = missing;
      });
      count();
    });
    document.addEventListener("change", (event) => {
      if (event.target.matches?.('[form="pick"]')) count();
    });
    window.addEventListener("pageshow", count);
  });

  // Ctrl+Enter sends a long form from any of its fields, a text of many lines included.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
    const form = event.target.closest?.("form[data-quick-send]");
    if (form) {
      event.preventDefault();
      form.requestSubmit();
    }
  });

  // A suggestion is taken into its field; without this script the same link draws the page with it chosen.
  document.addEventListener("click", (event) => {
    const taken = event.target.closest?.("a[data-take]");
    if (!taken) return;
    const { take, value } = taken.dataset;
    const radio = document.querySelector(`input[type="radio"][name="${take}"][value="${value}"]`);
    const list = document.querySelector(`select[name="${take}"]`);
    if (!radio && !list) return;
    event.preventDefault();
    if (radio) radio.checked = true;
    if (list) list.value = value;
    (radio || list).focus();
  });

  // The account menu closes with Escape and with a click beside it.
  const close = (except) => {
    document.querySelectorAll("details.account[open], .nav-more details[open]").forEach((menu) => {
      if (!menu.contains(except)) menu.open = false;
    });
  };
  document.addEventListener("click", (event) => close(event.target));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const menu = document.querySelector("details.account[open], .nav-more details[open]");
    if (menu) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });
})();
