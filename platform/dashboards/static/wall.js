// The wall turns its screens, renews its figures, and begins afresh every four hours (ux.md §2: pages left open leak).
(() => {
  "use strict";

  const TURN = 30_000;
  const RENEW = 10 * 60_000;
  const AFRESH = 4 * 3_600_000;
  const wall = document.getElementById("wall");
  const me = document.currentScript;
  const status = document.querySelector("[data-status]");
  const turn = document.querySelector("[data-turn]");
  const pause = document.querySelector("[data-pause]");
  const still = window.matchMedia("(prefers-reduced-motion: reduce)");
  const screens = () => [...wall.querySelectorAll("[data-screen]")];
  let place = 0;
  let timer = null;

  const show = (wanted) => {
    const all = screens();
    if (!all.length) return;
    place = wanted % all.length;
    all.forEach((screen, number) => { screen.hidden = number !== place; });
  };
  const next = () => show(place + 1);
  const run = (on) => {
    clearInterval(timer);
    timer = on ? setInterval(next, TURN) : null;
    pause.textContent = on ? pause.dataset.stop : pause.dataset.go;
  };

  // Whoever asked for less motion turns the screens by hand.
  const renew = async () => {
    try {
      const answer = await fetch(window.location.href, { headers: { Accept: "text/html" } });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.querySelector("[data-wall]");
      if (!fresh) {
        status.textContent = me.dataset.lost;
        return;
      }
      wall.replaceChildren(...fresh.childNodes);
      document.querySelector(".wall-head").replaceWith(page.querySelector(".wall-head"));
      status.textContent = "";
      show(place);
    } catch {
      status.textContent = me.dataset.away;
    }
  };

  if (screens().length > 1) {
    document.body.classList.add("wall-live");
    turn.hidden = pause.hidden = false;
    show(0);
    run(!still.matches);
    still.addEventListener("change", () => run(!still.matches));
    turn.addEventListener("click", next);
    pause.addEventListener("click", () => run(timer === null));
  }
  setInterval(renew, RENEW);
  setTimeout(() => window.location.reload(), AFRESH);
})();
